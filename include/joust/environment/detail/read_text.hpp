// SPDX-License-Identifier: MIT
//
// A whole file as text, and places in a text as a person counts them: lines from 1, columns from 1 in
// characters, not bytes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <joust/core/error.hpp>

namespace joust::detail {

/// The file's bytes. Throws file_error for a file that is missing, a directory, or cannot be read.
[[nodiscard]] inline std::string read_text(std::filesystem::path const& path) {
  std::error_code ignored;
  auto const kind = std::filesystem::status(path, ignored).type();
  if (kind == std::filesystem::file_type::not_found) throw file_error{path.string(), 0, 0, "no such file"};
  if (kind == std::filesystem::file_type::directory) {
    throw file_error{path.string(), 0, 0, "is a directory; expected a file"};
  }
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  if (file && file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (!file.is_open() || file.bad() || !text) throw file_error{path.string(), 0, 0, "cannot be read"};
  return std::move(text).str();
}

/// A text under the name its errors are to carry.
class named_text {
 public:
  /// A leading UTF-8 byte order mark is not part of the text.
  named_text(std::string_view text, std::string_view name) : text_{text}, name_{name} {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  [[nodiscard]] std::string_view text() const noexcept { return text_; }

  /// Throws file_error at the character that starts at byte `offset`.
  [[noreturn]] void fail(std::size_t offset, std::string const& fault) const {
    auto const before = text_.substr(0, offset);
    std::size_t column = 1;
    for (char const byte : before.substr(line_start(offset))) {
      if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U) ++column;  // not a continuation byte
    }
    throw file_error{std::string{name_}, line(offset), column, fault};
  }

  /// Throws file_error for the line that holds byte `offset`, as a whole.
  [[noreturn]] void fail_line(std::size_t offset, std::string const& fault) const {
    throw file_error{std::string{name_}, line(offset), 0, fault};
  }

  /// Throws file_error for the file as a whole.
  [[noreturn]] void fail_file(std::string const& fault) const {
    throw file_error{std::string{name_}, 0, 0, fault};
  }

 private:
  [[nodiscard]] std::size_t line_start(std::size_t offset) const noexcept {
    if (offset == 0) return 0;
    auto const newline = text_.rfind('\n', offset - 1);
    return newline == std::string_view::npos ? 0 : newline + 1;
  }

  [[nodiscard]] std::size_t line(std::size_t offset) const noexcept {
    std::size_t lines = 1;
    for (char const byte : text_.substr(0, offset)) lines += byte == '\n' ? 1 : 0;
    return lines;
  }

  std::string_view text_;
  std::string_view name_;
};

/// "is value; expected expectation", the value quoted as it stands in the file.
[[nodiscard]] inline std::string fault(std::string_view what, std::string_view value,
                                       std::string_view expectation) {
  return std::string{what} + " is \"" + std::string{value} + "\"; expected " + std::string{expectation};
}

}  // namespace joust::detail
