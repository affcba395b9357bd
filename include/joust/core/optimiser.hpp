// SPDX-License-Identifier: MIT
//
// How parameters follow a gradient: plain steps, steps with momentum, or Adam, which scales every coordinate
// by the size of its past gradients. The rate follows a schedule, long gradients can be cut, and weights can
// decay on their own. One object belongs to one vector of parameters and remembers what it needs of the past.
//
//   needs   nothing; parameters and gradient are spans of floats or doubles
//   cost    two passes over the gradient and one over the parameters; memory for one (momentum) or two (Adam)
//           vectors. Adam is twice as fast when compiled with -fno-math-errno
//   repeat  same steps, same parameters
//   source  Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1; decoupled
//           decay: Loshchilov & Hutter, "Decoupled weight decay regularization", ICLR 2019
#pragma once

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/schedule.hpp>

namespace joust {

/// The ways to follow a gradient.
enum class descent : unsigned char {
  sgd,   ///< along the gradient, with momentum if asked for
  adam,  ///< along the mean gradient over the root of the mean square, per coordinate
};

/// The names of the ways, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(descent) noexcept { return {"sgd", "adam"}; }

struct optimiser_options {
  descent method = descent::adam;
  schedule learning_rate = 1e-3;  ///< over the steps made
  double momentum = 0.0;          ///< of sgd: share of the last step's direction that goes on, in [0, 1)
  double beta1 = 0.9;             ///< of adam: memory of the mean gradient, in [0, 1)
  double beta2 = 0.999;           ///< of adam: memory of the mean square, in [0, 1)
  double epsilon = 1e-8;  ///< of adam: added to the root, so that a zero gradient divides by something
  double weight_decay =
      0.0;                ///< share of each parameter that a step of rate 1 takes away, beside the gradient
  double max_norm = 0.0;  ///< longer gradients are cut to this Euclidean length; 0: never

  /// Throws std::invalid_argument that names the option.
  void check() const {
    learning_rate.check("learning_rate");
    if (learning_rate.lowest() < 0.0) {
      detail::reject("learning_rate", detail::text(learning_rate.lowest()), "never below 0");
    }
    auto const memory = [](std::string_view name, double share) {
      if (!(share >= 0.0 && share < 1.0)) detail::reject(name, detail::text(share), "a number in [0, 1)");
    };
    memory("momentum", momentum);
    memory("beta1", beta1);
    memory("beta2", beta2);
    detail::require_positive("epsilon", epsilon);
    auto const from_zero = [](std::string_view name, double value) {
      if (!(value >= 0.0) || !std::isfinite(value)) {
        detail::reject(name, detail::text(value), "a finite number, at least 0");
      }
    };
    from_zero("weight_decay", weight_decay);
    from_zero("max_norm", max_norm);
  }

