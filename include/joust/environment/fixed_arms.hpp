// SPDX-License-Identifier: MIT
//
// The same arms every round: a preference matrix as a problem to learn, with the truth that metrics need.
// All regrets come from gaps that are worked out once per arm, so a round costs the same for 4 arms as for
// 4000. Copies share their data and cost a reference count.
//
//   needs   preference_matrix (oracle/); optionally utilities and feature rows
//   cost    making one O(K^2), and where every arm loses to some other, up to 256 arms, the von
//           Neumann winner (environment/von_neumann.hpp); compare and add_regrets O(1), no allocation;
//           one-hot features are built, once for all copies, when they are first asked for
//   repeat  same stream, same answers
#pragma once

#include <Eigen/Core>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/environment/regret.hpp>
#include <joust/environment/utility_link.hpp>
#include <joust/environment/von_neumann.hpp>
#include <joust/environment/winners.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace joust {

/// What may be known of fixed arms beyond their preferences.
struct arm_facts {
  std::vector<double> utilities{};  ///< one for each arm, in agreement with the preferences; empty: unknown
  Eigen::MatrixXd features{};       ///< one row for each arm; empty: one-hot, the identity
};

/// A problem of fixed arms. Models `environment`, and is its own family: instance() is a copy.
class fixed_arms {
 public:
  /// Throws std::invalid_argument for a wrong number of utilities or feature rows, one that is not finite, or
  /// utilities that contradict the preferences (a larger utility that loses more often than it wins).
  explicit fixed_arms(preference_matrix preferences, arm_facts facts = {})
      : shared_{std::make_shared<truth>(std::move(preferences), std::move(facts))} {}

  /// Arms with the given utilities under a link, the random-utility problem. Throws std::invalid_argument for
  /// utilities that the link has no probability for.
  fixed_arms(std::vector<double> utilities, utility_link link, Eigen::MatrixXd features = {})
      : fixed_arms{utility_matrix(utilities, link), arm_facts{utilities, std::move(features)}} {}

  // The round

  /// The number of arms and the length of their feature vectors.
  [[nodiscard]] setting shape() const noexcept {
    return {.arms = arms(), .dimension = shared_->dimension, .fixed_arms = true};
  }

  /// Nothing changes from round to round.
  template <random_stream Stream>
  void advance(Stream&) const noexcept {}

  /// A row for each arm: those given, or the identity.
  [[nodiscard]] Eigen::MatrixXd const& features() const { return shared_->features(); }

  /// 1 if the first wins, else 0. Throws std::invalid_argument for an arm out of range.
  template <random_stream Stream>
  [[nodiscard]] outcome compare(std::size_t first, std::size_t second, Stream& stream) const {
    return shared_->preferences.compare({}, first, second, stream);
  }

  /// The same problem again: families of problems and single problems are used alike.
  template <random_stream Stream>
  [[nodiscard]] fixed_arms instance(Stream&) const {
    return *this;
  }

  // The truth, for metrics only

  /// P(first beats second). Throws std::invalid_argument for an arm out of range.
  [[nodiscard]] double probability(std::size_t first, std::size_t second) const {
    return shared_->preferences.probability({}, first, second);
  }

  [[nodiscard]] std::size_t arms() const noexcept { return shared_->preferences.size(); }
  [[nodiscard]] preference_matrix const& preferences() const noexcept { return shared_->preferences; }

  /// One utility for each arm, or an empty span if they are not known.
  [[nodiscard]] std::span<double const> utilities() const noexcept { return shared_->utilities; }

  /// The arm's name; its index in digits if it has none.
  [[nodiscard]] std::string name(std::size_t arm) const { return shared_->preferences.name(arm); }

  /// The arm of largest utility, else the Condorcet winner, else a Copeland winner; of several, the first.
  [[nodiscard]] std::size_t best_arm() const noexcept { return shared_->best; }

  /// Whether a regret of this kind means anything here. `average`, `strong`, `weak` and the binary ones need
  /// a Condorcet winner or utilities; `utility`, `utility_weak` and `preference` need utilities; `simple`
  /// either; `von_neumann` an arm that loses to none, or at most 256 arms.
  [[nodiscard]] bool knows(regret_kind kind) const noexcept { return shared_->knows[slot(kind)]; }

