// SPDX-License-Identifier: MIT
//
// Rankings from PrefLib as a log of duels. Each voter's order becomes one comparison of every two
// alternatives it ranks: a win for the one placed higher, a tie inside braces. Alternatives that an
// incomplete order leaves out are not compared: their absence says nothing about them.
//
//   needs   the current format: "# KEY: value" lines, then "count: 1,2,{3,4}" lines; soc, soi, toc or toi
//   cost    O(sum of squared order lengths)
//   source  Mattei & Walsh, "PrefLib: a library for preferences", ADT 2013; preflib.org/format
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/environment/detail/read_text.hpp>
#include <joust/environment/duel_log.hpp>
#include <joust/environment/read_duels.hpp>

namespace joust {

namespace detail {

class preflib_parser {
 public:
  explicit preflib_parser(named_text const& source) : source_{source}, text_{source.text()} {}

  [[nodiscard]] duel_log parse() {
    if (trimmed({0, text_.size()}).size() == 0) source_.fail_file("is empty");
    std::size_t at = 0;
    while (at < text_.size()) {
      std::size_t const newline = std::min(text_.find('\n', at), text_.size());
      span const line = trimmed({at, newline});
      at = newline + 1;
      if (line.size() == 0) {
        if (trimmed({newline, text_.size()}).size() != 0)
          source_.fail_line(line.begin, "empty line between lines");
        break;
      }
      if (text_[line.begin] == '#') {
        if (orders_ != 0) source_.fail(line.begin, "metadata after the first order");
        metadata({line.begin + 1, line.end});
      } else {
        if (orders_ == 0) finish_metadata(line);
        order(line);
      }
    }
    return finish();
  }

 private:
  // Bytes [begin, end) of the text.
  struct span {
    std::size_t begin;
    std::size_t end;
    [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
  };

  // A metadata value and where it stands.
  struct declared {
    std::uint64_t value;
    std::size_t offset;
  };

  [[nodiscard]] std::string_view view(span s) const { return text_.substr(s.begin, s.size()); }

  [[nodiscard]] span trimmed(span s) const {
    auto const space = [this](std::size_t i) {
      return text_[i] == ' ' || text_[i] == '\t' || text_[i] == '\r' || text_[i] == '\n';
    };
    while (s.begin < s.end && space(s.begin)) ++s.begin;
    while (s.begin < s.end && space(s.end - 1)) --s.end;
    return s;
  }

  // Only what the orders depend on is used; titles, dates and file names have no bearing on them.
  void metadata(span line) {
    std::size_t const colon = text_.find(':', line.begin);
    if (colon == std::string_view::npos || colon >= line.end) return;  // a remark
    std::string_view const key = view(trimmed({line.begin, colon}));
    span const value = trimmed({colon + 1, line.end});
    constexpr std::string_view name_key = "ALTERNATIVE NAME ";
    if (key.starts_with(name_key)) {
      std::size_t const offset = static_cast<std::size_t>(key.data() - text_.data()) + name_key.size();
      alternative_name({offset, offset + key.size() - name_key.size()}, value);
    } else if (key == "NUMBER ALTERNATIVES") {
      alternatives_ = number(value, "number of alternatives");
    } else if (key == "NUMBER VOTERS") {
      voters_ = number(value, "number of voters");
    } else if (key == "NUMBER UNIQUE ORDERS") {
      unique_orders_ = number(value, "number of unique orders");
    } else if (key == "DATA TYPE") {
      type_ = view(value);
      if (type_ != "soc" && type_ != "soi" && type_ != "toc" && type_ != "toi") {
        source_.fail(value.begin, fault("data type", type_, "soc, soi, toc or toi"));
      }
    }
  }

  void alternative_name(span index, span name) {
    index = trimmed(index);
    auto const [value, offset] = number(index, "index of an alternative");
    if (value != names_.size() + 1) {
      source_.fail(offset,
                   fault("index of an alternative", view(index), text(names_.size() + 1) + ", the next"));
    }
    if (name.size() == 0) source_.fail(index.begin, "alternative has no name");
    for (std::string const& earlier : names_) {
      if (earlier == view(name)) {
        source_.fail(name.begin, fault("name of an alternative", view(name), "a name not used before"));
      }
    }
    names_.emplace_back(view(name));
  }

  [[nodiscard]] declared number(span s, std::string_view what) const {
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(text_.data() + s.begin, text_.data() + s.end, value);
    if (error != std::errc{} || end != text_.data() + s.end || value == 0) {
      source_.fail(s.begin, fault(what, view(s), "a whole number of at least 1"));
    }
    return {value, s.begin};
  }

  void finish_metadata(span line) const {
    if (names_.size() < 2) {
      source_.fail_line(line.begin,
                        "first order after " + text(names_.size()) +
                            " alternatives; expected at least 2 lines \"# ALTERNATIVE NAME ...\"");
    }
    if (alternatives_ && alternatives_->value != names_.size()) {
      source_.fail(alternatives_->offset, fault("number of alternatives", text(alternatives_->value),
                                                text(names_.size()) + ", as many as are named"));
    }
  }

