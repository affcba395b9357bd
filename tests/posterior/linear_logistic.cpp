// SPDX-License-Identifier: MIT
#include <joust/posterior/linear_logistic.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <boost/random/normal_distribution.hpp>
#include <catch2/catch.hpp>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/sigmoid.hpp>

namespace {

using joust::linear_logistic;

static_assert(joust::posterior<linear_logistic, Eigen::MatrixXd, Eigen::VectorXd>);
static_assert(joust::posterior<linear_logistic, Eigen::MatrixXd, Eigen::RowVectorXd>);
static_assert(joust::posterior<linear_logistic, Eigen::MatrixXf, Eigen::VectorXf>);
static_assert(joust::posterior<linear_logistic, Eigen::Ref<Eigen::MatrixXd const>, Eigen::Vector3d>);
static_assert(!joust::posterior<linear_logistic, std::vector<double>, Eigen::VectorXd>);
static_assert(!joust::posterior<linear_logistic, Eigen::MatrixXd, Eigen::MatrixXd>);

constexpr double never = std::numeric_limits<double>::infinity();

struct answered {
  Eigen::VectorXd first;
  Eigen::VectorXd second;
  double outcome;
  double weight;
};

Eigen::VectorXd normal_vector(Eigen::Index d, joust::stream& random) {
  boost::random::normal_distribution<double> normal;
  return Eigen::VectorXd::NullaryExpr(d, [&] { return normal(random); });
}

std::vector<answered> duels_of(Eigen::VectorXd const& theta, std::size_t count, joust::stream& random) {
  std::vector<answered> duels;
  for (std::size_t t = 0; t < count; ++t) {
    Eigen::VectorXd const a = normal_vector(theta.size(), random);
    Eigen::VectorXd const b = normal_vector(theta.size(), random);
    duels.push_back({a, b, joust::draw_bernoulli(joust::sigmoid((a - b).dot(theta)), random), 1.0});
  }
  return duels;
}

void teach(linear_logistic& posterior, std::vector<answered> const& duels) {
  for (answered const& duel : duels) posterior.observe(duel.first, duel.second, duel.outcome, duel.weight);
}

// F(theta) as it stands in the header, over all duels one by one.
double negative_log_posterior(Eigen::VectorXd const& theta, std::vector<answered> const& duels,
                              double lambda) {
  double value = 0.5 * lambda * theta.squaredNorm();
  for (answered const& duel : duels) {
    double const margin = (duel.first - duel.second).dot(theta);
    value += duel.weight * (joust::log1pexp(margin) - duel.outcome * margin);
  }
  return value;
}

struct peak {
  Eigen::VectorXd mean;
  Eigen::MatrixXd precision;
};

// Textbook Newton from zero on all duels, damped until F falls.
peak brute_force(std::vector<answered> const& duels, Eigen::Index d, double lambda) {
  peak result{Eigen::VectorXd::Zero(d), {}};
  for (int step = 0; step < 200; ++step) {
    Eigen::VectorXd gradient = lambda * result.mean;
    result.precision = lambda * Eigen::MatrixXd::Identity(d, d);
    for (answered const& duel : duels) {
      Eigen::VectorXd const z = duel.first - duel.second;
      double const p = joust::sigmoid(z.dot(result.mean));
      gradient += duel.weight * (p - duel.outcome) * z;
      result.precision += duel.weight * p * (1.0 - p) * z * z.transpose();
    }
    Eigen::VectorXd move = result.precision.llt().solve(gradient);
    double const now = negative_log_posterior(result.mean, duels, lambda);
    if (move.norm() < 1e-12) break;
    for (int k = 0; k < 40 && negative_log_posterior(result.mean - move, duels, lambda) > now + 1e-9; ++k)
      move *= 0.5;
    result.mean -= move;
  }
  return result;
}

Eigen::MatrixXd precision_of(linear_logistic const& posterior) {
  Eigen::MatrixXd const lower = posterior.precision_factor().triangularView<Eigen::Lower>();
  return lower * lower.transpose();
}

// The distance between two estimates in posterior standard deviations along its own direction.
double distance(Eigen::VectorXd const& a, Eigen::VectorXd const& b, Eigen::MatrixXd const& precision) {
  return std::sqrt((a - b).dot(precision * (a - b)));
}

}  // namespace

