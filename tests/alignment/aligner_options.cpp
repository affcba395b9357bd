// SPDX-License-Identifier: MIT
#include <joust/alignment/aligner_options.hpp>

#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/alignment/no_reward_model.hpp>
#include <joust/core/state.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/rule/any_rule.hpp>

#include "toy_alignment.hpp"

namespace {

using joust::aligner;
using joust::aligner_options;
using joust::dpo;
using joust::no_reward_model;
using joust::passive;
using joust::proposal;
using joust::schedule;
using joust::stream;
using joust_test::a_model;
using joust_test::a_policy;
using joust_test::all_prompts;
using joust_test::an_oracle;
using joust_test::prompts_list;
using joust_test::run;
using joust_test::toy_model;
using joust_test::toy_policy;
using joust_test::toy_prompts;
using joust_test::toy_responses;

joust::any_rule const best_arm{{.rule = joust::rule_kind::best_arm}};
joust::any_rule const first_two{{.rule = joust::rule_kind::passive}};

auto agent_of(aligner_options const& options, joust::any_rule const& rule = best_arm) {
  return aligner{a_policy(), a_model(), rule, dpo{}, options};
}
using toy_agent = decltype(agent_of({}));

template <class Questions>
auto copied(Questions const& questions) {
  return std::vector(questions.begin(), questions.end());
}

// Answers that depend on the pair alone.
std::vector<double> answers_to(toy_agent const& agent) {
  std::vector<double> answers;
  for (auto const& q : agent.questions()) {
    if (!q.own) answers.push_back((q.first * 7 + q.second * 3 + q.context) % 4 < 2 ? 1.0 : 0.0);
  }
  return answers;
}
joust::round_report a_round(toy_agent& agent, std::size_t r,
                            prompts_list const& prompts = all_prompts(toy_prompts)) {
  auto luck = stream{31}.child(r);
  agent.ask(prompts, luck);
  return agent.learn(answers_to(agent));
}

std::string complaint(aligner_options const& options) {
  try {
    options.check();
  } catch (std::invalid_argument const& error) { return error.what(); }
  return "";
}

// How often each response is the first and the second candidate of prompt 0, over many prompts of a round.
struct places {
  std::vector<double> first = std::vector<double>(toy_responses);
  std::vector<double> second = std::vector<double>(toy_responses);
  double count = 0.0;
};

// Every share within five standard deviations of its probability.
void check_shares(std::vector<double> const& counts, double n, std::vector<double> const& p) {
  for (std::size_t a = 0; a < p.size(); ++a) {
    CHECK(std::fabs(counts[a] - n * p[a]) < 5.0 * std::sqrt(n * p[a] * (1.0 - p[a])) + 1.0);
  }
}

template <class Agent>
places sampled(Agent& agent, std::size_t prompts, std::uint64_t seed) {
  places result;
  stream luck{seed};
  for (auto const& q : agent.ask(prompts_list(prompts, 2), luck)) {
    result.first[q.first] += 1.0;
    result.second[q.second] += 1.0;
    result.count += 1.0;
  }
  return result;
}

}  // namespace

TEST_CASE("aligner_options name what is wrong with them", "[aligner_options][fault]") {
  double const nan = std::nan("");
  CHECK(complaint({}).empty());
  CHECK(complaint({.candidates = 1}).find("candidates") == 0);
  CHECK(complaint({.temperature = 0.0}).find("temperature") == 0);
  CHECK(complaint({.temperature = schedule::linear(1.0, -0.5, 10)}).find("temperature") == 0);
  CHECK(complaint({.mixture_share = 1.5}).find("mixture_share") == 0);
  CHECK(complaint({.mixture_share = nan}).find("mixture_share") == 0);
  CHECK(complaint({.oracle_share = 1.01}).find("oracle_share") == 0);
  CHECK(complaint({.oracle_share = schedule::step(1.0, 10, -0.1)}).find("oracle_share") == 0);
  CHECK(complaint({.own_weight = -1.0}).find("own_weight") == 0);
  CHECK(complaint({.own_weight = nan}).find("own_weight") == 0);
  CHECK(complaint({.own_weight = std::numeric_limits<double>::infinity()}).find("own_weight") == 0);
  CHECK(complaint({.keep_share = 0.0}).find("keep_share") == 0);
  CHECK(complaint({.keep_share = 1.1}).find("keep_share") == 0);
  CHECK(complaint({.keep_share = nan}).find("keep_share") == 0);
  CHECK(complaint({.epochs = 0}).find("epochs") == 0);
  CHECK(complaint({.replay_batch = 0}).find("replay_batch") == 0);
  CHECK(complaint({.replay_capacity = 0}).find("replay_capacity") == 0);
  CHECK(complaint({.optimistic_about = joust::optimism_samples::second}).find("optimistic_about") == 0);
  CHECK(complaint({.candidates = 2,
                   .proposed_by = proposal::policy_and_reference,
                   .optimistic_about = joust::optimism_samples::second})
            .empty());
  CHECK(complaint({.candidates = 3,
                   .proposed_by = proposal::policy_and_reference,
                   .optimistic_about = joust::optimism_samples::second})
            .find("candidates") == 0);
  CHECK(complaint({.optimism = {.alpha = -1.0}}).find("alpha") != std::string::npos);
}

