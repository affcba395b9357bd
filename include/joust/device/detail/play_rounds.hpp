// SPDX-License-Identifier: MIT
//
// Many replications of one agent on fixed arms, each played by one call of a kernel, some rounds at a time:
// what simulate and replicate share. A round is the host's (experiment/run.hpp): its answer and its decision
// come from the streams of the replication and the round, and its regrets are added in the same order.
//
//   cost    of a replication, device memory: the player (24 bytes for each ordered pair of arms, at most), 88
//           bytes of totals and 13 numbers for each checkpoint of a launch
//   repeat  the host's numbers; launches, waves and threads change none
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/duel_table.hpp>
#include <joust/device/detail/players.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>
#include <joust/environment/fixed_arms.hpp>
#include <joust/environment/regret.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

inline constexpr std::size_t most_arms = 64;

/// What is written down at a checkpoint: the regrets by slot, and the comparisons.
inline constexpr std::size_t comparisons_slot = regret_kind_count;
inline constexpr std::size_t slots = regret_kind_count + 1;

/// What an arm lacks of the best one, in each unit; NaN where there is no such unit.
struct arm_gaps {
  double winner;
  double missed;
  double copeland;
  double borda;
  double von_neumann;
  double utility;
  double recommended;  // what recommending it costs
};

/// The regrets so far, as experiment/run.hpp adds them up. That of kind `preference` is the average one's
/// number wherever it is known, and is not kept twice.
struct running_totals {
  double average = 0.0;
  double strong = 0.0;
  double weak = 0.0;
  double strong_binary = 0.0;
  double weak_binary = 0.0;
  double copeland = 0.0;
  double borda = 0.0;
  double von_neumann = 0.0;
  double utility = 0.0;
  double utility_weak = 0.0;
  std::uint64_t comparisons = 0;

  JOUST_HOST_DEVICE void add(arm_gaps const& a, arm_gaps const& b) noexcept {
    average += 0.5 * (a.winner + b.winner);  // halving is exact, so that a fused sum would be the same
    strong += a.winner < b.winner ? b.winner : a.winner;
    weak += a.winner < b.winner ? a.winner : b.winner;
    strong_binary += a.missed < b.missed ? b.missed : a.missed;
    weak_binary += a.missed < b.missed ? a.missed : b.missed;
    copeland += 0.5 * (a.copeland + b.copeland);
    borda += 0.5 * (a.borda + b.borda);
    von_neumann += 0.5 * (a.von_neumann + b.von_neumann);
    utility += 0.5 * (a.utility + b.utility);
    utility_weak += a.utility < b.utility ? a.utility : b.utility;
  }

  [[nodiscard]] JOUST_HOST_DEVICE double of(std::size_t slot, double recommended) const noexcept {
    switch (slot) {
      case static_cast<std::size_t>(regret_kind::average):
        return average;
      case static_cast<std::size_t>(regret_kind::strong):
        return strong;
      case static_cast<std::size_t>(regret_kind::weak):
        return weak;
      case static_cast<std::size_t>(regret_kind::strong_binary):
        return strong_binary;
      case static_cast<std::size_t>(regret_kind::weak_binary):
        return weak_binary;
      case static_cast<std::size_t>(regret_kind::copeland):
        return copeland;
      case static_cast<std::size_t>(regret_kind::borda):
        return borda;
      case static_cast<std::size_t>(regret_kind::von_neumann):
        return von_neumann;
      case static_cast<std::size_t>(regret_kind::utility):
        return utility;
      case static_cast<std::size_t>(regret_kind::utility_weak):
        return utility_weak;
      case static_cast<std::size_t>(regret_kind::preference):
        return utility == utility ? average : utility;
      case static_cast<std::size_t>(regret_kind::simple):
        return recommended;
      default:
        return static_cast<double>(comparisons);
    }
  }
};

/// The problems of some replications, on the device: one for each, or one for all (strides 0).
struct problem_view {
  std::size_t arms;
  double const* chances;  // [i * arms + j]: P(i beats j)
  arm_gaps const* gaps;   // by arm
  std::size_t chances_stride;
  std::size_t gaps_stride;
};

