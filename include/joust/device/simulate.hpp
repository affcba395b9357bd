// SPDX-License-Identifier: MIT
//
// Ten thousand replications of one agent on fixed arms, summed up as they run. Each index of the device plays
// one replication; what is known of it lies in device memory between launches of a bounded number of rounds.
//
//   needs   an agent that has a device form: rucb, rmed1, double_thompson, self_sparring, winner_stays_weak,
//           winner_stays_strong, uniform_arms; at most 64 arms
//   cost    of a round, as the host's agent; of a replication, device memory for the agent's tables (at most
//           24 bytes for each ordered pair of up to 4, 8, 16, 32 or 64 arms) and some 3.4 kB for results
//   repeat  replication r is joust::run with the streams of stream{seed}.child(r). On host systems every
//           regret of rucb, rmed1, uniform_arms and both winner_stays is the host's to the last digit, on
//           CUDA too but for rmed1, where a logarithm rounded otherwise may turn a decision between arms that
//           are equal up to rounding. double_thompson and self_sparring use Beta tails of their own: a
//           comparison goes another way with a chance of 1e-15 to 1e-11 (device/detail/beta_tail.hpp). Means
//           and errors do not depend on threads, launches or waves
//   source  the agents' headers in arms/
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <joust/core/detail/moments.hpp>
#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/play_rounds.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>
#include <joust/environment/fixed_arms.hpp>
#include <joust/environment/regret.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

namespace detail {

// How many values, their mean, and the sum of their squared distances from it.
struct moments {
  double count;
  double mean;
  double spread;
};

inline constexpr std::size_t moments_block = 256;  // replications that are summed up by one call

struct sum_up {
  double const* values;
  std::size_t count;
  std::size_t blocks;
  moments* sums;  // [row * blocks + block], a row being a slot of a checkpoint

  JOUST_HOST_DEVICE void operator()(std::size_t n) const {
    double const* const row = values + n / blocks * count;
    std::size_t const begin = n % blocks * moments_block;
    std::size_t const end = begin + moments_block < count ? begin + moments_block : count;
    moments found{0.0, 0.0, 0.0};
    double sum = 0.0;
    for (std::size_t r = begin; r < end; ++r) {
      if (!(row[r] == row[r])) continue;
      sum += row[r];
      found.count += 1.0;
    }
    found.mean = found.count > 0.0 ? sum / found.count : 0.0;
    for (std::size_t r = begin; r < end; ++r) {
      double const distance = row[r] - found.mean;
      if (row[r] == row[r]) found.spread += joust::detail::rounded_product(distance, distance);
    }
    sums[n] = found;
  }
};

// Of two sets of values those of both (Chan, Golub & LeVeque 1979).
inline void join(moments& to, moments const& more) {
  if (more.count == 0.0) return;
  double const count = to.count + more.count;
  double const apart = more.mean - to.mean;
  to.mean += apart * (more.count / count);
  to.spread += more.spread + apart * apart * (to.count * more.count / count);
  to.count = count;
}

}  // namespace detail

/// What to simulate, and how much at a time. Neither `at_once` nor `rounds_per_launch` changes a result.
struct simulation_options {
  std::vector<std::uint64_t> checkpoints;  ///< increasing rounds; the last is the horizon
  std::size_t replications = 4096;         ///< independent runs; fewer leave a GPU idle
  std::uint64_t seed = 0;                  ///< of every random number

  /// Whether the values of every replication are kept too: 104 bytes of host memory for each checkpoint of
  /// each.
  bool keep_all = false;

  /// How many replications play at once, a multiple of 256. 0: 256 on a host, as many as fill it on a GPU.
  std::size_t at_once = 0;

  /// After how many rounds the device is given free, and `interrupt` looked at. 0: what takes a fraction of a
  /// second, from 64 rounds where all of a GPU plays to 16384 where few replications do.
  std::uint64_t rounds_per_launch = 0;

  std::atomic<bool> const* interrupt = nullptr;         ///< set it from elsewhere to end at the next launch
  std::atomic<std::uint64_t>* rounds_played = nullptr;  ///< advanced while running, over all replications
};

/// A mean over replications and its standard error; NaN where nothing is known, and for the error of less
/// than two.
struct estimate {
  double mean = std::numeric_limits<double>::quiet_NaN();
  double standard_error = std::numeric_limits<double>::quiet_NaN();
};

/// What a simulation found, at each checkpoint.
class simulation {
 public:
  /// The checkpoints.
  [[nodiscard]] std::vector<std::uint64_t> const& rounds() const noexcept { return rounds_; }

  /// How many replications have finished: fewer than asked for if it was interrupted.
  [[nodiscard]] std::size_t replications() const noexcept { return replications_; }
  [[nodiscard]] bool complete() const noexcept { return complete_; }

  /// A regret over all finished replications; cumulative, but for `simple`. Throws std::invalid_argument for
  /// a checkpoint out of range.
  [[nodiscard]] estimate regret(regret_kind kind, std::size_t checkpoint) const {
    return over_all(slot(kind), checkpoint);
  }

  /// The duels asked for; self-duels are not.
  [[nodiscard]] estimate comparisons(std::size_t checkpoint) const {
    return over_all(detail::comparisons_slot, checkpoint);
  }

  /// The same of one replication, if all were kept. Throws std::invalid_argument if they were not, or for an
  /// index out of range.
  [[nodiscard]] double regret(regret_kind kind, std::size_t checkpoint, std::size_t replication) const {
    return of_one(slot(kind), checkpoint, replication);
  }
  [[nodiscard]] double comparisons(std::size_t checkpoint, std::size_t replication) const {
    return of_one(detail::comparisons_slot, checkpoint, replication);
  }