  friend bool operator==(optimiser_options const&, optimiser_options const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("method", self.method, "sgd or adam");
    visit("learning_rate", self.learning_rate, "over the steps made");
    visit("momentum", self.momentum, "of sgd, in [0, 1)");
    visit("beta1", self.beta1, "of adam: memory of the mean gradient");
    visit("beta2", self.beta2, "of adam: memory of the mean square");
    visit("epsilon", self.epsilon, "of adam: added to the root");
    visit("weight_decay", self.weight_decay, "share of each parameter that a step of rate 1 takes away");
    visit("max_norm", self.max_norm, "longer gradients are cut to this length; 0: never");
  }
};

namespace detail {

// Eight sums side by side: one alone would wait for itself at every element.
template <std::floating_point Scalar>
[[nodiscard]] double squared_length(std::span<Scalar const> values) noexcept {
  std::array<double, 8> part{};
  std::size_t const whole = values.size() - values.size() % part.size();
  for (std::size_t i = 0; i < whole; i += part.size()) {
    for (std::size_t lane = 0; lane < part.size(); ++lane) {
      auto const value = static_cast<double>(values[i + lane]);
      part[lane] += value * value;
    }
  }
  double total = 0.0;
  for (double const sum : part) total += sum;
  for (double const value : values.subspan(whole)) total += value * value;
  return total;
}

// The numbers of one step, the same for all coordinates.
template <std::floating_point Scalar>
struct step_rates {
  Scalar step, keep, scale;                            // of every method
  Scalar momentum;                                     // of sgd
  Scalar root, beta1, beta2, fresh1, fresh2, epsilon;  // of adam
};

// Those of the step that follows `steps` others; gradients count `scale` times.
template <std::floating_point Scalar>
[[nodiscard]] step_rates<Scalar> rates_after(optimiser_options const& options, std::uint64_t steps,
                                             Scalar scale) {
  double const rate = options.learning_rate.at(steps);
  step_rates<Scalar> result{};
  result.step = static_cast<Scalar>(rate);
  result.keep = static_cast<Scalar>(1.0 - rate * options.weight_decay);
  result.scale = scale;
  result.momentum = static_cast<Scalar>(options.momentum);
  if (options.method == descent::sgd) return result;
  // Both corrections for the start from zero go into two scalars, so that a coordinate costs one division.
  auto const t = static_cast<double>(steps + 1);
  double const unbiased = 1.0 - std::pow(options.beta1, t);
  result.step = static_cast<Scalar>(rate / unbiased);
  result.root = static_cast<Scalar>(1.0 / std::sqrt(1.0 - std::pow(options.beta2, t)));
  result.beta1 = static_cast<Scalar>(options.beta1);
  result.beta2 = static_cast<Scalar>(options.beta2);
  result.fresh1 = static_cast<Scalar>(1.0 - options.beta1);
  result.fresh2 = static_cast<Scalar>(1.0 - options.beta2);
  result.epsilon = std::fmax(static_cast<Scalar>(options.epsilon), (std::numeric_limits<Scalar>::min)());
  return result;
}

// One step over n coordinates: plain, with momentum, and of Adam. Compilers vectorise the square root, and
// with it the loop, only where it need not set errno (-fno-math-errno): then it takes less than half the
// time, to the same numbers.
template <std::floating_point Scalar>
JOUST_HOST_DEVICE void plain_step(step_rates<Scalar> const& at, std::size_t n, Scalar const* slope,
                                  Scalar* theta) noexcept {
  for (std::size_t i = 0; i < n; ++i) theta[i] = at.keep * theta[i] - at.step * at.scale * slope[i];
}

template <std::floating_point Scalar>
JOUST_HOST_DEVICE void momentum_step(step_rates<Scalar> const& at, std::size_t n, Scalar const* slope,
                                     Scalar* mean, Scalar* theta) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    mean[i] = at.momentum * mean[i] + at.scale * slope[i];
    theta[i] = at.keep * theta[i] - at.step * mean[i];
  }
}

template <std::floating_point Scalar>
JOUST_HOST_DEVICE void adam_step(step_rates<Scalar> const& at, std::size_t n, Scalar const* slope,
                                 Scalar* mean, Scalar* square, Scalar* theta) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    Scalar const g = at.scale * slope[i];
    Scalar const m = at.beta1 * mean[i] + at.fresh1 * g;
    Scalar const v = at.beta2 * square[i] + at.fresh2 * g * g;
    mean[i] = m;
    square[i] = v;
    theta[i] = at.keep * theta[i] - at.step * m / (std::sqrt(v) * at.root + at.epsilon);
  }
}

}  // namespace detail

/// Moves one vector of parameters along its gradients.
///
///     Adam:  m <- beta1 m + (1 - beta1) g,   v <- beta2 v + (1 - beta2) g^2
///            theta <- theta - rate ( m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon) + decay theta )
///     SGD:   m <- momentum m + g,            theta <- theta - rate ( m + decay theta )
template <std::floating_point Scalar = double>
class optimiser {
 public:
  /// Throws std::invalid_argument for options out of range.
  explicit optimiser(optimiser_options options = {}) : options_{options} { options_.check(); }

  /// A step downhill: against the gradient of what is to be minimised. Throws std::invalid_argument, and
  /// changes nothing, for a gradient of another length than the parameters, for one that is not finite (of
  /// Adam, whose square is not), and when the number of parameters is not what it was. O(n).
  void descend(std::span<Scalar> parameters, std::span<Scalar const> gradient) {
    move(parameters, gradient, Scalar{1});
  }

