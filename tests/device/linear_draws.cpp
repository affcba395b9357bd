// SPDX-License-Identifier: MIT
#include <joust/device/linear_draws.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>

#include "random_belief.hpp"

namespace {

using joust::stream;
using joust::device::buffer;
using joust::device::linear_draws;
using joust::device::linear_posterior;
using joust::device::queue;
using joust::device::detail::standard_normal;
using joust_test::random_belief;
using joust_test::tolerance;

struct normals {
  std::uint64_t const* words;
  double* numbers;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const { numbers[i] = standard_normal(words[i]); }
};

std::vector<double> normals_of(std::vector<std::uint64_t> const& words) {
  queue const order;
  buffer<std::uint64_t> const from{words};
  buffer<double> numbers{words.size()};
  joust::device::for_each_index(order, words.size(), normals{from.data(), numbers.data()});
  return numbers.download(order);
}

std::vector<std::uint64_t> words_of(std::uint64_t seed, std::size_t count) {
  stream random{seed};
  std::vector<std::uint64_t> words(count);
  for (std::uint64_t& word : words) word = random();
  return words;
}

// theta = m + L^-T z by the host, z the first words of the stream.
Eigen::VectorXd host_draw(random_belief const& belief, stream random) {
  Eigen::VectorXd z(belief.parameter_mean.size());
  for (double& coordinate : z) coordinate = standard_normal(random());
  return belief.parameter_mean + belief.factor.triangularView<Eigen::Lower>().transpose().solve(z);
}

template <class T>
constexpr T poison = std::numeric_limits<T>::quiet_NaN();

// Offsets of contexts with 0 to 8 candidates each, `count` in all.
std::vector<std::size_t> ragged(std::size_t count) {
  std::vector<std::size_t> offsets{0};
  for (std::size_t b = 0; offsets.back() < count; ++b) {
    offsets.push_back(std::min(count, offsets.back() + b * 5 % 9));
  }
  return offsets;
}

}  // namespace

