// SPDX-License-Identifier: MIT
//
// Everything there is: a fixed set of arms proposes all of them, every time and in every context.
//
//   cost    O(K) memory once; a proposal is a view
//   repeat  always the same; no randomness
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <joust/core/error.hpp>

namespace joust {

/// Proposes the indices 0 to arms - 1.
class all_arms {
 public:
  /// Throws std::invalid_argument for 0 arms.
  explicit all_arms(std::size_t arms) {
    if (arms == 0) detail::reject("arms", "0", "at least 1");
    indices_.resize(arms);
    for (std::size_t i = 0; i < arms; ++i) indices_[i] = i;
  }

  /// All indices in order, valid for as long as the proposer. Neither context nor stream is looked at.
  template <class Context, class Stream>
  [[nodiscard]] std::span<std::size_t const> propose(Context const&, Stream&) const& noexcept {
    return indices_;
  }
  template <class Context, class Stream>
  void propose(Context const&, Stream&) const&& = delete;  // a view of what is about to go

  friend bool operator==(all_arms const&, all_arms const&) = default;

 private:
  std::vector<std::size_t> indices_;
};

}  // namespace joust
