// SPDX-License-Identifier: MIT
#include <joust/alignment/aligner.hpp>

#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/alignment/implicit_reward.hpp>
#include <joust/alignment/no_reward_model.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/oracle/callable_oracle.hpp>
#include <joust/oracle/counted.hpp>
#include <joust/rule/any_rule.hpp>
#include <joust/rule/passive.hpp>

#include "toy_alignment.hpp"

namespace {

using joust::aligner;
using joust::aligner_options;
using joust::dpo;
using joust::no_reward_model;
using joust::passive;
using joust::schedule;
using joust::stream;
using joust_test::a_model;
using joust_test::a_policy;
using joust_test::all_prompts;
using joust_test::an_oracle;
using joust_test::run;
using joust_test::toy_model;
using joust_test::toy_oracle;
using joust_test::toy_policy;
using joust_test::toy_prompts;
using joust_test::toy_responses;

// One type for all rules, so that few kinds of aligners are to be compiled.
joust::any_rule const best_arm{{.rule = joust::rule_kind::best_arm}};
joust::any_rule const best_arm_of_rewards{
    {.rule = joust::rule_kind::best_arm, .criterion = joust::variance_of::reward}};
joust::any_rule const thompson{{.rule = joust::rule_kind::thompson}};

template <class Questions>
auto copied(Questions const& questions) {
  return std::vector(questions.begin(), questions.end());
}

std::string message_of(auto&& call) {
  try {
    call();
  } catch (std::exception const& error) { return error.what(); }
  return "";
}

// The mean loss of answered questions, written down from DPO's formula and from nothing else.
double dpo_loss(toy_policy const& policy, toy_policy const& reference,
                std::vector<joust::question<std::size_t, std::size_t>> const& questions, double own_weight,
                double beta) {
  double sum = 0.0;
  double active = 0.0;
  for (auto const& q : questions) {
    double const weight = q.weight * (q.own ? own_weight : 1.0);
    double const margin =
        policy.log_probability(q.context, q.first) - policy.log_probability(q.context, q.second) -
        reference.log_probability(q.context, q.first) + reference.log_probability(q.context, q.second);
    sum += weight * (q.outcome * std::log1p(std::exp(-beta * margin)) +
                     (1.0 - q.outcome) * std::log1p(std::exp(beta * margin)));
    active += weight;
  }
  return sum / active;
}

// A rule that asks what another asks, the other way round.
template <class Rule>
struct turned {
  static constexpr bool may_self_duel = Rule::may_self_duel;
  Rule rule{};

  template <class Belief, class Stream>
  joust::pairing operator()(Belief& rewards, Stream& stream) const {
    auto const pair = rule(rewards, stream);
    return {pair.second, pair.first};
  }
};

// Answers by a table, without chance: the larger reward wins, by more or less.
struct soft_oracle {
  std::vector<double> rewards = joust_test::dyadic(toy_prompts * toy_responses, 12);
  std::size_t asked = 0;
  double compare(std::size_t x, std::size_t a, std::size_t b, stream&) {
    ++asked;
    return joust::sigmoid(rewards[x * toy_responses + a] - rewards[x * toy_responses + b]);
  }
};

std::vector<joust::any_rule> every_rule() {
  std::vector<joust::any_rule> rules;
  for (std::size_t k = 0; k < joust::names_of(joust::rule_kind{}).size(); ++k) {
    rules.push_back(joust::any_rule{{.rule = static_cast<joust::rule_kind>(k)}});
  }
  rules.push_back(best_arm_of_rewards);
  rules.push_back(joust::any_rule{
      {.rule = joust::rule_kind::thompson, .max_redraws = 0, .on_clash = joust::clash::largest_variance}});
  return rules;
}

}  // namespace

TEST_CASE("a round of the aligner is one gradient step on the mean loss of its pairs", "[aligner]") {
  double const rate = 0.37;
  double const beta = 0.8;
  double const own_weight = 0.25;
  aligner agent{a_policy(rate),
                a_model(),
                best_arm,
                dpo{{.beta = beta}},
                {.candidates = 4,
                 .temperature = 2.0,
                 .equals = joust::equal_candidates::mask,
                 .oracle_share = 0.6,
                 .own_weight = own_weight}};
  soft_oracle oracle;
  joust_test::prompts_list const prompts{0, 1, 2, 3, 4, 5, 0, 1, 0};  // some more than once
  for (std::size_t r = 0; r < 5; ++r) {
    auto own = stream{3}.child(r);
    toy_policy const before = agent.policy();
    auto const report = agent.round(prompts, oracle, own);
    auto const questions = copied(agent.questions());
    REQUIRE(report.own > 0);
    REQUIRE(report.queries > 0);
    CHECK(report.own + report.queries == questions.size());
    CHECK(report.loss ==
          Approx(dpo_loss(before, agent.reference(), questions, own_weight, beta)).epsilon(1e-12));
    for (std::size_t i = 0; i < before.logits.size(); ++i) {
      toy_policy up = before;
      toy_policy down = before;
      double const h = 1e-4;
      up.logits[i] += h;
      down.logits[i] -= h;
      double const slope = (dpo_loss(up, agent.reference(), questions, own_weight, beta) -
                            dpo_loss(down, agent.reference(), questions, own_weight, beta)) /
                           (2.0 * h);
      CHECK(agent.policy().logits[i] - before.logits[i] == Approx(-rate * slope).margin(1e-8));
    }
    CHECK(agent.policy().steps == r + 1);
    CHECK(agent.updates() == r + 1);
  }
  CHECK(agent.reference() == a_policy(rate));
}

