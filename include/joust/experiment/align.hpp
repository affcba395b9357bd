// SPDX-License-Identifier: MIT
//
// Lets an aligner learn in a world until a budget of oracle queries is spent, to the query, and writes down
// where it stands on the way. The run is a machine of single rounds that can be saved between any two of
// them: a process that is killed continues as if nothing had happened.
//
//   needs   a world (experiment/alignment_metrics.hpp), an oracle for it, an aligner (alignment/aligner.hpp)
//   cost    the aligner's rounds; evaluations at checkpoints; 2 x references preferences per duel
//   repeat  same world, aligner and options, same trace; evaluating less often changes no round
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <joust/alignment/question.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/state.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/experiment/alignment_metrics.hpp>
#include <joust/experiment/alignment_trace.hpp>

namespace joust {

struct align_options {
  std::uint64_t queries = 10'000;  ///< answers that the oracle is paid for
  std::size_t prompts_per_round =
      32;  ///< contexts offered per round; the last rounds are shortened to the budget
  std::uint64_t evaluate_every =
      500;  ///< queries between evaluations; the first is before any, the last at the end
  std::uint64_t patience = 1000;  ///< rounds without a query after which the run ends
  std::uint64_t seed = 0;         ///< of prompts, of the aligner's and the oracle's chance, of evaluations
  alignment_metrics_options evaluation{};

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (queries == 0) detail::reject("queries", "0", "at least 1");
    if (prompts_per_round == 0) detail::reject("prompts_per_round", "0", "at least 1");
    if (evaluate_every == 0) detail::reject("evaluate_every", "0", "at least 1");
    if (patience == 0) detail::reject("patience", "0", "at least 1");
    evaluation.check();
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("queries", self.queries, "answers that the oracle is paid for");
    visit("prompts_per_round", self.prompts_per_round, "contexts offered per round");
    visit("evaluate_every", self.evaluate_every, "queries between evaluations");
    visit("patience", self.patience, "rounds without a query after which the run ends");
    visit("seed", self.seed, "of everything that is left to chance");
    visit("evaluation", self.evaluation, "how much is sampled in evaluations");
  }
  friend bool operator==(align_options const&, align_options const&) = default;
};

namespace detail {

/// Passes questions on, keeps what was asked and answered, and refuses what the budget does not cover.
template <class Oracle, class Action>
struct recording_oracle {
  Oracle& oracle;
  std::uint64_t left;
  std::uint64_t budget;
  std::vector<duel<std::size_t, Action>> answered{};

  template <random_stream Stream>
  [[nodiscard]] outcome compare(std::size_t x, Action const& first, Action const& second, Stream& stream) {
    if (answered.size() >= left) throw budget_spent{budget};
    outcome const y = oracle.compare(x, first, second, stream);
    answered.push_back({x, first, second, y});
    return y;
  }
};

/// A mean and its standard error, as values come.
struct running_mean {
  std::uint64_t count = 0;
  double sum = 0.0;
  double squares = 0.0;

  void add(double value) noexcept {
    ++count;
    sum += value;
    squares += value * value;
  }
  [[nodiscard]] measurement as(alignment_metric metric) const noexcept {
    auto const n = static_cast<double>(count);
    double const mean = sum / n;
    double const variance = std::fmax(squares / n - mean * mean, 0.0);
    return {metric, mean,
            count < 2 ? std::numeric_limits<double>::infinity() : std::sqrt(variance / (n - 1.0))};
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("count", self.count);
    visit("sum", self.sum);
    visit("squares", self.squares);
  }
};

}  // namespace detail

/// One run of one aligner in one world, a round at a time:
///
///     joust::alignment_run run{world, world, sea, {.queries = 5000}};
///     while (!run.finished()) run.step();
///
/// The world says what is true and the oracle what is answered; the world itself is an oracle without fault.
/// Each round offers different prompts in random order, all of them before any again where a round has more.
/// The round's chance is stream(seed).child("round").at_round(t), so a round depends on its number and on
/// what was learnt, not on evaluations or interruptions. World, oracle and aligner are referred to and must
/// outlive the run.
template <class World, class Oracle, class Aligner>
class alignment_run {
 public:
  using action = typename Aligner::action;
  static_assert(std::same_as<typename Aligner::context, std::size_t>,
                "joust::alignment_run: prompts are indices");

