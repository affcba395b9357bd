// SPDX-License-Identifier: MIT
#include <string>

#include <catch2/catch.hpp>
#include <joust/version.hpp>

TEST_CASE("the version's text, its parts and the build system agree") {
  std::string const parts = std::to_string(JOUST_VERSION_MAJOR) + "." + std::to_string(JOUST_VERSION_MINOR) +
                            "." + std::to_string(JOUST_VERSION_PATCH);
  CHECK(parts == JOUST_VERSION_STRING);
  CHECK(parts == JOUST_PROJECT_VERSION);
}

TEST_CASE("the version as one number orders releases") {
  CHECK(JOUST_VERSION == 10000 * JOUST_VERSION_MAJOR + 100 * JOUST_VERSION_MINOR + JOUST_VERSION_PATCH);
  CHECK(JOUST_VERSION_MINOR < 100);
  CHECK(JOUST_VERSION_PATCH < 100);
}
