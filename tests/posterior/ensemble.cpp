// SPDX-License-Identifier: MIT
#include <joust/posterior/ensemble.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <boost/random/normal_distribution.hpp>
#include <catch2/catch.hpp>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/laws/posterior.hpp>
#include <joust/posterior/linear_logistic.hpp>

#include "../arms/allocations.hpp"

namespace {

using joust::ensemble;
using joust::ensemble_options;

static_assert(joust::posterior<ensemble<>, Eigen::MatrixXd, Eigen::VectorXd>);
static_assert(joust::posterior<ensemble<>, Eigen::MatrixXd, Eigen::RowVectorXd>);
static_assert(joust::posterior<ensemble<float>, Eigen::MatrixXf, Eigen::VectorXf>);
static_assert(joust::posterior<ensemble<>, Eigen::Ref<Eigen::MatrixXd const>, Eigen::Vector3d>);
static_assert(!joust::posterior<ensemble<>, std::vector<double>, Eigen::VectorXd>);
static_assert(!joust::posterior<ensemble<>, Eigen::MatrixXd, Eigen::MatrixXd>);
static_assert(joust::saves_state<ensemble<>>);

Eigen::MatrixXd normal_matrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  joust::stream random{seed};
  boost::random::normal_distribution<double> normal;
  return Eigen::MatrixXd::NullaryExpr(rows, columns, [&] { return normal(random); });
}

struct answered {
  Eigen::VectorXd first, second;
  double outcome, weight;
};

std::vector<answered> random_duels(Eigen::VectorXd const& theta, std::size_t count, std::uint64_t seed) {
  joust::stream random{seed};
  Eigen::MatrixXd const phi = normal_matrix(static_cast<Eigen::Index>(2 * count), theta.size(), seed + 1000);
  std::vector<answered> result;
  for (Eigen::Index i = 0; i < phi.rows(); i += 2) {
    Eigen::VectorXd const a = phi.row(i).transpose();
    Eigen::VectorXd const b = phi.row(i + 1).transpose();
    result.push_back({a, b, joust::draw_bernoulli(joust::sigmoid((a - b).dot(theta)), random), 1.0});
  }
  return result;
}

template <class Posterior>
void teach(Posterior& posterior, std::vector<answered> const& duels) {
  for (answered const& duel : duels) posterior.observe(duel.first, duel.second, duel.outcome, duel.weight);
}

// A network as one would first write it: the output of member k for x, by loops over single units, from the
// documented order of the parameters.
double textbook_reward(std::vector<double> const& parameters, ensemble_options const& o, std::size_t k,
                       Eigen::VectorXd const& x) {
  std::vector<double> units(x.data(), x.data() + x.size());
  std::size_t at = 0;
  for (std::size_t layer = 0; layer < o.depth; ++layer) {
    std::size_t const biases = at + units.size() * o.width * o.members;
    std::vector<double> next(o.width);
    for (std::size_t j = 0; j < o.width; ++j) {
      double sum = parameters[biases + k * o.width + j];
      for (std::size_t i = 0; i < units.size(); ++i)
        sum += parameters[at + (k * o.width + j) * units.size() + i] * units[i];
      next[j] = sum > 0.0 ? sum : 0.0;
    }
    at = biases + o.width * o.members;
    units = next;
  }
  double reward = 0.0;
  for (std::size_t i = 0; i < units.size(); ++i) reward += parameters[at + k * units.size() + i] * units[i];
  return reward;
}

std::vector<double> parameters_of(ensemble<> const& e) {
  return {e.parameters().begin(), e.parameters().end()};
}

// The prior functions' rewards: what is left when the members say nothing.
Eigen::MatrixXd prior_functions(ensemble<> e, Eigen::MatrixXd const& phi) {
  e.set_parameters(std::vector<double>(e.parameters().size(), 0.0));
  auto rewards = e.at(phi);
  Eigen::MatrixXd result(phi.rows(), static_cast<Eigen::Index>(e.members()));
  for (std::size_t k = 0; k < e.members(); ++k)
    for (std::size_t i = 0; i < rewards.size(); ++i)
      result(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) = rewards.member(k)[i];
  return result;
}

// How often member k counts duel n, by the documented streams.
double textbook_count(ensemble_options const& o, std::uint64_t n, std::size_t k) {
  if (o.bootstrap == joust::bootstrap_weights::none) return 1.0;
  joust::stream random = joust::stream{o.seed}.child("ensemble").child("bootstrap", n);
  double u = 0.0;
  for (std::size_t member = 0; member <= k; ++member) u = joust::draw_uniform(random);
  if (o.bootstrap == joust::bootstrap_weights::double_or_nothing) return u < 0.5 ? 0.0 : 2.0;
  double below = 0.0;
  for (int count = 0;; ++count) {
    below += std::exp(-1.0) / std::tgamma(count + 1.0);
    if (u < below) return count;
  }
}

// Options whose training step is one plain gradient step of rate 1 on everything stored.
ensemble_options one_plain_step(ensemble_options o) {
  o.optimiser = {.method = joust::descent::sgd, .learning_rate = 1.0};
  o.steps = 1;
  o.batch = 1000;
  return o;
}

std::vector<double> gradient_of(ensemble<> e, std::vector<std::size_t> const& sets = {}) {
  std::vector<double> gradient = parameters_of(e);
  e.train(sets);
  for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] -= e.parameters()[i];
  return gradient;
}

double spread_of_layer(ensemble_options const& o, std::size_t layer) {
  double const fan_in = static_cast<double>(layer == 0 ? o.dimension : o.width);
  if (o.start == joust::weight_start::published) return o.start_scale / (2.0 * std::sqrt(fan_in));
  return o.start_scale * std::sqrt((layer < o.depth ? 2.0 : 1.0) / fan_in);
}