TEST_CASE("aligner_options can be written down and read back", "[aligner_options]") {
  aligner_options const unusual{.candidates = 3,
                                .temperature = schedule::linear(2.0, 1.0, 7),
                                .proposed_by = proposal::policy_and_reference,
                                .mixture_share = 0.25,
                                .equals = joust::equal_candidates::mask,
                                .oracle_share = schedule::step(1.0, 5, 0.5),
                                .mixing = joust::mixing::exact,
                                .own_label = joust::own_label::mean,
                                .own_weight = 0.5,
                                .keep = joust::acquisition::entropy,
                                .keep_share = 0.5,
                                .order = joust::update_order::policy_first,
                                .learn_policy = false,
                                .epochs = 2,
                                .minibatch = 3,
                                .replay_steps = 4,
                                .replay_batch = 5,
                                .replay_capacity = 6,
                                .sync_every = 7,
                                .refresh_reference_every = 8,
                                .optimistic_about = joust::optimism_samples::second,
                                .optimism = {.alpha = 0.5, .scale_by_beta = true, .beta = 0.25},
                                .best_of = 9,
                                .seed = 10};
  joust::state_writer writer{"options", 1};
  aligner_options::fields(unusual, writer);
  std::string const text = std::move(writer).finish();
  aligner_options read;
  joust::state_reader reader{text, "options", 1};
  aligner_options::fields(read, reader);
  reader.finish();
  CHECK(read == unusual);
  CHECK(!(read == aligner_options{}));
}

TEST_CASE("the temperature follows its schedule over rounds", "[aligner_options]") {
  auto agent = agent_of({.candidates = 2,
                         .temperature = schedule::linear(3.0, 0.5, 2),
                         .equals = joust::equal_candidates::mask,
                         .learn_policy = false},
                        first_two);
  for (double const temperature : {3.0, 1.75, 0.5, 0.5}) {
    auto const seen = sampled(agent, 4000, 40);
    check_shares(seen.first, 4000.0, a_policy().probabilities(2, temperature));
    check_shares(seen.second, 4000.0, a_policy().probabilities(2, temperature));
    agent.learn(std::vector<double>(agent.expected_answers(), 1.0));
  }
}

TEST_CASE("each proposer proposes", "[aligner_options]") {
  toy_policy const policy = a_policy();
  toy_policy reference = policy;
  std::reverse(reference.logits.begin(), reference.logits.end());
  toy_policy mixture = policy;
  for (std::size_t i = 0; i < mixture.logits.size(); ++i) {
    mixture.logits[i] = 0.8 * policy.logits[i] + 0.2 * reference.logits[i];
  }
  auto const shares = [&](proposal by) {
    aligner agent{policy,
                  reference,
                  no_reward_model{},
                  passive{},
                  dpo{},
                  aligner_options{.candidates = 2,
                                  .temperature = 1.5,
                                  .proposed_by = by,
                                  .mixture_share = 0.2,
                                  .equals = joust::equal_candidates::mask}};
    return sampled(agent, 4000, 41);
  };
  std::map<proposal, std::pair<toy_policy const*, toy_policy const*>> const expected{
      {proposal::policy, {&policy, &policy}},
      {proposal::reference, {&reference, &reference}},
      {proposal::policy_and_reference, {&policy, &reference}},
      {proposal::policy_and_mixture, {&policy, &mixture}}};
  for (auto const& [by, who] : expected) {
    auto const seen = shares(by);
    REQUIRE(seen.count == 4000.0);
    check_shares(seen.first, 4000.0, who.first->probabilities(2, 1.5));
    check_shares(seen.second, 4000.0, who.second->probabilities(2, 1.5));
  }
}

