// SPDX-License-Identifier: MIT
//
// Arms that may still be the winner take turns, in order of index. After each turn, every arm that does not
// wait for one in the list in play, and whose evidence is within ln t + f(K) of the least, enters the next
// list. The first list holds all arms.
//
//   cost    O(K) per turn and one logarithm
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <joust/core/error.hpp>

namespace joust::detail {

/// Throws std::invalid_argument unless f(K) = factor * K^exponent can be formed; for any K if arms is 0.
inline void check_slack(double factor, double exponent) {
  if (!(factor >= 0.0 && std::isfinite(factor))) {
    reject("factor", text(factor), "a finite number of at least 0");
  }
  if (!(exponent >= 0.0 && std::isfinite(exponent))) {
    reject("exponent", text(exponent), "a finite number of at least 0");
  }
}
inline void check_slack(double factor, double exponent, std::size_t arms) {
  double const power = std::pow(static_cast<double>(arms), exponent);
  if (!std::isfinite(power) || !std::isfinite(factor * power)) {
    reject("exponent", text(exponent) + " with factor " + text(factor),
           "factor * arms^exponent to be finite, and arms^exponent too");
  }
}

class plausible_turns {
 public:
  plausible_turns() = default;

  plausible_turns(std::size_t arms, double factor, double exponent)
      : slack_{factor * std::pow(static_cast<double>(arms), exponent)},
        in_list_(arms, 1),
        in_next_(arms, 0) {}

  /// Opens a turn and says whose it is.
  [[nodiscard]] std::size_t open() noexcept {
    open_ = true;
    return turn_;
  }

  /// Ends the turn that is open, if there is one: it was that of round t.
  void close(std::span<double const> log_likelihoods, std::uint64_t t) noexcept {
    if (!open_) return;
    open_ = false;
    double const least = *std::max_element(log_likelihoods.begin(), log_likelihoods.end()) -
                         (std::log(static_cast<double>(std::max(t, std::uint64_t{1}))) + slack_);
    // Those who wait are the listed ones behind the present turn. The likeliest arm is admitted at the latest
    // when nobody waits any more, so the next list is never empty.
    for (std::size_t j = 0; j < in_list_.size(); ++j) {
      bool const waiting = j > turn_ && in_list_[j] != 0;
      in_next_[j] |= static_cast<unsigned char>(!waiting && log_likelihoods[j] >= least);
    }
    do {
      if (++turn_ == in_list_.size()) {
        in_list_.swap(in_next_);
        std::fill(in_next_.begin(), in_next_.end(), static_cast<unsigned char>(0));
        turn_ = 0;
      }
    } while (in_list_[turn_] == 0);
  }

  [[nodiscard]] bool sound() const noexcept { return turn_ < in_list_.size(); }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("in_list", self.in_list_);
    visit("in_next", self.in_next_);
    visit("turn", self.turn_);
    visit("open", self.open_);
  }

 private:
  double slack_ = 0.0;                  // f(K)
  std::vector<unsigned char> in_list_;  // L_C: who has a turn in the current pass
  std::vector<unsigned char> in_next_;  // L_N: who will have one in the next
  std::size_t turn_ = 0;                // whose turn is open, or comes next
  bool open_ = false;
};

}  // namespace joust::detail