  // count: 1,2,{3,4}
  void order(span line) {
    std::size_t const colon = text_.find(':', line.begin);
    if (colon == std::string_view::npos || colon >= line.end) {
      source_.fail(line.begin, fault("order", view(line), "count: alternative, ..."));
    }
    span const count_text = trimmed({line.begin, colon});
    std::uint64_t const count = parse_count(source_, view(count_text), count_text.begin);
    if (count > duel_log::most_duels - total_voters_) {
      source_.fail(count_text.begin, fault("count", view(count_text), "at most 2^53 voters in all"));
    }
    total_voters_ += count;
    ++orders_;

    placed_.clear();
    std::size_t place = 0;
    std::optional<std::size_t> brace;
    for (std::size_t begin = colon + 1;;) {
      std::size_t const comma = std::min(text_.find(',', begin), line.end);
      span item = trimmed({begin, comma});
      if (item.size() != 0 && text_[item.begin] == '{') {
        if (brace) source_.fail(item.begin, "brace inside braces");
        if (!ties_allowed()) source_.fail(item.begin, "tie in data of type \"" + std::string{type_} + "\"");
        brace = item.begin;
        item = trimmed({item.begin + 1, item.end});
      }
      bool const closes = item.size() != 0 && text_[item.end - 1] == '}';
      if (closes) {
        if (!brace) source_.fail(item.end - 1, "closing brace without an opening one");
        item = trimmed({item.begin, item.end - 1});
      }
      rank(item, place, count);
      if (closes) brace.reset();
      if (!brace) ++place;
      if (comma == line.end) break;
      begin = comma + 1;
    }
    if (brace) source_.fail(*brace, "brace that is never closed");
    if (!incomplete_allowed() && placed_.size() != names_.size()) {
      source_.fail_line(line.begin, "order ranks " + text(placed_.size()) + " alternatives; expected all " +
                                        text(names_.size()) + " in data of type \"" + std::string{type_} +
                                        "\"");
    }
  }

  // Puts an alternative at a place and compares it with all that came before it in the order.
  void rank(span item, std::size_t place, std::uint64_t count) {
    auto const [value, offset] = number(item, "alternative");
    if (value > names_.size()) {
      source_.fail(offset, fault("alternative", view(item), "at most " + text(names_.size())));
    }
    std::size_t const arm = static_cast<std::size_t>(value) - 1;
    for (auto const& [earlier, earlier_place] : placed_) {
      if (earlier == arm)
        source_.fail(offset, fault("alternative", view(item), "one not ranked before in this order"));
    }
    for (auto const& [earlier, earlier_place] : placed_) {
      if (count > duel_log::most_duels - total_duels_) {
        source_.fail_line(item.begin, "order takes the number of comparisons beyond 2^53");
      }
      total_duels_ += count;
      auto& pair = pairs_[{std::min(earlier, arm), std::max(earlier, arm)}];
      (earlier_place == place ? pair.ties : earlier < arm ? pair.wins : pair.losses) += count;
    }
    placed_.emplace_back(arm, place);
  }

  [[nodiscard]] duel_log finish() const {
    if (orders_ == 0) source_.fail_file("has no orders");
    if (voters_ && voters_->value != total_voters_) {
      source_.fail(voters_->offset, fault("number of voters", text(voters_->value),
                                          text(total_voters_) + ", the sum of the counts"));
    }
    if (unique_orders_ && unique_orders_->value != orders_) {
      source_.fail(unique_orders_->offset, fault("number of unique orders", text(unique_orders_->value),
                                                 text(orders_) + ", as many as follow"));
    }
    duel_log log{names_};
    for (auto const& [arms, counts] : pairs_) {
      if (counts.wins != 0) log.add({arms.first, arms.second, first_wins, counts.wins});
      if (counts.losses != 0) log.add({arms.first, arms.second, second_wins, counts.losses});
      if (counts.ties != 0) log.add({arms.first, arms.second, tie, counts.ties});
    }
    return log;
  }

  // Without a data type everything the format can express is allowed.
  [[nodiscard]] bool ties_allowed() const { return type_.empty() || type_.front() == 't'; }
  [[nodiscard]] bool incomplete_allowed() const { return type_.empty() || type_.back() == 'i'; }

  struct tally {
    std::uint64_t wins = 0;
    std::uint64_t losses = 0;
    std::uint64_t ties = 0;
  };

  named_text const& source_;
  std::string_view text_;
  std::string_view type_{};
  std::vector<std::string> names_{};
  std::optional<declared> alternatives_{};
  std::optional<declared> voters_{};
  std::optional<declared> unique_orders_{};
  std::uint64_t orders_ = 0;
  std::uint64_t total_voters_ = 0;
  std::uint64_t total_duels_ = 0;
  std::vector<std::pair<std::size_t, std::size_t>> placed_{};  // arm and place, in the order being read
  std::map<std::pair<std::size_t, std::size_t>, tally> pairs_{};
};

}  // namespace detail

/// The rankings in a text as a log, one record for each pair and result; `name` is what errors call it. An
/// order of length one compares nothing. Throws file_error (a std::invalid_argument) with line and column
/// for an order that is not "count: alternatives", an alternative unknown or ranked twice, braces that do not
/// match, a tie or an incomplete order where the data type excludes it, a count below 1, totals beyond 2^53,
/// metadata that contradicts the orders, names missing, out of order or used twice, and a text without
/// orders.
[[nodiscard]] inline duel_log parse_preflib(std::string_view text, std::string_view name) {
  detail::named_text const source{text, name};
  return detail::preflib_parser{source}.parse();
}

/// The rankings in a file. Throws as parse_preflib, and for a file that is missing, a directory or
/// unreadable.
[[nodiscard]] inline duel_log read_preflib(std::filesystem::path const& path) {
  return parse_preflib(detail::read_text(path), path.string());
}

}  // namespace joust
