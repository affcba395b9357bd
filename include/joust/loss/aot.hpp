// SPDX-License-Identifier: MIT
//
// Alignment via optimal transport. Not every pair by itself is to be told apart, but the batch as a whole:
// the sorted rewards of one side are to lie above the sorted rewards of the other, quantile by quantile. So
// an action that is hard to lift may be made up for by others.
//
//   needs   log-probabilities under policy and reference, in batches: of one pair it is DPO
//   cost    O(n log n); allocates two arrays of 2 n numbers and places
//   repeat  same batch, same value; equal rewards are sorted by their place in the batch
//   source  Melnyk et al., "Distributional preference alignment of LLMs via optimal transport", NeurIPS 2024
//
// Weights and outcomes between 0 and 1 make masses of unequal size. These are moved as optimal transport on
// the line moves them, in order, each piece by itself; equal masses are matched by rank, as in the paper.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/loss/detail/configured.hpp>
#include <joust/loss/detail/log_ratios.hpp>
#include <joust/loss/log_likelihood.hpp>

namespace joust {

/// What is to lie above what.
enum class aot_sides : unsigned char {
  paired,    ///< the policy's log chosen / rejected above the reference's: needs answers to the same question
  unpaired,  ///< the log-ratios of the chosen actions above those of the rejected ones
};

/// The names of the sides, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(aot_sides) noexcept {
  return {"paired", "unpaired"};
}

struct aot_options {
  double beta = 0.1;                                ///< reward per log-ratio, above 0; as for DPO
  aot_sides sides = aot_sides::paired;              ///< the stronger demand; duels are pairs
  log_likelihood likelihood = log_likelihood::sum;  ///< as for DPO: of whole actions

  /// Throws std::invalid_argument unless beta is finite and above 0.
  void check() const { detail::require_positive("beta", beta); }
  friend bool operator==(aot_options const&, aot_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("beta", self.beta, "reward per log-ratio");
    visit("sides", self.sides, "paired: policy above reference; unpaired: chosen above rejected");
    visit("likelihood", self.likelihood, "of whole actions (sum) or of their average part (mean)");
  }
};

namespace detail {

// Where a pair stands on either of the two sides that are sorted.
struct aot_heights {
  double above;
  double below;
};

[[nodiscard]] JOUST_HOST_DEVICE inline aot_heights heights_of(aot_options const& options,
                                                              scored_pair const& pair) noexcept {
  log_ratios const ratios{pair, options.likelihood};
  if (options.sides == aot_sides::unpaired) return {ratios.chosen, ratios.rejected};
  return {pair.chosen * ratios.chosen_share - pair.rejected * ratios.rejected_share,
          pair.chosen_reference * ratios.chosen_share - pair.rejected_reference * ratios.rejected_share};
}

}  // namespace detail

/// The mean of -log sigmoid(beta (u_k - v_k)) over the ranks k of two sorted sides u and v. A model of
/// batch_loss: joust::evaluate computes it.
class aot : public detail::configured<aot_options> {
 public:
  static constexpr std::string_view name = "aot";
  using configured::configured;

  /// As joust::evaluate, of a batch it has found sound.
  double evaluate_batch(std::span<scored_pair const> duels, std::span<double const> outcomes,
                        std::span<double const> weights, double divisor,
                        std::span<pair_slopes> slopes) const {
    std::vector<grain> above;
    std::vector<grain> below;
    above.reserve(2 * duels.size());
    below.reserve(2 * duels.size());
    for (std::size_t i = 0; i < duels.size(); ++i) {
      slopes[i] = {};
      // Mass goes to whichever side won, as evaluate does for other losses.
      place(i, false, duels[i], weights[i] * outcomes[i] / divisor, above, below);
      place(i, true, duels[i].swapped(), weights[i] * (1.0 - outcomes[i]) / divisor, above, below);
    }
    auto const ascending = [](grain const& a, grain const& b) {
      return a.height < b.height || (a.height == b.height && a.order() < b.order());
    };
    std::sort(above.begin(), above.end(), ascending);
    std::sort(below.begin(), below.end(), ascending);

    double total = 0.0;
    for (std::size_t i = 0, j = 0; i < above.size() && j < below.size();) {
      double const mass = std::min(above[i].mass, below[j].mass);
      double const z = options().beta * (above[i].height - below[j].height);
      double const slope = -mass * options().beta * sigmoid(-z);
      total += mass * log1pexp(-z);
      if (options().sides == aot_sides::paired) {
        pull(above[i], duels, slope, -slope, slopes);  // the other side is the reference's
      } else {
        pull(above[i], duels, slope, 0.0, slopes);
        pull(below[j], duels, 0.0, -slope, slopes);
      }
      // What is smaller is used up; of equal masses, both are.
      above[i].mass -= mass;
      below[j].mass -= mass;
      if (above[i].mass == 0.0) ++i;
      if (j < below.size() && below[j].mass == 0.0) ++j;
    }
    return total;
  }

 private:
  // A mass at a height, from a duel as it was asked or from the same with its actions exchanged.
  struct grain {
    double height;
    double mass;
    std::size_t duel;
    bool swapped;

    [[nodiscard]] std::size_t order() const noexcept { return 2 * duel + (swapped ? 1U : 0U); }
  };

  void place(std::size_t i, bool swapped, scored_pair const& pair, double mass, std::vector<grain>& above,
             std::vector<grain>& below) const {
    if (!(mass > 0.0)) return;
    detail::aot_heights const heights = detail::heights_of(options(), pair);
    above.push_back({heights.above, mass, i, swapped});
    below.push_back({heights.below, mass, i, swapped});
  }

  void pull(grain const& from, std::span<scored_pair const> duels, double by_chosen, double by_rejected,
            std::span<pair_slopes> slopes) const {
    scored_pair const pair = from.swapped ? duels[from.duel].swapped() : duels[from.duel];
    pair_slopes const at = detail::log_ratios{pair, options().likelihood}.slopes(by_chosen, by_rejected);
    slopes[from.duel].chosen += from.swapped ? at.rejected : at.chosen;
    slopes[from.duel].rejected += from.swapped ? at.chosen : at.rejected;
  }
};

}  // namespace joust
