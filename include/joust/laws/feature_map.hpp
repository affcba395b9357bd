// SPDX-License-Identifier: MIT
//
// The laws of a feature_map, run on your own: one finite row per candidate, the same every time, and no row
// that depends on where its candidate stands.
//
//   needs   a map whose result has elements matrix(row, column); candidates that can be copied and permuted
//   cost    four maps
//   repeat  same arguments, same report; no law here can fail by chance
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/laws/law_report.hpp>

namespace joust::laws {

/// Runs the laws of a feature_map (core/concepts.hpp) on one context and an indexable list of candidates:
///  - one row per candidate, dimension() columns, all finite
///  - the same arguments give the same matrix
///  - permuting the candidates permutes the rows and nothing else
template <class Map, class Context, class Candidates, joust::random_stream Stream>
[[nodiscard]] law_report feature_map(Map const& map, Context const& x, Candidates const& candidates,
                                     Stream const& stream) {
  static_assert(joust::feature_map<Map, Context, Candidates>,
                "joust::laws::feature_map: call joust::explain_feature_map to see what is missing");
  using joust::detail::text;
  law_report report{"feature_map"};
  report.examine([&] {
    using matrix = std::remove_cvref_t<decltype(map(x, candidates))>;
    using index = decltype(std::declval<matrix const&>().rows());
    std::size_t const count = candidates.size();
    std::size_t const dimension = map.dimension();
    auto row_of = [](matrix const& features, std::size_t row) {
      std::vector<double> values(static_cast<std::size_t>(features.cols()));
      for (std::size_t j = 0; j < values.size(); ++j) {
        values[j] = static_cast<double>(features(static_cast<index>(row), static_cast<index>(j)));
      }
      return values;
    };

    matrix const features = map(x, candidates);
    if (static_cast<std::size_t>(features.rows()) != count ||
        static_cast<std::size_t>(features.cols()) != dimension) {
      report.breaks("there is one row per candidate and one column per dimension",
                    "the matrix is " + text(features.rows()) + " x " + text(features.cols()) + ", expected " +
                        text(count) + " x " + text(dimension));
      return;
    }
    matrix const again = map(x, candidates);

    // A turn, which moves every candidate, and then a shuffle, which separates neighbours.
    std::vector<std::size_t> turned(count);
    for (std::size_t i = 0; i < count; ++i) turned[i] = (i + 1) % count;
    std::vector<std::size_t> shuffled = turned;
    Stream chance = stream;
    draw_order(std::span{shuffled}, chance);
    for (auto const& order : {turned, shuffled}) {
      Candidates permuted = candidates;
      for (std::size_t i = 0; i < count; ++i) permuted[i] = candidates[order[i]];
      matrix const moved = map(x, permuted);
      for (std::size_t i = 0; i < count; ++i) {
        if (row_of(moved, i) != row_of(features, order[i])) {
          report.breaks("permuting the candidates permutes the rows and nothing else",
                        "candidate " + text(order[i]) + " has another row in place " + text(i));
        }
      }
    }

    for (std::size_t i = 0; i < count; ++i) {
      auto const row = row_of(features, i);
      for (std::size_t j = 0; j < dimension; ++j) {
        if (!std::isfinite(row[j])) {
          report.breaks("all features are finite",
                        "row " + text(i) + ", column " + text(j) + " is " + text(row[j]));
        }
      }
      if (row_of(again, i) != row) {
        report.breaks("the same arguments give the same matrix",
                      "row " + text(i) + " differs in a second call");
      }
    }
  });
  return report;
}

}  // namespace joust::laws
