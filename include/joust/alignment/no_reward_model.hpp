// SPDX-License-Identifier: MIT
//
// For aligners that have no opinion about candidates: online DPO and its relatives duel the first two samples
// of their policy, whatever they are. All rewards are believed to be equal, for certain.
//
//   needs   nothing
//   cost    O(1) per context
//   source  OAIF: Guo et al., "Direct language model alignment from online AI feedback", arXiv 2402.04792
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <joust/posterior/point_belief.hpp>

namespace joust {

/// A reward model that knows nothing and learns nothing.
class no_reward_model {
 public:
  /// Notes how many candidates there are.
  template <class Contexts, class Sets, class Policy, class Reference>
  void consider(Contexts const&, Sets const& sets, Policy const&, Reference const&) {
    sizes_.clear();
    for (auto const& candidates : sets) sizes_.push_back(candidates.size());
    std::size_t const most = sizes_.empty() ? 0 : *std::max_element(sizes_.begin(), sizes_.end());
    if (zeros_.size() < most) zeros_.resize(most);
  }

  /// Equal rewards. `i` is below the number of sets considered (unchecked).
  [[nodiscard]] point_belief belief(std::size_t i) const noexcept {
    return point_belief{std::span{zeros_}.first(sizes_[i])};
  }

  /// Nothing.
  void observe(std::size_t, std::size_t, std::size_t, double, double) const noexcept {}
  void train() const noexcept {}

  /// Zeros.
  template <class Context, class Candidates, class Policy, class Reference>
  [[nodiscard]] std::vector<double> expected(Context const&, Candidates const& candidates, Policy const&,
                                             Reference const&) const {
    return std::vector<double>(candidates.size());
  }

  template <class Self, class Visit>
  static void fields(Self&, Visit&) {}

  friend bool operator==(no_reward_model const&, no_reward_model const&) noexcept { return true; }

 private:
  std::vector<std::size_t> sizes_;
  std::vector<double> zeros_;
};

}  // namespace joust
