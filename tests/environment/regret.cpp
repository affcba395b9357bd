// SPDX-License-Identifier: MIT
#include <joust/environment/regret.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <string_view>

TEST_CASE("regret: every kind has a slot, a name, a unit and a definition of its own", "[regret]") {
  std::set<std::string_view> names;
  std::set<std::string_view> definitions;
  for (std::size_t i = 0; i < joust::regret_kinds.size(); ++i) {
    auto const kind = joust::regret_kinds[i];
    CHECK(joust::slot(kind) == i);
    CHECK(joust::regret_from_name(joust::regret_name(kind)) == kind);
    CHECK_FALSE(joust::regret_unit(kind).empty());
    names.insert(joust::regret_name(kind));
    definitions.insert(joust::regret_definition(kind));
  }
  CHECK(names.size() == joust::regret_kind_count);
  CHECK(definitions.size() == joust::regret_kind_count);
}

TEST_CASE("regret: names are those of the enumeration", "[regret]") {
  using enum joust::regret_kind;
  static_assert(joust::regret_name(average) == "average");
  static_assert(joust::regret_name(strong) == "strong");
  static_assert(joust::regret_name(weak) == "weak");
  static_assert(joust::regret_name(copeland) == "copeland");
  static_assert(joust::regret_name(borda) == "borda");
  static_assert(joust::regret_name(strong_binary) == "strong_binary");
  static_assert(joust::regret_name(weak_binary) == "weak_binary");
  static_assert(joust::regret_name(von_neumann) == "von_neumann");
  static_assert(joust::regret_name(utility) == "utility");
  static_assert(joust::regret_name(utility_weak) == "utility_weak");
  static_assert(joust::regret_name(preference) == "preference");
  static_assert(joust::regret_name(simple) == "simple");
  CHECK(joust::regret_from_name("regret") == std::nullopt);
  CHECK(joust::regret_from_name("") == std::nullopt);
  CHECK(joust::regret_unit(utility) == "utility");
  CHECK(joust::regret_unit(average) == "probability");
}
