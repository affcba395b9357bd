// SPDX-License-Identifier: MIT
//
// RMED1 (arms/rmed1.hpp) of one replication: the same tables, of a fixed size, the lists as bits, and the
// same arithmetic in the same order. Comments there, and in the parts it is made of, say why.
//
//   cost    of a round and an observation, as the host's; 16 bytes for each ordered pair
//   repeat  the host's pairs on host systems; on CUDA the logarithms in the evidence may differ in the last
//           digit, and with them a decision between arms whose evidence is the same up to rounding
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <joust/arms/rmed1.hpp>
#include <joust/core/argmax.hpp>
#include <joust/core/bernoulli_kl.hpp>
#include <joust/core/detail/moments.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/detail/duel_table.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

template <std::size_t MaxArms>
class rmed1_player {
 public:
  struct rules {
    rules(rmed1 const& prototype, std::size_t arms)
        : slack{prototype.options().factor *
                std::pow(static_cast<double>(arms), prototype.options().exponent)} {}
    double slack;  // f(K)
  };

  JOUST_HOST_DEVICE void begin(rules const&, std::size_t arms) noexcept {
    table_.begin(arms);
    in_list_ = arms == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << arms) - 1;
    in_next_ = 0;
    turn_ = 0;
    open_ = false;
    swept_ = arms < 2;
    at_first_ = 0;
    at_second_ = 1;
    for (std::size_t i = 0; i < arms; ++i) {
      log_likelihood_[i] = 0.0;
      for (std::size_t j = 0; j < arms; ++j) divergence_[i * MaxArms + j] = 0.0;
    }
  }

  [[nodiscard]] JOUST_HOST_DEVICE pairing choose(rules const& how, round_facts const& now,
                                                 stream& random) noexcept {
    close_turn(now.log_before + how.slack);
    if (!swept_) {
      pairing const unmet = next_unmet();
      if (!unmet.self_duel()) return unmet;
    }
    open_ = true;
    std::size_t const arm = turn_;
    std::size_t const likeliest =
        argmax(std::span<double const>{log_likelihood_.data(), table_.arms()}, random);
    return {arm, opponent(arm, likeliest, random)};
  }

  JOUST_HOST_DEVICE void learn(rules const&, std::size_t i, std::size_t j, bool i_won) noexcept {
    table_.record(i, j, i_won);
    refresh(i, j);
    refresh(j, i);
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t best() const noexcept {
    std::size_t best = 0;
    for (std::size_t i = 1; i < table_.arms(); ++i) {
      if (log_likelihood_[i] > log_likelihood_[best] ||
          (log_likelihood_[i] == log_likelihood_[best] && table_.borda(i) > table_.borda(best))) {
        best = i;
      }
    }
    return best;
  }

 private:
  JOUST_HOST_DEVICE void close_turn(double width) noexcept {
    if (!open_) return;
    open_ = false;
    double largest = log_likelihood_[0];
    for (std::size_t j = 1; j < table_.arms(); ++j) {
      largest = largest < log_likelihood_[j] ? log_likelihood_[j] : largest;
    }
    double const least = largest - width;
    for (std::size_t j = 0; j < table_.arms(); ++j) {
      bool const waiting = j > turn_ && ((in_list_ >> j) & 1U) != 0;
      if (!waiting && log_likelihood_[j] >= least) in_next_ |= std::uint64_t{1} << j;
    }
    do {
      if (++turn_ == table_.arms()) {
        in_list_ = in_next_;
        in_next_ = 0;
        turn_ = 0;
      }
    } while (((in_list_ >> turn_) & 1U) == 0);
  }

  // The next pair that has not met; a self-duel once there is none.
  JOUST_HOST_DEVICE pairing next_unmet() noexcept {
    while (at_first_ + 1 < table_.arms()) {
      pairing const pair{at_first_, at_second_};
      if (at_second_ + 1 < table_.arms()) {
        ++at_second_;
      } else {
        ++at_first_;
        at_second_ = at_first_ + 1;
      }
      if (table_.duels(pair.first, pair.second) == 0) return pair;
    }
    swept_ = true;
    return {0, 0};
  }

  JOUST_HOST_DEVICE std::size_t opponent(std::size_t arm, std::size_t best, stream& random) const noexcept {
    bool const unbeaten = arm != best && table_.leads_not(arm, best);
    if (unbeaten || table_.beaten(arm) + 1 == table_.arms()) return best;
    std::array<double, MaxArms> values;
    for (std::size_t j = 0; j < table_.arms(); ++j) values[j] = -table_.share(arm, j);
    values[arm] = -2.0;  // no arm is its own rival
    return argmax(std::span<double const>{values.data(), table_.arms()}, random);
  }

  JOUST_HOST_DEVICE void refresh(std::size_t i, std::size_t j) noexcept {
    double const now = table_.leads_not(i, j) ? bernoulli_kl_to_half(table_.share(i, j)) : 0.0;
    double& kept = divergence_[i * MaxArms + j];
    if (now == 0.0 && kept == 0.0) return;
    kept = now;
    double sum = 0.0;
    for (std::size_t k = 0; k < table_.arms(); ++k) {
      sum += joust::detail::rounded_product(table_.duels(i, k), divergence_[i * MaxArms + k]);
    }
    log_likelihood_[i] = -sum;
  }

  duel_table<MaxArms> table_;
  std::uint32_t turn_;
  std::uint32_t at_first_;  // the next pair of the sweep
  std::uint32_t at_second_;
  bool open_;
  bool swept_;
  std::uint64_t in_list_;  // bit i: arm i has a turn in the current pass
  std::uint64_t in_next_;  // and in the next
  std::array<double, MaxArms> log_likelihood_;
  std::array<double, MaxArms * MaxArms> divergence_;
};

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