// The objective whose gradient a training step follows, summed over members.
struct textbook_objective {
  ensemble_options o;
  std::vector<double> start;
  std::vector<answered> duels;
  Eigen::MatrixXd prior_first, prior_second;  // prior functions of the duels
  Eigen::MatrixXd candidates, prior_candidates;
  std::vector<std::size_t> sets;

  double operator()(std::vector<double> const& parameters) const {
    double total = 0.0;
    auto const n = static_cast<double>(duels.size());
    for (std::size_t k = 0; k < o.members; ++k) {
      auto const column = static_cast<Eigen::Index>(k);
      for (std::size_t i = 0; i < duels.size(); ++i) {
        auto const row = static_cast<Eigen::Index>(i);
        double const lead = textbook_reward(parameters, o, k, duels[i].first) -
                            textbook_reward(parameters, o, k, duels[i].second) + prior_first(row, column) -
                            prior_second(row, column);
        double const p = 1.0 / (1.0 + std::exp(-lead));
        double const y = duels[i].outcome;
        total -=
            textbook_count(o, i, k) * duels[i].weight * (y * std::log(p) + (1.0 - y) * std::log(1.0 - p)) / n;
      }
      Eigen::Index row = 0;
      for (std::size_t const size : sets) {
        double best = -std::numeric_limits<double>::infinity();
        double mean = 0.0;
        for (std::size_t b = 0; b < size; ++b, ++row) {
          double const r = textbook_reward(parameters, o, k, candidates.row(row).transpose()) +
                           prior_candidates(row, column);
          best = std::max(best, r);
          mean += r / static_cast<double>(size);
        }
        total -= o.optimism * (best - mean) / static_cast<double>(sets.size());
      }
    }
    return total + anchor(parameters);
  }

  double anchor(std::vector<double> const& parameters) const {
    if (o.anchor == joust::anchor_scale::none) return 0.0;
    auto const n = static_cast<double>(duels.size());
    double sum = 0.0;
    double squares = 0.0;
    std::size_t at = 0;
    for (std::size_t layer = 0; layer <= o.depth; ++layer) {
      std::size_t const fan_in = layer == 0 ? o.dimension : o.width;
      std::size_t const size = (layer < o.depth ? (fan_in + 1) * o.width : fan_in) * o.members;
      double const s = o.prior_deviation * spread_of_layer(o, layer);
      for (std::size_t i = at; i < at + size; ++i) {
        double const off = parameters[i] - start[i];
        sum += off * off / (2.0 * s * s * n);
        squares += off * off;
      }
      at += size;
    }
    if (o.anchor == joust::anchor_scale::prior) return sum;
    // The released loss is a mean over members: this is a sum, members times as large.
    return static_cast<double>(o.members) * o.published_strength * static_cast<double>(o.batch) / n *
           squares / static_cast<double>(parameters.size());
  }
};

}  // namespace

TEST_CASE("ensemble: rewards are those of the members' networks", "[posterior][ensemble]") {
  Eigen::MatrixXd const phi = normal_matrix(9, 5, 1);
  for (std::size_t depth = 0; depth <= 3; ++depth) {
    ensemble_options const o{.dimension = 5, .members = 4, .width = 6, .depth = depth, .seed = 3 + depth};
    ensemble<> e{o};
    std::vector<double> values = parameters_of(e);
    joust::stream random{4};
    for (double& value : values) value += 0.2 * joust::draw_uniform(random) - 0.1;  // biases too
    e.set_parameters(values);
    auto rewards = e.at(phi);
    REQUIRE(rewards.size() == 9);
    REQUIRE(rewards.members() == 4);
    for (Eigen::Index i = 0; i < 9; ++i) {
      double mean = 0.0;
      for (std::size_t k = 0; k < 4; ++k) {
        double const expected = textbook_reward(values, o, k, phi.row(i).transpose());
        CHECK(rewards.member(k)[static_cast<std::size_t>(i)] ==
              Approx(expected).epsilon(1e-12).margin(1e-13));
        mean += expected / 4.0;
      }
      CHECK(rewards.mean()[static_cast<std::size_t>(i)] == Approx(mean).margin(1e-12));
    }
    // A block of the scores is the belief about those rows, whatever the features' layout.
    Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> const other = phi.cast<float>();
    ensemble<> same = e;
    same.score(other);
    auto const block = same.belief(3, 4);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(block.member(2)[i] == Approx(rewards.member(2)[3 + i]).epsilon(1e-4).margin(1e-5));
      CHECK(block.mean()[i] == Approx(rewards.mean()[3 + i]).epsilon(1e-4).margin(1e-5));
    }
  }
}

