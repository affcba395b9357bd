// SPDX-License-Identifier: MIT
#include <joust/agent/sparring_exp4.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <boost/random/normal_distribution.hpp>
#include <catch2/catch.hpp>

#include "../arms/allocations.hpp"

#include <joust/agent/constant_policies.hpp>
#include <joust/agent/random_linear_policies.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/state.hpp>
#include <joust/core/stream.hpp>
#include <joust/environment/random_candidates.hpp>
#include <joust/laws/agent_prototype.hpp>
#include <joust/laws/dueling_agent.hpp>

namespace {

using joust::constant_policies;
using joust::random_linear_policies;
using joust::sparring_exp4;
using linear = sparring_exp4<random_linear_policies>;
using constant = sparring_exp4<constant_policies>;

static_assert(joust::dueling_agent<linear, Eigen::MatrixXd>);
static_assert(joust::dueling_agent<constant, Eigen::MatrixXd>);
static_assert(joust::agent_prototype<linear>);
static_assert(joust::saves_state<linear>);
static_assert(joust::saves_state<constant>);
static_assert(!joust::dueling_agent<linear>);  // it cannot choose without candidates
static_assert(!joust::dueling_agent<linear, std::size_t>);

// Named candidates by policy and by segment, the context being the segment.
struct segment_table {
  std::size_t candidates = 0;
  std::vector<std::vector<std::size_t>> named;  // [policy][segment]

  [[nodiscard]] std::size_t size() const { return named.size(); }
  [[nodiscard]] std::size_t arms(std::size_t) const { return candidates; }
  [[nodiscard]] std::size_t operator()(std::size_t segment, std::size_t n) const { return named[n][segment]; }
};
using by_segment = sparring_exp4<segment_table>;
static_assert(joust::dueling_agent<by_segment, std::size_t>);

// Beygelzimer et al., AISTATS 2011, EXP4.P as printed, with weights that are numbers and policies that are
// distributions.
class plain_exp4p {
 public:
  plain_exp4p(std::size_t n, double k, double rounds, double delta)
      : w_(n, 1.0),
        p_min_{std::sqrt(std::log(double(n)) / (k * rounds))},
        k_{k},
        rounds_{rounds},
        delta_{delta} {}

  std::vector<double> probabilities(std::vector<std::vector<double>> const& xi) const {
    double const total = std::accumulate(w_.begin(), w_.end(), 0.0);
    std::vector<double> p(xi[0].size(), p_min_);
    for (std::size_t j = 0; j < p.size(); ++j) {
      for (std::size_t i = 0; i < w_.size(); ++i) p[j] += (1.0 - k_ * p_min_) * w_[i] * xi[i][j] / total;
    }
    return p;
  }
  void learn(std::vector<std::vector<double>> const& xi, std::vector<double> const& p, std::size_t a,
             double r) {
    double const n = static_cast<double>(w_.size());
    for (std::size_t i = 0; i < w_.size(); ++i) {
      double y = 0.0;
      double v = 0.0;
      for (std::size_t j = 0; j < p.size(); ++j) {
        y += xi[i][j] * (j == a ? r / p[j] : 0.0);
        v += xi[i][j] / p[j];
      }
      w_[i] *= std::exp(0.5 * p_min_ * (y + v * std::sqrt(std::log(n / delta_) / (k_ * rounds_))));
    }
  }
  [[nodiscard]] std::vector<double> const& weights() const { return w_; }

 private:
  std::vector<double> w_;
  double p_min_;
  double k_;
  double rounds_;
  double delta_;
};

std::size_t pick(std::vector<double> const& p, joust::stream& g) {
  double u = joust::draw_uniform(g);
  for (std::size_t j = 0; j + 1 < p.size(); ++j) {
    if (u < p[j]) return j;
    u -= p[j];
  }
  return p.size() - 1;
}

Eigen::MatrixXd candidates(Eigen::Index count, Eigen::Index d, joust::stream& g) {
  boost::random::normal_distribution<double> normal;
  return Eigen::MatrixXd::NullaryExpr(count, d, [&] { return normal(g); });
}

segment_table random_table(std::size_t policies, std::size_t segments, std::size_t arms, joust::stream& g) {
  segment_table table{arms, {}};
  for (std::size_t n = 0; n < policies; ++n) {
    table.named.emplace_back();
    for (std::size_t s = 0; s < segments; ++s) table.named.back().push_back(joust::draw_index(arms, g));
  }
  return table;
}

}  // namespace