TEST_CASE("asking the other way round and answering the other way round teaches the same", "[aligner]") {
  soft_oracle oracle;
  aligner_options const options{.candidates = 4, .oracle_share = 0.7};
  aligner straight{a_policy(), a_model(), thompson, dpo{}, options};
  aligner backwards{a_policy(), a_model(), turned<joust::any_rule>{thompson}, dpo{}, options};
  for (std::size_t r = 0; r < 10; ++r) {
    auto one = stream{8}.child(r);
    auto two = one;
    straight.round(all_prompts(toy_prompts), oracle, one);
    backwards.round(all_prompts(toy_prompts), oracle, two);
    auto const a = copied(straight.questions());
    auto const b = copied(backwards.questions());
    REQUIRE(a.size() == b.size());
    for (std::size_t q = 0; q < a.size(); ++q) {
      CHECK(a[q].own == b[q].own);
      if (a[q].own) continue;
      CHECK(a[q].first == b[q].second);
      CHECK(a[q].outcome == Approx(1.0 - b[q].outcome).margin(1e-15));
      CHECK(a[q].lead == Approx(-b[q].lead).margin(1e-12));
    }
  }
  for (std::size_t i = 0; i < straight.policy().logits.size(); ++i) {
    CHECK(straight.policy().logits[i] == Approx(backwards.policy().logits[i]).margin(1e-12));
  }
}

TEST_CASE("constants of members and contexts change nothing, under any rule", "[aligner]") {
  toy_model const plain = a_model(4, 0.0);
  toy_model shifted = plain;
  for (std::size_t k = 0; k < 4; ++k) {
    for (std::size_t i = 0; i < shifted.members[k].size(); ++i) {
      shifted.members[k][i] += 32.0 * static_cast<double>(k) - 8.0 * static_cast<double>(i / toy_responses);
    }
  }
  aligner_options const options{.candidates = 5, .temperature = 2.0, .oracle_share = 0.6, .best_of = 5};
  for (auto const& rule : every_rule()) {
    aligner one{a_policy(), plain, rule, dpo{}, options};
    aligner two{a_policy(), shifted, rule, dpo{}, options};
    auto oracle = an_oracle();
    for (std::size_t r = 0; r < 20; ++r) {
      auto first = stream{9}.child(r);
      auto second = first;
      one.round(all_prompts(toy_prompts), oracle, first);
      two.round(all_prompts(toy_prompts), oracle, second);
      REQUIRE(copied(one.questions()) == copied(two.questions()));
      CHECK(one.recommend(r % toy_prompts, first) == two.recommend(r % toy_prompts, second));
    }
    CHECK(one.policy() == two.policy());
  }
}

TEST_CASE("a constant added to a prompt's logits changes nothing", "[aligner]") {
  toy_policy lifted = a_policy();
  for (std::size_t i = 0; i < lifted.logits.size(); ++i) {
    lifted.logits[i] += 4.0 * static_cast<double>(i / toy_responses);
  }
  auto oracle = an_oracle();
  aligner one{a_policy(), joust::implicit_reward{}, joust::best_against_worst{}, dpo{}, {.candidates = 4}};
  aligner two{lifted, joust::implicit_reward{}, joust::best_against_worst{}, dpo{}, {.candidates = 4}};
  for (std::size_t r = 0; r < 20; ++r) {
    auto first = stream{9}.child(r);
    auto second = first;
    one.round(all_prompts(toy_prompts), oracle, first);
    two.round(all_prompts(toy_prompts), oracle, second);
    auto const a = copied(one.questions());
    auto const b = copied(two.questions());
    REQUIRE(a.size() == b.size());
    for (std::size_t q = 0; q < a.size(); ++q) {
      CHECK(a[q].first == b[q].first);
      CHECK(a[q].second == b[q].second);
    }
  }
}

