// SPDX-License-Identifier: MIT
//
// joust::replicate on the device: the same studies, of agents that have a device form, on fixed arms. What it
// returns is saved, summarised and drawn like any other study.
//
//   needs   agents that have a device form (device/simulate.hpp); fixed arms, at most 64, the same in all
//           replications or drawn anew for each
//   cost    of a round, as the host's agent; the study's numbers in host memory; device memory as in
//           device/simulate.hpp, and 8 K^2 + 56 K bytes for a problem of K arms
//   repeat  the numbers of joust::replicate, as far as device/simulate.hpp promises; waves and threads change
//           none
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/play_rounds.hpp>
#include <joust/device/detail/players.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>
#include <joust/environment/fixed_arms.hpp>
#include <joust/environment/regret.hpp>
#include <joust/experiment/any_agent.hpp>
#include <joust/experiment/any_environment.hpp>
#include <joust/experiment/named.hpp>
#include <joust/experiment/replicate.hpp>
#include <joust/experiment/study.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

namespace detail {

// Calls visit(agent) with the agent inside, of its own type. False if it has no device form.
template <class Visit, class... Agents>
bool visit_agent(any_agent const& agent, agent_list<Agents...>, Visit const& visit) {
  auto const attempt = [&](auto const* const inside) {
    if (inside != nullptr) visit(*inside);
    return inside != nullptr;
  };
  return (attempt(agent.get_if<Agents>()) || ...);
}

// The arms inside an environment.
inline fixed_arms const& arms_of(any_environment const& problem, std::string const& name) {
  auto const* const inside = problem.get_if<fixed_arms>();
  if (inside == nullptr) {
    joust::detail::reject("environment", "'" + name + "', whose candidates or answers change",
                          "fixed arms: on a device there is no other");
  }
  return *inside;
}

// What a device leaves to the host.
inline void check_study(study_options const& options) {
  if (options.delay != 0) {
    joust::detail::reject("delay", joust::detail::text(options.delay), "0: answers are not late on a device");
  }
  if (options.confidence != 0.0) {
    joust::detail::reject("confidence", joust::detail::text(options.confidence),
                          "0: runs do not stop by themselves on a device");
  }
}

}  // namespace detail

/// Runs every contender in the arena `options.replications` times, as joust::replicate does.
/// `options.threads` is not looked at: a host system has threads of its own (OMP_NUM_THREADS for OpenMP).
///
/// Throws std::invalid_argument as joust::replicate does, and for an agent without a device form, an
/// environment that is not of fixed arms or has more than 64, a delay and a confidence; and device_error if a
/// GPU fails. `interrupt` is looked at and `progress` called after each launch, a fraction of a second; if
/// `interrupt` becomes true, the replications under way (256 on a host, thousands on a GPU) are abandoned,
/// and the study holds the finished ones.
[[nodiscard]] inline study replicate(queue const& order, study_options const& options, arena const& where,
                                     std::vector<contender> const& contenders) {
  study result = joust::detail::blank_study(options, where, contenders);
  result.device = system_name;
  detail::check_study(options);
  stream const root{options.seed};
  auto const drawn = [&](std::size_t replication) {
    stream birth = root.child(replication).child("instance");
    return detail::arms_of(where.family.instance(birth), where.name);
  };
  // A problem that is its own only instance is the same for all; of a family, each replication has one.
  std::optional<detail::device_problems> problems;
  bool const shared = where.family.get_if<fixed_arms>() != nullptr;
  fixed_arms const example = drawn(0);
  problems.emplace(order, example);
  std::size_t at_once = std::numeric_limits<std::size_t>::max();
  for (contender const& c : contenders) {
    bool const known = detail::visit_agent(
        c.prototype, detail::agents_on_device{}, [&]<class Agent>(Agent const& prototype) {
          static_cast<void>(prototype.fresh({.arms = example.arms(), .horizon = options.horizon}));
          std::size_t const bytes = detail::bytes_per_replication<Agent>(example.arms());
          at_once = std::min(at_once, detail::replications_at_once(bytes));
        });
    if (!known) {
      joust::detail::reject(
          "agents", "'" + c.name + "', which has no device form",
          std::string{"agents that have one: "} + std::string{detail::agents_with_device_form});
    }
  }

  detail::simulation_plan const plan{
      .checkpoints = result.rounds, .seed = options.seed, .interrupt = options.interrupt};
  std::size_t const points = result.rounds.size();
  std::uint64_t const rounds_in_all = options.horizon * contenders.size() * options.replications;
  std::uint64_t rounds_played = 0;
  auto shown = std::chrono::steady_clock::now();
  auto watch = [&](std::uint64_t rounds) {
    rounds_played += rounds;
    auto const now = std::chrono::steady_clock::now();
    if (!options.progress || now - shown < std::chrono::milliseconds{100}) return;
    shown = now;
    options.progress(rounds_played, rounds_in_all);
  };
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  std::vector<fixed_arms> instances;
  bool complete = true;
  for (std::size_t first = 0; first < options.replications && complete; first += at_once) {
    std::size_t const count = std::min(at_once, options.replications - first);
    if (!shared) {
      instances.clear();
      for (std::size_t r = 0; r < count; ++r) instances.push_back(drawn(first + r));
      problems.emplace(order, std::span<fixed_arms const>{instances});
    }
    for (std::size_t agent = 0; agent < contenders.size() && complete; ++agent) {
      auto take = [&](std::size_t point, std::size_t reached, buffer<double> const& values) {
        std::vector<double> const all = values.download(order);
        for (std::size_t p = 0; p < reached; ++p) {
          double const* const row = all.data() + p * detail::slots * count;
          for (std::size_t r = 0; r < count; ++r) {
            for (std::size_t kind = 0; kind < regret_kind_count; ++kind) {
              double const value = row[kind * count + r];
              result.regret(kind, agent, first + r, point + p) = value == value ? value : unknown;
            }
            result.comparisons(agent, first + r, point + p) = row[detail::comparisons_slot * count + r];
          }
        }
      };
      detail::visit_agent(
          contenders[agent].prototype, detail::agents_on_device{}, [&](auto const& prototype) {
            complete =
                detail::play_all_rounds_of(order, plan, prototype, *problems, first, count, take, watch);
          });
      for (std::size_t r = first; r < first + count; ++r) {
        result.finished(agent, r) = complete ? 1 : 0;
        for (std::size_t point = 0; point < points && !complete; ++point) {
          for (std::size_t kind = 0; kind < regret_kind_count; ++kind) {
            result.regret(kind, agent, r, point) = unknown;
          }
          result.comparisons(agent, r, point) = unknown;
        }
      }
    }
  }
  if (options.progress) options.progress(rounds_played, rounds_in_all);
  return result;
}

/// The same with the contenders listed:
///
///     replicate(order, {.horizon = 100'000}, arxiv6(), rucb{}, named{"bold", rucb{{.alpha = 0.3}}})
template <can_contend First, can_contend... More>
[[nodiscard]] study replicate(queue const& order, study_options const& options, arena const& where,
                              First const& first, More const&... more) {
  return replicate(order, options, where, std::vector<contender>{contender{first}, contender{more}...});
}

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
