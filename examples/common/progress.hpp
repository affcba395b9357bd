// SPDX-License-Identifier: MIT
//
// A progress bar with the time left, on a terminal; nothing elsewhere.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

namespace program {

class progress {
 public:
  progress() : shown_{isatty(STDERR_FILENO) != 0} {}

  /// Starts over for another piece of work.
  void begin(std::string label) {
    label_ = std::move(label);
    if (label_.size() > 36) label_ = label_.substr(0, 35) + "~";
    start_ = clock::now();
  }

  void show(std::uint64_t done, std::uint64_t all) const {
    if (!shown_ || all == 0) return;
    constexpr int width = 30;
    double const share = std::min(1.0, static_cast<double>(done) / static_cast<double>(all));
    double const elapsed = std::chrono::duration<double>(clock::now() - start_).count();
    std::string bar(static_cast<std::size_t>(share * width), '#');
    bar.resize(width, '.');
    std::string left = "";
    if (share > 0.01 && share < 1.0) {
      auto const seconds = static_cast<long>(elapsed * (1.0 - share) / share + 0.5);
      left = seconds < 120 ? std::to_string(seconds) + " s left"
                           : std::to_string((seconds + 30) / 60) + " min left";
    }
    std::fprintf(stderr, "\r%-36s [%s] %3.0f %%  %-14s", label_.c_str(), bar.c_str(), 100.0 * share,
                 left.c_str());
    std::fflush(stderr);
  }

  /// Clears the line, so that what is printed next stands alone.
  void end() const {
    if (shown_) std::fprintf(stderr, "\r%*s\r", 100, "");
  }

 private:
  using clock = std::chrono::steady_clock;
  bool shown_;
  std::string label_;
  clock::time_point start_ = clock::now();
};

}  // namespace program