TEST_CASE("a refit is the exact peak and curvature", "[linear_logistic]") {
  joust::stream random{11};
  for (Eigen::Index const d : {1, 2, 5, 20, 70}) {
    for (double const lambda : {0.1, 1.0, 25.0}) {
      Eigen::VectorXd const theta = normal_vector(d, random);
      auto duels = duels_of(theta, 150, random);
      for (std::size_t k = 0; k < duels.size(); k += 3) {
        duels[k].weight = 0.3 + joust::draw_uniform(random);
        duels[k].outcome = joust::draw_uniform(random);
      }
      linear_logistic posterior{{.dimension = static_cast<std::size_t>(d), .prior_precision = lambda}};
      teach(posterior, duels);
      posterior.refit();
      peak const truth = brute_force(duels, d, lambda);
      CHECK(distance(posterior.mean(), truth.mean, truth.precision) < 1e-8);
      CHECK((precision_of(posterior) - truth.precision).norm() < 1e-8 * truth.precision.norm());
    }
  }
}

TEST_CASE("the first duel is learnt exactly without any refit", "[linear_logistic]") {
  // The prior is its own quadratic, so one proximal step is the peak and one update the curvature there.
  joust::stream random{26};
  for (double const outcome : {0.0, 0.3, 1.0}) {
    for (double const weight : {0.1, 1.0, 7.0, 1e4}) {
      answered const duel{normal_vector(5, random), normal_vector(5, random), outcome, weight};
      linear_logistic posterior{{.dimension = 5, .prior_precision = 0.5, .refit_growth = never}};
      teach(posterior, {duel});
      peak const truth = brute_force({duel}, 5, 0.5);
      CHECK((posterior.mean() - truth.mean).norm() < 1e-9);
      CHECK((precision_of(posterior) - truth.precision).norm() < 1e-8 * truth.precision.norm());
    }
  }
}

TEST_CASE("a refit before the first duel leaves the prior", "[linear_logistic]") {
  linear_logistic posterior{{.dimension = 3, .prior_precision = 2.0}};
  posterior.refit();
  CHECK(posterior.mean().isZero(0.0));
  CHECK((precision_of(posterior) - 2.0 * Eigen::MatrixXd::Identity(3, 3)).norm() < 1e-14);
}

TEST_CASE("a refit finds the peak of extreme data", "[linear_logistic]") {
  // Separable, with margins of hundreds of standard deviations and weights over nine orders of magnitude.
  joust::stream random{12};
  std::vector<answered> duels;
  for (int t = 0; t < 40; ++t) {
    Eigen::VectorXd const z = 30.0 * normal_vector(3, random);
    duels.push_back({z, Eigen::VectorXd::Zero(3), z[0] > 0.0 ? 1.0 : 0.0, std::pow(10.0, t % 10 - 3)});
  }
  linear_logistic posterior{{.dimension = 3, .prior_precision = 0.01, .refit_growth = never}};
  teach(posterior, duels);
  posterior.refit();
  peak const truth = brute_force(duels, 3, 0.01);
  CHECK(distance(posterior.mean(), truth.mean, truth.precision) < 1e-6);
  CHECK((precision_of(posterior) - truth.precision).norm() < 1e-6 * truth.precision.norm());
}

TEST_CASE("between refits the estimate stays within a small part of a standard deviation",
          "[linear_logistic]") {
  // Worst case over the run; single updates are exact for the newest duel, so errors come from the curvature
  // of old ones only.
  for (Eigen::Index const d : {1, 3, 10}) {
    joust::stream random{13};
    Eigen::VectorXd const theta = normal_vector(d, random);
    auto const duels = duels_of(theta, 400, random);
    linear_logistic posterior{{.dimension = static_cast<std::size_t>(d)}};
    linear_logistic online{{.dimension = static_cast<std::size_t>(d), .refit_growth = never}};
    double worst = 0.0;
    std::vector<answered> past;
    for (answered const& duel : duels) {
      past.push_back(duel);
      posterior.observe(duel.first, duel.second, duel.outcome);
      online.observe(duel.first, duel.second, duel.outcome);
      if (past.size() % 13 == 0) {
        peak const truth = brute_force(past, d, 1.0);
        worst = std::max(worst, distance(posterior.mean(), truth.mean, truth.precision));
      }
    }
    peak const truth = brute_force(duels, d, 1.0);
    CAPTURE(d, worst, distance(online.mean(), truth.mean, truth.precision));
    CHECK(worst < 0.15 * std::sqrt(double(d)));
    // Without any refit the curvatures of early duels stay where they were taken: this is what refits are
    // for.
    CHECK(distance(online.mean(), truth.mean, truth.precision) < 0.75 * std::sqrt(double(d)));
    CHECK(distance(online.mean(), truth.mean, truth.precision) > worst);
    CHECK(worst > 1e-6);  // the running estimate was looked at, not a refit
  }
}

