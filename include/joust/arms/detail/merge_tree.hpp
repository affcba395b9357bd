// SPDX-License-Identifier: MIT
//
// Arms in small batches that shrink and merge, as in MergeRUCB and MergeDTS, and what those two share: whose
// turn it is, who is out, and when batches merge. The agent provides
//   duel(batch, level, stream)   the pair to duel, in a batch of at least two arms, none of them beaten
//                                beyond doubt
//   lone_arms_join               whether an arm that is left alone in its batch joins the next batch at once
//
//   cost    O(K / p + p^2) per round for batches of about p arms; O(K^2 / p^2) at worst for a merge, of which
//           there are few; no allocation after construction
//   source  Zoghi, Whiteson & de Rijke, "MergeRUCB: A Method for Large-Scale Online Ranker Evaluation", WSDM
//           2015; Li, Markov, de Rijke & Zoghi, "MergeDTS: A Method for Effective Large-Scale Online Ranker
//           Evaluation", TOIS 2020
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <joust/arms/detail/k_armed.hpp>
#include <joust/arms/detail/pair_counts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust::detail {

/// The surviving arms, in batches.
class merge_tree {
 public:
  merge_tree() = default;
  explicit merge_tree(std::size_t arms)
      : arms_(arms, 0), sizes_(arms, 0), order_(arms, 0), spare_arms_(arms, 0), spare_sizes_(arms, 0) {}

  /// The number of batches; 0 before the arms are dealt.
  [[nodiscard]] std::size_t batches() const noexcept { return batches_; }

  [[nodiscard]] std::span<std::size_t const> survivors() const noexcept { return {arms_.data(), survivors_}; }

  [[nodiscard]] std::span<std::size_t const> batch(std::size_t m) const noexcept {
    return {arms_.data() + start(m), sizes_[m]};
  }

  [[nodiscard]] std::size_t smallest() const noexcept {
    std::size_t least = survivors_;
    for (std::size_t m = 0; m < batches_; ++m) least = sizes_[m] < least ? sizes_[m] : least;
    return least;
  }
  [[nodiscard]] bool all_alone() const noexcept { return survivors_ == batches_; }

  /// A random partition into batches of `most` arms, the last one perhaps smaller.
  template <class Stream>
  void deal(std::size_t most, Stream& stream) {
    survivors_ = arms_.size();
    for (std::size_t i = 0; i < survivors_; ++i) arms_[i] = i;
    draw_order(std::span{arms_}.first(survivors_), stream);
    for (std::size_t left = survivors_; left != 0; left -= sizes_[batches_ - 1]) {
      sizes_[batches_++] = left < most ? left : most;
    }
  }

  /// Takes the n-th arm of a batch out.
  void remove(std::size_t m, std::size_t n) noexcept {
    --survivors_;
    --sizes_[m];
    for (std::size_t k = start(m) + n; k < survivors_; ++k) arms_[k] = arms_[k + 1];
    arms_[survivors_] = 0;
  }

  /// Moves the one arm of a batch behind those of the next (of the first, for the last batch). Returns where
  /// that one stands then.
  std::size_t join_next(std::size_t m) noexcept {
    std::size_t const lone = arms_[start(m)];
    std::size_t const next = m + 1 < batches_ ? m : 0;  // once the batch has gone
    remove(m, 0);
    for (std::size_t k = m; k + 1 < batches_; ++k) sizes_[k] = sizes_[k + 1];
    sizes_[--batches_] = 0;
    std::size_t const end = start(next) + sizes_[next];
    for (std::size_t k = survivors_; k > end; --k) arms_[k] = arms_[k - 1];
    arms_[end] = lone;
    ++sizes_[next];
    ++survivors_;
    return next;
  }

