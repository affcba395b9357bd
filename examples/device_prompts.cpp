// SPDX-License-Identifier: MIT
//
// SEA's round for many prompts at once, on all cores: an ensemble scores the candidates of 256 prompts, a rule
// chooses a pair for each, a judge answers, and the ensemble learns. Everything stays in device memory; as a
// source .cu, linked to joust::cuda, the same program runs on a GPU.
#include <algorithm>
#include <cstddef>
#include <iostream>
#include <span>
#include <vector>

#include <joust/core/draw.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/compare.hpp>
#include <joust/device/ensemble.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/select.hpp>
#include <joust/rule/best_arm.hpp>

namespace {

namespace device = joust::device;

constexpr std::size_t prompts = 256;
constexpr std::size_t candidates = 20;  // of each prompt
constexpr std::size_t dimension = 16;
constexpr std::size_t rows = prompts * candidates;

// The features of both candidates of each prompt's duel, side by side.
struct gather_pairs {
  float const* features;
  joust::pairing const* pairs;
  float* first;
  float* second;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    std::size_t const prompt = i / dimension;
    std::size_t const feature = i % dimension;
    float const* const own = features + prompt * candidates * dimension + feature;
    first[i] = own[pairs[prompt].first * dimension];
    second[i] = own[pairs[prompt].second * dimension];
  }
};

template <class T>
std::span<T const> all(device::buffer<T> const& values) {
  return {values.data(), values.size()};
}
template <class T>
std::span<T> all(device::buffer<T>& values) {
  return {values.data(), values.size()};
}

}  // namespace

int main() {
  // What the judge likes is not linear in the features, and unknown to the agent.
  joust::stream world{7};
  std::vector<float> features(rows * dimension);
  for (float& f : features) f = static_cast<float>(2.0 * joust::draw_uniform(world) - 1.0);
  std::vector<double> taste(rows);
  for (std::size_t c = 0; c < rows; ++c) {
    float const* const own = features.data() + c * dimension;
    taste[c] = 3.0 * static_cast<double>(own[0] * own[1] + std::max(own[2], own[3]));
  }

  device::queue order;
  device::ensemble<float> posterior{
      order, joust::ensemble<float>{{.dimension = dimension, .members = 10, .width = 32, .steps = 20}}};
  device::buffer<float> const shown{features};
  device::buffer<double> const liked{taste};
  device::buffer<double> rewards{posterior.members() * rows};
  device::buffer<joust::pairing> pairs{prompts};
  device::buffer<joust::outcome> outcomes{prompts};
  device::buffer<float> first{prompts * dimension};
  device::buffer<float> second{prompts * dimension};
  device::selection_space space;
  device::bradley_terry const judge{{.utilities = all(liked), .per_question = candidates}};

  // How good is the candidate that the ensemble likes best, from 0 (a random one) to 1 (the best there is)?
  auto const quality = [&] {
    posterior.score(order, all(shown), all(rewards));
    std::vector<double> const scored = rewards.download(order);
    double found = 0.0, best = 0.0, mean = 0.0;
    for (std::size_t prompt = 0; prompt < prompts; ++prompt) {
      std::size_t favourite = prompt * candidates;
      double highest = -1e300;
      for (std::size_t c = prompt * candidates; c < (prompt + 1) * candidates; ++c) {
        double sum = 0.0;
        for (std::size_t k = 0; k < posterior.members(); ++k) sum += scored[k * rows + c];
        if (sum > highest) {
          highest = sum;
          favourite = c;
        }
        mean += taste[c] / candidates;
      }
      found += taste[favourite];
      auto const own = std::span{taste}.subspan(prompt * candidates, candidates);
      best += *std::max_element(own.begin(), own.end());
    }
    return (found - mean) / (best - mean);
  };

  std::cout.precision(2);
  joust::stream const root{42};
  for (std::size_t round = 0; round < 12; ++round) {
    std::cout << std::fixed << round * prompts << " duels: " << quality() << '\n';
    posterior.score(order, all(shown), all(rewards));
    device::select(order,
                   device::ensemble_beliefs<double>{.rewards = all(rewards),
                                                    .members = posterior.members(),
                                                    .candidates = rows,
                                                    .per_context = candidates},
                   joust::best_arm{}, root.child("choice", round), all(pairs), space);
    device::compare(order, judge, all(pairs), root.child("answer", round), all(outcomes));
    device::for_each_index(order, prompts * dimension,
                           gather_pairs{shown.data(), pairs.data(), first.data(), second.data()});
    posterior.observe(order, all(first), all(second), all(outcomes));
    posterior.train(order);
  }
  double const reached = quality();
  std::cout << 12 * prompts << " duels: " << reached << " of the way from a random answer to the best ("
            << device::system_name << ")\n";
  return reached > 0.5 ? 0 : 1;
}