TEST_CASE("the peak has no gradient and the factor is the second derivative", "[linear_logistic]") {
  joust::stream random{14};
  constexpr Eigen::Index d = 4;
  auto const duels = duels_of(normal_vector(d, random), 60, random);
  linear_logistic posterior{{.dimension = d, .prior_precision = 0.7}};
  teach(posterior, duels);
  posterior.refit();
  auto const value = [&](Eigen::VectorXd const& theta) { return negative_log_posterior(theta, duels, 0.7); };
  constexpr double h = 1e-4;  // central differences: truncation h^2, rounding 1e-16 |F| / h^2 = 1e-6
  Eigen::MatrixXd const precision = precision_of(posterior);
  for (Eigen::Index i = 0; i < d; ++i) {
    Eigen::VectorXd const ei = h * Eigen::VectorXd::Unit(d, i);
    CHECK(std::fabs(value(posterior.mean() + ei) - value(posterior.mean() - ei)) / (2.0 * h) < 1e-6);
    for (Eigen::Index j = 0; j < d; ++j) {
      Eigen::VectorXd const ej = h * Eigen::VectorXd::Unit(d, j);
      double const second = (value(posterior.mean() + ei + ej) - value(posterior.mean() + ei - ej) -
                             value(posterior.mean() - ei + ej) + value(posterior.mean() - ei - ej)) /
                            (4.0 * h * h);
      CHECK(second == Approx(precision(i, j)).margin(2e-5));
    }
  }
}

TEST_CASE("for many duels the Gaussian is the true posterior, for few its mean lies on the inner side",
          "[linear_logistic]") {
  // One dimension, by quadrature of exp(-F). Skewness falls as 1/sqrt(n), so does the mean's error in
  // standard deviations; the variance's relative error falls as 1/n.
  Eigen::VectorXd const one = Eigen::VectorXd::Ones(1);
  Eigen::VectorXd const zero = Eigen::VectorXd::Zero(1);
  struct moments {
    double mean, variance;
  };
  auto const truth = [&](std::vector<answered> const& duels) {
    double mass = 0.0;
    double first = 0.0;
    double second = 0.0;
    double const floor = negative_log_posterior(brute_force(duels, 1, 1.0).mean, duels, 1.0);
    for (double theta = -8.0; theta <= 8.0; theta += 1e-3) {
      double const density = std::exp(floor - negative_log_posterior(theta * one, duels, 1.0));
      mass += density;
      first += density * theta;
      second += density * theta * theta;
    }
    return moments{first / mass, second / mass - (first / mass) * (first / mass)};
  };
  auto const laplace = [](linear_logistic const& posterior) {
    return moments{posterior.mean()[0], 1.0 / precision_of(posterior)(0, 0)};
  };

  std::vector<answered> many{{one, zero, 1.0, 700.0}, {one, zero, 0.0, 300.0}};
  linear_logistic posterior{{.dimension = 1}};
  teach(posterior, many);
  posterior.refit();
  CHECK(std::fabs(laplace(posterior).mean - truth(many).mean) < 0.02 * std::sqrt(truth(many).variance));
  CHECK(laplace(posterior).variance == Approx(truth(many).variance).epsilon(0.01));

  std::vector<answered> few{{one, zero, 1.0, 3.0}};
  linear_logistic young{{.dimension = 1}};
  teach(young, few);
  young.refit();
  CHECK(laplace(young).mean < truth(few).mean);  // the long tail is on the side of large margins
  CHECK(laplace(young).mean > truth(few).mean - 0.3 * std::sqrt(truth(few).variance));
  CHECK(laplace(young).variance == Approx(truth(few).variance).epsilon(0.15));
}