TEST_CASE("ensemble: a training step follows the gradient of the stated objective", "[posterior][ensemble]") {
  using joust::anchor_scale;
  using joust::bootstrap_weights;
  struct variant {
    anchor_scale anchor;
    bootstrap_weights bootstrap;
    double prior_scale, optimism;
    joust::weight_start start;
  };
  variant const variants[] = {
      {anchor_scale::none, bootstrap_weights::none, 0.0, 0.0, joust::weight_start::he},
      {anchor_scale::prior, bootstrap_weights::poisson, 0.7, 0.3, joust::weight_start::he},
      {anchor_scale::published, bootstrap_weights::double_or_nothing, 0.0, 0.5,
       joust::weight_start::published}};
  Eigen::MatrixXd const candidates = normal_matrix(7, 3, 12);
  for (std::size_t depth = 0; depth <= 3; ++depth) {
    for (variant const& v : variants) {
      ensemble_options const o = one_plain_step({.dimension = 3,
                                                 .members = 3,
                                                 .width = 4,
                                                 .depth = depth,
                                                 .anchor = v.anchor,
                                                 .prior_deviation = 0.8,
                                                 .start = v.start,
                                                 .bootstrap = v.bootstrap,
                                                 .prior_scale = v.prior_scale,
                                                 .optimism = v.optimism,
                                                 .seed = 21});
      ensemble<> e{o};
      textbook_objective objective{o, parameters_of(e), {}, {}, {}, candidates, {}, {3, 1, 3}};
      if (v.optimism == 0.0) objective.sets.clear();
      Eigen::MatrixXd const a = normal_matrix(8, 3, 10);
      Eigen::MatrixXd const b = normal_matrix(8, 3, 11);
      for (Eigen::Index i = 0; i < 8; ++i) {
        objective.duels.push_back({a.row(i).transpose(), b.row(i).transpose(), 0.125 * static_cast<double>(i),
                                   0.5 + 0.25 * static_cast<double>(i)});
      }
      teach(e, objective.duels);
      objective.prior_first = prior_functions(e, a);
      objective.prior_second = prior_functions(e, b);
      objective.prior_candidates = prior_functions(e, candidates);

      std::vector<double> here = parameters_of(e);  // away from the start, biases included
      joust::stream random{13};
      for (double& value : here) value += 0.4 * joust::draw_uniform(random) - 0.2;
      e.set_parameters(here);
      e.score(candidates);
      std::vector<double> const gradient = gradient_of(e, objective.sets);
      double largest = 0.0;
      for (std::size_t i = 0; i < here.size(); ++i) {
        constexpr double step = 1e-6;
        std::vector<double> up = here;
        std::vector<double> down = here;
        up[i] += step;
        down[i] -= step;
        double const slope = (objective(up) - objective(down)) / (2.0 * step);
        largest = std::max(largest, std::fabs(gradient[i] - slope));
      }
      INFO("depth " << depth << ", anchor " << names_of(v.anchor)[static_cast<std::size_t>(v.anchor)]);
      CHECK(largest < 2e-8);

      // The loss that is told is the data's part, a mean over members.
      ensemble<> stepped = e;
      stepped.train(objective.sets);
      auto data = objective;
      data.sets.clear();
      CHECK(stepped.loss() == Approx((data(here) - data.anchor(here)) / 3.0));
    }
  }
}

TEST_CASE("ensemble: members start apart and learn apart", "[posterior][ensemble]") {
  ensemble_options o{.dimension = 4,
                     .members = 5,
                     .width = 8,
                     .steps = 20,
                     .batch = 16,
                     .bootstrap = joust::bootstrap_weights::poisson,
                     .seed = 5};
  auto const duels = random_duels(Eigen::Vector4d{1.0, -1.0, 0.5, 0.0}, 60, 6);
  Eigen::MatrixXd const phi = normal_matrix(6, 4, 7);
  ensemble<> e{o};
  ensemble<> disturbed = e;
  std::vector<double> values = parameters_of(e);
  // The third member's block of the output layer comes third in the last members * width numbers.
  for (std::size_t i = 0; i < 8; ++i) values[values.size() - 5 * 8 + 2 * 8 + i] += 1.0;
  disturbed.set_parameters(values);
  o.members = 3;
  ensemble<> fewer{o};
  for (ensemble<>* each : {&e, &disturbed, &fewer}) {
    teach(*each, duels);
    each->train();
  }
  auto a = e.at(phi);
  auto b = disturbed.at(phi);
  auto c = fewer.at(phi);
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t k = 0; k < 5; ++k) {
      if (k == 2) {
        CHECK(a.member(k)[i] != b.member(k)[i]);
      } else {
        CHECK(a.member(k)[i] == b.member(k)[i]);
      }
      if (k < 3) CHECK(c.member(k)[i] == Approx(a.member(k)[i]).epsilon(1e-8));
      for (std::size_t other = 0; other < k; ++other) CHECK(a.member(k)[i] != a.member(other)[i]);
    }
  }
}

TEST_CASE("ensemble: weights start as asked for", "[posterior][ensemble]") {
  for (auto const start : {joust::weight_start::he, joust::weight_start::published}) {
    ensemble_options const o{
        .dimension = 50, .members = 10, .width = 40, .depth = 2, .start = start, .start_scale = 1.5};
    ensemble<> const e{o};
    auto const values = e.parameters();
    std::size_t at = 0;
    for (std::size_t layer = 0; layer <= 2; ++layer) {
      std::size_t const fan_in = layer == 0 ? 50 : 40;
      std::size_t const weights = fan_in * (layer < 2 ? 400 : 10);
      double const s = spread_of_layer(o, layer);
      double sum = 0.0;
      double squares = 0.0;
      double largest = 0.0;
      for (std::size_t i = at; i < at + weights; ++i) {
        sum += values[i] / s;
        squares += values[i] * values[i] / (s * s);
        largest = std::max(largest, std::fabs(values[i]) / s);
      }
      auto const n = static_cast<double>(weights);
      bool const cut = start == joust::weight_start::published;
      // Beyond two deviations cut off, a normal keeps 1 - 4 phi(2) / (2 Phi(2) - 1) = 0.7737 of its variance.
      CHECK(std::fabs(sum / n) < 4.5 / std::sqrt(n));
      CHECK(std::fabs(squares / n - (cut ? 0.7737 : 1.0)) < 4.5 * std::sqrt(2.0 / n));
      if (cut) CHECK(largest <= 2.0);
      at += weights;
      for (std::size_t i = at; layer < 2 && i < at + 400; ++i) CHECK(values[i] == 0.0);
      at += layer < 2 ? 400 : 0;
    }
    CHECK(at == values.size());
  }
}

