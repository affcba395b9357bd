// SPDX-License-Identifier: MIT
#include <joust/oracle/callable_oracle.hpp>

#include <catch2/catch.hpp>

#include <limits>
#include <stdexcept>
#include <string>

#include <joust/core/draw.hpp>

TEST_CASE("callable_oracle: all three argument lists", "[callable_oracle]") {
  joust::stream random{1};
  std::string const prompt = "why?";

  joust::callable_oracle pair{[](std::size_t a, std::size_t b) { return a > b; }};
  static_assert(joust::preference_oracle<decltype(pair), joust::no_context, std::size_t>);
  static_assert(!joust::preference_oracle<decltype(pair), joust::no_context, std::string>);
  CHECK(pair.compare(joust::no_context{}, std::size_t{2}, std::size_t{1}, random) == 1.0);
  CHECK(pair.compare(joust::no_context{}, std::size_t{1}, std::size_t{2}, random) == 0.0);

  joust::callable_oracle judge{
      [](std::string const& x, std::string const& a, std::string const&) { return x == a ? 0.75 : 0.5; }};
  static_assert(joust::preference_oracle<decltype(judge), std::string, std::string>);
  CHECK(judge.compare(prompt, prompt, std::string{"b"}, random) == 0.75);
  CHECK(judge.compare(prompt, std::string{"b"}, prompt, random) == 0.5);
  CHECK(random == joust::stream{1});

  joust::callable_oracle coin{[](int, int, int, auto& g) { return joust::draw_bernoulli(0.5, g); }};
  joust::stream twin{1};
  CHECK(coin.compare(0, 1, 2, random) == joust::draw_bernoulli(0.5, twin));
  CHECK(random == twin);
}

TEST_CASE("callable_oracle: a callable may keep count, and may throw", "[callable_oracle]") {
  joust::stream random{1};
  joust::callable_oracle counter{[calls = 0](int, int) mutable { return ++calls == 1 ? 1.0 : 0.0; }};
  CHECK(counter.compare(joust::no_context{}, 1, 2, random) == 1.0);
  CHECK(counter.compare(joust::no_context{}, 1, 2, random) == 0.0);
  joust::callable_oracle broken{[](int, int) -> double { throw std::runtime_error{"line is dead"}; }};
  CHECK_THROWS_WITH(broken.compare(joust::no_context{}, 1, 2, random), "line is dead");
}

TEST_CASE("callable_oracle: an answer that is none is an error with its value", "[callable_oracle]") {
  joust::stream random{1};
  joust::callable_oracle echo{[](double a, double) { return a; }};
  auto const ask = [&](double answer) { return echo.compare(joust::no_context{}, answer, 0.0, random); };
  CHECK(ask(0.0) == 0.0);
  CHECK(ask(1.0) == 1.0);
  CHECK_THROWS_AS(ask(1.5), joust::oracle_error);
  CHECK_THROWS_WITH(ask(1.5), "oracle: answered 1.5; expected an outcome in [0, 1]");
  CHECK_THROWS_WITH(ask(-1.0), "oracle: answered -1; expected an outcome in [0, 1]");
  CHECK_THROWS_WITH(ask(std::numeric_limits<double>::quiet_NaN()),
                    "oracle: answered nan; expected an outcome in [0, 1]");
  CHECK_THROWS_AS(ask(std::numeric_limits<double>::infinity()), joust::oracle_error);
}
