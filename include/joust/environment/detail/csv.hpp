// SPDX-License-Identifier: MIT
//
// Comma-separated values: rows of fields that remember where they stood. Fields may be quoted ("a, b", with
// "" for a quote) and may be surrounded by spaces; lines end in LF or CRLF, the last one also in nothing.
//
//   source  RFC 4180, and what spreadsheets write
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <joust/environment/detail/read_text.hpp>

namespace joust::detail {

struct csv_field {
  std::string text{};
  std::size_t offset = 0;  // of its first character, behind spaces and at an opening quote
  bool quoted = false;
};

struct csv_row {
  std::vector<csv_field> fields{};
  std::size_t offset = 0;  // of its first byte

  [[nodiscard]] bool blank() const {
    return fields.size() == 1 && fields.front().text.empty() && !fields.front().quoted;
  }
};

/// Reads the rows one by one, so that each rule of the format stands in one place.
class csv_parser {
 public:
  explicit csv_parser(named_text const& source) : source_{source}, text_{source.text()} {}

  /// All rows. Blank lines may stand at the end only: in between, one would hide a missing row.
  [[nodiscard]] std::vector<csv_row> rows() {
    std::vector<csv_row> result;
    while (at_ < text_.size()) result.push_back(row());
    while (!result.empty() && result.back().blank()) result.pop_back();
    for (csv_row const& row : result) {
      if (row.blank()) source_.fail_line(row.offset, "empty line between rows");
    }
    if (result.empty()) source_.fail_file("is empty");
    return result;
  }

 private:
  csv_row row() {
    csv_row result{.offset = at_};
    for (;;) {
      result.fields.push_back(field());
      if (at_ == text_.size() || text_[at_++] == '\n') return result;
    }
  }

  // Leaves at_ on the comma, on the newline or at the end of the text.
  csv_field field() {
    skip_spaces();
    csv_field result{.offset = at_};
    if (at_ < text_.size() && text_[at_] == '"') {
      result.quoted = true;
      result.text = quoted();
      skip_spaces();
      if (!at_end_of_field()) {
        source_.fail(at_,
                     fault("character after a closing quote", text_.substr(at_, 1), "a comma or a new line"));
      }
    } else {
      std::size_t end = at_;
      while (!at_end_of_field()) {
        if (text_[at_] == '"') source_.fail(at_, "quote inside a field that does not begin with one");
        if (text_[at_] == '\r') source_.fail(at_, "carriage return without a new line");
        if (text_[at_] == '\0') source_.fail(at_, "NUL byte; expected text");
        bool const space = text_[at_] == ' ' || text_[at_] == '\t';
        ++at_;
        if (!space) end = at_;
      }
      result.text = text_.substr(result.offset, end - result.offset);
    }
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    return result;
  }

  std::string quoted() {
    std::size_t const opening = at_++;
    std::string result;
    for (;; ++at_) {
      if (at_ == text_.size()) source_.fail(opening, "quote that is never closed");
      if (text_[at_] == '"') {
        if (at_ + 1 == text_.size() || text_[at_ + 1] != '"') break;
        ++at_;
      }
      result += text_[at_];
    }
    ++at_;
    return result;
  }

  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  [[nodiscard]] bool at_end_of_field() const {
    if (at_ == text_.size() || text_[at_] == ',' || text_[at_] == '\n') return true;
    return text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n';
  }

  named_text const& source_;
  std::string_view text_;
  std::size_t at_ = 0;
};

/// The text as a number, if it is one from end to end: decimal or scientific, "nan" and "inf" included.
/// Numbers too large or too small for a double are none.
[[nodiscard]] inline std::optional<double> as_number(std::string_view text) {
  double value = 0.0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The field as a number in [0, 1]. Throws file_error at the field.
[[nodiscard]] inline double unit_interval_field(named_text const& source, csv_field const& field,
                                                std::string_view what) {
  auto const value = as_number(field.text);
  if (!value || !(*value >= 0.0 && *value <= 1.0)) {
    source.fail(field.offset, fault(what, field.text, "a number in [0, 1]"));
  }
  return *value;
}

}  // namespace joust::detail
