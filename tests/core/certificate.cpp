// SPDX-License-Identifier: MIT
#include <joust/core/certificate.hpp>

#include <cstddef>
#include <string>

#include <catch2/catch.hpp>

#include <joust/core/state.hpp>

TEST_CASE("a certificate claims nothing by default", "[certificate]") {
  constexpr joust::certificate none;
  CHECK(none.confidence == 0.0);
  CHECK(none.tolerance == 0.0);
  CHECK(none.comparisons == 0);
  CHECK(none.winner == joust::winner_kind::condorcet);
}

TEST_CASE("certificates are equal in all they claim", "[certificate]") {
  joust::certificate const claim{.arm = 3,
                                 .winner = joust::winner_kind::copeland,
                                 .confidence = 0.95,
                                 .tolerance = 0.1,
                                 .comparisons = 1200};
  auto const differs = [&](auto const& change) {
    joust::certificate other = claim;
    change(other);
    return !(other == claim);
  };
  CHECK_FALSE(differs([](joust::certificate&) {}));
  CHECK(differs([](joust::certificate& c) { c.arm = 2; }));
  CHECK(differs([](joust::certificate& c) { c.winner = joust::winner_kind::borda; }));
  CHECK(differs([](joust::certificate& c) { c.confidence = 0.9; }));
  CHECK(differs([](joust::certificate& c) { c.tolerance = 0.0; }));
  CHECK(differs([](joust::certificate& c) { c.comparisons = 1201; }));
}

TEST_CASE("the kinds of winner are named in their order, and saved by name", "[certificate]") {
  constexpr auto names = names_of(joust::winner_kind{});
  STATIC_REQUIRE(names[static_cast<std::size_t>(joust::winner_kind::condorcet)] == "condorcet");
  STATIC_REQUIRE(names[static_cast<std::size_t>(joust::winner_kind::copeland)] == "copeland");
  STATIC_REQUIRE(names[static_cast<std::size_t>(joust::winner_kind::borda)] == "borda");
  for (auto const kind :
       {joust::winner_kind::condorcet, joust::winner_kind::copeland, joust::winner_kind::borda}) {
    joust::state_writer write{"kind", 1};
    write("winner", kind);
    std::string const text = static_cast<joust::state_writer&&>(write).finish();
    CHECK_THAT(text, Catch::Contains("winner " + std::string{names[static_cast<std::size_t>(kind)]} + "\n"));
    joust::state_reader read{text, "kind", 1};
    joust::winner_kind restored{};
    read("winner", restored);
    read.finish();
    CHECK(restored == kind);
  }
}