  /// The regret of one round. Throws std::invalid_argument for an arm out of range, a kind that is not
  /// known here, and `simple`, which belongs to a recommendation.
  [[nodiscard]] double regret(regret_kind kind, pairing round) const {
    require_round(round);
    if (kind == regret_kind::simple) {
      detail::reject("kind", "simple", "the regret of a round; a recommendation has simple_regret(arm)");
    }
    require_known(kind);
    std::array<double, regret_kind_count> all{};
    add_regrets(round, all);
    return all[slot(kind)];
  }

  /// Adds the round's regret of every kind to its slot; the slot of `simple` is left alone, and the slot of a
  /// kind that is not known here becomes NaN: an unknown regret is never a number. Arms in range and
  /// regret_kind_count totals, unchecked: every round of every experiment comes through here.
  void add_regrets(pairing round, std::span<double> totals) const noexcept {
    gaps const& a = shared_->of[round.first];
    gaps const& b = shared_->of[round.second];
    double const average = 0.5 * (a.winner + b.winner);
    totals[slot(regret_kind::average)] += average;
    totals[slot(regret_kind::strong)] += a.winner < b.winner ? b.winner : a.winner;
    totals[slot(regret_kind::weak)] += a.winner < b.winner ? a.winner : b.winner;
    totals[slot(regret_kind::strong_binary)] += a.missed < b.missed ? b.missed : a.missed;
    totals[slot(regret_kind::weak_binary)] += a.missed < b.missed ? a.missed : b.missed;
    totals[slot(regret_kind::copeland)] += 0.5 * (a.copeland + b.copeland);
    totals[slot(regret_kind::borda)] += 0.5 * (a.borda + b.borda);
    totals[slot(regret_kind::von_neumann)] += 0.5 * (a.von_neumann + b.von_neumann);
    totals[slot(regret_kind::utility)] += 0.5 * (a.utility + b.utility);
    totals[slot(regret_kind::utility_weak)] += a.utility < b.utility ? a.utility : b.utility;
    // The arm of largest utility is the winner, so this is the average regret, known with utilities only.
    totals[slot(regret_kind::preference)] += average + shared_->preference_unknown;
  }

  /// The regret of recommending an arm: u(*) - u(arm) where utilities are known, else p(*, arm) - 1/2. Throws
  /// std::invalid_argument for an arm out of range, and if there are neither utilities nor a winner.
  [[nodiscard]] double simple_regret(std::size_t arm) const {
    detail::require_index("arm", arm, arms());
    require_known(regret_kind::simple);
    gaps const& gap = shared_->of[arm];
    return shared_->utilities.empty() ? gap.winner : gap.utility;
  }

 private:
  static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

  // What an arm lacks of the best one, in each unit; NaN where there is no such unit.
  struct gaps {
    double winner = unknown;
    double missed = unknown;  // 0 for a best arm, else 1
    double copeland = 0.0;
    double borda = 0.0;
    double von_neumann = unknown;
    double utility = unknown;
  };

  struct truth {
    truth(preference_matrix p, arm_facts facts)
        : preferences{std::move(p)}, utilities{std::move(facts.utilities)}, rows{std::move(facts.features)} {
      check_utilities();
      check_features();
      measure();
    }

    void check_utilities() const {
      if (utilities.empty()) return;
      if (utilities.size() != preferences.size()) {
        detail::reject("utilities", detail::text(utilities.size()) + " numbers",
                       "none, or one for each of the " + detail::text(preferences.size()) + " arms");
      }
      for (double const u : utilities) detail::require_finite("utilities", u);
      for (std::size_t i = 0; i < utilities.size(); ++i) {
        for (std::size_t j = 0; j < utilities.size(); ++j) {
          if (utilities[i] > utilities[j] && preferences(i, j) < 0.5) {
            detail::reject("utilities",
                           "higher for " + preferences.name(i) + " than for " + preferences.name(j) +
                               ", which beats it with probability " + detail::text(preferences(j, i)),
                           "utilities in the order of the preferences");
          }
        }
      }
    }

