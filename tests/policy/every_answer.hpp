// SPDX-License-Identifier: MIT
//
// All answers over a tiny vocabulary, shortest first.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <joust/policy/tokens.hpp>

namespace joust_test {

/// The vocabulary^1 + ... + vocabulary^max_length answers.
inline std::vector<joust::tokens> every_answer(std::size_t vocabulary, std::size_t max_length) {
  std::vector<joust::tokens> all;
  std::size_t from = 0;
  for (std::size_t length = 1; length <= max_length; ++length) {
    std::size_t const to = all.size();
    for (std::size_t i = from; i < to || (length == 1 && i == 0); ++i) {
      for (std::size_t word = 0; word < vocabulary; ++word) {
        joust::tokens answer = length == 1 ? joust::tokens{} : all[i];
        answer.push_back(static_cast<joust::token>(word));
        all.push_back(std::move(answer));
      }
    }
    from = to;
  }
  return all;
}

}  // namespace joust_test
