// SPDX-License-Identifier: MIT
//
// Two opinions, one duel. Each draw of the belief nominates the candidate it likes best; while the second
// draw names the same as the first, it is drawn again. When even `max_redraws` further draws agree, the
// belief has all but made up its mind, and `on_clash` says against whom the favourite is then tested.
//
//   needs   a belief over at least two candidates
//   cost    2 to 2 + max_redraws draws of M rewards, fewer from a belief that has first_dissent; no
//           allocation
//   repeat  same belief and same stream give the same pair
//   source  SEA, arXiv 2411.01493, algorithm 1 (E&E); Wu & Liu, "Double Thompson sampling", NIPS 2016
//
// The paper repeats the second draw for ever, which does not end when all draws agree: hence the cap and the
// fallback. Its code draws the members of an ensemble without replacement; that is a property of an ensemble,
// and for a belief in general draws are independent.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include <joust/core/argmax.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/host_device.hpp>
#include <joust/rule/detail/rivals.hpp>

namespace joust {

/// The second candidate when every draw has named the same favourite.
enum class clash : unsigned char {
  runner_up,        ///< the second best of the last draw: still a draw from the belief, and a strong rival
  uniform,          ///< any other, equally likely
  largest_variance  ///< the one whose reward difference to the favourite is most uncertain
};

/// The names of the fallbacks, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 3> names_of(clash) noexcept {
  return {"runner_up", "uniform", "largest_variance"};
}

struct thompson_options {
  std::size_t max_redraws = 20;  ///< further draws while the second agrees with the first; 0: never
  clash on_clash = clash::runner_up;

  friend bool operator==(thompson_options const&, thompson_options const&) = default;
};

/// SEA's rule to explore and exploit: both duellists are likely winners.
class thompson {
 public:
  static constexpr bool may_self_duel = false;

  constexpr explicit thompson(thompson_options options = {}) : options_{options} {}

  /// Throws std::invalid_argument for a belief over fewer than two candidates.
  template <class Belief, random_stream Stream>
    requires belief<Belief, Stream>
  [[nodiscard]] JOUST_HOST_DEVICE pairing operator()(Belief& rewards, Stream& stream) const {
    detail::require_rivals(rewards.size());
    std::size_t const first = argmax(rewards.draw(stream), stream);
    if constexpr (detail::foresees_dissent<Belief, Stream>) {
      std::span<double const> const opinion = rewards.draw(stream);
      std::size_t const second = argmax(opinion, stream);
      if (second != first) return {first, second};
      // If all draws agree, any one of them is distributed as the last is: this one serves for the fallback.
      std::size_t const fallback = rival(rewards, opinion, first, stream);
      return {first, rewards.first_dissent(first, options_.max_redraws, stream).value_or(fallback)};
    } else {
      for (std::size_t redraws = 0;; ++redraws) {
        std::span<double const> const opinion = rewards.draw(stream);
        std::size_t const second = argmax(opinion, stream);
        if (second != first) return {first, second};
        if (redraws == options_.max_redraws) return {first, rival(rewards, opinion, first, stream)};
      }
    }
  }

  [[nodiscard]] constexpr thompson_options const& options() const noexcept { return options_; }

  friend bool operator==(thompson const&, thompson const&) = default;

 private:
  template <class Belief, class Stream>
  JOUST_HOST_DEVICE std::size_t rival(Belief& rewards, std::span<double const> opinion, std::size_t first,
                                      Stream& stream) const {
    switch (options_.on_clash) {
      case clash::uniform:
        return detail::draw_other(rewards.size(), first, stream);
      case clash::largest_variance: {
        detail::champion widest;
        detail::expect_pairs_with(rewards, first);
        for (std::size_t j = 0; j < rewards.size(); ++j) {
          if (j != first) widest.offer(j, rewards.pair_variance(first, j), stream);
        }
        return widest.candidate();
      }
      case clash::runner_up:
        break;
    }
    return detail::argmax_except(opinion, first, stream);
  }

  thompson_options options_;
};

}  // namespace joust
