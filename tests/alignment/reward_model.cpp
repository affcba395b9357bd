// SPDX-License-Identifier: MIT
#include <joust/alignment/reward_model.hpp>

#include <string>
#include <vector>

#include <Eigen/Core>

#include <catch2/catch.hpp>

#include <joust/alignment/featured.hpp>
#include <joust/alignment/implicit_reward.hpp>
#include <joust/alignment/known_reward.hpp>
#include <joust/alignment/no_reward_model.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/posterior/linear_logistic.hpp>
#include <joust/rule/thompson.hpp>

#include "toy_alignment.hpp"

namespace {

using joust_test::toy_model;
using joust_test::toy_policy;

struct zero {
  double operator()(std::size_t, std::size_t) const { return 0.0; }
};

// The least that is a reward model.
struct archetype {
  void consider(std::span<std::string const>, std::span<std::vector<char> const>, int const&, int const&) {}
  joust::point_belief belief(std::size_t) { return joust::point_belief{zeros}; }
  void observe(std::size_t, std::size_t, std::size_t, double, double) {}
  void train() {}
  std::vector<double> expected(std::string const&, std::vector<char> const& c, int const&, int const&) {
    return std::vector<double>(c.size());
  }
  std::vector<double> zeros = {0.0};
};

struct without_training {
  void consider(std::span<std::string const>, std::span<std::vector<char> const>, int const&, int const&) {}
  joust::point_belief belief(std::size_t);
  void observe(std::size_t, std::size_t, std::size_t, double, double) {}
  std::vector<double> expected(std::string const&, std::vector<char> const&, int const&, int const&);
};

struct believes_nothing {
  void consider(std::span<std::string const>, std::span<std::vector<char> const>, int const&, int const&) {}
  double belief(std::size_t);
  void observe(std::size_t, std::size_t, std::size_t, double, double) {}
  void train() {}
  std::vector<double> expected(std::string const&, std::vector<char> const&, int const&, int const&);
};

// Three numbers about every response to every prompt.
struct toy_features {
  std::vector<double> values =
      joust_test::dyadic(joust_test::toy_prompts * joust_test::toy_responses * 3, 60);

  [[nodiscard]] std::size_t dimension() const { return 3; }
  Eigen::MatrixXd operator()(std::size_t x, std::vector<std::size_t> const& candidates) const {
    Eigen::MatrixXd phi(static_cast<Eigen::Index>(candidates.size()), 3);
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      for (std::size_t k = 0; k < 3; ++k) {
        phi(static_cast<Eigen::Index>(c), static_cast<Eigen::Index>(k)) =
            values[(x * joust_test::toy_responses + candidates[c]) * 3 + k];
      }
    }
    return phi;
  }
};

static_assert(joust::reward_model<joust::featured<toy_features, joust::linear_logistic>, std::size_t,
                                  std::size_t, toy_policy>);
static_assert(joust::reward_model<archetype, std::string, char, int>);
static_assert(!joust::reward_model<archetype, std::string, int, int>);
static_assert(!joust::reward_model<without_training, std::string, char, int>);
static_assert(!joust::reward_model<believes_nothing, std::string, char, int>);
static_assert(!joust::reward_model<int, std::string, char, int>);

static_assert(joust::reward_model<toy_model, std::size_t, std::size_t, toy_policy>);
static_assert(joust::reward_model<joust::no_reward_model, std::size_t, std::size_t, toy_policy>);
static_assert(joust::reward_model<joust::implicit_reward, std::size_t, std::size_t, toy_policy>);
static_assert(joust::reward_model<joust::known_reward<zero>, std::size_t, std::size_t, toy_policy>);

}  // namespace

TEST_CASE("a candidate set is a vector of actions", "[reward_model]") {
  STATIC_REQUIRE(std::same_as<joust::candidate_set<int>, std::vector<int>>);
}

TEST_CASE("the models of the tests keep the laws that the aligner relies on", "[reward_model]") {
  auto model = joust_test::a_model();
  auto const policy = joust_test::a_policy();
  std::vector<std::size_t> const xs{3, 1};
  std::vector<std::vector<std::size_t>> const sets{{0, 4, 2}, {1, 3}};
  model.consider(xs, sets, policy, policy);
  auto const said = model.expected(3, sets[0], policy, policy);
  auto belief = model.belief(0);
  REQUIRE(belief.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(belief.mean()[i] == said[i]);
  auto mirrored = model;
  model.observe(0, 1, 2, 0.75, 1.0);
  mirrored.observe(0, 2, 1, 0.25, 1.0);
  for (std::size_t k = 0; k < model.members.size(); ++k) {
    for (std::size_t i = 0; i < model.members[k].size(); ++i) {
      CHECK(model.members[k][i] == Approx(mirrored.members[k][i]).margin(1e-14));
    }
  }
}

TEST_CASE("an aligner with a linear posterior works on the same features", "[reward_model]") {
  joust_test::toy_oracle oracle{joust_test::toy_responses, {}};
  for (std::size_t i = 0; i < joust_test::toy_prompts * joust_test::toy_responses; ++i) {
    oracle.rewards.push_back(2.0 * toy_features{}.values[i * 3] - toy_features{}.values[i * 3 + 1]);
  }
  joust::aligner agent{joust_test::a_policy(5.0),
                       joust::featured{toy_features{}, joust::linear_logistic{{.dimension = 3}}},
                       joust::thompson{},
                       joust::dpo{},
                       {.candidates = 4, .temperature = 1.5}};
  joust_test::run(agent, oracle, 0, 60);
  auto const theta = agent.reward_model().posterior().mean();
  CHECK(theta[0] > 0.5);
  CHECK(theta[1] < -0.2);
}
