// SPDX-License-Identifier: MIT
//
// One certain reward per candidate: the common part of reward models that compute a number and doubt nothing.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <joust/posterior/point_belief.hpp>

namespace joust::detail {

// The rewards of several candidate sets, one after the other.
class scored_sets {
 public:
  void clear() noexcept {
    rewards_.clear();
    begins_.clear();
  }

  void append(std::span<double const> rewards) {
    begins_.push_back(rewards_.size());
    rewards_.insert(rewards_.end(), rewards.begin(), rewards.end());
  }

  [[nodiscard]] point_belief belief(std::size_t i) const noexcept {
    std::size_t const end = i + 1 < begins_.size() ? begins_[i + 1] : rewards_.size();
    return point_belief{std::span{rewards_}.subspan(begins_[i], end - begins_[i])};
  }

 private:
  std::vector<double> rewards_;
  std::vector<std::size_t> begins_;
};

}  // namespace joust::detail