  /// Merges the smallest batch with the largest, the second smallest with the second largest and so on, as
  /// long as a pair has at most `most` arms; a large batch that would exceed it stays alone. Batches of one
  /// size come in random order.
  template <class Stream>
  void merge(double most, Stream& stream) {
    for (std::size_t m = 0; m < batches_; ++m) order_[m] = m;
    draw_order(std::span{order_}.first(batches_), stream);
    for (std::size_t n = 1; n < batches_; ++n) {
      for (std::size_t k = n; k > 0 && sizes_[order_[k]] < sizes_[order_[k - 1]]; --k) {
        std::swap(order_[k], order_[k - 1]);
      }
    }
    std::size_t merged = 0;
    std::size_t filled = 0;
    auto const append = [&](std::size_t m) {
      for (std::size_t const arm : batch(m)) spare_arms_[filled++] = arm;
      return sizes_[m];
    };
    std::size_t low = 0;
    std::size_t high = batches_;  // one behind the largest that is left
    while (low < high) {
      std::size_t const largest = order_[--high];
      std::size_t const smallest = order_[low];
      spare_sizes_[merged] = 0;
      if (low < high && static_cast<double>(sizes_[smallest] + sizes_[largest]) <= most) {
        spare_sizes_[merged] = append(smallest);
        ++low;
      }
      spare_sizes_[merged++] += append(largest);
    }
    for (std::size_t k = 0; k < filled; ++k) arms_[k] = spare_arms_[k];
    for (std::size_t m = 0; m < sizes_.size(); ++m) sizes_[m] = m < merged ? spare_sizes_[m] : 0;
    batches_ = merged;
  }

  [[nodiscard]] bool sound() const noexcept {
    if (survivors_ > arms_.size() || batches_ > survivors_ || (batches_ == 0 && survivors_ != 0))
      return false;
    std::size_t sum = 0;
    for (std::size_t m = 0; m < batches_; ++m) {
      if (sizes_[m] == 0 || sizes_[m] > survivors_ - sum) return false;
      sum += sizes_[m];
    }
    for (std::size_t k = 0; k < survivors_; ++k) {
      if (arms_[k] >= arms_.size()) return false;
      for (std::size_t l = 0; l < k; ++l) {
        if (arms_[l] == arms_[k]) return false;
      }
    }
    return sum == survivors_;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("arms", self.arms_);
    visit("sizes", self.sizes_);
    visit("survivors", self.survivors_);
    visit("batches", self.batches_);
  }

 private:
  [[nodiscard]] std::size_t start(std::size_t m) const noexcept {
    std::size_t sum = 0;
    for (std::size_t k = 0; k < m; ++k) sum += sizes_[k];
    return sum;
  }

  std::vector<std::size_t> arms_;   // batch after batch; 0 behind the survivors
  std::vector<std::size_t> sizes_;  // per batch; 0 behind the last
  std::size_t survivors_ = 0;
  std::size_t batches_ = 0;
  std::vector<std::size_t> order_;        // work space
  std::vector<std::size_t> spare_arms_;   // work space
  std::vector<std::size_t> spare_sizes_;  // work space
};

/// C(epsilon) = ((4 alpha - 1) K^2 / ((2 alpha - 1) epsilon))^(1 / (2 alpha - 1)), unless the options say
/// what the clock starts from.
template <class Options>
[[nodiscard]] double merging_clock(Options const& options, std::size_t arms) noexcept {
  if (options.clock_start > 0.0) return options.clock_start;
  double const k = static_cast<double>(arms);
  double const slack = 2.0 * options.alpha - 1.0;
  return std::pow((4.0 * options.alpha - 1.0) * k * k / (slack * options.epsilon), 1.0 / slack);
}

template <class Options>
void check_merging(Options const& options) {
  auto const& [alpha, batch_size, epsilon, clock_start] = options;
  if (!(alpha > 0.0 && alpha <= 1e100)) reject("alpha", text(alpha), "a number above 0, at most 1e100");
  if (batch_size < 2) reject("batch_size", text(batch_size), "at least 2 arms");
  if (!(epsilon > 0.0 && epsilon < 1.0)) reject("epsilon", text(epsilon), "a number between 0 and 1");
  if (!(clock_start >= 0.0 && std::isfinite(clock_start))) {
    reject("clock_start", text(clock_start), "a finite number of at least 0");
  }
  if (clock_start == 0.0 && !(alpha > 0.5)) {
    reject("alpha", text(alpha), "a number above 1/2, unless clock_start is given");
  }
}