TEST_CASE("in two dimensions the Gaussian has the true posterior's moments", "[linear_logistic]") {
  joust::stream random{15};
  Eigen::Vector2d const theta{0.8, -0.5};
  auto const some = duels_of(theta, 20, random);
  std::vector<answered> duels;
  for (answered duel : some) {  // 20 contrasts, each answered 40 times
    duel.outcome = 0.025 * std::round(40.0 * joust::sigmoid((duel.first - duel.second).dot(theta)));
    duel.weight = 40.0;
    duels.push_back(duel);
  }
  linear_logistic posterior{{.dimension = 2}};
  teach(posterior, duels);
  posterior.refit();
  Eigen::Matrix2d const covariance = precision_of(posterior).inverse();
  Eigen::MatrixXd const lower = posterior.precision_factor().triangularView<Eigen::Lower>();
  double const floor = negative_log_posterior(posterior.mean(), duels, 1.0);
  double mass = 0.0;
  Eigen::Vector2d first = Eigen::Vector2d::Zero();
  Eigen::Matrix2d second = Eigen::Matrix2d::Zero();
  for (double a = -6.0; a <= 6.0; a += 0.15) {
    for (double b = -6.0; b <= 6.0; b += 0.15) {  // a grid in units of standard deviations
      Eigen::Vector2d const off =
          lower.transpose().triangularView<Eigen::Upper>().solve(Eigen::Vector2d{a, b});
      double const density = std::exp(floor - negative_log_posterior(posterior.mean() + off, duels, 1.0));
      mass += density;
      first += density * off;
      second += density * off * off.transpose();
    }
  }
  first /= mass;
  second = (second / mass - first * first.transpose()).eval();
  CHECK(std::sqrt(first.dot(precision_of(posterior) * first)) < 0.1);
  CHECK((second - covariance).norm() < 0.03 * covariance.norm());
}

TEST_CASE("90 percent intervals cover 90 percent of the truths", "[linear_logistic]") {
  // theta drawn from the prior, so that the true posterior would cover exactly. Hits among 1500 are binomial:
  // 4.5 sigma are 3.5 %; the Laplace approximation itself may cost another 1 %.
  constexpr int replications = 1500;
  int covered = 0;
  for (int k = 0; k < replications; ++k) {
    joust::stream random = joust::stream{16}.child(k);
    Eigen::VectorXd const theta = normal_vector(3, random);
    linear_logistic posterior{{.dimension = 3}};
    teach(posterior, duels_of(theta, 60, random));
    Eigen::MatrixXd phi = Eigen::MatrixXd::Zero(2, 3);
    phi.row(0) = normal_vector(3, random).transpose();
    auto belief = posterior.at(phi);
    double const z_mean = belief.mean()[0] - belief.mean()[1];
    double const z_sd = std::sqrt(belief.pair_variance(0, 1));
    covered += std::fabs(phi.row(0).dot(theta) - z_mean) < 1.6448536269514722 * z_sd;
  }
  CHECK(std::fabs(covered / double(replications) - 0.9) < 0.045);
}

TEST_CASE("a duel and its mirror image teach the same", "[linear_logistic][law]") {
  joust::stream random{18};
  auto duels = duels_of(normal_vector(6, random), 80, random);
  linear_logistic one{{.dimension = 6}};
  linear_logistic other{{.dimension = 6}};
  for (answered& duel : duels) {
    duel.outcome = 0.25 * std::round(4.0 * joust::draw_uniform(random));
    one.observe(duel.first, duel.second, duel.outcome, 0.5);
    other.observe(duel.second, duel.first, 1.0 - duel.outcome, 0.5);
  }
  CHECK(one == other);
  CHECK(one.mean().norm() > 0.1);
}

TEST_CASE("a weight is that many repetitions, and weight 0 is none", "[linear_logistic][law]") {
  joust::stream random{19};
  auto const duels = duels_of(normal_vector(3, random), 30, random);
  linear_logistic weighted{{.dimension = 3}};
  linear_logistic repeated{{.dimension = 3}};
  for (answered const& duel : duels) {
    weighted.observe(duel.first, duel.second, duel.outcome, 3.0);
    for (int k = 0; k < 3; ++k) repeated.observe(duel.first, duel.second, duel.outcome);
    linear_logistic const before = weighted;
    weighted.observe(duel.second, duel.first, 1.0, 0.0);
    weighted.observe(duel.first, duel.first, 0.3);
    CHECK(weighted == before);
  }
  weighted.refit();
  repeated.refit();
  CHECK((weighted.mean() - repeated.mean()).norm() < 1e-8);
  CHECK((precision_of(weighted) - precision_of(repeated)).norm() < 1e-8);
  CHECK(weighted.observations() == 30);
  CHECK(repeated.observations() == 90);
}

