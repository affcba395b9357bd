// SPDX-License-Identifier: MIT
//
// Answers that are written token by token. An answer holds its words only: numbers below the size of the
// vocabulary. That it ends is said by its length, and scored like a word by whoever writes it, unless the
// longest answer allowed leaves no choice.
//
//   needs   nothing
//   cost    2 bytes per token; a check of all tokens is O(length)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <joust/core/error.hpp>

namespace joust {

/// One word of an answer: a number below the size of the vocabulary.
using token = std::uint16_t;

/// An answer, without an end token. At least one word.
using tokens = std::vector<token>;

/// How many choices make an answer: one per word, and the end unless it is forced because the answer is as
/// long as answers may be. What "length" means wherever log-probabilities are averaged over tokens.
[[nodiscard]] inline std::size_t scored_tokens(tokens const& answer, std::size_t max_length) noexcept {
  return answer.size() < max_length ? answer.size() + 1 : answer.size();
}

namespace detail {

/// Throws std::invalid_argument, under the name of the argument, unless the answer has 1 to `max_length`
/// tokens, all below `vocabulary`. O(length).
inline void require_answer(std::string_view argument, tokens const& answer, std::size_t vocabulary,
                           std::size_t max_length) {
  if (answer.empty()) reject(argument, "empty", "1 to " + text(max_length) + " tokens");
  if (answer.size() > max_length) {
    reject(argument, "of length " + text(answer.size()), "at most " + text(max_length) + " tokens");
  }
  for (token const word : answer) {
    if (word >= vocabulary) {
      reject(argument, "with the token " + text(word), "tokens below " + text(vocabulary));
    }
  }
}

}  // namespace detail
}  // namespace joust
