// SPDX-License-Identifier: MIT
//
// The rounds at which an experiment writes down where it stands. Logarithmic spacing gives every decade the
// same say, which is how logarithmic regret is looked at; linear spacing suits short contextual runs.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <joust/core/error.hpp>

namespace joust {

enum class spacing { logarithmic, linear };

/// At most `count` increasing rounds in [1, horizon], the last being the horizon. Logarithmic spacing starts
/// at round 1 and merges points that fall on the same round; linear spacing has steps of horizon / count.
/// Throws std::invalid_argument for a horizon or a count of 0.
[[nodiscard]] inline std::vector<std::uint64_t> checkpoints(std::uint64_t horizon, std::size_t count,
                                                            spacing spaced = spacing::logarithmic) {
  if (horizon == 0) detail::reject("horizon", "0", "at least one round");
  if (count == 0) detail::reject("checkpoints", "0", "at least one checkpoint");
  std::vector<std::uint64_t> rounds;
  rounds.reserve(count);
  auto const last = static_cast<double>(horizon);
  for (std::size_t i = 0; i < count; ++i) {
    double const exact =
        spaced == spacing::linear
            ? last * static_cast<double>(i + 1) / static_cast<double>(count)
            : std::pow(last, count == 1 ? 1.0 : static_cast<double>(i) / static_cast<double>(count - 1));
    auto const round = i + 1 == count ? horizon : static_cast<std::uint64_t>(std::llround(exact));
    if (round >= 1 && (rounds.empty() || round > rounds.back())) rounds.push_back(round);
  }
  return rounds;
}

}  // namespace joust