TEST_CASE("of several candidates only the first is the policy's own", "[aligner_options]") {
  toy_policy const policy{3, {50.0, 0.0, 0.0}};
  toy_policy const reference{3, {0.0, 50.0, 0.0}};
  for (auto const by : {proposal::policy_and_reference, proposal::policy_and_mixture}) {
    aligner agent{
        policy,    reference, no_reward_model{},
        passive{}, dpo{},     aligner_options{.candidates = 6, .proposed_by = by, .mixture_share = 0.9}};
    stream luck{42};
    auto const asked = copied(agent.ask(prompts_list{0, 0}, luck));
    REQUIRE(asked.size() == 2);
    for (auto const& q : asked) {
      CHECK(q.first == 0);
      CHECK(q.second == 1);
    }
  }
}

TEST_CASE("equal candidates are merged, or masked and paid for", "[aligner_options]") {
  auto const ask = [](joust::equal_candidates equals, std::size_t candidates) {
    auto agent = agent_of(
        {.candidates = candidates, .temperature = 0.5, .equals = equals, .learn_policy = true}, first_two);
    stream luck{43};
    agent.ask(prompts_list(200, 2), luck);
    return agent;
  };
  auto masked = ask(joust::equal_candidates::mask, 2);
  REQUIRE(masked.questions().size() == 200);
  std::size_t equal = 0;
  for (auto const& q : masked.questions()) {
    CHECK(q.weight == (q.first == q.second ? 0.0 : 1.0));
    equal += q.first == q.second ? 1U : 0U;
  }
  REQUIRE(equal > 20);
  REQUIRE(equal < 180);
  toy_policy const before = masked.policy();
  auto const report = masked.learn(std::vector<double>(200, 1.0));
  CHECK(report.queries == 200);
  CHECK(report.duplicates == equal);
  CHECK(masked.reward_model().log.size() == 200 - equal);
  // Equal pairs are not even in the divisor.
  double gradient = 0.0;
  for (auto const& q : masked.questions()) {
    if (q.first != q.second && q.first == 0) gradient += 0.05 / static_cast<double>(200 - equal);
    if (q.first != q.second && q.second == 0) gradient -= 0.05 / static_cast<double>(200 - equal);
  }
  CHECK(masked.policy().logits[2 * toy_responses] - before.logits[2 * toy_responses] ==
        Approx(gradient).margin(1e-12));

  auto merged = ask(joust::equal_candidates::merge, 2);
  CHECK(merged.questions().size() == 200 - equal);
  CHECK(merged.learn(std::vector<double>(200 - equal, 1.0)).duplicates == equal);
  CHECK(merged.policy().logits == masked.policy().logits);

  // Merging keeps each candidate where it came first: passive asks about the first two that differ.
  auto many = ask(joust::equal_candidates::merge, 20);
  auto const luck = [] {
    stream random{43};
    return random.child(static_cast<std::uint64_t>(random()));
  }();
  for (auto const& q : many.questions()) {
    auto own = luck.child("proposal").child(q.prompt);
    auto const samples = a_policy().sample_batch(2, 20, own, 0.5);
    CHECK(q.first == samples[0]);
    auto const other =
        std::find_if(samples.begin(), samples.end(), [&](std::size_t a) { return a != samples[0]; });
    CHECK(q.second == *other);
  }
}

