// SPDX-License-Identifier: MIT
//
// Names as fields of text files, quoted so that every reader finds their ends.
#pragma once

#include <string>
#include <string_view>

namespace joust::detail {

/// A CSV field as in RFC 4180: quoted only where a reader would stumble.
[[nodiscard]] inline std::string quoted_for_csv(std::string_view value) {
  if (value.find_first_of(",\"\r\n") == std::string_view::npos) return std::string{value};
  std::string quoted = "\"";
  for (char const letter : value) {
    quoted += letter;
    if (letter == '"') quoted += letter;
  }
  return quoted + '"';
}

/// A JSON string as in RFC 8259. Bytes from 0x80 on pass as they are: UTF-8 stays UTF-8.
[[nodiscard]] inline std::string quoted_for_json(std::string_view value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string quoted = "\"";
  for (char const letter : value) {
    auto const code = static_cast<unsigned char>(letter);
    if (code < 0x20) {
      quoted += "\\u00";
      quoted += digits[code >> 4U];
      quoted += digits[code & 15U];
      continue;
    }
    if (letter == '"' || letter == '\\') quoted += '\\';
    quoted += letter;
  }
  return quoted + '"';
}

}  // namespace joust::detail
