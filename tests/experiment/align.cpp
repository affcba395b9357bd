// SPDX-License-Identifier: MIT
#include <joust/experiment/align.hpp>

#include "small_alignment.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <joust/alignment/aligner.hpp>
#include <joust/alignment/no_reward_model.hpp>
#include <joust/alignment/response_world.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/oracle/counted.hpp>
#include <joust/policy/tabular_softmax.hpp>
#include <joust/rule/passive.hpp>

using joust::align_options;
using joust::alignment_metric;
using joust::alignment_run;
using joust::stream;
using joust::testing::listed_policy;
using joust::testing::small_aligner;
using joust::testing::small_world_of_responses;

namespace {

small_world_of_responses const world{{{0.0, 1.0, -1.0, 2.0, 1.0},
                                      {3.0, 0.5, 0.5, -2.0, 0.0},
                                      {0.0, 0.0, 0.0, 0.0, 1.0},
                                      {0.3, 0.1, 0.2, -0.5, 0.6}}};

small_aligner learner(double oracle_share = 0.8) {
  return {listed_policy{{std::vector(4, std::vector(5, 0.2))}}, oracle_share};
}

align_options const brief{.queries = 103, .prompts_per_round = 6, .evaluate_every = 25, .seed = 5};

// An oracle that keeps what it was asked.
struct diary {
  small_world_of_responses const* world = nullptr;
  std::vector<joust::duel<std::size_t, std::size_t>> duels{};

  template <class Stream>
  double compare(std::size_t x, std::size_t a, std::size_t b, Stream& g) {
    duels.push_back({x, a, b});
    return world->compare(x, a, b, g);
  }
};

// An oracle that fails once, at its n-th question.
struct unreliable {
  small_world_of_responses const* world = nullptr;
  int until = 0;

  template <class Stream>
  double compare(std::size_t x, std::size_t a, std::size_t b, Stream& g) {
    if (until-- == 0) throw joust::oracle_error{"out"};
    return world->compare(x, a, b, g);
  }
};

// A learner that writes down what it is offered.
struct listener {
  using context = std::size_t;
  using action = std::size_t;
  small_aligner inner = learner();
  std::vector<std::vector<std::size_t>> heard{};
  template <class Oracle, class Stream>
  joust::round_report round(std::span<std::size_t const> prompts, Oracle& oracle, Stream& g) {
    heard.emplace_back(prompts.begin(), prompts.end());
    return inner.round(prompts, oracle, g);
  }
  listed_policy const& policy() const { return inner.policy(); }
  listed_policy const& reference() const { return inner.reference(); }
  std::uint64_t queries() const { return inner.queries(); }
  std::uint64_t updates() const { return inner.updates(); }
};

std::string forged(std::string text, std::string_view part, std::string_view other) {
  auto const at = text.find(part);
  REQUIRE(at != text.npos);
  text.replace(at, part.size(), other);
  std::string const body = text.substr(0, text.rfind("checksum "));
  return body + "checksum " + joust::detail::hexadecimal(joust::detail::fnv1a(body)) + '\n';
}

}  // namespace

TEST_CASE("align: the budget is spent to the query, and every query is the oracle's", "[align]") {
  for (std::uint64_t const budget : {1U, 6U, 7U, 103U, 250U}) {
    for (double const share : {1.0, 0.5}) {
      joust::counted oracle{world, {.budget = budget}};
      auto agent = learner(share);
      auto options = brief;
      options.queries = budget;
      auto const trace = joust::align(world, oracle, agent, options);
      CHECK(oracle.asked() == budget);
      CHECK(oracle.answered() == budget);
      CHECK(agent.queries() == budget);
      CHECK(trace.rows().back().queries == budget);
      CHECK(trace.rows().back().updates == agent.updates());
    }
  }
}

TEST_CASE("align: evaluations stand at the beginning, after every so many queries, and at the end",
          "[align]") {
  auto agent = learner();
  alignment_run run{world, world, agent, brief};
  std::vector<std::uint64_t> expected{0};
  while (!run.finished()) {
    std::uint64_t const before = run.queries();
    static_cast<void>(run.step());
    if (run.queries() / 25 > before / 25 || run.queries() == 103) expected.push_back(run.queries());
    CHECK(run.queries() - before <= 6);
  }
  std::vector<std::uint64_t> found;
  for (auto const& row : run.trace().rows()) {
    if (row.metric == alignment_metric::win_rate) found.push_back(row.queries);
  }
  CHECK(found == expected);
  CHECK(found.size() == 6);
  CHECK_THROWS_AS(run.step(), std::invalid_argument);
}

