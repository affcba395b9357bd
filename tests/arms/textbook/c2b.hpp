// SPDX-License-Identifier: MIT
//
// C2B of Agarwal, Ghuge & Nagarajan (NeurIPS 2022). What it has no need to say, as it assumes a Condorcet
// winner: if all arms have lost to another, those stay that have lost to the fewest.
//
// From the stream: before each batch, a choice among the arms in play that defeat the most others, counted by
// index.
#pragma once

#include "batched.hpp"

namespace textbook {

class c2b : public batched {
 public:
  c2b(std::size_t k, std::uint64_t horizon, std::uint64_t batches, double width)
      : batched{k, horizon, batches}, width_{width} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (decided_) return {active_[0], active_[0]};
    if (auto const next = next_question()) return *next;
    if (r_ > 0.0) eliminate();

    // The defeated sets D(i), and the candidate, which has the largest.
    double const q = std::floor(std::pow(std::pow(horizon_, 1.0 / b_), r_) + 1e-9);
    double const doubt = width_ * std::log(2.0 * k_ * k_ * q);
    std::vector<std::vector<std::size_t>> defeated;
    std::size_t most = 0;
    for (std::size_t const i : active_) {
      defeated.emplace_back();
      for (std::size_t const j : active_) {
        if (beats(all_, i, j, doubt)) defeated.back().push_back(j);
      }
      most = std::max(most, defeated.back().size());
    }
    std::vector<std::size_t> largest;
    for (std::size_t n = 0; n < active_.size(); ++n) {
      if (defeated[n].size() == most) largest.push_back(n);
    }
    std::size_t const n = largest[joust::draw_index(largest.size(), g)];
    std::size_t const candidate = active_[n];

    // Arms in D(candidate) meet the candidate; all others meet everybody.
    std::vector<joust::pairing> pairs;
    for (auto const& [i, j] : all_pairs(active_)) {
      bool const with_candidate = i == candidate || j == candidate;
      bool const with_other = !contains(defeated[n], i) || !contains(defeated[n], j);
      if (with_candidate || with_other) pairs.push_back({i, j});
    }
    r_ += 1.0;
    decided_ = pairs.empty();
    if (decided_) return {active_[0], active_[0]};
    ask(pairs, r_);
    return *next_question();
  }

 private:
  void eliminate() {
    double const doubt = std::log(k_ * k_ * b_ * horizon_) / 2.0;
    std::vector<double> losses;
    for (std::size_t const j : active_) {
      losses.push_back(0.0);
      for (std::size_t const i : active_) losses.back() += beats(all_, i, j, doubt) ? 1.0 : 0.0;
    }
    active_ = least(active_, losses);
  }

  double width_;
  double r_ = 0.0;
  bool decided_ = false;
};

}  // namespace textbook