TEST_CASE("ensemble: the anchor fades as duels come in, and the data do not", "[posterior][ensemble]") {
  auto const duels = random_duels(Eigen::Vector3d{1.0, 2.0, 0.0}, 6, 30);
  auto const gradient = [&](joust::anchor_scale anchor, int copies) {
    ensemble<> e{one_plain_step({.dimension = 3, .members = 2, .width = 4, .anchor = anchor, .seed = 31})};
    for (int n = 0; n < copies; ++n) teach(e, duels);
    std::vector<double> values = parameters_of(e);
    joust::stream random{32};
    for (double& value : values) value += joust::draw_uniform(random) - 0.5;
    e.set_parameters(values);
    return gradient_of(e);
  };
  auto const data = gradient(joust::anchor_scale::none, 1);
  auto const data_twice = gradient(joust::anchor_scale::none, 2);
  for (auto const anchor : {joust::anchor_scale::prior, joust::anchor_scale::published}) {
    auto const once = gradient(anchor, 1);
    auto const twice = gradient(anchor, 2);
    for (std::size_t i = 0; i < data.size(); ++i) {
      CHECK(data_twice[i] == Approx(data[i]).margin(1e-14));
      CHECK(twice[i] - data[i] == Approx(0.5 * (once[i] - data[i])).margin(1e-14));
    }
  }
}

TEST_CASE("ensemble: linear members find their own exact peaks", "[posterior][ensemble]") {
  auto const duels = random_duels(Eigen::Vector3d{1.0, -0.5, 2.0}, 30, 40);
  ensemble_options const o{.dimension = 3,
                           .members = 4,
                           .depth = 0,
                           .optimiser = {.method = joust::descent::sgd, .learning_rate = 0.5},
                           .steps = 4000,
                           .batch = 100,
                           .prior_deviation = 1.7,
                           .seed = 41};
  ensemble<> e{o};
  std::vector<double> const start = parameters_of(e);
  teach(e, duels);
  e.train();
  double const precision = 3.0 / (1.7 * 1.7);  // the start has variance 1 / d
  for (std::size_t k = 0; k < 4; ++k) {
    Eigen::Vector3d const origin{start[3 * k], start[3 * k + 1], start[3 * k + 2]};
    Eigen::Vector3d theta = origin;
    for (int newton = 0; newton < 30; ++newton) {
      Eigen::Vector3d gradient = precision * (theta - origin);
      Eigen::Matrix3d curvature = precision * Eigen::Matrix3d::Identity();
      for (answered const& duel : duels) {
        Eigen::Vector3d const z = duel.first - duel.second;
        double const p = 1.0 / (1.0 + std::exp(-z.dot(theta)));
        gradient += (p - duel.outcome) * z;
        curvature += p * (1.0 - p) * z * z.transpose();
      }
      theta -= curvature.llt().solve(gradient);
    }
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(e.parameters()[3 * k + i] == Approx(theta[static_cast<Eigen::Index>(i)]).epsilon(1e-8));
  }
}

// With a starting point from the prior and resampled duels, the members of a linear ensemble are spread like
// the posterior: near the peak each is H^-1 (Lambda start + resampled gradient), with covariance
// H^-1 (Lambda + J) H^-1, and J, the variance of the gradient, is H - Lambda. Without resampling J is
// missing.
TEST_CASE("ensemble: linear members are spread like the posterior", "[posterior][ensemble]") {
  Eigen::Vector4d const theta{1.0, -1.0, 0.5, 0.0};
  auto const duels = random_duels(theta, 250, 50);
  constexpr std::size_t members = 200;
  joust::linear_logistic exact{{.dimension = 4, .prior_precision = 1.0}};
  teach(exact, duels);
  exact.refit();
  Eigen::MatrixXd const phi = normal_matrix(5, 4, 51);
  Eigen::Matrix4d const factor = exact.precision_factor().triangularView<Eigen::Lower>();
  Eigen::Matrix4d const precision = factor * factor.transpose();
  Eigen::Matrix4d const anchored = precision.inverse() * precision.inverse();
  for (auto const bootstrap : {joust::bootstrap_weights::poisson, joust::bootstrap_weights::double_or_nothing,
                               joust::bootstrap_weights::none}) {
    ensemble<> e{{.dimension = 4,
                  .members = members,
                  .depth = 0,
                  .optimiser = {.method = joust::descent::sgd, .learning_rate = 1.0},
                  .steps = 150,
                  .batch = 250,
                  .start_scale = 2.0,  // times 1 / sqrt(4): the prior of precision 1
                  .bootstrap = bootstrap,
                  .seed = 52}};
    teach(e, duels);
    e.train();
    auto spread = e.at(phi);
    auto laplace = exact.at(phi);
    for (std::size_t i = 0; i < 5; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        double expected = laplace.pair_variance(i, j);
        if (bootstrap == joust::bootstrap_weights::none) {
          Eigen::Vector4d const z =
              (phi.row(static_cast<Eigen::Index>(i)) - phi.row(static_cast<Eigen::Index>(j))).transpose();
          expected = z.dot(anchored * z);
        }
        // A variance of 200 normals has a deviation of sqrt(2 / 199) of itself, 10 %; 4.5 of them, and a
        // tenth for the difference between J and the gradients of these very duels.
        double const ratio = spread.pair_variance(i, j) / expected;
        CHECK(ratio > 0.90 * (1.0 - 4.5 * std::sqrt(2.0 / 199.0)));
        CHECK(ratio < 1.10 * (1.0 + 4.5 * std::sqrt(2.0 / 199.0)));
        double const lead = laplace.mean()[i] - laplace.mean()[j];
        double const off = spread.mean()[i] - spread.mean()[j] - lead;
        CHECK(std::fabs(off) <
              4.5 * std::sqrt(expected / members) + 0.1 * std::sqrt(laplace.pair_variance(i, j)));
      }
    }
  }
}

