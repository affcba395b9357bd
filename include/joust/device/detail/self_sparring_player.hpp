// SPDX-License-Identifier: MIT
//
// Self-sparring (arms/self_sparring.hpp) of one replication: the same records, of a fixed size, the same
// random numbers and the same comparisons, with tails that kernels can compute. Comments there say why.
//
//   cost    of a round and an observation, as the host's; 24 bytes an arm, and 40 while choosing
//   repeat  the host's pairs, unless a random number falls between a Beta tail and what Boost makes of it:
//           their difference, some 1e-15 for a hundred duels and 1e-11 for a million, is the chance of
//           another decision per comparison
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <joust/arms/self_sparring.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/detail/beta_race.hpp>
#include <joust/device/detail/beta_tail.hpp>
#include <joust/device/detail/duel_table.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

template <std::size_t MaxArms>
class self_sparring_player {
 public:
  struct rules {
    rules(self_sparring const& prototype, std::size_t) : learning_rate{prototype.options().learning_rate} {}
    double learning_rate;
  };

  JOUST_HOST_DEVICE void begin(rules const&, std::size_t arms) noexcept {
    arms_ = static_cast<std::uint32_t>(arms);
    hurdle_ = 0.5;
    expected_ = 0.0;  // out of its range: the first round looks for a hurdle
    for (std::size_t i = 0; i < arms; ++i) {
      wins_[i] = 0.0;
      losses_[i] = 0.0;
      clearing_[i] = 0.5;
    }
  }

  [[nodiscard]] JOUST_HOST_DEVICE pairing choose(rules const&, round_facts const&, stream& random) noexcept {
    if (!(expected_ > 0.7 && expected_ < 6.0)) move_hurdle();
    std::size_t const first = sampled_best(random);
    return {first, sampled_best(random)};
  }

  JOUST_HOST_DEVICE void learn(rules const& how, std::size_t i, std::size_t j, bool i_won) noexcept {
    double const won = i_won ? how.learning_rate : 0.0;
    double const lost = i_won ? 0.0 : how.learning_rate;
    wins_[i] += won;
    losses_[i] += lost;
    wins_[j] += lost;
    losses_[j] += won;
    double const i_clears = clears_hurdle(i);
    double const j_clears = clears_hurdle(j);
    expected_ += (i_clears - clearing_[i]) + (j_clears - clearing_[j]);
    clearing_[i] = i_clears;
    clearing_[j] = j_clears;
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t best() const noexcept {
    std::size_t found = 0;
    for (std::size_t i = 1; i < arms_; ++i) {
      double const ahead = mean(i) - mean(found);
      bool const longer = wins_[i] + losses_[i] > wins_[found] + losses_[found];
      if (ahead > 0.0 || (ahead == 0.0 && longer)) found = i;
    }
    return found;
  }

 private:
  [[nodiscard]] JOUST_HOST_DEVICE double mean(std::size_t i) const noexcept {
    return (wins_[i] + 1.0) / (wins_[i] + losses_[i] + 2.0);
  }

  JOUST_HOST_DEVICE std::size_t sampled_best(stream& random) const noexcept {
    std::array<double, MaxArms> numbers;
    std::array<beta_contender, MaxArms> contenders;
    std::size_t above = 0;
    for (std::size_t i = 0; i < arms_; ++i) {
      numbers[i] = draw_uniform(random);
      if (numbers[i] < clearing_[i]) contenders[above++] = contender(i, numbers[i]);
    }
    if (above != 0) return race(contenders.data(), above, hurdle_, 1.0);
    for (std::size_t i = 0; i < arms_; ++i) contenders[i] = contender(i, numbers[i]);
    return race(contenders.data(), arms_, 0.0, hurdle_);
  }

  [[nodiscard]] JOUST_HOST_DEVICE beta_contender contender(std::size_t i, double u) const noexcept {
    return {static_cast<std::uint32_t>(i), wins_[i] + 1.0, losses_[i] + 1.0, u, 0.0};
  }

  // P(theta_i > hurdle); 0 where it is below 2^-64.
  [[nodiscard]] JOUST_HOST_DEVICE double clears_hurdle(std::size_t i) const noexcept {
    double const alpha = wins_[i] + 1.0;
    double const beta = losses_[i] + 1.0;
    double const n = alpha + beta;
    if (alpha < hurdle_ * n) {
      double const log_bound =
          alpha * std::log(hurdle_ * n / alpha) + beta * std::log((1.0 - hurdle_) * n / beta);
      if (log_bound < -50.0) return 0.0;
    }
    return beta_tail(alpha, beta, hurdle_);
  }

  JOUST_HOST_DEVICE void move_hurdle() noexcept {
    double low = -40.0;  // as a logit
    double high = 40.0;
    for (int step = 0; step < 20; ++step) {
      double const middle = 0.5 * (low + high);
      double clearing = 0.0;
      for (std::size_t i = 0; i < arms_; ++i) {
        double const alpha = wins_[i] + 1.0;
        double const beta = losses_[i] + 1.0;
        double const center = std::log(alpha / beta);
        double const spread = std::sqrt(1.0 / alpha + 1.0 / beta);
        clearing += 0.5 * std::erfc((middle - center) / (1.4142135623730951 * spread));
      }
      (clearing > 2.5 ? low : high) = middle;
    }
    double const hurdle = 1.0 / (1.0 + std::exp(-low));
    hurdle_ = std::fmin(std::fmax(hurdle, 1e-9), 1.0 - 1e-9);
    expected_ = 0.0;
    for (std::size_t i = 0; i < arms_; ++i) {
      clearing_[i] = clears_hurdle(i);
      expected_ += clearing_[i];
    }
    expected_ = std::fmin(std::fmax(expected_, 1.0), 5.0);
  }

  std::uint32_t arms_;
  double hurdle_;
  double expected_;  // number of arms above the hurdle; out of its range: the hurdle must move
  std::array<double, MaxArms> wins_;
  std::array<double, MaxArms> losses_;
  std::array<double, MaxArms> clearing_;  // P(theta_i > hurdle)
};

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
