// SPDX-License-Identifier: MIT
//
// One number for each arm from a log of duels: the utilities under which the log is most likely in the
// Bradley-Terry model. They exist only if no group of arms is unbeaten by the rest; otherwise the likelihood
// grows for ever as the groups move apart, and the fit says which group it is.
//
//   needs   duel_log
//   cost    O(records), and O(K^3 / 3) for a Newton step: about 5 steps, up to 30 for counts in the millions
//   repeat  no randomness
//   source  Ford, "Solution of a ranking problem from binary comparisons", American Mathematical Monthly 64,
//           1957 (existence); Bach, "Self-concordant analysis for logistic regression", Electronic Journal of
//           Statistics 4, 2010 (the step)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/environment/duel_log.hpp>
#include <joust/environment/fixed_arms.hpp>
#include <joust/environment/utility_link.hpp>

namespace joust {

struct fit_options {
  double tolerance = 1e-10;  ///< stop after a Newton step that moves no utility difference by more than this
  int max_steps = 200;       ///< Newton steps before giving up
};

/// The maximum-likelihood fit of a log.
struct bradley_terry_estimate {
  std::vector<double> utilities{};   ///< log-odds, with mean 0
  std::vector<std::string> names{};  ///< as in the log
  double log_likelihood = 0.0;       ///< of the log, in nats
  int steps = 0;                     ///< Newton steps taken
  double last_step = 0.0;            ///< largest change of a utility difference in the last of them

  /// The probabilities that the fit gives to every pair.
  [[nodiscard]] preference_matrix preferences() const {
    return utility_matrix(utilities, utility_link::logistic, names);
  }

  /// The fit as a problem, utilities and names included.
  [[nodiscard]] fixed_arms environment() const {
    return fixed_arms{preferences(), arm_facts{.utilities = utilities}};
  }
};

namespace detail {

// Which arms can be reached from the first one through wins (or, backwards, through losses).
[[nodiscard]] inline std::vector<bool> reach(std::vector<double> const& wins, std::size_t arms,
                                             bool backwards) {
  std::vector<bool> reached(arms, false);
  std::vector<std::size_t> open{0};
  reached[0] = true;
  while (!open.empty()) {
    std::size_t const i = open.back();
    open.pop_back();
    for (std::size_t j = 0; j < arms; ++j) {
      if (!reached[j] && wins[backwards ? j * arms + i : i * arms + j] > 0.0) {
        reached[j] = true;
        open.push_back(j);
      }
    }
  }
  return reached;
}

// The names of the arms that are not inside.
[[nodiscard]] inline std::string group_names(std::vector<std::string> const& names,
                                             std::vector<bool> const& inside) {
  constexpr std::size_t most = 8;
  std::string list;
  std::size_t members = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (inside[i]) continue;
    if (++members <= most) list += (members == 1 ? "\"" : ", \"") + names[i] + "\"";
  }
  return "{" + list + (members > most ? ", and " + text(members - most) + " more" : "") + "}";
}

// Ford's condition: for every split into two groups, some arm of each has beaten one of the other. It holds
// if the first arm reaches all others through wins and is reached by all; an arm it does not reach, or that
// does not reach it, belongs to an offending group.
inline void require_ford(duel_log const& log, std::vector<double> const& wins) {
  std::size_t const arms = log.arms();
  auto const all = [](std::vector<bool> const& set) {
    for (bool const member : set) {
      if (!member) return false;
    }
    return true;
  };
  auto const beaten = reach(wins, arms, false);
  auto const beating = reach(wins, arms, true);
  if (all(beaten) && all(beating)) return;
  bool const unbeaten = !all(beaten);  // else the group outside never wins
  auto const& inside = unbeaten ? beaten : beating;
  bool met = false;
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = 0; j < arms; ++j) {
      if (inside[i] != inside[j] && wins[i * arms + j] > 0.0) met = true;
    }
  }
  reject("log",
         "without a maximum of the likelihood: the group " + group_names(log.names(), inside) +
             (!met       ? " was never compared with the other arms"
              : unbeaten ? " was never beaten by any other arm"
                         : " never beat any other arm"),
         "wins in both directions between any two groups of arms");
}

// Wins minus expected wins of each arm, the gradient of the log-likelihood at u; and the weight of each pair,
// minus the second derivative, if asked for.
inline void add_up(std::vector<double> const& wins, std::vector<double> const& u,
                   std::vector<double>& surplus, std::vector<double>* weights) {
  std::size_t const arms = u.size();
  std::fill(surplus.begin(), surplus.end(), 0.0);
  for (std::size_t i = 0; i < arms; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      double const won = wins[i * arms + j];
      double const lost = wins[j * arms + i];
      // won - (won + lost) p, with p and 1 - p each to full precision where the other is close to 1
      double const more = won * sigmoid(u[j] - u[i]) - lost * sigmoid(u[i] - u[j]);
      surplus[i] += more;
      surplus[j] -= more;
      if (weights != nullptr) (*weights)[i * arms + j] = (won + lost) * sigmoid_slope(u[i] - u[j]);
    }
  }
}

