// SPDX-License-Identifier: MIT
//
// The uniform agent (arms/uniform.hpp) of one replication.
//
//   repeat  the host's pairs, on every system
#pragma once

#include <cstddef>

#include <joust/arms/uniform.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/detail/duel_table.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

template <std::size_t MaxArms>
class uniform_player {
 public:
  struct rules {
    rules(uniform_arms const&, std::size_t) {}
  };

  JOUST_HOST_DEVICE void begin(rules const&, std::size_t arms) noexcept { table_.begin(arms); }

  [[nodiscard]] JOUST_HOST_DEVICE pairing choose(rules const&, round_facts const&, stream& random) noexcept {
    if (table_.arms() == 1) return {0, 0};
    std::size_t const first = draw_index(table_.arms(), random);
    std::size_t const other = draw_index(table_.arms() - 1, random);
    return {first, other + (other >= first ? 1U : 0U)};
  }

  JOUST_HOST_DEVICE void learn(rules const&, std::size_t first, std::size_t second, bool first_won) noexcept {
    table_.record(first, second, first_won);
  }

  [[nodiscard]] JOUST_HOST_DEVICE std::size_t best() const noexcept { return table_.leader(); }

 private:
  duel_table<MaxArms> table_;
};

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
