// SPDX-License-Identifier: MIT
//
// Urvoy, Clerot, Feraud & Naamane, "Generic Exploration and K-armed Voting Bandits", ICML 2013, with the
// independence tests of the Condorcet, Copeland and Borda winner. Every round looks at all pairs for the one
// that has been asked least often among those that matter (ties: lower indices). Takes nothing from the
// stream.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include <joust/core/certificate.hpp>

#include "../textbook.hpp"

namespace textbook {

class savage : public counting {
 public:
  /// The half-width after n duels is sqrt(log(scale * n^power) / (2 n)).
  savage(std::size_t k, joust::winner_kind kind, double scale, double power)
      : counting{k}, kind_{kind}, scale_{scale}, power_{power}, asked_{k} {
    for (std::size_t i = 0; i < k; ++i) race_.insert(i);
  }

  template <class Stream>
  joust::pairing select(Stream&) {
    double fewest = -1.0;
    joust::pairing least{*race_.begin(), *race_.begin()};
    if (race_.size() == 1) return least;
    for (std::size_t i = 0; i < arms_; ++i) {
      for (std::size_t j = i + 1; j < arms_; ++j) {
        if (!matters(i, j) || (fewest >= 0.0 && asked_(i, j) >= fewest)) continue;
        fewest = asked_(i, j);
        least = {i, j};
      }
    }
    asked_(least.first, least.second) += 1.0;
    return least;
  }

  void observe(std::size_t i, std::size_t j, double y) {
    if (i == j || race_.size() == 1) return;
    counting::observe(i, j, y);
    for (std::size_t a = 0; a < arms_; ++a) {
      for (std::size_t b = 0; b < arms_; ++b) {
        if (lower(a, b) > 0.5 && beaten_.count({b, a}) == 0) beaten_.insert({a, b});
      }
    }
    std::set<std::size_t> out;
    if (kind_ == joust::winner_kind::condorcet) {
      for (std::size_t const a : race_) {
        for (std::size_t b = 0; b < arms_; ++b) {
          if (beaten_.count({b, a}) != 0) out.insert(a);
        }
      }
    } else {
      std::size_t sure = *race_.begin();
      for (std::size_t const a : race_) sure = least_score(a) > least_score(sure) ? a : sure;
      for (std::size_t const a : race_) {
        if (a != sure && largest_score(a) <= least_score(sure)) out.insert(a);
      }
    }
    for (std::size_t const a : out) {
      if (race_.size() > 1) race_.erase(a);
    }
  }

 private:
  [[nodiscard]] double width(std::size_t i, std::size_t j) const {
    double const n = met(i, j);
    return n > 0.0 ? std::sqrt(std::log(scale_ * std::pow(n, power_)) / (2.0 * n)) : 1.0;
  }
  [[nodiscard]] double lower(std::size_t i, std::size_t j) const {
    double const n = met(i, j);
    return n > 0.0 ? std::max(wins_(i, j) / n - width(i, j), 0.0) : 0.0;
  }
  [[nodiscard]] double least_score(std::size_t i) const {
    double sum = 0.0;
    for (std::size_t j = 0; j < arms_; ++j) {
      if (j == i) continue;
      sum += kind_ == joust::winner_kind::borda ? lower(i, j) : static_cast<double>(beaten_.count({i, j}));
    }
    return sum;
  }
  [[nodiscard]] double largest_score(std::size_t i) const {
    double sum = 0.0;
    for (std::size_t j = 0; j < arms_; ++j) {
      if (j == i) continue;
      sum += 1.0 -
             (kind_ == joust::winner_kind::borda ? lower(j, i) : static_cast<double>(beaten_.count({j, i})));
    }
    return sum;
  }
  [[nodiscard]] bool matters(std::size_t i, std::size_t j) const {
    bool const first = race_.count(i) != 0;
    bool const second = race_.count(j) != 0;
    if (kind_ == joust::winner_kind::condorcet) return first && second;
    if (kind_ == joust::winner_kind::borda) return first || second;
    return (first || second) && beaten_.count({i, j}) == 0 && beaten_.count({j, i}) == 0;
  }

  joust::winner_kind kind_;
  double scale_;
  double power_;
  table asked_;
  std::set<std::pair<std::size_t, std::size_t>> beaten_;  // decided: the first beats the second
  std::set<std::size_t> race_;
};

}  // namespace textbook