TEST_CASE("ensemble: minibatches are uniform and without repetition", "[posterior][ensemble]") {
  // With linear rewards at 0 and duels of a unit vector against none, coordinate i of the step is 1/2 of the
  // count of duel i over the batch, and 0 for duels that were left out.
  constexpr std::size_t pairs = 12;
  ensemble_options o{.dimension = pairs,
                     .members = 1,
                     .depth = 0,
                     .optimiser = {.method = joust::descent::sgd, .learning_rate = 1.0},
                     .steps = 1,
                     .batch = 5,
                     .anchor = joust::anchor_scale::none};
  ensemble<> e{o};
  Eigen::MatrixXd const units = Eigen::MatrixXd::Identity(pairs, pairs);
  for (Eigen::Index i = 0; i < units.rows(); ++i)
    e.observe(units.row(i), Eigen::RowVectorXd::Zero(pairs), 1.0);
  std::vector<int> chosen(pairs, 0);
  std::vector<int> together(pairs, 0);  // with the first
  constexpr int trials = 4000;
  for (int t = 0; t < trials; ++t) {
    e.set_parameters(std::vector<double>(pairs, 0.0));
    e.train();
    std::size_t count = 0;
    for (std::size_t i = 0; i < pairs; ++i) {
      if (e.parameters()[i] == 0.0) continue;
      CHECK(e.parameters()[i] == Approx(0.5 / 5.0));
      ++count;
      ++chosen[i];
      if (e.parameters()[0] != 0.0) ++together[i];
    }
    CHECK(count == 5);
  }
  auto const plausible = [](int seen, double share) {
    return std::fabs(seen - trials * share) < 4.5 * std::sqrt(trials * share * (1.0 - share));
  };
  for (std::size_t i = 0; i < pairs; ++i) CHECK(plausible(chosen[i], 5.0 / 12.0));
  for (std::size_t i = 1; i < pairs; ++i) CHECK(plausible(together[i], 5.0 / 12.0 * 4.0 / 11.0));
}

TEST_CASE("ensemble: bootstrap counts have mean and variance one", "[posterior][ensemble]") {
  for (auto const bootstrap :
       {joust::bootstrap_weights::poisson, joust::bootstrap_weights::double_or_nothing}) {
    constexpr std::size_t pairs = 60;
    constexpr std::size_t members = 50;
    ensemble<> e{one_plain_step({.dimension = pairs,
                                 .members = members,
                                 .depth = 0,
                                 .anchor = joust::anchor_scale::none,
                                 .bootstrap = bootstrap})};
    Eigen::MatrixXd const units = Eigen::MatrixXd::Identity(pairs, pairs);
    for (Eigen::Index i = 0; i < units.rows(); ++i)
      e.observe(units.row(i), Eigen::RowVectorXd::Zero(pairs), 1.0);
    e.set_parameters(std::vector<double>(pairs * members, 0.0));
    auto const gradient = gradient_of(e);
    double sum = 0.0;
    double squares = 0.0;
    double none = 0.0;
    for (double const g : gradient) {
      double const count = -g * 2.0 * pairs;
      CHECK(count == Approx(std::round(count)).margin(1e-9));
      sum += count;
      squares += (count - 1.0) * (count - 1.0);
      none += std::fabs(count) < 0.5 ? 1.0 : 0.0;
    }
    double const n = pairs * members;
    bool const poisson = bootstrap == joust::bootstrap_weights::poisson;
    double const zero = poisson ? std::exp(-1.0) : 0.5;
    CHECK(std::fabs(sum / n - 1.0) < 4.5 / std::sqrt(n));
    CHECK(std::fabs(squares / n - 1.0) < 4.5 * std::sqrt((poisson ? 3.0 : 0.0) / n) + 1e-12);
    CHECK(std::fabs(none / n - zero) < 4.5 * std::sqrt(zero * (1.0 - zero) / n));
  }
}

TEST_CASE("ensemble: it learns what no line explains", "[posterior][ensemble]") {
  auto const reward = [](auto const& x) { return 3.0 * std::fabs(x(0)) - 2.0 * x(1); };
  ensemble<> e{{.dimension = 2,
                .members = 5,
                .width = 16,
                .optimiser = {.learning_rate = 1e-2},
                .batch = 32,
                .cadence = 4,
                .bootstrap = joust::bootstrap_weights::poisson,
                .prior_scale = 0.5}};
  Eigen::MatrixXd const phi = normal_matrix(800, 2, 60);
  joust::stream random{61};
  for (Eigen::Index i = 0; i + 1 < 800; i += 2) {
    double const lead = reward(phi.row(i)) - reward(phi.row(i + 1));
    e.observe(phi.row(i), phi.row(i + 1), joust::draw_bernoulli(joust::sigmoid(lead), random));
  }
  CHECK(e.updates() == 500);
  Eigen::MatrixXd const fresh = normal_matrix(400, 2, 62);
  auto rewards = e.at(fresh);
  int right = 0;
  for (Eigen::Index i = 0; i + 1 < 400; i += 2) {
    auto const at = static_cast<std::size_t>(i);
    right +=
        (reward(fresh.row(i)) > reward(fresh.row(i + 1))) == (rewards.mean()[at] > rewards.mean()[at + 1]);
  }
  CHECK(right >= 180);
}

