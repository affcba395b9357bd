// SPDX-License-Identifier: MIT
//
// What every toy needs: means over seeds with their standard errors, Markdown tables, and statements that are
// checked.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <joust/core/stream.hpp>

namespace toys {

/// A mean over independent seeds.
class average {
 public:
  void add(double value) {
    ++count_;
    double const step = value - mean_;
    mean_ += step / count_;
    squares_ += step * (value - mean_);
  }
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double error() const {
    return count_ < 2.0 ? 0.0 : std::sqrt(squares_ / (count_ - 1.0) / count_);
  }

 private:
  double count_ = 0.0;
  double mean_ = 0.0;
  double squares_ = 0.0;
};

/// By how many standard errors the first mean exceeds the second.
[[nodiscard]] inline double lead(average const& a, average const& b) {
  double const error = std::hypot(a.error(), b.error());
  return error == 0.0 ? (a.mean() > b.mean()   ? 1e9
                         : a.mean() < b.mean() ? -1e9
                                               : 0.0)
                      : (a.mean() - b.mean()) / error;
}

[[nodiscard]] inline std::string text(double value, int digits) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", digits, value);
  return buffer;
}
[[nodiscard]] inline std::string text(average const& value, int digits) {
  return text(value.mean(), digits) + " ± " + text(value.error(), digits);
}

/// Prints Markdown, and counts what does not hold.
class report {
 public:
  explicit report(bool quick) : quick_{quick} {}

  /// The number of seeds, a fifth of it in a quick run, but not below `least`.
  [[nodiscard]] std::uint64_t seeds(std::uint64_t count, std::uint64_t least = 2) const {
    return quick_ ? std::max(least, count / 5) : count;
  }

  [[nodiscard]] bool quick() const { return quick_; }

  [[nodiscard]] static joust::stream seed(std::string_view toy, std::uint64_t number) {
    return joust::stream{1}.child(toy).child(number);
  }

  void title(std::string_view name) const { std::printf("### %s\n\n", std::string{name}.c_str()); }

  void table(std::vector<std::vector<std::string>> const& rows) const {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (auto const& cell : rows[r]) std::printf("| %s ", cell.c_str());
      std::printf("|\n");
      if (r != 0) continue;
      for (std::size_t c = 0; c < rows[0].size(); ++c) std::printf(c == 0 ? "| --- " : "| ---: ");
      std::printf("|\n");
    }
    std::printf("\n");
  }

  /// A statement that must hold in every run of this program.
  void holds(std::string_view statement, bool truth) {
    std::printf("- %s: %s\n", truth ? "holds" : "FAILS", std::string{statement}.c_str());
    if (!truth) ++broken_;
  }
  void end() const { std::printf("\n"); }

  [[nodiscard]] int broken() const { return broken_; }

 private:
  bool quick_;
  int broken_ = 0;
};

void two_arms(report& out);             // XPO, VPO, MEX where DPO never looks
void refreshed_reference(report& out);  // SELM
void offline_pessimism(report& out);    // VPO offline
void online_feedback(report& out);      // OAIF and APL
void shorter_answers(report& out);      // OAIF, controlled by its oracle
void bandit(report& out);               // MEX without contexts

}  // namespace toys
