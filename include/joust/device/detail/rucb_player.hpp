// SPDX-License-Identifier: MIT
//
// RUCB (arms/rucb.hpp) of one replication: the same tables, of a fixed size, and the same arithmetic in the
// same order. Comments there say why.
//
//   cost    of a round and an observation, as the host's; 24 bytes for each ordered pair
//   repeat  the host's pairs, on every system: quotients, products and square roots are rounded alike
//           everywhere, and the logarithm is the host's
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <joust/arms/rucb.hpp>
#include <joust/core/argmax.hpp>
#include <joust/core/detail/moments.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/detail/duel_table.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

template <std::size_t MaxArms>
class rucb_player {
 public:
  struct rules {
    rules(rucb const& prototype, std::size_t)
        : alpha{prototype.options().alpha}, untried{prototype.options().untried} {}
    double alpha;
    double untried;
  };

  JOUST_HOST_DEVICE void begin(rules const& how, std::size_t arms) noexcept {
    table_.begin(arms);
    hypothesis_ = none;
    for (std::size_t i = 0; i < arms; ++i) {
      refutation_[i] = 0.0;
      for (std::size_t j = 0; j < arms; ++j) {
        rival_share_[i * MaxArms + j] = i == j ? -std::numeric_limits<double>::infinity() : how.untried;
        inverse_root_[i * MaxArms + j] = 0.0;
      }
    }
  }

  [[nodiscard]] JOUST_HOST_DEVICE pairing choose(rules const& how, round_facts const& now,
                                                 stream& random) noexcept {
    double const level = how.alpha * now.log;
    std::size_t const first = champion(level, random);
    return {first, strongest_rival(first, level, random)};
  }

  JOUST_HOST_DEVICE void learn(rules const&, std::size_t i, std::size_t j, bool i_won) noexcept {
    double const against_i = evidence(i, j);
    double const against_j = evidence(j, i);
    table_.record(i, j, i_won);
    double const inverse_root = 1.0 / std::sqrt(static_cast<double>(table_.duels(i, j)));
    refresh(i, j, against_i, inverse_root);
    refresh(j, i, against_j, inverse_root);
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t best() const noexcept {
    return hypothesis_ != none ? hypothesis_ : table_.leader();
  }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  JOUST_HOST_DEVICE std::size_t champion(double level, stream& random) noexcept {
    std::size_t champions = 0;
    for (std::size_t i = 0; i < table_.arms(); ++i) champions += refutation_[i] <= level ? 1U : 0U;
    if (hypothesis_ != none && refutation_[hypothesis_] > level) hypothesis_ = none;
    if (champions == 0) return draw_index(table_.arms(), random);
    if (champions == 1) {
      hypothesis_ = none;
      hypothesis_ = static_cast<std::uint32_t>(nth_champion(0, level));
      return hypothesis_;
    }
    if (hypothesis_ != none) {
      if (draw_bernoulli(0.5, random) == 1.0) return hypothesis_;
      --champions;
    }
    return nth_champion(draw_index(champions, random), level);
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t nth_champion(std::size_t n, double level) const noexcept {
    std::size_t i = 0;
    while (refutation_[i] > level || i == hypothesis_ || n-- != 0) ++i;
    return i;
  }

  JOUST_HOST_DEVICE std::size_t strongest_rival(std::size_t first, double level, stream& random) noexcept {
    double const radius = std::sqrt(level);
    std::array<double, MaxArms> bounds;
    for (std::size_t j = 0; j < table_.arms(); ++j) {
      bounds[j] = rival_share_[first * MaxArms + j] +
                  joust::detail::rounded_product(radius, inverse_root_[first * MaxArms + j]);
    }
    std::size_t const rival = argmax(std::span<double const>{bounds.data(), table_.arms()}, random);
    return bounds[rival] >= 0.5 ? rival : first;
  }

  // The share of i against j stands in the table of j's rivals once they have met; before, there is no
  // evidence.
  [[nodiscard]] JOUST_HOST_DEVICE double evidence(std::size_t i, std::size_t j) const noexcept {
    double const share = rival_share_[j * MaxArms + i];
    double const gap = share < 0.5 ? 0.5 - share : 0.0;
    return table_.duels(i, j) * gap * gap;
  }

  JOUST_HOST_DEVICE void refresh(std::size_t i, std::size_t j, double before, double inverse_root) noexcept {
    rival_share_[j * MaxArms + i] = table_.share(i, j);
    inverse_root_[j * MaxArms + i] = inverse_root;
    double const now = evidence(i, j);
    if (now >= refutation_[i]) {
      refutation_[i] = now;
    } else if (before == refutation_[i]) {
      double largest = 0.0;
      for (std::size_t k = 0; k < table_.arms(); ++k) {
        double const other = k == i ? 0.0 : evidence(i, k);
        largest = largest < other ? other : largest;
      }
      refutation_[i] = largest;
    }
  }

  duel_table<MaxArms> table_;
  std::uint32_t hypothesis_;
  std::array<double, MaxArms> refutation_;
  std::array<double, MaxArms * MaxArms> rival_share_;   // [c * MaxArms + j]: p_jc
  std::array<double, MaxArms * MaxArms> inverse_root_;  // [c * MaxArms + j]: 1 / sqrt(N_jc)
};

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