TEST_CASE("the coin and the exact count mix by the same share", "[aligner_options]") {
  for (double const gamma : {0.0, 0.3, 0.7, 1.0}) {
    for (std::size_t const prompts : {1U, 9U, 10U, 33U}) {
      auto exact = agent_of(
          {.candidates = 20, .temperature = 5.0, .oracle_share = gamma, .mixing = joust::mixing::exact});
      std::set<std::size_t> places;
      for (std::size_t r = 0; r < 60; ++r) {
        auto luck = stream{44}.child(r);
        std::size_t own = 0;
        for (auto const& q : exact.ask(prompts_list(prompts, 1), luck)) {
          own += q.own ? 1U : 0U;
          if (q.own) places.insert(q.prompt);
        }
        // (1 - 0.7) 10 is 3, whatever doubles make of it.
        auto const tenths = static_cast<std::size_t>(std::lround(10.0 * (1.0 - gamma)));
        CHECK(own == tenths * prompts / 10);
      }
      if (gamma < 1.0 && prompts > 3) CHECK(places.size() == prompts);
    }
    auto coin = agent_of({.candidates = 20, .temperature = 5.0, .oracle_share = gamma});
    double own = 0.0;
    double squares = 0.0;
    for (std::size_t r = 0; r < 100; ++r) {
      auto luck = stream{45}.child(r);
      double count = 0.0;
      for (auto const& q : coin.ask(prompts_list(40, 1), luck)) count += q.own ? 1.0 : 0.0;
      own += count;
      squares += (count - 40.0 * (1.0 - gamma)) * (count - 40.0 * (1.0 - gamma));
    }
    double const variance = 4000.0 * gamma * (1.0 - gamma);
    CHECK(std::fabs(own - 4000.0 * (1.0 - gamma)) <= 5.0 * std::sqrt(variance));
    // A coin per prompt: the counts of rounds scatter as a binomial does (chi-square of 100, 5 sigma).
    if (variance > 0.0) CHECK(std::fabs(squares / (variance / 100.0) - 100.0) < 5.0 * std::sqrt(200.0));
  }
}

TEST_CASE("gamma is looked up at the queries made so far", "[aligner_options]") {
  auto agent = agent_of({.candidates = 20, .temperature = 5.0, .oracle_share = schedule::step(1.0, 13, 0.0)});
  for (std::size_t r = 0; r < 5; ++r) {
    auto const report = a_round(agent, r);
    CHECK(report.queries == (r < 3 ? toy_prompts : 0));
    CHECK(report.own == (r < 3 ? 0 : toy_prompts));
  }
}

TEST_CASE("own labels are a member's best against its worst, or the mean's", "[aligner_options]") {
  auto const check = [](joust::own_label label) {
    auto agent = agent_of({.candidates = 60, .temperature = 50.0, .oracle_share = 0.0, .own_label = label});
    auto const model = a_model();
    std::set<std::size_t> firsts;
    std::vector<double> by_member(4);
    for (std::size_t r = 0; r < 30; ++r) {
      auto luck = stream{46}.child(r);
      for (auto const& q : agent.ask(all_prompts(toy_prompts), luck)) {
        CHECK(q.own);
        CHECK(q.outcome == 1.0);
        std::vector<std::vector<double>> opinions = model.members;
        if (label == joust::own_label::mean) {
          for (std::size_t i = 0; i < opinions[0].size(); ++i) {
            opinions[0][i] = (opinions[0][i] + opinions[1][i] + opinions[2][i] + opinions[3][i]) / 4.0;
          }
          opinions.resize(1);
        }
        bool any = false;
        for (std::size_t k = 0; k < opinions.size(); ++k) {
          auto const* row = opinions[k].data() + q.context * toy_responses;
          bool const his = row[q.first] == *std::max_element(row, row + toy_responses) &&
                           row[q.second] == *std::min_element(row, row + toy_responses);
          any = any || his;
          if (his) by_member[k] += 1.0;
        }
        CHECK(any);
        if (q.context == 0) firsts.insert(q.first);
      }
    }
    return std::pair{firsts.size(), by_member};
  };
  auto const [drawn, members] = check(joust::own_label::draw);
  CHECK(drawn > 1);
  for (double const count : members) CHECK(count > 20.0);  // each of four members labels about 45 of 180
  CHECK(check(joust::own_label::mean).first == 1);
}

TEST_CASE("own pairs are neither sent to the oracle nor told to the reward model", "[aligner_options]") {
  auto agent = agent_of({.candidates = 4, .temperature = 3.0, .oracle_share = 0.5});
  std::vector<joust_test::toy_model::told> expected;
  for (std::size_t r = 0; r < 10; ++r) {
    a_round(agent, r);
    std::size_t answered = 0;
    for (auto const& q : agent.questions()) answered += q.own ? 0U : 1U;
    CHECK(agent.expected_answers() == 0);
    for (auto const& q : agent.questions()) {
      if (!q.own) expected.push_back({q.prompt, 0, 0, q.outcome, 1.0});
    }
    REQUIRE(agent.reward_model().log.size() == expected.size());
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(agent.reward_model().log[i].set == expected[i].set);
    CHECK(agent.reward_model().log[i].outcome == expected[i].outcome);
    CHECK(agent.reward_model().log[i].weight == 1.0);
  }
}