 private:
  template <class Agent>
  friend simulation simulate(queue const&, simulation_options const&, fixed_arms const&, Agent const&);

  // Takes in what the replications of a wave were at some checkpoints.
  void take(queue const& order, std::size_t first, std::size_t count, std::size_t point, std::size_t points,
            buffer<double> const& values, bool keep_all, std::size_t replications) {
    std::size_t const blocks = (count + detail::moments_block - 1) / detail::moments_block;
    std::size_t const rows = points * detail::slots;
    buffer<detail::moments> sums{rows * blocks};
    for_each_index(order, sums.size(), detail::sum_up{values.data(), count, blocks, sums.data()});
    std::vector<detail::moments> const found = sums.download(order);
    for (std::size_t n = 0; n < found.size(); ++n) {
      detail::join(pending_[point * detail::slots + n / blocks], found[n]);
    }
    if (!keep_all) return;
    std::vector<double> const all = values.download(order);
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t r = 0; r < count; ++r) {
        all_[(point * detail::slots + row) * replications + first + r] = all[row * count + r];
      }
    }
  }

  [[nodiscard]] estimate over_all(std::size_t slot, std::size_t checkpoint) const {
    joust::detail::require_index("checkpoint", checkpoint, rounds_.size());
    detail::moments const& found = sums_[checkpoint * detail::slots + slot];
    estimate result;
    if (found.count > 0.0) result.mean = found.mean;
    if (found.count > 1.0) {
      result.standard_error = std::sqrt(found.spread / (found.count - 1.0) / found.count);
    }
    return result;
  }

  [[nodiscard]] double of_one(std::size_t slot, std::size_t checkpoint, std::size_t replication) const {
    joust::detail::require_index("checkpoint", checkpoint, rounds_.size());
    if (all_.empty()) joust::detail::reject("keep_all", "false", "true, for values of single replications");
    joust::detail::require_index("replication", replication, replications_);
    std::size_t const asked = all_.size() / (rounds_.size() * detail::slots);
    return all_[(checkpoint * detail::slots + slot) * asked + replication];
  }

  std::vector<std::uint64_t> rounds_;
  std::size_t replications_ = 0;
  bool complete_ = false;
  std::vector<detail::moments> sums_;     // [checkpoint * slots + slot], of the finished waves
  std::vector<detail::moments> pending_;  // the same with the wave under way
  std::vector<double> all_;               // [(checkpoint * slots + slot) * replications + replication]
};

/// Plays the agent `options.replications` times on the same arms.
///
///     auto const found = simulate(order, {.checkpoints = {100, 1000}}, arxiv6(), rucb{{.alpha = 0.6}});
///     double const average = found.regret(regret_kind::average, 1).mean;
///
/// `prototype` is an agent with options and without arms. If `interrupt` becomes true, replications under way
/// are abandoned, and the simulation holds the finished ones. Throws std::invalid_argument for checkpoints
/// that are empty, not increasing or beyond 2^32 - 1, for no replications, `at_once` that is no multiple of
/// 256, more than 64 arms, and options that the agent refuses for so many.
template <class Agent>
[[nodiscard]] simulation simulate(queue const& order, simulation_options const& options,
                                  fixed_arms const& problem, Agent const& prototype) {
  static_assert(detail::player_of<Agent>::exists,
                "joust: this agent has no device form. Those that have: rucb, rmed1, double_thompson, "
                "self_sparring, winner_stays_weak, winner_stays_strong, uniform_arms.");
  detail::check_checkpoints(options.checkpoints);
  if (options.replications == 0) joust::detail::reject("replications", "0", "at least one");
  if (options.at_once % detail::moments_block != 0) {
    joust::detail::reject("at_once", joust::detail::text(options.at_once), "a multiple of 256");
  }
  static_cast<void>(prototype.fresh({.arms = problem.arms(), .horizon = options.checkpoints.back()}));
  detail::device_problems const problems{order, problem};
  detail::simulation_plan const plan{options.checkpoints, options.seed, options.rounds_per_launch,
                                     options.interrupt};
  std::size_t const at_once =
      options.at_once != 0
          ? options.at_once
          : detail::replications_at_once(detail::bytes_per_replication<Agent>(problem.arms()));

  simulation result;
  std::size_t const rows = options.checkpoints.size() * detail::slots;
  result.rounds_ = options.checkpoints;
  result.sums_.resize(rows, {0.0, 0.0, 0.0});
  if (options.keep_all) result.all_.resize(rows * options.replications);
  auto watch = [&](std::uint64_t rounds) {
    if (options.rounds_played != nullptr) {
      options.rounds_played->fetch_add(rounds, std::memory_order_relaxed);
    }
  };
  for (std::size_t first = 0; first < options.replications; first += at_once) {
    std::size_t const count = std::min(at_once, options.replications - first);
    result.pending_ = result.sums_;
    auto take = [&](std::size_t point, std::size_t points, buffer<double> const& values) {
      result.take(order, first, count, point, points, values, options.keep_all, options.replications);
    };
    if (!detail::play_all_rounds_of(order, plan, prototype, problems, first, count, take, watch))
      return result;
    result.sums_.swap(result.pending_);
    result.replications_ = first + count;
  }
  result.complete_ = true;
  return result;
}

/// The same on arms of which the preferences are all that is known.
template <class Agent>
[[nodiscard]] simulation simulate(queue const& order, simulation_options const& options,
                                  joust::preference_matrix const& preferences, Agent const& prototype) {
  return simulate(order, options, fixed_arms{preferences}, prototype);
}

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
