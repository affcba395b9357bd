// SPDX-License-Identifier: MIT
//
// RMED2 as printed: evidence, prices and sets formed anew in every round.
//
// What a round takes from the stream: nothing while pairs are drawn that have met too rarely; else, in this
// order, a choice among the arms of least evidence, a choice among the opponents of the lowest price if
// anybody beats the arm, and, where neither the best arm nor the cheapest is an opponent, a choice among those
// the arm did worst against. A choice among n takes nothing if n = 1, else draw_index(n), in order of index.
#pragma once

#include "../textbook.hpp"

namespace textbook {

/// What RMED2 and RMED2FH share. The lists of the loop are updated when the next round begins: by then the
/// duel has been answered, or never will be.
class rmed2_family : public counting {
 public:
  rmed2_family(std::size_t k, double factor, double exponent, double alpha, double least)
      : counting{k}, f_{factor * std::pow(static_cast<double>(k), exponent)}, alpha_{alpha}, least_{least} {
    for (std::size_t i = 0; i < k; ++i) remaining_.insert(i);
  }

  /// I_i for every arm.
  [[nodiscard]] std::vector<double> evidence() const {
    std::vector<double> all;
    for (std::size_t i = 0; i < arms_; ++i) {
      double sum = 0.0;
      for (std::size_t const j : opponents(i)) sum += met(i, j) * divergence(share(i, j));
      all.push_back(sum);
    }
    return all;
  }

  /// O_l.
  [[nodiscard]] std::vector<std::size_t> opponents(std::size_t l) const {
    std::vector<std::size_t> found;
    for (std::size_t j = 0; j < arms_; ++j) {
      if (j != l && share(l, j) <= 0.5) found.push_back(j);
    }
    return found;
  }

  /// The j of the lowest price if i_star is the winner.
  [[nodiscard]] std::vector<std::size_t> cheapest(std::size_t l, std::size_t i_star) const {
    std::vector<std::size_t> found;
    double lowest = 0.0;
    for (std::size_t j = 0; j < arms_; ++j) {
      if (j == l || share(l, j) >= 0.5 || divergence(share(l, j)) == 0.0) continue;
      double const price =
          std::max(share(i_star, l) - 1.0 + share(i_star, j), least_) / divergence(share(l, j));
      if (found.empty() || price < lowest) {
        found.clear();
        lowest = price;
      }
      if (price == lowest) found.push_back(j);
    }
    return found;
  }

 protected:
  static double log_log(std::uint64_t t) {
    double const inner = std::log(static_cast<double>(t));
    return inner > 1.0 ? std::log(inner) : 0.0;
  }

  // Sweep n = 1, 2, ... over the pairs i < j, as long as n - 1 < goal: the next one that has met fewer than n
  // times. Every pair has its chance once per sweep.
  std::optional<joust::pairing> too_rare(double goal) {
    while (arms_ > 1 && sweeps_ < goal) {
      for (; next_pair_ < arms_ * arms_; ++next_pair_) {
        std::size_t const i = next_pair_ / arms_;
        std::size_t const j = next_pair_ % arms_;
        if (i < j && std::round(met(i, j)) <= sweeps_) {
          ++next_pair_;
          return joust::pairing{i, j};
        }
      }
      next_pair_ = 0;
      sweeps_ += 1.0;
    }
    return std::nullopt;
  }

  void end_of_turn() {
    if (!turn_) return;
    remaining_.erase(*turn_);
    turn_.reset();
    std::vector<double> const all = evidence();
    double const least = *std::min_element(all.begin(), all.end());
    for (std::size_t j = 0; j < arms_; ++j) {
      bool const plausible = all[j] - least <= std::log(static_cast<double>(round_)) + f_;
      if (plausible && remaining_.count(j) == 0) next_.insert(j);
    }
    if (remaining_.empty()) remaining_.swap(next_);
  }

  template <class Stream>
  std::size_t best_arm(Stream& g) const {
    std::vector<double> const all = evidence();
    std::vector<std::size_t> best;
    for (std::size_t i = 0; i < arms_; ++i) {
      if (all[i] == *std::min_element(all.begin(), all.end())) best.push_back(i);
    }
    return any_of(best, g);
  }

  template <class Stream>
  std::size_t opponent(std::size_t l, std::size_t i_star, std::optional<std::size_t> b, Stream& g) const {
    std::vector<std::size_t> const eligible = opponents(l);
    auto const holds = [&](std::size_t j) {
      return std::find(eligible.begin(), eligible.end(), j) != eligible.end();
    };
    if (b && holds(i_star) && met(l, i_star) * log_log(round_) <= met(l, *b)) return i_star;
    if (b && holds(*b)) return *b;
    if (holds(i_star) || eligible.empty()) return i_star;
    std::vector<std::size_t> worst;
    for (std::size_t const j : eligible) {
      if (!worst.empty() && share(l, j) < share(l, worst[0])) worst.clear();
      if (worst.empty() || share(l, j) == share(l, worst[0])) worst.push_back(j);
    }
    return any_of(worst, g);
  }

  [[nodiscard]] double share(std::size_t i, std::size_t j) const {
    return met(i, j) > 0.0 ? wins_(i, j) / met(i, j) : 0.5;
  }
  static double divergence(double p) {  // d(p, 1/2)
    double const d = (p > 0.0 ? p * std::log(2.0 * p) : 0.0) + (1.0 - p) * std::log(2.0 * (1.0 - p));
    return std::max(d, 0.0);
  }

  double f_;
  double alpha_;
  double least_;
  double sweeps_ = 0.0;
  std::size_t next_pair_ = 0;
  std::set<std::size_t> remaining_;  // L_R
  std::set<std::size_t> next_;       // L_N
  std::optional<std::size_t> turn_;
};

/// Komiyama, Honda, Kashima & Nakagawa, COLT 2015, algorithms 1 and 3.
class rmed2 : public rmed2_family {
 public:
  explicit rmed2(std::size_t k, double factor = 0.3, double exponent = 1.01, double alpha = 3.0,
                 double least = 0.01)
      : rmed2_family{k, factor, exponent, alpha, least} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    end_of_turn();
    ++round_;
    if (auto const pair = too_rare(std::max(1.0, alpha_ * log_log(round_)))) return *pair;
    std::size_t const l = *remaining_.begin();
    turn_ = l;
    std::size_t const i_star = best_arm(g);
    std::optional<std::size_t> b;
    if (auto const cheap = cheapest(l, i_star); !cheap.empty()) b = any_of(cheap, g);
    return {l, opponent(l, i_star, b, g)};
  }
};

}  // namespace textbook