  /// Draws the reference responses from the aligner's reference as it is now, and evaluates the beginning.
  /// Throws std::invalid_argument for options out of range.
  alignment_run(World& world, Oracle& oracle, Aligner& aligner, align_options options = {})
      : alignment_run{
            world, oracle, aligner, options,
            alignment_metrics<action>{world.prompts(), aligner.reference(), checked(options).evaluation,
                                      stream{options.seed}.child("yardstick")}} {
    evaluate(round_report{});
  }

  /// Whether the budget is spent, or `patience` rounds went by without a query.
  [[nodiscard]] bool finished() const noexcept {
    return queries_ == options_.queries || idle_ >= options_.patience;
  }

  /// One round, and an evaluation if one is due. Throws std::invalid_argument for a run that is finished, and
  /// what the oracle throws: the run then stands where it stood, and step() plays the round again. What the
  /// aligner throws while it learns passes through after the answers were paid for: such a run is over.
  round_report step() {
    if (finished()) detail::reject("step", "asked of a finished run", "finished() to be false");
    auto const prompts = next_prompts();
    detail::recording_oracle<Oracle, action> oracle{*oracle_, options_.queries - queries_, options_.queries};
    stream chance = stream{options_.seed}.child("round").at_round(static_cast<std::uint32_t>(round_));
    round_report const report = aligner_->round(std::span<std::size_t const>{prompts}, oracle, chance);
    for (auto const& answered : oracle.answered) note(answered);
    queries_ += oracle.answered.size();
    ++round_;
    idle_ = oracle.answered.empty() ? idle_ + 1 : 0;
    prompts_ += prompts.size();
    own_ += report.own;
    duplicates_ += report.duplicates;
    unanimous_ += report.unanimous;
    predicted_ += report.predicted;
    agreed_ += report.agreed;
    if (finished() || queries_ / options_.evaluate_every > evaluated_ / options_.evaluate_every)
      evaluate(report);
    return report;
  }

  /// Steps until the run is finished.
  void finish() {
    while (!finished()) static_cast<void>(step());
  }

  [[nodiscard]] align_options const& options() const noexcept { return options_; }
  [[nodiscard]] alignment_trace const& trace() const noexcept { return trace_; }
  [[nodiscard]] alignment_metrics<action> const& yardstick() const noexcept { return yardstick_; }
  [[nodiscard]] Aligner const& aligner() const noexcept { return *aligner_; }

  /// Answers that the oracle gave in this run.
  [[nodiscard]] std::uint64_t queries() const noexcept { return queries_; }
  /// Rounds of this run.
  [[nodiscard]] std::uint64_t rounds() const noexcept { return round_; }

  /// The run's own state as text (core/state.hpp): options, counters, reference responses, trace. The aligner
  /// saves itself.
  [[nodiscard]] std::string save() const {
    state_writer writer{"alignment_run", 1};
    std::uint64_t const queries = aligner_->queries();
    std::uint64_t const updates = aligner_->updates();
    writer("aligner_queries", queries);
    writer("aligner_updates", updates);
    fields(*this, writer);
    return std::move(writer).finish();
  }

  /// Continues a saved run in the same world with the aligner as it was then, restored by its own means.
  /// Throws std::invalid_argument for a text that is damaged, or that belongs to an aligner with other counts
  /// or to a world of other size.
  [[nodiscard]] static alignment_run load(std::string_view saved, World& world, Oracle& oracle,
                                          Aligner& aligner) {
    state_reader reader{saved, "alignment_run", 1};
    std::uint64_t queries = 0;
    std::uint64_t updates = 0;
    reader("aligner_queries", queries);
    reader("aligner_updates", updates);
    if (queries != aligner.queries() || updates != aligner.updates()) {
      reader.fail("belongs to an aligner after " + detail::text(queries) + " queries and " +
                      detail::text(updates) + " updates",
                  detail::text(aligner.queries()) + " and " + detail::text(aligner.updates()));
    }
    alignment_run run{world, oracle, aligner, {}, alignment_metrics<action>{}};
    fields(run, reader);
    reader.finish();
    if (!run.sound()) reader.fail("holds what no run in this world can", "counts and responses that fit");
    return run;
  }

