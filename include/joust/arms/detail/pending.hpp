// SPDX-License-Identifier: MIT
//
// The pairs that have been selected and not yet answered: on which side each arm stood, and with which
// chance it was drawn. Learners that sit on one side, or weigh an answer by the chance of its question,
// look the pair up when its answer comes.
//
//   cost    add: O(1), O(N) when the store is full; take: O(N) at worst, for N pairs outstanding; no
//           allocation after construction, in copies neither
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust::detail {

/// A pair as it was selected, with the chances of its sides and what its answer says about the first.
struct answered_pair {
  pairing pair;
  double first_chance = 1.0;
  double second_chance = 1.0;
  outcome y = tie;
};

/// Throws std::invalid_argument for a store without room, or so large that it is certainly a mistake.
inline void require_max_pending(std::size_t most) {
  if (most == 0 || most > 1'000'000) reject("max_pending", text(most), "a number of pairs from 1 to 1000000");
}

class pending_pairs {
 public:
  /// Without room: of a prototype.
  pending_pairs() = default;

  /// Room for `most` pairs.
  explicit pending_pairs(std::size_t most) : most_{most} { make_room(); }

  pending_pairs(pending_pairs const& other)
      : pending_pairs{other.most_} {  // a copied vector would have no room to grow
    pairs_.assign(other.pairs_.begin(), other.pairs_.end());
    chances_.assign(other.chances_.begin(), other.chances_.end());
  }
  pending_pairs(pending_pairs&&) noexcept = default;
  pending_pairs& operator=(pending_pairs const& other) { return *this = pending_pairs{other}; }
  pending_pairs& operator=(pending_pairs&&) noexcept = default;
  ~pending_pairs() = default;

  [[nodiscard]] std::size_t size() const noexcept { return pairs_.size(); }

  /// Remembers a pair; a full store forgets its oldest one for it.
  void add(pairing pair, double first_chance = 1.0, double second_chance = 1.0) noexcept {
    if (pairs_.size() == most_) forget(0);
    pairs_.push_back(pair);
    chances_.push_back(first_chance);
    chances_.push_back(second_chance);
  }

  /// The oldest outstanding pair of these two arms, whichever of them stood first, with the answer seen from
  /// its first side; it is outstanding no longer. Nothing if there is none.
  [[nodiscard]] std::optional<answered_pair> take(std::size_t i, std::size_t j, outcome y) noexcept {
    for (std::size_t n = 0; n < pairs_.size(); ++n) {
      pairing const pair = pairs_[n];
      bool const as_selected = pair == pairing{i, j};
      if (!as_selected && !(pair == pairing{j, i})) continue;
      answered_pair const found{pair, chances_[2 * n], chances_[2 * n + 1], as_selected ? y : 1.0 - y};
      forget(n);
      return found;
    }
    return std::nullopt;
  }

  /// Forgets all pairs.
  void clear() noexcept {
    pairs_.clear();
    chances_.clear();
  }

  /// Takes over the pairs of two arms that are both among `kept`, the first ones here.
  void inherit(pending_pairs const& from, std::span<std::size_t const> kept) noexcept {
    auto const place = [kept](std::size_t arm) {
      std::size_t n = 0;
      while (n < kept.size() && kept[n] != arm) ++n;
      return n;
    };
    for (std::size_t n = 0; n < from.pairs_.size(); ++n) {
      pairing const now{place(from.pairs_[n].first), place(from.pairs_[n].second)};
      if (now.first < kept.size() && now.second < kept.size()) {
        add(now, from.chances_[2 * n], from.chances_[2 * n + 1]);
      }
    }
  }

  /// Whether these are pairs of different ones of `arms` arms, as many as there is room for, drawn with
  /// chances that may be divided by, even by two of them.
  [[nodiscard]] bool sound(std::size_t arms) const noexcept {
    bool fine = pairs_.size() <= most_ && chances_.size() == 2 * pairs_.size();
    for (pairing const pair : pairs_) {
      fine = fine && pair.first < arms && pair.second < arms && !pair.self_duel();
    }
    for (double const chance : chances_) fine = fine && chance >= 1e-100 && chance <= 1.0;
    return fine;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit.list("pairs", self.pairs_);
    visit.list("chances", self.chances_);
  }

 private:
  void make_room() {
    pairs_.reserve(most_);
    chances_.reserve(2 * most_);
  }
  void forget(std::size_t n) noexcept {
    pairs_.erase(pairs_.begin() + static_cast<std::ptrdiff_t>(n));
    auto const chance = chances_.begin() + static_cast<std::ptrdiff_t>(2 * n);
    chances_.erase(chance, chance + 2);
  }

  std::size_t most_ = 0;
  std::vector<pairing> pairs_;   // oldest first
  std::vector<double> chances_;  // two per pair
};

}  // namespace joust::detail
