// SPDX-License-Identifier: MIT
//
// Relative minimum empirical divergence for Copeland winners, in its efficient form. From what is known so
// far it draws up a plan: which pairs must meet how often, at the least regret, before nobody can doubt any
// more that an arm beats as many others as anybody does. It works off what the plan lacks, and once a winner
// is beyond doubt plays that one against itself.
//
//   needs   the same arms every round, and no pairs that tie: a pair that shows 1/2 is asked about before all
//           others, until chance takes it off
//   cost    O(1) per round once a winner is beyond doubt, else O(C K^2 log K) for C candidates; O(1) and four
//           logarithms per observation; three tables of K^2 doubles; no allocation after construction
//   delay   a pair is asked once per pass over the list or sweep over all pairs, answered or not; a pair that
//           is too close to call is asked again only after an answer about it
//   repeat  the same answers and the same stream give the same pairs
//   source  Komiyama, Honda & Nakagawa, "Copeland Dueling Bandit Problem: Regret Lower Bound, Optimal
//           Algorithm, and Computationally Efficient Algorithm", ICML 2016 (ECW-RMED)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <joust/arms/detail/copeland_table.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_marks.hpp>
#include <joust/arms/detail/pair_sweep.hpp>
#include <joust/core/argmax.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How well ECW-RMED knows every pair before it plans.
struct ecw_rmed_options {
  double alpha = 3.0;  ///< every pair meets alpha sqrt(ln t) times, at least once; from 0 to 1000000
  double beta = 0.01;  ///< shares within beta / ln ln t of 1/2 are too close to call; from 0 to 1/2

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(alpha >= 0.0 && alpha <= 1e6)) {
      detail::reject("alpha", detail::text(alpha), "a number from 0 to 1000000");
    }
    if (!(beta >= 0.0 && beta <= 0.5)) detail::reject("beta", detail::text(beta), "a number from 0 to 1/2");
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("alpha", self.alpha, "every pair meets alpha sqrt(ln t) times");
    visit("beta", self.beta, "shares within beta / ln ln t of 1/2 are too close to call");
  }
  friend bool operator==(ecw_rmed_options const&, ecw_rmed_options const&) = default;
};

/// The ECW-RMED agent. With N_ij duels of i and j, of which i has won the share p_ij, and d the Bernoulli
/// divergence, N_ij d(p_ij, 1/2) is what it costs to believe the opposite of what the pair shows. L_i is the
/// number of arms that i has lost to, candidates are the arms with the smallest, L*, and a duel of i and j
/// has the regret r_ij = (L_i + L_j - 2 L*) / (2 (K - 1)).
///
/// Candidate c is beyond doubt if, for every rival i, all sets of opposites by which i would end with fewer
/// losses than c cost at least ln t. Else the plan for c asks N_ij d(p_ij, 1/2) >= x_ij ln t, with
///
///   - x_cj = 1 for every j that c has not lost to;
///   - for every rival i, over the set S of arms but c that it has lost to: any L_i - L* + 1 of the x_ij sum
///     to at least 1, at the smallest sum of x_ij r_ij / d(p_ij, 1/2).
///
/// and otherwise x = 0. Of several candidates the one with the cheapest plan is taken, ties by the stream.
/// Pairs with N_ij < alpha sqrt(ln t) are drawn before anything else, then pairs too close to call. Else the
/// pairs of a list are drawn, all pairs at first; after each, the self-duel of c and whatever the plan finds
/// short enter the next list, unless they wait in this one. Beyond doubt, only the self-duel enters.
///
/// It recommends the arm that has beaten the most others (ties: larger mean share, then lower index).
class ecw_rmed : public detail::k_armed<ecw_rmed, ecw_rmed_options> {
 public:
  static constexpr std::string_view name = "ecw_rmed";
  using k_armed::k_armed;