    void check_features() {
      dimension = preferences.size();
      if (rows.size() == 0) return;
      if (static_cast<std::size_t>(rows.rows()) != preferences.size()) {
        detail::reject("features", detail::text(rows.rows()) + " rows",
                       "one for each of the " + detail::text(preferences.size()) + " arms");
      }
      if (!rows.allFinite()) detail::reject("features", "not finite somewhere", "finite numbers");
      dimension = static_cast<std::size_t>(rows.cols());
      given = true;
    }

    void measure() {
      auto const copeland = copeland_scores(preferences);
      auto const borda = borda_scores(preferences);
      double const most_beaten = *std::ranges::max_element(copeland);
      double const best_borda = *std::ranges::max_element(borda);
      auto winner = condorcet_winner(preferences);
      if (!utilities.empty()) {
        winner = static_cast<std::size_t>(std::ranges::max_element(utilities) - utilities.begin());
        preference_unknown = 0.0;
      }
      best = winner ? *winner : copeland_winners(preferences).front();
      of.resize(preferences.size());
      for (std::size_t i = 0; i < of.size(); ++i) {
        of[i].copeland = most_beaten - copeland[i];
        of[i].borda = best_borda - borda[i];
        if (winner) {
          of[i].winner = preferences(*winner, i) - 0.5;
          // Arms of the same largest utility are all best; without utilities the winner alone is.
          bool const as_good = utilities.empty() ? i == *winner : utilities[i] == utilities[*winner];
          of[i].missed = as_good ? 0.0 : 1.0;
        }
        if (!utilities.empty()) of[i].utility = utilities[best] - utilities[i];
      }
      measure_von_neumann();
      bool const rewards = !utilities.empty();
      for (regret_kind const kind :
           {regret_kind::average, regret_kind::strong, regret_kind::weak, regret_kind::strong_binary,
            regret_kind::weak_binary, regret_kind::simple}) {
        knows[slot(kind)] = winner.has_value();
      }
      for (regret_kind const kind :
           {regret_kind::utility, regret_kind::utility_weak, regret_kind::preference}) {
        knows[slot(kind)] = rewards;
      }
      knows[slot(regret_kind::copeland)] = knows[slot(regret_kind::borda)] = true;
    }

    void measure_von_neumann() {
      constexpr std::size_t most_arms = 256;  // beyond, solving the game could outlast the experiment
      auto const weights = detail::solve_game(preferences, most_arms);
      if (!weights) return;
      for (std::size_t i = 0; i < of.size(); ++i) {
        double gap = 0.0;
        for (std::size_t j = 0; j < of.size(); ++j) gap += (*weights)[j] * (preferences(j, i) - 0.5);
        of[i].von_neumann = std::max(0.0, gap);  // the winner loses to nobody, up to rounding
      }
      knows[slot(regret_kind::von_neumann)] = true;
    }

    Eigen::MatrixXd const& features() const {
      if (!given) {
        std::call_once(built, [this] {
          auto const arms = static_cast<Eigen::Index>(preferences.size());
          rows = Eigen::MatrixXd::Identity(arms, arms);
        });
      }
      return rows;
    }

    preference_matrix preferences;
    std::vector<double> utilities;
    std::vector<gaps> of;
    std::array<bool, regret_kind_count> knows{};
    double preference_unknown = unknown;  // 0 once known: added to the average, it carries the NaN
    std::size_t best = 0;
    std::size_t dimension = 0;
    bool given = false;
    mutable std::once_flag built;
    mutable Eigen::MatrixXd rows;
  };

  void require_round(pairing round) const {
    detail::require_index("first", round.first, arms());
    detail::require_index("second", round.second, arms());
  }

  void require_known(regret_kind kind) const {
    if (knows(kind)) return;
    bool const needs_utilities =
        kind == regret_kind::utility || kind == regret_kind::utility_weak || kind == regret_kind::preference;
    detail::reject("kind", std::string{regret_name(kind)},
                   std::string{"a kind known here; this one needs "} +
                       (kind == regret_kind::von_neumann ? "an arm that loses to none, or at most 256 arms"
                        : needs_utilities                ? "utilities"
                                                         : "a Condorcet winner"));
  }

  std::shared_ptr<truth const> shared_;
};

}  // namespace joust
