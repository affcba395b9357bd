// SPDX-License-Identifier: MIT
//
// What command-line programs share: exit codes, numbers as typed, messages of one line, a folder that can be
// written.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>

#include <joust/experiment/detail/write_file.hpp>

namespace program {

enum exit_code { done = 0, not_written = 1, bad_input = 2, interrupted = 3 };

inline constexpr std::uint64_t every_bit = std::numeric_limits<std::uint64_t>::max();

/// Makes the folder and tries to write into it: results that cannot be written are better refused before the
/// work than after it. Throws std::system_error.
inline void try_folder(std::filesystem::path const& folder) {
  std::filesystem::create_directories(folder);
  std::filesystem::path const probe = folder / (".joust-" + std::to_string(getpid()));
  joust::detail::write_file(probe, "");
  std::filesystem::remove(probe);
}

/// One line of plain text: messages quote what was typed, and CLI11's may hold several lines.
[[nodiscard]] inline std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char letter) { return letter < 32 || letter == 127; }, ' ');
  return text;
}

/// A whole number as a person writes it. CLI11's own reading takes 010 for eight and lets what does not fit
/// wrap or saturate: a seed must be the one that was typed.
[[nodiscard]] inline CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return CLI::Validator{
      [least, most](std::string& typed) -> std::string {
        std::uint64_t value = 0;
        char const* const end = typed.data() + typed.size();
        auto const read = std::from_chars(typed.data(), end, value);
        bool const plain = typed.size() == 1 || (!typed.empty() && typed.front() != '0');
        if (plain && read.ec == std::errc{} && read.ptr == end && value >= least && value <= most) {
          return {};
        }
        return "'" + typed + "' is not a whole number from " + std::to_string(least) + " to " +
               std::to_string(most);
      },
      "UINT"};
}

/// The exit code, unless what was printed did not arrive: a table that could not be printed is a result that
/// was not written.
[[nodiscard]] inline int finish(char const* name, int code) {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::fprintf(stderr, "%s: cannot write to standard output\n", name);
    return not_written;
  }
  return code;
}

}  // namespace program
