// SPDX-License-Identifier: MIT
#include <joust/device/simulate_linear.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <catch2/catch.hpp>

#include <joust/agent/contextual.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/queue.hpp>
#include <joust/experiment/run.hpp>
#include <joust/posterior/linear_logistic.hpp>
#include <joust/rule/thompson.hpp>

namespace {

using joust::pairing;
using joust::stream;
using joust::device::buffer;
using joust::device::feature_spread;
using joust::device::linear_rule;
using joust::device::linear_simulation;
using joust::device::queue;
using joust::device::regret_curve;
using joust::device::simulate_linear;
using joust::device::detail::standard_normal;

// The simulated environment as the host would write it down, for joust::run.
class host_problem {
 public:
  host_problem(linear_simulation const& options, stream birth)
      : options_{options},
        features_(static_cast<Eigen::Index>(options.candidates),
                  static_cast<Eigen::Index>(options.dimension)),
        theta_(static_cast<Eigen::Index>(options.dimension)) {
    for (double& coordinate : theta_) coordinate = standard_normal(birth());
    theta_ *= options.scale / theta_.norm();
  }

  [[nodiscard]] joust::setting shape() const {
    return {.arms = options_.candidates, .dimension = options_.dimension, .fixed_arms = options_.fixed_arms};
  }

  void advance(stream& context) {
    if (options_.fixed_arms && drawn_) return;
    drawn_ = true;
    for (Eigen::Index i = 0; i < features_.rows(); ++i) {
      if (options_.spread == feature_spread::corners) {
        std::uint64_t const corner = context();
        for (Eigen::Index k = 0; k < features_.cols(); ++k) {
          features_(i, k) =
              ((corner >> k) % 2 == 1 ? 1.0 : -1.0) / std::sqrt(static_cast<double>(features_.cols()));
        }
        continue;
      }
      for (Eigen::Index k = 0; k < features_.cols(); ++k) features_(i, k) = standard_normal(context());
      if (options_.spread == feature_spread::sphere) features_.row(i).normalize();
    }
    utilities_ = features_ * theta_;
  }

  [[nodiscard]] Eigen::MatrixXd const& features() const { return features_; }
  [[nodiscard]] double probability(std::size_t first, std::size_t second) const {
    return joust::sigmoid(utility(first) - utility(second));
  }
  [[nodiscard]] double compare(std::size_t first, std::size_t second, stream& random) const {
    return joust::draw_bernoulli(probability(first, second), random);
  }

  void add_regrets(pairing pair, std::span<double> totals) const {
    double const best = utilities_.maxCoeff();
    totals[joust::slot(joust::regret_kind::utility)] +=
        best - 0.5 * (utility(pair.first) + utility(pair.second));
  }
  [[nodiscard]] bool knows(joust::regret_kind kind) const { return kind == joust::regret_kind::utility; }
  [[nodiscard]] double simple_regret(std::size_t) const { return 0.0; }

 private:
  [[nodiscard]] double utility(std::size_t i) const { return utilities_[static_cast<Eigen::Index>(i)]; }

  linear_simulation options_;
  Eigen::MatrixXd features_;
  Eigen::VectorXd theta_;
  Eigen::VectorXd utilities_;
  bool drawn_ = false;
};

// The simulated agent as one would first write it down: the precision as a matrix, factorised anew for every
// use. `sign` is that of what an answer teaches; -1 plants a bug.
class textbook {
 public:
  textbook(linear_simulation const& options, std::vector<pairing>& decisions, double sign = 1.0)
      : options_{options}, decisions_{&decisions}, sign_{sign} {
    auto const d = static_cast<Eigen::Index>(options.dimension);
    precision_ = options.prior_precision * Eigen::MatrixXd::Identity(d, d);
    mean_ = Eigen::VectorXd::Zero(d);
  }

  pairing select(Eigen::MatrixXd const& phi, stream& random) {
    pairing const pair = options_.rule == linear_rule::thompson ? by_thompson(phi, random) : by_promise(phi);
    decisions_->push_back(pair);
    return pair;
  }

