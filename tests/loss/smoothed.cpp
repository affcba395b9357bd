// SPDX-License-Identifier: MIT
#include <joust/loss/smoothed.hpp>

#include "loss_checks.hpp"

#include <joust/loss/conservative_dpo.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/loss/ipo.hpp>
#include <joust/loss/nca.hpp>
#include <joust/loss/simpo.hpp>

namespace {

using namespace joust_test;
using joust::smoothed;

struct bare_margin_loss {
  double value(double m) const { return m * m - m; }
  double slope(double m) const { return 2.0 * m - 1.0; }
};

}  // namespace

TEST_CASE("smoothed dpo is conservative_dpo", "[smoothed]") {
  smoothed const loss{joust::dpo{{.beta = 0.2}}, {.smoothing = 0.15}};
  joust::conservative_dpo const closed{{.beta = 0.2, .smoothing = 0.15}};
  for (double const m : {-1e4, -20.0, -1.0, 0.0, 3.0, 1e4}) {
    CHECK(loss.value(m) == Approx(closed.value(m)).epsilon(1e-14));
    CHECK(loss.slope(m) == Approx(closed.slope(m)).epsilon(1e-12).margin(1e-15));
  }
  for (scored_pair const& p : random_pairs(20, 1))
    CHECK(loss.value(p) == Approx(closed.value(p)).epsilon(1e-14));
}

TEST_CASE("smoothing mixes a pair with its opposite", "[smoothed]") {
  smoothed const loss{joust::nca{}, {.smoothing = 0.2}};
  static_assert(!joust::preference_loss<decltype(loss)>);
  check_textbook(loss, [](wide_pair const& p) {
    auto const nca = [](wide c, wide d) {
      return -log_logistic(c) - 0.5L * log_logistic(-c) - 0.5L * log_logistic(-d);
    };
    wide const c = 0.1L * p.c(log_likelihood::sum);
    wide const d = 0.1L * p.d(log_likelihood::sum);
    return 0.8L * nca(c, d) + 0.2L * nca(d, c);
  });
  check_pair_loss(loss);
  check_pair_loss(smoothed{joust::simpo{}});
}

TEST_CASE("smoothed losses of the margin remain losses of the margin, by the same likelihood", "[smoothed]") {
  check_margin_loss(smoothed{joust::dpo{}});
  check_margin_loss(smoothed{joust::ipo{{.likelihood = log_likelihood::mean}}});
  check_margin_loss(smoothed{bare_margin_loss{}});
  CHECK(smoothed{joust::ipo{{.likelihood = log_likelihood::mean}}}.likelihood() == log_likelihood::mean);
  CHECK(smoothed{bare_margin_loss{}}.likelihood() == log_likelihood::sum);
}

TEST_CASE("smoothed by nothing is as before, by half prefers nothing", "[smoothed]") {
  for (scored_pair const& p : random_pairs(20, 2)) {
    CHECK(smoothed{joust::nca{}, {.smoothing = 0.0}}.value(p) == joust::nca{}.value(p));
    CHECK(smoothed{joust::nca{}, {.smoothing = 0.0}}.slopes(p) == joust::nca{}.slopes(p));
    smoothed const even{joust::nca{}, {.smoothing = 0.5}};
    CHECK(even.value(p) == Approx(even.value(p.swapped())).epsilon(1e-15));
  }
}

TEST_CASE("smoothed lists its options and refuses nonsense", "[smoothed][fault]") {
  CHECK(names_of_options(smoothed{joust::dpo{}}) == std::vector<std::string>{"loss", "smoothing"});
  CHECK_THROWS_AS((smoothed{joust::dpo{}, {.smoothing = -0.1}}), std::invalid_argument);
  CHECK_THROWS_AS((smoothed{joust::dpo{}, {.smoothing = 0.6}}), std::invalid_argument);
  CHECK_THROWS_AS((smoothed{joust::dpo{}, {.smoothing = NAN}}), std::invalid_argument);
  CHECK(smoothed{joust::dpo{}} == smoothed{joust::dpo{}});
  CHECK_FALSE(smoothed{joust::dpo{}} == smoothed{joust::dpo{}, {.smoothing = 0.2}});
}