TEST_CASE("one member, or many of one opinion: the favourite, and the rule's fallback", "[aligner]") {
  toy_model const single = a_model(1, 0.0);
  toy_model const choir{toy_responses, {single.members[0], single.members[0], single.members[0]}};
  for (toy_model const& model : {single, choir}) {
    auto const reward = [&](auto const& q, std::size_t a) {
      return model.members[0][q.context * toy_responses + a];
    };
    auto const check = [&](joust::any_rule const& rule, bool runner_up) {
      aligner agent{a_policy(), model, rule, dpo{}, {.candidates = 40, .temperature = 50.0}};
      std::size_t seconds = 0;
      for (std::size_t r = 0; r < 20; ++r) {
        auto own = stream{4}.child(r);
        agent.ask(all_prompts(toy_prompts), own);
        REQUIRE(agent.questions().size() == toy_prompts);
        for (auto const& q : agent.questions()) {
          std::size_t better = 0;
          std::size_t better_than_second = 0;
          for (std::size_t a = 0; a < toy_responses; ++a) {
            better += reward(q, a) > reward(q, q.first) ? 1U : 0U;
            better_than_second += reward(q, a) > reward(q, q.second) ? 1U : 0U;
          }
          CHECK(better == 0);
          CHECK(q.first != q.second);
          if (runner_up) CHECK(better_than_second <= 1);
          seconds |= std::size_t{1} << q.second;
        }
        auto const report = agent.learn(std::vector<double>(toy_prompts, 0.5));
        CHECK(report.unanimous == toy_prompts);
        CHECK(report.predicted == 0);  // ties predict nothing
      }
      CHECK(seconds == 0b11111U);
    };
    check(thompson, true);
    check(best_arm, false);
    check(best_arm_of_rewards, false);
  }
}

