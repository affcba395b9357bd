// SPDX-License-Identifier: MIT
//
// Zoghi, Karnin, Whiteson & de Rijke, "Copeland Dueling Bandits", NeurIPS 2015, algorithm 1, every bound and
// set formed anew in every round.
//
// From the stream, in this order: for every set B_j that is thinned, by index, and each of its members, by
// index, a choice among the members left, which keeps it if below the number still wanted; if some pair of
// line 10 exists, draw_bernoulli(1/4), and a choice among them; if B and C have arms in common, though not
// all of C, draw_bernoulli(2/3); a choice among C; if an arm of B_c is in doubt, draw_bernoulli(1/2); a
// choice among the arms of the largest bound.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <vector>

#include "../textbook.hpp"

namespace textbook {

class ccb : public counting {
 public:
  explicit ccb(std::size_t k, double alpha = 0.51, double untried = 1.0)
      : counting{k}, alpha_{alpha}, untried_{untried}, beats_(k) {
    reset();
  }

  template <class Stream>
  joust::pairing select(Stream& g) {
    ++round_;
    table const u = upper_bounds(alpha_, untried_);
    table l{arms_};
    for (std::size_t i = 0; i < arms_; ++i) {
      for (std::size_t j = 0; j < arms_; ++j) l(i, j) = met(i, j) > 0.0 || i == j ? 1.0 - u(j, i) : 0.0;
    }
    std::vector<std::size_t> high(arms_, 0);
    std::vector<std::size_t> low(arms_, 0);
    for (std::size_t i = 0; i < arms_; ++i) {
      for (std::size_t k = 0; k < arms_; ++k) {
        if (k != i && u(i, k) >= 0.5) ++high[i];
        if (k != i && l(i, k) >= 0.5) ++low[i];
      }
    }
    std::set<std::size_t> c;
    for (std::size_t i = 0; i < arms_; ++i) {
      if (high[i] == *std::max_element(high.begin(), high.end())) c.insert(i);
    }

    // A. Reset disproven hypotheses
    bool disproven = false;
    for (std::size_t i = 0; i < arms_; ++i) {
      for (std::size_t const j : beats_[i]) disproven = disproven || l(i, j) > 0.5;
    }
    if (disproven) reset();

    // B. Remove non-Copeland winners
    for (std::size_t i = 0; i < arms_; ++i) {
      if (b_.count(i) == 0 || high[i] >= *std::max_element(low.begin(), low.end())) continue;
      b_.erase(i);
      if (beats_[i].size() == losses_ + 1) continue;
      beats_[i].clear();
      for (std::size_t k = 0; k < arms_; ++k) {
        if (u(i, k) < 0.5) beats_[i].insert(k);
      }
    }
    if (b_.empty()) reset();

    // C. Add Copeland winners
    for (std::size_t const i : c) {
      if (high[i] != low[i]) continue;
      b_.insert(i);
      beats_[i].clear();
      losses_ = arms_ - 1 - high[i];
      for (std::size_t j = 0; j < arms_; ++j) {
        if (j == i) continue;
        if (beats_[j].size() < losses_ + 1) beats_[j].clear();
        if (beats_[j].size() > losses_ + 1) thin(beats_[j], g);
      }
    }

    std::vector<joust::pairing> open;
    for (std::size_t i = 0; i < arms_; ++i) {
      for (std::size_t const j : beats_[i]) {
        if (l(i, j) <= 0.5 && u(i, j) >= 0.5) open.push_back({i, j});
      }
    }
    if (!open.empty() && joust::draw_bernoulli(0.25, g) == 1.0)
      return open[joust::draw_index(open.size(), g)];

    std::vector<std::size_t> candidates(c.begin(), c.end());
    std::vector<std::size_t> common;
    std::set_intersection(b_.begin(), b_.end(), c.begin(), c.end(), std::back_inserter(common));
    if (!common.empty() && common.size() != c.size() && joust::draw_bernoulli(2.0 / 3.0, g) == 1.0) {
      candidates = common;
    }
    std::size_t const first = any_of(candidates, g);

    std::vector<std::size_t> eligible;
    for (std::size_t j = 0; j < arms_; ++j) eligible.push_back(j);
    bool const in_doubt =
        std::any_of(open.begin(), open.end(), [&](auto pair) { return pair.first == first; });
    if (in_doubt && joust::draw_bernoulli(0.5, g) == 1.0) {
      eligible.assign(beats_[first].begin(), beats_[first].end());
    }
    double highest = -1.0;
    std::vector<std::size_t> rivals;
    for (std::size_t const j : eligible) {
      if (l(j, first) > 0.5 || u(j, first) < highest) continue;
      if (u(j, first) > highest) rivals.clear();
      highest = u(j, first);
      rivals.push_back(j);
    }
    if (rivals.size() > 1) rivals.erase(std::remove(rivals.begin(), rivals.end(), first), rivals.end());
    return {first, any_of(rivals, g)};
  }

 private:
  void reset() {
    for (std::size_t i = 0; i < arms_; ++i) {
      b_.insert(i);
      beats_[i].clear();
    }
    losses_ = arms_;
  }

  template <class Stream>
  void thin(std::set<std::size_t>& members, Stream& g) const {
    std::size_t wanted = losses_ + 1;
    std::size_t left = members.size();
    std::set<std::size_t> kept;
    for (std::size_t const k : members) {
      if (joust::draw_index(left, g) < wanted) {
        kept.insert(k);
        --wanted;
      }
      --left;
    }
    members = kept;
  }

  double alpha_;
  double untried_;
  std::set<std::size_t> b_;                   // B
  std::vector<std::set<std::size_t>> beats_;  // B_i: potential to beat i
  std::size_t losses_ = 0;                    // L_C
};

}  // namespace textbook