 private:
  friend k_armed;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    if (open_) extend_list(std::log(static_cast<double>(round() - 1)), stream);
    open_ = false;
    double const log_t = std::log(static_cast<double>(round()));
    auto const duels = [this](std::size_t i, std::size_t j) { return table_.duels(i, j); };
    double const goal = std::max(options().alpha * std::sqrt(log_t), 1.0);
    if (std::optional<pairing> const pair = sweep_.next(size(), goal, duels)) return *pair;
    // The width shrinks, so a pair that was outside can come back only by an answer.
    while (!undecided_.empty()) {
      pairing const pair = undecided_.take();
      if (too_close(pair.first, pair.second)) return pair;
    }
    open_ = true;
    if (list_.empty()) {
      std::swap(list_, next_);
      list_.rewind();
    }
    return list_.empty() ? pairing{best(), best()} : list_.take();  // empty: one arm alone
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    table_.record(i, j, y);
    if (too_close(i, j)) undecided_.add(i, j);
    checked_ = false;
  }

  [[nodiscard]] std::size_t best() const noexcept { return table_.counts().leader(); }

  [[nodiscard]] bool too_close(std::size_t i, std::size_t j) const noexcept {
    double const log_t = std::log(static_cast<double>(std::max(round(), std::uint64_t{1})));
    double const width = options().beta / std::max(std::log(std::max(log_t, 1.0)), 1.0);
    // In one order, since the shares of both sides may round to different distances from 1/2.
    return std::fabs(table_.counts().share(std::min(i, j), std::max(i, j)) - 0.5) < width;
  }

  void admit(std::size_t i, std::size_t j) noexcept {
    if (!list_.contains(i, j)) next_.add(i, j);
  }

  // After a turn: the arm beyond doubt enters the next list, or all that its plan finds short.
  template <class Stream>
  void extend_list(double log_t, Stream& stream) {
    if (!checked_) find_confident(log_t);
    if (confident_ != none && certainty_ >= log_t) return admit(confident_, confident_);
    std::size_t const c = cheapest_candidate(stream);
    admit(c, c);
    for (std::size_t j = 0; j < size(); ++j) {
      if (j == c) continue;
      if (!table_.loses(c, j) && table_.price_of_opposite(c, j) < log_t) admit(c, j);
      auto const cover = table_.cheapest_cover(j, c);
      for (auto const& superior : cover.arms) {
        if (table_.price_of_opposite(j, superior.arm) < cover.x * log_t) admit(j, superior.arm);
      }
    }
  }

  // Looks for a candidate whose rivals all cost at least log_t, and of several for the one whose cheapest
  // rival is dearest. As long as nothing is learnt, one that is in doubt stays so, since log_t grows.
  void find_confident(double log_t) {
    checked_ = true;
    confident_ = none;
    std::uint32_t const fewest = fewest_losses();
    for (std::size_t c = 0; c < size(); ++c) {
      if (table_.losses()[c] != fewest) continue;
      double certainty = std::numeric_limits<double>::infinity();
      // Who raised doubts the last time is asked first.
      if (doubter_ < size() && doubter_ != c) certainty = table_.price_of_rival(c, doubter_);
      for (std::size_t rival = 0; rival < size() && certainty >= log_t; ++rival) {
        if (rival == c) continue;
        double const price = table_.price_of_rival(c, rival);
        if (price < log_t) doubter_ = rival;
        certainty = std::min(certainty, price);
      }
      if (certainty >= log_t && (confident_ == none || certainty > certainty_)) {
        confident_ = c;
        certainty_ = certainty;
      }
    }
  }

  template <class Stream>
  std::size_t cheapest_candidate(Stream& stream) {
    std::uint32_t const fewest = fewest_losses();
    auto const& losses = table_.losses();
    auto const first = std::find(losses.begin(), losses.end(), fewest);
    if (std::find(first + 1, losses.end(), fewest) == losses.end()) {
      return static_cast<std::size_t>(first - losses.begin());
    }
    for (std::size_t c = 0; c < size(); ++c) {
      plans_[c] = losses[c] == fewest ? -table_.price_of_plan(c) : -std::numeric_limits<double>::infinity();
    }
    return argmax(plans_, stream);
  }

  [[nodiscard]] std::uint32_t fewest_losses() const noexcept {
    return *std::min_element(table_.losses().begin(), table_.losses().end());
  }

  // The counts stay; then all pairs are on the list again.
  void inherit(ecw_rmed const& from, std::span<std::size_t const> kept) noexcept {
    table_.inherit(from.table_, kept);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      for (std::size_t j = i + 1; j < kept.size(); ++j) {
        if (table_.duels(i, j) > 0.0 && too_close(i, j)) undecided_.add(i, j);
      }
    }
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("table", self.table_);
    visit("sweep", self.sweep_);
    visit("undecided", self.undecided_);
    visit("list", self.list_);
    visit("next", self.next_);
    visit("open", self.open_);
  }
  [[nodiscard]] bool sound() const noexcept {
    return table_.sound() && sweep_.sound(size()) && undecided_.sound() && list_.sound() && next_.sound();
  }

  detail::copeland_table table_{size()};
  detail::pair_sweep sweep_;
  detail::pair_marks undecided_{size()};  // answered since they were asked last, and then too close to call
  detail::pair_marks list_ = detail::pair_marks::all(size());  // L_R: what waits in the list in play
  detail::pair_marks next_{size()};                            // L_N
  bool open_ = false;                                          // whether the last round was one of the list

  // What follows from the table, or is work space.
  bool checked_ = false;          // whether the next two are up to date
  std::size_t confident_ = none;  // an arm beyond doubt
  double certainty_ = 0.0;        // what its cheapest rival costs
  std::size_t doubter_ = none;    // the rival that raised doubts last
  std::vector<double> plans_ = row(0.0);
};

}  // namespace joust