TEST_CASE("what was learnt points the right way", "[linear_logistic]") {
  linear_logistic posterior{{.dimension = 2}};
  Eigen::MatrixXd const phi = Eigen::MatrixXd::Identity(3, 2);  // the third candidate is the origin
  for (int k = 0; k < 5; ++k) posterior.observe(phi.row(0), phi.row(1), joust::first_wins);
  auto belief = posterior.at(phi);
  CHECK(belief.mean()[0] > 0.3);
  CHECK(belief.mean()[1] < -0.3);
  CHECK(belief.mean()[2] == 0.0);
  CHECK(belief.pair_variance(0, 1) < 1.9);  // 2 under the prior, and less only between what was compared
  Eigen::VectorXd const sum = Eigen::VectorXd::Ones(2);
  CHECK(sum.dot(precision_of(posterior).inverse() * sum) == Approx(2.0));
}

TEST_CASE("a thousand rank-one updates keep the factor of the summed precision",
          "[linear_logistic][cholesky]") {
  joust::stream random{20};
  for (Eigen::Index const d : {1, 2, 3, 4, 5, 8, 33}) {
    Eigen::MatrixXd precision = 0.01 * Eigen::MatrixXd::Identity(d, d);
    Eigen::MatrixXd factor = 0.1 * Eigen::MatrixXd::Identity(d, d);
    Eigen::MatrixXd const vectors = Eigen::MatrixXd::Random(7, d);
    Eigen::MatrixXd followed = 10.0 * vectors;  // whitened by the first factor
    std::vector<joust::detail::rotation> turns(static_cast<std::size_t>(d));
    std::vector<double> spill(7);
    for (int k = 0; k < 1000; ++k) {
      Eigen::VectorXd x = normal_vector(d, random);
      if (k % 5 == 0) x[k % d] = 0.0;
      precision += x * x.transpose();
      Eigen::VectorXd const before = followed.rowwise().squaredNorm();
      joust::detail::update_lower(factor, x.data(), turns.data());
      joust::detail::follow_update({followed.data(), 7, d}, turns.data(), spill.data());
      for (Eigen::Index i = 0; i < 7; ++i) {
        double const left = spill[static_cast<std::size_t>(i)];
        REQUIRE(followed.row(i).squaredNorm() + left * left == Approx(before[i]).epsilon(1e-12));
      }
    }
    Eigen::MatrixXd const full = precision.llt().matrixL();
    CHECK((factor - full).norm() < 1e-11 * full.norm());
    Eigen::MatrixXd const whitened =
        full.triangularView<Eigen::Lower>().solve(vectors.transpose()).transpose();
    CHECK((followed - whitened).norm() < 1e-11 * whitened.norm());
  }
}

TEST_CASE("the tiled factorisation and whitening are Eigen's", "[linear_logistic][cholesky]") {
  for (Eigen::Index const d : {1, 31, 64, 65, 150}) {
    std::srand(4);
    Eigen::MatrixXd const root = Eigen::MatrixXd::Random(d, d + 70);
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Identity(d, d);
    joust::detail::add_outer_products(matrix, {root.data(), d, d + 70});
    Eigen::MatrixXd const whole = Eigen::MatrixXd::Identity(d, d) + root * root.transpose();
    REQUIRE(joust::detail::factorise(matrix));
    Eigen::MatrixXd const lower = matrix.triangularView<Eigen::Lower>();
    CHECK((lower * lower.transpose() - whole).norm() < 1e-12 * whole.norm());
    Eigen::MatrixXd vectors = root;
    joust::detail::whiten(matrix, {vectors.data(), d, d + 70});
    CHECK((lower * vectors - root).norm() < 1e-11 * root.norm());
    matrix = -whole;
    CHECK_FALSE(joust::detail::factorise(matrix));
  }
}

