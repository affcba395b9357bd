// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <cstddef>
#include <span>
#include <vector>

#include <joust/core/stream.hpp>
#include <joust/laws/reward_model.hpp>

using joust::stream;
namespace laws = joust::laws;

namespace {

using candidates = std::vector<std::size_t>;

// Rewards by action, learnt by plain gradient steps of the logistic loss.
struct table {
  struct certain {
    std::vector<double> rewards;
    [[nodiscard]] std::size_t size() const { return rewards.size(); }
    [[nodiscard]] std::span<double const> mean() const { return rewards; }
    template <class Stream>
    [[nodiscard]] std::span<double const> draw(Stream&) const {
      return rewards;
    }
    [[nodiscard]] double pair_variance(std::size_t, std::size_t) const { return 0.0; }
  };

  std::vector<double> rewards = std::vector<double>(8);
  std::vector<candidates> seen{};

  template <class Contexts, class Sets>
  void consider(Contexts const&, Sets const& sets, int, int) {
    seen.assign(sets.begin(), sets.end());
  }
  [[nodiscard]] certain belief(std::size_t i) const { return {expected(0, seen[i], 0, 0)}; }
  void observe(std::size_t i, std::size_t a, std::size_t b, double y, double w) {
    rewards[seen[i][a]] += w * (y - 0.5);
    rewards[seen[i][b]] -= w * (y - 0.5);
  }
  void train() {}
  [[nodiscard]] std::vector<double> expected(std::size_t, candidates const& set, int, int) const {
    std::vector<double> result;
    for (std::size_t const a : set) result.push_back(rewards[a]);
    return result;
  }
};

struct always_the_first_set : table {
  [[nodiscard]] certain belief(std::size_t) const { return table::belief(0); }
};
struct biased_by_position : table {
  void observe(std::size_t i, std::size_t a, std::size_t b, double y, double w) {
    table::observe(i, a, b, y, w);
    rewards[seen[i][a]] += 0.01 * w;
  }
};
struct deaf_to_weights : table {
  void observe(std::size_t i, std::size_t a, std::size_t b, double y, double) {
    table::observe(i, a, b, y, 1.0);
  }
};
struct expects_something_else : table {
  [[nodiscard]] std::vector<double> expected(std::size_t x, candidates const& set, int p, int r) const {
    auto result = table::expected(x, set, p, r);
    result.back() += 1.0;
    return result;
  }
  [[nodiscard]] certain belief(std::size_t i) const { return {table::expected(0, seen[i], 0, 0)}; }
};

template <class Model>
laws::law_report examine(Model const& model) {
  std::vector<std::size_t> const contexts{0, 1};
  std::vector<candidates> const sets{{0, 1, 2}, {3, 5, 2, 1}};
  return laws::reward_model(model, contexts, sets, 0, 0, stream{1});
}

}  // namespace

TEST_CASE("a correct reward model keeps the laws", "[laws][reward_model]") {
  CHECK_KEEPS_LAWS(examine(table{}));
}

TEST_CASE("planted faults of reward models are found", "[laws][reward_model]") {
  CHECK_BREAKS("over the candidates of its set", examine(always_the_first_set{}));
  CHECK_BREAKS("the same from either side", examine(biased_by_position{}));
  CHECK_BREAKS("weight 0 teaches nothing", examine(deaf_to_weights{}));
  CHECK_BREAKS("expected is the belief's mean", examine(expects_something_else{}));
}
