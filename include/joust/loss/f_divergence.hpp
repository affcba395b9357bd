// SPDX-License-Identifier: MIT
//
// How far a policy is from its reference, and what a log-ratio is worth under each way to measure it. With
// the reverse Kullback-Leibler divergence the implicit reward of an action is its log-ratio; with another
// divergence it is another increasing function of the log-ratio.
//
//   cost    an exponential
//   repeat  same log-ratio, same number
//   source  Wang et al., "Beyond reverse KL: generalizing direct preference optimization with diverse
//           divergence constraints", ICLR 2024, table 1
#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/sigmoid.hpp>

namespace joust {

/// The ways to measure. With t = pi / pi_ref the divergence is the reference's mean of f(t).
enum class divergence : unsigned char {
  reverse_kl,      ///< f(t) = t log t, KL(pi || pi_ref): that of DPO
  forward_kl,      ///< f(t) = -log t, KL(pi_ref || pi): shuns what the reference does and the policy does not
  jensen_shannon,  ///< f(t) = t log t - (t + 1) log((t + 1) / 2): rewards are bounded above
  alpha,  ///< f(t) = (t^(1 - a) - (1 - a) t - a) / (a (a - 1)): from reverse KL, a = 0, to forward, a = 1
};

/// The names of the divergences, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 4> names_of(divergence) noexcept {
  return {"reverse_kl", "forward_kl", "jensen_shannon", "alpha"};
}

/// A divergence, by the derivative of its f: all that a direct preference loss needs of it.
struct f_divergence {
  divergence kind = divergence::reverse_kl;  ///< with which every loss is as it was
  double alpha =
      0.5;  ///< of the alpha divergence, in (0, 1); half way between both Kullback-Leibler divergences

  /// Throws std::invalid_argument unless alpha lies in (0, 1).
  void check() const {
    if (!(alpha > 0.0 && alpha < 1.0)) detail::reject("alpha", detail::text(alpha), "a number in (0, 1)");
  }
  friend bool operator==(f_divergence const&, f_divergence const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("divergence", self.kind, "reverse_kl, forward_kl, jensen_shannon or alpha");
    visit("alpha", self.alpha, "of the alpha divergence, in (0, 1)");
  }

  /// f'(exp(u)), the reward of a log-ratio u up to beta and a constant of the context:
  ///
  ///     reverse_kl u,    forward_kl 1 - exp(-u),    jensen_shannon u - log(1 + exp(u)) + log 2,
  ///     alpha (1 - exp(-a u)) / a.
  ///
  /// (Constants are chosen so that u = 0 gives 0.) Where exp(-a u) would exceed exp(40) it goes on along its
  /// tangent: it keeps growing, and numbers stay numbers.
  [[nodiscard]] JOUST_HOST_DEVICE double reward(double log_ratio) const noexcept {
    switch (kind) {
      case divergence::forward_kl:
        return powered(log_ratio, 1.0);
      case divergence::jensen_shannon:
        return std::numbers::ln2 - log1pexp(-log_ratio);
      case divergence::alpha:
        return powered(log_ratio, alpha);
      case divergence::reverse_kl:
        break;
    }
    return log_ratio;
  }

  /// The derivative of reward: 1, exp(-u), sigmoid(-u), exp(-a u).
  [[nodiscard]] JOUST_HOST_DEVICE double slope(double log_ratio) const noexcept {
    switch (kind) {
      case divergence::forward_kl:
        return std::exp(capped(-log_ratio));
      case divergence::jensen_shannon:
        return sigmoid(-log_ratio);
      case divergence::alpha:
        return std::exp(capped(-alpha * log_ratio));
      case divergence::reverse_kl:
        break;
    }
    return 1.0;
  }

 private:
  static constexpr double steepest =
      40.0;  // exp(40) is 2e17: its square, and 1e4 times that, are far from the end

  JOUST_HOST_DEVICE static double capped(double exponent) noexcept {
    return exponent > steepest ? steepest : exponent;
  }

  // (1 - exp(-a u)) / a, along its tangent where it is steepest; expm1 keeps the digits of small a u.
  JOUST_HOST_DEVICE static double powered(double log_ratio, double a) noexcept {
    double const exponent = -a * log_ratio;
    double const within = capped(exponent);
    return -(std::expm1(within) + (exponent > within ? std::exp(within) * (exponent - within) : 0.0)) / a;
  }
};

}  // namespace joust
