// SPDX-License-Identifier: MIT
//
// An oracle that errs now and then: each answer is turned around with a fixed probability. At a rate of 1/2
// it says nothing; above, it would only rename the winner, so that is refused.
//
//   needs   preference_oracle; known_preference for probability()
//   cost    the inner oracle and one uniform number
//   repeat  same stream, same answers, if the inner oracle is repeatable
#pragma once

#include <utility>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>

namespace joust {

namespace detail {

/// The expectation of an answer that is turned around at the given rate.
[[nodiscard]] JOUST_HOST_DEVICE inline double flipped(double expectation, double rate) noexcept {
  return expectation + rate * (1.0 - 2.0 * expectation);
}

}  // namespace detail

/// `oracle` with its answers flipped, y to 1 - y, at the given rate. Batches are asked one by one.
template <class Oracle>
class noisy {
 public:
  /// `flip_rate` in [0, 1/2]; throws std::invalid_argument otherwise.
  explicit noisy(Oracle oracle, double flip_rate) : oracle_{std::move(oracle)}, flip_rate_{flip_rate} {
    if (!(flip_rate >= 0.0 && flip_rate <= 0.5)) {
      detail::reject("flip_rate", detail::text(flip_rate), "a number in [0, 1/2]");
    }
  }

  /// The inner oracle's answer or its opposite. Throws what the inner oracle throws.
  template <class Context, class Action, random_stream Stream>
    requires preference_oracle<Oracle, Context, Action, Stream>
  [[nodiscard]] outcome compare(Context const& x, Action const& first, Action const& second, Stream& stream) {
    bool const flipped = draw_uniform(stream) < flip_rate_;
    outcome const answer = oracle_.compare(x, first, second, stream);
    return flipped ? 1.0 - answer : answer;
  }

  /// The expected outcome, if the inner oracle knows its own.
  template <class Context, class Action>
    requires known_preference<Oracle, Context, Action>
  [[nodiscard]] double probability(Context const& x, Action const& first, Action const& second) const {
    double const p = oracle_.probability(x, first, second);
    return detail::flipped(p, flip_rate_);
  }

  [[nodiscard]] double flip_rate() const noexcept { return flip_rate_; }

 private:
  Oracle oracle_;
  double flip_rate_;
};

}  // namespace joust
