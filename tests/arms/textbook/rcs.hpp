// SPDX-License-Identifier: MIT
//
// Zoghi, Whiteson, de Rijke & Munos, "Relative Confidence Sampling for Efficient On-Line Ranker Evaluation",
// WSDM 2014, in two forms.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <boost/math/special_functions/beta.hpp>
#include <boost/random/beta_distribution.hpp>

#include "../textbook.hpp"

namespace textbook {

/// As printed. From the stream: one Beta draw per pair; if no arm beats all others, a choice among those that
/// have been champion least often; a choice among the arms other than c whose bound is largest.
class rcs : public counting {
 public:
  explicit rcs(std::size_t k, double alpha = 0.501, double untried = 1.0)
      : counting{k}, alpha_{alpha}, untried_{untried}, times_(k, 0) {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    ++round_;
    table theta{arms_, 0.5};
    for (std::size_t i = 0; i < arms_; ++i) {
      for (std::size_t j = i + 1; j < arms_; ++j) {
        theta(i, j) = boost::random::beta_distribution<double>{wins_(i, j) + 1.0, wins_(j, i) + 1.0}(g);
        theta(j, i) = 1.0 - theta(i, j);
      }
    }
    return duel(theta, g);
  }

 protected:
  template <class Stream>
  joust::pairing duel(table const& theta, Stream& g) {
    std::vector<std::size_t> champions;
    for (std::size_t i = 0; i < arms_; ++i) {
      bool all = true;
      for (std::size_t j = 0; j < arms_; ++j) all = all && theta(i, j) >= 0.5;
      if (all) champions.push_back(i);
    }
    if (champions.empty()) {
      for (std::size_t i = 0; i < arms_; ++i) {
        if (times_[i] == *std::min_element(times_.begin(), times_.end())) champions.push_back(i);
      }
    }
    std::size_t const c = any_of(champions, g);
    ++times_[c];
    table const u = upper_bounds(alpha_, untried_);
    double highest = -1.0;
    std::vector<std::size_t> rivals;
    for (std::size_t j = 0; j < arms_; ++j) {
      if (j == c || u(j, c) < highest) continue;
      if (u(j, c) > highest) rivals.clear();
      highest = u(j, c);
      rivals.push_back(j);
    }
    std::size_t const d = rivals.empty() ? c : any_of(rivals, g);
    return {c, highest >= 0.5 ? d : c};  // c competes with u_cc = 1/2 and loses ties
  }

  double alpha_;
  double untried_;
  std::vector<std::size_t> times_;
};

/// The same, with every pair of the tournament decided by a uniform number u, which the arm at stake survives
/// if u is at least the probability that it loses. The numbers come from the stream where the fast form takes
/// them: an arm that has beaten the most others (lowest index) meets the others by index, and whoever beats
/// the arm at stake takes its place; the last one then meets those that it has not met, in the same order,
/// up to its first loss. All other pairs are decided too, from a stream of their own, and the champion is
/// read off the whole tournament.
class coupled_rcs : public rcs {
 public:
  using rcs::rcs;

  template <class Stream>
  joust::pairing select(Stream& g) {
    ++round_;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < arms_; ++i) order.push_back(i);
    auto const beaten = [this](std::size_t i) {
      std::size_t count = 0;
      for (std::size_t j = 0; j < arms_; ++j) count += wins_(i, j) > wins_(j, i) ? 1U : 0U;
      return count;
    };
    auto const favourite = std::max_element(
        order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return beaten(i) < beaten(j); });
    std::rotate(order.begin(), favourite, favourite + 1);

    table theta{arms_, -1.0};
    std::size_t at_stake = order[0];
    for (std::size_t const j : order) {
      if (j != at_stake && loses(theta, at_stake, j, joust::draw_uniform(g))) at_stake = j;
    }
    for (std::size_t const j : order) {
      if (j == at_stake || theta(at_stake, j) >= 0.0) continue;
      if (loses(theta, at_stake, j, joust::draw_uniform(g))) break;
    }
    auto rest = g.child("rest", round_);
    for (std::size_t i = 0; i < arms_; ++i) {
      theta(i, i) = 0.5;
      for (std::size_t j = 0; j < i; ++j) {
        if (theta(i, j) < 0.0) (void)loses(theta, i, j, joust::draw_uniform(rest));
      }
    }
    return duel(theta, g);
  }

 private:
  bool loses(table& theta, std::size_t i, std::size_t j, double uniform) const {
    bool const lost = uniform < boost::math::ibeta(wins_(i, j) + 1.0, wins_(j, i) + 1.0, 0.5);
    theta(i, j) = lost ? 0.0 : 1.0;
    theta(j, i) = 1.0 - theta(i, j);
    return lost;
  }
};

}  // namespace textbook
