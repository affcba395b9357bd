// SPDX-License-Identifier: MIT
//
// What D-TS and D-TS+ share: everything but how the arms that tie in the first imagined tournament are told
// apart. The agent provides break_tie(tied, tournament, stream).
//
//   cost    double_thompson.hpp
//   source  Wu & Liu, "Double Thompson Sampling for Dueling Bandits", NeurIPS 2016
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <joust/arms/detail/beta_race.hpp>
#include <joust/arms/detail/imagined_tournament.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust::detail {

template <class Agent, class Options, bool KeepResults>
class two_imaginations : public k_armed<Agent, Options> {
  using base = k_armed<Agent, Options>;

 public:
  using base::base;

 protected:
  friend base;
  using base::size;
  static constexpr bool arms_may_change = true;

  template <class Stream>
  pairing choose(Stream& stream) {
    level_ = base::options().alpha * std::log(static_cast<double>(base::round()));
    std::size_t const first = candidate(stream);
    return {first, opponent(first, stream)};
  }

  void learn(std::size_t i, std::size_t j, outcome y) {
    double const i_alpha = counts_.wins(i, j) + y + 1.0;
    double const j_alpha = counts_.wins(j, i) + (1.0 - y) + 1.0;
    double const smaller = chance_of_trailing(i_alpha, j_alpha);  // before any change: it could fail
    counts_.record(i, j, y);
    imagined_.set(j, i, i_alpha < j_alpha ? smaller : 1.0 - smaller);
    imagined_.set(i, j, i_alpha < j_alpha ? 1.0 - smaller : smaller);
    refresh(i, j);
    refresh(j, i);
  }

  [[nodiscard]] std::size_t best() const noexcept { return counts_.leader(); }

  // First stage: among the arms with the largest optimistic Copeland score #{j : u_ij > 1/2}, the one that
  // beats most others in an imagined matrix. u_ij > 1/2 fails exactly where
  //     p_ij <= 1/2   and   N_ij (1/2 - p_ij)^2 >= level,
  // whose left side changes only when the pair duels. The level rises, so an arm's count of such pairs falls
  // only when the weakest evidence among them is overtaken.
  template <class Stream>
  std::size_t candidate(Stream& stream) {
    for (std::size_t i = 0; i < size(); ++i) {
      if (weakest_[i] < level_) recount(i);
    }
    std::uint32_t const fewest = *std::min_element(refuted_.begin(), refuted_.end());
    std::size_t leaders = 0;
    std::size_t favourite = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      if (refuted_[i] != fewest) continue;
      if (leaders++ == 0 || counts_.beaten(i) > counts_.beaten(favourite)) favourite = i;
    }
    if (leaders == 1) return favourite;
    // The most losses an arm can have and still win is known once one row is imagined in full; so begin with
    // a row likely to have few, and give up on others as soon as they exceed it.
    imagined_.begin();
    std::size_t best = imagined_.losses(favourite, size(), stream);
    std::size_t ties = 0;
    tied_[ties++] = favourite;
    for (std::size_t i = 0; i < size(); ++i) {
      if (refuted_[i] != fewest || i == favourite) continue;
      std::size_t const losses = imagined_.losses(i, best, stream);
      if (losses > best) continue;
      if (losses < best) ties = 0;
      best = losses;
      tied_[ties++] = i;
    }
    if (ties == 1) return tied_[0];
    return static_cast<Agent*>(this)->break_tie(std::span{tied_}.first(ties), stream);
  }

  // Second stage: among the arms i with l_i,first <= 1/2, the largest theta_i,first of a fresh sample, where
  // `first` itself stands at 1/2. l_i,first <= 1/2 is u_first,i >= 1/2. Only an arm above 1/2 can win, and
  // only if there are several need they be compared. Of those that have never met `first`, whose theta is
  // 1 - u, the one with the smallest u will do.
  template <class Stream>
  std::size_t opponent(std::size_t first, Stream& stream) {
    std::span<double const> const losing = imagined_.losing(first);
    double const* const evidence = evidence_.data() + first * size();
    std::size_t above = 0;
    std::size_t unmet = base::none;
    double least = 0.5;
    for (std::size_t i = 0; i < size(); ++i) {
      if (i == first || evidence[i] > level_) continue;
      double const u = draw_uniform(stream);
      if (u >= losing[i]) continue;
      if (losing[i] != 0.5 || counts_.duels(i, first) > 0.0) {
        contenders_[above++] = {i, counts_.wins(i, first) + 1.0, counts_.wins(first, i) + 1.0, u};
      } else if (u < least) {
        least = u;
        unmet = i;
      }
    }
    if (unmet != base::none) contenders_[above++] = {unmet, 1.0, 1.0, least};
    return above == 0 ? first : race({contenders_.data(), above});
  }

  // What a duel of i and j changes on the side of i.
  void refresh(std::size_t i, std::size_t j) noexcept {
    double& kept = evidence_[i * size() + j];
    bool const counted = kept >= level_;
    kept = evidence(i, j);
    if (counted) {
      recount(i);
    } else if (kept >= level_) {
      ++refuted_[i];
      weakest_[i] = std::min(weakest_[i], kept);
    }
  }

  // How strongly the duels of i and j speak against i; below 0 if they do not.
  [[nodiscard]] double evidence(std::size_t i, std::size_t j) const noexcept {
    double const gap = 0.5 - counts_.share(i, j);
    double const met = counts_.duels(i, j);
    return met > 0.0 && gap >= 0.0 ? met * gap * gap : -1.0;
  }

  // Counts the arms whose lead over i exceeds the bounds, and notes the weakest evidence among them.
  void recount(std::size_t i) noexcept {
    refuted_[i] = 0;
    weakest_[i] = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < size(); ++j) {
      double const evidence = evidence_[i * size() + j];
      if (evidence < level_) continue;
      ++refuted_[i];
      weakest_[i] = std::min(weakest_[i], evidence);
    }
  }

  void inherit(Agent const& heir_of, std::span<std::size_t const> kept) noexcept {
    two_imaginations const& from = heir_of;
    level_ = from.level_;
    counts_.inherit(from.counts_, kept);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      for (std::size_t j = 0; j < kept.size(); ++j) {
        imagined_.set(i, j, from.imagined_.losing(kept[i])[kept[j]]);
        if (i != j) evidence_[i * size() + j] = evidence(i, j);
      }
      recount(i);
    }
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts_);
    visit("imagined", self.imagined_);
    visit("evidence", self.evidence_);
    visit("refuted", self.refuted_);
    visit("weakest", self.weakest_);
    visit("level", self.level_);
  }
  [[nodiscard]] bool sound() const noexcept { return counts_.sound() && imagined_.sound(); }

  pair_counts counts_{size()};
  imagined_tournament imagined_{size(), KeepResults};
  std::vector<double> evidence_ =
      this->square(-1.0);  // [i * K + j]: N_ij (1/2 - p_ij)^2 where met and p_ij <= 1/2, else -1
  std::vector<std::uint32_t> refuted_ =
      this->template row<std::uint32_t>(0);  // per arm i: how many j have evidence at or above the level
  std::vector<double> weakest_ =
      this->row(std::numeric_limits<double>::infinity());  // per arm i: the least evidence among those
  double level_ = 0.0;                                     // alpha ln t
  std::vector<std::size_t> tied_ = this->template row<std::size_t>(0);    // work space
  std::vector<beta_contender> contenders_ = this->row(beta_contender{});  // work space
};

}  // namespace joust::detail