/// Which part of a run a launch plays.
struct launch {
  std::uint64_t seed;
  std::size_t first;                 // the replication of index 0
  std::size_t count;                 // of replications
  std::uint64_t from;                // rounds before
  std::uint64_t to;                  // and after
  double const* logs;                // [r]: ln(from + r), 0 for ln 0
  std::uint64_t const* checkpoints;  // those to come, increasing; the first `points` are at most `to`
  std::size_t points;
  double* values;  // [(point * slots + slot) * count + replication]
};

// Out of line on a GPU, being rare: nvcc compiles every kernel's copy of a function for itself, and for long.

/// The streams of a replication (experiment/run.hpp).
struct replication_streams {
  stream answers;
  stream decisions;
};
JOUST_OUT_OF_LINE JOUST_HOST_DEVICE inline replication_streams streams_of(std::uint64_t seed,
                                                                          std::size_t replication) {
  stream const random = stream{seed}.child(replication);
  return {random.child("oracle"), random.child("agent")};
}

/// Writes every slot, each `stride` behind the last.
JOUST_OUT_OF_LINE JOUST_HOST_DEVICE inline void write_down(running_totals const& sum, double recommended,
                                                           double* to, std::size_t stride) {
  for (std::size_t slot = 0; slot < slots; ++slot) to[slot * stride] = sum.of(slot, recommended);
}

template <class Player>
struct play_rounds {
  typename Player::rules rules;
  problem_view problem;
  launch part;
  Player* players;
  running_totals* totals;

  JOUST_HOST_DEVICE void operator()(std::size_t n) const {
    // What is little is played with where the processor has it at hand, and put back afterwards.
    if constexpr (sizeof(Player) <= 2048) {
      Player player;
      if (part.from != 0) player = players[n];
      play(player, n);
      players[n] = player;
    } else {
      play(players[n], n);
    }
  }

 private:
  JOUST_HOST_DEVICE void play(Player& player, std::size_t n) const {
    std::size_t const arms = problem.arms;
    double const* const chances = problem.chances + n * problem.chances_stride;
    arm_gaps const* const gaps = problem.gaps + n * problem.gaps_stride;
    running_totals sum;
    if (part.from == 0) {
      player.begin(rules, arms);
    } else {
      sum = totals[n];
    }
    auto const [answers, decisions] = streams_of(part.seed, part.first + n);
    std::size_t point = 0;
    std::uint64_t next = part.points == 0 ? part.to + 1 : part.checkpoints[0];
    for (std::uint64_t round = part.from; round < part.to; ++round) {
      stream decision = decisions.at_round(static_cast<std::uint32_t>(round));
      std::size_t const at = static_cast<std::size_t>(round - part.from);
      pairing const pair =
          player.choose(rules, round_facts{round + 1, part.logs[at + 1], part.logs[at]}, decision);
      if (!pair.self_duel()) {
        stream answer = answers.at_round(static_cast<std::uint32_t>(round));
        bool const first_won = draw_uniform(answer) < chances[pair.first * arms + pair.second];
        player.learn(rules, pair.first, pair.second, first_won);
        ++sum.comparisons;
      }
      sum.add(gaps[pair.first], gaps[pair.second]);
      if (round + 1 != next) continue;
      totals[n] = sum;
      write_down(totals[n], gaps[player.best()].recommended, part.values + point * slots * part.count + n,
                 part.count);
      ++point;
      next = point == part.points ? part.to + 1 : part.checkpoints[point];
    }
    totals[n] = sum;
  }
};

/// Problems of the same number of arms, in device memory.
class device_problems {
 public:
  /// The same for all replications.
  device_problems(queue const& order, fixed_arms const& problem) { put(order, std::span{&problem, 1}, true); }

  /// One for each replication.
  device_problems(queue const& order, std::span<fixed_arms const> problems) { put(order, problems, false); }

  [[nodiscard]] std::size_t arms() const noexcept { return arms_; }
  [[nodiscard]] problem_view view() const noexcept {
    return {arms_, chances_.data(), gaps_.data(), shared_ ? 0 : arms_ * arms_, shared_ ? 0 : arms_};
  }

