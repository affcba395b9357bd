// SPDX-License-Identifier: MIT
//
// SCOMP and SCOMP2 of Agarwal, Ghuge & Nagarajan (ICML 2022), with these decisions where they leave something
// open: a seed that is beaten beyond doubt goes like any other arm; without any seed drawn, a random arm is
// one; where all arms have lost, those stay that have lost to the fewest seeds; the candidate of SCOMP2 is
// the seed with the largest sum of shares against the other seeds; all pairs are compared from there on where
// the batch would hold them anyway: if all arms but one are seeds, in SCOMP2 if two arms are left.
//
// From the stream: draw_bernoulli(1 / sqrt K) for each arm, and if nobody is drawn, a choice among all; in
// SCOMP2, a choice among the candidates.
#pragma once

#include "batched.hpp"

namespace textbook {

class scomp : public batched {
 public:
  scomp(std::size_t k, std::uint64_t horizon, std::uint64_t batches, bool adaptive)
      : batched{k, horizon, batches}, adaptive_{adaptive} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (r_ == 0.0) {
      for (std::size_t const i : active_) {
        if (joust::draw_bernoulli(1.0 / std::sqrt(k_), g) == 1.0) seeds_.push_back(i);
      }
      if (seeds_.empty()) seeds_.push_back(joust::draw_index(active_.size(), g));
      r_ = 1.0;
      begin();
    }
    while (active_.size() > 1) {
      if (auto const next = next_question()) return *next;
      judge(g);
    }
    return {active_[0], active_[0]};
  }

 private:
  enum class stage { seeds_with_all, seeds_alone, candidate, all };

  void begin() {
    bool const anyway = adaptive_ ? active_.size() <= 2 : active_.size() <= seeds_.size() + 1;
    fallen_back_ = fallen_back_ || anyway || active_.size() <= 2;
    stage_ = fallen_back_ ? stage::all : adaptive_ ? stage::seeds_alone : stage::seeds_with_all;
    if (stage_ == stage::all) ask(all_pairs(active_), r_);
    if (stage_ == stage::seeds_alone) ask(all_pairs(seeds_), r_);
    if (stage_ == stage::seeds_with_all) {
      std::vector<joust::pairing> pairs;
      for (auto const& pair : all_pairs(active_)) {
        if (contains(seeds_, pair.first) || contains(seeds_, pair.second)) pairs.push_back(pair);
      }
      ask(pairs, r_);
    }
  }

  template <class Stream>
  void judge(Stream& g) {
    double const doubt = std::log(6.0 * horizon_ * k_ * k_ * b_) / 2.0;
    std::vector<std::size_t> const judges = stage_ == stage::all         ? active_
                                            : stage_ == stage::candidate ? std::vector{candidate_}
                                                                         : seeds_;
    std::vector<double> losses;
    for (std::size_t const j : active_) {
      losses.push_back(0.0);
      for (std::size_t const i : judges) losses.back() += beats(batch_, i, j, doubt) ? 1.0 : 0.0;
    }
    active_ = least(active_, losses);
    std::vector<std::size_t> seeds;
    for (std::size_t const i : seeds_) {
      if (contains(active_, i)) seeds.push_back(i);
    }
    seeds_ = seeds;
    if (!fallen_back_ && seeds_.empty()) {
      fallen_back_ = true;
      return begin();
    }
    if (stage_ == stage::seeds_alone) {
      std::vector<double> behind;
      for (std::size_t const i : seeds_) {
        behind.push_back(0.0);
        for (std::size_t const j : seeds_) {
          if (i == j) continue;
          double const n = met(batch_, i, j);
          behind.back() -= n > 0.0 ? won(batch_, i, j) / n : 0.5;
        }
      }
      std::vector<std::size_t> const candidates = least(seeds_, behind);
      candidate_ = candidates[joust::draw_index(candidates.size(), g)];
      stage_ = stage::candidate;
      std::vector<joust::pairing> pairs;
      for (std::size_t const j : active_) {
        if (j != candidate_) pairs.push_back({std::min(j, candidate_), std::max(j, candidate_)});
      }
      return ask(pairs, r_);
    }
    if (stage_ != stage::all) {
      double const keep = stage_ == stage::candidate ? 3.0 : 1.0;
      std::vector<std::size_t> const against = stage_ == stage::candidate ? std::vector{candidate_} : seeds_;
      auto const beats_all = [&](std::size_t j, double times) {
        for (std::size_t const i : against) {
          if (!beats(batch_, j, i, doubt, times)) return false;
        }
        return true;
      };
      std::vector<std::size_t> better;
      bool much = false;
      for (std::size_t const j : active_) {
        much = much || beats_all(j, keep + 2.0);
        if (beats_all(j, keep)) better.push_back(j);
      }
      if (much) {
        active_ = better;
        fallen_back_ = true;
        return begin();
      }
    }
    r_ += 1.0;
    begin();
  }

  bool adaptive_;
  std::vector<std::size_t> seeds_;
  std::size_t candidate_ = 0;
  stage stage_ = stage::seeds_alone;
  bool fallen_back_ = false;  // whether all pairs are compared from now on
  double r_ = 0.0;
};

}  // namespace textbook