TEST_CASE("align: what the duels cost is summed as by hand", "[align]") {
  auto agent = learner();
  diary oracle{&world};
  alignment_run run{world, oracle, agent, brief};
  run.finish();
  REQUIRE(oracle.duels.size() == 103);
  double regret = 0.0;
  std::vector<double> probabilities;
  std::vector<double> rates;
  for (auto const& d : oracle.duels) {
    CHECK(d.first != d.second);
    regret += world.best_reward(d.context) -
              0.5 * (world.reward(d.context, d.first) + world.reward(d.context, d.second));
    double p = 0.0;
    double r = 0.0;
    for (std::size_t const b : run.yardstick().references(d.context)) {
      for (std::size_t const a : {d.first, d.second}) {
        double const wins = world.probability(d.context, a, b);
        p += wins / 32.0;  // 16 references, two responses
        r += (wins > 0.5 ? 1.0 : wins == 0.5 ? 0.5 : 0.0) / 32.0;
      }
    }
    probabilities.push_back(p);
    rates.push_back(r);
  }
  auto const mean = [](std::vector<double> const& values) {
    double sum = 0.0;
    for (double const v : values) sum += v;
    return sum / static_cast<double>(values.size());
  };
  double squares = 0.0;
  for (double const r : rates) squares += (r - mean(rates)) * (r - mean(rates));
  auto const& trace = run.trace();
  CHECK(trace.last(alignment_metric::cumulative_regret)->value == Approx(regret).epsilon(1e-12));
  CHECK(trace.last(alignment_metric::cumulative_regret)->error == 0.0);
  CHECK(trace.last(alignment_metric::online_win_probability)->value ==
        Approx(mean(probabilities)).epsilon(1e-12));
  CHECK(trace.last(alignment_metric::online_win_rate)->value == Approx(mean(rates)).epsilon(1e-12));
  CHECK(trace.last(alignment_metric::online_win_rate)->error ==
        Approx(std::sqrt(squares / (102.0 * 103.0))).epsilon(1e-9));
}

TEST_CASE("align: rounds are counted as they are reported", "[align]") {
  auto agent = learner(0.6);
  alignment_run run{world, world, agent, brief};
  double prompts = 0.0, own = 0.0, duplicates = 0.0, unanimous = 0.0, predicted = 0.0, agreed = 0.0,
         loss = 0.0;
  while (!run.finished()) {
    auto const report = run.step();
    prompts += static_cast<double>(report.prompts);
    own += static_cast<double>(report.own);
    duplicates += static_cast<double>(report.duplicates);
    unanimous += static_cast<double>(report.unanimous);
    predicted += static_cast<double>(report.predicted);
    agreed += static_cast<double>(report.agreed);
    loss = report.loss;
  }
  auto const& trace = run.trace();
  CHECK(trace.last(alignment_metric::own_share)->value == Approx(own / (own + 103.0)).epsilon(1e-14));
  CHECK(trace.last(alignment_metric::duplicate_ratio)->value == Approx(duplicates / prompts).epsilon(1e-14));
  CHECK(trace.last(alignment_metric::clash_ratio)->value == Approx(unanimous / prompts).epsilon(1e-14));
  CHECK(trace.last(alignment_metric::prediction_accuracy)->value ==
        Approx(agreed / predicted).epsilon(1e-14));
  CHECK(trace.last(alignment_metric::loss)->value == loss);
  CHECK(trace.last(alignment_metric::chosen_log_ratio)->value == 0.25);
  CHECK(trace.last(alignment_metric::rejected_log_ratio)->value == -0.5);
  CHECK(own > 0.0);
  CHECK(duplicates > 0.0);
  // Every metric of the list is measured.
  for (std::size_t m = 0; m < joust::alignment_metric_count; ++m) {
    INFO(joust::metric_name(static_cast<alignment_metric>(m)));
    CHECK(trace.last(static_cast<alignment_metric>(m)).has_value());
  }
}