TEST_CASE("own pairs of weight 0 move nothing", "[aligner_options]") {
  auto agent = agent_of({.candidates = 4, .oracle_share = 0.0, .own_weight = 0.0});
  auto const report = a_round(agent, 1);
  CHECK(report.own > 0);
  CHECK(report.updates == 0);
  CHECK(agent.policy() == a_policy());
}

TEST_CASE("the prompts that are kept are those worth most, by brute force", "[aligner_options]") {
  for (auto const keep :
       {joust::acquisition::certainty, joust::acquisition::least_margin, joust::acquisition::entropy}) {
    for (double const share : {0.01, 0.25, 0.5, 1.0}) {
      aligner_options options{.candidates = 4, .temperature = 1.5, .oracle_share = 0.8};
      prompts_list const prompts{0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 1, 3, 5, 0};
      auto everything = agent_of(options);
      options.keep = keep;
      options.keep_share = share;
      auto choosy = agent_of(options);
      for (std::size_t r = 0; r < 10; ++r) {
        auto one = stream{47}.child(r);
        auto two = one;
        auto const all = copied(everything.ask(prompts, one));
        auto const kept = copied(choosy.ask(prompts, two));
        auto const seed = [&] {
          auto again = stream{47}.child(r);
          return again.child(static_cast<std::uint64_t>(again()));
        }();
        auto const worth = [&](auto const& q) {
          if (keep == joust::acquisition::certainty) return std::fabs(q.lead);
          if (keep == joust::acquisition::least_margin) return -std::fabs(q.lead);
          auto own = seed.child("proposal").child(q.prompt);
          auto const drawn = a_policy().sample_batch(q.context, 4, own, 1.5);
          std::set<std::size_t> const distinct(drawn.begin(), drawn.end());
          double sum = 0.0;
          for (std::size_t const a : distinct) sum += a_policy().log_probability(q.context, a);
          return -sum / static_cast<double>(distinct.size());
        };
        // Own pairs all stay; of the others the most worthy.
        std::size_t asked = 0;
        double least_kept = std::numeric_limits<double>::infinity();
        std::set<std::size_t> stays;
        std::size_t place = 0;
        for (auto const& q : kept) {
          while (place < all.size() && all[place].prompt != q.prompt) ++place;  // the order is kept
          REQUIRE(place < all.size());
          CHECK(all[place] == q);
          stays.insert(q.prompt);
          if (q.own) continue;
          ++asked;
          least_kept = std::fmin(least_kept, worth(q));
        }
        std::size_t available = 0;
        for (auto const& q : all) {
          available += q.own ? 0U : 1U;
          if (stays.count(q.prompt) == 0) {
            CHECK(!q.own);
            CHECK(worth(q) <= least_kept + 1e-12);
          }
        }
        auto const quota = std::max<std::size_t>(1, static_cast<std::size_t>(share * 16.0));
        CHECK(asked == std::min(quota, available));
      }
    }
  }
}

TEST_CASE("what is dropped is neither paid for nor learnt", "[aligner_options]") {
  auto agent = agent_of({.candidates = 4,
                         .temperature = 2.0,
                         .keep = joust::acquisition::certainty,
                         .keep_share = 0.34,
                         .optimistic_about = joust::optimism_samples::reference,
                         .optimism = {.alpha = 0.1}});
  auto const report = a_round(agent, 3);
  CHECK(report.queries == 2);
  CHECK(agent.queries() == 2);
  REQUIRE(agent.reward_model().log.size() == 2);
  // The reward model hears of the pairs that were asked about, at their places in their sets.
  for (std::size_t q = 0; q < 2; ++q) {
    CHECK(agent.reward_model().log[q].set == agent.questions()[q].prompt);
    CHECK(agent.reward_model().log[q].outcome == agent.questions()[q].outcome);
  }
  for (std::size_t x = 0; x < toy_prompts; ++x) {
    bool const asked = x == agent.questions()[0].context || x == agent.questions()[1].context;
    bool moved = false;
    for (std::size_t a = 0; a < toy_responses; ++a) {
      std::size_t const i = x * toy_responses + a;
      moved = moved || agent.policy().logits[i] != a_policy().logits[i];
    }
    CHECK(moved == asked);
  }
}

