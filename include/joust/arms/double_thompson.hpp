// SPDX-License-Identifier: MIT
//
// Double Thompson sampling. Twice per round the agent imagines a preference matrix that fits what it has
// seen. In the first the arm that beats most others becomes the candidate; in the second the arm with the
// best chance against the candidate becomes its opponent, the candidate itself standing at 1/2. Upper and
// lower confidence bounds keep hopeless arms out of both.
//
//   needs   the same arms every round; no Condorcet winner: it looks for a Copeland winner, which always
//           exists
//   cost    O(K) per round with one random number per possible opponent; while several arms lead, also one to
//           a few random bits for each of their duels that can still decide which of them wins. O(1) per
//           observation, O(K) at worst, with one Beta tail. Three tables of K^2 doubles and one of K^2 bytes;
//           no allocation after construction
//   delay   a pair that is being judged counts as not yet duelled, but since every choice is a fresh draw a
//           batch is spread over the pairs that matter
//   repeat  the same answers and the same stream give the same pairs
//   source  Wu & Liu, "Double Thompson Sampling for Dueling Bandits", NeurIPS 2016, algorithm 1
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <joust/arms/detail/two_imaginations.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>

namespace joust {

/// How bold Double Thompson sampling is.
struct double_thompson_options {
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
  friend bool operator==(double_thompson_options const&, double_thompson_options const&) = default;
};

/// The D-TS agent. With w_ij what i has won against j, N_ij = w_ij + w_ji and p_ij = w_ij / N_ij, a pair has
/// the posterior Beta(w_ij + 1, w_ji + 1) and the bounds
///
///     u_ij = p_ij + sqrt(alpha ln t / N_ij),     l_ij = 1 - u_ji,     u_ij = 1 if they have not met.
///
/// It recommends the empirical Copeland winner: the arm that has beaten the most others (ties: larger mean
/// share, then lower index).
class double_thompson : public detail::two_imaginations<double_thompson, double_thompson_options, false> {
 public:
  static constexpr std::string_view name = "double_thompson";
  using two_imaginations::two_imaginations;

 private:
  friend two_imaginations;

  template <class Stream>
  std::size_t break_tie(std::span<std::size_t> tied, Stream& stream) {
    return tied[draw_index(tied.size(), stream)];
  }
};

}  // namespace joust
