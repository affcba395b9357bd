// SPDX-License-Identifier: MIT
//
// Linear dueling bandits: rounds per second of the contextual agent, against the textbook form of the same
// decisions (all duels refitted from scratch, the covariance inverted and factorised, every round), and the
// rank-one update of a Cholesky factor against factorising again.
//
// A round is select, one simulated answer, observe, on fixed arms whose features are normal with unit
// expected length, after thousands of warm-up rounds. Its cost depends on whether the belief is undecided
// (all arms equally good: the first two draws nearly always differ) or settled (rewards with a standard
// deviation of 2: draws agree with the first, and the fallback decides).
#include <cmath>
#include <cstddef>
#include <vector>

#include <benchmark/benchmark.h>
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <boost/random/normal_distribution.hpp>

#include <joust/agent/contextual.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/posterior/linear_logistic.hpp>
#include <joust/rule/best_arm.hpp>
#include <joust/rule/thompson.hpp>

namespace {

struct problem {
  Eigen::MatrixXd features;
  std::vector<double> rewards;

  problem(Eigen::Index dimension, Eigen::Index arms, double spread = 2.0) {
    joust::stream random{2024};
    boost::random::normal_distribution<double> normal;
    auto const draw = [&] { return normal(random); };
    features =
        Eigen::MatrixXd::NullaryExpr(arms, dimension, draw) / std::sqrt(static_cast<double>(dimension));
    Eigen::VectorXd const theta = spread * Eigen::VectorXd::NullaryExpr(dimension, draw);
    Eigen::VectorXd const r = features * theta;
    rewards.assign(r.data(), r.data() + r.size());
  }