TEST_CASE("pairs of equal actions are the last to be kept", "[aligner_options]") {
  // With the smallest margin wanted, equal actions would come first: their margin is 0.
  auto agent = agent_of({.candidates = 2,
                         .temperature = 0.7,
                         .equals = joust::equal_candidates::mask,
                         .keep = joust::acquisition::least_margin,
                         .keep_share = 0.1},
                        first_two);
  stream luck{48};
  auto const kept = agent.ask(prompts_list(200, 2), luck);
  REQUIRE(kept.size() == 20);
  for (auto const& q : kept) CHECK(q.first != q.second);
}

namespace {

// Notes who learns when.
struct noting_policy : toy_policy {
  std::vector<std::string>* entries;
  noting_policy(toy_policy base, std::vector<std::string>& list)
      : toy_policy{std::move(base)}, entries{&list} {}
  void step() {
    toy_policy::step();
    entries->push_back("policy");
  }
};
struct noting_model : toy_model {
  std::vector<std::string>* entries;
  noting_model(toy_model base, std::vector<std::string>& list) : toy_model{std::move(base)}, entries{&list} {}
  void train() { entries->push_back("reward"); }
};

}  // namespace

TEST_CASE("who learns first", "[aligner_options]") {
  for (auto const order : {joust::update_order::reward_first, joust::update_order::policy_first}) {
    std::vector<std::string> entries;
    aligner agent{noting_policy{a_policy(), entries},
                  noting_model{a_model(), entries},
                  passive{},
                  dpo{},
                  {.candidates = 4, .order = order}};
    auto oracle = an_oracle();
    stream luck{49};
    agent.round(all_prompts(toy_prompts), oracle, luck);
    CHECK(entries == (order == joust::update_order::reward_first
                          ? std::vector<std::string>{"reward", "policy"}
                          : std::vector<std::string>{"policy", "reward"}));
  }
}

TEST_CASE("a policy that is not to learn stays as it is to the last bit", "[aligner_options]") {
  auto agent = agent_of({.candidates = 4, .oracle_share = 0.6, .learn_policy = false, .replay_steps = 3});
  for (std::size_t r = 0; r < 8; ++r) CHECK(a_round(agent, r).updates == 0);
  CHECK(agent.policy() == a_policy());
  CHECK(agent.updates() == 0);
  CHECK(agent.reward_model().trained == 8);
  CHECK(!agent.reward_model().log.empty());
}

TEST_CASE("epochs and minibatches make so many steps", "[aligner_options]") {
  auto const steps = [](std::size_t epochs, std::size_t minibatch, std::size_t replay = 0) {
    auto agent = agent_of({.candidates = 20,
                           .temperature = 5.0,
                           .epochs = epochs,
                           .minibatch = minibatch,
                           .replay_steps = replay});
    auto const report = a_round(agent, 1, prompts_list(10, 3));
    CHECK(agent.policy().steps == report.updates);
    CHECK(agent.updates() == report.updates);
    return report.updates;
  };
  CHECK(steps(1, 0) == 1);
  CHECK(steps(3, 0) == 3);
  CHECK(steps(1, 3) == 4);
  CHECK(steps(2, 4) == 6);
  CHECK(steps(2, 5) == 4);
  CHECK(steps(1, 100) == 1);
  CHECK(steps(1, 0, 5) == 6);
  // Minibatches are the pairs in their order: by hand, two rounds of the halves.
  auto halves = agent_of({.candidates = 20, .temperature = 5.0, .minibatch = 3});
  a_round(halves, 2);
  toy_policy by_hand = a_policy();
  auto const questions = copied(halves.questions());
  for (std::size_t begin = 0; begin < 6; begin += 3) {
    toy_policy const now = by_hand;
    for (std::size_t q = begin; q < begin + 3; ++q) {
      auto const& asked = questions[q];
      std::size_t const won = asked.outcome == 1.0 ? asked.first : asked.second;
      std::size_t const lost = asked.outcome == 1.0 ? asked.second : asked.first;
      double const margin =
          now.log_probability(asked.context, won) - now.log_probability(asked.context, lost) -
          a_policy().log_probability(asked.context, won) + a_policy().log_probability(asked.context, lost);
      double const push = 0.1 * joust::sigmoid(-0.1 * margin) / 3.0;
      by_hand.logits[asked.context * toy_responses + won] += push;
      by_hand.logits[asked.context * toy_responses + lost] -= push;
    }
  }
  for (std::size_t i = 0; i < by_hand.logits.size(); ++i) {
    CHECK(halves.policy().logits[i] == Approx(by_hand.logits[i]).margin(1e-12));
  }
}

