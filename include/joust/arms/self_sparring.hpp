// SPDX-License-Identifier: MIT
//
// Self-sparring. Each arm has one record, of wins and losses against whomever. Twice per round the agent
// imagines how good each arm is, given its record, and each time the best goes to the duel: one Thompson
// sampler that fights itself.
//
//   needs   the same arms every round, whose preferences follow a common scale of quality; where the chance
//           of an arm depends much on its opponent, a record means little
//   cost    O(K) per round: 2K random numbers, a comparison each and a few Beta tails; O(1) per observation
//           with two Beta tails; no table of pairs; no allocation after construction
//   delay   every choice is a fresh draw: a batch is spread over the arms that may be best
//   repeat  the same answers and the same stream give the same pairs
//   source  Sui, Zhuang, Burdick & Yue, "Multi-dueling Bandits with Dependent Arms", UAI 2017, algorithm 2
//           (IndSelfSparring), two arms at a time
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <joust/arms/detail/beta_race.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How much self-sparring trusts its records.
struct self_sparring_options {
  double learning_rate = 1.0;  ///< by how much a duel adds to the records, above 0; 1: a duel is a toss

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(learning_rate > 0.0 && learning_rate <= 1000.0)) {
      detail::reject("learning_rate", detail::text(learning_rate), "a number above 0, at most 1000");
    }
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("learning_rate", self.learning_rate, "by how much a duel adds to the records");
  }
  friend bool operator==(self_sparring_options const&, self_sparring_options const&) = default;
};

