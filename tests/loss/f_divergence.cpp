// SPDX-License-Identifier: MIT
#include <joust/loss/f_divergence.hpp>

#include "loss_checks.hpp"

namespace {

using namespace joust_test;
using joust::divergence;
using joust::f_divergence;

constexpr divergence all[] = {divergence::reverse_kl, divergence::forward_kl, divergence::jensen_shannon,
                              divergence::alpha};

// f itself, of which the library has the derivative only.
wide f(divergence kind, wide a, wide t) {
  switch (kind) {
    case divergence::reverse_kl:
      return t * std::log(t);
    case divergence::forward_kl:
      return -std::log(t);
    case divergence::jensen_shannon:
      return t * std::log(t) - (t + 1.0L) * std::log((t + 1.0L) / 2.0L);
    case divergence::alpha:
      return (std::pow(t, 1.0L - a) - (1.0L - a) * t - a) / (a * (a - 1.0L));
  }
  return 0.0L;
}

}  // namespace

TEST_CASE("the reward of a log-ratio is the derivative of f, up to a constant", "[f_divergence]") {
  for (divergence const kind : all) {
    for (double const a : {0.2, 0.5, 0.9}) {
      f_divergence const measure{.kind = kind, .alpha = a};
      auto const of_f = [&](double u) {
        wide const t = std::exp(static_cast<wide>(u));
        wide const h = 1e-3L * t;
        auto const at = [&](wide x) { return f(kind, a, x); };
        return static_cast<double>((8.0L * (at(t + h) - at(t - h)) - (at(t + 2.0L * h) - at(t - 2.0L * h))) /
                                   (12.0L * h));
      };
      for (double const u : {-5.0, -1.0, -0.01, 0.0, 0.3, 2.0, 6.0}) {
        CAPTURE(static_cast<int>(kind), a, u);
        CHECK(measure.reward(u) == Approx(of_f(u) - of_f(0.0)).epsilon(1e-8).margin(1e-9));
      }
      CHECK(measure.reward(0.0) == 0.0);
    }
  }
}

TEST_CASE("the slope of the reward is its derivative, everywhere and to both ends", "[f_divergence]") {
  for (divergence const kind : all) {
    for (double const a : {0.2, 0.7}) {
      f_divergence const measure{.kind = kind, .alpha = a};
      for (double const u : {-1e4, -300.0, -60.0, -39.0, -7.0, -0.5, 0.0, 1.0, 8.0, 300.0, 1e4}) {
        double const h = 1e-5 * (1.0 + std::fabs(u));
        double const quotient = (measure.reward(u + h) - measure.reward(u - h)) / (2.0 * h);
        CAPTURE(static_cast<int>(kind), a, u);
        CHECK(std::isfinite(measure.reward(u)));
        CHECK(measure.slope(u) == Approx(quotient).epsilon(1e-6).margin(1e-9));
        CHECK(measure.slope(u) >= 0.0);
      }
    }
  }
}

TEST_CASE("the alpha divergence lies between the two Kullback-Leibler ones", "[f_divergence]") {
  f_divergence const reverse;
  f_divergence const forward{.kind = divergence::forward_kl};
  for (double const u : {-3.0, -0.2, 0.5, 4.0}) {
    CHECK((f_divergence{.kind = divergence::alpha, .alpha = 1e-9}.reward(u)) ==
          Approx(reverse.reward(u)).epsilon(1e-7));
    CHECK((f_divergence{.kind = divergence::alpha, .alpha = 1.0 - 1e-9}.reward(u)) ==
          Approx(forward.reward(u)).epsilon(1e-7));
  }
  CHECK((f_divergence{.kind = divergence::jensen_shannon}.reward(1e4)) ==
        Approx(std::log(2.0)).epsilon(1e-15));
}

TEST_CASE("f_divergence lists its options and refuses nonsense", "[f_divergence][fault]") {
  CHECK(names_of_options(f_divergence{}) == std::vector<std::string>{"divergence", "alpha"});
  for (double const a : {0.0, 1.0, -0.5, static_cast<double>(NAN)}) {
    CHECK_THROWS_AS((f_divergence{.alpha = a}.check()), std::invalid_argument);
  }
  CHECK(names_of(divergence::alpha)[static_cast<std::size_t>(divergence::alpha)] == "alpha");
}