  void observe(Eigen::MatrixXd const& phi, std::size_t first, std::size_t second, double y) {
    Eigen::VectorXd const z =
        (phi.row(static_cast<Eigen::Index>(first)) - phi.row(static_cast<Eigen::Index>(second))).transpose();
    double const margin = z.dot(mean_);
    precision_ += joust::sigmoid_slope(margin) * z * z.transpose();
    mean_ += sign_ * (y - joust::sigmoid(margin)) * precision_.llt().solve(z);
  }

  [[nodiscard]] std::size_t recommend(Eigen::MatrixXd const& phi) const {
    Eigen::Index best = 0;
    (phi * mean_).maxCoeff(&best);
    return static_cast<std::size_t>(best);
  }

 private:
  Eigen::VectorXd draw(stream& random) const {
    Eigen::VectorXd z(mean_.size());
    for (double& coordinate : z) coordinate = standard_normal(random());
    return mean_ + precision_.llt().matrixU().solve(z);
  }

  pairing by_thompson(Eigen::MatrixXd const& phi, stream& random) const {
    Eigen::Index first = 0;
    Eigen::Index second = 0;
    (phi * draw(random)).maxCoeff(&first);
    Eigen::VectorXd opinion = phi * draw(random);
    opinion.maxCoeff(&second);
    if (second == first) {
      opinion[first] = -std::numeric_limits<double>::infinity();
      opinion.maxCoeff(&second);
    }
    return {static_cast<std::size_t>(first), static_cast<std::size_t>(second)};
  }

  pairing by_promise(Eigen::MatrixXd const& phi) const {
    Eigen::MatrixXd const covariance =
        precision_.llt().solve(Eigen::MatrixXd::Identity(mean_.size(), mean_.size()));
    double most = -std::numeric_limits<double>::infinity();
    pairing pair;
    for (Eigen::Index i = 0; i < phi.rows(); ++i) {
      for (Eigen::Index j = i + 1; j < phi.rows(); ++j) {
        Eigen::VectorXd const z = (phi.row(i) - phi.row(j)).transpose();
        double const promise =
            (phi.row(i) + phi.row(j)).dot(mean_) + options_.width * std::sqrt(z.dot(covariance * z));
        if (promise > most) {
          most = promise;
          pair = {static_cast<std::size_t>(i), static_cast<std::size_t>(j)};
        }
      }
    }
    return pair;
  }

