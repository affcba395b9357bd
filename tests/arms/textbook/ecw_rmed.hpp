// SPDX-License-Identifier: MIT
//
// ECW-RMED as printed: signs, prices, plans and lists formed anew in every round.
//
// What a round takes from the stream: after a turn whose winner is in doubt, a choice among the candidates of
// the cheapest plan (nothing if there is one, else draw_index, in order of index). Nothing else.
#pragma once

#include <utility>

#include "../textbook.hpp"

namespace textbook {

/// Komiyama, Honda & Nakagawa, ICML 2016, ECW-RMED. The lists of the loop are updated when the next round
/// begins: by then the duel has been answered, or never will be.
class ecw_rmed : public counting {
 public:
  explicit ecw_rmed(std::size_t k, double alpha = 3.0, double beta = 0.01)
      : counting{k}, alpha_{alpha}, beta_{beta} {
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = i + 1; j < k; ++j) {
        remaining_.insert({i, j});
        pairs_.push_back({i, j});
      }
    }
  }

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (turn_) {
      for (auto const& pair : wanted(g)) {
        if (remaining_.count(pair) == 0) next_.insert(pair);
      }
    }
    turn_ = false;
    ++round_;
    // Sweep n = 1, 2, ... as long as n - 1 < alpha sqrt(ln t) or n = 1.
    while (!pairs_.empty() && (sweeps_ == 0.0 || sweeps_ < alpha_ * std::sqrt(log_t()))) {
      for (; next_pair_ < pairs_.size(); ++next_pair_) {
        auto const [i, j] = pairs_[next_pair_];
        if (std::round(met(i, j)) > sweeps_) continue;
        ++next_pair_;
        return {i, j};
      }
      next_pair_ = 0;
      sweeps_ += 1.0;
    }
    // Pairs answered since they were asked last, and too close to call: the first behind the last one asked.
    double const width = beta_ / std::max(1.0, std::log(std::max(1.0, log_t())));
    for (int lap = 0; lap < 2; ++lap) {
      for (auto const& pair : pairs_) {
        if (lap == 0 && !(last_close_ < pair)) continue;
        if (answered_.count(pair) == 0 || std::fabs(share(pair.first, pair.second) - 0.5) >= width) continue;
        answered_.erase(pair);
        last_close_ = pair;
        return {pair.first, pair.second};
      }
    }
    turn_ = true;
    if (remaining_.empty()) remaining_.swap(next_);
    if (remaining_.empty()) return {0, 0};  // one arm alone
    auto const pair = *remaining_.begin();
    remaining_.erase(remaining_.begin());
    return {pair.first, pair.second};
  }

  void observe(std::size_t first, std::size_t second, double y) {
    counting::observe(first, second, y);
    if (first != second) answered_.insert(std::minmax(first, second));
  }

 private:
  using pair_set = std::set<std::pair<std::size_t, std::size_t>>;

  [[nodiscard]] double log_t() const { return std::log(static_cast<double>(round_)); }
  [[nodiscard]] double share(std::size_t i, std::size_t j) const {
    return met(i, j) > 0.0 ? wins_(i, j) / met(i, j) : 0.5;
  }
  [[nodiscard]] double divergence(std::size_t i, std::size_t j) const {  // d(p_ij, 1/2) = d(p_ji, 1/2)
    double const p = share(std::min(i, j), std::max(i, j));
    double const d =
        (p > 0.0 ? p * std::log(2.0 * p) : 0.0) + (p < 1.0 ? (1.0 - p) * std::log(2.0 * (1.0 - p)) : 0.0);
    return std::max(d, 0.0);
  }
  [[nodiscard]] double price(std::size_t i, std::size_t j) const { return met(i, j) * divergence(i, j); }
  [[nodiscard]] bool loses(std::size_t i, std::size_t j) const { return share(i, j) < 0.5; }
  [[nodiscard]] std::size_t losses(std::size_t i) const {
    std::size_t sum = 0;
    for (std::size_t j = 0; j < arms_; ++j) sum += j != i && loses(i, j) ? 1U : 0U;
    return sum;
  }
  [[nodiscard]] std::vector<std::size_t> candidates() const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < arms_; ++i) {
      if (!found.empty() && losses(i) < losses(found[0])) found.clear();
      if (found.empty() || losses(i) == losses(found[0])) found.push_back(i);
    }
    return found;
  }

  // The cheapest opposites by which the rival comes to fewer losses than c: the least price of each gain.
  [[nodiscard]] double price_of_rival(std::size_t c, std::size_t rival) const {
    std::vector<double> single;
    for (std::size_t j = 0; j < arms_; ++j) {
      if (j == c || j == rival) continue;
      if (!loses(c, j)) single.push_back(price(c, j));
      if (loses(rival, j)) single.push_back(price(rival, j));
    }
    if (share(c, rival) == 0.5) single.push_back(0.0);
    std::sort(single.begin(), single.end());
    std::size_t const needed = losses(rival) - losses(c) + 1;
    std::vector<double> least(needed + 1, std::numeric_limits<double>::infinity());
    least[0] = 0.0;
    auto const offer = [&](double cost, std::size_t gain) {
      for (std::size_t w = needed + 1; w-- > 0;) {
        std::size_t const reached = std::min(needed, w + gain);
        if (reached != w) least[reached] = std::min(least[reached], least[w] + cost);
      }
    };
    for (double const cost : single) offer(cost, 1);
    if (loses(rival, c)) offer(price(c, rival), 2);
    return least[needed];
  }

  [[nodiscard]] double regret(std::size_t i, std::size_t j) const {
    double const fewest = static_cast<double>(losses(candidates()[0]));
    return (static_cast<double>(losses(i)) + static_cast<double>(losses(j)) - 2.0 * fewest) /
           (2.0 * static_cast<double>(arms_ - 1));
  }

  // x_rj for the arms that have beaten the rival, by tries of every number h of them; and what it costs.
  std::pair<double, std::vector<std::pair<std::size_t, double>>> cover(std::size_t rival,
                                                                       std::size_t c) const {
    std::vector<std::pair<double, std::size_t>> superiors;
    for (std::size_t j = 0; j < arms_; ++j) {
      if (j != c && j != rival && loses(rival, j)) {
        superiors.push_back({regret(j, rival) / divergence(j, rival), j});
      }
    }
    std::sort(superiors.begin(), superiors.end());
    std::size_t const needed = losses(rival) - losses(c) + 1;
    if (needed > superiors.size()) return {};
    std::size_t const k = superiors.size() - needed;
    double best = std::numeric_limits<double>::infinity();
    std::vector<std::pair<std::size_t, double>> rates;
    for (std::size_t h = k + 1; h <= superiors.size(); ++h) {
      double const x = 1.0 / static_cast<double>(h - k);
      double sum = 0.0;
      for (std::size_t n = 0; n < h; ++n) sum += superiors[n].first;
      if (sum * x >= best) continue;
      best = sum * x;
      rates.clear();
      for (std::size_t n = 0; n < h; ++n) rates.push_back({superiors[n].second, x});
    }
    return {best, rates};
  }

  template <class Stream>
  pair_set wanted(Stream& g) const {
    std::vector<std::size_t> const all = candidates();
    double most = -1.0;
    std::size_t sure = arms_;
    for (std::size_t const c : all) {
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t rival = 0; rival < arms_; ++rival) {
        if (rival != c) least = std::min(least, price_of_rival(c, rival));
      }
      if (least >= log_t() && least > most) {
        most = least;
        sure = c;
      }
    }
    if (sure < arms_) return {{sure, sure}};

    std::vector<std::size_t> cheapest;
    double lowest = 0.0;
    for (std::size_t const c : all) {
      double cost = 0.0;
      for (std::size_t j = 0; j < arms_; ++j) {
        if (j != c && share(c, j) > 0.5) cost += regret(c, j) / divergence(c, j);
      }
      for (std::size_t rival = 0; rival < arms_; ++rival) {
        if (rival != c) cost += cover(rival, c).first;
      }
      if (cheapest.empty() || cost < lowest) cheapest.clear();
      if (cheapest.empty()) lowest = cost;
      if (cost == lowest) cheapest.push_back(c);
    }
    std::size_t const c = any_of(cheapest, g);
    pair_set found{{c, c}};
    for (std::size_t j = 0; j < arms_; ++j) {
      if (j != c && !loses(c, j) && price(c, j) < log_t()) found.insert(std::minmax(c, j));
    }
    for (std::size_t rival = 0; rival < arms_; ++rival) {
      if (rival == c) continue;
      for (auto const& [j, x] : cover(rival, c).second) {
        if (price(rival, j) < x * log_t()) found.insert(std::minmax(rival, j));
      }
    }
    return found;
  }

  double alpha_;
  double beta_;
  std::vector<std::pair<std::size_t, std::size_t>> pairs_;
  std::size_t next_pair_ = 0;
  double sweeps_ = 0.0;
  pair_set answered_;
  std::pair<std::size_t, std::size_t> last_close_{0, 0};
  pair_set remaining_;  // L_R
  pair_set next_;       // L_N
  bool turn_ = false;
};

}  // namespace textbook
