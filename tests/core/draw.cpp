// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <span>
#include <vector>

#include <boost/random/uniform_01.hpp>
#include <boost/random/uniform_int_distribution.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>

using namespace joust;

namespace {

// A generator that says what it is told to: the ends of the range are reached.
struct scripted {
  using result_type = std::uint64_t;
  std::vector<std::uint64_t> words;
  std::size_t next = 0;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()() { return words[next++ % words.size()]; }
};

// A generator of 32-bit words.
struct halved {
  using result_type = std::uint32_t;
  stream words;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()() { return static_cast<result_type>(words() >> 32U); }
};

}  // namespace

TEST_CASE("a uniform number lies in [0, 1)", "[draw]") {
  scripted zeros{{0}};
  CHECK(draw_uniform(zeros) == 0.0);
  // 2^64 - 1 over 2^64 rounds to 1, which is drawn again.
  scripted ends{{std::numeric_limits<std::uint64_t>::max(), std::uint64_t{1} << 63U}};
  CHECK(draw_uniform(ends) == 0.5);
  CHECK(ends.next == 2);

  stream random{1};
  constexpr int n = 50'000;
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < n; ++i) {
    double const u = draw_uniform(random);
    REQUIRE(u >= 0.0);
    REQUIRE(u < 1.0);
    sum += u - 0.5;
    squares += (u - 0.5) * (u - 0.5);
  }
  // Variance 1/12, variance of the square 1/80 - 1/144 = 1/180; 5 sigma.
  CHECK(std::fabs(sum / n) < 5.0 * std::sqrt(1.0 / 12.0 / n));
  CHECK(std::fabs(squares / n - 1.0 / 12.0) < 5.0 * std::sqrt(1.0 / 180.0 / n));
}