 private:
  void put(queue const& order, std::span<fixed_arms const> problems, bool shared) {
    arms_ = problems.front().arms();
    shared_ = shared;
    if (arms_ > most_arms) {
      joust::detail::reject("arms", joust::detail::text(arms_),
                            "at most " + joust::detail::text(most_arms) + " on a device");
    }
    std::vector<double> chances;
    std::vector<arm_gaps> gaps;
    chances.reserve(problems.size() * arms_ * arms_);
    gaps.reserve(problems.size() * arms_);
    for (fixed_arms const& problem : problems) {
      if (problem.arms() != arms_) {
        joust::detail::reject("environment",
                              "of " + joust::detail::text(arms_) + " arms in one replication and of " +
                                  joust::detail::text(problem.arms()) + " in another",
                              "the same number in all");
      }
      for (std::size_t i = 0; i < arms_; ++i) {
        for (double const chance : problem.preferences().row(i)) chances.push_back(chance);
      }
      for (std::size_t i = 0; i < arms_; ++i) gaps.push_back(gaps_of(problem, i));
    }
    chances_.resize(chances.size());
    gaps_.resize(gaps.size());
    chances_.copy_from(order, chances);
    gaps_.copy_from(order, gaps);
    order.wait();
  }

  // In a self-duel both arms are this one, so that the regrets of the round are its gaps, to the digit.
  [[nodiscard]] static arm_gaps gaps_of(fixed_arms const& problem, std::size_t arm) {
    std::array<double, regret_kind_count> of{};
    problem.add_regrets({arm, arm}, of);
    return {of[slot(regret_kind::strong)],
            of[slot(regret_kind::strong_binary)],
            of[slot(regret_kind::copeland)],
            of[slot(regret_kind::borda)],
            of[slot(regret_kind::von_neumann)],
            of[slot(regret_kind::utility)],
            problem.knows(regret_kind::simple) ? problem.simple_regret(arm)
                                               : std::numeric_limits<double>::quiet_NaN()};
  }

  std::size_t arms_ = 0;
  bool shared_ = true;
  buffer<double> chances_;
  buffer<arm_gaps> gaps_;
};

/// What all launches of a simulation have in common.
struct simulation_plan {
  std::vector<std::uint64_t> checkpoints;
  std::uint64_t seed = 0;
  std::uint64_t rounds_per_launch = 0;  // 0: as default_rounds_per_launch says
  std::atomic<bool> const* interrupt = nullptr;
};

/// So many that a launch is worth its start, and so few that it ends within a fraction of a second: a GPU
/// that drives a display is to be given free, and an interrupt to be seen.
[[nodiscard]] constexpr std::uint64_t default_rounds_per_launch(std::size_t replications) noexcept {
  std::uint64_t const rounds = std::uint64_t{1} << (cut_for_gpu ? 24U : 18U);  // over all replications
  return std::clamp<std::uint64_t>(rounds / replications, 64, 16384);
}

/// Throws std::invalid_argument unless the checkpoints are increasing rounds that a stream can count.
inline void check_checkpoints(std::span<std::uint64_t const> checkpoints) {
  using joust::detail::reject;
  using joust::detail::text;
  if (checkpoints.empty()) reject("checkpoints", "empty", "at least one round");
  for (std::size_t i = 0; i < checkpoints.size(); ++i) {
    std::uint64_t const earlier = i == 0 ? 0 : checkpoints[i - 1];
    if (checkpoints[i] <= earlier) {
      reject("checkpoints", text(checkpoints[i]) + " after " + text(earlier), "increasing rounds from 1");
    }
  }
  if (checkpoints.back() > std::numeric_limits<std::uint32_t>::max()) {
    reject("horizon", text(checkpoints.back()), "at most 4294967295 rounds");
  }
}

