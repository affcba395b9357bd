// SPDX-License-Identifier: MIT
//
// MergeRUCB (Zoghi, Whiteson & de Rijke, WSDM 2015, algorithm 1) and MergeDTS (Li, Markov, de Rijke & Zoghi,
// TOIS 2020, algorithms 1 to 3), all bounds and samples formed anew in every round.
//
// From the stream: in the first round the shuffle of all arms (from the last place to the second, each
// swapped with a choice among the places up to it). For each merge the shuffle of the batches in the same
// way, before they are sorted by size. For each arm dropped, a choice among the losers in the order of the
// batch. Then
//   merge_rucb   a choice of c in the batch, and one among the others of largest bound
//   merge_dts    a uniform number for each pair of the batch, in its order, that stands for theta_ij as its
//                upper quantile; a choice among the arms of most wins; a Beta draw for each other arm
#pragma once

#include "../textbook.hpp"

#include <limits>

namespace textbook {

class merging : public counting {
 public:
  merging(std::size_t k, bool thompson, double alpha, std::size_t p, double clock)
      : counting{k}, thompson_{thompson}, alpha_{alpha}, p_{p}, clock_{clock} {}

  /// C(epsilon) for epsilon = 0.01 and alpha = 1.01.
  [[nodiscard]] static double standard_clock(std::size_t k) {
    double const square = static_cast<double>(k) * static_cast<double>(k);
    return std::pow(3.04 * square / (1.02 * 0.01), 1.0 / 1.02);
  }

  template <class Stream>
  joust::pairing select(Stream& g) {
    ++round_;
    if (batches_.empty()) {
      std::vector<std::size_t> all(arms_);
      for (std::size_t i = 0; i < arms_; ++i) all[i] = i;
      shuffle(all, g);
      for (std::size_t i = 0; i < arms_; ++i) {
        if (i % p_ == 0) batches_.emplace_back();
        batches_.back().push_back(all[i]);
      }
    }
    std::size_t left = 0;
    bool alone = true;
    for (auto const& batch : batches_) {
      left += batch.size();
      alone = alone && batch.size() == 1;
    }
    bool const few = static_cast<double>(left) <= static_cast<double>(arms_) / std::pow(2.0, stage_) + 1.0;
    if (batches_.size() > 1 && (few || alone)) {
      merge(g);
      std::size_t least = arms_;
      for (auto const& batch : batches_) least = std::min(least, batch.size());
      if (batches_.size() > 1 && 2 * least <= p_) merge(g);
      stage_ += 1.0;
    }
    std::size_t m = static_cast<std::size_t>(round_ % batches_.size());
    for (;;) {
      if (thompson_ && batches_[m].size() == 1 && batches_.size() > 1) {
        std::size_t const lone = batches_[m][0];
        batches_[(m + 1) % batches_.size()].push_back(lone);
        batches_.erase(batches_.begin() + static_cast<std::ptrdiff_t>(m));
        m %= batches_.size();
      }
      std::vector<std::size_t> losers;
      for (std::size_t const i : batches_[m]) {
        bool lost = false;
        for (std::size_t const j : batches_[m]) lost = lost || upper(i, j) < 0.5;
        if (lost) losers.push_back(i);
      }
      if (losers.empty()) break;
      std::size_t const out = any_of(losers, g);
      batches_[m].erase(std::find(batches_[m].begin(), batches_[m].end(), out));
    }
    std::vector<std::size_t> const& batch = batches_[m];
    if (batch.size() == 1) return {batch[0], batch[0]};
    return thompson_ ? imagined(batch, g) : bounded(batch, g);
  }

 private:
  template <class Values, class Stream>
  static void shuffle(Values& values, Stream& g) {
    for (std::size_t n = values.size(); n > 1; --n) std::swap(values[n - 1], values[joust::draw_index(n, g)]);
  }

  template <class Stream>
  void merge(Stream& g) {
    shuffle(batches_, g);
    std::stable_sort(batches_.begin(), batches_.end(),
                     [](auto const& a, auto const& b) { return a.size() < b.size(); });
    std::vector<std::vector<std::size_t>> merged;
    while (!batches_.empty()) {
      std::vector<std::size_t> large = batches_.back();
      batches_.pop_back();
      if (!batches_.empty() && 2 * (batches_.front().size() + large.size()) <= 3 * p_) {
        std::vector<std::size_t> both = batches_.front();
        both.insert(both.end(), large.begin(), large.end());
        large = both;
        batches_.erase(batches_.begin());
      }
      merged.push_back(large);
    }
    batches_ = merged;
  }

  [[nodiscard]] double upper(std::size_t i, std::size_t j) const {
    if (i == j) return 0.5;
    double const n = met(i, j);
    if (n == 0.0) return std::numeric_limits<double>::infinity();
    return wins_(i, j) / n + std::sqrt(alpha_ * std::log(static_cast<double>(round_) + clock_) / n);
  }

  template <class Stream>
  [[nodiscard]] joust::pairing bounded(std::vector<std::size_t> const& batch, Stream& g) const {
    std::size_t const c = any_of(batch, g);
    double highest = 0.0;
    for (std::size_t const i : batch) {
      if (i != c) highest = std::max(highest, upper(i, c));
    }
    std::vector<std::size_t> rivals;
    for (std::size_t const i : batch) {
      if (i != c && upper(i, c) == highest) rivals.push_back(i);
    }
    return {c, any_of(rivals, g)};
  }

  template <class Stream>
  [[nodiscard]] joust::pairing imagined(std::vector<std::size_t> const& batch, Stream& g) const {
    using policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
    table theta{arms_, 0.5};
    for (std::size_t n = 0; n < batch.size(); ++n) {
      for (std::size_t k = n + 1; k < batch.size(); ++k) {
        std::size_t const i = batch[n];
        std::size_t const j = batch[k];
        double const u = joust::draw_uniform(g);
        theta(i, j) = met(i, j) == 0.0
                          ? 1.0 - u
                          : boost::math::ibetac_inv(wins_(i, j) + 1.0, wins_(j, i) + 1.0, u, policy{});
        theta(j, i) = 1.0 - theta(i, j);
      }
    }
    std::vector<std::size_t> best;
    int most = 0;
    for (std::size_t const i : batch) {
      int score = 0;
      for (std::size_t const j : batch) score += theta(i, j) > 0.5 ? 1 : 0;
      if (score > most) best.clear();
      most = std::max(most, score);
      if (score == most) best.push_back(i);
    }
    std::size_t const c = any_of(best, g);
    std::size_t d = c;
    double lowest = 2.0;
    for (std::size_t const i : batch) {
      if (i == c) continue;
      double const phi = boost::random::beta_distribution<double>{wins_(i, c) + 1.0, wins_(c, i) + 1.0}(g);
      if (phi < lowest) d = i;
      lowest = std::min(lowest, phi);
    }
    return {c, d};
  }

  bool thompson_;
  double alpha_;
  std::size_t p_;
  double clock_;
  double stage_ = 1.0;
  std::vector<std::vector<std::size_t>> batches_;
};

}  // namespace textbook
