// SPDX-License-Identifier: MIT
#include <joust/core/optimiser.hpp>

#include <limits>
#include <stdexcept>
#include <string>

#include <catch2/catch.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/state.hpp>
#include <joust/core/stream.hpp>

using joust::descent;
using joust::optimiser;
using joust::optimiser_options;
using joust::schedule;

namespace {

// Kingma & Ba, algorithm 1, line by line, with Loshchilov & Hutter's decay, on one coordinate at a time.
struct textbook_adam {
  optimiser_options o;
  std::vector<double> m;
  std::vector<double> v;
  int t = 0;

  void step(std::vector<double>& theta, std::vector<double> gradient) {
    m.resize(theta.size());
    v.resize(theta.size());
    double norm = 0.0;
    for (double const g : gradient) norm += g * g;
    norm = std::sqrt(norm);
    if (o.max_norm > 0.0 && norm > o.max_norm) {
      for (double& g : gradient) g *= o.max_norm / norm;
    }
    double const alpha = o.learning_rate.at(static_cast<std::uint64_t>(t));
    ++t;
    for (std::size_t i = 0; i < theta.size(); ++i) {
      m[i] = o.beta1 * m[i] + (1.0 - o.beta1) * gradient[i];
      v[i] = o.beta2 * v[i] + (1.0 - o.beta2) * gradient[i] * gradient[i];
      double const m_hat = m[i] / (1.0 - std::pow(o.beta1, t));
      double const v_hat = v[i] / (1.0 - std::pow(o.beta2, t));
      theta[i] -= alpha * (m_hat / (std::sqrt(v_hat) + o.epsilon) + o.weight_decay * theta[i]);
    }
  }
};

std::vector<double> random_gradient(std::size_t n, joust::stream& random, double scale = 1.0) {
  std::vector<double> g(n);
  for (double& x : g) x = scale * (joust::draw_uniform(random) - 0.5);
  return g;
}

void check_close(std::vector<double> const& a, std::vector<double> const& b, double tolerance) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(std::fabs(a[i] - b[i]) <= tolerance);
}

}  // namespace

TEST_CASE("Adam is algorithm 1 of its paper", "[optimiser]") {
  std::vector<optimiser_options> const all = {
      {},
      {.learning_rate = 0.1, .beta1 = 0.5, .beta2 = 0.9, .epsilon = 1e-3},
      {.learning_rate = schedule::cosine(0.1, 0.01, 40, 5), .weight_decay = 0.05, .max_norm = 0.7},
      {.learning_rate = 0.01, .beta1 = 0.0, .beta2 = 0.0}};
  for (optimiser_options const& options : all) {
    joust::stream random{1};
    optimiser<double> moved{options};
    textbook_adam plain{options, {}, {}};
    std::vector<double> theta = random_gradient(7, random);
    std::vector<double> expected = theta;
    for (int t = 0; t < 60; ++t) {
      auto const g = random_gradient(7, random, t % 10 == 0 ? 10.0 : 1.0);
      moved.descend(theta, g);
      plain.step(expected, g);
      check_close(theta, expected, 1e-12);
    }
    CHECK(moved.steps() == 60);
    CHECK(moved.learning_rate() == options.learning_rate.at(60));
  }
}

TEST_CASE("Adam's first step is the rate along each sign", "[optimiser]") {
  optimiser<double> adam{{.learning_rate = 0.25}};
  std::vector<double> theta{0.0, 0.0, 0.0, 0.0};
  adam.descend(theta, std::vector<double>{1e-3, -5.0, 1e6, 0.0});
  check_close(theta, {-0.25, 0.25, -0.25, 0.0}, 1e-5);
  CHECK(theta[3] == 0.0);
}

TEST_CASE("plain and momentum steps have their closed forms", "[optimiser]") {
  joust::stream random{2};
  for (double const momentum : {0.0, 0.9}) {
    optimiser<double> sgd{{.method = descent::sgd, .learning_rate = 0.1, .momentum = momentum}};
    std::vector<std::vector<double>> gradients;
    std::vector<double> const start = random_gradient(3, random);
    std::vector<double> theta = start;
    for (int t = 1; t <= 20; ++t) {
      gradients.push_back(random_gradient(3, random));
      sgd.descend(theta, gradients.back());
      // theta_t = theta_0 - rate sum_s g_s (1 + momentum + ... + momentum^(t - s))
      std::vector<double> expected = start;
      for (int s = 1; s <= t; ++s) {
        double weight = 0.0;
        for (int k = 0; k <= t - s; ++k) weight += std::pow(momentum, k);
        for (std::size_t i = 0; i < 3; ++i)
          expected[i] -= 0.1 * weight * gradients[static_cast<std::size_t>(s - 1)][i];
      }
      check_close(theta, expected, 1e-13);
    }
  }
}

