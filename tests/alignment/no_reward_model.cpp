// SPDX-License-Identifier: MIT
#include <joust/alignment/no_reward_model.hpp>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/alignment/reward_model.hpp>
#include <joust/core/state.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/policy/feature_table.hpp>
#include <joust/policy/token_policy.hpp>
#include <joust/rule/passive.hpp>
#include <joust/rule/uniform_pair.hpp>

#include "toy_alignment.hpp"

namespace {

using joust::no_reward_model;

static_assert(joust::reward_model<no_reward_model, std::string, std::string, int>);

}  // namespace

TEST_CASE("no_reward_model believes that all are equal", "[no_reward_model]") {
  no_reward_model model;
  std::vector<std::string> const xs{"a", "b", "c"};
  for (auto const& sizes : {std::vector<std::size_t>{2, 5, 1}, {7, 2, 2}, {1, 1, 1}}) {
    std::vector<std::vector<std::string>> sets;
    for (std::size_t const size : sizes) sets.emplace_back(size, "y");
    model.consider(xs, sets, 0, 0);
    for (std::size_t i = 0; i < 3; ++i) {
      auto const belief = model.belief(i);
      REQUIRE(belief.size() == sizes[i]);
      for (double const reward : belief.mean()) CHECK(reward == 0.0);
    }
    CHECK(model.expected(xs[0], sets[0], 0, 0) == std::vector<double>(sizes[0]));
  }
  model.observe(0, 0, 0, 1.0, 1.0);
  model.train();
  CHECK(model == no_reward_model{});
}

TEST_CASE("passive duels are the first two samples, and nobody expects anything of them",
          "[no_reward_model]") {
  joust::aligner agent{joust_test::a_policy(),
                       no_reward_model{},
                       joust::passive{},
                       joust::dpo{},
                       {.candidates = 2, .equals = joust::equal_candidates::mask}};
  joust::stream luck{1};
  auto again = luck;
  auto const seed = again.child(static_cast<std::uint64_t>(again()));
  auto const asked = agent.ask(joust_test::all_prompts(joust_test::toy_prompts), luck);
  REQUIRE(asked.size() == joust_test::toy_prompts);
  for (auto const& q : asked) {
    auto own = seed.child("proposal").child(q.prompt);
    auto const samples = joust_test::a_policy().sample_batch(q.context, 2, own, 0.7);
    CHECK(q.first == samples[0]);
    CHECK(q.second == samples[1]);
    CHECK(q.lead == 0.0);
  }
  auto const report = agent.learn(std::vector<double>(asked.size(), 1.0));
  CHECK(report.predicted == 0);
  CHECK(report.unanimous == 0);
}

TEST_CASE("an aligner without a reward model continues from its saved state", "[no_reward_model]") {
  auto oracle = joust_test::an_oracle();
  joust::aligner const fresh{joust_test::a_policy(),
                             no_reward_model{},
                             joust::uniform_pair{},
                             joust::dpo{},
                             {.candidates = 3, .oracle_share = 0.5}};
  auto whole = fresh;
  joust_test::run(whole, oracle, 0, 10);
  auto half = fresh;
  joust_test::run(half, oracle, 0, 5);
  auto rest = fresh;
  rest.restore(half.save());
  joust_test::run(rest, oracle, 5, 10);
  CHECK(rest.save() == whole.save());
}

TEST_CASE("answers of tokens, from proposal to replay and back from a saved state", "[no_reward_model]") {
  auto const prompts =
      std::make_shared<joust::feature_table const>(2, 1, 2, std::vector<double>{1.0, -1.0, 0.5, 1.0});
  joust::token_policy const policy{prompts, {.vocabulary = 4, .max_length = 5, .width = 6}};
  // Liked are answers that say 2 often.
  struct {
    double compare(std::size_t, joust::tokens const& a, joust::tokens const& b, joust::stream& g) {
      auto const twos = [](joust::tokens const& t) {
        return static_cast<double>(std::count(t.begin(), t.end(), 2));
      };
      return joust::draw_bernoulli(joust::sigmoid(2.0 * (twos(a) - twos(b))), g);
    }
  } oracle;
  joust::aligner const fresh{policy,
                             no_reward_model{},
                             joust::passive{},
                             joust::dpo{},
                             {.candidates = 3,
                              .temperature = 1.2,
                              .replay_steps = 1,
                              .replay_batch = 4,
                              .replay_capacity = 9,
                              .sync_every = 3,
                              .refresh_reference_every = 4}};
  std::vector<std::size_t> const asked{0, 1, 0, 1};
  auto whole = fresh;
  joust_test::run(whole, oracle, 0, 14, 3, asked);
  auto half = fresh;
  joust_test::run(half, oracle, 0, 9, 3, asked);
  auto rest = fresh;
  joust_test::run(rest, oracle, 0, 1, 99, asked);
  std::string const saved = half.save();
  rest.restore(saved);
  CHECK(rest.save() == saved);
  joust_test::run(rest, oracle, 9, 14, 3, asked);
  CHECK(rest.save() == whole.save());
  CHECK(rest.policy() == whole.policy());
  // A word that no token can be, and parameters that no such policy has.
  auto const forged = [&](std::string const& name, auto change) {
    std::string text = saved.substr(0, saved.rfind("checksum"));
    auto const at = text.find("\n" + name) + 1;
    REQUIRE(at != 0);
    auto const end = text.find('\n', at);
    text.replace(at, end - at, change(text.substr(at, end - at)));
    return text + "checksum " + joust::detail::hexadecimal(joust::detail::fnv1a(text)) + '\n';
  };
  auto const last_to = [](std::string const& value) {
    return [=](std::string line) { return line.substr(0, line.rfind(' ') + 1) + value; };
  };
  CHECK_THROWS_AS(rest.restore(forged("memory.parts", last_to("65538"))), std::invalid_argument);
  CHECK_THROWS_AS(
      rest.restore(forged("policy.parameters",
                          [](std::string const&) { return std::string{"policy.parameters 1: 0"}; })),
      std::invalid_argument);
  CHECK_THROWS_AS(rest.restore(forged("policy.options.window", last_to("7"))), std::invalid_argument);
  CHECK(rest.save() == whole.save());
}