 private:
  alignment_run(World& world, Oracle& oracle, Aligner& aligner, align_options const& options,
                alignment_metrics<action> yardstick)
      : world_{&world},
        oracle_{&oracle},
        aligner_{&aligner},
        options_{options},
        yardstick_{std::move(yardstick)} {}

  static align_options const& checked(align_options const& options) {
    options.check();
    return options;
  }

  // Random orders of all prompts, one after the other, cut to the round's size.
  [[nodiscard]] std::vector<std::size_t> next_prompts() const {
    stream chance = stream{options_.seed}.child("prompts").at_round(static_cast<std::uint32_t>(round_));
    auto const count = static_cast<std::size_t>(
        std::min<std::uint64_t>(options_.prompts_per_round, options_.queries - queries_));
    std::vector<std::size_t> order(world_->prompts());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<std::size_t> prompts;
    while (prompts.size() < count) {
      draw_order(std::span{order}, chance);
      for (std::size_t i = 0; i < order.size() && prompts.size() < count; ++i) prompts.push_back(order[i]);
    }
    return prompts;
  }

  void note(duel<std::size_t, action> const& answered) {
    std::size_t const x = answered.context;
    auto const first = yardstick_.against_references(*world_, x, answered.first);
    auto const second = yardstick_.against_references(*world_, x, answered.second);
    online_probability_.add(0.5 * (first.probability + second.probability));
    online_rate_.add(0.5 * (first.rate + second.rate));
    regret_ += world_->best_reward(x) -
               0.5 * (world_->reward(x, answered.first) + world_->reward(x, answered.second));
  }

  void evaluate(round_report const& report) {
    evaluated_ = queries_;
    stream const chance = stream{options_.seed}.child("evaluation").child(round_);
    record(yardstick_.of_policy(*world_, aligner_->policy(), aligner_->reference(), chance.child("policy")));
    if constexpr (requires(stream & g) { aligner_->recommend(std::size_t{}, g); }) {
      auto const recommend = [&](std::size_t x, stream& g) { return aligner_->recommend(x, g); };
      record(yardstick_.of_recommendations(*world_, recommend, chance.child("recommendations")));
    }
    if constexpr (requires { aligner_->reward_model(); }) judge(aligner_->reward_model());
    if (online_rate_.count > 0) {
      record({online_probability_.as(alignment_metric::online_win_probability),
              online_rate_.as(alignment_metric::online_win_rate)});
    }
    record({{alignment_metric::cumulative_regret, regret_, 0.0}});
    if (report.updates > 0) {
      record({{alignment_metric::chosen_log_ratio, report.chosen_log_ratio, 0.0},
              {alignment_metric::rejected_log_ratio, report.rejected_log_ratio, 0.0},
              {alignment_metric::loss, report.loss, 0.0}});
    }
    record_share(alignment_metric::prediction_accuracy, agreed_, predicted_);
    record_share(alignment_metric::clash_ratio, unanimous_, prompts_);
    record_share(alignment_metric::duplicate_ratio, duplicates_, prompts_);
    record_share(alignment_metric::own_share, own_, own_ + queries_);
  }

  // The reward model itself, or a copy where asking for its opinion takes work space of its own.
  template <class Model>
  void judge(Model const& model) {
    auto const asks = [this](auto& judged) {
      return [this, &judged](std::size_t x, std::vector<action> const& candidates) {
        return judged.expected(x, candidates, aligner_->policy(), aligner_->reference());
      };
    };
    using some = std::vector<action>;
    if constexpr (requires(some const& c) {
                    model.expected(std::size_t{}, c, aligner_->policy(), aligner_->reference());
                  }) {
      record(yardstick_.of_reward_model(*world_, asks(model)));
    } else {
      Model own = model;
      record(yardstick_.of_reward_model(*world_, asks(own)));
    }
  }

