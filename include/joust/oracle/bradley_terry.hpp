// SPDX-License-Identifier: MIT
//
// The Bradley-Terry model: an advantage d in utility wins with probability 1 / (1 + exp(-d)). Utilities are
// log-odds.
//
//   source  Bradley & Terry, "Rank analysis of incomplete block designs", Biometrika 39, 1952
#pragma once

#include <joust/core/host_device.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/oracle/random_utility.hpp>

namespace joust {

namespace detail {

struct logistic_difference {
  [[nodiscard]] JOUST_HOST_DEVICE double operator()(double u, double v) const noexcept {
    return sigmoid(u - v);
  }
};

}  // namespace detail

/// An oracle over any utility u(x, a) or u(a): bradley_terry{[](double a) { return -a * a; }}.
template <class Utility>
class bradley_terry : public random_utility<Utility, detail::logistic_difference> {
 public:
  using random_utility<Utility, detail::logistic_difference>::random_utility;
};

template <class Utility>
bradley_terry(Utility) -> bradley_terry<Utility>;

}  // namespace joust