  linear_simulation options_;
  std::vector<pairing>* decisions_;
  double sign_;
  Eigen::MatrixXd precision_;
  Eigen::VectorXd mean_;
};

// An agent's utility regret at the checkpoints, in replication r.
template <class Agent>
std::vector<double> host_regret(linear_simulation const& options, stream const& root, std::size_t r,
                                Agent agent, std::vector<std::uint64_t> const& rounds) {
  stream const random = root.child(r);
  host_problem problem{options, random.child("instance")};
  joust::trace const played = joust::run(agent, problem, {.checkpoints = rounds}, random);
  std::vector<double> regret;
  for (joust::trace_point const& point : played.points) {
    regret.push_back(point.regret[joust::slot(joust::regret_kind::utility)]);
  }
  return regret;
}

struct recorded {
  regret_curve curve;
  std::vector<double> regret;      // [checkpoint * replications + r]
  std::vector<pairing> decisions;  // [round * replications + r]
};

recorded simulate(linear_simulation const& options, stream const& root,
                  std::vector<std::uint64_t> const& rounds) {
  queue const order;
  buffer<double> regret{std::vector<double>(rounds.size() * options.replications, std::nan(""))};
  buffer<pairing> decisions{std::vector<pairing>(rounds.back() * options.replications, {99, 99})};
  recorded result;
  result.curve = simulate_linear(order, options, root, rounds,
                                 {{regret.data(), regret.size()}, {decisions.data(), decisions.size()}});
  result.regret = regret.download(order);
  result.decisions = decisions.download(order);
  return result;
}

// The share of decisions in which a simulation and the textbook's agent agree, over all replications.
double agreement(linear_simulation const& options, stream const& root,
                 std::vector<std::uint64_t> const& rounds, double sign = 1.0) {
  recorded const played = simulate(options, root, rounds);
  std::size_t const n = options.replications;
  std::size_t equal = 0;
  for (std::size_t r = 0; r < n; ++r) {
    std::vector<pairing> decisions;
    std::vector<double> const regret =
        host_regret(options, root, r, textbook{options, decisions, sign}, rounds);
    bool all = true;
    for (std::size_t t = 0; t < decisions.size(); ++t) {
      bool const same = decisions[t] == played.decisions[t * n + r];
      equal += same ? 1 : 0;
      all = all && same;
    }
    for (std::size_t c = 0; all && c < rounds.size(); ++c) {
      CHECK(played.regret[c * n + r] == Approx(regret[c]).epsilon(1e-10).margin(1e-10));
    }
  }
  return static_cast<double>(equal) / static_cast<double>(rounds.back() * n);
}

// The mean of differences and its standard error.
struct paired_difference {
  double mean = 0.0;
  double error = 0.0;
};
paired_difference difference_of(std::vector<double> const& a, std::vector<double> const& b) {
  auto const n = static_cast<double>(a.size());
  paired_difference result;
  for (std::size_t i = 0; i < a.size(); ++i) result.mean += (a[i] - b[i]) / n;
  for (std::size_t i = 0; i < a.size(); ++i) {
    result.error += (a[i] - b[i] - result.mean) * (a[i] - b[i] - result.mean);
  }
  result.error = std::sqrt(result.error / (n - 1.0) / n);
  return result;
}

}  // namespace

TEST_CASE("a simulated agent decides as the textbook's does on the same streams", "[simulate_linear]") {
  // Where rounding turns a near tie the two part for good, so whole replications may differ: at most one
  // decision in a thousand.
  std::vector<std::uint64_t> const rounds{1, 10, 60};
  std::uint64_t seed = 1;
  for (linear_rule const rule : {linear_rule::thompson, linear_rule::max_pair_ucb}) {
    for (std::size_t const d : {1U, 3U, 4U, 5U, 8U, 13U, 16U, 20U, 32U}) {
      linear_simulation const options{
          .rule = rule,
          .dimension = d,
          .candidates = 2 + d % 7,
          .spread = d % 2 == 0 ? feature_spread::sphere : feature_spread::gaussian,
          .fixed_arms = d % 3 == 0,
          .scale = 3.0,
          .prior_precision = 0.5,
          .replications = 8};
      INFO("rule " << static_cast<int>(rule) << ", d " << d);
      CHECK(agreement(options, stream{++seed}, rounds) >= 0.999);
    }
  }
}

TEST_CASE("a simulated agent decides as the textbook's does among corners", "[simulate_linear]") {
  // Corners of a cube are often equally far apart, and equal corners may both be there: then rounding breaks
  // the ties of max_pair_ucb, and only draws of theta can be compared.
  linear_simulation const options{
      .dimension = 10, .candidates = 9, .spread = feature_spread::corners, .scale = 2.0, .replications = 30};
  CHECK(agreement(options, stream{70}, {1, 10, 100}) >= 0.999);
}

TEST_CASE("an agent that learns the wrong way is told from the simulated one", "[simulate_linear]") {
  linear_simulation const options{.dimension = 5, .candidates = 8, .scale = 4.0, .replications = 10};
  CHECK(agreement(options, stream{71}, {100}) >= 0.999);
  CHECK(agreement(options, stream{71}, {100}, -1.0) < 0.6);
}

