// SPDX-License-Identifier: MIT
//
// Which agents have a device form. Each is a player: plain data of a fixed size for one replication, made for
// up to MaxArms arms, with
//   rules                  what it takes from the host's prototype, worked out once on the host
//   begin(rules, arms)     before the first round
//   choose(rules, round_facts, stream)      the next pair
//   learn(rules, first, second, first_won)  an answered duel of two different arms
//   best()                 the arm to recommend
// that play in a kernel.
#pragma once

#include <cstddef>
#include <string_view>

#include <joust/arms/double_thompson.hpp>
#include <joust/arms/rmed1.hpp>
#include <joust/arms/rucb.hpp>
#include <joust/arms/self_sparring.hpp>
#include <joust/arms/uniform.hpp>
#include <joust/arms/winner_stays_strong.hpp>
#include <joust/arms/winner_stays_weak.hpp>
#include <joust/device/detail/double_thompson_player.hpp>
#include <joust/device/detail/rmed1_player.hpp>
#include <joust/device/detail/rucb_player.hpp>
#include <joust/device/detail/self_sparring_player.hpp>
#include <joust/device/detail/uniform_player.hpp>
#include <joust/device/detail/winner_stays_player.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

/// The agents that have one, for messages.
inline constexpr std::string_view agents_with_device_form =
    "rucb, rmed1, double_thompson, self_sparring, winner_stays_weak, winner_stays_strong, uniform_arms";

template <class... Agents>
struct agent_list {};
using agents_on_device = agent_list<rucb, rmed1, double_thompson, self_sparring, winner_stays_weak,
                                    winner_stays_strong, uniform_arms>;

template <class Agent>
struct player_of {
  static constexpr bool exists = false;
};
template <template <std::size_t> class Player>
struct plays {
  static constexpr bool exists = true;
  template <std::size_t MaxArms>
  using type = Player<MaxArms>;
};
template <>
struct player_of<rucb> : plays<rucb_player> {};
template <>
struct player_of<rmed1> : plays<rmed1_player> {};
template <>
struct player_of<double_thompson> : plays<double_thompson_player> {};
template <>
struct player_of<self_sparring> : plays<self_sparring_player> {};
template <>
struct player_of<winner_stays_weak> : plays<winner_stays_weak_player> {};
template <>
struct player_of<winner_stays_strong> : plays<winner_stays_strong_player> {};
template <>
struct player_of<uniform_arms> : plays<uniform_player> {};

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
