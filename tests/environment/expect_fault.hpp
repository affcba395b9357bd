// SPDX-License-Identifier: MIT
//
// One malformed text: where the error points, and a part of what it says.
#pragma once

#include <catch2/catch.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include <joust/core/error.hpp>

namespace joust::testing {

/// parse(text, "it") must throw file_error at the line and column, its message holding `part`.
template <class Parse>
void expect_fault(Parse parse, std::string_view text, std::size_t line, std::size_t column,
                  std::string const& part) {
  INFO("text: " << text);
  try {
    static_cast<void>(parse(text, "it"));
  } catch (file_error const& error) {
    INFO("message: " << error.what());
    CHECK(error.file() == "it");
    CHECK(error.line() == line);
    CHECK(error.column() == column);
    CHECK(std::string{error.what()}.find(part) != std::string::npos);
    return;
  }
  FAIL_CHECK("accepted");
}

}  // namespace joust::testing
