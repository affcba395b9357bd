// SPDX-License-Identifier: MIT
//
// The laws of a random_stream, run on your own: equal streams agree, children depend on identity and tag
// alone, values are spread evenly, and neither neighbours in a stream nor streams of neighbouring tags are
// related. It finds mistakes of construction; for the quality of the bits, run TestU01 or PractRand.
//
//   needs   a root stream; its outputs are not changed, the kit works on copies
//   cost    about 40 draws per sample
//   repeat  same stream, same report
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/detail/plausible.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

struct random_stream_options {
  std::size_t samples = 4096;  ///< outputs per statistic
  double false_alarm = 1e-6;   ///< probability that a perfect stream fails, over all statistics together
};

namespace detail {

// Counts into at most 16 cells by value, each with its exact probability whatever the range is.
template <class G>
class value_cells {
 public:
  value_cells() {
    long double const values = static_cast<long double>(G::max() - G::min()) + 1.0L;
    count_ = values < 16.0L ? static_cast<std::size_t>(values) : 16;
    for (std::size_t c = 0; c <= count_; ++c) {
      edge_[c] = std::ceil(values * static_cast<long double>(c) / static_cast<long double>(count_));
    }
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] double probability(std::size_t cell) const {
    return static_cast<double>((edge_[cell + 1] - edge_[cell]) / edge_[count_]);
  }
  [[nodiscard]] std::size_t cell(typename G::result_type value) const {
    long double const position = static_cast<long double>(value - G::min());
    std::size_t c = 0;
    while (c + 1 < count_ && position >= edge_[c + 1]) ++c;
    return c;
  }

 private:
  std::size_t count_ = 0;
  std::array<long double, 17> edge_{};
};

// Whether a value lies above the middle of the range: for half of the values, or half of all but one.
template <class G>
[[nodiscard]] bool upper_half(typename G::result_type value) {
  return value - G::min() > (G::max() - G::min()) / 2;
}

}  // namespace detail