/// The independent self-sparring agent. A duel of i and j that i wins with y adds eta y to S_i and F_j, and
/// eta (1 - y) to F_i and S_j. In each round two samples
///
///     theta_i ~ Beta(S_i + 1, F_i + 1)
///
/// name their largest arm each. It recommends the arm with the largest mean (S_i + 1) / (S_i + F_i + 2)
/// (ties: larger S_i + F_i, then lower index).
class self_sparring : public detail::k_armed<self_sparring, self_sparring_options> {
 public:
  static constexpr std::string_view name = "self_sparring";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    if (!(expected_ > 0.7 && expected_ < 6.0)) move_hurdle();
    std::size_t const first = sampled_best(stream);
    return {first, sampled_best(stream)};
  }

  void learn(std::size_t i, std::size_t j, outcome y) {
    double const won = options().learning_rate * y;
    double const lost = options().learning_rate * (1.0 - y);
    // Before any change, since these are the steps that could fail.
    double const i_clears = clears_hurdle(wins_[i] + won, losses_[i] + lost);
    double const j_clears = clears_hurdle(wins_[j] + lost, losses_[j] + won);
    wins_[i] += won;
    losses_[i] += lost;
    wins_[j] += lost;
    losses_[j] += won;
    // The sum for a duel and its mirror image must be the same.
    expected_ += (i_clears - clearing_[i]) + (j_clears - clearing_[j]);
    clearing_[i] = i_clears;
    clearing_[j] = j_clears;
  }

  [[nodiscard]] std::size_t best() const noexcept {
    std::size_t found = 0;
    for (std::size_t i = 1; i < size(); ++i) {
      double const ahead = mean(i) - mean(found);
      bool const longer = wins_[i] + losses_[i] > wins_[found] + losses_[found];
      if (ahead > 0.0 || (ahead == 0.0 && longer)) found = i;
    }
    return found;
  }

  [[nodiscard]] double mean(std::size_t i) const noexcept {
    return (wins_[i] + 1.0) / (wins_[i] + losses_[i] + 2.0);
  }

  // The arm with the largest theta. Each theta is the upper quantile of a uniform number, and the largest is
  // found without computing any: of each arm the chance to clear a common hurdle is known, so that a
  // comparison with its number tells whether it does. The hurdle is so high that about three do, who are
  // left to a race; if none does, all race below the hurdle. Where it stands is a matter of speed alone.
  template <class Stream>
  std::size_t sampled_best(Stream& stream) {
    std::size_t above = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      numbers_[i] = draw_uniform(stream);
      if (numbers_[i] < clearing_[i]) contenders_[above++] = contender(i);
    }
    if (above != 0) return detail::race({contenders_.data(), above}, hurdle_, 1.0);
    for (std::size_t i = 0; i < size(); ++i) contenders_[i] = contender(i);
    return detail::race(contenders_, 0.0, hurdle_);
  }

  [[nodiscard]] detail::beta_contender contender(std::size_t i) const noexcept {
    return {i, wins_[i] + 1.0, losses_[i] + 1.0, numbers_[i]};
  }

  // P(theta > hurdle); 0 where it is below 2^-64, the least random number above 0.
  [[nodiscard]] double clears_hurdle(double wins, double losses) const {
    double const alpha = wins + 1.0;
    double const beta = losses + 1.0;
    double const n = alpha + beta;
    if (alpha < hurdle_ * n) {  // the Chernoff bound spares most tails
      double const log_bound =
          alpha * std::log(hurdle_ * n / alpha) + beta * std::log((1.0 - hurdle_) * n / beta);
      if (log_bound < -50.0) return 0.0;
    }
    return detail::beta_tail(alpha, beta, hurdle_);
  }

  // Searches a hurdle that about two and a half arms clear, by a normal approximation, and then takes stock.
  void move_hurdle() {
    double low = -40.0;  // as a logit
    double high = 40.0;
    for (int step = 0; step < 20; ++step) {
      double const middle = 0.5 * (low + high);
      double clearing = 0.0;
      for (std::size_t i = 0; i < size(); ++i) {
        double const alpha = wins_[i] + 1.0;
        double const beta = losses_[i] + 1.0;
        double const center = std::log(alpha / beta);
        double const spread = std::sqrt(1.0 / alpha + 1.0 / beta);
        clearing += 0.5 * std::erfc((middle - center) / (1.4142135623730951 * spread));
      }
      (clearing > 2.5 ? low : high) = middle;
    }
    double const hurdle = 1.0 / (1.0 + std::exp(-low));
    hurdle_ = std::fmin(std::fmax(hurdle, 1e-9), 1.0 - 1e-9);
    expected_ = 0.0;
    for (std::size_t i = 0; i < size(); ++i) {
      clearing_[i] = clears_hurdle(wins_[i], losses_[i]);
      expected_ += clearing_[i];
    }
    // Few arms, or a bad approximation: rather a poor hurdle than a search in every round.
    expected_ = std::fmin(std::fmax(expected_, 1.0), 5.0);
  }

  void inherit(self_sparring const& from, std::span<std::size_t const> kept) noexcept {
    for (std::size_t n = 0; n < kept.size(); ++n) {
      wins_[n] = from.wins_[kept[n]];
      losses_[n] = from.losses_[kept[n]];
    }
    expected_ = 0.0;  // the next round takes stock
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("wins", self.wins_);
    visit("losses", self.losses_);
    visit("hurdle", self.hurdle_);
    visit("clearing", self.clearing_);
    visit("expected", self.expected_);
  }
  [[nodiscard]] bool sound() const noexcept {
    for (std::size_t i = 0; i < size(); ++i) {
      if (!(wins_[i] >= 0.0 && wins_[i] <= most && losses_[i] >= 0.0 && losses_[i] <= most)) return false;
      if (!(clearing_[i] >= 0.0 && clearing_[i] <= 1.0)) return false;
    }
    return hurdle_ > 0.0 && hurdle_ < 1.0;
  }

  static constexpr double most = 1e19;  // of 2^53 answers at the largest learning rate

  std::vector<double> wins_ = row(0.0);      // S
  std::vector<double> losses_ = row(0.0);    // F
  std::vector<double> clearing_ = row(0.5);  // P(theta_i > hurdle)
  std::vector<double> numbers_ = row(0.0);   // work space: the uniform number of each arm
  std::vector<detail::beta_contender> contenders_ = row(detail::beta_contender{});  // work space
  double hurdle_ = 0.5;
  double expected_ = 0.0;  // number of arms above the hurdle; below what is allowed: the hurdle must move
};

}  // namespace joust