/// Plays replications first .. first + count - 1, all at once. After a launch that has reached checkpoints,
/// take(point, points, values) gets what was written down at `points` of them from `point` on, in device
/// memory (launch::values). After each launch watch(rounds) is told how many rounds were played, over all
/// replications. Returns false if interrupted before the end.
template <class Player, class Agent, class Take, class Watch>
bool play_all_rounds(queue const& order, simulation_plan const& plan, Agent const& prototype,
                     device_problems const& problems, std::size_t first, std::size_t count, Take& take,
                     Watch& watch) {
  static_assert(std::is_trivially_copyable_v<Player>);
  constexpr std::size_t most_points = 32;  // in a launch: 3.3 kB a replication
  std::span<std::uint64_t const> const checkpoints = plan.checkpoints;
  std::uint64_t const horizon = checkpoints.back();
  std::uint64_t const stride = std::min(
      horizon, plan.rounds_per_launch != 0 ? plan.rounds_per_launch : default_rounds_per_launch(count));
  buffer<Player> players{count};
  buffer<running_totals> totals{count};
  buffer<std::uint64_t> marks{plan.checkpoints};
  buffer<double> logs{static_cast<std::size_t>(stride) + 1};
  buffer<double> values{std::min(most_points, checkpoints.size()) * slots * count};
  std::vector<double> host_logs(logs.size());
  std::size_t point = 0;
  for (std::uint64_t from = 0; from < horizon;) {
    if (plan.interrupt != nullptr && plan.interrupt->load(std::memory_order_relaxed)) return false;
    std::uint64_t to = std::min(horizon, from + stride);
    std::size_t points = 0;
    while (point + points < checkpoints.size() && checkpoints[point + points] <= to) {
      if (points == most_points) {
        to = checkpoints[point + points - 1];
        break;
      }
      ++points;
    }
    for (std::size_t r = 0; r < host_logs.size(); ++r) {
      std::uint64_t const number = from + r;
      host_logs[r] = number == 0 ? 0.0 : std::log(static_cast<double>(number));
    }
    logs.copy_from(order, host_logs);
    launch const part{plan.seed, first,        count, from, to, logs.data(), marks.data() + point,
                      points,    values.data()};
    for_each_index(order, count,
                   play_rounds<Player>{typename Player::rules{prototype, problems.arms()}, problems.view(),
                                       part, players.data(), totals.data()});
    order.wait();
    if (points != 0) take(point, points, values);
    watch((to - from) * count);
    point += points;
    from = to;
  }
  return true;
}

/// For how many arms the tables of a replication have room. Every room is a kernel of its own, and nvcc takes
/// long for each of them: a GPU has three, a host five.
[[nodiscard]] constexpr std::size_t table_room(std::size_t arms) noexcept {
  if (cut_for_gpu) return arms <= 8 ? 8 : arms <= 16 ? 16 : 64;
  return arms <= 4 ? 4 : arms <= 8 ? 8 : arms <= 16 ? 16 : arms <= 32 ? 32 : 64;
}

/// The same with the player chosen by the number of arms: the tables of few arms are little.
template <class Agent, class Take, class Watch>
bool play_all_rounds_of(queue const& order, simulation_plan const& plan, Agent const& prototype,
                        device_problems const& problems, std::size_t first, std::size_t count, Take& take,
                        Watch& watch) {
  using form = player_of<Agent>;
  auto const with = [&]<std::size_t MaxArms>(std::integral_constant<std::size_t, MaxArms>) {
    return play_all_rounds<typename form::template type<MaxArms>>(order, plan, prototype, problems, first,
                                                                  count, take, watch);
  };
  std::size_t const room = table_room(problems.arms());
  if constexpr (!cut_for_gpu) {
    if (room == 4) return with(std::integral_constant<std::size_t, 4>{});
    if (room == 32) return with(std::integral_constant<std::size_t, 32>{});
  }
  if (room == 8) return with(std::integral_constant<std::size_t, 8>{});
  if (room == 16) return with(std::integral_constant<std::size_t, 16>{});
  return with(std::integral_constant<std::size_t, 64>{});
}

/// The device memory that one replication of an agent needs, in bytes.
template <class Agent>
[[nodiscard]] constexpr std::size_t bytes_per_replication(std::size_t arms) noexcept {
  using form = player_of<Agent>;
  std::size_t const room = table_room(arms);
  std::size_t const player = room == 4    ? sizeof(typename form::template type<4>)
                             : room == 8  ? sizeof(typename form::template type<8>)
                             : room == 16 ? sizeof(typename form::template type<16>)
                             : room == 32 ? sizeof(typename form::template type<32>)
                                          : sizeof(typename form::template type<64>);
  return player + sizeof(running_totals) + 32 * slots * sizeof(double);
}

/// How many replications play at once: on a host as few as keep every core busy, so that an interrupt loses
/// little; on a GPU as many as fill it, within 4 GiB. A multiple of 256.
[[nodiscard]] constexpr std::size_t replications_at_once(std::size_t bytes) noexcept {
  if (!cut_for_gpu) return 256;
  std::size_t const room = (std::size_t{4} << 30U) / bytes / 256 * 256;
  return std::min(std::max(room, std::size_t{256}), std::size_t{1} << 18U);
}

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