TEST_CASE("a uniform number is, bit for bit, the one of Boost's distribution", "[draw]") {
  scripted script{{0, 1, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0x8000000000000400,
                   0x8000000000000401, 0xfffffffffffff800, 0xfffffffffffffbff, 0xfffffffffffffc00,
                   0xffffffffffffffff, 0x123456789abcdef0}};
  scripted same = script;
  for (int n = 0; n < 30; ++n) {
    REQUIRE(draw_uniform(script) == boost::random::uniform_01<double>{}(same));
    REQUIRE(script.next == same.next);  // words that round up to 1 are passed over by both
  }
  stream g{5};
  stream h = g;
  bool agree = true;
  for (int n = 0; n < 200'000; ++n)
    agree = agree && draw_uniform(g) == boost::random::uniform_01<double>{}(h);
  CHECK(agree);
}

TEST_CASE("an index is uniform below its count", "[draw]") {
  stream random{2};
  // Chi-square over 2, 3, 7 cells: at 1, 2 and 6 degrees of freedom P(above 30, 33, 42) < 2e-7.
  double const limits[] = {30.0, 33.0, 42.0};
  std::size_t const counts[] = {2, 3, 7};
  for (std::size_t c = 0; c < 3; ++c) {
    std::vector<int> seen(counts[c]);
    constexpr int n = 21'000;
    for (int i = 0; i < n; ++i) {
      std::size_t const index = draw_index(counts[c], random);
      REQUIRE(index < counts[c]);
      ++seen[index];
    }
    double const expected = static_cast<double>(n) / static_cast<double>(counts[c]);
    double chi_square = 0.0;
    for (int const k : seen) chi_square += (k - expected) * (k - expected) / expected;
    CHECK(chi_square < limits[c]);
  }
  CHECK(draw_index(std::numeric_limits<std::size_t>::max(), random) > 0);  // wide ranges do not overflow
}

TEST_CASE("an index is, word for word, the one of Boost's distribution", "[draw]") {
  constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  auto const boosts = [](std::size_t count, auto& words) {
    return boost::random::uniform_int_distribution<std::size_t>{0, count - 1}(words);
  };
  // Counts that divide 2^64 and counts that leave something, at both ends of the range and in between.
  std::vector<std::uint64_t> counts{last,         last - 1, last / 2,    last / 2 + 1,
                                    last / 2 + 2, last / 3, last / 3 + 1};
  for (std::uint64_t count = 2; count <= 300; ++count) counts.push_back(count);
  for (unsigned bit = 9; bit < 64; ++bit) {
    std::uint64_t const power = std::uint64_t{1} << bit;
    counts.insert(counts.end(), {power - 1, power, power + 1});
  }
  stream random{6};
  for (int n = 0; n < 300; ++n) counts.push_back(2 + (random() >> (random() % 62)));
  for (std::uint64_t const count : counts) {
    // The last word of the first and of the last bucket, the words around them, and those left over: the two
    // must pass over the same ones.
    std::uint64_t const bucket = last / count + (last % count == count - 1 ? 1 : 0);
    scripted script{{0, bucket - 1, bucket, bucket * (count - 1) - 1, bucket * (count - 1),
                     bucket * count - 1, bucket * count, last - 1, last, last / 2, random(),
                     0x123456789abcdef0}};
    scripted same = script;
    stream g = random.child(count);
    stream h = g;
    bool agree = true;
    for (int n = 0; n < 20; ++n) {
      agree = agree && draw_index(count, script) == boosts(count, same) && script.next == same.next;
      agree = agree && draw_index(count, g) == boosts(count, h) && g == h;
    }
    CAPTURE(count);
    CHECK(agree);
  }
}

TEST_CASE("an engine of other words draws by Boost's distributions", "[draw]") {
  halved g{stream{8}};
  halved h = g;
  for (std::size_t const count : {std::size_t{2}, std::size_t{10}, std::size_t{1} << 40U}) {
    for (int n = 0; n < 100; ++n) {
      REQUIRE(draw_index(count, g) == boost::random::uniform_int_distribution<std::size_t>{0, count - 1}(h));
      REQUIRE(draw_uniform(g) == boost::random::uniform_01<double>{}(h));
    }
  }
}

TEST_CASE("no randomness is spent where there is no choice", "[draw]") {
  stream random{3};
  stream const before = random;
  CHECK(draw_index(1, random) == 0);
  CHECK(random == before);
}

TEST_CASE("a coin is exact at its ends and fair between", "[draw]") {
  scripted zeros{{0}};
  CHECK(draw_bernoulli(0.0, zeros) == 0.0);  // even where the uniform number is 0 itself
  stream random{4};
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(draw_bernoulli(0.0, random) == 0.0);
    REQUIRE(draw_bernoulli(1.0, random) == 1.0);
  }
  for (double const p : {0.01, 0.3, 0.5, 0.9}) {
    constexpr int n = 20'000;
    double wins = 0.0;
    for (int i = 0; i < n; ++i) wins += draw_bernoulli(p, random);
    CHECK(std::fabs(wins / n - p) < 5.0 * std::sqrt(p * (1.0 - p) / n));
  }
}

TEST_CASE("a shuffle keeps the values and has no favourite order", "[draw]") {
  stream g{9};
  constexpr int rounds = 24'000;
  int orders[64] = {};
  for (int n = 0; n < rounds; ++n) {
    std::array<int, 4> values{0, 1, 2, 3};
    draw_order(std::span{values}, g);
    CHECK(values[0] + values[1] + values[2] + values[3] == 6);
    ++orders[values[0] * 16 + values[1] * 4 + values[2]];
  }
  // Each of 24 orders comes up 1000 times, standard deviation 31. A loop that stops one place early misses
  // some; choosing among all places, a well-known mistake, favours some by a third.
  int met = 0;
  for (int const count : orders) {
    met += count > 0 ? 1 : 0;
    if (count > 0) CHECK(std::abs(count - rounds / 24) < 5 * 31);
  }
  CHECK(met == 24);
  std::vector<int> none;
  draw_order(std::span{none}, g);
  CHECK(none.empty());
}

TEST_CASE("the same stream draws the same numbers on every platform", "[draw]") {
  stream random{42};
  CHECK(draw_uniform(random) == static_cast<double>(0x77F5493B9CEAF053) * 0x1p-64);
  CHECK(draw_index(10, random) == 3);
}
