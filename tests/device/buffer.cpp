// SPDX-License-Identifier: MIT
#include <joust/device/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/device/queue.hpp>

namespace {

std::vector<double> ascending(std::size_t count) {
  std::vector<double> values(count);
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

}  // namespace

TEST_CASE("a buffer gives back what was copied into it") {
  joust::device::queue order;
  for (std::size_t const count : {std::size_t{0}, std::size_t{1}, std::size_t{257}, std::size_t{100'003}}) {
    std::vector<double> const values = ascending(count);
    joust::device::buffer<double> copy{values};
    CHECK(copy.size() == count);
    CHECK(copy.download(order) == values);

    joust::device::buffer<double> filled{count};
    filled.copy_from(order, values);
    std::vector<double> back(count, -1.0);
    filled.copy_to(order, back);
    order.wait();
    CHECK(back == values);
  }
}

TEST_CASE("copies of another length are refused, and change nothing") {
  joust::device::queue order;
  joust::device::buffer<double> kept{ascending(3)};
  std::vector<double> other(4, -1.0);
  CHECK_THROWS_WITH(kept.copy_from(order, other),
                    "values: is of length 4; expected 3, the length of the buffer");
  CHECK_THROWS_AS(kept.copy_to(order, other), std::invalid_argument);
  CHECK(kept.download(order) == ascending(3));
  CHECK(other == std::vector<double>(4, -1.0));
}

TEST_CASE("a buffer keeps its memory and its first elements while it has room") {
  joust::device::queue order;
  joust::device::buffer<double> values{ascending(100)};
  double const* const place = values.data();
  values.resize(10);
  CHECK(values.download(order) == ascending(10));
  values.resize(100);
  CHECK(values.data() == place);
  values.resize(1000);
  CHECK(values.size() == 1000);
}

TEST_CASE("what cannot be allocated is refused, and the buffer stays as it was") {
  joust::device::queue order;
  joust::device::buffer<double> values{ascending(5)};
  CHECK_THROWS(values.resize(std::numeric_limits<std::size_t>::max() / 4));
  CHECK(values.download(order) == ascending(5));
}

TEST_CASE("buffers move and leave an empty one behind") {
  joust::device::queue order;
  joust::device::buffer<std::uint8_t> from{std::vector<std::uint8_t>{1, 2, 3}};
  joust::device::buffer<std::uint8_t> to{std::move(from)};
  CHECK(to.download(order) == std::vector<std::uint8_t>{1, 2, 3});
  joust::device::buffer<std::uint8_t> other{std::vector<std::uint8_t>{9}};
  other = std::move(to);
  CHECK(other.download(order) == std::vector<std::uint8_t>{1, 2, 3});
}
