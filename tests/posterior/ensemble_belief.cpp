// SPDX-License-Identifier: MIT
#include <joust/posterior/ensemble_belief.hpp>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include <boost/random/normal_distribution.hpp>
#include <catch2/catch.hpp>

#include <joust/core/concepts.hpp>
#include <joust/core/stream.hpp>
#include <joust/laws/belief.hpp>
#include <joust/rule/best_arm.hpp>
#include <joust/rule/largest_pair_variance.hpp>
#include <joust/rule/thompson.hpp>

namespace {

using joust::ensemble_belief;
using joust::variance_divisor;

static_assert(joust::belief<ensemble_belief>);
static_assert(joust::duel_rule<joust::best_arm, ensemble_belief>);
static_assert(joust::duel_rule<joust::thompson, ensemble_belief>);

// Opinions of K members about M candidates, one vector per member.
struct opinions {
  std::vector<std::vector<double>> rewards;
  std::vector<double> flat, means, variances, centres;

  explicit opinions(std::vector<std::vector<double>> of) : rewards{of} {
    means.assign(of[0].size(), 0.0);
    variances = centres = means;
    for (auto const& member : of) {
      flat.insert(flat.end(), member.begin(), member.end());
      for (std::size_t i = 0; i < member.size(); ++i) means[i] += member[i] / static_cast<double>(of.size());
    }
  }
  static opinions random(std::size_t members, std::size_t candidates, std::uint64_t seed) {
    joust::stream stream{seed};
    boost::random::normal_distribution<double> normal;
    std::vector<std::vector<double>> result(members, std::vector<double>(candidates));
    for (auto& member : result)
      for (double& reward : member) reward = normal(stream);
    return opinions{result};
  }

  ensemble_belief belief(variance_divisor divisor = variance_divisor::members_less_one) {
    return {{flat.data(), means.size(), means.data(), variances.data(), centres.data()},
            means.size(),
            rewards.size(),
            divisor};
  }

  // The textbook: mean first, squared distances after it.
  template <class Quantity>
  double variance(std::size_t i, std::size_t j, double divisor, Quantity of) const {
    double mean = 0.0;
    for (auto const& r : rewards) mean += of(r[i] - r[j]) / static_cast<double>(rewards.size());
    double sum = 0.0;
    for (auto const& r : rewards) sum += (of(r[i] - r[j]) - mean) * (of(r[i] - r[j]) - mean);
    return sum / divisor;
  }
};

double logit(double lead) { return lead; }
double preference(double lead) { return 1.0 / (1.0 + std::exp(-lead)); }

}  // namespace

TEST_CASE("ensemble belief: variances are those over members", "[posterior][ensemble]") {
  opinions some = opinions::random(7, 5, 3);
  for (auto const divisor : {variance_divisor::members_less_one, variance_divisor::members}) {
    ensemble_belief rewards = some.belief(divisor);
    double const count = divisor == variance_divisor::members ? 7.0 : 6.0;
    for (std::size_t i = 0; i < 5; ++i) {
      auto const with_i = rewards.pair_variances(i);
      for (std::size_t j = 0; j < 5; ++j) {
        CHECK(rewards.pair_variance(i, j) == Approx(some.variance(i, j, count, logit)).margin(1e-15));
        CHECK(with_i[j] == Approx(rewards.pair_variance(i, j)).epsilon(1e-13).margin(0.0));
        CHECK(rewards.preference_variance(i, j) ==
              Approx(some.variance(i, j, count, preference)).margin(1e-15));
        CHECK(rewards.pair_variance(i, j) == rewards.pair_variance(j, i));
        CHECK(rewards.preference_variance(i, j) == rewards.preference_variance(j, i));
      }
      CHECK(rewards.pair_variance(i, i) == 0.0);
      CHECK(rewards.preference_variance(i, i) == 0.0);
    }
  }
}

TEST_CASE("ensemble belief: keeps the laws of a belief", "[posterior][ensemble]") {
  opinions some = opinions::random(20, 6, 4);
  auto rewards = some.belief(variance_divisor::members);
  auto const report = joust::laws::belief(rewards, joust::stream{5});
  INFO(report.text());
  CHECK(report);
}

TEST_CASE("ensemble belief: draws are members, uniformly", "[posterior][ensemble]") {
  opinions some = opinions::random(5, 3, 6);
  auto const rewards = some.belief();
  joust::stream random{7};
  std::vector<int> drawn(5, 0);
  constexpr int draws = 20'000;
  for (int n = 0; n < draws; ++n) {
    auto const draw = rewards.draw(random);
    bool known = false;
    for (std::size_t k = 0; k < 5; ++k) {
      if (draw.data() != rewards.member(k).data()) continue;
      ++drawn[k];
      known = true;
    }
    REQUIRE(known);
  }
  double const deviation = std::sqrt(draws * 0.2 * 0.8);
  for (int const count : drawn) CHECK(std::fabs(count - draws * 0.2) < 4.5 * deviation);
  CHECK(rewards.members() == 5);
  CHECK(rewards.mean()[1] == Approx(some.means[1]));
}

TEST_CASE("ensemble belief: a constant of each member's own changes nothing", "[posterior][ensemble]") {
  opinions some = opinions::random(6, 4, 8);
  auto moved = some.rewards;
  for (std::size_t k = 0; k < moved.size(); ++k)
    for (double& reward : moved[k]) reward += 1024.0 * static_cast<double>(k);
  opinions other{moved};
  auto a = some.belief();
  auto b = other.belief();
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      CHECK(a.pair_variance(i, j) == Approx(b.pair_variance(i, j)).epsilon(1e-10).margin(1e-20));
      CHECK(a.preference_variance(i, j) == Approx(b.preference_variance(i, j)).epsilon(1e-10).margin(1e-20));
    }
  }
  joust::stream left{9};
  joust::stream right{9};
  for (int n = 0; n < 50; ++n) {
    CHECK(joust::best_arm{}(a, left) == joust::best_arm{}(b, right));
    CHECK(joust::thompson{}(a, left) == joust::thompson{}(b, right));
  }
}

TEST_CASE("ensemble belief: members of one opinion doubt nothing", "[posterior][ensemble]") {
  opinions same{{{0.1, 0.7, -0.3}, {0.1, 0.7, -0.3}, {0.1, 0.7, -0.3}}};
  opinions alone{{{0.1, 0.7, -0.3}}};
  for (opinions* of : {&same, &alone}) {
    for (auto const divisor : {variance_divisor::members_less_one, variance_divisor::members}) {
      auto rewards = of->belief(divisor);
      for (std::size_t i = 0; i < 3; ++i) {
        for (double const variance : rewards.pair_variances(i)) CHECK(variance == 0.0);
        for (std::size_t j = 0; j < 3; ++j) {
          CHECK(rewards.pair_variance(i, j) == 0.0);
          CHECK(rewards.preference_variance(i, j) == 0.0);
        }
      }
    }
  }
}

TEST_CASE("ensemble belief: indices are checked", "[posterior][ensemble]") {
  opinions some = opinions::random(3, 2, 10);
  auto rewards = some.belief();
  CHECK_THROWS_AS(rewards.member(3), std::invalid_argument);
  CHECK_THROWS_AS(rewards.pair_variance(0, 2), std::invalid_argument);
  CHECK_THROWS_AS(rewards.pair_variance(2, 0), std::invalid_argument);
  CHECK_THROWS_AS(rewards.preference_variance(2, 0), std::invalid_argument);
  CHECK_THROWS_AS(rewards.pair_variances(2), std::invalid_argument);
}
