// SPDX-License-Identifier: MIT
//
// A part whose fields were read back from a text must make sense before it is used: a text may be forged.
#pragma once

#include <concepts>

#include <joust/core/state.hpp>

namespace joust::detail {

// Checks a part that was read back, each by the means it has: its own settle(), its sound(), or by being
// saved and loaded, which checks everything and works out anew what is not in the text. Throws
// std::invalid_argument.
template <class Part>
void settle(state_reader const& reader, Part& part) {
  if constexpr (requires { part.settle(reader); }) {
    part.settle(reader);
  } else if constexpr (requires {
                         { part.sound() } -> std::convertible_to<bool>;
                       }) {
    if (!part.sound())
      reader.fail("ends values that contradict each other", "the state of an aligner's parts");
  } else if constexpr (requires {
                         { Part::load(part.save(), part.prompt_features()) } -> std::same_as<Part>;
                       }) {
    part = Part::load(part.save(), part.prompt_features());
  } else if constexpr (requires {
                         { Part::load(part.save()) } -> std::same_as<Part>;
                       }) {
    part = Part::load(part.save());
  }
}

}  // namespace joust::detail