TEST_CASE("fixed arms leave at most one contrast per pair", "[linear_logistic]") {
  joust::stream random{21};
  joust::detail::contrast_store store{10};
  Eigen::MatrixXd arms(12, 10);  // +-1, which differ in the sign bit alone
  for (double& entry : arms.reshaped()) entry = joust::draw_bernoulli(0.5, random) * 2.0 - 1.0;
  double weight = 0.0;
  double won = 0.0;
  std::vector<double> z(10);
  std::set<std::vector<double>> distinct;
  for (int t = 0; t < 3000; ++t) {
    auto const a = static_cast<Eigen::Index>(joust::draw_index(12, random));
    auto const b = static_cast<Eigen::Index>(joust::draw_index(12, random));
    if (a == b) continue;
    Eigen::Map<Eigen::VectorXd>{z.data(), 10} = (arms.row(a) - arms.row(b)).transpose();
    bool const turned = joust::detail::orient(z);
    store.make_room(store.size() + 1);
    distinct.insert(z);
    store.add(z, 1.0, turned ? 0.0 : 1.0);
    weight += 1.0;
    won += turned ? 0.0 : 1.0;
  }
  CHECK(store.size() == distinct.size());  // at most 66 pairs; some differ by the same vector
  CHECK(distinct.size() > 50);
  double total = 0.0;
  double wins = 0.0;
  for (double const w : store.weights()) total += w;
  for (double const w : store.won()) wins += w;
  CHECK(total == weight);
  CHECK(wins == won);
}

TEST_CASE("fixed candidates kept whitened give the variances of whitening them afresh", "[linear_logistic]") {
  joust::stream random{31};
  for (Eigen::Index const d : {1, 3, 4, 10}) {
    Eigen::MatrixXd const phi =
        Eigen::MatrixXd::NullaryExpr(9, d, [&] { return joust::draw_uniform(random) - 0.5; });
    Eigen::MatrixXd const others = 2.0 * phi.colwise().reverse();
    auto const dimension = static_cast<std::size_t>(d);
    linear_logistic kept{{.dimension = dimension, .fixed_candidates = true}};
    linear_logistic plain{{.dimension = dimension}};
    for (int t = 0; t < 300; ++t) {
      Eigen::MatrixXd const& shown =
          t % 50 == 40 ? others : phi;  // other candidates in between are not a fault
      std::size_t const i = joust::draw_index(9, random);
      std::size_t const j = joust::draw_index(9, random);
      auto kept_belief = kept.at(shown);
      auto plain_belief = plain.at(shown);
      double const expected = plain_belief.pair_variance(i, j);
      REQUIRE(kept_belief.pair_variance(i, j) == Approx(expected).epsilon(1e-10).margin(1e-14));
      REQUIRE(kept_belief.pair_variances(i)[j] == Approx(expected).epsilon(1e-10).margin(1e-14));
      REQUIRE(kept_belief.pair_variance(j, i) == kept_belief.pair_variances(i)[j]);
      double const y = joust::draw_bernoulli(0.7, random);
      auto const row = [&](std::size_t k) { return shown.row(static_cast<Eigen::Index>(k)); };
      kept.observe(row(i), row(j), y);
      plain.observe(row(i), row(j), y);
    }
    CHECK(kept.mean() == plain.mean());
    if (d > 1) {  // equal candidates stay equal however long they are carried along
      Eigen::MatrixXd twins = phi;
      twins.row(8) = twins.row(0);
      (void)kept.at(twins).pair_variance(0, 1);
      for (int t = 0; t < 2000; ++t) {
        auto belief = kept.at(twins);
        REQUIRE(belief.pair_variance(0, 8) == 0.0);
        kept.observe(twins.row(1 + t % 7), twins.row(0), t % 3 == 0 ? 1.0 : 0.0);
      }
    }
  }
}