TEST_CASE("with oracle labels alone, how labels would be mixed makes no difference", "[aligner]") {
  auto const trajectory = [](aligner_options options) {
    auto oracle = joust::counted{an_oracle()};
    options.candidates = 4;
    aligner agent{a_policy(), a_model(), best_arm, dpo{}, options};
    run(agent, oracle, 0, 20);
    CHECK(agent.own_labels() == 0);
    CHECK(agent.queries() == oracle.answered());
    return std::pair{agent.policy(), agent.reward_model().log};
  };
  auto const plain = trajectory({});
  CHECK(plain == trajectory({.oracle_share = schedule::step(1.0, 30, 1.0)}));
  CHECK(plain == trajectory({.oracle_share = 1.0, .mixing = joust::mixing::exact}));
  CHECK(plain == trajectory({.own_label = joust::own_label::mean, .own_weight = 0.1}));
  CHECK(plain == trajectory({.oracle_share = schedule::step(1.0, 100'000, 0.0)}));
  CHECK(plain != trajectory({.refresh_reference_every = 2}));
}

TEST_CASE("without oracle labels the oracle is not asked once the burn-in is over", "[aligner]") {
  for (auto const mixing : {joust::mixing::coin, joust::mixing::exact}) {
    auto oracle = joust::counted{an_oracle()};
    aligner agent{a_policy(),
                  a_model(),
                  best_arm,
                  dpo{},
                  {.candidates = 20,
                   .temperature = 5.0,
                   .oracle_share = schedule::step(1.0, 2 * toy_prompts, 0.0),
                   .mixing = mixing}};
    run(agent, oracle, 0, 2);
    CHECK(oracle.asked() == 2 * toy_prompts);
    auto const told = agent.reward_model().log.size();
    run(agent, oracle, 2, 20);
    CHECK(oracle.asked() == 2 * toy_prompts);
    CHECK(agent.queries() == 2 * toy_prompts);
    CHECK(agent.own_labels() == 18 * toy_prompts);
    CHECK(agent.reward_model().log.size() == told);  // no own label among what the reward model was told
    CHECK(agent.reward_model().trained == 20);
    CHECK(agent.updates() == 20);
  }
}

TEST_CASE("queries are the oracle's answers, whatever goes on around them", "[aligner]") {
  std::vector<aligner_options> const ways{
      {.candidates = 4, .oracle_share = 0.5},
      {.candidates = 2, .temperature = 0.2, .equals = joust::equal_candidates::mask},
      {.candidates = 2, .temperature = 0.2},
      {.candidates = 4, .keep = joust::acquisition::certainty, .keep_share = 0.3},
      {.candidates = 4, .oracle_share = 0.5, .keep = joust::acquisition::entropy, .keep_share = 0.5},
      {.candidates = 4, .epochs = 3, .minibatch = 2, .replay_steps = 4},
  };
  for (auto const& options : ways) {
    auto oracle = joust::counted{an_oracle()};
    aligner agent{a_policy(), a_model(), thompson, dpo{}, options};
    std::uint64_t reported = 0;
    std::uint64_t own = 0;
    for (std::size_t r = 0; r < 30; ++r) {
      auto luck = stream{5}.child(r);
      auto const report = agent.round(joust_test::prompts_list{0, 1, 1, 2, 3, 3, 3}, oracle, luck);
      reported += report.queries;
      own += report.own;
      REQUIRE(agent.queries() == oracle.asked());
      REQUIRE(agent.queries() == oracle.answered());
      CHECK(report.prompts == 7);
    }
    CHECK(reported == agent.queries());
    CHECK(own == agent.own_labels());
    CHECK(agent.queries() > 0);
  }
}

TEST_CASE("an oracle that fails costs nothing but its own questions, and can be asked again",
          "[aligner][fault]") {
  int failures = 2;
  auto inner = an_oracle();
  auto oracle =
      joust::counted{joust::callable_oracle{[&](std::size_t x, std::size_t a, std::size_t b, stream& g) {
        if (x == 3 && failures-- > 0) throw joust::oracle_error{"oracle: out to lunch"};
        return inner.compare(x, a, b, g);
      }}};
  aligner agent{a_policy(), a_model(), best_arm, dpo{}, {.candidates = 4, .temperature = 3.0}};
  stream luck{6};
  std::string const before = agent.save();
  CHECK_THROWS_AS(agent.round(all_prompts(toy_prompts), oracle, luck), joust::oracle_error);
  auto const open = copied(agent.questions());
  CHECK(agent.expected_answers() == open.size());
  CHECK_THROWS_AS(agent.answer(oracle, luck), joust::oracle_error);
  CHECK(agent.save() == before);
  CHECK(agent.queries() == 0);
  CHECK(oracle.answered() == 0);
  auto const report = agent.answer(oracle, luck);
  CHECK(report.queries == open.size());
  CHECK(agent.queries() == oracle.answered());
  CHECK(agent.expected_answers() == 0);
  auto answered = copied(agent.questions());
  for (auto& q : answered) q.outcome = joust::tie;
  CHECK(answered == open);
  CHECK(message_of([&] { agent.answer(oracle, luck); }).find("ask first") != std::string::npos);
  CHECK(agent.queries() == oracle.answered());
}

TEST_CASE("learn refuses answers that cannot be and stays as it was", "[aligner][fault]") {
  aligner agent{a_policy(),
                a_model(),
                best_arm,
                dpo{},
                {.candidates = 4, .temperature = 3.0, .oracle_share = 0.6, .replay_steps = 1}};
  CHECK(message_of([&] { agent.learn(std::vector<double>{}); }).find("before a question") !=
        std::string::npos);
  stream luck{7};
  CHECK_THROWS_AS(agent.ask(std::vector<std::size_t>{}, luck), std::invalid_argument);
  agent.ask(all_prompts(toy_prompts), luck);
  std::string const before = agent.save();
  auto const open = copied(agent.questions());
  std::size_t const expected = agent.expected_answers();
  REQUIRE(expected > 1);
  REQUIRE(expected < open.size());
  std::vector<double> answers(expected, 1.0);
  for (double const bad : {std::nan(""), -0.01, 1.01, std::numeric_limits<double>::infinity()}) {
    answers.back() = bad;
    CHECK(message_of([&] { agent.learn(answers); }).find("outcomes") != std::string::npos);
  }
  CHECK_THROWS_AS(agent.learn(std::vector<double>(expected + 1, 1.0)), std::invalid_argument);
  CHECK_THROWS_AS(agent.learn(std::vector<double>(expected - 1, 1.0)), std::invalid_argument);
  CHECK_THROWS_AS(agent.learn(std::vector<double>(open.size(), 1.0)), std::invalid_argument);
  CHECK(agent.save() == before);
  CHECK(copied(agent.questions()) == open);
  CHECK(agent.reward_model().log.empty());
  answers.back() = 0.0;
  CHECK(agent.learn(answers).queries == expected);
  CHECK_THROWS_AS(agent.learn(answers), std::invalid_argument);
  CHECK(agent.queries() == expected);
  // Each answer went to its question.
  std::size_t next = 0;
  for (auto const& q : agent.questions()) {
    if (!q.own) CHECK(q.outcome == answers[next++]);
  }
}

TEST_CASE("asking again forgets what was asked, and counts nothing of it", "[aligner]") {
  auto const options = aligner_options{.candidates = 4, .oracle_share = 0.5};
  aligner twice{a_policy(), a_model(), best_arm, dpo{}, options};
  aligner once{a_policy(), a_model(), best_arm, dpo{}, options};
  auto oracle = an_oracle();
  stream luck{8};
  std::string const before = twice.save();
  twice.ask(joust_test::prompts_list{5, 4, 3}, luck);
  CHECK(twice.save() == before);
  auto one = stream{9};
  auto two = stream{9};
  auto const a = twice.round(all_prompts(toy_prompts), oracle, one);
  auto const b = once.round(all_prompts(toy_prompts), oracle, two);
  CHECK(a == b);
  CHECK(twice.save() == once.save());
  CHECK(twice.own_labels() == b.own);
}

TEST_CASE("the same stream asks the same, and moves on by one word", "[aligner]") {
  aligner agent{a_policy(), a_model(), best_arm, dpo{}, {.candidates = 4, .temperature = 3.0}};
  stream luck{10};
  auto replay = luck;
  auto const first = copied(agent.ask(all_prompts(toy_prompts), luck));
  auto const second = copied(agent.ask(all_prompts(toy_prompts), luck));
  CHECK(first != second);
  CHECK(copied(agent.ask(all_prompts(toy_prompts), replay)) == first);
  replay();
  CHECK(replay == luck);
}

TEST_CASE("what happens to a prompt depends on its place and not on the prompts beside it", "[aligner]") {
  aligner agent{
      a_policy(), a_model(), best_arm, dpo{}, {.candidates = 4, .temperature = 3.0, .oracle_share = 0.5}};
  auto const asked = [&](joust_test::prompts_list const& prompts) {
    std::map<std::size_t, joust::question<std::size_t, std::size_t>> by_place;
    stream luck{11};
    for (auto const& q : agent.ask(prompts, luck)) by_place[q.prompt] = q;
    return by_place;
  };
  auto const one = asked({0, 1, 2, 3});
  auto const two = asked({5, 1, 4, 3, 0, 2});
  auto const three = asked({1, 1, 1, 3});
  for (std::size_t const place : {1U, 3U}) {
    REQUIRE(one.count(place) == 1);
    CHECK(one.at(place) == two.at(place));
    CHECK(one.at(place) == three.at(place));
  }
  // The same prompt in three places is asked about three times, not in the same way.
  auto const many = asked(joust_test::prompts_list(24, 1));
  CHECK(many.size() == 24);
  std::size_t different = 0;
  for (auto const& [place, q] : many) different += q.first != many.begin()->second.first ? 1U : 0U;
  CHECK(different > 0);
}

TEST_CASE("a prompt with a single candidate is not asked about", "[aligner]") {
  toy_policy sure{3, {60.0, 0.0, 0.0, 1.0, 1.0, 1.0}};
  auto oracle = joust::counted{toy_oracle{3, std::vector<double>(6)}};
  aligner agent{sure, no_reward_model{}, passive{}, dpo{}, {.candidates = 5}};
  stream luck{12};
  auto const report = agent.round(joust_test::prompts_list{0, 1, 0}, oracle, luck);
  CHECK(report.duplicates == 2);
  CHECK(report.queries == 1);
  CHECK(agent.questions()[0].prompt == 1);
  CHECK(agent.questions()[0].context == 1);
  // A round without any question is a round.
  std::string const policy_before = [&] {
    std::string text;
    for (double const l : agent.policy().logits) text += std::to_string(l) + " ";
    return text;
  }();
  auto const empty = agent.round(joust_test::prompts_list{0, 0}, oracle, luck);
  CHECK(empty.queries == 0);
  CHECK(empty.updates == 0);
  CHECK(empty.loss == 0.0);
  CHECK(agent.rounds() == 2);
  CHECK(agent.updates() == 1);
  std::string policy_after;
  for (double const l : agent.policy().logits) policy_after += std::to_string(l) + " ";
  CHECK(policy_after == policy_before);
}

TEST_CASE("ties and soft answers", "[aligner]") {
  // From the reference, where all margins are 0, a tie pulls both actions alike: nothing moves.
  aligner agent{a_policy(), a_model(), best_arm, dpo{}, {.candidates = 4, .temperature = 3.0}};
  auto even = joust::callable_oracle{[](std::size_t, std::size_t) { return 0.5; }};
  stream luck{13};
  auto const report = agent.round(all_prompts(toy_prompts), even, luck);
  CHECK(report.loss == Approx(std::log(2.0)).epsilon(1e-14));
  CHECK(report.predicted == 0);
  for (std::size_t i = 0; i < agent.policy().logits.size(); ++i) {
    CHECK(agent.policy().logits[i] == Approx(a_policy().logits[i]).margin(1e-15));
  }
  for (auto const& told : agent.reward_model().log) CHECK(told.outcome == 0.5);
  // A soft answer is the mean of the hard ones, as far as gradients go.
  auto const after = [&](double answer) {
    aligner one{a_policy(), a_model(), best_arm, dpo{}, {.candidates = 4, .temperature = 3.0}};
    auto oracle = joust::callable_oracle{[=](std::size_t, std::size_t) { return answer; }};
    stream same{14};
    one.round(all_prompts(toy_prompts), oracle, same);
    return one.policy().logits;
  };
  auto const won = after(1.0);
  auto const lost = after(0.0);
  auto const soft = after(0.8);
  double moved = 0.0;
  for (std::size_t i = 0; i < won.size(); ++i) {
    CHECK(soft[i] == Approx(0.8 * won[i] + 0.2 * lost[i]).margin(1e-14));
    moved += std::fabs(won[i] - lost[i]);
  }
  CHECK(moved > 0.1);
}

TEST_CASE("reports say how often the reward model was right", "[aligner]") {
  aligner agent{a_policy(), a_model(3, 0.0), thompson, dpo{}, {.candidates = 4, .temperature = 3.0}};
  auto const model = a_model(3, 0.0);
  stream luck{15};
  agent.ask(all_prompts(toy_prompts), luck);
  std::vector<double> answers;
  std::uint64_t predicted = 0;
  std::uint64_t agreed = 0;
  for (auto const& q : agent.questions()) {
    double lead = 0.0;
    for (auto const& member : model.members) {
      lead +=
          (member[q.context * toy_responses + q.first] - member[q.context * toy_responses + q.second]) / 3.0;
    }
    CHECK(q.lead == Approx(lead).margin(1e-12));
    answers.push_back(answers.size() % 3 == 0 ? 0.9 : answers.size() % 3 == 1 ? 0.0 : 0.5);
    if (lead != 0.0 && answers.back() != 0.5) {
      ++predicted;
      agreed += (lead > 0.0) == (answers.back() > 0.5) ? 1U : 0U;
    }
  }
  auto const report = agent.learn(answers);
  CHECK(report.predicted == predicted);
  CHECK(report.agreed == agreed);
  // Before the first step policy and reference are the same.
  CHECK(report.chosen_log_ratio == 0.0);
  CHECK(report.rejected_log_ratio == 0.0);
  agent.ask(all_prompts(toy_prompts), luck);
  toy_policy const before = agent.policy();
  auto const next = agent.learn(std::vector<double>(agent.expected_answers(), 0.25));
  double chosen = 0.0;
  double rejected = 0.0;
  for (auto const& q : agent.questions()) {
    auto const ratio = [&](std::size_t a) {
      return before.log_probability(q.context, a) - agent.reference().log_probability(q.context, a);
    };
    chosen +=
        (0.25 * ratio(q.first) + 0.75 * ratio(q.second)) / static_cast<double>(agent.questions().size());
    rejected +=
        (0.75 * ratio(q.first) + 0.25 * ratio(q.second)) / static_cast<double>(agent.questions().size());
  }
  CHECK(next.chosen_log_ratio == Approx(chosen).margin(1e-12));
  CHECK(next.rejected_log_ratio == Approx(rejected).margin(1e-12));
}

TEST_CASE("recommend is the greedy action, or the best of samples by expected reward", "[aligner]") {
  aligner agent{a_policy(), a_model(), best_arm, dpo{}, {.candidates = 4, .temperature = 3.0}};
  stream luck{16};
  std::string const before = agent.save();
  for (std::size_t x = 0; x < toy_prompts; ++x) {
    CHECK(agent.recommend(x, luck) == a_policy().greedy(x));
    auto again = luck;
    std::size_t const said = agent.recommend(x, 3, luck);
    auto const samples = a_policy().sample_batch(x, 3, again, 3.0);
    std::size_t best = samples[0];
    auto const value = [&](std::size_t a) {
      double sum = 0.0;
      for (auto const& member : a_model().members) sum += member[x * toy_responses + a];
      return sum;
    };
    for (std::size_t const a : samples) {
      if (value(a) > value(best)) best = a;
    }
    CHECK(value(said) == value(best));
    CHECK(std::find(samples.begin(), samples.end(), said) != samples.end());
  }
  CHECK(agent.save() == before);
}

TEST_CASE("recommend asks the reference where the reference proposes", "[aligner]") {
  toy_policy first{2, {40.0, 0.0}};
  toy_policy second{2, {0.0, 40.0}};
  toy_model const model{2, {{1.0, 2.0}}};
  stream luck{17};
  aligner by_policy{first, second, model, best_arm, dpo{}, {.best_of = 4}};
  aligner by_reference{first,    second, model,
                       best_arm, dpo{},  {.proposed_by = joust::proposal::reference, .best_of = 4}};
  CHECK(by_policy.recommend(0, luck) == 0);
  CHECK(by_reference.recommend(0, luck) == 1);
  CHECK(by_reference.recommend(0, 0, luck) == 0);  // greedy is the policy's
}

TEST_CASE("a recommendation between question and answer disturbs nothing", "[aligner]") {
  auto const options = aligner_options{.candidates = 4, .oracle_share = 0.5, .best_of = 3};
  aligner quiet{a_policy(), a_model(), best_arm, dpo{}, options};
  aligner curious{a_policy(), a_model(), best_arm, dpo{}, options};
  auto oracle = an_oracle();
  for (std::size_t r = 0; r < 5; ++r) {
    auto one = stream{18}.child(r);
    auto two = one;
    quiet.round(all_prompts(toy_prompts), oracle, one);
    curious.ask(all_prompts(toy_prompts), two);
    stream other{r};
    for (std::size_t x = 0; x < toy_prompts; ++x) static_cast<void>(curious.recommend(x, other));
    curious.answer(oracle, two);
  }
  CHECK(quiet.save() == curious.save());
}

TEST_CASE("an aligner continues from its saved state as if it had not been interrupted", "[aligner]") {
  std::vector<aligner_options> const ways{
      {.candidates = 4, .oracle_share = schedule::step(1.0, 20, 0.5)},
      {.candidates = 4, .sync_every = 0},
      {.candidates = 4, .sync_every = 4},
      {.candidates = 4, .refresh_reference_every = 3},
      {.candidates = 4, .replay_steps = 2, .replay_batch = 3, .replay_capacity = 11},
      {.candidates = 2,
       .temperature = schedule::linear(2.0, 0.5, 12),
       .proposed_by = joust::proposal::policy_and_reference,
       .optimistic_about = joust::optimism_samples::second,
       .optimism = {.alpha = schedule::linear(0.5, 0.1, 10)}},
      {.candidates = 4, .epochs = 2, .minibatch = 2, .optimistic_about = joust::optimism_samples::reference},
  };
  for (auto const& options : ways) {
    auto oracle = an_oracle();
    aligner whole{a_policy(), a_model(), thompson, dpo{}, options};
    for (std::size_t const pause : {0U, 5U, 10U}) {
      aligner first{a_policy(), a_model(), thompson, dpo{}, options};
      run(first, oracle, 0, pause);
      stream other{99};
      first.ask(all_prompts(3), other);  // open questions are no part of the state
      aligner second{a_policy(), a_model(), thompson, dpo{}, options};
      run(second, oracle, 0, 2, 77);  // whatever it was before
      second.restore(first.save());
      CHECK(second.save() == first.save());
      CHECK(second.questions().empty());
      run(second, oracle, pause, 15);
      aligner uninterrupted{a_policy(), a_model(), thompson, dpo{}, options};
      run(uninterrupted, oracle, 0, 15);
      CHECK(second.save() == uninterrupted.save());
      CHECK(second.queries() == uninterrupted.queries());
      CHECK(second.policy() == uninterrupted.policy());
    }
  }
}

TEST_CASE("a state that is damaged, foreign or forged is refused, and nothing changes", "[aligner][fault]") {
  aligner_options const options{.candidates = 4, .replay_steps = 1, .replay_capacity = 8};
  aligner agent{a_policy(), a_model(), thompson, dpo{}, options};
  auto oracle = an_oracle();
  run(agent, oracle, 0, 4);
  std::string const saved = agent.save();
  auto const refused = [&](std::string const& text) {
    aligner other = agent;
    run(other, oracle, 4, 5);
    std::string const before = other.save();
    CHECK_THROWS_AS(other.restore(text), std::invalid_argument);
    CHECK(other.save() == before);
  };
  refused("");
  refused(saved.substr(0, saved.size() / 2));
  // With a checksum that fits, as a forger would.
  auto const forged = [&](std::string const& from, std::string const& to) {
    std::string text = saved.substr(0, saved.rfind("checksum"));
    auto const at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    return text + "checksum " + joust::detail::hexadecimal(joust::detail::fnv1a(text)) + '\n';
  };
  CHECK_NOTHROW(aligner{agent}.restore(forged("rounds 4", "rounds 4")));
  refused(forged("candidates 4", "candidates 5"));
  refused(forged("candidates 4", "candidates 0"));
  refused(forged("policy.logits 30:", "policy.logits 29:"));
  refused(forged("memory.next", "memory.last"));
  auto const list = [&](std::string const& name) {  // a line of the state
    auto const at = saved.find("memory." + name);
    REQUIRE(at != std::string::npos);
    return saved.substr(at, saved.find('\n', at) - at);
  };
  refused(forged(list("next"), "memory.next 8"));
  refused(forged(list("contexts"), "memory.contexts 1: 0"));
  refused(forged(list("outcomes"), "memory.outcomes 8: 0 0 0 0 0 0 0 2"));
  refused(forged(list("lengths"), "memory.lengths 16: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 18446744073709551615"));
  refused(forged(list("lengths"), "memory.lengths 16: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 0"));
  refused(forged(list("parts"), "memory.parts 15: 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0"));
  refused(forged(list("parts"), "memory.parts 17: 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0"));
}

TEST_CASE("the law of a state with fewer logits than responses is the policy's own to check",
          "[aligner][fault]") {
  aligner agent{a_policy(), no_reward_model{}, passive{}, dpo{}, {.candidates = 2}};
  std::string text = agent.save();
  text = text.substr(0, text.rfind("checksum"));
  auto const at = text.find("policy.logits 30: ");
  auto const first = at + std::string{"policy.logits 30: "}.size();
  text.replace(at, text.find(' ', first) + 1 - at, "policy.logits 29: ");
  text += "checksum " + joust::detail::hexadecimal(joust::detail::fnv1a(text)) + '\n';
  CHECK(message_of([&] { agent.restore(text); }).find("contradict") != std::string::npos);
}

// A policy over words, as a user would write one: what the concept asks for, a temperature, and nothing else.
namespace {

struct word_policy {
  using context = std::string;
  using action = std::string;
  std::map<std::string, double> logits;
  std::map<std::string, double> gradient{};

  template <class Stream>
  std::string sample(std::string const&, Stream& stream, double temperature = 1.0) const {
    double total = 0.0;
    for (auto const& [word, l] : logits) total += std::exp(l / temperature);
    double mark = joust::draw_uniform(stream) * total;
    for (auto const& [word, l] : logits) {
      mark -= std::exp(l / temperature);
      if (mark < 0.0) return word;
    }
    return logits.rbegin()->first;
  }
  double log_probability(std::string const&, std::string const& a) const {
    double total = 0.0;
    for (auto const& [word, l] : logits) total += std::exp(l);
    return logits.at(a) - std::log(total);
  }
  void accumulate(std::string const& x, std::string const& a, double weight) {
    for (auto const& [word, l] : logits) {
      gradient[word] += weight * ((word == a ? 1.0 : 0.0) - std::exp(log_probability(x, word)));
    }
  }
  void step() {
    for (auto& [word, l] : logits) l += 4.0 * gradient[word];
    gradient.clear();
  }
};

// What a language model's reference may be: the same weights, frozen elsewhere, and only looked at.
struct frozen_words {
  double log_probability(std::string const&, std::string const&) const { return std::log(1.0 / 3.0); }
  template <class Stream>
  std::string sample(std::string const&, Stream&, double) const {
    return "no";
  }
};

struct unique_policy : word_policy {
  std::unique_ptr<int> handle = std::make_unique<int>(1);
};

struct word_oracle {
  double compare(std::string const&, std::string const& a, std::string const& b, stream&) {
    return a == b ? 0.5 : a.size() > b.size() ? 1.0 : 0.0;
  }
};

word_policy words() { return {.logits = {{"no", 0.0}, {"maybe", 0.0}, {"certainly", 0.0}}}; }

}  // namespace

TEST_CASE("a policy of strings that offers nothing but the concept learns", "[aligner]") {
  static_assert(joust::trainable_policy<word_policy, std::string, std::string>);
  aligner agent{words(), no_reward_model{}, passive{}, dpo{{.beta = 1.0}}, {.candidates = 3}};
  word_oracle oracle;
  std::vector<std::string> const prompts{"well?", "and?", "so?"};
  for (std::size_t r = 0; r < 60; ++r) {
    auto luck = stream{20}.child(r);
    agent.round(prompts, oracle, luck);
  }
  CHECK(std::exp(agent.policy().log_probability("well?", "certainly")) > 0.7);
  CHECK(agent.queries() > 5);
  stream luck{21};
  CHECK(message_of([&] { static_cast<void>(agent.recommend("well?", luck)); }).find("best_of") !=
        std::string::npos);
  CHECK(agent.recommend("well?", 1, luck).size() >= 2);
  CHECK(message_of([&] {
          aligner mixture{words(),
                          no_reward_model{},
                          passive{},
                          dpo{},
                          {.candidates = 3, .proposed_by = joust::proposal::policy_and_mixture}};
          mixture.ask(prompts, luck);
        }).find("sample_mixture") != std::string::npos);
}

TEST_CASE("a reference of another type", "[aligner]") {
  aligner agent{words(),
                frozen_words{},
                joust::implicit_reward{},
                joust::best_against_worst{},
                dpo{},
                aligner_options{.candidates = 3, .proposed_by = joust::proposal::policy_and_reference}};
  word_oracle oracle;
  std::vector<std::string> const prompts{"well?"};
  for (std::size_t r = 0; r < 20; ++r) {
    auto luck = stream{22}.child(r);
    agent.round(prompts, oracle, luck);
    for (auto const& q : agent.questions()) CHECK((q.first == "no" || q.second == "no"));
  }
  CHECK(agent.policy().logits.at("no") < 0.0);
  CHECK(message_of([] {
          aligner late{words(),   frozen_words{}, no_reward_model{},
                       passive{}, dpo{},          aligner_options{.refresh_reference_every = 3}};
        }).find("refresh_reference_every") != std::string::npos);
}

TEST_CASE("a policy that cannot be copied, with a reference of its own", "[aligner]") {
  static_assert(!std::copy_constructible<unique_policy>);
  word_oracle oracle;
  std::vector<std::string> const prompts{"well?"};
  auto const make = [](auto reference, aligner_options const& options) {
    unique_policy policy;
    policy.logits = words().logits;
    return aligner{std::move(policy), std::move(reference), no_reward_model{}, passive{}, dpo{}, options};
  };
  unique_policy twin;
  twin.logits = words().logits;
  auto one = make(frozen_words{}, {.candidates = 3});
  auto two = make(std::move(twin), {.candidates = 3});
  for (std::size_t r = 0; r < 20; ++r) {
    auto luck = stream{23}.child(r);
    auto same = luck;
    one.round(prompts, oracle, luck);
    two.round(prompts, oracle, same);
  }
  CHECK(one.policy().logits.at("no") < 0.0);
  CHECK(one.policy().logits.at("no") == Approx(two.policy().logits.at("no")).epsilon(1e-12));
  CHECK(message_of([&] { make(frozen_words{}, {.sync_every = 0}); }).find("sync_every") != std::string::npos);
  CHECK(message_of([&] {
          unique_policy other;
          other.logits = words().logits;
          make(std::move(other), {.refresh_reference_every = 2});
        }).find("refresh_reference_every") != std::string::npos);
}

TEST_CASE("an aligner is a value", "[aligner]") {
  aligner agent{a_policy(), a_model(), best_arm, dpo{}, {.candidates = 4, .sync_every = 3}};
  auto oracle = an_oracle();
  run(agent, oracle, 0, 3);
  aligner copy = agent;
  run(agent, oracle, 3, 6);
  run(copy, oracle, 3, 6);
  CHECK(agent.save() == copy.save());
  copy = agent;
  aligner const moved = std::move(copy);
  CHECK(moved.save() == agent.save());
}

TEST_CASE("options out of range are refused when the aligner is made", "[aligner][fault]") {
  CHECK(message_of([] {
          aligner agent{a_policy(), a_model(), best_arm, dpo{}, {.candidates = 1}};
        }).find("candidates") != std::string::npos);
}