/// Runs the laws of a random_stream (core/concepts.hpp) on `root`:
///  - a copy produces the same bits
///  - child(tag) is the same before and after the parent has produced, and leaves the parent untouched
///  - children of different tags differ
///  - values are equally likely: their high part, and each bit where the range is a power of two
///  - neighbouring outputs, and the outputs of children with neighbouring tags, are unrelated (sign tests)
/// A perfect stream breaks one with probability at most `options.false_alarm`.
template <joust::random_stream Stream>
[[nodiscard]] law_report random_stream(Stream const& root, random_stream_options options = {}) {
  using joust::detail::text;
  law_report report{"random_stream"};
  report.examine([&] {
    constexpr std::uint64_t tags[] = {
        0, 1, 2, 3, 1000, 1ULL << 32U, std::numeric_limits<std::uint64_t>::max()};
    constexpr std::size_t tag_count = std::size(tags);

    Stream original = root;
    Stream copy = root;
    Stream split = root;
    for (std::size_t i = 0; i < 64; ++i) {
      auto const bits = original();
      if (bits != copy()) {
        report.breaks("equal streams produce equal bits", "output " + text(i) + " of a copy differs");
      }
      // `original` has produced i + 1 outputs here and `root` none: their children are to be the same.
      for (std::uint64_t const tag : tags) {
        Stream late = original.child(tag);
        Stream early = root.child(tag);
        if (late() != early() || late() != early()) {
          report.breaks("child(tag) does not depend on how much the parent has produced",
                        "child(" + text(tag) + ") differs after " + text(i + 1) + " outputs");
        }
      }
      for (std::uint64_t const tag : tags) static_cast<void>(split.child(tag));
      if (bits != split()) {
        report.breaks("child(tag) leaves the parent untouched",
                      "output " + text(i) + " differs after a split");
      }
    }

    constexpr int bit_count = std::numeric_limits<typename Stream::result_type>::digits;
    constexpr auto range = static_cast<typename Stream::result_type>(Stream::max() - Stream::min());
    constexpr bool whole_bits = (range & static_cast<typename Stream::result_type>(range + 1U)) == 0;
    detail::value_cells<Stream> const cells;
    // One serial test, and three per tag but the first: against the tag before, tag 0 and the parent.
    std::size_t const tests = cells.count() + static_cast<std::size_t>(bit_count) + 1 + 3 * (tag_count - 1);
    double const false_alarm = options.false_alarm / static_cast<double>(tests);

    std::array<std::size_t, 16> in_cell{};
    std::array<std::size_t, 64> bit_set{};
    std::size_t serial = 0;
    Stream outputs = root.child(77);
    for (std::size_t n = 0; n < options.samples; ++n) {
      auto const value = outputs();
      auto const next = outputs();
      ++in_cell[cells.cell(value)];
      auto const offset = static_cast<typename Stream::result_type>(value - Stream::min());
      for (int b = 0; b < bit_count; ++b) bit_set[static_cast<std::size_t>(b)] += (offset >> b) & 1U;
      serial += detail::upper_half<Stream>(value) == detail::upper_half<Stream>(next) ? 1U : 0U;
    }
    double const samples = static_cast<double>(options.samples);
    for (std::size_t c = 0; c < cells.count(); ++c) {
      double const share = static_cast<double>(in_cell[c]) / samples;
      if (!detail::plausible_share(share, cells.probability(c), options.samples, false_alarm)) {
        report.breaks("all values between min() and max() are equally likely",
                      "part " + text(c) + " of " + text(cells.count()) + " of the range holds a share of " +
                          text(share) + " of the outputs, expected " + text(cells.probability(c)));
      }
    }
    for (int b = 0; whole_bits && b < bit_count && (range >> b) != 0; ++b) {
      double const share = static_cast<double>(bit_set[static_cast<std::size_t>(b)]) / samples;
      if (!detail::plausible_share(share, 0.5, options.samples, false_alarm)) {
        report.breaks("all values between min() and max() are equally likely",
                      "bit " + text(b) + " is set in a share of " + text(share) + " of the outputs");
      }
    }
    // An odd number of values leaves the upper half one short of the half.
    double const upper = static_cast<double>(range / 2 + (range & 1U)) / (static_cast<double>(range) + 1.0);
    double const alike = upper * upper + (1.0 - upper) * (1.0 - upper);
    if (!detail::plausible_share(static_cast<double>(serial) / samples, alike, options.samples,
                                 false_alarm)) {
      report.breaks("the outputs of a stream are independent",
                    "neighbours lie in the same half of the range in a share of " +
                        text(static_cast<double>(serial) / samples));
    }

    auto compare = [&](Stream a, Stream b, std::string_view what) {
      std::size_t same_half = 0;
      std::size_t same_value = 0;
      for (std::size_t n = 0; n < options.samples; ++n) {
        auto const x = a();
        auto const y = b();
        same_half += detail::upper_half<Stream>(x) == detail::upper_half<Stream>(y) ? 1U : 0U;
        same_value += x == y ? 1U : 0U;
      }
      double const share = static_cast<double>(same_half) / samples;
      if (same_value == options.samples) {
        report.breaks("children of different tags differ", std::string{what} + " produce the same bits");
      } else if (!detail::plausible_share(share, alike, options.samples, false_alarm)) {
        report.breaks("children of different tags are independent",
                      std::string{what} + " lie in the same half of the range in a share of " + text(share));
      }
    };
    for (std::size_t t = 1; t < tag_count; ++t) {
      compare(root.child(tags[t - 1]), root.child(tags[t]),
              "child(" + text(tags[t - 1]) + ") and child(" + text(tags[t]) + ")");
      if (t > 1) compare(root.child(0), root.child(tags[t]), "child(0) and child(" + text(tags[t]) + ")");
      compare(root, root.child(tags[t]), "child(" + text(tags[t]) + ") and its parent");
    }
  });
  return report;
}

}  // namespace joust::laws
