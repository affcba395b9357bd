// SPDX-License-Identifier: MIT
//
// Candidates are what the policy says: a few samples at a temperature. A large action space is then searched
// where the policy thinks it worthwhile, and the search gets better as the policy does.
//
//   needs   a policy that samples at a temperature (core/concepts.hpp)
//   cost    one sample_batch; with redraws one more per round of them, and O(count^2) comparisons of actions
//   repeat  same policy, context and stream, same candidates
//   source  SEA, arXiv 2411.01493, section 4.2: 20 samples at temperature 0.7
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/proposer/detail/samples.hpp>

namespace joust {

/// What is done about a sample that is there already.
enum class duplicates : unsigned char {
  keep,      ///< nothing: it stands for the probability that the policy gives it
  redraw,    ///< it is sampled again, up to `redraws` times, then kept
  distinct,  ///< it is sampled again, up to `redraws` times, then left out
};

/// The names of the ways, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 3> names_of(duplicates) noexcept {
  return {"keep", "redraw", "distinct"};
}

struct policy_samples_options {
  std::size_t count = 20;                 ///< candidates; SEA's number
  double temperature = 0.7;               ///< of the samples; SEA's
  duplicates repeats = duplicates::keep;  ///< i.i.d. samples, as the papers have them
  std::size_t redraws = 5;                ///< times that a duplicate is sampled again, if at all

  /// Throws std::invalid_argument that names the option.
  void check() const {
    if (count == 0) detail::reject("count", "0", "at least 1");
    detail::require_positive("temperature", temperature);
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("count", self.count, "candidates");
    visit("temperature", self.temperature, "of the samples");
    visit("repeats", self.repeats, "keep, redraw or distinct");
    visit("redraws", self.redraws, "times that a duplicate is sampled again");
  }
  friend bool operator==(policy_samples_options const&, policy_samples_options const&) = default;
};

/// A view of a policy that proposes its samples. It refers to the policy, which must outlive it, and sees
/// what the policy learns.
template <class Policy>
class policy_samples {
 public:
  /// Throws std::invalid_argument for options out of range.
  explicit policy_samples(Policy const& policy, policy_samples_options options = {})
      : policy_{&policy}, options_{options} {
    options_.check();
  }
  explicit policy_samples(Policy const&&, policy_samples_options = {}) = delete;  // would outlive its policy

  /// `options().count` candidates; with duplicates::distinct fewer, but at least one, if the policy has no
  /// more to offer. A candidate's place does not tell its probability, unless duplicates were redrawn:
  /// redraws come last.
  template <class Context, random_stream Stream>
  [[nodiscard]] auto propose(Context const& context, Stream& stream) const {
    auto found = detail::samples(*policy_, context, options_.count, stream, options_.temperature);
    if (options_.repeats == duplicates::keep) return found;
    std::size_t different = distinct_first(found);
    for (std::size_t round = 0; round < options_.redraws && different < options_.count; ++round) {
      auto more =
          detail::samples(*policy_, context, options_.count - different, stream, options_.temperature);
      std::move(more.begin(), more.end(), found.begin() + static_cast<std::ptrdiff_t>(different));
      different = distinct_first(found);
    }
    if (options_.repeats == duplicates::distinct) {
      found.erase(found.begin() + static_cast<std::ptrdiff_t>(different), found.end());
    }
    return found;
  }

  [[nodiscard]] Policy const& policy() const noexcept { return *policy_; }
  [[nodiscard]] policy_samples_options const& options() const noexcept { return options_; }

 private:
  // Brings the first of each kind to the front, in order, the others behind, in order. Returns how many
  // kinds.
  template <class Action>
  static std::size_t distinct_first(std::vector<Action>& actions) {
    auto front = actions.begin();
    for (auto next = actions.begin(); next != actions.end(); ++next) {
      if (std::find(actions.begin(), front, *next) != front) continue;
      std::rotate(front, next, next + 1);
      ++front;
    }
    return static_cast<std::size_t>(front - actions.begin());
  }

  Policy const* policy_;
  policy_samples_options options_;
};

}  // namespace joust