TEST_CASE("ensemble: keeps the laws of a posterior", "[posterior][ensemble]") {
  Eigen::MatrixXd const phi = normal_matrix(5, 3, 70);
  for (std::size_t depth : {0U, 1U, 2U}) {
    ensemble<> const prior{{.dimension = 3,
                            .members = 6,
                            .width = 8,
                            .depth = depth,
                            .batch = 4,
                            .cadence = 2,
                            .bootstrap = joust::bootstrap_weights::poisson,
                            .prior_scale = 0.5,
                            .divisor = joust::variance_divisor::members}};
    auto const report = joust::laws::posterior(prior, phi, joust::stream{71});
    INFO(report.text());
    CHECK(report);
  }
}

TEST_CASE("ensemble: a duel and its mirror image leave the same state", "[posterior][ensemble]") {
  auto const duels = random_duels(Eigen::Vector3d{1.0, 1.0, 1.0}, 20, 80);
  ensemble<> a{{.dimension = 3, .members = 3, .width = 4, .batch = 8}};
  ensemble<> b = a;
  for (answered const& duel : duels) {
    a.observe(duel.first, duel.second, duel.outcome);
    b.observe(duel.second, duel.first, 1.0 - duel.outcome);
  }
  a.train();
  b.train();
  CHECK(a == b);
}

TEST_CASE("ensemble: the ring keeps the newest, and all are counted", "[posterior][ensemble]") {
  ensemble_options const o =
      one_plain_step({.dimension = 2, .members = 2, .depth = 0, .anchor = joust::anchor_scale::none});
  ensemble_options bounded = o;
  bounded.buffer = 10;
  ensemble<> e{bounded};
  auto const duels = random_duels(Eigen::Vector2d{1.0, 0.0}, 23, 90);
  for (std::size_t n = 0; n < duels.size(); ++n) {
    CHECK(e.observed() == n);
    CHECK(e.stored() == std::min<std::size_t>(n, 10));
    e.observe(duels[n].first, duels[n].second, duels[n].outcome);
  }
  e.observe(duels[0].first, duels[1].first, 1.0, 0.0);
  e.observe(duels[0].first, duels[0].first, 1.0);
  CHECK(e.observed() == 23);
  CHECK(e.stored() == 10);
  ensemble<> newest{o};
  teach(newest, {duels.end() - 10, duels.end()});
  auto const a = gradient_of(e);
  auto const b = gradient_of(newest);
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == Approx(b[i]).margin(1e-15));
  // Bootstrap counts go by the number of the duel, not by its place.
  for (std::size_t kept : {7U, 10U}) {
    bounded.buffer = kept;
    bounded.bootstrap = joust::bootstrap_weights::poisson;
    ensemble<> counted{bounded};
    teach(counted, duels);
    counted.set_parameters(std::vector<double>(4, 0.0));
    std::vector<double> expected(4, 0.0);
    for (std::size_t n = 23 - kept; n < 23; ++n) {
      for (std::size_t k = 0; k < 2; ++k) {
        Eigen::VectorXd const part = textbook_count(bounded, n, k) / static_cast<double>(kept) *
                                     (0.5 - duels[n].outcome) * (duels[n].first - duels[n].second);
        for (std::size_t i = 0; i < 2; ++i) expected[2 * k + i] += part[static_cast<Eigen::Index>(i)];
      }
    }
    auto const gradient = gradient_of(counted);
    for (std::size_t i = 0; i < 4; ++i) CHECK(gradient[i] == Approx(expected[i]).margin(1e-14));
  }
}

TEST_CASE("ensemble: trains when told, when due, and on full batches if asked to", "[posterior][ensemble]") {
  auto const duels = random_duels(Eigen::Vector2d{1.0, 0.0}, 9, 91);
  ensemble_options o{.dimension = 2, .members = 2, .width = 3, .steps = 3, .batch = 6};
  ensemble<> told{o};
  told.train();
  CHECK(told.updates() == 0);
  teach(told, duels);
  CHECK(told.updates() == 0);
  told.train();
  CHECK(told.updates() == 3);
  o.cadence = 4;
  ensemble<> due{o};
  teach(due, duels);
  CHECK(due.updates() == 6);
  o.full_batches_only = true;
  ensemble<> patient{o};
  teach(patient, duels);
  CHECK(patient.updates() == 3);
}

