// SPDX-License-Identifier: MIT
//
// Draws a saved study with the plotting script that travels inside the program: it is written beside the
// results, so that the picture can be restyled and drawn again.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <joust/experiment/detail/write_file.hpp>

namespace program {

// Runs a program found on PATH and returns its exit status, or 127 if it cannot be started. No shell is
// involved.
inline int run_program(std::vector<std::string> words, bool quiet) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t const child = fork();
  if (child < 0) return 127;
  if (child == 0) {
    if (quiet) {
      int const nowhere = open("/dev/null", O_WRONLY);
      if (nowhere >= 0) {
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
      }
    }
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 127;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/// Writes the script into the folder as plot.py and has it draw there. Returns what is missing if that cannot
/// be done, else nothing. The interpreter is $JOUST_PYTHON, else the first of python3 and /usr/bin/python3
/// that has matplotlib.
inline std::string draw_picture(std::filesystem::path const& folder, std::string_view text) {
  std::filesystem::path const script = folder / "plot.py";
  joust::detail::write_file(script, text);
  std::vector<std::string> interpreters{"python3", "/usr/bin/python3"};
  if (char const* const chosen = std::getenv("JOUST_PYTHON"); chosen != nullptr) interpreters = {chosen};
  for (std::string const& python : interpreters) {
    if (run_program({python, "-c", "import matplotlib"}, true) != 0) continue;
    if (run_program({python, script.string(), folder.string()}, false) == 0) return {};
    return python + " " + script.string() + " failed";
  }
  return "no Python with matplotlib (Debian: python3-matplotlib); draw later with: python3 " +
         script.string() + " " + folder.string();
}

}  // namespace program