TEST_CASE("up is down with the opposite gradient", "[optimiser]") {
  for (descent const method : {descent::sgd, descent::adam}) {
    optimiser_options const options{
        .method = method, .learning_rate = 0.1, .weight_decay = 0.1, .max_norm = 0.5};
    optimiser<double> up{options};
    optimiser<double> down{options};
    std::vector<double> a{1.0, -2.0};
    std::vector<double> b = a;
    for (int t = 0; t < 5; ++t) {
      up.ascend(a, std::vector<double>{0.5, 1.0 * t});
      down.descend(b, std::vector<double>{-0.5, -1.0 * t});
      CHECK(a == b);
    }
    CHECK(up == down);
  }
}

TEST_CASE("long gradients are cut to their length", "[optimiser]") {
  optimiser<double> sgd{{.method = descent::sgd, .learning_rate = 1.0, .max_norm = 5.0}};
  std::vector<double> theta{0.0, 0.0};
  sgd.descend(theta, std::vector<double>{6.0, 8.0});
  check_close(theta, {-3.0, -4.0}, 1e-15);
  sgd.descend(theta, std::vector<double>{-3.0, -4.0});  // exactly as long as it may be
  check_close(theta, {0.0, 0.0}, 1e-15);
  // So long that the square of its length is no number, and so long that the length is none either.
  sgd.descend(theta, std::vector<double>{6e200, 8e200});
  check_close(theta, {-3.0, -4.0}, 1e-14);
  double const huge = std::numeric_limits<double>::max();
  theta = {0.0, 0.0};
  sgd.descend(theta, std::vector<double>{huge, -huge});
  check_close(theta, {-5.0 / std::sqrt(2.0), 5.0 / std::sqrt(2.0)}, 1e-14);
}

TEST_CASE("decay takes a share of each parameter", "[optimiser]") {
  for (descent const method : {descent::sgd, descent::adam}) {
    optimiser<double> decaying{{.method = method, .learning_rate = 0.5, .weight_decay = 0.1}};
    std::vector<double> theta{2.0, -4.0};
    for (int t = 1; t <= 3; ++t) {
      decaying.descend(theta, std::vector<double>{0.0, 0.0});
      CHECK(theta[0] == Approx(2.0 * std::pow(0.95, t)));
      CHECK(theta[1] == Approx(-4.0 * std::pow(0.95, t)));
    }
  }
}

TEST_CASE("the rate follows the steps made", "[optimiser]") {
  optimiser<double> sgd{{.method = descent::sgd, .learning_rate = schedule::linear(1.0, 0.0, 4)}};
  std::vector<double> theta{0.0};
  std::vector<double> const at{-1.0, -1.75, -2.25, -2.5, -2.5};
  for (double const expected : at) {
    sgd.descend(theta, std::vector<double>{1.0});
    CHECK(theta[0] == Approx(expected));
  }
}

TEST_CASE("floats follow the same path", "[optimiser]") {
  optimiser<float> single{{.learning_rate = 0.01}};
  optimiser<double> twofold{{.learning_rate = 0.01}};
  joust::stream random{3};
  std::vector<float> f(4, 0.0F);
  std::vector<double> d(4, 0.0);
  for (int t = 0; t < 50; ++t) {
    auto const g = random_gradient(4, random);
    std::vector<float> const rounded(g.begin(), g.end());
    single.descend(f, rounded);
    twofold.descend(d, g);
  }
  for (std::size_t i = 0; i < 4; ++i) CHECK(static_cast<double>(f[i]) == Approx(d[i]).margin(1e-4));
}

