// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/gemm.hpp>
#include <joust/device/queue.hpp>

namespace {

using joust::device::buffer;
using joust::device::math;
using joust::device::queue;
namespace detail = joust::device::detail;

template <class Scalar>
std::vector<Scalar> random_numbers(std::size_t count, std::uint64_t seed) {
  joust::stream random{seed};
  std::vector<Scalar> result(count);
  for (Scalar& value : result) value = static_cast<Scalar>(2.0 * joust::draw_uniform(random) - 1.0);
  return result;
}

// A product with gaps between columns and between the matrices of the batch.
template <class Scalar>
struct task {
  detail::gemm_size size;
  bool left_transposed, right_transposed, add;
  std::size_t left_lead = 0, right_lead = 0, result_lead = 0;
  std::size_t left_stride = 0, right_stride = 0, result_stride = 0;
  std::vector<Scalar> left, right, result;

  task(detail::gemm_size const& of, bool turn_left, bool turn_right, bool on_top, std::uint64_t seed)
      : size{of}, left_transposed{turn_left}, right_transposed{turn_right}, add{on_top} {
    left_lead = (left_transposed ? size.inner : size.rows) + 3;
    right_lead = (right_transposed ? size.columns : size.inner) + 2;
    result_lead = size.rows + 1;
    left_stride = left_lead * (left_transposed ? size.rows : size.inner) + 5;
    right_stride = right_lead * (right_transposed ? size.inner : size.columns) + 4;
    result_stride = result_lead * size.columns + 7;
    left = random_numbers<Scalar>(left_stride * size.count, seed);
    right = random_numbers<Scalar>(right_stride * size.count, seed + 1);
    result = random_numbers<Scalar>(result_stride * size.count, seed + 2);
  }

  // By the definition; what lies between the results stays.
  [[nodiscard]] std::vector<Scalar> expected() const {
    std::vector<Scalar> values = result;
    for (std::size_t n = 0; n < size.count; ++n) {
      for (std::size_t i = 0; i < size.rows; ++i) {
        for (std::size_t j = 0; j < size.columns; ++j) {
          double sum = 0.0;
          for (std::size_t l = 0; l < size.inner; ++l) {
            std::size_t const a = left_transposed ? l + i * left_lead : i + l * left_lead;
            std::size_t const b = right_transposed ? j + l * right_lead : l + j * right_lead;
            sum += static_cast<double>(left[n * left_stride + a]) *
                   static_cast<double>(right[n * right_stride + b]);
          }
          Scalar& value = values[n * result_stride + i + j * result_lead];
          value = static_cast<Scalar>(add ? static_cast<double>(value) + sum : sum);
        }
      }
    }
    return values;
  }

  [[nodiscard]] std::vector<Scalar> computed(math numbers = math::full) const {
    queue order;
    detail::gemm_context context{numbers};
    buffer<Scalar> const a{left};
    buffer<Scalar> const b{right};
    buffer<Scalar> c{result};
    detail::gemm<Scalar>(order, context, size, {a.data(), left_lead, left_transposed, left_stride},
                         {b.data(), right_lead, right_transposed, right_stride},
                         {c.data(), result_lead, add, result_stride});
    return c.download(order);
  }
};

template <class Scalar>
double largest_difference(std::vector<Scalar> const& a, std::vector<Scalar> const& b) {
  double most = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    double const off = std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    if (!(off <= most)) most = off;
  }
  return most;
}

}  // namespace

TEMPLATE_TEST_CASE("gemm: every layout gives the product", "[device][ensemble]", float, double) {
  std::uint64_t seed = 1;
  for (detail::gemm_size const& size : {detail::gemm_size{1, 1, 1, 1}, detail::gemm_size{7, 5, 3, 4},
                                        detail::gemm_size{65, 33, 40, 1}, detail::gemm_size{40, 350, 6, 1},
                                        detail::gemm_size{1030, 3, 2, 3}, detail::gemm_size{3, 1, 257, 2}}) {
    for (unsigned way = 0; way < 8; ++way) {
      INFO(size.rows << " x " << size.columns << " x " << size.inner << ", way " << way);
      task<TestType> const t{size, (way & 1U) != 0, (way & 2U) != 0, (way & 4U) != 0, seed += 3};
      double const off = largest_difference(t.expected(), t.computed());
      double const digits = static_cast<double>(std::numeric_limits<TestType>::epsilon());
      CHECK(off <= 4.0 * digits * static_cast<double>(size.inner));
    }
  }
}