// Solves the Newton equations, sum_j w_ij (x_i - x_j) = surplus_i with x_0 = 0, in place of `x`, which holds
// the surplus. The equations are those of a network of conductances w (lower triangle), and eliminating its
// nodes one by one needs no subtraction: so the weakest link between two groups keeps its relative precision
// beside weights that are many orders of magnitude larger. A Cholesky factorisation would lose it.
inline void solve_network(std::vector<double>& w, std::vector<double>& x) {
  std::size_t const arms = x.size();
  for (std::size_t k = arms - 1; k > 0; --k) {
    double* const row = w.data() + k * arms;
    double total = 0.0;
    for (std::size_t j = 0; j < k; ++j) total += row[j];
    row[k] = total;  // above 0: elimination keeps a connected network connected
    for (std::size_t i = 0; i < k; ++i) {
      double const share = row[i] / total;
      x[i] += share * x[k];
      for (std::size_t j = 0; j < i; ++j) w[i * arms + j] += share * row[j];
    }
  }
  x[0] = 0.0;
  for (std::size_t k = 1; k < arms; ++k) {
    double const* const row = w.data() + k * arms;
    for (std::size_t j = 0; j < k; ++j) x[k] += row[j] * x[j];
    x[k] /= row[k];
  }
}

}  // namespace detail

/// The utilities that make the log most likely. Throws std::invalid_argument for a log that violates Ford's
/// condition (the message names a group of arms that was never beaten, never won or was never compared) or
/// for options out of range, and std::runtime_error if the steps run out before the tolerance is met.
///
/// Counts may differ so much that rounding stops a step from shrinking before it meets the tolerance; the fit
/// is then returned if the last step was below 1e-4, and `last_step` says how far it can be trusted.
[[nodiscard]] inline bradley_terry_estimate bradley_terry_fit(duel_log const& log, fit_options options = {}) {
  detail::require_positive("tolerance", options.tolerance);
  if (options.max_steps < 1) detail::reject("max_steps", detail::text(options.max_steps), "at least 1");
  auto const wins = log.wins();
  detail::require_ford(log, wins);

  std::size_t const arms = log.arms();
  std::vector<double> u(arms, 0.0);
  std::vector<double> step(arms);
  std::vector<double> trial(arms);
  std::vector<double> surplus(arms);
  std::vector<double> weights(arms * arms);
  auto const range = [](std::vector<double> const& x) {
    auto const [lowest, highest] = std::minmax_element(x.begin(), x.end());
    return *highest - *lowest;
  };
  auto const moved = [&](double share) {
    for (std::size_t i = 0; i < arms; ++i) trial[i] = u[i] + share * step[i];
  };

  bradley_terry_estimate fit{.names = log.names()};
  while (fit.steps < options.max_steps) {
    detail::add_up(wins, u, step, &weights);
    detail::solve_network(weights, step);
    double const reach = range(step);
    // The third derivative along the step is at most `reach` times the second. Hence a full step climbs if
    // reach <= 1, and log(1 + reach) / reach of one climbs always. By concavity a full step also climbs if
    // the slope at its end still points upwards; these are the steps that cover large distances.
    moved(1.0);
    if (reach > 1.0) {
      detail::add_up(wins, trial, surplus, nullptr);
      double slope = 0.0;
      for (std::size_t i = 0; i < arms; ++i) slope += surplus[i] * step[i];
      if (!(slope >= 0.0)) moved(std::log1p(reach) / reach);
    }
    std::swap(u, trial);
    bool const shrinking = fit.steps == 0 || reach < 0.5 * fit.last_step;
    fit.last_step = reach;
    ++fit.steps;
    if (reach <= options.tolerance || (reach < 1e-4 && !shrinking)) {
      double mean = 0.0;
      for (double const utility : u) mean += utility / static_cast<double>(arms);
      for (double& utility : u) utility -= mean;
      for (std::size_t i = 0; i < arms; ++i) {
        for (std::size_t j = 0; j < arms; ++j) {
          double const won = wins[i * arms + j];
          if (won > 0.0) fit.log_likelihood += won * log_sigmoid(u[i] - u[j]);
        }
      }
      fit.utilities = std::move(u);
      return fit;
    }
  }
  throw std::runtime_error{"bradley_terry_fit: no maximum within " + detail::text(options.max_steps) +
                           " steps; raise max_steps or the tolerance"};
}

}  // namespace joust