TEST_CASE("fixed candidates that are not finite are refused and the kept ones stay",
          "[linear_logistic][fault]") {
  Eigen::MatrixXd const phi = Eigen::MatrixXd::Random(5, 3);
  linear_logistic posterior{{.dimension = 3, .fixed_candidates = true}};
  double const before = posterior.at(phi).pair_variance(1, 2);
  Eigen::MatrixXd bad = phi;
  bad(2, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(posterior.at(bad), std::invalid_argument);
  CHECK(posterior.at(phi).pair_variance(1, 2) == before);
  CHECK(
      linear_logistic{}.fresh(joust::setting{.dimension = 3, .fixed_arms = true}).options().fixed_candidates);
  CHECK_FALSE(linear_logistic{}
                  .fresh(joust::setting{.dimension = 3, .fixed_arms = false})
                  .options()
                  .fixed_candidates);
}

TEST_CASE("a posterior accepts every kind of vector and matrix alike", "[linear_logistic]") {
  Eigen::MatrixXd const phi = Eigen::MatrixXd::Random(6, 3).cast<float>().cast<double>();
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> const rows = phi;
  Eigen::MatrixXf const floats = phi.cast<float>();
  linear_logistic one{{.dimension = 3}};
  one.observe(phi.row(0), phi.row(1), 1.0);
  linear_logistic two{{.dimension = 3}};
  two.observe(rows.row(0), rows.row(1).transpose(), 1.0);
  linear_logistic three{{.dimension = 3}};
  three.observe(floats.row(0).transpose(), Eigen::Vector3d{phi.row(1)}, 1.0);
  linear_logistic four{{.dimension = 3}};
  four.observe(2.0 * phi.row(0), phi.row(0) + phi.row(1), 1.0);
  CHECK(one == two);
  CHECK(one == three);
  CHECK((one.mean() - four.mean()).norm() < 1e-14);

  auto const same = [&](auto&& belief) {
    auto reference = one.at(phi);
    std::vector<double> const expected{reference.mean().begin(), reference.mean().end()};
    double const variance = reference.pair_variance(1, 4);
    auto other = belief();
    std::vector<double> const got{other.mean().begin(), other.mean().end()};
    return expected == got && variance == other.pair_variance(1, 4);
  };
  CHECK(same([&] { return one.at(rows); }));
  CHECK(same([&] { return one.at(floats); }));
  CHECK(same([&] { return one.at(Eigen::MatrixXd{phi}); }));  // a temporary is kept alive by a copy
  CHECK(same([&] { return one.at(1.0 * phi); }));
  Eigen::MatrixXd wide(9, 3);
  wide.middleRows(2, 6) = phi;
  CHECK(same([&] { return one.at(wide.middleRows(2, 6)); }));
  Eigen::Ref<Eigen::MatrixXd const> const reference = wide.middleRows(2, 6);
  CHECK(same([&] { return one.at(reference); }));
}

TEST_CASE("d = 1 and d = 1024 work", "[linear_logistic]") {
  joust::stream random{23};
  linear_logistic small_one{{.dimension = 1}};
  Eigen::MatrixXd const line = Eigen::VectorXd::LinSpaced(5, 0.0, 1.0);
  for (int k = 0; k < 50; ++k) small_one.observe(line.row(4), line.row(0), 1.0);
  CHECK(small_one.mean()[0] > 1.0);
  CHECK(small_one.at(line).mean()[4] > small_one.at(line).mean()[3]);

  constexpr Eigen::Index d = 1024;
  Eigen::MatrixXd const phi = Eigen::MatrixXd::Random(6, d) / 32.0;
  linear_logistic large{{.dimension = d}};
  std::vector<answered> duels;
  for (int k = 0; k < 30; ++k) {
    Eigen::Index const a = k % 6;
    Eigen::Index const b = (k + 1 + k / 6) % 6;
    if (a == b) continue;
    duels.push_back({phi.row(a).transpose(), phi.row(b).transpose(), a < b ? 1.0 : 0.0, 1.0});
  }
  teach(large, duels);
  large.refit();
  Eigen::VectorXd gradient = large.mean();
  for (answered const& duel : duels) {
    Eigen::VectorXd const z = duel.first - duel.second;
    gradient += (joust::sigmoid(z.dot(large.mean())) - duel.outcome) * z;
  }
  CHECK(gradient.norm() < 1e-8);
  auto belief = large.at(phi);
  CHECK(belief.mean()[0] > belief.mean()[5]);
  CHECK(belief.pair_variance(0, 5) < (phi.row(0) - phi.row(5)).squaredNorm());
  CHECK(std::isfinite(belief.draw(random)[3]));
}

TEST_CASE("a prototype refuses to work and makes sized posteriors", "[linear_logistic][fault]") {
  linear_logistic prototype{{.prior_precision = 4.0}};
  Eigen::MatrixXd const phi = Eigen::MatrixXd::Identity(2, 2);
  CHECK(prototype.dimension() == 0);
  CHECK_THROWS_WITH(prototype.at(phi), Catch::Contains("dimension: is 0"));
  CHECK_THROWS_AS(prototype.observe(phi.row(0), phi.row(1), 1.0), std::invalid_argument);
  CHECK_THROWS_AS(prototype.refit(), std::invalid_argument);
  CHECK_THROWS_AS(prototype.fresh(0), std::invalid_argument);
  linear_logistic sized = prototype.fresh(2);
  CHECK(sized == linear_logistic{{.dimension = 2, .prior_precision = 4.0}});
  CHECK(sized.at(phi).pair_variance(0, 1) == Approx(0.5));
  sized.observe(phi.row(0), phi.row(1), 1.0);
  CHECK(sized.fresh(2) == prototype.fresh(2));
  CHECK_FALSE(sized == prototype.fresh(2));
}

TEST_CASE("bad options are refused by name", "[linear_logistic][fault]") {
  CHECK_THROWS_WITH((linear_logistic{{.dimension = 1, .prior_precision = 0.0}}),
                    Catch::Contains("prior_precision"));
  CHECK_THROWS_WITH((linear_logistic{{.dimension = 1, .prior_precision = never}}),
                    Catch::Contains("prior_precision"));
  CHECK_THROWS_WITH((linear_logistic{{.refit_growth = 1.0}}), Catch::Contains("refit_growth"));
  CHECK_THROWS_WITH((linear_logistic{{.refit_growth = std::nan("")}}), Catch::Contains("refit_growth"));
  CHECK_THROWS_WITH((linear_logistic{{.newton_tolerance = -1.0}}), Catch::Contains("newton_tolerance"));
  CHECK_THROWS_WITH((linear_logistic{{.newton_steps = 0}}), Catch::Contains("newton_steps"));
}

TEST_CASE("a refused duel or candidate set changes nothing", "[linear_logistic][fault]") {
  joust::stream random{24};
  linear_logistic posterior{{.dimension = 3}};
  teach(posterior, duels_of(normal_vector(3, random), 20, random));
  linear_logistic const before = posterior;
  Eigen::VectorXd const a = Eigen::VectorXd::Ones(3);
  Eigen::VectorXd const b = Eigen::VectorXd::Zero(3);
  auto const refused = [&](auto const& x, auto const& y, double outcome, double weight) {
    CHECK_THROWS_AS(posterior.observe(x, y, outcome, weight), std::invalid_argument);
    CHECK(posterior == before);
  };
  for (double const bad : {std::nan(""), never, -never}) {
    refused(a, b, bad, 1.0);
    refused(a, b, 1.0, bad);
    Eigen::VectorXd broken = a;
    broken[1] = bad;
    refused(broken, b, 1.0, 1.0);
    refused(b, broken, 1.0, 0.0);
    refused(broken, broken, 1.0, 1.0);
    Eigen::MatrixXd phi = Eigen::MatrixXd::Zero(4, 3);
    phi(2, 1) = bad;
    CHECK_THROWS_AS(posterior.at(phi), std::invalid_argument);
  }
  refused(a, b, -0.1, 1.0);
  refused(a, b, 1.1, 1.0);
  refused(a, b, 1.0, -1.0);
  refused(Eigen::VectorXd::Ones(2), b, 1.0, 1.0);
  refused(a, Eigen::VectorXd::Ones(4), 1.0, 1.0);
  refused(1e200 * a, b, 1.0, 1.0);
  refused(1e40 * a, b, 1.0, 1e40);
  CHECK_THROWS_WITH(posterior.at(Eigen::MatrixXd::Zero(4, 2)), Catch::Contains("2 columns wide"));
  CHECK_THROWS_WITH(posterior.at(Eigen::MatrixXd::Zero(0, 3)), Catch::Contains("without rows"));
  CHECK(posterior == before);
}

TEST_CASE("a copy goes its own way", "[linear_logistic]") {
  joust::stream random{25};
  auto const duels = duels_of(normal_vector(3, random), 60, random);
  linear_logistic original{{.dimension = 3}};
  teach(original, {duels.begin(), duels.begin() + 30});
  linear_logistic copy = original;
  linear_logistic const before = original;
  teach(copy, {duels.begin() + 30, duels.end()});
  CHECK(original == before);
  teach(original, {duels.begin() + 30, duels.end()});
  CHECK(original == copy);
}