TEST_CASE("align: the trace ends with the metrics of the policy that was learnt", "[align]") {
  auto agent = learner();
  alignment_run run{world, world, agent, brief};
  run.finish();
  for (auto const& measured :
       run.yardstick().of_policy(world, agent.policy(), agent.reference(), stream{1})) {
    CHECK(run.trace().last(measured.metric)->value == measured.value);
    CHECK(run.trace().last(measured.metric)->error == measured.error);
  }
  CHECK(run.trace().last(alignment_metric::win_rate)->value > 0.55);  // it does learn
}

TEST_CASE("align: each round offers different prompts, all before any again", "[align]") {
  listener agent;
  align_options options = brief;
  options.queries = 900;
  alignment_run run{world, world, agent, options};
  run.finish();
  std::vector<double> seen(4);
  double rounds = 0.0;
  for (auto const& prompts : agent.heard) {
    std::vector<int> times(4);
    for (std::size_t const x : prompts) ++times[x];
    for (int const t : times)
      CHECK((t == static_cast<int>(prompts.size()) / 4 || t == static_cast<int>(prompts.size() + 3) / 4));
    seen[prompts[0]] += 1.0;
    rounds += 1.0;
  }
  for (double const s : seen) CHECK(std::fabs(s / rounds - 0.25) < 4.5 * std::sqrt(0.1875 / rounds));
  CHECK_FALSE(run.trace().last(alignment_metric::simple_regret).has_value());  // it recommends nothing
  CHECK_FALSE(run.trace().last(alignment_metric::reward_model_accuracy).has_value());
}

TEST_CASE("align: looking changes nothing", "[align]") {
  auto watched = learner();
  auto alone = learner();
  auto options = brief;
  options.evaluate_every = 1;
  static_cast<void>(joust::align(world, watched, options));
  options.evaluate_every = 1000;
  options.evaluation = {.references = 1, .samples = 1, .pairs = 1};
  static_cast<void>(joust::align(world, alone, options));
  CHECK(watched.policy().p == alone.policy().p);

  auto other = learner();
  options.seed = 6;
  static_cast<void>(joust::align(world, other, options));
  CHECK_FALSE(other.policy().p == alone.policy().p);
}

TEST_CASE("align: a run that is interrupted anywhere continues exactly", "[align]") {
  auto whole = learner();
  alignment_run straight{world, world, whole, brief};
  straight.finish();
  for (int stop = 0; stop < 12; ++stop) {
    auto first = learner();
    alignment_run before{world, world, first, brief};
    for (int i = 0; i < stop && !before.finished(); ++i) static_cast<void>(before.step());
    std::string const saved = before.save();
    auto second = first;  // as restored by its own means
    auto after =
        alignment_run<small_world_of_responses const, small_world_of_responses const, small_aligner>::load(
            saved, world, world, second);
    CHECK(after.save() == saved);
    after.finish();
    CHECK(after.trace() == straight.trace());
    CHECK(after.save() == straight.save());
    CHECK(second.policy().p == whole.policy().p);
  }
}

TEST_CASE("align: a real aligner in a real world, killed and continued", "[align]") {
  auto const place = joust::response_world::draw({.prompts = 8, .responses = 40}, stream{21});
  auto const fresh = [&] {
    return joust::aligner{
        joust::tabular_softmax{place.initial_logits(),
                               {.optimiser = {.method = joust::descent::sgd, .learning_rate = 20.0}}},
        joust::no_reward_model{},
        joust::passive{},
        joust::dpo{},
        {.candidates = 2}};
  };
  using agent_type = decltype(fresh());
  using run_type = alignment_run<joust::response_world const, joust::response_world const, agent_type>;
  align_options const options{.queries = 600, .prompts_per_round = 8, .evaluate_every = 200, .seed = 3};
  auto whole = fresh();
  run_type straight{place, place, whole, options};
  straight.finish();
  CHECK(whole.queries() == 600);

  auto first = fresh();
  run_type before{place, place, first, options};
  for (int i = 0; i < 40; ++i) static_cast<void>(before.step());
  std::string const run_state = before.save();
  std::string const agent_state = first.save();
  auto second = fresh();
  second.restore(agent_state);
  auto after = run_type::load(run_state, place, place, second);
  after.finish();
  CHECK(after.trace() == straight.trace());
  CHECK(second.save() == whole.save());
  auto const& trace = straight.trace();
  CHECK(trace.last(alignment_metric::win_rate)->value > 0.55);
}

