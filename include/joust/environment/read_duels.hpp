// SPDX-License-Identifier: MIT
//
// A log of duels from comma-separated values: the header first,second,outcome or first,second,outcome,count,
// then a line for each record, arms by name. Any fault is an error with its place; nothing is skipped.
//
//   cost    O(size of the text), and a look-up of two names for each line
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/environment/detail/csv.hpp>
#include <joust/environment/detail/read_text.hpp>
#include <joust/environment/duel_log.hpp>

namespace joust {

struct duels_options {
  std::vector<std::string> arms{};  ///< the arms in order, others being a fault; empty: as they appear
};

namespace detail {

// A whole number of at least 1, as a count of duels.
[[nodiscard]] inline std::uint64_t parse_count(named_text const& source, std::string_view text,
                                               std::size_t offset) {
  std::uint64_t count = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  bool const whole = end == text.data() + text.size();
  if (whole && (error == std::errc::result_out_of_range || count > duel_log::most_duels)) {
    source.fail(offset, fault("count", text, "at most 2^53"));
  }
  if (!whole || error != std::errc{} || count == 0) {
    source.fail(offset, fault("count", text, "a whole number of at least 1"));
  }
  return count;
}

// The columns of the header: 3, or 4 with a count.
[[nodiscard]] inline std::size_t read_duels_header(named_text const& source, csv_row const& row) {
  constexpr std::array<std::string_view, 4> titles{"first", "second", "outcome", "count"};
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    if (i == titles.size()) source.fail(row.fields[i].offset, "header has more than 4 columns");
    if (row.fields[i].text != titles[i]) {
      source.fail(row.fields[i].offset,
                  fault("column title", row.fields[i].text, "\"" + std::string{titles[i]} + "\""));
    }
  }
  if (row.fields.size() < 3) {
    source.fail_line(row.offset, "header has too few columns; expected first,second,outcome[,count]");
  }
  return row.fields.size();
}

// Names to indices: a fixed list, or one that grows as names appear.
class arm_index {
 public:
  explicit arm_index(std::vector<std::string> arms) : names_{std::move(arms)}, fixed_{!names_.empty()} {
    for (std::size_t i = 0; i < names_.size(); ++i) indices_.emplace(names_[i], i);
  }

  [[nodiscard]] std::size_t operator()(named_text const& source, csv_field const& field) {
    if (field.text.empty()) source.fail(field.offset, "arm name is empty; expected a name");
    auto const found = indices_.find(field.text);
    if (found != indices_.end()) return found->second;
    if (fixed_) source.fail(field.offset, fault("arm", field.text, "one of the arms given"));
    indices_.emplace(field.text, names_.size());
    names_.push_back(field.text);
    return names_.size() - 1;
  }

  [[nodiscard]] std::vector<std::string> const& names() const noexcept { return names_; }

 private:
  std::vector<std::string> names_;
  std::map<std::string, std::size_t, std::less<>> indices_;
  bool fixed_;
};

}  // namespace detail

/// The log in a text; `name` is what errors call it. Throws file_error (a std::invalid_argument) with line
/// and column for text that is not CSV, another header, a field too many or too few, an empty or unknown arm,
/// a self-duel, an outcome that is no number in [0, 1], a count that is no whole number from 1 to 2^53 or
/// takes the total beyond 2^53, and a text without duels. Throws std::invalid_argument for options.arms with
/// one name, an empty name or a name twice.
[[nodiscard]] inline duel_log parse_duels(std::string_view text, std::string_view name,
                                          duels_options options = {}) {
  if (!options.arms.empty()) static_cast<void>(duel_log{options.arms});  // refuses a bad list
  detail::named_text const source{text, name};
  auto const rows = detail::csv_parser{source}.rows();
  std::size_t const columns = detail::read_duels_header(source, rows.front());
  if (rows.size() == 1) source.fail_file("has a header but no duels");

  detail::arm_index arms{std::move(options.arms)};
  std::vector<duel_record> records;
  records.reserve(rows.size() - 1);
  std::uint64_t total = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    auto const& fields = rows[i].fields;
    std::string const shape =
        "row has " + detail::text(fields.size()) + " fields; expected " + detail::text(columns);
    if (fields.size() > columns) source.fail(fields[columns].offset, shape);
    if (fields.size() < columns) source.fail_line(rows[i].offset, shape);
    duel_record record;
    record.first = arms(source, fields[0]);
    record.second = arms(source, fields[1]);
    if (record.first == record.second) {
      source.fail(fields[1].offset,
                  detail::fault("second arm", fields[1].text, "another one than the first"));
    }
    record.outcome = detail::unit_interval_field(source, fields[2], "outcome");
    if (columns == 4) record.count = detail::parse_count(source, fields[3].text, fields[3].offset);
    if (record.count > duel_log::most_duels - total) {
      source.fail(fields[columns - 1].offset,
                  detail::fault("count", fields[columns - 1].text, "at most 2^53 duels in all"));
    }
    total += record.count;
    records.push_back(record);
  }
  duel_log log{arms.names()};
  for (duel_record const& record : records) log.add(record);
  return log;
}

/// The log in a file. Throws as parse_duels, and for a file that is missing, a directory or unreadable.
[[nodiscard]] inline duel_log read_duels(std::filesystem::path const& path, duels_options options = {}) {
  return parse_duels(detail::read_text(path), path.string(), std::move(options));
}

}  // namespace joust