TEST_CASE("a simulated agent's regret is about that of the library's own", "[simulate_linear]") {
  // Both meet the same instances, candidates and luck of the oracle in each replication, but draw theta from
  // normal numbers of their own; and the library's posterior finds the peak for each answer where the
  // simulated one makes one Newton step. Their mean regrets differ by less than 5 standard errors of the mean
  // of paired differences and 3 % of the regret; an agent that learns the wrong way loses several times as
  // much.
  std::vector<std::uint64_t> const rounds{300};
  linear_simulation const options{.dimension = 6, .candidates = 10, .scale = 4.0, .replications = 100};
  stream const root{72};
  std::vector<double> const simulated = simulate(options, root, rounds).regret;
  std::vector<double> library;
  std::vector<double> wrong;
  for (std::size_t r = 0; r < options.replications; ++r) {
    joust::contextual const agent{joust::linear_logistic{{.dimension = options.dimension}},
                                  joust::thompson{{.max_redraws = 0}}};
    library.push_back(host_regret(options, root, r, agent, rounds)[0]);
    std::vector<pairing> decisions;
    wrong.push_back(host_regret(options, root, r, textbook{options, decisions, -1.0}, rounds)[0]);
  }
  double mean = 0.0;
  for (double const regret : library) mean += regret / double(library.size());
  paired_difference const from_library = difference_of(simulated, library);
  INFO("library " << mean << ", simulated more by " << from_library.mean << " +- " << from_library.error);
  CHECK(std::fabs(from_library.mean) < 5.0 * from_library.error + 0.03 * mean);
  CHECK(from_library.error < 0.05 * mean);  // else the comparison above would say nothing
  paired_difference const from_wrong = difference_of(wrong, library);
  CHECK(from_wrong.mean > 5.0 * from_wrong.error + 0.03 * mean);
}

TEST_CASE("a simulation's curve is the mean of its replications, with its standard error",
          "[simulate_linear]") {
  std::vector<std::uint64_t> const rounds{2, 7, 20};
  for (std::size_t const n : {2U, 255U, 256U, 257U, 700U}) {
    linear_simulation const options{.dimension = 2, .candidates = 3, .replications = n};
    recorded const played = simulate(options, stream{80 + n}, rounds);
    CHECK(played.curve.rounds == rounds);
    for (std::size_t c = 0; c < rounds.size(); ++c) {
      std::vector<double> const row{played.regret.begin() + static_cast<std::ptrdiff_t>(c * n),
                                    played.regret.begin() + static_cast<std::ptrdiff_t>((c + 1) * n)};
      paired_difference const expected = difference_of(row, std::vector<double>(n, 0.0));
      CHECK(played.curve.mean[c] == Approx(expected.mean).epsilon(1e-12));
      CHECK(played.curve.standard_error[c] == Approx(expected.error).epsilon(1e-10));
    }
    CHECK(played.curve.mean[0] < played.curve.mean[2]);
  }
  linear_simulation const once{.dimension = 2, .candidates = 3, .replications = 1};
  recorded const played = simulate(once, stream{90}, rounds);
  CHECK(played.curve.mean == played.regret);
  CHECK(std::isnan(played.curve.standard_error[0]));
}

TEST_CASE("a replication does not depend on those beside it, nor on what is written down",
          "[simulate_linear]") {
  queue const order;
  std::vector<std::uint64_t> const rounds{5, 15};
  for (linear_rule const rule : {linear_rule::thompson, linear_rule::max_pair_ucb}) {
    linear_simulation options{.rule = rule, .dimension = 7, .candidates = 5, .replications = 600};
    recorded const many = simulate(options, stream{91}, rounds);
    regret_curve const unrecorded = simulate_linear(order, options, stream{91}, rounds);
    CHECK(unrecorded.mean == many.curve.mean);
    CHECK(unrecorded.standard_error == many.curve.standard_error);
    options.replications = 3;
    recorded const few = simulate(options, stream{91}, rounds);
    for (std::size_t c = 0; c < rounds.size(); ++c) {
      for (std::size_t r = 0; r < 3; ++r) CHECK(few.regret[c * 3 + r] == many.regret[c * 600 + r]);
    }
    for (std::size_t t = 0; t < rounds.back(); ++t) {
      for (std::size_t r = 0; r < 3; ++r) CHECK(few.decisions[t * 3 + r] == many.decisions[t * 600 + r]);
    }
    CHECK(simulate(options, stream{92}, rounds).regret != few.regret);
  }
}

