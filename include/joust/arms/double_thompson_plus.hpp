// SPDX-License-Identifier: MIT
//
// Double Thompson sampling that thinks twice about ties. It is D-TS, but where several arms beat equally many
// others in the first imagined matrix, the candidate is the one for which that matrix promises the least
// regret: losses to arms that are nearly as good, and duels whose results are clear, cost little.
//
//   needs   the same arms every round; no Condorcet winner: it looks for a Copeland winner, which always
//           exists
//   cost    as D-TS (double_thompson.hpp); where T arms tie, also the rest of the imagined matrix and T K
//           quantiles of Beta distributions, about 1 us each for pairs that have met more than once. Three
//           tables of K^2 doubles and one of K^2 bytes; no allocation after construction
//   delay   a pair that is being judged counts as not yet duelled, but since every choice is a fresh draw a
//           batch is spread over the pairs that matter
//   repeat  the same answers and the same stream give the same pairs
//   source  Wu & Liu, "Double Thompson Sampling for Dueling Bandits", NeurIPS 2016, section 3 (D-TS+)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include <joust/arms/detail/beta_race.hpp>
#include <joust/arms/detail/two_imaginations.hpp>
#include <joust/core/bernoulli_kl.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>

namespace joust {

/// How bold D-TS+ is.
struct double_thompson_plus_options {
  double alpha = 0.51;  ///< width of the confidence bounds, above 0; the theorems ask for more than 1/2

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(alpha > 0.0 && alpha <= 1e100)) {  // beyond, alpha * log(t) is no number to reckon with
      detail::reject("alpha", detail::text(alpha), "a number above 0, at most 1e100");
    }
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("alpha", self.alpha, "width of the confidence bounds");
  }
  friend bool operator==(double_thompson_plus_options const&, double_thompson_plus_options const&) = default;
};

/// The D-TS+ agent. With theta the imagined matrix and zeta_i = #{j : theta_ij > 1/2}, ties for the largest
/// zeta among the optimistic winners go to the arm with the least
///
///     R_i = sum over {j : theta_ij != 1/2} of [max zeta - (zeta_i + zeta_j) / 2] / d(theta_ij, 1/2),
///
/// with d the Bernoulli divergence: the regret of telling i apart from all others. Ties in R go by the
/// stream. It recommends the empirical Copeland winner.
class double_thompson_plus
    : public detail::two_imaginations<double_thompson_plus, double_thompson_plus_options, true> {
 public:
  static constexpr std::string_view name = "double_thompson_plus";
  using two_imaginations::two_imaginations;

 private:
  friend two_imaginations;

  template <class Stream>
  std::size_t break_tie(std::span<std::size_t> tied, Stream& stream) {
    std::size_t fewest = size();
    for (std::size_t i = 0; i < size(); ++i) {
      losses_[i] = imagined_.losses(i, size(), stream);
      fewest = std::min(fewest, losses_[i]);
      regret_[i] = 0.0;
      settled_[i] = 0;
    }
    for (std::size_t const i : tied) {
      for (std::size_t j = 0; j < size(); ++j) {
        if (j == i || settled_[j] != 0) continue;
        double const term = regret_of_comparing(i, j, fewest, stream);
        regret_[i] += term;
        regret_[j] += term;  // both gap and divergence belong to the pair
      }
      settled_[i] = 1;
    }
    double least = std::numeric_limits<double>::infinity();
    std::size_t ties = 0;
    for (std::size_t n = 0; n < tied.size(); ++n) {
      std::size_t const i = tied[n];
      if (regret_[i] < least) ties = 0;
      least = std::min(least, regret_[i]);
      if (regret_[i] == least) tied[ties++] = i;
    }
    return tied[draw_index(ties, stream)];
  }

  // Who wins the pair has been tossed; where theta lies on that side of 1/2 has not, and is drawn now.
  template <class Stream>
  double regret_of_comparing(std::size_t i, std::size_t j, std::size_t fewest, Stream& stream) {
    double const v = draw_uniform(stream);
    double const losing = imagined_.losing(i)[j];
    double const u = imagined_.won(i, j) ? losing + (1.0 - losing) * v : losing * v;
    double const theta =
        detail::beta_upper_quantile(counts_.wins(j, i) + 1.0, counts_.wins(i, j) + 1.0, std::fmin(u, 1.0));
    double const gap = 0.5 * static_cast<double>(losses_[i] + losses_[j] - 2 * fewest);
    // Near 1/2 the divergence is a difference of equal numbers, but never below its Pinsker bound.
    double const off = theta - 0.5;
    double const divergence = std::fmax(bernoulli_kl_to_half(theta), 2.0 * off * off);
    return divergence > 0.0 ? gap / divergence : 0.0;
  }

  std::vector<std::size_t> losses_ = row<std::size_t>(0);       // work space
  std::vector<double> regret_ = row(0.0);                       // work space
  std::vector<unsigned char> settled_ = row<unsigned char>(0);  // work space: whose pairs are all drawn
};

}  // namespace joust