  void record(std::vector<measurement> const& measured) {
    for (measurement const& one : measured) trace_.record(one, queries_, aligner_->updates(), round_);
  }
  void record_share(alignment_metric metric, std::uint64_t part, std::uint64_t whole) {
    if (whole > 0) record({{metric, static_cast<double>(part) / static_cast<double>(whole), 0.0}});
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("options", self.options_);
    visit("round", self.round_);
    visit("queries", self.queries_);
    visit("evaluated", self.evaluated_);
    visit("idle", self.idle_);
    visit("prompts", self.prompts_);
    visit("own", self.own_);
    visit("duplicates", self.duplicates_);
    visit("unanimous", self.unanimous_);
    visit("predicted", self.predicted_);
    visit("agreed", self.agreed_);
    visit("online_probability", self.online_probability_);
    visit("online_rate", self.online_rate_);
    visit("regret", self.regret_);
    visit("yardstick", self.yardstick_);
    visit("trace", self.trace_);
  }

  [[nodiscard]] bool sound() const {
    if (options_.queries == 0 || options_.prompts_per_round == 0 || options_.evaluate_every == 0 ||
        options_.patience == 0) {
      return false;
    }
    if (queries_ > options_.queries || evaluated_ > queries_ || online_rate_.count != queries_ ||
        online_probability_.count != queries_ || agreed_ > predicted_ || !std::isfinite(regret_) ||
        !(yardstick_.options() == options_.evaluation)) {
      return false;
    }
    auto const exists = [&](std::size_t x, action const& a) {
      try {
        return std::isfinite(static_cast<double>(world_->reward(x, a)));
      } catch (std::invalid_argument const&) { return false; }
    };
    return trace_.sound() && yardstick_.sound(world_->prompts(), exists);
  }

  World* world_;
  Oracle* oracle_;
  Aligner* aligner_;
  align_options options_;
  alignment_metrics<action> yardstick_;
  alignment_trace trace_{};
  std::uint64_t round_ = 0;
  std::uint64_t queries_ = 0;
  std::uint64_t evaluated_ = 0;  // queries at the last evaluation
  std::uint64_t idle_ = 0;       // rounds since the last query
  std::uint64_t prompts_ = 0;
  std::uint64_t own_ = 0;
  std::uint64_t duplicates_ = 0;
  std::uint64_t unanimous_ = 0;
  std::uint64_t predicted_ = 0;
  std::uint64_t agreed_ = 0;
  detail::running_mean online_probability_{};
  detail::running_mean online_rate_{};
  double regret_ = 0.0;
};

namespace detail {

/// An observer may say nothing, or false to stop.
template <class Run, class Observer>
[[nodiscard]] bool goes_on(Observer& observer, Run const& run) {
  if constexpr (std::same_as<std::invoke_result_t<Observer&, Run const&>, void>) {
    observer(run);
    return true;
  } else {
    return static_cast<bool>(observer(run));
  }
}

struct no_observer {
  template <class Run>
  void operator()(Run const&) const noexcept {}
};

}  // namespace detail

/// Runs an aligner until the budget is spent, and returns the trace. `observer`, if given, is called with the
/// run after every round and may return false to end it early. Throws as alignment_run.
template <class World, class Oracle, class Aligner, class Observer = detail::no_observer>
alignment_trace align(World& world, Oracle& oracle, Aligner& aligner, align_options const& options,
                      Observer&& observer = {}) {
  alignment_run run{world, oracle, aligner, options};
  while (!run.finished()) {
    static_cast<void>(run.step());
    if (!detail::goes_on(observer, run)) break;
  }
  return run.trace();
}

/// The same with the world itself as the oracle.
template <class World, class Aligner, class Observer = detail::no_observer>
alignment_trace align(World& world, Aligner& aligner, align_options const& options,
                      Observer&& observer = {}) {
  return align(world, world, aligner, options, observer);
}

}  // namespace joust
