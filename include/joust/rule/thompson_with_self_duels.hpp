// SPDX-License-Identifier: MIT
//
// Thompson sampling that may agree with itself. When all draws name the same candidate it returns that one
// twice: a round without a question. As the belief settles such rounds take over, which is how the regret of
// classical dueling algorithms stops growing; in SEA's code they are the masked duplicates that train
// nothing.
//
//   needs   a belief over at least one candidate
//   cost    2 to 2 + max_redraws draws of M rewards; no allocation
//   repeat  same belief and same stream give the same pair
//   source  SEA's released code, sail-sg/oat ("EnnEETS"); Wu & Liu, "Double Thompson sampling", NIPS 2016
#pragma once

#include <cstddef>

#include <joust/core/argmax.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/host_device.hpp>
#include <joust/rule/detail/rivals.hpp>

namespace joust {

struct thompson_with_self_duels_options {
  std::size_t max_redraws = 0;  ///< further draws while the second agrees with the first

  friend bool operator==(thompson_with_self_duels_options const&,
                         thompson_with_self_duels_options const&) = default;
};

/// Two draws, two favourites, possibly the same. With max_redraws = 0 it is double Thompson sampling as it
/// is: the two are independent. A self-duel is not to be sent to an oracle.
class thompson_with_self_duels {
 public:
  static constexpr bool may_self_duel = true;

  constexpr explicit thompson_with_self_duels(thompson_with_self_duels_options options = {})
      : options_{options} {}

  /// Throws std::invalid_argument for a belief over no candidate.
  template <class Belief, random_stream Stream>
    requires belief<Belief, Stream>
  [[nodiscard]] JOUST_HOST_DEVICE pairing operator()(Belief& rewards, Stream& stream) const {
    detail::require_candidate(rewards.size());
    std::size_t const first = argmax(rewards.draw(stream), stream);
    std::size_t second = argmax(rewards.draw(stream), stream);
    for (std::size_t redraws = 0; second == first && redraws < options_.max_redraws; ++redraws) {
      second = argmax(rewards.draw(stream), stream);
    }
    return {first, second};
  }

  [[nodiscard]] constexpr thompson_with_self_duels_options const& options() const noexcept {
    return options_;
  }

  friend bool operator==(thompson_with_self_duels const&, thompson_with_self_duels const&) = default;

 private:
  thompson_with_self_duels_options options_;
};

}  // namespace joust