template <class Options>
void check_merging(Options const& options, std::size_t arms) {
  if (!std::isfinite(merging_clock(options, arms))) {
    reject("alpha", text(options.alpha),
           "a number so far above 1/2 that C(epsilon) is finite, or clock_start");
  }
}

template <class Agent, class Options>
class merging : public k_armed<Agent, Options> {
  using base = k_armed<Agent, Options>;

 public:
  using base::base;

  /// How many arms have not been beaten beyond doubt.
  [[nodiscard]] std::size_t survivors() const noexcept {
    return tree_.batches() == 0 ? size() : tree_.survivors().size();
  }

 protected:
  friend base;
  using base::size;

  template <class Stream>
  pairing choose(Stream& stream) {
    double const level = base::options().alpha * std::log(static_cast<double>(base::round()) +
                                                          merging_clock(base::options(), size()));
    double const p = static_cast<double>(base::options().batch_size);
    if (tree_.batches() == 0) tree_.deal(base::options().batch_size, stream);
    // Arms that are all alone would never meet again.
    double const few = std::ldexp(static_cast<double>(size()), -static_cast<int>(stage_)) + 1.0;
    bool const due = static_cast<double>(survivors()) <= few || tree_.all_alone();
    if (tree_.batches() > 1 && due) {
      tree_.merge(1.5 * p, stream);
      if (tree_.batches() > 1 && static_cast<double>(tree_.smallest()) <= 0.5 * p) {
        tree_.merge(1.5 * p, stream);
      }
      ++stage_;
    }
    std::size_t m = static_cast<std::size_t>(base::round() % tree_.batches());
    for (;;) {
      if (Agent::lone_arms_join && tree_.batch(m).size() == 1 && tree_.batches() > 1) m = tree_.join_next(m);
      std::size_t const losers = count_losers(tree_.batch(m), level);
      if (losers == 0) break;
      tree_.remove(m, losers_[draw_index(losers, stream)]);
    }
    std::span<std::size_t const> const batch = tree_.batch(m);
    if (batch.size() == 1) return {batch[0], batch[0]};
    return static_cast<Agent*>(this)->duel(batch, level, stream);
  }

  // Of the survivors the one that has beaten the most arms; ties: larger mean share, then lower index.
  [[nodiscard]] std::size_t best() const noexcept {
    if (tree_.batches() == 0) return counts_.leader();
    std::size_t found = tree_.survivors()[0];
    for (std::size_t const i : tree_.survivors()) {
      if (counts_.beaten(i) < counts_.beaten(found)) continue;
      bool better = counts_.beaten(i) > counts_.beaten(found);
      if (!better) {
        double const ahead = counts_.borda(i) - counts_.borda(found);
        better = ahead > 0.0 || (ahead == 0.0 && i < found);
      }
      if (better) found = i;
    }
    return found;
  }

  // The places of the arms that another of the batch has beaten beyond doubt. For p < 1/2,
  //     p + sqrt(level / N) < 1/2   is the same as   N (1/2 - p)^2 > level.
  std::size_t count_losers(std::span<std::size_t const> batch, double level) noexcept {
    std::size_t losers = 0;
    for (std::size_t n = 0; n < batch.size(); ++n) {
      bool lost = false;
      for (std::size_t const j : batch) {
        double const won = counts_.wins(batch[n], j);
        double const met = won + counts_.wins(j, batch[n]);
        double const deficit = 0.5 * met - won;  // N (1/2 - p)
        lost = lost || (deficit > 0.0 && deficit * deficit > level * met);
      }
      if (lost) losers_[losers++] = n;
    }
    return losers;
  }

  [[nodiscard]] bool sound() const noexcept { return counts_.sound() && tree_.sound(); }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("counts", self.counts_);
    visit("tree", self.tree_);
    visit("stage", self.stage_);
  }

  pair_counts counts_{size()};
  merge_tree tree_{size()};
  std::uint32_t stage_ = 1;                                               // S in the papers
  std::vector<std::size_t> losers_ = this->template row<std::size_t>(0);  // work space
};

}  // namespace joust::detail
