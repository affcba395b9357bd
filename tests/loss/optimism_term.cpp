// SPDX-License-Identifier: MIT
#include <joust/loss/optimism_term.hpp>

#include "loss_checks.hpp"

#include <array>

#include <joust/loss/dpo.hpp>

namespace {

using namespace joust_test;
using joust::dpo;
using joust::optimism;
using joust::optimism_term;
using joust::schedule;

constexpr std::size_t arms = 4;

// A softmax over four actions, with its reference: enough of a policy to be moved by a loss.
struct softmax {
  std::array<double, arms> logits{};

  [[nodiscard]] double log_probability(std::size_t a) const {
    double sum = 0.0;
    for (double const x : logits) sum += std::exp(x);
    return logits[a] - std::log(sum);
  }
  void add_gradient(std::size_t a, double weight, std::array<double, arms>& gradient) const {
    for (std::size_t k = 0; k < arms; ++k) {
      gradient[k] += weight * ((k == a ? 1.0 : 0.0) - std::exp(log_probability(k)));
    }
  }
};

// One step downhill on dpo of an answered pair and the term of one sample.
softmax step(softmax const& policy, softmax const& reference, optimism_term const& term, std::size_t sample,
             double rate = 0.5) {
  std::array<double, arms> gradient{};
  std::array<scored_pair, 1> const duel{
      {{policy.log_probability(0), policy.log_probability(1), reference.log_probability(0),
        reference.log_probability(1), 1.0, 1.0}}};
  std::array<double, 1> const one{1.0};
  std::array<pair_slopes, 1> slopes{};
  joust::evaluate(dpo{}, duel, one, one, slopes);
  policy.add_gradient(0, slopes[0].chosen, gradient);
  policy.add_gradient(1, slopes[0].rejected, gradient);
  double const ratio = policy.log_probability(sample) - reference.log_probability(sample);
  policy.add_gradient(sample, term.slope(ratio), gradient);
  softmax next = policy;
  for (std::size_t k = 0; k < arms; ++k) next.logits[k] -= rate * gradient[k];
  return next;
}

}  // namespace

TEST_CASE("optimism makes samples of the reference less likely, pessimism more", "[optimism_term]") {
  softmax const reference{{0.5, 0.2, -0.3, 0.1}};
  softmax const plain = step(reference, reference, optimism_term{{.alpha = 0.0}}, 2);
  softmax const hopeful = step(reference, reference, optimism_term{{.alpha = 0.05}}, 2);
  softmax const cautious =
      step(reference, reference, optimism_term{{.alpha = 0.05, .sign = optimism::pessimistic}}, 2);
  CHECK(hopeful.log_probability(2) < plain.log_probability(2));
  CHECK(cautious.log_probability(2) > plain.log_probability(2));
  CHECK(hopeful.log_probability(2) < reference.log_probability(2));
}

TEST_CASE("a coefficient of zero changes nothing, bit for bit", "[optimism_term]") {
  softmax const reference{{0.5, 0.2, -0.3, 0.1}};
  softmax const policy{{0.7, -0.2, 0.3, 0.15}};
  softmax without = policy;
  {
    std::array<double, arms> gradient{};
    std::array<scored_pair, 1> const duel{
        {{policy.log_probability(0), policy.log_probability(1), reference.log_probability(0),
          reference.log_probability(1), 1.0, 1.0}}};
    std::array<double, 1> const one{1.0};
    std::array<pair_slopes, 1> slopes{};
    joust::evaluate(dpo{}, duel, one, one, slopes);
    policy.add_gradient(0, slopes[0].chosen, gradient);
    policy.add_gradient(1, slopes[0].rejected, gradient);
    for (std::size_t k = 0; k < arms; ++k) without.logits[k] -= 0.5 * gradient[k];
  }
  for (bool const scaled : {false, true}) {
    for (auto const sign : {optimism::optimistic, optimism::pessimistic}) {
      optimism_term const none{{.alpha = 0.0, .sign = sign, .scale_by_beta = scaled}};
      CHECK(step(policy, reference, none, 2).logits == without.logits);
      CHECK(none.value(3.0) == 0.0);
    }
  }
}

TEST_CASE("SELM and VPO of equal samples pull alike, and XPO by one over beta more", "[optimism_term]") {
  // SELM, equation 4.2, adds alpha beta log pi(sample); VPO online alpha beta (log pi - log pi_ref); XPO
  // alpha log pi. Their slopes by log pi are what is left.
  double const alpha = 0.03;
  double const beta = 0.2;
  optimism_term const selm{{.alpha = alpha, .scale_by_beta = true, .beta = beta}};
  optimism_term const vpo{
      {.alpha = alpha, .sign = optimism::optimistic, .scale_by_beta = true, .beta = beta}};
  optimism_term const xpo{{.alpha = alpha, .beta = beta}};
  for (double const ratio : {-3.0, 0.0, 2.5}) {
    CHECK(selm.slope(ratio) == vpo.slope(ratio));
    CHECK(selm.slope(ratio) == Approx(alpha * beta).epsilon(1e-15));
    CHECK(xpo.slope(ratio) == alpha);
    CHECK(xpo.value(ratio) == alpha * ratio);
  }
  optimism_term const offline{
      {.alpha = alpha, .sign = optimism::pessimistic, .scale_by_beta = true, .beta = beta}};
  CHECK(offline.slope(1.0) == -vpo.slope(1.0));
}

TEST_CASE("the weight follows its schedule", "[optimism_term]") {
  optimism_term const term{{.alpha = schedule::step(0.1, 10, 0.0)}};
  CHECK(term.coefficient(9) == 0.1);
  CHECK(term.coefficient(10) == 0.0);
  CHECK(term.slope(2.0, 9) == 0.1);
  CHECK(term.value(2.0, 9) == 0.2);
  CHECK(term.slope(2.0, 10) == 0.0);
}

TEST_CASE("beyond the clip the term stands still", "[optimism_term]") {
  optimism_term const term{{.alpha = 0.5, .clip = 4.0}};
  CHECK(term.value(3.0) == 1.5);
  CHECK(term.value(9.0) == 2.0);
  CHECK(term.value(-9.0) == -2.0);
  CHECK(term.slope(3.9) == 0.5);
  CHECK(term.slope(4.1) == 0.0);
  CHECK(term.slope(-1e4) == 0.0);
}

TEST_CASE("optimism_term lists its options and refuses nonsense", "[optimism_term][fault]") {
  CHECK(names_of_options(optimism_term{}) ==
        std::vector<std::string>{"alpha", "sign", "scale_by_beta", "beta", "clip"});
  CHECK_THROWS_AS(optimism_term{{.alpha = -0.1}}, std::invalid_argument);
  CHECK_THROWS_AS(optimism_term{{.alpha = schedule::linear(0.1, -0.1, 5)}}, std::invalid_argument);
  CHECK_THROWS_AS(optimism_term{{.beta = 0.0}}, std::invalid_argument);
  CHECK_THROWS_AS(optimism_term{{.clip = 0.0}}, std::invalid_argument);
  CHECK_THROWS_AS(optimism_term{{.clip = NAN}}, std::invalid_argument);
}
