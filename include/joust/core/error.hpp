// SPDX-License-Identifier: MIT
//
// How joust fails. A caller's mistake is a std::invalid_argument whose sentence names the argument, what it
// was and what was expected; an oracle that cannot answer is an oracle_error; a malformed file is a
// file_error with its place. Checks stand at the edge of the interface and come before any change of state.
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace joust {

/// The oracle could not answer. The duel does not count as answered, and no label is invented for it.
class oracle_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The oracle's budget is spent. Thrown before the question is asked, so nothing was paid for it.
class budget_spent : public oracle_error {
 public:
  explicit budget_spent(std::uint64_t budget)
      : oracle_error{"oracle: the budget of " + std::to_string(budget) + " comparisons is spent"},
        budget_{budget} {}

  /// The number of comparisons that were allowed, all of them used.
  [[nodiscard]] std::uint64_t budget() const noexcept { return budget_; }

 private:
  std::uint64_t budget_;
};

/// A file that does not hold what its format promises: says which file, line and column (both from 1; 0 where
/// the fault belongs to the file or the line as a whole), the offending value and what was expected.
class file_error : public std::invalid_argument {
 public:
  file_error(std::string file, std::size_t line, std::size_t column, std::string const& fault)
      : std::invalid_argument{file + (line != 0 ? ":" + std::to_string(line) : "") +
                              (column != 0 ? ":" + std::to_string(column) : "") + ": " + fault},
        file_{static_cast<std::string&&>(file)},
        line_{line},
        column_{column} {}

  [[nodiscard]] std::string const& file() const noexcept { return file_; }
  [[nodiscard]] std::size_t line() const noexcept { return line_; }
  [[nodiscard]] std::size_t column() const noexcept { return column_; }

 private:
  std::string file_;
  std::size_t line_;
  std::size_t column_;
};

namespace detail {

/// A number as a person would write it: the shortest text that reads back as the same value.
template <class Number>
  requires std::integral<Number> || std::floating_point<Number>
[[nodiscard]] std::string text(Number value) {
  char buffer[64];
  auto const end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

/// Throws std::invalid_argument "argument: is value; expected expectation".
[[noreturn]] inline void reject(std::string_view argument, std::string_view value,
                                std::string_view expectation) {
  throw std::invalid_argument{std::string{argument} + ": is " + std::string{value} + "; expected " +
                              std::string{expectation}};
}

/// The index names one of `count` arms or candidates.
inline void require_index(std::string_view argument, std::size_t index, std::size_t count) {
  if (index >= count) reject(argument, text(index), "an index below " + text(count));
}

/// An outcome or a probability lies in [0, 1]; NaN does not.
inline void require_unit_interval(std::string_view argument, double value) {
  if (!(value >= 0.0 && value <= 1.0)) reject(argument, text(value), "a number in [0, 1]");
}

/// The number is finite.
inline void require_finite(std::string_view argument, double value) {
  if (!std::isfinite(value)) reject(argument, text(value), "a finite number");
}

/// The number is finite and above zero.
inline void require_positive(std::string_view argument, double value) {
  if (!(value > 0.0) || !std::isfinite(value)) reject(argument, text(value), "a finite number above 0");
}

}  // namespace detail
}  // namespace joust
