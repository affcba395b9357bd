// SPDX-License-Identifier: MIT
//
// An agent at the table: one face for agents with and without a context, and a hidden preference that answers
// it. Two players that see the same stream and decide alike also hear the same answers.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/sigmoid.hpp>

namespace joust::laws::detail {

template <class Agent, class Context>
class player {
 public:
  player(Agent agent, Context const& x, std::size_t arms)
      : agent_{static_cast<Agent&&>(agent)}, context_{&x}, arms_{arms} {}

  template <class Stream>
  [[nodiscard]] pairing select(Stream& stream) {
    if constexpr (with_context || !requires(Agent & a) { a.select(stream); }) {
      return agent_.select(*context_, stream);
    } else {
      return agent_.select(stream);
    }
  }
  void observe(std::size_t first, std::size_t second, double outcome) {
    if constexpr (with_context || !requires(Agent & a) { a.observe(first, second, outcome); }) {
      agent_.observe(*context_, first, second, outcome);
    } else {
      agent_.observe(first, second, outcome);
    }
  }
  [[nodiscard]] std::size_t recommend() {
    if constexpr (with_context || !requires(Agent & a) { a.recommend(); }) {
      return agent_.recommend(*context_);
    } else {
      return agent_.recommend();
    }
  }

  [[nodiscard]] Agent const& agent() const noexcept { return agent_; }

  /// Plays some rounds and returns the decisions, the recommendation last as {r, r}. Round n draws from
  /// stream.child(n). Stops early at an index that is out of range.
  template <class Stream>
  [[nodiscard]] std::vector<pairing> play(std::size_t rounds, Stream stream, bool recommend_often = false) {
    std::vector<pairing> decisions;
    for (std::size_t n = 0; n < rounds; ++n) {
      Stream chance = stream.child(n);
      pairing const choice = select(chance);
      decisions.push_back(choice);
      if (choice.first >= arms_ || choice.second >= arms_) return decisions;
      Stream answer = chance.child(1);
      if (!choice.self_duel()) observe(choice.first, choice.second, judge(choice, answer));
      if (recommend_often) static_cast<void>(recommend());
    }
    std::size_t const best = recommend();
    decisions.push_back({best, best});
    return decisions;
  }

  /// Teaches, again and again, that what it recommends loses to its neighbour: experience that shows.
  void contradict(std::size_t answers) {
    std::size_t const loser = recommend();
    for (std::size_t n = 0; n < answers; ++n) observe((loser + 1) % arms_, loser, first_wins);
  }

  /// The hidden preference: Bradley-Terry over utilities in steps of 1/4, best in the middle of the list.
  template <class Stream>
  [[nodiscard]] double judge(pairing choice, Stream& stream) const {
    auto utility = [this](std::size_t arm) {
      return -0.25 * static_cast<double>(arm > arms_ / 2 ? arm - arms_ / 2 : arms_ / 2 - arm);
    };
    return draw_bernoulli(sigmoid(utility(choice.first) - utility(choice.second)), stream);
  }

 private:
  static constexpr bool with_context = !std::same_as<Context, no_context>;

  Agent agent_;
  Context const* context_;
  std::size_t arms_;
};

/// How two records of play differ, as evidence; empty if they do not differ in more than `tolerated`
/// decisions.
[[nodiscard]] inline std::string difference(std::vector<pairing> const& expected,
                                            std::vector<pairing> const& actual, std::size_t tolerated = 0) {
  using joust::detail::text;
  auto name = [](pairing p) { return "{" + text(p.first) + ", " + text(p.second) + "}"; };
  if (expected.size() != actual.size()) return "one of them left the range of the candidates";
  std::size_t count = 0;
  std::string evidence;
  for (std::size_t n = 0; n < expected.size(); ++n) {
    if (expected[n] == actual[n]) continue;
    if (count++ == 0) {
      evidence =
          n + 1 < expected.size()
              ? "decision " + text(n) + " is " + name(actual[n]) + ", expected " + name(expected[n])
              : "the recommendation is " + text(actual[n].first) + ", expected " + text(expected[n].first);
    }
  }
  return count > tolerated ? evidence : std::string{};
}

}  // namespace joust::laws::detail
