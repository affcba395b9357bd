// SPDX-License-Identifier: MIT
//
// How orderly a preference matrix is. Algorithms differ in what they assume of it, and real matrices often
// break it; each check here answers with the three arms that do. D(i, j) = p(i, j) - 1/2 is the gap, and
// every condition is about distinct arms with p(i, j) >= 1/2 and p(j, k) >= 1/2.
//
//   needs   preference_matrix (oracle/)
//   cost    O(K^3)
//   source  Yue, Broder, Kleinberg & Joachims, "The K-armed dueling bandits problem", JCSS 78, 2012; Yue &
//           Joachims, "Beat the mean bandit", ICML 2011 (the relaxed form)
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>

#include <joust/core/error.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace joust {

/// Three distinct arms, `first` at least as good as `second` and `second` at least as good as `third`.
struct arm_triple {
  std::size_t first = 0;
  std::size_t second = 0;
  std::size_t third = 0;

  friend constexpr bool operator==(arm_triple const&, arm_triple const&) = default;
};

/// Whether a condition holds; if not, three arms that break it: the first such in lexicographic order.
struct transitivity_verdict {
  std::optional<arm_triple> violation{};

  [[nodiscard]] constexpr bool holds() const noexcept { return !violation.has_value(); }
  friend constexpr bool operator==(transitivity_verdict const&, transitivity_verdict const&) = default;
};

namespace detail {

// Differences of two-digit probabilities are off by a rounding error or two; no table has steps this small.
inline constexpr double gap_rounding = 1e-12;

// Calls visit(triple, D_ij, D_jk, D_ik) for every chain of three distinct arms until one returns false.
template <class Visit>
void for_each_chain(preference_matrix const& p, Visit visit) {
  for (std::size_t i = 0; i < p.size(); ++i) {
    for (std::size_t j = 0; j < p.size(); ++j) {
      if (j == i || p(i, j) < 0.5) continue;
      for (std::size_t k = 0; k < p.size(); ++k) {
        if (k == i || k == j || p(j, k) < 0.5) continue;
        if (!visit(arm_triple{i, j, k}, p(i, j) - 0.5, p(j, k) - 0.5, p(i, k) - 0.5)) return;
      }
    }
  }
}

template <class Condition>
[[nodiscard]] transitivity_verdict every_chain(preference_matrix const& p, Condition condition) {
  transitivity_verdict verdict;
  for_each_chain(p, [&](arm_triple const& arms, double ij, double jk, double ik) {
    if (!condition(ij, jk, ik)) verdict.violation = arms;
    return verdict.holds();
  });
  return verdict;
}

}  // namespace detail

/// Weak stochastic transitivity: p(i, k) >= 1/2.
[[nodiscard]] inline transitivity_verdict weak_stochastic_transitivity(preference_matrix const& p) {
  return detail::every_chain(p, [](double, double, double ik) { return ik >= 0.0; });
}

/// Relaxed stochastic transitivity: gamma * D(i, k) >= max(D(i, j), D(j, k)). Throws std::invalid_argument
/// for a gamma below 1 or not finite.
[[nodiscard]] inline transitivity_verdict relaxed_stochastic_transitivity(preference_matrix const& p,
                                                                          double gamma) {
  if (!(gamma >= 1.0 && gamma <= std::numeric_limits<double>::max())) {
    detail::reject("gamma", detail::text(gamma), "a finite number of at least 1");
  }
  return detail::every_chain(p, [gamma](double ij, double jk, double ik) {
    return gamma * ik >= std::max(ij, jk) - detail::gap_rounding;
  });
}

/// Strong stochastic transitivity: the relaxed form with gamma = 1.
[[nodiscard]] inline transitivity_verdict strong_stochastic_transitivity(preference_matrix const& p) {
  return relaxed_stochastic_transitivity(p, 1.0);
}

/// The smallest gamma >= 1 for which the relaxed form holds; infinite if none does.
[[nodiscard]] inline double transitivity_gamma(preference_matrix const& p) {
  double gamma = 1.0;
  detail::for_each_chain(p, [&](arm_triple const&, double ij, double jk, double ik) {
    double const needed = std::max(ij, jk);
    if (needed <= ik + detail::gap_rounding) return true;
    gamma = ik > 0.0 ? std::max(gamma, needed / ik) : std::numeric_limits<double>::infinity();
    return ik > 0.0;
  });
  return gamma;
}

/// Stochastic triangle inequality: D(i, k) <= D(i, j) + D(j, k).
[[nodiscard]] inline transitivity_verdict stochastic_triangle_inequality(preference_matrix const& p) {
  return detail::every_chain(
      p, [](double ij, double jk, double ik) { return ik <= ij + jk + detail::gap_rounding; });
}

}  // namespace joust
