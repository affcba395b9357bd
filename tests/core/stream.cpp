// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iterator>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <boost/random/normal_distribution.hpp>

#include <joust/core/concepts.hpp>
#include <joust/core/stream.hpp>

using namespace joust;

namespace {

constexpr std::uint64_t output(stream s, std::uint64_t index) {
  s.discard(index);
  return s();
}

// The Wilson-Hilferty approximation to the chi-square distribution's upper end at `z` standard deviations:
// above 100 degrees of freedom its error is below 0.1 %.
double chi_square_limit(double degrees, double z) {
  double const t = 2.0 / (9.0 * degrees);
  return degrees * std::pow(1.0 - t + z * std::sqrt(t), 3.0);
}

double standardised(stream& s) {  // uniform with mean 0 and variance 1
  return (static_cast<double>(s()) * 0x1p-64 - 0.5) * std::sqrt(12.0);
}

}  // namespace

// Golden values, worked out by an independent program: every compiler and platform is to agree on them.
static_assert(output(stream{42}, 0) == 0x77F5493B9CEAF053);
static_assert(output(stream{42}, 1) == 0x5742B3D712BF50AD);
static_assert(output(stream{42}, 2) == 0x53BA6CFDFCDB2127);
static_assert(output(stream{42}, 3) == 0x744E06FB838F5A6E);
static_assert(output(stream{42}.child(7), 0) == 0x47D18D355FAAFC04);
static_assert(output(stream{42}.child("oracle"), 0) == 0x796907B699FE25C2);
static_assert(output(stream{42}.child(3, "agent", 1'000'000), 0) == 0x6550665BFE98E7D6);
static_assert(output(stream{42}.at_round(5), 0) == 0xAC2A49057B4C5A5C);

static_assert(random_stream<stream>);
static_assert(std::uniform_random_bit_generator<stream>);
static_assert(sizeof(stream) == 32);

TEST_CASE("the golden values come out at run time", "[stream]") {
  stream s{42};
  CHECK(s() == 0x77F5493B9CEAF053);
  CHECK(s() == 0x5742B3D712BF50AD);
  CHECK(s() == 0x53BA6CFDFCDB2127);
}

TEST_CASE("a child depends on identity and tags alone", "[stream]") {
  stream const root{1};
  stream used = root;
  for (int i = 0; i < 5; ++i) {
    CHECK(used.child(3) == root.child(3));
    CHECK(used.child("name", 4) == root.child("name").child(4));
    static_cast<void>(used());
  }
  CHECK(root.at_round(9).child(3) == root.child(3));
  stream const before = used;
  static_cast<void>(used.child(8));
  CHECK(used == before);
  CHECK(root.child(1, 2) == root.child(1).child(2));
}

TEST_CASE("different tags name different children", "[stream]") {
  stream const root{1};
  std::vector<std::uint64_t> first;
  for (std::uint64_t tag = 0; tag < 1000; ++tag) first.push_back(output(root.child(tag), 0));
  for (std::uint64_t tag = 0; tag < 1000; ++tag) first.push_back(output(root.child(1).child(tag), 0));
  // Names, among them the spelling of a number and the bytes of one.
  for (std::string name : {"", "1", "2", "a", "b", "ab", "ba", "oracle", "agent"}) {
    first.push_back(output(root.child(name), 0));
  }
  first.push_back(output(root, 0));
  std::sort(first.begin(), first.end());
  CHECK(std::adjacent_find(first.begin(), first.end()) == first.end());

  CHECK_FALSE(root.child(1, 2) == root.child(2, 1));
  CHECK_FALSE(root.child(7) == root.child("7"));
  CHECK_FALSE(root.child("a", "b") == root.child("ab"));
  // A tag is its value, whatever its type.
  CHECK(root.child(7) == root.child(std::uint8_t{7}));
  CHECK(root.child("name") == root.child(std::string{"name"}));
  // A name never collides with the number that it hashes to: the two are split under different keys.
  std::uint64_t hash = 0xCBF29CE484222325;
  for (char const letter : std::string{"oracle"})
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3;
  CHECK_FALSE(root.child("oracle") == root.child(hash));
}

