// SPDX-License-Identifier: MIT
#include <joust/alignment/implicit_reward.hpp>

#include <cmath>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/alignment/reward_model.hpp>
#include <joust/core/state.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/rule/best_against_worst.hpp>

#include "toy_alignment.hpp"

namespace {

using joust::implicit_reward;
using joust_test::a_policy;
using joust_test::all_prompts;
using joust_test::toy_policy;
using joust_test::toy_prompts;
using joust_test::toy_responses;

toy_policy another() { return {toy_responses, joust_test::dyadic(toy_prompts * toy_responses, 77)}; }

}  // namespace

TEST_CASE("implicit rewards are beta times log-ratios", "[implicit_reward]") {
  implicit_reward model{{.beta = 0.3}};
  toy_policy const policy = another();
  toy_policy const reference = a_policy();
  std::vector<std::size_t> const xs{5, 0, 5};
  std::vector<std::vector<std::size_t>> const sets{{0, 4, 2}, {1}, {3, 3}};
  model.consider(xs, sets, policy, reference);
  for (std::size_t i = 0; i < xs.size(); ++i) {
    auto const belief = model.belief(i);
    auto const expected = model.expected(xs[i], sets[i], policy, reference);
    REQUIRE(belief.size() == sets[i].size());
    for (std::size_t c = 0; c < sets[i].size(); ++c) {
      double const ratio =
          std::log(policy.probabilities(xs[i])[sets[i][c]] / reference.probabilities(xs[i])[sets[i][c]]);
      CHECK(belief.mean()[c] == Approx(0.3 * ratio).margin(1e-12));
      CHECK(expected[c] == belief.mean()[c]);
    }
  }
  // Nothing is learnt here.
  model.observe(0, 0, 1, 1.0, 1.0);
  model.train();
  CHECK(model == implicit_reward{{.beta = 0.3}});
  CHECK(!(model == implicit_reward{}));
}

TEST_CASE("implicit rewards are those whose best policy it is", "[implicit_reward]") {
  // argmax E r - beta KL(pi || ref) is pi = ref exp(r / beta) / Z: put together, then taken apart.
  double const beta = 0.4;
  auto const rewards = joust_test::dyadic(toy_responses, 5);
  toy_policy const reference{toy_responses, joust_test::dyadic(toy_responses, 6)};
  toy_policy policy = reference;
  for (std::size_t a = 0; a < toy_responses; ++a) policy.logits[a] += rewards[a] / beta;
  std::vector<std::size_t> const all{0, 1, 2, 3, 4};
  auto const implied = implicit_reward{{.beta = beta}}.expected(std::size_t{0}, all, policy, reference);
  for (std::size_t a = 1; a < toy_responses; ++a) {
    CHECK(implied[a] - implied[0] == Approx(rewards[a] - rewards[0]).margin(1e-12));
  }
}

TEST_CASE("implicit_reward needs a beta above 0", "[implicit_reward][fault]") {
  for (double const beta : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    CHECK_THROWS_AS(implicit_reward{{.beta = beta}}, std::invalid_argument);
  }
  joust::state_writer writer{"implicit", 1};
  implicit_reward const model{{.beta = 0.7}};
  implicit_reward::fields(model, writer);
  std::string const text = std::move(writer).finish();
  implicit_reward read;
  joust::state_reader reader{text, "implicit", 1};
  implicit_reward::fields(read, reader);
  CHECK(read == model);
}

TEST_CASE("active preference learning asks for the largest margin of log-ratios", "[implicit_reward]") {
  toy_policy const reference = a_policy();
  toy_policy const policy = another();
  joust::aligner agent{policy,
                       reference,
                       implicit_reward{},
                       joust::best_against_worst{{.of = joust::opinion::mean}},
                       joust::dpo{},
                       joust::aligner_options{.candidates = 4, .temperature = 1.5}};
  joust::stream luck{3};
  auto again = luck;
  auto const seed = again.child(static_cast<std::uint64_t>(again()));
  for (auto const& q : agent.ask(all_prompts(toy_prompts), luck)) {
    auto own = seed.child("proposal").child(q.prompt);
    auto const samples = policy.sample_batch(q.context, 4, own, 1.5);
    auto const ratio = [&](std::size_t a) {
      return policy.log_probability(q.context, a) - reference.log_probability(q.context, a);
    };
    double widest = 0.0;
    for (std::size_t const a : samples) {
      for (std::size_t const b : samples) widest = std::fmax(widest, ratio(a) - ratio(b));
    }
    CHECK(ratio(q.first) - ratio(q.second) == Approx(widest).margin(1e-12));
    CHECK(q.lead == Approx(0.1 * widest).margin(1e-12));
  }
}

TEST_CASE("certainty keeps the pairs of largest implicit margin", "[implicit_reward]") {
  joust::aligner agent{
      another(),
      a_policy(),
      implicit_reward{},
      joust::best_against_worst{},
      joust::dpo{},
      joust::aligner_options{
          .candidates = 2, .temperature = 2.0, .keep = joust::acquisition::certainty, .keep_share = 0.5}};
  auto all = joust::aligner{another(),         a_policy(),
                            implicit_reward{}, joust::best_against_worst{},
                            joust::dpo{},      joust::aligner_options{.candidates = 2, .temperature = 2.0}};
  joust::stream one{4};
  joust::stream two{4};
  auto const kept = agent.ask(all_prompts(toy_prompts), one);
  auto const margin = [](auto const& q) {
    auto const ratio = [&](std::size_t a) {
      return another().log_probability(q.context, a) - a_policy().log_probability(q.context, a);
    };
    return std::fabs(ratio(q.first) - ratio(q.second));
  };
  double least = HUGE_VAL;
  for (auto const& q : kept) least = std::fmin(least, margin(q));
  std::size_t above = 0;
  for (auto const& q : all.ask(all_prompts(toy_prompts), two)) above += margin(q) >= least - 1e-12 ? 1U : 0U;
  CHECK(kept.size() == 3);
  CHECK(above == 3);
}

TEST_CASE("an aligner with implicit rewards continues from its saved state", "[implicit_reward]") {
  auto oracle = joust_test::an_oracle();
  joust::aligner const fresh{
      a_policy(5.0),
      implicit_reward{},
      joust::best_against_worst{},
      joust::dpo{},
      {.candidates = 4, .oracle_share = joust::schedule::step(1.0, 10, 0.5), .sync_every = 2}};
  auto whole = fresh;
  joust_test::run(whole, oracle, 0, 10);
  auto half = fresh;
  joust_test::run(half, oracle, 0, 5);
  auto rest = fresh;
  rest.restore(half.save());
  joust_test::run(rest, oracle, 5, 10);
  CHECK(rest.save() == whole.save());
}
