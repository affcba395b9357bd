// SPDX-License-Identifier: MIT
//
// Self-sparring as Sui, Zhuang, Burdick & Yue print it (UAI 2017, algorithm 2), for two arms at a time. The
// literal form takes a Beta draw per arm and side from the stream; the coupled form a uniform number per arm,
// by index, first for the left side, then for the right, each of which stands for the upper quantile.
#pragma once

#include "../textbook.hpp"

namespace textbook {

class self_sparring {
 public:
  explicit self_sparring(std::size_t k, double eta = 1.0, bool coupled = true)
      : successes_(k, 0.0), failures_(k, 0.0), eta_{eta}, coupled_{coupled} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    std::size_t side[2] = {};
    for (std::size_t& arm : side) {
      double highest = -1.0;
      for (std::size_t i = 0; i < successes_.size(); ++i) {
        double const theta = sample(successes_[i] + 1.0, failures_[i] + 1.0, g);
        if (theta > highest) arm = i;
        highest = std::max(highest, theta);
      }
    }
    return {side[0], side[1]};
  }

  void observe(std::size_t i, std::size_t j, double y) {
    if (i == j) return;
    successes_[i] += eta_ * y;
    failures_[j] += eta_ * y;
    successes_[j] += eta_ * (1.0 - y);
    failures_[i] += eta_ * (1.0 - y);
  }

 private:
  template <class Stream>
  [[nodiscard]] double sample(double a, double b, Stream& g) const {
    if (!coupled_) return boost::random::beta_distribution<double>{a, b}(g);
    double const u = joust::draw_uniform(g);
    using policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
    return a == 1.0 && b == 1.0 ? 1.0 - u : boost::math::ibetac_inv(a, b, u, policy{});
  }

  std::vector<double> successes_;
  std::vector<double> failures_;
  double eta_;
  bool coupled_;
};

}  // namespace textbook
