// SPDX-License-Identifier: MIT
#include <joust/device/linear_widths.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/queue.hpp>

#include "random_belief.hpp"

namespace {

using joust::pairing;
using joust::device::buffer;
using joust::device::linear_posterior;
using joust::device::linear_widths;
using joust::device::queue;
using joust_test::random_belief;
using joust_test::tolerance;

template <class T>
std::vector<T> poisoned(std::size_t count) {
  return std::vector<T>(count, std::numeric_limits<T>::quiet_NaN());
}

template <class T>
std::vector<T> variances_of(linear_widths<T> const& widths) {
  queue const order;
  buffer<T> into{poisoned<T>(widths.size())};
  widths.variances(order, {into.data(), into.size()});
  return into.download(order);
}

template <class T>
std::vector<T> pair_variances_of(linear_widths<T> const& widths, std::vector<pairing> const& pairs) {
  queue const order;
  buffer<pairing> const asked{pairs};
  buffer<T> into{poisoned<T>(pairs.size())};
  widths.pair_variances(order, {asked.data(), asked.size()}, {into.data(), into.size()});
  return into.download(order);
}

template <class T>
linear_widths<T> widths_of(random_belief const& belief, std::vector<T> const& values) {
  queue const order;
  linear_widths<T> widths;
  linear_posterior<T> const posterior{belief};
  buffer<T> const features{values};
  widths.whiten(order, posterior, {features.data(), features.size()});
  order.wait();
  return widths;
}

}  // namespace

TEMPLATE_TEST_CASE("variances of a batch are phi' H^-1 phi", "[linear_widths]", float, double) {
  std::uint64_t seed = 20;
  for (std::size_t const d : {1U, 2U, 7U, 8U, 33U, 64U, 100U}) {
    for (std::size_t const count : {1U, 63U, 257U, 600U}) {
      random_belief const belief{d, count, ++seed};
      std::vector<TestType> const found =
          variances_of(widths_of<TestType>(belief, belief.features<TestType>()));
      Eigen::VectorXd const expected =
          belief.candidates.cwiseProduct(belief.covariance * belief.candidates).colwise().sum().transpose();
      double worst = 0.0;
      for (std::size_t i = 0; i < count; ++i) {
        double const exact = expected[static_cast<Eigen::Index>(i)];
        double const error = std::fabs(found[i] - exact) / tolerance<TestType>(exact);
        worst = error <= worst ? worst : error;
      }
      INFO("d " << d << ", candidates " << count);
      CHECK(worst < 1.0);
    }
  }
}

TEMPLATE_TEST_CASE("pair variances of a batch are those of the host's belief", "[linear_widths]", float,
                   double) {
  std::uint64_t seed = 200;
  for (std::size_t const d : {1U, 3U, 8U, 31U, 64U}) {
    for (std::size_t const count : {2U, 70U, 500U}) {
      random_belief belief{d, count, ++seed};
      linear_widths<TestType> const widths = widths_of<TestType>(belief, belief.features<TestType>());
      joust::stream random{seed};
      std::vector<pairing> pairs;
      for (int i = 0; i < 700; ++i) {
        pairs.push_back({joust::draw_index(count, random), joust::draw_index(count, random)});
      }
      std::vector<TestType> const found = pair_variances_of(widths, pairs);
      for (pairing& pair : pairs) std::swap(pair.first, pair.second);
      CHECK(pair_variances_of(widths, pairs) == found);  // exactly symmetric
      joust::linear_belief host = belief.at(0, count);
      double worst = 0.0;
      for (std::size_t i = 0; i < pairs.size(); ++i) {
        double const exact = host.pair_variance(pairs[i].first, pairs[i].second);
        double const error = std::fabs(found[i] - exact) / tolerance<TestType>(exact);
        worst = error <= worst ? worst : error;
      }
      INFO("d " << d << ", candidates " << count);
      CHECK(worst < 1.0);
    }
  }
}

TEST_CASE("equal candidates have no variance between them, wherever they stand", "[linear_widths]") {
  for (std::size_t const d : {5U, 67U}) {
    random_belief belief{d, 300, 40 + d};
    std::vector<pairing> pairs;
    for (std::size_t const twin : {5U, 63U, 64U, 100U, 299U}) {
      belief.candidates.col(static_cast<Eigen::Index>(twin)) = belief.candidates.col(3);
      pairs.push_back({3, twin});
    }
    pairs.push_back({7, 7});
    for (double const variance :
         pair_variances_of(widths_of<double>(belief, belief.features<double>()), pairs)) {
      CHECK(variance == 0.0);
    }
    CHECK(pair_variances_of(widths_of<double>(belief, belief.features<double>()), {{3, 4}})[0] > 0.0);
  }
}

