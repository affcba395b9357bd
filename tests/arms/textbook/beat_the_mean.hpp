// SPDX-License-Identifier: MIT
//
// Beat the mean as Yue & Joachims (ICML 2011) print it, algorithms 1 and 2: every comparison remembered with
// the arm it counts for, all shares formed anew. Turns go by comparisons asked for, which differ from those
// counted only where an answer never comes.
//
// From the stream: if an arm goes, a choice among those with the smallest share; a choice among the arms with
// the fewest turns; a choice of the opponent among the arms in play (or among the others); against itself, a
// draw_bernoulli(1/2). All choices count by index.
#pragma once

#include "../textbook.hpp"

namespace textbook {

class beat_the_mean {
 public:
  beat_the_mean(std::size_t k, std::uint64_t horizon, double gamma, double factor, bool include_itself)
      : delta_{1.0 / (2.0 * static_cast<double>(horizon) * static_cast<double>(k))},
        gamma_{gamma},
        factor_{factor},
        include_itself_{include_itself} {
    for (std::size_t b = 0; b < k; ++b) w_.push_back(b);
  }

  template <class Stream>
  joust::pairing select(Stream& g) {
    if (w_.size() > 1) eliminate(g);
    if (w_.size() == 1) return {w_[0], w_[0]};
    std::vector<std::size_t> fewest;
    for (std::size_t const b : w_) {
      if (fewest.empty() || count(asked_, b) < count(asked_, fewest[0])) fewest.clear();
      if (fewest.empty() || count(asked_, b) == count(asked_, fewest[0])) fewest.push_back(b);
    }
    std::size_t const b = fewest[joust::draw_index(fewest.size(), g)];
    std::vector<std::size_t> opponents = w_;
    if (!include_itself_) opponents.erase(std::find(opponents.begin(), opponents.end(), b));
    std::size_t const opponent = opponents[joust::draw_index(opponents.size(), g)];
    asked_.push_back({b, opponent, 0.0});
    if (opponent == b) answered_.push_back({b, b, joust::draw_bernoulli(0.5, g)});
    return {b, opponent};
  }

  void observe(std::size_t first, std::size_t second, double y) {
    if (first != second) answered_.push_back({first, second, y});
  }

 private:
  struct comparison {
    std::size_t arm;
    std::size_t opponent;
    double y;
  };

  [[nodiscard]] static double count(std::vector<comparison> const& list, std::size_t b) {
    double n = 0.0;
    for (comparison const& each : list) n += each.arm == b ? 1.0 : 0.0;
    return n;
  }
  [[nodiscard]] double share(std::size_t b) const {
    double won = 0.0;
    for (comparison const& each : answered_) won += each.arm == b ? each.y : 0.0;
    double const n = count(answered_, b);
    return n > 0.0 ? won / n : 0.5;
  }

  template <class Stream>
  void eliminate(Stream& g) {
    double n = count(answered_, w_[0]);
    double lowest = 1.0;
    double highest = 0.0;
    for (std::size_t const b : w_) {
      n = std::min(n, count(answered_, b));
      lowest = std::min(lowest, share(b));
      highest = std::max(highest, share(b));
    }
    double const c = n > 0.0 ? factor_ * gamma_ * gamma_ * std::sqrt(std::log(1.0 / delta_) / n) : 1.0;
    if (lowest + c > highest - c) return;
    std::vector<std::size_t> last;
    for (std::size_t const b : w_) {
      if (share(b) == lowest) last.push_back(b);
    }
    std::size_t const loser = last[joust::draw_index(last.size(), g)];
    w_.erase(std::find(w_.begin(), w_.end(), loser));
    auto const of_loser = [loser](comparison const& each) {
      return each.arm == loser || each.opponent == loser;
    };
    answered_.erase(std::remove_if(answered_.begin(), answered_.end(), of_loser), answered_.end());
    asked_.erase(std::remove_if(asked_.begin(), asked_.end(), of_loser), asked_.end());
  }

  double delta_;
  double gamma_;
  double factor_;
  bool include_itself_;
  std::vector<std::size_t> w_;
  std::vector<comparison> asked_;
  std::vector<comparison> answered_;
};

}  // namespace textbook