TEST_CASE("an optimiser is written down and goes on as it would", "[optimiser]") {
  for (optimiser_options const& options :
       {optimiser_options{}, optimiser_options{.method = descent::sgd},
        optimiser_options{
            .method = descent::sgd, .learning_rate = schedule::step(1.0, 4, 0.1), .momentum = 0.5}}) {
    optimiser<double> original{options};
    CHECK(original.sound(3));
    joust::stream random{4};
    std::vector<double> theta{1.0, 2.0, 3.0};
    for (int t = 0; t < 3; ++t) original.descend(theta, random_gradient(3, random));
    joust::state_writer write{"test", 1};
    write("by", original);
    std::string const text = std::move(write).finish();
    optimiser<double> back;
    joust::state_reader read{text, "test", 1};
    read("by", back);
    read.finish();
    CHECK(back == original);
    CHECK(back.sound(3));
    bool const remembers = options.method == descent::adam || options.momentum != 0.0;
    CHECK(back.sound(4) == !remembers);
    std::vector<double> same = theta;
    for (int t = 0; t < 3; ++t) {
      auto const g = random_gradient(3, random);
      original.descend(theta, g);
      back.descend(same, g);
      CHECK(theta == same);
    }
    CHECK(back == original);
  }
}

TEST_CASE("what is refused changes nothing", "[optimiser][fault]") {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  double const infinity = std::numeric_limits<double>::infinity();
  for (optimiser_options const& options : {optimiser_options{}, optimiser_options{.method = descent::sgd},
                                           optimiser_options{.method = descent::sgd, .momentum = 0.5}}) {
    for (bool const used : {false, true}) {
      optimiser<double> by{options};
      std::vector<double> theta{1.0, 2.0};
      if (used) by.descend(theta, std::vector<double>{0.5, 0.5});
      auto const before = by;
      auto const at = theta;
      CHECK_THROWS_WITH(by.descend(theta, std::vector<double>{1.0, nan}),
                        Catch::StartsWith("gradient: is nan"));
      CHECK_THROWS_AS(by.descend(theta, std::vector<double>{infinity, 1.0}), std::invalid_argument);
      CHECK_THROWS_WITH(by.descend(theta, std::vector<double>{1.0}),
                        Catch::StartsWith("gradient: is of length 1"));
      CHECK(by == before);
      CHECK(theta == at);
    }
  }
  optimiser<double> adam;
  std::vector<double> two{1.0, 2.0};
  std::vector<double> three{1.0, 2.0, 3.0};
  // Its squares would be infinite, and the coordinate would never move again.
  CHECK_THROWS_WITH(adam.descend(two, std::vector<double>{1e200, 0.0}),
                    Catch::Contains("whose square is finite"));
  CHECK(adam == optimiser<double>{});
  adam.descend(two, std::vector<double>{1.0, 1.0});
  CHECK_THROWS_WITH(adam.descend(three, std::vector<double>{1.0, 1.0, 1.0}),
                    Catch::StartsWith("parameters: is of length 3"));
  optimiser<float> narrow;
  std::vector<float> one{0.0F};
  CHECK_THROWS_AS(narrow.descend(one, std::vector<float>{1e20F}), std::invalid_argument);
  optimiser<double> cut{{.max_norm = 1.0}};
  cut.descend(two, std::vector<double>{1e200, 0.0});
  CHECK(std::isfinite(two[0]));
}

TEST_CASE("options out of range are named", "[optimiser][fault]") {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  auto const made = [](optimiser_options const& options) { return optimiser<double>{options}; };
  CHECK_THROWS_WITH(made({.learning_rate = -0.1}),
                    Catch::StartsWith("learning_rate: is -0.1; expected never below 0"));
  CHECK_THROWS_AS(made({.learning_rate = schedule::linear(1.0, -1.0, 5)}), std::invalid_argument);
  CHECK_THROWS_WITH(made({.momentum = 1.0}), Catch::StartsWith("momentum: is 1"));
  CHECK_THROWS_WITH(made({.beta1 = -0.1}), Catch::StartsWith("beta1: is -0.1"));
  CHECK_THROWS_WITH(made({.beta2 = 1.0}), Catch::StartsWith("beta2: is 1"));
  CHECK_THROWS_WITH(made({.epsilon = 0.0}), Catch::StartsWith("epsilon: is 0"));
  CHECK_THROWS_WITH(made({.weight_decay = -1.0}), Catch::StartsWith("weight_decay: is -1"));
  CHECK_THROWS_WITH(made({.max_norm = nan}), Catch::StartsWith("max_norm: is nan"));
  CHECK(joust::names_of(descent::adam)[static_cast<std::size_t>(descent::adam)] == "adam");
}