  /// A step uphill: along the gradient of what is to be maximised. Otherwise like descend.
  void ascend(std::span<Scalar> parameters, std::span<Scalar const> gradient) {
    move(parameters, gradient, Scalar{-1});
  }

  /// Steps made so far: the count of the learning rate's schedule.
  [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }

  /// The rate of the next step.
  [[nodiscard]] double learning_rate() const noexcept { return options_.learning_rate.at(steps_); }

  [[nodiscard]] optimiser_options const& options() const noexcept { return options_; }

  friend bool operator==(optimiser const&, optimiser const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("options", self.options_);
    visit("steps", self.steps_);
    visit.list("mean", self.mean_);
    visit.list("square", self.square_);
  }

  /// Whether what was read back can belong to `parameters` parameters.
  [[nodiscard]] bool sound(std::size_t parameters) const {
    std::size_t const means = needs_mean() && steps_ != 0 ? parameters : 0;
    std::size_t const squares = options_.method == descent::adam && steps_ != 0 ? parameters : 0;
    bool finite = mean_.size() == means && square_.size() == squares && steps_ < (std::uint64_t{1} << 63U);
    for (Scalar const m : mean_) finite = finite && std::isfinite(m);
    for (Scalar const v : square_) finite = finite && std::isfinite(v) && v >= Scalar{0};
    return finite;
  }

 private:
  [[nodiscard]] bool needs_mean() const noexcept {
    return options_.method == descent::adam || options_.momentum != 0.0;
  }

  void move(std::span<Scalar> parameters, std::span<Scalar const> gradient, Scalar sign) {
    std::size_t const n = parameters.size();
    if (gradient.size() != n) {
      detail::reject("gradient", "of length " + detail::text(gradient.size()),
                     "one number for each of " + detail::text(n) + " parameters");
    }
    if (steps_ != 0 && needs_mean() && mean_.size() != n) {
      detail::reject("parameters", "of length " + detail::text(n),
                     "the same " + detail::text(mean_.size()) + " as in earlier steps");
    }
    double squared = detail::squared_length(gradient);
    // The squared length is finite only if every element is; if it overflows though all are, the length is
    // taken in units of the largest of them.
    double unit = 1.0;
    if (!std::isfinite(squared)) {
      for (Scalar const g : gradient) {
        detail::require_finite("gradient", static_cast<double>(g));
        unit = std::fmax(unit, std::fabs(static_cast<double>(g)));
      }
      squared = 0.0;
      for (Scalar const g : gradient)
        squared += (static_cast<double>(g) / unit) * (static_cast<double>(g) / unit);
    }
    double const limit = options_.max_norm;
    double const length = std::sqrt(squared);  // in units
    bool const cut = limit > 0.0 && length > limit / unit;
    double const kept = cut ? limit : length * unit;
    if (options_.method == descent::adam && !(kept <= std::sqrt(std::numeric_limits<Scalar>::max()))) {
      detail::reject("gradient", "of Euclidean length " + detail::text(kept),
                     "one whose square is finite, as Adam keeps squares; or a max_norm");
    }
    if (needs_mean() && mean_.size() != n) mean_.assign(n, Scalar{0});
    if (options_.method == descent::adam && square_.size() != n) square_.assign(n, Scalar{0});

    auto const scale = sign * static_cast<Scalar>(cut ? limit / unit / length : 1.0);
    detail::step_rates<Scalar> const rates = detail::rates_after(options_, steps_, scale);
    ++steps_;
    if (options_.method == descent::adam) {
      detail::adam_step(rates, n, gradient.data(), mean_.data(), square_.data(), parameters.data());
    } else if (mean_.empty()) {
      detail::plain_step(rates, n, gradient.data(), parameters.data());
    } else {
      detail::momentum_step(rates, n, gradient.data(), mean_.data(), parameters.data());
    }
  }

  optimiser_options options_;
  std::uint64_t steps_ = 0;
  std::vector<Scalar> mean_;
  std::vector<Scalar> square_;
};

}  // namespace joust