TEST_CASE("gemm: results without elements, and sizes that cannot be", "[device][ensemble]") {
  using Catch::Contains;
  queue order;
  detail::gemm_context context;
  buffer<double> values{std::vector<double>(6, -7.0)};
  auto const multiply = [&](detail::gemm_size const& size, std::size_t left, std::size_t right,
                            std::size_t result, bool turned = false) {
    detail::gemm<double>(order, context, size, {values.data(), left, turned}, {values.data(), right, turned},
                         {values.data(), result});
  };
  multiply({0, 2, 2}, 2, 2, 2);
  multiply({2, 0, 2}, 2, 2, 2);
  multiply({2, 2, 2, 0}, 2, 2, 2);
  CHECK_THROWS_WITH(multiply({2, 3, 0}, 2, 2, 2), Contains("inner: is 0"));
  CHECK_THROWS_WITH(multiply({2, 3, 1}, 1, 1, 2), Contains("left.lead: is 1; expected at least 2"));
  CHECK_THROWS_WITH(multiply({2, 3, 4}, 4, 2, 2, true), Contains("right.lead: is 2; expected at least 3"));
  CHECK_THROWS_WITH(multiply({2, 3, 1}, 2, 1, 1), Contains("result.lead: is 1"));
  CHECK_THROWS_WITH(multiply({std::size_t{1} << 31U, 3, 1}, 2, 1, 1), Contains("below 2^31"));
  CHECK(values.download(order) == std::vector<double>(6, -7.0));

  detail::gemm_context rough{math::tf32};
  CHECK_THROWS_WITH(detail::gemm<double>(order, rough, {1, 1, 1}, {values.data(), 1}, {values.data(), 1},
                                         {values.data(), 1}),
                    Contains("math: is tf32; expected full"));
}

TEST_CASE("gemm: shorter numbers lose what they must, and no more", "[device][ensemble]") {
  detail::gemm_size const size{64, 48, 128, 2};
  for (unsigned way = 0; way < 4; ++way) {
    task<float> const t{size, (way & 1U) != 0, (way & 2U) != 0, false, 50 + way};
    std::vector<float> const exact = t.expected();
    double const tf32 = largest_difference(exact, t.computed(math::tf32));
    double const bf16 = largest_difference(exact, t.computed(math::bf16));
    // A factor in [-1, 1] is off by 2^-12 or 2^-9 at most (or by twice that where digits are cut off), a
    // product by twice as much, and 128 of them add up.
    CHECK(tf32 <= 128 * 4.0 * 0x1p-12);
    CHECK(bf16 <= 128 * 4.0 * 0x1p-9);
    if (!joust::device::on_gpu) {  // which may multiply small matrices in full
      CHECK(tf32 > 1e-5);
      CHECK(bf16 > 2.0 * tf32);
    }
  }
}

#if THRUST_DEVICE_SYSTEM != THRUST_DEVICE_SYSTEM_CUDA
TEST_CASE("gemm: a host rounds to the nearest number of a format", "[device][ensemble]") {
  using detail::rounded;
  CHECK(rounded(1.0F, math::bf16) == 1.0F);
  CHECK(rounded(-1.0F - 0x1p-7F, math::bf16) == -1.0F - 0x1p-7F);
  CHECK(rounded(1.0F + 0x1p-8F, math::bf16) == 1.0F);                       // a tie, to the even one
  CHECK(rounded(1.0F + 3 * 0x1p-8F, math::bf16) == 1.0F + 0x1p-6F);         // and the other way
  CHECK(rounded(1.0F + 0x1p-8F + 0x1p-20F, math::bf16) == 1.0F + 0x1p-7F);  // above it
  CHECK(rounded(1.0F + 0x1p-11F, math::tf32) == 1.0F);
  CHECK(rounded(1.0F + 0x1p-10F, math::tf32) == 1.0F + 0x1p-10F);
  CHECK(rounded(0.3F, math::full) == 0.3F);
  CHECK(std::isnan(rounded(std::numeric_limits<float>::quiet_NaN(), math::bf16)));
  CHECK(rounded(std::numeric_limits<float>::infinity(), math::tf32) ==
        std::numeric_limits<float>::infinity());
}
#endif
