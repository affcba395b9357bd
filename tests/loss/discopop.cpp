// SPDX-License-Identifier: MIT
#include <joust/loss/discopop.hpp>

#include "loss_checks.hpp"

#include <joust/loss/dpo.hpp>

namespace {

using namespace joust_test;
using joust::discopop;

}  // namespace

TEST_CASE("discopop is the formula of its source", "[discopop]") {
  for (auto const of : {log_likelihood::sum, log_likelihood::mean}) {
    discopop const loss{{.likelihood = of}};
    check_textbook(loss, [of](wide_pair const& p) {
      wide const m = p.margin(of);
      wide const z = 0.1L * m;
      wide const s = logistic(z / 0.05L);
      return (1.0L - s) * -log_logistic(z) + s * std::exp(-z);
    });
  }
}

TEST_CASE("discopop keeps the laws of a loss of margins and of pairs", "[discopop][laws]") {
  check_margin_loss(discopop{{.likelihood = log_likelihood::sum}});
  check_margin_loss(discopop{{.likelihood = log_likelihood::mean}});
  check_agree_on_single_parts(discopop{{.likelihood = log_likelihood::sum}},
                              discopop{{.likelihood = log_likelihood::mean}});
}

TEST_CASE("discopop is logistic where a pair is told apart wrongly, exponential where rightly",
          "[discopop]") {
  discopop const loss{{.beta = 0.5}};
  CHECK(loss.value(-20.0) == Approx(joust::dpo{{.beta = 0.5}}.value(-20.0)).epsilon(1e-14));
  CHECK(loss.slope(-20.0) == Approx(joust::dpo{{.beta = 0.5}}.slope(-20.0)).epsilon(1e-14));
  CHECK(loss.value(20.0) == Approx(std::exp(-10.0)).epsilon(1e-14));
  CHECK(loss.slope(20.0) == Approx(-0.5 * std::exp(-10.0)).epsilon(1e-14));
  CHECK(loss.value(0.0) == Approx(0.5 * (std::log(2.0) + 1.0)).epsilon(1e-14));
  CHECK(loss.value(-1e4) == 5000.0);
  CHECK(loss.value(1e4) == 0.0);
}

TEST_CASE("discopop is not convex: at zero it rises before it falls", "[discopop]") {
  discopop const loss;
  CHECK(loss.slope(0.0) > 0.0);
  CHECK(loss.slope(-5.0) < 0.0);
  CHECK(loss.slope(5.0) < 0.0);
}

TEST_CASE("discopop lists its options and refuses nonsense", "[discopop][fault]") {
  CHECK(names_of_options(discopop{{.likelihood = log_likelihood::sum}}) ==
        std::vector<std::string>{"beta", "temperature", "likelihood"});
  CHECK_THROWS_AS((discopop{{.beta = 0.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((discopop{{.beta = -1.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((discopop{{.beta = INFINITY, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((discopop{{.beta = NAN, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((discopop{{.temperature = 0.0, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((discopop{{.temperature = 1.5, .likelihood = log_likelihood::sum}}), std::invalid_argument);
  CHECK_THROWS_AS((discopop{{.temperature = NAN, .likelihood = log_likelihood::sum}}), std::invalid_argument);
}