TEST_CASE("replay learns again from answered duels, the newest, and no others", "[aligner_options]") {
  aligner_options const options{.candidates = 4,
                                .temperature = 3.0,
                                .oracle_share = 0.5,
                                .replay_steps = 6,
                                .replay_batch = 4,
                                .replay_capacity = 5};
  auto agent = agent_of(options);
  for (std::size_t r = 0; r < 10; ++r) CHECK(a_round(agent, r).updates == 7);
  // Then rounds on one prompt alone fill the memory with it, and nothing else moves.
  for (std::size_t r = 10; r < 20; ++r) a_round(agent, r, prompts_list(8, 4));
  auto const before = agent.policy();
  a_round(agent, 20, prompts_list(8, 4));
  for (std::size_t x = 0; x < toy_prompts; ++x) {
    bool moved = false;
    for (std::size_t a = 0; a < toy_responses; ++a) {
      moved = moved || before.logits[x * toy_responses + a] != agent.policy().logits[x * toy_responses + a];
    }
    CHECK(moved == (x == 4));
  }
  // Own labels are not remembered: with them alone there is nothing to replay.
  auto alone = agent_of({.candidates = 4, .temperature = 3.0, .oracle_share = 0.0, .replay_steps = 6});
  CHECK(a_round(alone, 0).updates == 1);
  // Another seed replays other duels.
  auto other_options = options;
  other_options.seed = 1;
  auto one = agent_of(options);
  auto same = agent_of(options);
  auto other = agent_of(other_options);
  for (std::size_t r = 0; r < 5; ++r) {
    a_round(one, r);
    a_round(same, r);
    a_round(other, r);
  }
  CHECK(one.policy() == same.policy());
  CHECK(one.policy().logits != other.policy().logits);
}

TEST_CASE("proposals come from the newest policy, one of some rounds ago, or the first",
          "[aligner_options]") {
  // Which policy proposed is told by what its samples would have been.
  for (std::uint64_t const every : {0U, 1U, 3U}) {
    auto agent = agent_of(
        {.candidates = 2, .temperature = 1.0, .equals = joust::equal_candidates::mask, .sync_every = every},
        first_two);
    std::vector<toy_policy> history{agent.policy()};
    std::size_t told_apart = 0;
    for (std::size_t r = 0; r < 12; ++r) {
      std::size_t const proposer = every == 0 ? 0 : r / every * every;
      auto luck = stream{50}.child(r);
      auto again = luck;
      auto const seed = again.child(static_cast<std::uint64_t>(again()));
      auto const asked = copied(agent.ask(prompts_list(200, 2), luck));
      for (auto const& q : asked) {
        auto own = seed.child("proposal").child(q.prompt);
        auto newest = own;
        auto const samples = history[proposer].sample_batch(2, 2, own, 1.0);
        CHECK((q.first == samples[0] && q.second == samples[1]));
        told_apart += history[r].sample_batch(2, 2, newest, 1.0) != samples ? 1U : 0U;
      }
      std::vector<double> answers;
      for (auto const& q : asked) answers.push_back(q.first == 0 ? 1.0 : 0.0);
      agent.learn(answers);
      history.push_back(agent.policy());
    }
    if (every != 1) CHECK(told_apart > 0);
    CHECK(agent.reference() == a_policy());
  }
}

TEST_CASE("the reference follows the policy every so many rounds", "[aligner_options]") {
  for (std::uint64_t const every : {0U, 1U, 4U}) {
    auto agent = agent_of({.candidates = 4, .refresh_reference_every = every});
    std::vector<toy_policy> history{agent.policy()};
    for (std::size_t r = 0; r < 9; ++r) {
      std::size_t const expected = every == 0 ? 0 : r / every * every;
      CHECK(agent.reference() == history[expected]);
      a_round(agent, r);
      history.push_back(agent.policy());
    }
    CHECK(history[8].logits != history[4].logits);
  }
}

