// SPDX-License-Identifier: MIT
//
// A preference matrix from comma-separated values: K rows of K probabilities, row i and column j holding
// P(i beats j), under an optional line of arm names. Any fault is an error with its place; nothing is skipped
// or repaired.
//
//   cost    O(size of the text); checking the names O(K^2)
#pragma once

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/environment/detail/csv.hpp>
#include <joust/environment/detail/read_text.hpp>
#include <joust/oracle/preference_matrix.hpp>

namespace joust {

namespace detail {

// A first row without a number is a line of names; arms called "1", "2" can be quoted.
[[nodiscard]] inline bool names_arms(csv_row const& row) {
  for (csv_field const& field : row.fields) {
    if (!field.quoted && as_number(field.text)) return false;
  }
  return true;
}

[[nodiscard]] inline std::vector<std::string> read_arm_names(named_text const& source, csv_row const& row) {
  std::vector<std::string> names;
  for (csv_field const& field : row.fields) {
    if (field.text.empty()) source.fail(field.offset, "arm name is empty; expected a name");
    for (std::string const& earlier : names) {
      if (earlier == field.text) {
        source.fail(field.offset, fault("arm name", field.text, "a name not used before"));
      }
    }
    names.push_back(field.text);
  }
  return names;
}

}  // namespace detail

/// The matrix in a text; `name` is what errors call it. Throws file_error (a std::invalid_argument) with line
/// and column for text that is not CSV, a number that is none or lies outside [0, 1], a diagonal other than
/// 1/2, p_ij + p_ji other than 1 within preference_matrix::tolerance, a row or a column too many or too few,
/// fewer than two arms, an arm name that is empty or used twice, and an empty text.
[[nodiscard]] inline preference_matrix parse_matrix(std::string_view text, std::string_view name) {
  using detail::fault;
  detail::named_text const source{text, name};
  auto rows = detail::csv_parser{source}.rows();
  std::vector<std::string> names;
  if (detail::names_arms(rows.front())) {
    names = detail::read_arm_names(source, rows.front());
    rows.erase(rows.begin());
    if (rows.empty()) source.fail_line(0, "names arms but no row follows");
  }
  std::size_t const arms = names.empty() ? rows.front().fields.size() : names.size();
  if (arms < 2) source.fail_line(rows.front().offset, "has 1 column; expected at least 2 arms");

  std::vector<double> entries;
  entries.reserve(arms * rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto const& fields = rows[i].fields;
    if (i == arms) {
      source.fail_line(rows[i].offset, "row " + detail::text(i + 1) + " of a matrix with " +
                                           detail::text(arms) + " columns; expected as many rows");
    }
    if (fields.size() > arms) {
      source.fail(fields[arms].offset,
                  "row has " + detail::text(fields.size()) + " fields; expected " + detail::text(arms));
    }
    for (detail::csv_field const& field : fields) {
      entries.push_back(detail::unit_interval_field(source, field, "probability"));
    }
    if (fields.size() < arms) {
      source.fail_line(rows[i].offset,
                       "row has " + detail::text(fields.size()) + " fields; expected " + detail::text(arms));
    }
    if (std::fabs(entries[i * arms + i] - 0.5) > preference_matrix::tolerance) {
      source.fail(fields[i].offset, fault("diagonal entry", fields[i].text, "0.5"));
    }
    for (std::size_t j = 0; j < i; ++j) {
      double const mirror = entries[j * arms + i];
      if (std::fabs(entries[i * arms + j] + mirror - 1.0) > preference_matrix::tolerance) {
        source.fail(fields[j].offset, fault("probability", fields[j].text,
                                            "1 - " + detail::text(mirror) + ", from row " +
                                                detail::text(j + 1) + ", column " + detail::text(i + 1)));
      }
    }
  }
  if (rows.size() < arms) {
    source.fail_line(rows.back().offset, "last of " + detail::text(rows.size()) + " rows; expected " +
                                             detail::text(arms) + " as there are columns");
  }
  return {arms, std::move(entries), std::move(names)};
}

/// The matrix in a file. Throws as parse_matrix, and for a file that is missing, a directory or unreadable.
[[nodiscard]] inline preference_matrix read_matrix(std::filesystem::path const& path) {
  return parse_matrix(detail::read_text(path), path.string());
}

}  // namespace joust