TEST_CASE("a normal number is the quantile of its word", "[linear_draws]") {
  // P(Z <= z) by erfc, for words from end to end: both tails, the seams of the three approximations, the
  // middle. The distribution function is compared relatively on the side of the tail, where its relative
  // slope is about |z|: an error of 1e-15 in z becomes |z| z 1e-15 there.
  std::vector<std::uint64_t> words = words_of(1, 20'000);
  for (unsigned bits = 0; bits < 53; ++bits) {
    std::uint64_t const n = std::uint64_t{1} << bits;
    for (std::uint64_t const each : {n - 1, n, n + 1}) {
      words.push_back(each << 11U);
      words.push_back(~(each << 11U));
    }
  }
  std::vector<double> const z = normals_of(words);
  for (std::size_t i = 0; i < words.size(); ++i) {
    double const below = (static_cast<double>(words[i] >> 11U) + 0.5) * 0x1p-53;
    double const above = (static_cast<double>(~words[i] >> 11U) + 0.5) * 0x1p-53;
    double const tail = below < above ? below : above;
    double const expected = 0.5 * std::erfc(std::fabs(z[i]) / std::sqrt(2.0));
    REQUIRE(std::fabs(expected - tail) <= 4e-15 * (1.0 + z[i] * z[i]) * tail);
    REQUIRE((z[i] < 0.0) == (below < above));
  }
}

TEST_CASE("normal numbers are symmetric, finite and rise with their word", "[linear_draws]") {
  std::vector<std::uint64_t> words = words_of(2, 5'000);
  words.insert(words.end(),
               {0, 1, ~std::uint64_t{0}, std::uint64_t{1} << 63U, (std::uint64_t{1} << 63U) - 1});
  std::sort(words.begin(), words.end());
  std::vector<std::uint64_t> mirrored = words;
  for (std::uint64_t& word : mirrored) word = ~word;
  std::vector<double> const z = normals_of(words);
  std::vector<double> const opposite = normals_of(mirrored);
  for (std::size_t i = 0; i < z.size(); ++i) {
    REQUIRE(opposite[i] == -z[i]);
    REQUIRE(std::fabs(z[i]) < 8.4);
    if (i != 0) REQUIRE(z[i] >= z[i - 1]);
  }
}

TEST_CASE("normal numbers have the moments and tails of the normal distribution", "[linear_draws]") {
  // Of n numbers: mean 0 +- 1 / sqrt(n); squares 1 +- sqrt(2 / n); cubes 0 +- sqrt(15 / n); fourth powers 3
  // +- sqrt(96 / n); a share p beyond a bound +- sqrt(p (1 - p) / n). Bounds are 5 sigma.
  constexpr std::size_t n = 200'000;
  std::vector<double> const z = normals_of(words_of(3, n));
  std::array<double, 4> moments{};
  std::array<double, 4> beyond{};
  for (double const x : z) {
    double power = 1.0;
    for (double& moment : moments) moment += (power *= x) / n;
    for (std::size_t bound = 0; bound < 4; ++bound)
      beyond[bound] += (x > static_cast<double>(bound)) / double(n);
  }
  double const root = std::sqrt(double(n));
  CHECK(std::fabs(moments[0]) < 5.0 / root);
  CHECK(std::fabs(moments[1] - 1.0) < 5.0 * std::sqrt(2.0) / root);
  CHECK(std::fabs(moments[2]) < 5.0 * std::sqrt(15.0) / root);
  CHECK(std::fabs(moments[3] - 3.0) < 5.0 * std::sqrt(96.0) / root);
  for (std::size_t bound = 0; bound < 4; ++bound) {
    double const p = 0.5 * std::erfc(static_cast<double>(bound) / std::sqrt(2.0));
    CHECK(std::fabs(beyond[bound] - p) < 5.0 * std::sqrt(p * (1.0 - p)) / root);
  }
}

TEMPLATE_TEST_CASE("shared draws are those of the host, candidate for candidate", "[linear_draws]", float,
                   double) {
  queue const order;
  linear_draws<TestType> draw;
  std::uint64_t seed = 10;
  for (std::size_t const d : {1U, 8U, 17U, 65U}) {
    for (std::size_t const count : {1U, 257U, 700U}) {
      for (std::size_t const draws : {1U, 20U, 33U}) {
        random_belief const belief{d, count, ++seed};
        linear_posterior<TestType> const posterior{belief};
        std::size_t const stride = count + seed % 3;
        buffer<TestType> const features{belief.features<TestType>()};
        buffer<TestType> rewards{std::vector<TestType>(stride * draws, poison<TestType>)};
        draw(order, posterior, {features.data(), features.size()}, draws, stream{seed},
             {rewards.data(), rewards.size()}, stride);
        std::vector<TestType> const drawn = rewards.download(order);
        double worst = 0.0;
        bool left_alone = true;
        for (std::size_t k = 0; k < draws; ++k) {
          Eigen::VectorXd const theta = host_draw(belief, stream{seed}.child(k));
          Eigen::VectorXd const expected = belief.candidates.transpose() * theta;
          double const scale = theta.norm() * std::sqrt(double(d));
          for (std::size_t i = 0; i < stride; ++i) {
            double const reward = drawn[k * stride + i];
            if (i >= count) {
              left_alone = left_alone && std::isnan(reward);
              continue;
            }
            double const error =
                std::fabs(reward - expected[static_cast<Eigen::Index>(i)]) / tolerance<TestType>(scale);
            worst = error <= worst ? worst : error;  // keeps a NaN
          }
        }
        INFO("d " << d << ", candidates " << count << ", draws " << draws);
        CHECK(worst < 1.0);
        CHECK(left_alone);
      }
    }
  }
}

TEMPLATE_TEST_CASE("draws of each context are those of the host, for ragged contexts", "[linear_draws]",
                   float, double) {
  queue const order;
  linear_draws<TestType> draw;
  std::uint64_t seed = 300;
  for (std::size_t const d : {1U, 8U, 33U}) {
    for (std::size_t const count : {1U, 40U, 600U}) {
      constexpr std::size_t draws = 3;
      random_belief const belief{d, count, ++seed};
      linear_posterior<TestType> const posterior{belief};
      buffer<TestType> const features{belief.features<TestType>()};
      std::vector<std::size_t> const offsets = ragged(count);
      buffer<std::size_t> const bounds{offsets};
      std::size_t const stride = count + 1;
      buffer<TestType> rewards{std::vector<TestType>(stride * draws, poison<TestType>)};
      draw.of_each_context(order, posterior, {features.data(), features.size()},
                           {bounds.data(), bounds.size()}, draws, stream{seed},
                           {rewards.data(), rewards.size()}, stride);
      std::vector<TestType> const drawn = rewards.download(order);
      double worst = 0.0;
      for (std::size_t b = 0; b + 1 < offsets.size(); ++b) {
        for (std::size_t k = 0; k < draws; ++k) {
          Eigen::VectorXd const theta = host_draw(belief, stream{seed}.child(b).child(k));
          double const scale = theta.norm() * std::sqrt(double(d));
          for (std::size_t i = offsets[b]; i < offsets[b + 1]; ++i) {
            double const expected = belief.candidates.col(static_cast<Eigen::Index>(i)).dot(theta);
            double const error = std::fabs(drawn[k * stride + i] - expected) / tolerance<TestType>(scale);
            worst = error <= worst ? worst : error;
          }
        }
      }
      CHECK(worst < 1.0);
      for (std::size_t k = 0; k < draws; ++k) CHECK(std::isnan(drawn[k * stride + count]));
    }
  }
}

TEST_CASE("the kernel for draws of each context scores as the product does", "[linear_draws]") {
  // On hosts contexts are scored by matrix products; the kernel that a GPU runs gives the same there.
  queue const order;
  constexpr std::size_t d = 9;
  constexpr std::size_t count = 300;
  constexpr std::size_t draws = 4;
  random_belief const belief{d, count, 77};
  std::vector<std::size_t> const offsets = ragged(count);
  std::size_t const contexts = offsets.size() - 1;
  std::size_t const first = contexts / 3;  // not the first context of the batch
  random_belief const parameters{d, (contexts - first) * draws, 78};
  buffer<double> const features{belief.features<double>()};
  buffer<double> const theta{parameters.features<double>()};
  buffer<std::size_t> const bounds{offsets};
  buffer<double> rewards{std::vector<double>(count * draws, poison<double>)};
  std::size_t const some = count - offsets[first];
  joust::device::for_each_index(order, some * draws,
                                joust::device::detail::score_own<double>{
                                    d, features.data(), bounds.data(), first, contexts - first, draws,
                                    theta.data(), rewards.data(), count, offsets[first], some});
  std::vector<double> const scored = rewards.download(order);
  for (std::size_t b = 0; b < contexts; ++b) {
    for (std::size_t i = offsets[b]; i < offsets[b + 1]; ++i) {
      for (std::size_t k = 0; k < draws; ++k) {
        if (b < first) {
          CHECK(std::isnan(scored[k * count + i]));
        } else {
          auto const column = static_cast<Eigen::Index>((b - first) * draws + k);
          double const expected =
              belief.candidates.col(static_cast<Eigen::Index>(i)).dot(parameters.candidates.col(column));
          CHECK(std::fabs(scored[k * count + i] - expected) < 1e-13);
        }
      }
    }
  }
}

TEST_CASE("draws have the belief's mean and covariance", "[linear_draws]") {
  // With the unit vectors as candidates, rewards are theta; L' (theta - m) is then white. Of n draws, entries
  // of its mean have variance 1 / n, of its covariance (1 + [i = j]) / n; bounds are 5 sigma.
  constexpr std::size_t n = 20'000;
  constexpr Eigen::Index d = 5;
  random_belief belief{d, d, 5};
  belief.candidates.setIdentity();
  queue const order;
  linear_posterior<double> const posterior{belief};
  buffer<double> const features{belief.features<double>()};
  for (bool const shared : {true, false}) {
    linear_draws<double> draw;
    buffer<std::size_t> const bounds{std::vector<std::size_t>{0, d}};
    buffer<double> rewards{n * d};
    if (shared) {
      draw(order, posterior, {features.data(), features.size()}, n, stream{6},
           {rewards.data(), rewards.size()}, d);
    } else {
      draw.of_each_context(order, posterior, {features.data(), features.size()},
                           {bounds.data(), bounds.size()}, n, stream{7}, {rewards.data(), rewards.size()}, d);
    }
    std::vector<double> const drawn = rewards.download(order);
    Eigen::Map<Eigen::MatrixXd const> const theta{drawn.data(), d, static_cast<Eigen::Index>(n)};
    Eigen::MatrixXd const white = belief.factor.transpose() * (theta.colwise() - belief.parameter_mean);
    Eigen::MatrixXd const scatter = white * white.transpose() / double(n);
    for (Eigen::Index i = 0; i < d; ++i) {
      CHECK(std::fabs(white.row(i).mean()) < 5.0 / std::sqrt(double(n)));
      for (Eigen::Index j = 0; j < d; ++j) {
        CHECK(std::fabs(scatter(i, j) - (i == j)) < 5.0 * std::sqrt((i == j ? 2.0 : 1.0) / double(n)));
      }
    }
  }
}

TEST_CASE("batches of draws larger than the work space are drawn in pieces", "[linear_draws]") {
  // Two contexts whose draws do not fit together: the second is drawn after the first.
  constexpr std::size_t d = 64;
  constexpr std::size_t draws = 40'000;  // 20 MiB of parameters for each
  random_belief const belief{d, 2, 8};
  queue const order;
  linear_posterior<double> const posterior{belief};
  buffer<double> const features{belief.features<double>()};
  buffer<std::size_t> const bounds{std::vector<std::size_t>{0, 1, 2}};
  buffer<double> rewards{std::vector<double>(2 * draws, poison<double>)};
  linear_draws<double> draw;
  draw.of_each_context(order, posterior, {features.data(), features.size()}, {bounds.data(), bounds.size()},
                       draws, stream{9}, {rewards.data(), rewards.size()}, 2);
  std::vector<double> const drawn = rewards.download(order);
  for (std::size_t const k : {std::size_t{0}, std::size_t{1}, draws - 1}) {
    for (std::size_t b = 0; b < 2; ++b) {
      Eigen::VectorXd const theta = host_draw(belief, stream{9}.child(b).child(k));
      CHECK(drawn[2 * k + b] ==
            Approx(belief.candidates.col(static_cast<Eigen::Index>(b)).dot(theta)).epsilon(1e-11));
    }
  }
}

TEST_CASE("features that are not finite reach no other candidate's draws", "[linear_draws]") {
  queue const order;
  constexpr std::size_t count = 300;
  constexpr std::size_t d = 6;
  random_belief const belief{d, count, 11};
  std::vector<double> spoilt = belief.features<double>();
  spoilt[17 * d + 2] = std::nan("");
  spoilt[40 * d] = HUGE_VAL;
  linear_posterior<double> const posterior{belief};
  linear_draws<double> draw;
  std::vector<std::vector<double>> drawn;
  for (std::vector<double> const& values : {belief.features<double>(), spoilt}) {
    buffer<double> const features{values};
    buffer<double> rewards{3 * count};
    draw(order, posterior, {features.data(), features.size()}, 3, stream{12},
         {rewards.data(), rewards.size()}, count);
    drawn.push_back(rewards.download(order));
  }
  for (std::size_t i = 0; i < drawn[0].size(); ++i) {
    if (i % count == 17 || i % count == 40) {
      CHECK_FALSE(std::isfinite(drawn[1][i]));
    } else {
      CHECK(drawn[1][i] == drawn[0][i]);
    }
  }
}

TEST_CASE("the same stream gives the same draws, and another other ones", "[linear_draws]") {
  queue const order;
  random_belief const belief{12, 500, 13};
  linear_posterior<double> const posterior{belief};
  buffer<double> const features{belief.features<double>()};
  std::vector<std::vector<double>> drawn;
  linear_draws<double> draw;
  for (std::uint64_t const seed : {1U, 1U, 2U}) {
    buffer<double> rewards{2000};
    draw(order, posterior, {features.data(), features.size()}, 4, stream{seed},
         {rewards.data(), rewards.size()}, 500);
    drawn.push_back(rewards.download(order));
  }
  CHECK(drawn[0] == drawn[1]);
  CHECK(drawn[0] != drawn[2]);
  CHECK(draw.parameters().size() == 4 * 12);
}

TEST_CASE("nothing is drawn for no candidates or no draws", "[linear_draws]") {
  queue const order;
  linear_posterior<double> const posterior{std::size_t{3}};
  linear_draws<double> draw;
  buffer<double> const features{std::vector<double>(6, 1.0)};
  buffer<double> rewards{std::vector<double>(8, 5.0)};
  buffer<std::size_t> const bounds{std::vector<std::size_t>{0, 2}};
  draw(order, posterior, {}, 2, stream{1}, {rewards.data(), 8}, 4);
  draw(order, posterior, {features.data(), 6}, 0, stream{1}, {}, 4);
  draw.of_each_context(order, posterior, {}, {bounds.data(), 1}, 2, stream{1}, {rewards.data(), 8}, 4);
  draw.of_each_context(order, posterior, {features.data(), 6}, {bounds.data(), 2}, 0, stream{1}, {}, 4);
  CHECK(rewards.download(order) == std::vector<double>(8, 5.0));
}

TEST_CASE("draws refuse lengths that do not fit together", "[linear_draws][fault]") {
  queue const order;
  linear_posterior<double> const posterior{std::size_t{3}};
  linear_draws<double> draw;
  buffer<double> const features{std::vector<double>(6, 1.0)};
  buffer<double> rewards{std::vector<double>(8, 5.0)};
  CHECK_THROWS_WITH(draw(order, posterior, {features.data(), 5}, 2, stream{1}, {rewards.data(), 8}, 4),
                    "features: is of length 5; expected a multiple of 3, the dimension of the posterior");
  CHECK_THROWS_AS(draw(order, posterior, {features.data(), 6}, 2, stream{1}, {rewards.data(), 2}, 1),
                  std::invalid_argument);
  CHECK_THROWS_AS(draw(order, posterior, {features.data(), 6}, 2, stream{1}, {rewards.data(), 5}, 4),
                  std::invalid_argument);
  CHECK_THROWS_AS(
      draw.of_each_context(order, posterior, {features.data(), 6}, {}, 2, stream{1}, {rewards.data(), 8}, 4),
      std::invalid_argument);
  CHECK(rewards.download(order) == std::vector<double>(8, 5.0));
  draw(order, posterior, {features.data(), 6}, 2, stream{1}, {rewards.data(), 6},
       4);  // ends with the last row
  CHECK(rewards.download(order)[5] != 5.0);
}
