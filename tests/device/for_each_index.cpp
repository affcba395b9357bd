// SPDX-License-Identifier: MIT
#include <joust/device/for_each_index.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/queue.hpp>

namespace {

struct count_calls {
  std::uint32_t* calls;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const { calls[i] += 1; }
};

// Words of a stream that is split in the kernel.
struct draw_words {
  joust::stream root;
  std::uint64_t* words;
  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    joust::stream random = root.child(i, "draw").at_round(3);
    random.discard(5);
    words[i] = random() ^ random();
  }
};

}  // namespace

TEST_CASE("every index is called once, and no other") {
  joust::device::queue order;
  for (std::size_t const count : std::vector<std::size_t>{0, 1, 2, 31, 255, 256, 257, 1000, 70'001}) {
    joust::device::buffer<std::uint32_t> calls{std::vector<std::uint32_t>(count + 10, 5)};
    joust::device::for_each_index(order, count, count_calls{calls.data()});
    std::vector<std::uint32_t> expected(count + 10, 6);
    for (std::size_t i = count; i < expected.size(); ++i) expected[i] = 5;
    CHECK(calls.download(order) == expected);
  }
}

TEST_CASE("streams have the same bits in a kernel as on the host") {
  constexpr std::size_t count = 1000;
  joust::device::queue order;
  joust::device::buffer<std::uint64_t> words{count};
  joust::stream const root{2026};
  joust::device::for_each_index(order, count, draw_words{root, words.data()});
  std::vector<std::uint64_t> const drawn = words.download(order);
  for (std::size_t i = 0; i < count; ++i) {
    joust::stream random = root.child(i, "draw").at_round(3);
    random.discard(5);
    std::uint64_t const first = random();
    CHECK(drawn[i] == (first ^ random()));
  }
}
