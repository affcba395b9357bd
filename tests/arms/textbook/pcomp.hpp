// SPDX-License-Identifier: MIT
//
// PCOMP of Agarwal, Ghuge & Nagarajan (ICML 2022). What it has no need to say, as it assumes a Condorcet
// winner: if all arms have lost to another, those stay that have lost to the fewest.
//
// Nothing is taken from the stream.
#pragma once

#include "batched.hpp"

namespace textbook {

class pcomp : public batched {
 public:
  pcomp(std::size_t k, std::uint64_t horizon, std::uint64_t batches, bool pooled)
      : batched{k, horizon, batches}, pooled_{pooled} {}

  template <class Stream>
  joust::pairing select(Stream&) {
    if (active_.size() == 1) return {active_[0], active_[0]};
    if (auto const next = next_question()) return *next;
    if (r_ > 0.0) eliminate();
    if (active_.size() == 1) return {active_[0], active_[0]};
    ask(all_pairs(active_), r_ += 1.0);
    return *next_question();
  }

 private:
  void eliminate() {
    double const doubt = std::log(6.0 * horizon_ * k_ * k_ * b_) / 2.0;
    std::vector<double> losses;
    for (std::size_t const j : active_) {
      losses.push_back(0.0);
      for (std::size_t const i : active_) {
        losses.back() += beats(pooled_ ? all_ : batch_, i, j, doubt) ? 1.0 : 0.0;
      }
    }
    active_ = least(active_, losses);
  }

  bool pooled_;
  double r_ = 0.0;
};

}  // namespace textbook
