// SPDX-License-Identifier: MIT
//
// Thurstone's model, case V: each utility is seen through Gaussian noise of variance 1/2, so that an
// advantage d wins with probability Phi(d), the probit link.
//
//   source  Thurstone, "A law of comparative judgment", Psychological Review 34, 1927
#pragma once

#include <cmath>

#include <joust/core/host_device.hpp>
#include <joust/oracle/random_utility.hpp>

namespace joust {

namespace detail {

struct probit_difference {
  // Phi(d) = erfc(-d / sqrt 2) / 2, which keeps its relative precision in the lower tail.
  [[nodiscard]] JOUST_HOST_DEVICE double operator()(double u, double v) const noexcept {
    return 0.5 * std::erfc((v - u) * 0.70710678118654752440);
  }
};

}  // namespace detail

/// An oracle over any utility u(x, a) or u(a).
template <class Utility>
class thurstone : public random_utility<Utility, detail::probit_difference> {
 public:
  using random_utility<Utility, detail::probit_difference>::random_utility;
};

template <class Utility>
thurstone(Utility) -> thurstone<Utility>;

}  // namespace joust