TEST_CASE("variances fall as the host learns", "[linear_widths]") {
  // The precision grows by a term for one contrast: the variance of that contrast falls to q / (1 + q).
  random_belief belief{6, 40, 50};
  std::vector<pairing> const pairs{{2, 9}, {1, 3}};
  std::vector<double> const before =
      pair_variances_of(widths_of<double>(belief, belief.features<double>()), pairs);
  Eigen::VectorXd const z = belief.candidates.col(2) - belief.candidates.col(9);
  Eigen::MatrixXd const precision = belief.factor * belief.factor.transpose() + z * z.transpose();
  belief.factor = precision.llt().matrixL();
  std::vector<double> const after =
      pair_variances_of(widths_of<double>(belief, belief.features<double>()), pairs);
  CHECK(after[0] == Approx(before[0] / (1.0 + before[0])).epsilon(1e-12));
  CHECK(after[1] <= before[1]);
}

TEST_CASE("features that are not finite reach no other candidate's variance", "[linear_widths]") {
  constexpr std::size_t d = 6;
  random_belief const belief{d, 300, 60};
  std::vector<double> spoilt = belief.features<double>();
  spoilt[17 * d + 2] = std::nan("");
  linear_widths<double> const good = widths_of<double>(belief, belief.features<double>());
  linear_widths<double> const bad = widths_of<double>(belief, spoilt);
  std::vector<pairing> const pairs{{1, 2}, {17, 3}, {3, 17}, {16, 18}, {17, 17}};
  std::vector<double> const expected = pair_variances_of(good, pairs);
  std::vector<double> const found = pair_variances_of(bad, pairs);
  for (std::size_t const i : {1U, 2U, 4U}) CHECK(std::isnan(found[i]));
  for (std::size_t const i : {0U, 3U}) CHECK(found[i] == expected[i]);
  std::vector<double> const variances = variances_of(bad);
  std::vector<double> const others = variances_of(good);
  for (std::size_t i = 0; i < variances.size(); ++i) {
    if (i == 17) {
      CHECK(std::isnan(variances[i]));
    } else {
      CHECK(variances[i] == others[i]);
    }
  }
}

TEST_CASE("a pair that names no candidate is unknown, and harms no other", "[linear_widths]") {
  random_belief const belief{4, 10, 61};
  linear_widths<double> const widths = widths_of<double>(belief, belief.features<double>());
  std::vector<double> const found = pair_variances_of(widths, {{0, 10}, {1, 2}, {~std::size_t{0}, 0}});
  CHECK(std::isnan(found[0]));
  CHECK(found[1] > 0.0);
  CHECK(std::isnan(found[2]));
}

TEST_CASE("batches of one linear_widths may differ in size, and may be empty", "[linear_widths]") {
  queue const order;
  random_belief const belief{4, 90, 62};
  linear_posterior<double> const posterior{belief};
  buffer<double> const features{belief.features<double>()};
  linear_widths<double> widths;
  CHECK(widths.size() == 0);
  widths.variances(order, {});
  for (std::size_t const count : {90U, 3U, 0U, 50U}) {
    widths.whiten(order, posterior, {features.data(), count * 4});
    order.wait();  // the helpers have queues of their own
    REQUIRE(widths.size() == count);
    CHECK(widths.whitened().size() == count * 4);
    std::vector<double> const first = variances_of(widths);
    widths.whiten(order, posterior, {features.data(), count * 4});
    order.wait();
    CHECK(variances_of(widths) == first);
    CHECK(pair_variances_of(widths, {}).empty());
  }
}

TEST_CASE("widths refuse lengths that do not fit together", "[linear_widths][fault]") {
  queue const order;
  linear_posterior<double> const posterior{std::size_t{3}};
  linear_widths<double> widths;
  buffer<double> const features{std::vector<double>(6, 1.0)};
  buffer<double> into{std::vector<double>(2, 7.0)};
  buffer<pairing> const pairs{std::vector<pairing>(1)};
  CHECK_THROWS_WITH(widths.whiten(order, posterior, {features.data(), 4}),
                    "features: is of length 4; expected a multiple of 3, the dimension of the posterior");
  widths.whiten(order, posterior, {features.data(), 6});
  CHECK_THROWS_AS(widths.variances(order, {into.data(), 1}), std::invalid_argument);
  CHECK_THROWS_AS(widths.pair_variances(order, {pairs.data(), 1}, {into.data(), 2}), std::invalid_argument);
  CHECK(into.download(order) == std::vector<double>(2, 7.0));
}