TEST_CASE("discard skips what would have been drawn", "[stream]") {
  for (std::uint64_t start = 0; start < 4; ++start) {
    for (std::uint64_t skip = 0; skip < 7; ++skip) {
      stream drawn{5};
      stream skipped{5};
      for (std::uint64_t i = 0; i < start; ++i) {
        static_cast<void>(drawn());
        static_cast<void>(skipped());
      }
      for (std::uint64_t i = 0; i < skip; ++i) static_cast<void>(drawn());
      skipped.discard(skip);
      CHECK(skipped == drawn);
      CHECK(skipped() == drawn());
      CHECK(skipped() == drawn());
    }
  }
}

TEST_CASE("a round is a place far down the stream", "[stream]") {
  stream const root{5};
  CHECK(root.at_round(0) == root);
  stream far = root;
  far.discard(std::uint64_t{3} << 32U);
  CHECK(root.at_round(3) == far);
  CHECK(far() == output(root.at_round(3), 0));
  stream used = root.child(1);
  static_cast<void>(used());
  CHECK(used.at_round(2) == root.child(1).at_round(2));  // the round does not depend on the position
}

TEST_CASE("streams are equal if they go on alike", "[stream]") {
  stream a{1};
  stream b{1};
  CHECK(a == b);
  static_cast<void>(a());
  CHECK_FALSE(a == b);
  static_cast<void>(b());
  CHECK(a == b);
  CHECK(a() == b());
  CHECK_FALSE(stream{1} == stream{2});
}

TEST_CASE("every byte of the output is uniform", "[stream]") {
  // Chi-square with 255 degrees of freedom for each of 8 byte positions and three streams, at 5 sigma above:
  // a false alarm of 24 * 3e-7. Below, 5 sigma too: too even is as suspicious as too uneven.
  constexpr std::size_t draws = 1 << 16;
  for (stream s : {stream{0}, stream{0}.child(1), stream{123}.child("oracle", 7)}) {
    std::array<std::array<int, 256>, 8> counts{};
    for (std::size_t n = 0; n < draws; ++n) {
      std::uint64_t const word = s();
      for (std::size_t b = 0; b < 8; ++b) ++counts[b][(word >> (8 * b)) & 0xFF];
    }
    for (auto const& byte : counts) {
      double const expected = static_cast<double>(draws) / 256.0;
      double chi_square = 0.0;
      for (int const count : byte) chi_square += (count - expected) * (count - expected) / expected;
      CHECK(chi_square < chi_square_limit(255.0, 5.0));
      CHECK(chi_square > chi_square_limit(255.0, -5.0));
    }
  }
}

TEST_CASE("every bit of the output is balanced", "[stream]") {
  // Binomial(65536, 1/2): standard deviation 128. 64 bits at 5 sigma: false alarm 4e-5.
  stream s{99};
  std::array<int, 64> ones{};
  for (int n = 0; n < 65536; ++n) {
    std::uint64_t const word = s();
    for (std::size_t b = 0; b < 64; ++b) ones[b] += static_cast<int>((word >> b) & 1U);
  }
  for (int const count : ones) CHECK(std::abs(count - 32768) < 5 * 128);
}

TEST_CASE("outputs are uncorrelated along a stream", "[stream]") {
  // The mean of n products of independent standardised numbers has deviation 1 / sqrt(n).
  constexpr int n = 100'000;
  stream s{7};
  std::vector<double> x(n + 8);
  for (double& value : x) value = standardised(s);
  for (std::size_t lag = 1; lag <= 8; ++lag) {
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) sum += x[i] * x[i + lag];
    CHECK(std::fabs(sum / n) < 5.0 / std::sqrt(n));
  }
}