TEST_CASE("ensemble: what it cannot use changes nothing", "[posterior][ensemble]") {
  double const nan = std::numeric_limits<double>::quiet_NaN();
  double const infinity = std::numeric_limits<double>::infinity();
  ensemble<> e{{.dimension = 3, .members = 4, .width = 5, .batch = 4, .cadence = 1}};
  teach(e, random_duels(Eigen::Vector3d{1.0, 0.0, 2.0}, 5, 92));
  Eigen::MatrixXd const phi = normal_matrix(4, 3, 93);
  auto rewards = e.at(phi);
  std::vector<double> const scores(rewards.member(1).begin(), rewards.member(1).end());
  ensemble<> const before = e;
  Eigen::VectorXd const x = phi.row(0).transpose();
  Eigen::VectorXd const y = phi.row(1).transpose();
  for (double const bad : {nan, infinity, -infinity, 1e10}) {
    Eigen::MatrixXd spoilt = phi;
    spoilt(2, 1) = bad;
    CHECK_THROWS_AS(e.at(spoilt), std::invalid_argument);
    CHECK_THROWS_AS(e.observe(spoilt.row(2), x, 1.0), std::invalid_argument);
    CHECK_THROWS_AS(e.observe(x, spoilt.row(2), 1.0), std::invalid_argument);
    CHECK_THROWS_AS(e.observe(x, y, bad), std::invalid_argument);
    CHECK_THROWS_AS(e.observe(x, y, 1.0, bad), std::invalid_argument);
  }
  CHECK_THROWS_AS(e.observe(x, y, 1.0, -1.0), std::invalid_argument);
  CHECK_THROWS_AS(e.observe(x, y, -0.1), std::invalid_argument);
  CHECK_THROWS_AS(e.observe(x.head(2), y, 1.0), std::invalid_argument);
  CHECK_THROWS_AS(e.observe(x, y.head(2), 1.0), std::invalid_argument);
  CHECK_THROWS_AS(e.at(phi.leftCols(2)), std::invalid_argument);
  CHECK_THROWS_AS(e.at(phi.topRows(0)), std::invalid_argument);
  CHECK_THROWS_AS(e.belief(0, 5), std::invalid_argument);
  CHECK_THROWS_AS(e.belief(4, 1), std::invalid_argument);
  CHECK_THROWS_AS(e.belief(2, 0), std::invalid_argument);
  CHECK_THROWS_AS(e.belief(std::numeric_limits<std::size_t>::max(), 2), std::invalid_argument);
  for (std::vector<std::size_t> const& sets :
       {std::vector<std::size_t>{3}, {2, 0, 2}, {4, 1}, {std::numeric_limits<std::size_t>::max(), 5}}) {
    CHECK_THROWS_AS(e.train(sets), std::invalid_argument);
  }
  CHECK_THROWS_AS(e.set_parameters(std::vector<double>(3, 0.0)), std::invalid_argument);
  CHECK_THROWS_AS(e.set_parameters(std::vector<double>(e.parameters().size(), nan)), std::invalid_argument);
  CHECK(e == before);
  auto const after = e.belief(0, 4).member(1);
  CHECK(std::equal(after.begin(), after.end(), scores.begin()));

  ensemble<> prototype;
  CHECK_THROWS_AS(prototype.at(phi), std::invalid_argument);
  CHECK_THROWS_AS(prototype.observe(x, y, 1.0), std::invalid_argument);
  CHECK_THROWS_AS(prototype.train(), std::invalid_argument);
  CHECK_THROWS_AS(prototype.fresh(0), std::invalid_argument);
  CHECK_THROWS_AS(prototype.fresh(joust::setting{}), std::invalid_argument);
  CHECK(prototype.fresh(3) == ensemble<>{{.dimension = 3}});
  CHECK(e.fresh(joust::setting{.arms = 2, .dimension = 3}).observed() == 0);
  CHECK_THROWS_AS((ensemble<>{{.dimension = 1U << 30U, .members = 1U << 20U}}), std::invalid_argument);
}

TEST_CASE("ensemble: saved and read back, it goes on as if nothing had been", "[posterior][ensemble]") {
  auto const duels = random_duels(Eigen::Vector3d{1.0, 0.0, 2.0}, 40, 94);
  for (auto const method : {joust::descent::adam, joust::descent::sgd}) {
    ensemble<> e{{.dimension = 3,
                  .members = 3,
                  .width = 4,
                  .optimiser = {.method = method, .momentum = 0.5},
                  .batch = 5,
                  .buffer = 12,
                  .cadence = 3,
                  .bootstrap = joust::bootstrap_weights::poisson,
                  .prior_scale = 0.5,
                  .optimism = 0.1,
                  .seed = 95}};
    teach(e, {duels.begin(), duels.begin() + 20});
    std::string const saved = e.save();
    ensemble<> read = ensemble<>::load(saved);
    CHECK(read == e);
    CHECK(read.save() == saved);
    Eigen::MatrixXd const phi = normal_matrix(4, 3, 96);
    for (ensemble<>* each : {&e, &read}) {
      teach(*each, {duels.begin() + 20, duels.end()});
      each->score(phi);
      each->train(std::vector<std::size_t>{2, 2});
    }
    CHECK(read == e);
    CHECK(read.at(phi).member(2)[3] == e.at(phi).member(2)[3]);
  }
  ensemble<float> single{{.dimension = 2, .members = 2, .width = 2}};
  CHECK(ensemble<float>::load(single.save()) == single);
  CHECK_THROWS_AS(ensemble<>::load(single.save()), std::invalid_argument);
  CHECK(ensemble<>::load(ensemble<>{}.save()) == ensemble<>{});
}

