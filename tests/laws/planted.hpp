// SPDX-License-Identifier: MIT
//
// How the kits are tested: a correct model breaks no law, and a planted fault breaks the law it is planted
// against, found by a part of its sentence.
#pragma once

#include <catch2/catch.hpp>

#include <string_view>

#include <joust/laws/law_report.hpp>

inline bool breaks(joust::laws::law_report const& report, std::string_view law) {
  for (auto const& finding : report.broken()) {
    if (finding.law.find(law) != std::string_view::npos) return true;
  }
  return false;
}

#define CHECK_KEEPS_LAWS(...)           \
  do {                                  \
    auto const report_ = (__VA_ARGS__); \
    INFO(report_.text());               \
    CHECK(static_cast<bool>(report_));  \
  } while (false)

#define CHECK_BREAKS(law, ...)          \
  do {                                  \
    auto const report_ = (__VA_ARGS__); \
    INFO(report_.text());               \
    CHECK(!report_);                    \
    CHECK(breaks(report_, law));        \
  } while (false)
