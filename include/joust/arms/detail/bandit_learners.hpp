// SPDX-License-Identifier: MIT
//
// Learners for the ordinary bandit, in which one arm is played and earns a reward in [0, 1]: what the
// reductions are built of. Several learners of one kind over the same arms lie in common tables, and take
// rewards for any arm, whoever chose it.
//
//   cost    choose: O(K); UCB two multiplications per arm, Thompson sampling a Beta draw, EXP3 an
//           exponential; teach: O(1); most_played: O(K) per learner; no allocation after construction
//   source  Auer, Cesa-Bianchi & Fischer, "Finite-time Analysis of the Multiarmed Bandit Problem", Machine
//           Learning 2002 (UCB); Agrawal & Goyal, "Analysis of Thompson Sampling for the Multi-armed Bandit
//           Problem", COLT 2012; Auer, Cesa-Bianchi, Freund & Schapire, "The Nonstochastic Multiarmed Bandit
//           Problem", SIAM Journal on Computing 2002 (EXP3)
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include <boost/random/beta_distribution.hpp>

#include <joust/arms/detail/exponential_weights.hpp>
#include <joust/core/argmax.hpp>
#include <joust/core/error.hpp>

namespace joust {

/// What plays the ordinary bandits that a reduction makes of a dueling bandit.
enum class bandit_learner : unsigned char {
  ucb,       ///< the largest upper confidence bound
  thompson,  ///< the largest draw from Beta posteriors
  exp3,      ///< exponential weights; for preferences that change
};

/// The names of the learners, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 3> names_of(bandit_learner) noexcept {
  return {"ucb", "thompson", "exp3"};
}

namespace detail {

/// How the learners of an agent choose.
struct learner_rule {
  bandit_learner kind = bandit_learner::ucb;
  double alpha = 2.5;        // of UCB
  double exploration = 0.0;  // of EXP3; 0: by the formula

  /// Throws std::invalid_argument for a value out of range.
  void check() const {
    if (!(alpha > 0.0 && alpha <= 1e100)) {  // beyond, alpha * log(n) is no number to reckon with
      reject("alpha", text(alpha), "a number above 0, at most 1e100");
    }
    require_unit_interval("exploration", exploration);
  }
};

/// `learners` learners of `arms` arms each. After n rewards, of which N_i for arm i with mean m_i, UCB takes
/// the arm with the largest
///
///     m_i + sqrt(alpha ln n / N_i),     infinite for N_i = 0;
///
/// Thompson sampling that with the largest draw from Beta(N_i m_i + 1, N_i (1 - m_i) + 1); EXP3 draws arm i
/// with chance
///
///     p_i = (1 - g) w_i / (w_1 + ... + w_K) + g / K,     g = min(1, sqrt(K ln K / n))
///
/// in its nth choice, and a reward r multiplies w_i by exp(g r / (K p_i)). Ties by the stream.
class bandit_learners {
 public:
  /// Of a prototype.
  bandit_learners() = default;

  bandit_learners(std::size_t learners, std::size_t arms, learner_rule rule)
      : rule_{rule},
        arms_{arms},
        scores_(learners * arms, 0.0),
        plays_(counts() ? learners * arms : 0, 0),
        inverse_root_(rule.kind == bandit_learner::ucb ? learners * arms : 0, 0.0),
        rewards_(learners, 0),
        choices_(learners, 0),
        values_(arms, 0.0) {}

  /// The arm that a learner plays next.
  template <class Stream>
  [[nodiscard]] drawn_arm choose(std::size_t learner, Stream& stream) {
    ++choices_[learner];
    double const* const score = scores_.data() + learner * arms_;
    if (rule_.kind == bandit_learner::exp3) {
      exponential_weights({score, arms_}, 1.0, exploration(learner), values_);
      return draw_arm(values_, stream);
    }
    std::uint64_t const* const plays = plays_.data() + learner * arms_;
    if (rule_.kind == bandit_learner::ucb) {
      // m + sqrt(level / N) with 1 / sqrt(N) = r at hand is r (score r + sqrt(level)).
      double const* const inverse_root = inverse_root_.data() + learner * arms_;
      auto const rewards = static_cast<double>(rewards_[learner]);
      double const radius = rewards > 1.0 ? std::sqrt(rule_.alpha * std::log(rewards)) : 0.0;
      for (std::size_t i = 0; i < arms_; ++i) {
        double const r = inverse_root[i];
        values_[i] = plays[i] == 0 ? std::numeric_limits<double>::infinity() : r * (score[i] * r + radius);
      }
    } else {
      for (std::size_t i = 0; i < arms_; ++i) {
        double const lost = static_cast<double>(plays[i]) - score[i];
        values_[i] = boost::random::beta_distribution<double>{score[i] + 1.0, lost + 1.0}(stream);
      }
    }
    return {argmax(values_, stream), 1.0};
  }