TEST_CASE("ensemble: forged states are refused", "[posterior][ensemble]") {
  ensemble<> e{{.dimension = 2, .members = 2, .width = 3, .batch = 4, .buffer = 5}};
  teach(e, random_duels(Eigen::Vector2d{1.0, 0.0}, 8, 97));
  e.train();
  std::string const saved = e.save();
  auto const forged = [&](std::string const& from, std::string const& to) {
    std::string text = saved.substr(0, saved.rfind("checksum"));
    std::size_t const at = text.find("\n" + from) + 1;
    REQUIRE(at != 0);
    text.replace(at, text.find('\n', at) - at, to);
    return text + "checksum " + joust::detail::hexadecimal(joust::detail::fnv1a(text)) + "\n";
  };
  CHECK(ensemble<>::load(forged("updates", "updates 5")) == e);
  for (auto const& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"options.dimension", "options.dimension 3"},
           {"options.dimension", "options.dimension 18446744073709551615"},
           {"options.dimension", "options.dimension 0"},
           {"options.members", "options.members 0"},
           {"options.members", "options.members 3"},
           {"options.width", "options.width 4294967296"},
           {"options.width", "options.width 9223372036854775808"},
           {"options.depth", "options.depth 3"},
           {"options.depth", "options.depth 18446744073709551615"},
           {"options.buffer", "options.buffer 0"},
           {"options.buffer", "options.buffer 6"},
           {"options.prior_scale", "options.prior_scale inf"},
           {"options.optimiser.beta1", "options.optimiser.beta1 0.8"},
           {"updates", "updates 4"},
           {"loss", "loss inf"},
           {"parameters", "parameters 1: 0"},
           {"optimiser.steps", "optimiser.steps 0"},
           {"optimiser.mean", "optimiser.mean 1: 0"},
           {"pairs.added", "pairs.added 4"},
           {"pairs.outcomes", "pairs.outcomes 5: 0 1 2 0 0"},
           {"pairs.outcomes", "pairs.outcomes 4: 0 1 0 0"},
           {"pairs.weights", "pairs.weights 5: 1 1 0 1 1"},
           {"pairs.weights", "pairs.weights 5: 1 1 inf 1 1"},
           {"pairs.features", "pairs.features 4: 1 1 1 1"}}) {
    INFO(to);
    CHECK_THROWS_AS(ensemble<>::load(forged(from, to)), std::invalid_argument);
  }
  CHECK_THROWS_AS(ensemble<>::load(saved.substr(0, saved.size() / 2)), std::invalid_argument);
}

TEST_CASE("ensemble: a constant on all features or rewards teaches nothing", "[posterior][ensemble]") {
  // Linear rewards of shifted features are shifted by a constant of each member's own.
  auto const duels = random_duels(Eigen::Vector3d{1.0, 0.0, 2.0}, 20, 98);
  Eigen::Vector3d const shift{0.5, -2.0, 1.0};
  ensemble<> a{{.dimension = 3, .members = 4, .depth = 0}};
  ensemble<> b = a;
  for (answered const& duel : duels) {
    a.observe(duel.first, duel.second, duel.outcome);
    b.observe(duel.first + shift, duel.second + shift, duel.outcome);
  }
  a.train();
  b.train();
  Eigen::MatrixXd const phi = normal_matrix(4, 3, 99);
  auto left = a.at(phi);
  auto right = b.at(phi.rowwise() + shift.transpose());
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j)
      CHECK(left.pair_variance(i, j) == Approx(right.pair_variance(i, j)).epsilon(1e-6).margin(1e-12));
  }
}

TEST_CASE("ensemble: one member, and equal candidates, have nothing to disagree about",
          "[posterior][ensemble]") {
  Eigen::MatrixXd phi = normal_matrix(4, 3, 100);
  phi.row(3) = phi.row(1);
  ensemble<> alone{{.dimension = 3, .members = 1, .width = 4, .cadence = 1}};
  teach(alone, random_duels(Eigen::Vector3d{1.0, 0.0, 2.0}, 4, 101));
  auto certain = alone.at(phi);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) CHECK(certain.pair_variance(i, j) == 0.0);
  ensemble<> several{{.dimension = 3, .members = 7, .width = 4}};
  auto rewards = several.at(phi);
  CHECK(rewards.pair_variance(1, 3) < 1e-28);
  CHECK(rewards.preference_variance(1, 3) < 1e-28);
  CHECK(rewards.pair_variance(1, 2) > 1e-3);
}

TEST_CASE("ensemble: single precision agrees with double", "[posterior][ensemble]") {
  auto const duels = random_duels(Eigen::Vector3d{1.0, 0.0, 2.0}, 30, 102);
  ensemble_options const o{.dimension = 3, .members = 3, .width = 8, .batch = 16};
  ensemble<double> a{o};
  ensemble<float> b{o};
  teach(a, duels);
  teach(b, duels);
  a.train();
  b.train();
  Eigen::MatrixXd const phi = normal_matrix(5, 3, 103);
  auto left = a.at(phi);
  auto right = b.at(phi);
  for (std::size_t i = 0; i < 5; ++i) CHECK(left.mean()[i] == Approx(right.mean()[i]).margin(1e-3));
}

TEST_CASE("ensemble: a diverging step is left out", "[posterior][ensemble]") {
  ensemble<> e{{.dimension = 1,
                .members = 1,
                .depth = 0,
                .optimiser = {.method = joust::descent::sgd, .learning_rate = 1e300},
                .steps = 50}};
  Eigen::VectorXd const one = Eigen::VectorXd::Constant(1, 1e9);
  e.observe(one, -one, 0.5);
  CHECK_NOTHROW(e.train());
}

TEST_CASE("ensemble: scoring and training allocate nothing once warm", "[posterior][ensemble]") {
  ensemble<> e{{.dimension = 6,
                .members = 4,
                .width = 8,
                .batch = 8,
                .buffer = 16,
                .bootstrap = joust::bootstrap_weights::poisson,
                .prior_scale = 0.5,
                .optimism = 0.1}};
  auto const duels = random_duels(Eigen::VectorXd::Ones(6), 20, 104);
  Eigen::MatrixXd const phi = normal_matrix(12, 6, 105);
  std::vector<std::size_t> const sets{4, 8};
  auto const round = [&] {
    e.score(phi);
    auto rewards = e.belief(4, 8);
    static_cast<void>(rewards.pair_variances(1));
    e.observe(duels[0].first, duels[1].second, 1.0);
    e.train();
    e.train(sets);
  };
  teach(e, duels);
  round();
  std::size_t const before = allocation_count;
  for (int n = 0; n < 3; ++n) round();
  if (allocations_are_counted) CHECK(allocation_count == before);
}