TEST_CASE("align: a state that makes no sense is refused", "[align]") {
  using run_type =
      alignment_run<small_world_of_responses const, small_world_of_responses const, small_aligner>;
  auto agent = learner();
  run_type run{world, world, agent, brief};
  for (int i = 0; i < 5; ++i) static_cast<void>(run.step());
  std::string const saved = run.save();
  auto const refused = [&](std::string const& text) {
    try {
      static_cast<void>(run_type::load(text, world, world, agent));
    } catch (std::invalid_argument const&) { return true; }
    return false;
  };
  CHECK_FALSE(refused(saved));
  for (std::size_t i = 0; i < saved.size(); i += 7) {
    std::string damaged = saved;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    CHECK(refused(damaged));
    CHECK(refused(saved.substr(0, i)));
  }
  auto beginner = learner();
  CHECK_THROWS_WITH(run_type::load(saved, world, world, beginner),
                    Catch::Contains("belongs to an aligner after"));
  small_world_of_responses const larger{std::vector(5, std::vector(5, 0.0))};
  CHECK_THROWS_AS((run_type::load(saved, larger, larger, agent)), std::invalid_argument);
  small_world_of_responses const narrow{std::vector(4, std::vector(2, 0.0))};
  CHECK_THROWS_AS((run_type::load(saved, narrow, narrow, agent)), std::invalid_argument);
  CHECK(refused(forged(saved, "options.queries 103", "options.queries 3")));
  CHECK(refused(forged(saved, "options.evaluate_every 25", "options.evaluate_every 0")));
  CHECK(refused(forged(saved, "\nregret ", "\nregret inf\nx ")));
  CHECK(refused(forged(saved, "options.evaluation.references 16", "options.evaluation.references 0")));
  CHECK(refused(forged(saved, "yardstick.options.pairs 16", "yardstick.options.pairs 18446744073709551615")));
  CHECK(refused(forged(saved, "\nevaluated ", "\nevaluated 9")));
}

TEST_CASE("align: a failing oracle leaves the run where it stood", "[align]") {
  auto smooth = learner();
  static_cast<void>(joust::align(world, smooth, brief));
  auto agent = learner();
  unreliable oracle{&world, 40};
  alignment_run run{world, oracle, agent, brief};
  int failures = 0;
  while (!run.finished()) {
    std::string const before = run.save();
    try {
      static_cast<void>(run.step());
    } catch (joust::oracle_error const&) {
      ++failures;
      CHECK(run.save() == before);
    }
  }
  CHECK(failures == 1);
  CHECK(agent.policy().p == smooth.policy().p);
}

TEST_CASE("align: an aligner that no longer asks comes to an end", "[align]") {
  auto agent = learner(0.0);
  auto options = brief;
  options.patience = 9;
  alignment_run run{world, world, agent, options};
  run.finish();
  CHECK(run.rounds() == 9);
  CHECK(run.queries() == 0);
  CHECK(run.trace().rows().back().round == 9);
}

TEST_CASE("align: an observer sees every round and may end the run", "[align]") {
  auto agent = learner();
  std::uint64_t rounds = 0;
  auto const trace =
      joust::align(world, agent, brief, [&](auto const& run) { return (rounds = run.rounds()) < 4; });
  CHECK(rounds == 4);
  auto again = learner();
  std::uint64_t all = 0;
  static_cast<void>(joust::align(world, again, brief, [&](auto const&) { ++all; }));
  CHECK(all > 4);
}

TEST_CASE("align: options are checked", "[align]") {
  auto agent = learner();
  auto const complaint = [&](align_options const& options) -> std::string {
    try {
      alignment_run run{world, world, agent, options};
    } catch (std::invalid_argument const& fault) { return fault.what(); }
    return "";
  };
  CHECK(complaint({.queries = 0}) == "queries: is 0; expected at least 1");
  CHECK(complaint({.prompts_per_round = 0}) == "prompts_per_round: is 0; expected at least 1");
  CHECK(complaint({.evaluate_every = 0}) == "evaluate_every: is 0; expected at least 1");
  CHECK(complaint({.patience = 0}) == "patience: is 0; expected at least 1");
  CHECK(complaint({.evaluation = {.pairs = 0}}) == "pairs: is 0; expected at least 1");
}