TEST_CASE("sparring_exp4 keeps the laws of an agent", "[sparring_exp4][law]") {
  joust::stream g{1};
  Eigen::MatrixXd const phi = candidates(6, 3, g);
  auto const over_linear = joust::laws::dueling_agent(linear{random_linear_policies{20}, {.horizon = 500}},
                                                      phi, 6, joust::stream{2});
  INFO(over_linear.text());
  CHECK(over_linear);
  auto const over_constant =
      joust::laws::dueling_agent(constant{constant_policies{6}, {.horizon = 500}}, phi, 6, joust::stream{2});
  INFO(over_constant.text());
  CHECK(over_constant);
  joust::setting const where{.arms = 6, .dimension = 3, .horizon = 500};
  auto const prototype = joust::laws::agent_prototype(
      linear{}, where, phi, joust::stream{3},
      {.refused = {{.arms = 6, .horizon = 500}, {.arms = 6, .dimension = 3, .horizon = 0}}});
  INFO(prototype.text());
  CHECK(prototype);
  auto const fixed = joust::laws::agent_prototype(
      constant{}, where, phi, joust::stream{3},
      {.refused = {{.arms = 6, .dimension = 3, .fixed_arms = false, .horizon = 500}, {.horizon = 500}}});
  INFO(fixed.text());
  CHECK(fixed);
}

