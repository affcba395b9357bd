// SPDX-License-Identifier: MIT
//
// What the experiment tests play with: three arms of known strength, and a contextual world, both small
// enough that every regret can be written down by hand.
#pragma once

#include <cstddef>
#include <span>

#include <Eigen/Core>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/environment/regret.hpp>

namespace small_world {

/// Arm 0 beats everybody with 3/4. Knows `average` and `simple` only: gaps 0, 1/4, 1/4, so that sums are
/// exact.
class three_arms {
 public:
  [[nodiscard]] joust::setting shape() const { return {.arms = 3, .dimension = 3, .fixed_arms = true}; }
  void advance(joust::stream&) {}
  [[nodiscard]] Eigen::MatrixXd const& features() {
    features_asked = true;
    return features_;
  }
  [[nodiscard]] double probability(std::size_t a, std::size_t b) const {
    return a == b ? 0.5 : a == 0 ? 0.75 : b == 0 ? 0.25 : 0.5;
  }
  [[nodiscard]] double compare(std::size_t a, std::size_t b, joust::stream& g) {
    ++compared;
    return joust::draw_bernoulli(probability(a, b), g);
  }
  [[nodiscard]] bool knows(joust::regret_kind kind) const {
    return kind == joust::regret_kind::average || kind == joust::regret_kind::simple;
  }
  void add_regrets(joust::pairing pair, std::span<double> totals) const {
    totals[static_cast<std::size_t>(joust::regret_kind::average)] +=
        0.5 * (gap(pair.first) + gap(pair.second));
  }
  [[nodiscard]] double simple_regret(std::size_t arm) const { return gap(arm); }
  [[nodiscard]] static double gap(std::size_t arm) { return arm == 0 ? 0.0 : 0.25; }

  bool features_asked = false;
  int compared = 0;

 private:
  Eigen::MatrixXd features_ = Eigen::MatrixXd::Identity(3, 3);
};

/// Two candidates per round with one feature each; the larger is better, by exactly the difference.
class two_numbers {
 public:
  [[nodiscard]] joust::setting shape() const { return {.arms = 2, .dimension = 1, .fixed_arms = false}; }
  void advance(joust::stream& g) {
    features_(0, 0) = joust::draw_uniform(g);
    features_(1, 0) = joust::draw_uniform(g);
  }
  [[nodiscard]] Eigen::MatrixXd const& features() { return features_; }
  [[nodiscard]] double probability(std::size_t a, std::size_t b) const {
    double const x = features_(static_cast<Eigen::Index>(a), 0) - features_(static_cast<Eigen::Index>(b), 0);
    return x > 0.0 ? 1.0 : x < 0.0 ? 0.0 : 0.5;
  }
  [[nodiscard]] double compare(std::size_t a, std::size_t b, joust::stream&) const {
    return probability(a, b);
  }
  [[nodiscard]] bool knows(joust::regret_kind kind) const {
    return kind == joust::regret_kind::utility || kind == joust::regret_kind::simple;
  }
  void add_regrets(joust::pairing pair, std::span<double> totals) const {
    totals[static_cast<std::size_t>(joust::regret_kind::utility)] +=
        0.5 * (simple_regret(pair.first) + simple_regret(pair.second));
  }
  [[nodiscard]] double simple_regret(std::size_t arm) const {
    return features_.maxCoeff() - features_(static_cast<Eigen::Index>(arm), 0);
  }

 private:
  Eigen::MatrixXd features_ = Eigen::MatrixXd::Zero(2, 1);
};

/// Plays a fixed pair for ever and remembers what it was told.
struct stubborn {
  joust::pairing pair{0, 1};
  int observed = 0;
  double sum = 0.0;
  std::size_t favourite = 0;

  joust::pairing select(joust::stream&) const { return pair; }
  void observe(std::size_t, std::size_t, double y) {
    ++observed;
    sum += y;
  }
  [[nodiscard]] std::size_t recommend() const { return favourite; }
  friend bool operator==(stubborn const&, stubborn const&) = default;
};

/// Plays uniformly random pairs, self-duels included.
struct restless {
  std::size_t arms = 0;
  joust::pairing select(joust::stream& g) const {
    return {joust::draw_index(arms, g), joust::draw_index(arms, g)};
  }
  void observe(std::size_t, std::size_t, double) {}
  [[nodiscard]] std::size_t recommend() const { return 0; }
  [[nodiscard]] restless fresh(joust::setting const& s) const { return {s.arms}; }
};

/// Reads features: recommends the candidate with the larger one, duels both.
struct reader {
  joust::pairing select(Eigen::MatrixXd const&, joust::stream&) const { return {0, 1}; }
  void observe(Eigen::MatrixXd const& phi, std::size_t first, std::size_t second, double y) {
    bool const first_larger =
        phi(static_cast<Eigen::Index>(first), 0) > phi(static_cast<Eigen::Index>(second), 0);
    wrong += (y == 1.0) != first_larger ? 1 : 0;
  }
  [[nodiscard]] std::size_t recommend(Eigen::MatrixXd const& phi) const {
    return phi(1, 0) > phi(0, 0) ? 1 : 0;
  }
  int wrong = 0;
};

}  // namespace small_world
