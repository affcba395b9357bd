// SPDX-License-Identifier: MIT
//
// A number that changes as a run goes on: a learning rate that fades, a share that begins at one. A schedule
// is a value, a function of a count and of nothing else, so a run that is interrupted finds its place again.
// What is counted (steps, rounds, oracle queries) is said where the schedule is used.
//
//   cost    a comparison or a cosine; 40 bytes
//   repeat  same count, same number
//   source  the cosine: Loshchilov & Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR
//           2017
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>

#include <joust/core/error.hpp>

namespace joust {

/// How a schedule goes from its first value to its last.
enum class schedule_shape : unsigned char {
  constant,  ///< not at all
  step,      ///< at once
  linear,    ///< along a line
  cosine,    ///< along half a cosine, after a linear warm-up from 0
};

/// The names of the shapes, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 4> names_of(schedule_shape) noexcept {
  return {"constant", "step", "linear", "cosine"};
}

/// A number as a function of a count:
///
///     schedule{0.7}                        0.7
///     schedule::step(1.0, 1000, 0.7)       1 for the counts 0 to 999, then 0.7
///     schedule::linear(1.0, 0.1, 1000)     from 1 at count 0 to 0.1 at count 1000, then 0.1
///     schedule::cosine(1e-3, 1e-4, 1000, 30)   up to 1e-3 over counts 0 to 30, down to 1e-4 at 1000, then
///     1e-4
class schedule {
 public:
  /// The same number always; a number converts to a schedule. Throws std::invalid_argument unless it is
  /// finite.
  schedule(double value) : schedule{schedule_shape::constant, value, value, 0, 0} {}  // NOLINT(*-explicit-*)

  /// `before` for counts below `count`, `after` from there on. Throws std::invalid_argument unless both are
  /// finite.
  [[nodiscard]] static schedule step(double before, std::uint64_t count, double after) {
    return {schedule_shape::step, before, after, 0, count};
  }

  /// From `first` at count 0 along a line to `last` at count `length`, and `last` beyond. Throws
  /// std::invalid_argument unless both are finite and `length` is at least 1.
  [[nodiscard]] static schedule linear(double first, double last, std::uint64_t length) {
    return {schedule_shape::linear, first, last, 0, length};
  }

  /// Up to `peak` along a line over the first `warm_up` counts (the first of them already gets peak /
  /// warm_up, not 0), down to `last` at count `length` along half a cosine, and `last` beyond. Throws
  /// std::invalid_argument unless both are finite and `length` is above `warm_up`.
  [[nodiscard]] static schedule cosine(double peak, double last, std::uint64_t length,
                                       std::uint64_t warm_up = 0) {
    return {schedule_shape::cosine, peak, last, warm_up, length};
  }

  /// The number at a count.
  [[nodiscard]] double at(std::uint64_t count) const noexcept {
    switch (shape_) {
      case schedule_shape::step:
        return count < length_ ? first_ : last_;
      case schedule_shape::linear:
        return count >= length_ ? last_ : std::lerp(first_, last_, share(count, length_));
      case schedule_shape::cosine:
        if (count < warm_up_) return first_ * share(count + 1, warm_up_);
        if (count >= length_) return last_;
        return std::lerp(
            first_, last_,
            0.5 - 0.5 * std::cos(std::numbers::pi * share(count - warm_up_, length_ - warm_up_)));
      case schedule_shape::constant:
        break;
    }
    return first_;
  }

  [[nodiscard]] schedule_shape shape() const noexcept { return shape_; }

  /// The smallest and the largest number that it takes, at any count.
  [[nodiscard]] double lowest() const noexcept {
    double const least = std::fmin(first_, last_);
    return warm_up_ == 0 ? least : std::fmin(least, first_ / static_cast<double>(warm_up_));
  }
  [[nodiscard]] double highest() const noexcept {
    double const most = std::fmax(first_, last_);
    return warm_up_ == 0 ? most : std::fmax(most, first_ / static_cast<double>(warm_up_));
  }

  friend bool operator==(schedule const&, schedule const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("shape", self.shape_, "constant, step, linear or cosine");
    visit("first", self.first_, "at count 0; of a cosine, its peak");
    visit("last", self.last_, "from the count 'length' on");
    visit("warm_up", self.warm_up_, "of a cosine: counts until its peak");
    visit("length", self.length_, "counts until the last number");
  }

  /// Throws std::invalid_argument for numbers that make no schedule, under the name of what it is a schedule
  /// of.
  void check(std::string_view name = "schedule") const {
    detail::require_finite(std::string{name} + ".first", first_);
    detail::require_finite(std::string{name} + ".last", last_);
    bool const bends = shape_ == schedule_shape::linear || shape_ == schedule_shape::cosine;
    if (bends && length_ <= warm_up_) {
      detail::reject(std::string{name} + ".length", detail::text(length_),
                     warm_up_ == 0 ? "at least 1" : "above the warm-up of " + detail::text(warm_up_));
    }
  }

 private:
  schedule(schedule_shape shape, double first, double last, std::uint64_t warm_up, std::uint64_t length)
      : shape_{shape}, first_{first}, last_{last}, warm_up_{warm_up}, length_{length} {
    check();
  }

  static double share(std::uint64_t part, std::uint64_t whole) noexcept {
    return static_cast<double>(part) / static_cast<double>(whole);
  }

  schedule_shape shape_;
  double first_;
  double last_;
  std::uint64_t warm_up_;
  std::uint64_t length_;
};

}  // namespace joust