TEST_CASE("streams of neighbouring tags, seeds and rounds are uncorrelated", "[stream]") {
  constexpr int n = 20'000;
  auto correlation = [](stream a, stream b) {
    double sum = 0.0;
    for (int i = 0; i < n; ++i) sum += standardised(a) * standardised(b);
    return sum / n;
  };
  double const limit = 5.0 / std::sqrt(n);
  stream const root{7};
  for (std::uint64_t tag : {0U, 1U, 2U, 63U, 1000U}) {
    CHECK(std::fabs(correlation(root.child(tag), root.child(tag + 1))) < limit);
    CHECK(std::fabs(correlation(root.child(tag), root)) < limit);
    CHECK(std::fabs(correlation(root.child(tag), root.child(tag).child(tag))) < limit);
    CHECK(std::fabs(correlation(stream{tag}, stream{tag + 1})) < limit);
    CHECK(std::fabs(correlation(root.at_round(static_cast<std::uint32_t>(tag)),
                                root.at_round(static_cast<std::uint32_t>(tag) + 1))) < limit);
  }
  // The same place of many children, which is how a study sees them.
  double serial = 0.0;
  for (std::uint64_t tag = 0; tag < n; ++tag) {
    stream a = root.child(tag);
    stream b = root.child(tag + 1);
    serial += standardised(a) * standardised(b);
  }
  CHECK(std::fabs(serial / n) < limit);
}

TEST_CASE("neighbouring seeds and tags share no bits", "[stream]") {
  // Hamming distance of two independent words: binomial(64, 1/2), so the mean of 4000 has deviation 4 /
  // sqrt(4000).
  auto mean_distance = [](auto const& word) {
    double total = 0.0;
    for (std::uint64_t i = 0; i < 4000; ++i) total += std::popcount(word(i) ^ word(i + 1));
    return total / 4000.0;
  };
  double const limit = 5.0 * 4.0 / std::sqrt(4000.0);
  stream const root{3};
  CHECK(std::fabs(mean_distance([](std::uint64_t i) { return output(stream{i}, 0); }) - 32.0) < limit);
  CHECK(std::fabs(mean_distance([&](std::uint64_t i) { return output(root.child(i), 0); }) - 32.0) < limit);
  CHECK(std::fabs(mean_distance([&](std::uint64_t i) { return output(root.child(i, 0), 1); }) - 32.0) <
        limit);
  CHECK(std::fabs(mean_distance([&](std::uint64_t i) { return output(root.child(std::to_string(i)), 0); }) -
                  32.0) < limit);
  for (unsigned bit = 0; bit < 64; ++bit) {  // single bits of a tag: 64 +- 4 each, 6 sigma over 64 words
    double total = 0.0;
    for (std::uint64_t i = 0; i < 64; ++i) {
      total += std::popcount(output(root.child(i), 0) ^ output(root.child(i ^ (std::uint64_t{1} << bit)), 0));
    }
    CHECK(std::fabs(total / 64.0 - 32.0) < 6.0 * 4.0 / 8.0);
  }
}

TEST_CASE("a stream is a generator for other libraries", "[stream]") {
  stream s{11};
  boost::random::normal_distribution<double> normal;
  double sum = 0.0;
  double squares = 0.0;
  constexpr int n = 20'000;
  for (int i = 0; i < n; ++i) {
    double const z = normal(s);
    sum += z;
    squares += z * z;
  }
  CHECK(std::fabs(sum / n) < 5.0 / std::sqrt(n));                  // variance 1
  CHECK(std::fabs(squares / n - 1.0) < 5.0 * std::sqrt(2.0 / n));  // variance of z^2 is 2

  std::vector<int> cards(52);
  std::iota(cards.begin(), cards.end(), 0);
  std::vector<int> shuffled = cards;
  std::shuffle(shuffled.begin(), shuffled.end(), s);
  CHECK(shuffled != cards);
  std::sort(shuffled.begin(), shuffled.end());
  CHECK(shuffled == cards);
  CHECK(std::uniform_int_distribution<int>{1, 6}(s) <= 6);
}
