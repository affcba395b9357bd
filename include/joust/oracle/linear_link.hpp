// SPDX-License-Identifier: MIT
//
// The linear model: an advantage d wins with probability (1 + d) / 2. It means something for advantages in
// [-1, 1] only, and is not clipped outside: a clipped link would silently turn the model into another one.
//
//   source  Ailon, Karnin & Joachims, "Reducing dueling bandits to cardinal bandits", ICML 2014
#pragma once

#include <joust/core/host_device.hpp>
#include <joust/oracle/random_utility.hpp>

namespace joust {

namespace detail {

struct linear_difference {
  [[nodiscard]] JOUST_HOST_DEVICE double operator()(double u, double v) const noexcept {
    return 0.5 * (1.0 + (u - v));
  }
};

}  // namespace detail

/// An oracle over any utility u(x, a) or u(a). Utilities more than 1 apart are refused at the call with
/// oracle_error, which names both.
template <class Utility>
class linear_link : public random_utility<Utility, detail::linear_difference> {
 public:
  using random_utility<Utility, detail::linear_difference>::random_utility;
};

template <class Utility>
linear_link(Utility) -> linear_link<Utility>;

}  // namespace joust