TEST_CASE("replications that do not fit into memory together are played in portions", "[simulate_linear]") {
  // The whitened candidates of one replication take 70 kB: a host plays no more than 256 at a time.
  std::vector<std::uint64_t> const rounds{1};
  linear_simulation const options{
      .rule = linear_rule::max_pair_ucb, .dimension = 32, .candidates = 264, .replications = 270};
  recorded const played = simulate(options, stream{93}, rounds);
  std::size_t const n = options.replications;
  for (std::size_t const r : {std::size_t{0}, std::size_t{255}, std::size_t{256}, n - 1}) {
    std::vector<pairing> decisions;
    std::vector<double> const regret =
        host_regret(options, stream{93}, r, textbook{options, decisions}, rounds);
    CHECK(played.decisions[r] == decisions[0]);
    CHECK(played.regret[r] == Approx(regret[0]).epsilon(1e-12));
  }
  double sum = 0.0;
  for (double const regret : played.regret) sum += regret;
  CHECK(played.curve.mean[0] == Approx(sum / static_cast<double>(n)).epsilon(1e-12));
}

TEST_CASE("utilities keep to their scale", "[simulate_linear]") {
  // A round costs at most the distance of the best and the worst candidate, 2 scale on sphere and corners.
  std::vector<std::uint64_t> const rounds{1, 2, 3};
  for (feature_spread const spread : {feature_spread::sphere, feature_spread::corners}) {
    for (double const scale : {0.5, 20.0}) {
      linear_simulation const options{
          .dimension = 3, .candidates = 4, .spread = spread, .scale = scale, .replications = 300};
      recorded const played = simulate(options, stream{94}, rounds);
      double largest = 0.0;
      for (std::size_t r = 0; r < 300; ++r) {
        CHECK(played.regret[r] >= 0.0);
        largest = std::max(largest, played.regret[r]);
      }
      CHECK(largest <= 2.0 * scale);
      CHECK(largest > 0.5 * scale);
    }
  }
}

TEST_CASE("a simulation refuses what it cannot play, and touches nothing", "[simulate_linear][fault]") {
  queue const order;
  std::vector<std::uint64_t> const rounds{1, 4};
  auto const refuses = [&](linear_simulation const& options) {
    CHECK_THROWS_AS(simulate_linear(order, options, stream{1}, rounds), std::invalid_argument);
  };
  refuses({.dimension = 0});
  refuses({.dimension = 33});
  refuses({.candidates = 1});
  refuses({.scale = 0.0});
  refuses({.scale = std::nan("")});
  refuses({.prior_precision = -1.0});
  refuses({.width = -0.5});
  refuses({.width = HUGE_VAL});
  refuses({.replications = 0});
  for (std::vector<std::uint64_t> const& bad :
       {std::vector<std::uint64_t>{}, {0}, {3, 3}, {5, 2}, {std::uint64_t{1} << 32U}}) {
    CHECK_THROWS_AS(simulate_linear(order, {}, stream{1}, bad), std::invalid_argument);
  }
  buffer<double> regret{std::vector<double>(7, 1.0)};
  CHECK_THROWS_WITH(
      simulate_linear(order, {.replications = 4}, stream{1}, rounds, {.regret = {regret.data(), 7}}),
      "records.regret: is of length 7; expected 8, checkpoints times replications");
  buffer<pairing> decisions{std::vector<pairing>(7)};
  CHECK_THROWS_AS(
      simulate_linear(order, {.replications = 4}, stream{1}, rounds, {.decisions = {decisions.data(), 7}}),
      std::invalid_argument);
  CHECK(regret.download(order) == std::vector<double>(7, 1.0));
}
