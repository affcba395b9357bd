// SPDX-License-Identifier: MIT
#include <joust/alignment/response_world.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <Eigen/QR>

#include <joust/laws/feature_map.hpp>
#include <joust/laws/known_preference.hpp>

using joust::response_world;
using joust::response_world_options;
using joust::stream;

static_assert(joust::known_preference<response_world, std::size_t, std::size_t>);
static_assert(joust::feature_map<response_world::feature_view, std::size_t, std::vector<std::size_t>>);
static_assert(std::is_copy_constructible_v<response_world>);

namespace {

// The share of the variance within prompts that the best linear function of the features misses.
double unexplained(response_world const& world, joust::shared_features const& features) {
  auto const responses = static_cast<Eigen::Index>(world.responses());
  auto const prompts = static_cast<Eigen::Index>(world.prompts());
  Eigen::MatrixXd phi(prompts * responses, static_cast<Eigen::Index>(features->dimension()));
  Eigen::VectorXd target(prompts * responses);
  for (Eigen::Index x = 0; x < prompts; ++x) {
    Eigen::MatrixXd block = features->of(static_cast<std::size_t>(x));
    block.rowwise() -= block.colwise().mean().eval();
    phi.middleRows(x * responses, responses) = block;
    auto const rewards = world.rewards(static_cast<std::size_t>(x));
    target.segment(x * responses, responses) = Eigen::Map<Eigen::VectorXd const>(rewards.data(), responses);
  }
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> solver{phi.rows(), phi.cols()};
  solver.setThreshold(1e-9);  // a prompt's own latents are the same for all its responses: no rank is in them
  solver.compute(phi);
  return (target - phi * solver.solve(target)).squaredNorm() / target.squaredNorm();
}

double mean_initial_reward(response_world const& world) {
  double total = 0.0;
  for (std::size_t x = 0; x < world.prompts(); ++x) {
    double mass = 0.0;
    double sum = 0.0;
    for (std::size_t a = 0; a < world.responses(); ++a) {
      double const p =
          std::exp((*world.initial_logits())(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(x)));
      mass += p;
      sum += p * world.reward(x, a);
    }
    total += sum / mass;
  }
  return total / static_cast<double>(world.prompts());
}

std::string complaint(response_world_options const& options) {
  try {
    static_cast<void>(response_world::draw(options, stream{1}));
  } catch (std::invalid_argument const& error) { return error.what(); }
  return "";
}

bool same(joust::shared_features const& a, joust::shared_features const& b) {
  if (a->prompts() != b->prompts() || a->responses() != b->responses() || a->dimension() != b->dimension()) {
    return false;
  }
  for (std::size_t x = 0; x < a->prompts(); ++x) {
    if (a->of(x) != b->of(x)) return false;
  }
  return true;
}

bool same_rewards(response_world const& a, response_world const& b) {
  for (std::size_t x = 0; x < a.prompts(); ++x) {
    if (!std::ranges::equal(a.rewards(x), b.rewards(x))) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("response_world: oracle and features keep their laws", "[response_world]") {
  auto world = response_world::draw({.prompts = 3, .responses = 50, .reward_spread = 1.5}, stream{201});
  std::vector<std::size_t> const responses{4, 0, 49, 17, world.best(1)};
  auto const oracle =
      joust::laws::known_preference(world, std::size_t{1}, responses, stream{202}, {.samples = 500});
  INFO(oracle.text());
  CHECK(oracle);
  auto const map = joust::laws::feature_map(world.features(), std::size_t{2}, responses, stream{203});
  INFO(map.text());
  CHECK(map);
  CHECK(world.features().dimension() == 16);
  for (std::size_t a : responses) {
    CHECK(world.features()(1, {a}).row(0) == world.reward_features()->of(1, a));
    double const gap = world.reward(1, a) - world.reward(1, 4);
    CHECK(world.probability(1, a, 4) == Approx(1.0 / (1.0 + std::exp(-gap))).epsilon(1e-13));
  }
}

TEST_CASE("response_world: rewards have the stated spread, and the best is the best", "[response_world]") {
  for (double const nonlinearity : {0.0, 0.5, 1.0}) {
    auto const world = response_world::draw(
        {.prompts = 7, .responses = 200, .nonlinearity = nonlinearity, .reward_spread = 2.5}, stream{204});
    double squares = 0.0;
    for (std::size_t x = 0; x < world.prompts(); ++x) {
      auto const rewards = world.rewards(x);
      double sum = 0.0;
      for (double const r : rewards) {
        sum += r;
        squares += r * r;
      }
      CHECK(std::fabs(sum / 200.0) < 1e-13);
      auto const best = std::ranges::max_element(rewards);
      CHECK(world.best(x) == static_cast<std::size_t>(best - rewards.begin()));
      CHECK(world.best_reward(x) == *best);
      for (std::size_t const a : std::vector<std::size_t>{0, 3, 199}) CHECK(world.reward(x, a) == rewards[a]);
    }
    CHECK(std::sqrt(squares / 1400.0) == Approx(2.5).epsilon(1e-12));
  }
}

TEST_CASE("response_world: by default the best response beats what the initial policy says 19 times in 20",
          "[response_world]") {
  double total = 0.0;
  double prompts = 0.0;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    auto const world = response_world::draw({}, stream{seed});
    auto const& logits = *world.initial_logits();
    CHECK(logits.rows() == 2000);
    CHECK(logits.cols() == 32);
    for (std::size_t x = 0; x < world.prompts(); ++x) {
      double mass = 0.0;
      double wins = 0.0;
      for (std::size_t a = 0; a < world.responses(); ++a) {
        double const p = std::exp(logits(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(x)));
        mass += p;
        wins += p * world.probability(x, world.best(x), a);
      }
      total += wins / mass;
      prompts += 1.0;
    }
  }
  CHECK(total / prompts == Approx(0.95).margin(0.01));
}

TEST_CASE("response_world: rarity makes good responses unlikely at first", "[response_world]") {
  response_world_options options{.prompts = 4, .responses = 400, .reward_spread = 1.3, .logit_noise = 0.0};
  double before = 1e9;
  for (double const rarity : {0.0, 0.5, 1.0, 3.0}) {
    options.rarity = rarity;
    auto const world = response_world::draw(options, stream{205});
    for (std::size_t a = 0; a < 400; ++a) {
      CHECK((*world.initial_logits())(static_cast<Eigen::Index>(a), 2) ==
            Approx(-rarity * world.reward(2, a) / 1.3).margin(1e-13));
    }
    double const now = mean_initial_reward(world);
    CHECK(now < before);
    before = now;
  }
  options.rarity = 0.0;
  options.logit_noise = 2.0;
  auto const noisy = response_world::draw(options, stream{205});
  double const n = 1600.0;  // the mean square of n normal numbers of variance 4 has variance 32 / n
  CHECK(std::fabs(noisy.initial_logits()->squaredNorm() / n - 4.0) < 4.5 * std::sqrt(32.0 / n));
}

TEST_CASE("response_world: a linear reward is linear in what shows everything", "[response_world]") {
  response_world_options options{.prompts = 4, .responses = 150, .nonlinearity = 0.0};
  auto const plain = response_world::draw(options, stream{206});
  CHECK(unexplained(plain, plain.reward_features()) < 1e-20);
  CHECK(unexplained(plain, plain.policy_features()) < 1e-20);
  options.reward_dimension = 24;
  CHECK(unexplained(plain, response_world::draw(options, stream{206}).reward_features()) < 1e-20);
  options.reward_dimension = 6;
  options.policy_dimension = 4;
  auto const narrow = response_world::draw(options, stream{206});
  CHECK(unexplained(narrow, narrow.reward_features()) > 0.05);
  CHECK(unexplained(narrow, narrow.policy_features()) > 0.05);

  double before = 0.0;
  for (double const nonlinearity : {0.25, 0.5, 1.0}) {
    auto const curved =
        response_world::draw({.prompts = 4, .responses = 400, .nonlinearity = nonlinearity}, stream{206});
    double const now = unexplained(curved, curved.reward_features());
    CHECK(now > before + 0.02);
    before = now;
  }
}

TEST_CASE("response_world: what reward models do not see is what they miss", "[response_world]") {
  constexpr int worlds = 60;
  for (double const share : {0.25, 0.5, 0.75}) {
    // Weights are exchangeable: the expected share of the squared norm in the concealed ones is their share.
    double sum = 0.0;
    double squares = 0.0;
    for (int w = 0; w < worlds; ++w) {
      response_world_options const options{
          .prompts = 2, .responses = 500, .prompt_dimension = 2, .nonlinearity = 0.0, .misspecified = share};
      auto const world = response_world::draw(options, stream{300 + static_cast<std::uint64_t>(w)});
      double const missed = unexplained(world, world.reward_features());
      sum += missed;
      squares += missed * missed;
      if (w < 3) CHECK(unexplained(world, world.policy_features()) < 1e-20);
    }
    double const mean = sum / worlds;
    double const error = std::sqrt((squares / worlds - mean * mean) / (worlds - 1));
    CHECK(std::fabs(mean - share) < 4.5 * error + 0.02);  // 14 of 1000 numbers are fitted: a fit misses less
    CHECK(error < 0.03);
  }
}

TEST_CASE("response_world: reward models see the prompt, whatever is concealed", "[response_world]") {
  // The mean of a prompt's features is a view of its own latents c, up to the mean of R normal numbers.
  for (double const share : {0.0, 0.5}) {
    auto const world =
        response_world::draw({.prompts = 200, .responses = 200, .misspecified = share}, stream{212});
    double total = 0.0;
    for (std::size_t x = 0; x < 200; ++x) {
      total += world.reward_features()->of(x).colwise().mean().squaredNorm() / 200.0;
    }
    double const seen = 12.0 - 12.0 * share;
    double const scale = 16.0 / (seen + 4.0);
    // |c|^2 has mean 4 and variance 8
    CHECK(std::fabs(total / scale - 4.0 - seen / 200.0) < 4.5 * std::sqrt(8.0 / 200.0) + 0.02);
  }
}

TEST_CASE("response_world: noise in features hides its share", "[response_world]") {
  // A rotation of unit-variance latents plus noise of variance v explains 1 / (1 + v) of a linear reward.
  response_world_options const options{
      .prompts = 8, .responses = 1000, .nonlinearity = 0.0, .feature_noise = 0.7};
  auto const world = response_world::draw(options, stream{207});
  CHECK(unexplained(world, world.reward_features()) == Approx(0.49 / 1.49).margin(0.03));
  CHECK(unexplained(world, world.policy_features()) < 1e-20);
}

TEST_CASE("response_world: copies are copies in everything", "[response_world]") {
  response_world_options const options{
      .prompts = 5, .responses = 90, .feature_noise = 0.3, .duplicates = 0.4};
  auto const world = response_world::draw(options, stream{208});
  auto const plain = response_world::draw({.prompts = 5, .responses = 90}, stream{208});
  for (std::size_t x = 0; x < 5; ++x) {
    std::size_t copies = 0;
    for (std::size_t a = 0; a < 90; ++a) {
      std::size_t const b = world.original(x, a);
      CHECK(plain.original(x, a) == a);
      copies += b != a ? 1U : 0U;
      CHECK(world.original(x, b) == b);
      CHECK(world.reward(x, a) == world.reward(x, b));
      CHECK(world.probability(x, a, b) == 0.5);
      CHECK(world.reward_features()->of(x, a) == world.reward_features()->of(x, b));
      CHECK(world.policy_features()->of(x, a) == world.policy_features()->of(x, b));
      auto const column = static_cast<Eigen::Index>(x);
      CHECK((*world.initial_logits())(static_cast<Eigen::Index>(a), column) ==
            (*world.initial_logits())(static_cast<Eigen::Index>(b), column));
    }
    CHECK(copies == 36);
    CHECK(world.best(x) <= world.original(x, world.best(x)));
  }
}

TEST_CASE("response_world: the stream decides, and each part by itself", "[response_world]") {
  response_world_options options{.prompts = 3, .responses = 60};
  auto const world = response_world::draw(options, stream{209});
  auto const again = response_world::draw(options, stream{209});
  auto const other = response_world::draw(options, stream{210});
  CHECK(same_rewards(world, again));
  CHECK(*world.initial_logits() == *again.initial_logits());
  CHECK(same(world.reward_features(), again.reward_features()));
  CHECK_FALSE(same_rewards(world, other));
  CHECK_FALSE(same(world.reward_features(), other.reward_features()));

  options.misspecified = 0.5;
  options.feature_noise = 1.0;
  auto const hidden = response_world::draw(options, stream{209});
  CHECK(same_rewards(world, hidden));
  CHECK(same(world.policy_features(), hidden.policy_features()));
  CHECK(*world.initial_logits() == *hidden.initial_logits());
  CHECK_FALSE(same(world.reward_features(), hidden.reward_features()));

  response_world const copy = world;  // shares its tables
  CHECK(copy.reward_features() == world.reward_features());
  CHECK(copy.rewards(1).data() == world.rewards(1).data());
  stream one{211};
  stream two{211};
  for (int i = 0; i < 20; ++i) CHECK(copy.compare(1, 3, 4, one) == world.compare(1, 3, 4, two));
}

TEST_CASE("response_world: options are checked, and indices", "[response_world]") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr std::size_t huge = std::numeric_limits<std::size_t>::max();
  CHECK(complaint({.prompts = 0}) == "prompts: is 0; expected from 1 to 2^30");
  CHECK(complaint({.responses = 1}) == "responses: is 1; expected from 2 to 2^30");
  CHECK(complaint({.latent_dimension = 0}) == "latent_dimension: is 0; expected from 1 to 2^30");
  CHECK(complaint({.prompt_dimension = 0}) == "prompt_dimension: is 0; expected from 1 to 2^30");
  CHECK(complaint({.hidden = 0}) == "hidden: is 0; expected from 1 to 2^30");
  CHECK(complaint({.reward_dimension = 0}) == "reward_dimension: is 0; expected from 1 to 2^30");
  CHECK(complaint({.policy_dimension = huge}).starts_with("policy_dimension: is 1844"));
  CHECK(complaint({.prompts = 1U << 20U, .responses = 1U << 20U}) ==
        "prompts: is 1048576; expected prompts x responses x features of at most 2^30");
  CHECK(complaint({.nonlinearity = 1.1}) == "nonlinearity: is 1.1; expected a number in [0, 1]");
  CHECK(complaint({.reward_spread = 0.0}) == "reward_spread: is 0; expected a finite number above 0");
  CHECK(complaint({.reward_spread = 1e7}) == "reward_spread: is 1e+07; expected at most 1e6 in magnitude");
  CHECK(complaint({.rarity = nan}) == "rarity: is nan; expected at most 1e6 in magnitude");
  CHECK(complaint({.logit_noise = -1.0}) == "logit_noise: is -1; expected at least 0");
  CHECK(complaint({.misspecified = 1.0}) == "misspecified: is 1; expected a number in [0, 1)");
  CHECK(complaint({.feature_noise = -0.1}) == "feature_noise: is -0.1; expected at least 0");
  CHECK(complaint({.responses = 10, .duplicates = 0.9}) ==
        "duplicates: is 0.9; expected a number in [0, 1) that leaves two originals");
  CHECK(complaint({.responses = 10, .duplicates = nan}).starts_with("duplicates: is nan"));
  CHECK(complaint({.prompts = 1, .responses = 10, .duplicates = 0.8}).empty());
  CHECK(response_world_options{.misspecified = 0.99}.concealed() == 11);  // one is always seen
  CHECK(response_world_options{.misspecified = 0.25}.concealed() == 3);

  auto const world = response_world::draw({.prompts = 2, .responses = 3}, stream{1});
  stream random{1};
  CHECK_THROWS_AS(world.reward(2, 0), std::invalid_argument);
  CHECK_THROWS_AS(world.reward(0, 3), std::invalid_argument);
  CHECK_THROWS_AS(world.rewards(2), std::invalid_argument);
  CHECK_THROWS_AS(world.best(2), std::invalid_argument);
  CHECK_THROWS_AS(world.best_reward(2), std::invalid_argument);
  CHECK_THROWS_AS(world.original(0, 3), std::invalid_argument);
  CHECK_THROWS_AS(world.compare(0, 0, 3, random), std::invalid_argument);
  CHECK_THROWS_AS(world.probability(0, 3, 0), std::invalid_argument);
  CHECK_THROWS_AS(world.features()(2, {0}), std::invalid_argument);
  CHECK_THROWS_AS(world.features()(0, {0, 3}), std::invalid_argument);
}