  /// A reward in [0, 1] for an arm that was drawn with the given chance.
  void teach(std::size_t learner, std::size_t arm, double reward, double chance) noexcept {
    std::size_t const cell = learner * arms_ + arm;
    ++rewards_[learner];
    if (rule_.kind == bandit_learner::exp3) {
      scores_[cell] += exploration(learner) * reward / (static_cast<double>(arms_) * chance);
      return;
    }
    scores_[cell] += reward;
    ++plays_[cell];
    if (rule_.kind == bandit_learner::ucb) {
      inverse_root_[cell] = 1.0 / std::sqrt(static_cast<double>(plays_[cell]));
    }
  }

  /// Whether a reward can be used whose arm was not drawn with a known chance.
  [[nodiscard]] bool takes_any_reward() const noexcept { return counts(); }

  /// A learner forgets everything.
  void reset(std::size_t learner) noexcept {
    auto const clear = [this, learner](auto& table) {
      if (!table.empty()) std::fill_n(table.data() + learner * arms_, arms_, 0);
    };
    clear(scores_);
    clear(plays_);
    clear(inverse_root_);
    rewards_[learner] = 0;
    choices_[learner] = 0;
  }

  /// The arm that the learners have played most, in sum; of EXP3, the one with the largest weight. Ties:
  /// larger sum of rewards, then lower index.
  [[nodiscard]] std::size_t most_played() const noexcept {
    std::size_t best = 0;
    std::uint64_t most = 0;
    double highest = 0.0;
    for (std::size_t i = 0; i < arms_; ++i) {
      std::uint64_t played = 0;
      double score = 0.0;
      for (std::size_t cell = i; cell < scores_.size(); cell += arms_) {
        if (counts()) played += plays_[cell];
        score += scores_[cell];
      }
      if (i == 0 || played > most || (played == most && score > highest)) {
        best = i;
        most = played;
        highest = score;
      }
    }
    return best;
  }

  /// Takes over what `from` knows about the arms `kept`, the first ones here. Where there is a learner per
  /// arm, they come and go with the arms. A new arm counts as untried; with EXP3 it gets the largest weight.
  void inherit(bandit_learners const& from, std::span<std::size_t const> kept,
               bool learner_per_arm) noexcept {
    std::size_t const learners = learner_per_arm ? kept.size() : rewards_.size();
    for (std::size_t l = 0; l < learners; ++l) {
      std::size_t const old = learner_per_arm ? kept[l] : l;
      choices_[l] = from.choices_[old];
      rewards_[l] = counts() ? 0 : from.rewards_[old];
      double highest = -std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < kept.size(); ++i) {
        std::size_t const cell = l * arms_ + i;
        std::size_t const source = old * from.arms_ + kept[i];
        scores_[cell] = from.scores_[source];
        highest = std::max(highest, scores_[cell]);
        if (counts()) {
          plays_[cell] = from.plays_[source];
          rewards_[l] += plays_[cell];
        }
        if (!inverse_root_.empty()) inverse_root_[cell] = from.inverse_root_[source];
      }
      for (std::size_t i = kept.size(); i < arms_ && !counts(); ++i) scores_[l * arms_ + i] = highest;
    }
  }

  /// Whether the tables agree with each other.
  [[nodiscard]] bool sound() const noexcept {
    bool fine = true;
    for (double const score : scores_) fine = fine && std::isfinite(score) && score >= 0.0;
    if (!counts()) return fine;
    for (std::size_t l = 0; l < rewards_.size(); ++l) {
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < arms_; ++i) {
        std::size_t const cell = l * arms_ + i;
        sum += plays_[cell];
        // Also after rounding: n + 1 is a number, so a sum of at most n and a reward are at most n + 1.
        fine = fine && scores_[cell] <= static_cast<double>(plays_[cell]);
        if (!inverse_root_.empty()) {
          fine = fine && inverse_root_[cell] ==
                             (plays_[cell] == 0 ? 0.0 : 1.0 / std::sqrt(static_cast<double>(plays_[cell])));
        }
      }
      fine = fine && sum == rewards_[l];
    }
    return fine;
  }

  /// g of EXP3, at the latest choice of the learner.
  [[nodiscard]] double exploration(std::size_t learner) const noexcept {
    return rule_.exploration > 0.0 ? rule_.exploration : anytime_exploration(arms_, choices_[learner], 1.0);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("scores", self.scores_);
    visit("plays", self.plays_);
    visit("inverse_root", self.inverse_root_);
    visit("rewards", self.rewards_);
    visit("choices", self.choices_);
  }

 private:
  [[nodiscard]] bool counts() const noexcept { return rule_.kind != bandit_learner::exp3; }

  learner_rule rule_;
  std::size_t arms_ = 0;
  std::vector<double> scores_;          // [l * K + i]: sum of rewards; of EXP3, ln w_i
  std::vector<std::uint64_t> plays_;    // N_i; not for EXP3
  std::vector<double> inverse_root_;    // 1 / sqrt(N_i), 0 if untried; for UCB alone
  std::vector<std::uint64_t> rewards_;  // per learner
  std::vector<std::uint64_t> choices_;
  std::vector<double> values_;  // work space: indices, draws or chances
};

}  // namespace detail
}  // namespace joust
