// SPDX-License-Identifier: MIT
//
// A policy over a few responses by its probabilities, and its mixture with another: what proposers are tried
// on.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>

namespace joust_test {

struct response_policy {
  std::vector<double> weights;

  template <class Stream>
  std::size_t sample(std::size_t, Stream& stream, double temperature = 1.0) const {
    double total = 0.0;
    for (double const w : weights) total += std::pow(w, 1.0 / temperature);
    double mark = total * joust::draw_uniform(stream);
    std::size_t a = 0;
    while (a + 1 < weights.size() && (mark -= std::pow(weights[a], 1.0 / temperature)) >= 0.0) ++a;
    return a;
  }
  template <class Stream>
  std::vector<std::size_t> sample_batch(std::size_t x, std::size_t count, Stream& stream,
                                        double temperature = 1.0) const {
    std::vector<std::size_t> batch(count);
    for (std::size_t& a : batch) a = sample(x, stream, temperature);
    return batch;
  }
  template <class Stream>
  std::vector<std::size_t> sample_mixture(response_policy const& reference, double share, std::size_t x,
                                          std::size_t count, Stream& stream, double temperature = 1.0) const {
    return mixed(reference, share).sample_batch(x, count, stream, temperature);
  }
  double log_probability(std::size_t, std::size_t a) const {
    double total = 0.0;
    for (double const w : weights) total += w;
    return std::log(weights[a] / total);
  }
  response_policy mixed(response_policy const& reference, double share) const {
    response_policy mixture = *this;
    for (std::size_t a = 0; a < weights.size(); ++a) {
      mixture.weights[a] = std::pow(weights[a], 1.0 - share) * std::pow(reference.weights[a], share);
    }
    return mixture;
  }
};

static_assert(joust::samples_at_temperature<response_policy, std::size_t, std::size_t>);

// The share of proposals in which the candidate at `place` is `action`, and what it may be off by: 5 standard
// deviations.
template <class Proposer>
double share_of(Proposer const& proposer, std::size_t place, std::size_t action, int rounds = 20000) {
  joust::stream random{11};
  int hits = 0;
  for (int t = 0; t < rounds; ++t) hits += proposer.propose(std::size_t{0}, random)[place] == action ? 1 : 0;
  return static_cast<double>(hits) / rounds;
}
inline double tolerance(double share, int rounds = 20000) {
  return 5.0 * std::sqrt(share * (1.0 - share) / rounds);
}

inline double probability(response_policy const& policy, std::size_t action, double temperature) {
  double total = 0.0;
  for (double const w : policy.weights) total += std::pow(w, 1.0 / temperature);
  return std::pow(policy.weights[action], 1.0 / temperature) / total;
}

}  // namespace joust_test
