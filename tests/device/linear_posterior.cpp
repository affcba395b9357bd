// SPDX-License-Identifier: MIT
#include <joust/device/linear_posterior.hpp>

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/host_device.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/posterior/linear_logistic.hpp>

namespace {

template <class T>
struct copy_number {
  T const* from;
  T* to;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const { to[i] = from[i]; }
};

template <class T>
std::vector<T> host_copy(std::span<T const> device) {
  joust::device::queue const order;
  joust::device::buffer<T> copy{device.size()};
  joust::device::for_each_index(order, device.size(), copy_number<T>{device.data(), copy.data()});
  return copy.download(order);
}

joust::linear_logistic taught(std::size_t dimension) {
  joust::linear_logistic posterior{{.dimension = dimension}};
  std::srand(3);
  auto const d = static_cast<Eigen::Index>(dimension);
  for (int t = 0; t < 40; ++t) {
    posterior.observe(Eigen::VectorXd::Random(d), Eigen::VectorXd::Random(d), t % 3 == 0 ? 1.0 : 0.0);
  }
  return posterior;
}

}  // namespace

TEMPLATE_TEST_CASE("a linear posterior is standard normal before it is told otherwise", "[linear_posterior]",
                   float, double) {
  joust::device::linear_posterior<TestType> const prior{std::size_t{3}};
  CHECK(prior.dimension() == 3);
  CHECK(host_copy(prior.mean()) == std::vector<TestType>{0, 0, 0});
  CHECK(host_copy(prior.factor()) == std::vector<TestType>{1, 0, 0, 0, 1, 0, 0, 0, 1});
}

TEMPLATE_TEST_CASE("a linear posterior copies the host's mean and the lower half of its factor",
                   "[linear_posterior]", float, double) {
  for (std::size_t const d : {1U, 2U, 7U, 33U}) {
    joust::linear_logistic const host = taught(d);
    joust::device::linear_posterior<TestType> const device{host};
    REQUIRE(device.dimension() == d);
    std::vector<TestType> const mean = host_copy(device.mean());
    std::vector<TestType> const factor = host_copy(device.factor());
    for (std::size_t j = 0; j < d; ++j) {
      CHECK(mean[j] == static_cast<TestType>(host.mean()[static_cast<Eigen::Index>(j)]));
      for (std::size_t i = 0; i < d; ++i) {
        double const entry =
            host.precision_factor()(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
        CHECK(factor[j * d + i] == (i < j ? TestType{0} : static_cast<TestType>(entry)));
      }
    }
  }
}

TEST_CASE("a linear posterior refuses what is no belief, and keeps what it had",
          "[linear_posterior][fault]") {
  joust::device::queue const order;
  using posterior_of_doubles = joust::device::linear_posterior<double>;
  CHECK_THROWS_WITH(posterior_of_doubles{std::size_t{0}}, "dimension: is 0; expected at least 1");
  posterior_of_doubles posterior{std::size_t{2}};
  std::vector<double> const mean{1.0, 2.0};
  std::vector<double> const factor{3.0, 4.0, std::nan(""), 5.0};  // nothing above the diagonal is read
  posterior.assign(order, mean, factor);
  auto const before = host_copy(posterior.factor());
  CHECK(before == std::vector<double>{3.0, 4.0, 0.0, 5.0});
  CHECK_THROWS_AS(posterior.assign(order, std::vector<double>{1.0}, factor), std::invalid_argument);
  CHECK_THROWS_AS(posterior.assign(order, mean, mean), std::invalid_argument);
  for (double const bad : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    CHECK_THROWS_AS(posterior.assign(order, mean, std::vector<double>{3.0, 4.0, 0.0, bad}),
                    std::invalid_argument);
  }
  CHECK_THROWS_AS(posterior.assign(order, std::vector<double>{0.0, std::nan("")}, factor),
                  std::invalid_argument);
  CHECK(host_copy(posterior.factor()) == before);
  CHECK(host_copy(posterior.mean()) == mean);
  joust::device::linear_posterior<float> narrow{std::size_t{1}};  // finite as a double only
  CHECK_THROWS_AS(narrow.assign(order, std::vector<double>{1e300}, std::vector<double>{1.0}),
                  std::invalid_argument);
}