  double answer(joust::pairing duel, joust::stream& random) const {
    return joust::draw_bernoulli(joust::sigmoid(rewards[duel.first] - rewards[duel.second]), random);
  }
};

// Rounds after which a benchmark starts to count: a few for each parameter.
int warm_up(benchmark::State const& state) { return static_cast<int>(state.range(0)) < 512 ? 3000 : 600; }

template <class Rule>
void round_of_joust(benchmark::State& state, double spread, Rule rule) {
  problem const arms{state.range(0), state.range(1), spread};
  joust::contextual agent{joust::linear_logistic{{.dimension = static_cast<std::size_t>(state.range(0)),
                                                  .fixed_candidates = true}},
                          rule};
  joust::stream random{7};
  auto const round = [&] {
    joust::pairing const duel = agent.select(arms.features, random);
    agent.observe(arms.features, duel.first, duel.second, arms.answer(duel, random));
  };
  for (int t = 0; t < warm_up(state); ++t) round();
  for (auto _ : state) round();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void undecided_thompson(benchmark::State& state) { round_of_joust(state, 0.0, joust::thompson{}); }
void settled_thompson(benchmark::State& state) { round_of_joust(state, 2.0, joust::thompson{}); }
void settled_best_arm(benchmark::State& state) { round_of_joust(state, 2.0, joust::best_arm{}); }

// The same posterior and the same rule as one would first write them down: Newton from zero on every duel so
// far, a fresh factorisation in each step, the covariance as an inverse, its factor for every draw.
class textbook {
 public:
  explicit textbook(Eigen::Index dimension)
      : precision_{Eigen::MatrixXd::Identity(dimension, dimension)},
        theta_{Eigen::VectorXd::Zero(dimension)},
        covariance_{precision_} {}

  joust::pairing select(Eigen::MatrixXd const& features, joust::stream& random) const {
    Eigen::Index const first = favourite(features, random);
    for (int redraw = 0; redraw <= 20; ++redraw) {
      Eigen::Index const second = favourite(features, random);
      if (second != first) return {static_cast<std::size_t>(first), static_cast<std::size_t>(second)};
    }
    return {static_cast<std::size_t>(first), first == 0 ? 1U : 0U};
  }

  void observe(Eigen::VectorXd contrast, double outcome) {
    contrasts_.push_back(std::move(contrast));
    outcomes_.push_back(outcome);
    theta_.setZero();
    for (int step = 0; step < 50; ++step) {
      precision_.setIdentity();
      Eigen::VectorXd gradient = theta_;
      for (std::size_t k = 0; k < contrasts_.size(); ++k) {
        double const p = joust::sigmoid(contrasts_[k].dot(theta_));
        gradient += (p - outcomes_[k]) * contrasts_[k];
        precision_ += p * (1.0 - p) * contrasts_[k] * contrasts_[k].transpose();
      }
      Eigen::VectorXd const move = precision_.llt().solve(gradient);
      theta_ -= move;
      if (move.norm() < 1e-9) break;
    }
    covariance_ = precision_.llt().solve(Eigen::MatrixXd::Identity(theta_.size(), theta_.size()));
  }

 private:
  Eigen::Index favourite(Eigen::MatrixXd const& features, joust::stream& random) const {
    boost::random::normal_distribution<double> normal;
    Eigen::VectorXd const noise = Eigen::VectorXd::NullaryExpr(theta_.size(), [&] { return normal(random); });
    Eigen::MatrixXd const root = covariance_.llt().matrixL();
    Eigen::Index best = 0;
    (features * (theta_ + root * noise)).maxCoeff(&best);
    return best;
  }

  Eigen::MatrixXd precision_;
  Eigen::VectorXd theta_;
  Eigen::MatrixXd covariance_;
  std::vector<Eigen::VectorXd> contrasts_;
  std::vector<double> outcomes_;
};

// Its rounds grow with the duels it remembers. These are the ones after 200 duels of an undecided belief: a
// kind comparison, and the same regime as undecided_thompson.
void round_by_the_textbook(benchmark::State& state) {
  problem const arms{state.range(0), state.range(1), 0.0};
  textbook agent{state.range(0)};
  joust::stream random{7};
  auto const round = [&] {
    joust::pairing const duel = agent.select(arms.features, random);
    auto const first = static_cast<Eigen::Index>(duel.first);
    auto const second = static_cast<Eigen::Index>(duel.second);
    agent.observe((arms.features.row(first) - arms.features.row(second)).transpose(),
                  arms.answer(duel, random));
  };
  for (int t = 0; t < 200; ++t) round();
  for (auto _ : state) round();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

Eigen::MatrixXd some_precision(Eigen::Index dimension) {
  problem const vectors{dimension, 2 * dimension};
  return Eigen::MatrixXd::Identity(dimension, dimension) + vectors.features.transpose() * vectors.features;
}

void rank_one_update(benchmark::State& state) {
  Eigen::MatrixXd factor = some_precision(state.range(0)).llt().matrixL();
  Eigen::VectorXd const contrast = 1e-3 * Eigen::VectorXd::Ones(state.range(0));
  Eigen::VectorXd spent = contrast;
  std::vector<joust::detail::rotation> turns(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    spent = contrast;
    joust::detail::update_lower(factor, spent.data(), turns.data());
    benchmark::DoNotOptimize(factor.data());
  }
}

void rank_one_update_by_eigen(benchmark::State& state) {
  Eigen::LLT<Eigen::MatrixXd> factor{some_precision(state.range(0))};
  Eigen::VectorXd const contrast = 1e-3 * Eigen::VectorXd::Ones(state.range(0));
  for (auto _ : state) {
    factor.rankUpdate(contrast);
    benchmark::DoNotOptimize(factor.matrixLLT().data());
  }
}

void full_factorisation(benchmark::State& state) {
  Eigen::MatrixXd const precision = some_precision(state.range(0));
  Eigen::MatrixXd factor = precision;
  for (auto _ : state) {
    factor = precision;
    bool const definite = joust::detail::factorise(factor);
    benchmark::DoNotOptimize(definite);
  }
}

void full_factorisation_by_eigen(benchmark::State& state) {
  Eigen::MatrixXd const precision = some_precision(state.range(0));
  Eigen::LLT<Eigen::MatrixXd> factor{precision};
  for (auto _ : state) {
    factor.compute(precision);
    benchmark::DoNotOptimize(factor.matrixLLT().data());
  }
}

void sizes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"d", "K"})->Args({5, 32})->Args({64, 100})->Args({256, 100})->Args({1024, 20});
}
void dimensions(benchmark::internal::Benchmark* b) { b->ArgName("d")->Arg(5)->Arg(64)->Arg(256)->Arg(1024); }

BENCHMARK(undecided_thompson)->Apply(sizes);
BENCHMARK(settled_thompson)->Apply(sizes);
BENCHMARK(settled_best_arm)->Apply(sizes);
BENCHMARK(round_by_the_textbook)->ArgNames({"d", "K"})->Args({5, 32})->Args({64, 100});
BENCHMARK(round_by_the_textbook)->ArgNames({"d", "K"})->Args({256, 100})->Iterations(2);
BENCHMARK(rank_one_update)->Apply(dimensions);
BENCHMARK(rank_one_update_by_eigen)->Apply(dimensions);
BENCHMARK(full_factorisation)->Apply(dimensions);
BENCHMARK(full_factorisation_by_eigen)->Apply(dimensions);

}  // namespace