TEST_CASE("sparring_exp4 decides as two copies of EXP4.P do", "[sparring_exp4]") {
  int wrong = 0;
  for (std::uint64_t game = 0; game < 60; ++game) {
    joust::stream g = joust::stream{4}.child(game);
    std::size_t const arms = 2 + joust::draw_index(4, g);
    std::size_t const policies = 2 + joust::draw_index(9, g);
    double const rounds = 400.0;
    segment_table const table = random_table(policies, 3, arms, g);
    by_segment fast{table, {.horizon = 400, .failure = 0.1}};
    plain_exp4p left{policies, double(arms), rounds, 0.1};
    plain_exp4p right = left;
    joust::stream h = g.child("agent");
    joust::stream i = h;
    for (int t = 0; t < 400; ++t) {
      std::size_t const segment = joust::draw_index(3, g);
      std::vector<std::vector<double>> xi(policies, std::vector<double>(arms, 0.0));
      for (std::size_t n = 0; n < policies; ++n) xi[n][table.named[n][segment]] = 1.0;
      auto const p = left.probabilities(xi);
      auto const q = right.probabilities(xi);
      std::size_t const a = pick(p, i);
      std::size_t const b = pick(q, i);
      joust::pairing const pair = fast.select(segment, h);
      wrong += pair == joust::pairing{a, b} && h == i ? 0 : 1;
      double const y = a == b ? 0.5 : 0.25 * static_cast<double>(joust::draw_index(5, g));
      fast.observe(segment, pair.first, pair.second, y);
      left.learn(xi, p, a, y);
      right.learn(xi, q, b, 1.0 - y);
    }
    auto const total = [](std::vector<double> const& w) { return std::accumulate(w.begin(), w.end(), 0.0); };
    std::vector<double> const mean = fast.weights();
    for (std::size_t n = 0; n < policies; ++n) {
      double const expected =
          0.5 * (left.weights()[n] / total(left.weights()) + right.weights()[n] / total(right.weights()));
      wrong += std::abs(mean[n] - expected) < 1e-9 ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("sparring_exp4 finds the policy that knows the segments", "[sparring_exp4]") {
  // 30 policies name one of 4 candidates in 3 segments; policy 17 names the one that wins with 0.8.
  int found = 0;
  for (int run = 0; run < 10; ++run) {
    joust::stream g = joust::stream{5}.child(run);
    segment_table table = random_table(30, 3, 4, g);
    table.named[17] = {2, 0, 3};
    by_segment agent{table, {.horizon = 6000}};
    for (int t = 0; t < 6000; ++t) {
      std::size_t const segment = joust::draw_index(3, g);
      std::size_t const best = table.named[17][segment];
      auto const [i, j] = agent.select(segment, g);
      double const p = i == j ? 0.5 : i == best ? 0.8 : j == best ? 0.2 : 0.5;
      if (i != j) agent.observe(segment, i, j, joust::draw_bernoulli(p, g));
    }
    bool all = true;
    for (std::size_t segment = 0; segment < 3; ++segment) {
      all = all && agent.recommend(segment) == table.named[17][segment];
    }
    found += all ? 1 : 0;
  }
  CHECK(found == 10);
}

TEST_CASE("sparring_exp4 over constant policies plays the von Neumann winner of a cycle", "[sparring_exp4]") {
  // Gaps 0.4 (0 over 1), 0.4 (1 over 2), 0.1 (2 over 0): an arm's weight is the gap of the duel it takes no
  // part in, so (4, 1, 4) / 9, which no arm beats. Against uniform play arm 0 wins by 0.1. Shares of play
  // over 20 000 rounds in 60 other runs: mean (0.542, 0.128, 0.331), standard deviations (0.016, 0.006,
  // 0.014), so that the best arm wins by 0.018 against them; 4.5 standard errors of a mean of 8 runs: 0.025,
  // 0.010, 0.022.
  Eigen::MatrixXd const phi(3, 0);
  double const gap[3][3] = {{0.0, 0.4, -0.1}, {-0.4, 0.0, 0.4}, {0.1, -0.4, 0.0}};
  double share[3] = {};
  for (int run = 0; run < 8; ++run) {
    joust::stream g = joust::stream{6}.child(run);
    constant agent{constant_policies{3}, {.horizon = 20'000}};
    for (int t = 0; t < 20'000; ++t) {
      auto const [i, j] = agent.select(phi, g);
      share[i] += 0.5 / 160'000;
      share[j] += 0.5 / 160'000;
      if (i != j) agent.observe(phi, i, j, joust::draw_bernoulli(0.5 + gap[i][j], g));
    }
  }
  CHECK(share[0] == Approx(0.542).margin(0.025));
  CHECK(share[1] == Approx(0.128).margin(0.010));
  CHECK(share[2] == Approx(0.331).margin(0.022));
  for (auto const& lead : gap) { CHECK(lead[0] * share[0] + lead[1] * share[1] + lead[2] * share[2] < 0.03); }
}

TEST_CASE("sparring_exp4 over linear policies learns of candidates that change", "[sparring_exp4]") {
  // Share of the regret of random pairs that is paid in the second half of 4000 rounds: mean 0.301, standard
  // deviation 0.036 over 24 other runs; 4.5 standard errors of a mean of 6 runs: 0.066.
  double ratio = 0.0;
  for (int run = 0; run < 6; ++run) {
    joust::stream g = joust::stream{7}.child(run);
    auto problem = joust::random_candidates{.candidates = 6, .dimension = 3, .scale = 3.0}.instance(g);
    joust::setting shape = problem.shape();
    shape.horizon = 4000;
    linear agent = linear{random_linear_policies{60}}.fresh(shape);
    double paid = 0.0;
    double random = 0.0;
    for (int t = 0; t < 4000; ++t) {
      problem.advance(g);
      auto const [i, j] = agent.select(problem.features(), g);
      auto const u = problem.utilities();
      if (t >= 2000) {
        double const best = *std::max_element(u.begin(), u.end());
        paid += best - 0.5 * (u[i] + u[j]);
        random += best - std::accumulate(u.begin(), u.end(), 0.0) / 6.0;
      }
      if (i != j) agent.observe(problem.features(), i, j, problem.compare(i, j, g));
    }
    ratio += paid / random / 6.0;
  }
  CHECK(ratio == Approx(0.301).margin(0.066));
}

TEST_CASE("sparring_exp4 stays a distribution however long and one-sided the game", "[sparring_exp4]") {
  Eigen::MatrixXd const phi(3, 0);
  for (std::uint64_t const horizon : {1000U, 200'000U}) {  // long past, and just reached
    constant agent{constant_policies{3}, {.horizon = horizon}};
    joust::stream g{8};
    for (int t = 0; t < 200'000; ++t) {
      auto const [i, j] = agent.select(phi, g);
      agent.observe(phi, i, j, i < j ? 1.0 : 0.0);
    }
    std::vector<double> const w = agent.weights();
    CHECK(w[0] > (horizon == 1000 ? 0.8 : 0.98));
    CHECK(w[0] + w[1] + w[2] == Approx(1.0));
    CHECK(agent.recommend(phi) == 0);
    CHECK(constant::load(agent.save()) == agent);
  }
}

TEST_CASE("sparring_exp4 weighs a late answer by the chances at its selection", "[sparring_exp4]") {
  joust::stream g{9};
  std::vector<Eigen::MatrixXd> sets;
  for (int n = 0; n < 12; ++n) sets.push_back(candidates(5, 3, g));
  linear late{random_linear_policies{10}, {.horizon = 100}};
  std::vector<joust::pairing> pairs;
  for (auto const& phi : sets) pairs.push_back(late.select(phi, g));
  linear answered = late;
  for (std::size_t const n : {7U, 2U, 9U}) {
    if (pairs[n].self_duel()) continue;
    linear const before = answered;
    answered.observe(sets[n], pairs[n].second, pairs[n].first, 0.25);
    CHECK_FALSE(answered == before);
    linear mirrored = before;
    mirrored.observe(sets[n], pairs[n].first, pairs[n].second, 0.75);
    CHECK(mirrored == answered);
    linear const after = answered;
    answered.observe(sets[n], pairs[n].first, pairs[n].second, 0.25);  // nobody waits for it any more
    CHECK(answered == after);
  }
  // A pair that was not selected, and a context that was not met, teach nothing.
  linear const before = late;
  std::size_t other = 0;
  while (other == pairs[0].first || other == pairs[0].second) ++other;
  late.observe(sets[0], other, pairs[0].first, 1.0);
  late.observe(candidates(5, 3, g), 0, 1, 1.0);
  late.observe(sets[0], 2, 2, 1.0);
  CHECK(late == before);
  // What is further back than `outstanding` selections is forgotten; a wider context keeps what is not.
  linear brief{random_linear_policies{10}, {.horizon = 100, .outstanding = 3}};
  joust::pairing asked{};
  while (asked.self_duel()) asked = brief.select(sets[0], g);
  linear wider = brief;
  (void)wider.select(candidates(9, 3, g), g);
  linear const untouched = wider;
  wider.observe(sets[0], asked.first, asked.second, 0.0);
  CHECK_FALSE(wider == untouched);
  for (int n = 1; n < 4; ++n) (void)brief.select(sets[std::size_t(n)], g);
  linear const gone = brief;
  brief.observe(sets[0], asked.first, asked.second, 0.0);
  CHECK(brief == gone);
}

TEST_CASE("sparring_exp4 refuses mistakes and changes nothing", "[sparring_exp4][fault]") {
  for (double const bad : {0.0, 1.0, -0.1, std::nan("")}) {
    CHECK_THROWS_WITH((linear{random_linear_policies{3}, {.failure = bad}}), Catch::Contains("failure"));
  }
  for (double const bad : {-0.1, 0.6, std::nan("")}) {
    CHECK_THROWS_WITH((linear{random_linear_policies{3}, {.exploration = bad}}),
                      Catch::Contains("exploration"));
  }
  CHECK_THROWS_WITH((linear{random_linear_policies{3}, {.outstanding = 0}}), Catch::Contains("outstanding"));
  CHECK_THROWS_WITH(random_linear_policies{0}, Catch::Contains("count"));
  CHECK_THROWS_WITH(random_linear_policies(2, {1.0, 2.0, 3.0}), Catch::Contains("weights"));
  CHECK_THROWS_WITH(random_linear_policies(2, {}), Catch::Contains("weights"));
  CHECK_THROWS_WITH(random_linear_policies(2, {1.0, std::nan("")}), Catch::Contains("weights"));
  CHECK_THROWS_WITH(random_linear_policies(0, {1.0}), Catch::Contains("dimension"));
  joust::stream g{10};
  Eigen::MatrixXd const phi = candidates(4, 3, g);
  linear unsized;
  CHECK_THROWS_WITH((void)unsized.select(phi, g), Catch::Contains("horizon"));
  CHECK_THROWS_WITH((void)constant(constant_policies{}, {.horizon = 5}).select(phi, g),
                    Catch::Contains("rows"));
  CHECK_THROWS_WITH((void)unsized.fresh({.arms = 4, .dimension = 3}), Catch::Contains("setting.horizon"));

  linear agent{random_linear_policies{10}, {.horizon = 100}};
  CHECK(agent.recommend(phi) == 0);  // not even drawn
  joust::pairing pair{};
  while (pair.self_duel()) pair = agent.select(phi, g);
  linear const before = agent;
  joust::stream const untouched = g;
  CHECK_THROWS_WITH((void)agent.select(candidates(4, 2, g), g), Catch::Contains("columns wide"));
  g = untouched;
  CHECK_THROWS_WITH((void)agent.select(Eigen::MatrixXd(0, 3), g), Catch::Contains("without rows"));
  Eigen::MatrixXd broken = phi;
  broken(1, 1) = std::nan("");
  CHECK_THROWS_WITH((void)agent.select(broken, g), Catch::Contains("finite"));
  CHECK_THROWS_WITH(agent.observe(phi, 4, 0, 1.0), Catch::Contains("first: is 4"));
  CHECK_THROWS_WITH(agent.observe(phi, 0, 9, 1.0), Catch::Contains("second: is 9"));
  CHECK_THROWS_WITH(agent.observe(phi, pair.first, pair.second, -0.5), Catch::Contains("outcome: is -0.5"));
  CHECK(agent == before);
  CHECK(g == untouched);

  by_segment astray{segment_table{2, {{0}, {2}}}, {.horizon = 10}};
  CHECK_THROWS_WITH((void)astray.select(std::size_t{0}, g), Catch::Contains("names candidate 2"));
  CHECK(g == untouched);
  by_segment nobody{segment_table{2, {}}, {.horizon = 10}};
  CHECK_THROWS_WITH((void)nobody.select(std::size_t{0}, g), Catch::Contains("policies"));
  by_segment lonely{segment_table{1, {{0}}}, {.horizon = 10}};  // a single policy, a single candidate
  CHECK(lonely.select(std::size_t{0}, g).self_duel());
}

TEST_CASE("sparring_exp4 is saved with its outstanding duels and continues exactly", "[sparring_exp4]") {
  joust::stream g{11};
  Eigen::MatrixXd const phi = candidates(5, 2, g);
  linear agent{random_linear_policies{7}, {.horizon = 300, .outstanding = 4}};
  for (int t = 0; t < 40; ++t) {
    auto const [i, j] = agent.select(phi, g);
    if (t % 3 != 0) agent.observe(phi, i, j, joust::draw_bernoulli(0.5, g));
  }
  auto asked = agent.select(phi, g);
  while (asked.self_duel()) asked = agent.select(phi, g);
  std::string const saved = agent.save();
  linear restored = linear::load(saved);
  CHECK(restored == agent);
  CHECK(restored.save() == saved);
  agent.observe(phi, asked.first, asked.second, 0.0);
  restored.observe(phi, asked.first, asked.second, 0.0);
  joust::stream h = g;
  bool same = true;
  for (int t = 0; t < 100; ++t) {
    auto const [i, j] = agent.select(phi, g);
    same = same && restored.select(phi, h) == joust::pairing{i, j} && g == h;
    same = same && restored.recommend(phi) == agent.recommend(phi);
    agent.observe(phi, i, j, 0.75);
    restored.observe(phi, i, j, 0.75);
  }
  CHECK(same);
  CHECK(agent == restored);
  CHECK(linear::load(linear{}.save()) == linear{});
  CHECK(constant::load(constant{}.save()) == constant{});
  linear const given{random_linear_policies(2, {1.0, 0.0, 0.0, 1.0}), {.horizon = 9}};
  CHECK(linear::load(given.save()) == given);
  CHECK(given.fresh({.dimension = 2}).policies() == given.policies());
  int accepted = 0;
  for (std::size_t n = 0; n < saved.size(); ++n) {
    for (std::string const& bad : {saved.substr(0, n), saved.substr(0, n) + '#' + saved.substr(n + 1)}) {
      try {
        (void)linear::load(bad);
        ++accepted;
      } catch (std::invalid_argument const&) {}
    }
  }
  CHECK(accepted == 0);
  CHECK_THROWS_AS(constant::load(saved), std::invalid_argument);
}

TEST_CASE("sparring_exp4 ignores an answer about more candidates than it has met", "[sparring_exp4]") {
  // A state edited by hand: the duel that waits is one of five candidates, with the chances of two.
  joust::stream g{12};
  Eigen::MatrixXd const phi = Eigen::MatrixXd::Identity(5, 5);
  constant agent{constant_policies{5}, {.horizon = 100, .outstanding = 1}};
  joust::pairing pair = agent.select(phi, g);
  while (pair.first > 1 || pair.second > 1 || pair.self_duel()) pair = agent.select(phi, g);
  std::string text = agent.save();
  text.erase(text.find("width "));
  text += "width 2\nchances 4: .5 .5 .5 .5\n";
  text += "checksum " + joust::detail::hexadecimal(joust::detail::fnv1a(text)) + '\n';
  constant edited = constant::load(text);
  edited.observe(phi, pair.first, pair.second, 1.0);
  CHECK(edited == constant::load(text));
}

TEST_CASE("sparring_exp4 does not allocate once it has met as many candidates",
          "[sparring_exp4][allocation]") {
  if (!allocations_are_counted) return;
  joust::stream g{12};
  Eigen::MatrixXd const phi = candidates(8, 4, g);
  linear agent{random_linear_policies{20}, {.horizon = 1000}};
  std::size_t sum = agent.select(phi, g).first + agent.recommend(phi);
  std::size_t const before = allocation_count;
  for (int t = 0; t < 300; ++t) {
    auto const [i, j] = agent.select(phi, g);
    agent.observe(phi, i, j, joust::draw_bernoulli(0.5, g));
    sum += agent.recommend(phi);
  }
  std::size_t const after = allocation_count;
  CHECK(after == before);
  CHECK(sum < 302 * 16);
}
