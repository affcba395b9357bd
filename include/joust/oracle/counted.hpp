// SPDX-License-Identifier: MIT
//
// What was asked and what was answered. Comparisons are what a dueling bandit pays for, so they are counted
// where they are paid, and a budget stops the next question instead of regretting the last.
//
//   needs   preference_oracle; known_preference for probability()
//   cost    the inner oracle and two increments
//   repeat  adds no randomness: the answers are the inner oracle's
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/oracle/compare_batch.hpp>

namespace joust {

struct counted_options {
  std::optional<std::uint64_t> budget{};  ///< answers allowed, at least 1; none: without limit
};

/// `oracle` with its comparisons counted and, if asked for, limited.
template <class Oracle>
class counted {
 public:
  /// Throws std::invalid_argument for a budget of 0.
  explicit counted(Oracle oracle, counted_options options = {})
      : oracle_{std::move(oracle)}, limit_{options.budget.value_or(unlimited)} {
    if (limit_ == 0) detail::reject("budget", "0", "at least 1, or none");
  }

  /// The inner oracle's answer. Throws budget_spent before the question if the budget is used up; what the
  /// inner oracle throws passes through, and that question counts as asked but not as answered.
  template <class Context, class Action, random_stream Stream>
    requires preference_oracle<Oracle, Context, Action, Stream>
  [[nodiscard]] outcome compare(Context const& x, Action const& first, Action const& second, Stream& stream) {
    require_budget(1);
    ++asked_;
    outcome const answer = oracle_.compare(x, first, second, stream);
    ++answered_;
    return answer;
  }

  /// A batch, all or nothing: one that does not fit into the rest of the budget is refused before its first
  /// question, and one that fails counts as asked but not as answered.
  template <class Context, class Action, random_stream Stream>
    requires preference_oracle<Oracle, Context, Action, Stream>
  void compare_batch(std::span<duel<Context, Action>> duels, Stream const& streams) {
    require_budget(duels.size());
    asked_ += duels.size();
    detail::answer(oracle_, duels, streams);
    answered_ += duels.size();
  }

  /// The expected outcome, if the inner oracle knows it. Not counted: only metrics may ask.
  template <class Context, class Action>
    requires known_preference<Oracle, Context, Action>
  [[nodiscard]] double probability(Context const& x, Action const& first, Action const& second) const {
    return oracle_.probability(x, first, second);
  }

  /// Comparisons passed to the inner oracle, including those that failed.
  [[nodiscard]] std::uint64_t asked() const noexcept { return asked_; }

  /// Comparisons that came back with an answer.
  [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }

  /// The number of answers allowed, if limited.
  [[nodiscard]] std::optional<std::uint64_t> budget() const noexcept {
    return limit_ == unlimited ? std::nullopt : std::optional{limit_};
  }

  /// The number of answers still allowed, if limited.
  [[nodiscard]] std::optional<std::uint64_t> remaining() const noexcept {
    return limit_ == unlimited ? std::nullopt : std::optional{limit_ - answered_};
  }

  /// The oracle behind the counter; asking it directly is not counted.
  [[nodiscard]] Oracle const& inner() const noexcept { return oracle_; }

 private:
  static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

  void require_budget(std::uint64_t questions) const {
    if (questions > limit_ - answered_) throw budget_spent{limit_};
  }

  Oracle oracle_;
  std::uint64_t limit_;
  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0;
};

}  // namespace joust