TEST_CASE("optimism makes what the reference says less likely, pessimism more", "[aligner_options]") {
  // All answers are ties, and policy and reference start alike: the loss moves nothing, the term alone does.
  auto const shift = [](joust::optimism_options const& how, joust::optimism_samples samples, proposal by) {
    aligner_options const options{.candidates = 2,
                                  .temperature = 1.0,
                                  .proposed_by = by,
                                  .equals = joust::equal_candidates::mask,
                                  .optimistic_about = samples,
                                  .optimism = how};
    auto agent = agent_of(options, first_two);
    stream luck{51};
    agent.ask(prompts_list(400, 2), luck);
    agent.learn(std::vector<double>(400, 0.5));
    return agent;
  };
  auto const [by_policy, both] = std::pair{proposal::policy, proposal::policy_and_reference};
  double const alpha = 0.3;
  auto const expected_ratio = [](toy_agent const& agent) {
    double sum = 0.0;
    auto const p = a_policy().probabilities(2);
    for (std::size_t a = 0; a < toy_responses; ++a) {
      sum += p[a] * (agent.policy().log_probability(2, a) - agent.reference().log_probability(2, a));
    }
    return sum;
  };
  // With the duels' own second actions the step is known: alpha times the mean of grad log pi(second), down.
  auto const second = shift({.alpha = alpha}, joust::optimism_samples::second, both);
  std::vector<double> expected = a_policy().logits;
  auto const p = a_policy().probabilities(2);
  double active = 0.0;
  for (auto const& q : second.questions()) active += q.weight;
  for (auto const& q : second.questions()) {
    for (std::size_t a = 0; a < toy_responses; ++a) {
      expected[2 * toy_responses + a] -= alpha * q.weight / active * ((a == q.second ? 1.0 : 0.0) - p[a]);
    }
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(second.policy().logits[i] == Approx(expected[i]).margin(1e-12));
  }
  double likelihood = 0.0;
  for (auto const& q : second.questions()) {
    likelihood +=
        q.weight * (second.policy().log_probability(2, q.second) - a_policy().log_probability(2, q.second));
  }
  CHECK(likelihood < 0.0);

  // Fresh samples of the reference: their likelihood goes down, for sign and scale alike.
  auto const fresh = shift({.alpha = 30.0}, joust::optimism_samples::reference, by_policy);
  CHECK(expected_ratio(fresh) < 0.0);
  auto const scaled = shift({.alpha = 300.0, .scale_by_beta = true, .beta = 0.1},
                            joust::optimism_samples::reference, by_policy);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(scaled.policy().logits[i] == Approx(fresh.policy().logits[i]).margin(1e-9));
  }
  auto const gloomy = shift({.alpha = 30.0, .sign = joust::optimism::pessimistic},
                            joust::optimism_samples::reference, by_policy);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(gloomy.policy().logits[i] - a_policy().logits[i] ==
          Approx(a_policy().logits[i] - fresh.policy().logits[i]).margin(1e-9));
  }
}

TEST_CASE("optimism of coefficient 0 changes not a bit", "[aligner_options]") {
  auto const trajectory = [](joust::optimism_samples samples) {
    auto agent = agent_of({.candidates = 4, .optimistic_about = samples, .optimism = {.alpha = 0.0}});
    for (std::size_t r = 0; r < 10; ++r) a_round(agent, r);
    return agent.policy();
  };
  CHECK(trajectory(joust::optimism_samples::none) == trajectory(joust::optimism_samples::reference));
}

TEST_CASE("optimism follows its schedule over steps and is part of the reported loss", "[aligner_options]") {
  auto const options = aligner_options{.candidates = 4,
                                       .optimistic_about = joust::optimism_samples::reference,
                                       .optimism = {.alpha = schedule::step(0.0, 2, 5.0)}};
  auto without = agent_of({.candidates = 4});
  auto with = agent_of(options);
  for (std::size_t r = 0; r < 2; ++r) {
    a_round(without, r);
    a_round(with, r);
  }
  CHECK(without.policy() == with.policy());
  auto const plain = a_round(without, 2);
  auto const optimistic = a_round(with, 2);
  CHECK(without.policy().logits != with.policy().logits);
  CHECK(plain.loss != optimistic.loss);
}

TEST_CASE("best_of says how many samples a recommendation is the best of", "[aligner_options]") {
  auto greedy = agent_of({});
  auto chooser = agent_of({.temperature = 50.0, .best_of = 200});
  auto const model = a_model();
  stream luck{52};
  for (std::size_t x = 0; x < toy_prompts; ++x) {
    CHECK(greedy.recommend(x, luck) == a_policy().greedy(x));
    std::size_t best = 0;
    auto const value = [&](std::size_t a) {
      double sum = 0.0;
      for (auto const& member : model.members) sum += member[x * toy_responses + a];
      return sum;
    };
    for (std::size_t a = 1; a < toy_responses; ++a) best = value(a) > value(best) ? a : best;
    CHECK(value(chooser.recommend(x, luck)) == value(best));
  }
}
