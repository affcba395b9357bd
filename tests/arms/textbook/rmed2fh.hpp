// SPDX-License-Identifier: MIT
//
// RMED2FH as printed: evidence and sets formed anew in every round.
//
// What a round takes from the stream: nothing in the initial phase. In the round behind it, a choice among the
// arms of least evidence and, for every arm that somebody beats, by index, a choice among the opponents of the
// lowest price. In that and every later round, a choice among the arms of least evidence and, where neither
// the best arm nor the settled one is an opponent, a choice among those the arm did worst against.
#pragma once

#include "rmed2.hpp"

namespace textbook {

/// Komiyama, Honda, Kashima & Nakagawa, COLT 2015, algorithms 1 and 3.
class rmed2fh : public rmed2_family {
 public:
  explicit rmed2fh(std::size_t k, std::uint64_t horizon, double factor = 0.3, double exponent = 1.01,
                   double alpha = 3.0, double least = 0.01)
      : rmed2_family{k, factor, exponent, alpha, least}, horizon_{horizon} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    end_of_turn();
    ++round_;
    if (auto const pair = too_rare(std::max(1.0, alpha_ * log_log(horizon_)))) return *pair;
    if (settled_.empty()) {
      std::size_t const i_star = best_arm(g);
      for (std::size_t l = 0; l < arms_; ++l) {
        auto const cheap = cheapest(l, i_star);
        settled_.push_back(cheap.empty() ? std::nullopt : std::optional{any_of(cheap, g)});
      }
    }
    std::size_t const l = *remaining_.begin();
    turn_ = l;
    std::size_t const i_star = best_arm(g);
    std::optional<std::size_t> b = settled_[l];
    if (b && share(l, *b) > 0.5) b.reset();  // l has beaten it since
    return {l, opponent(l, i_star, b, g)};
  }

 private:
  std::uint64_t horizon_;
  std::vector<std::optional<std::size_t>> settled_;
};

}  // namespace textbook
