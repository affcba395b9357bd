// SPDX-License-Identifier: MIT
//
// How runs end that are to find the winner and stop: with a claim or without, true or false, and after how
// many comparisons.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include <joust/core/certificate.hpp>
#include <joust/experiment/summary.hpp>

namespace joust {

/// The end of one run.
struct identification {
  std::optional<certificate> claim{};  ///< nothing if the horizon came first
  bool correct = false;                ///< whether there is a claim and it is true (environment/holds.hpp)
  std::uint64_t comparisons = 0;       ///< duels sent to the oracle
  std::uint64_t rounds = 0;            ///< rounds played

  friend bool operator==(identification const&, identification const&) = default;
};

/// The ends of one agent's runs.
struct identification_summary {
  std::size_t runs = 0;                                        ///< that finished
  std::size_t stopped = 0;                                     ///< with a claim
  std::size_t wrong = 0;                                       ///< with a false claim
  double promised = std::numeric_limits<double>::quiet_NaN();  ///< probability of a false claim, at most
  summary comparisons{};                                       ///< of the runs that stopped
};

}  // namespace joust
