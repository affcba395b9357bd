// SPDX-License-Identifier: MIT
//
// A name with parameters as typed on a command line: "linear:dimension=5,arms=32". A comma separates
// parameters only where "word=" follows, so file names may hold commas.
#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace lab {

class typed_name {
 public:
  /// Splits the text. A text without a colon but with "word=" in front has an empty name and parameters only,
  /// as in "posterior=linear-logistic,rule=greedy".
  explicit typed_name(std::string const& text) : text_{text} {
    std::size_t const colon = text.find(':');
    std::size_t const equals = text.find('=');
    std::string rest;
    if (colon != std::string::npos && (equals == std::string::npos || colon < equals)) {
      name_ = text.substr(0, colon);
      rest = text.substr(colon + 1);
      if (rest.empty()) fail("has a colon but no parameter after it");
    } else if (equals != std::string::npos) {
      rest = text;
    } else {
      name_ = text;
    }
    while (!rest.empty()) {
      std::size_t const end = end_of_parameter(rest);
      std::string const item = rest.substr(0, end);
      rest = end < rest.size() ? rest.substr(end + 1) : "";
      std::size_t const sign = item.find('=');
      if (sign == std::string::npos || sign == 0)
        fail("has '" + item + "' where parameter=value is expected");
      for (auto const& known : given_) {
        if (known.first == item.substr(0, sign)) fail("gives " + known.first + " twice");
      }
      given_.emplace_back(item.substr(0, sign), item.substr(sign + 1));
    }
  }

  [[nodiscard]] std::string const& name() const { return name_; }
  [[nodiscard]] std::string const& text() const { return text_; }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> const& given() const { return given_; }

  [[nodiscard]] std::optional<std::string> find(std::string_view parameter) const {
    for (auto const& [key, value] : given_) {
      if (key == parameter) return value;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::string word(std::string_view parameter, std::string const& standard) const {
    return find(parameter).value_or(standard);
  }
  [[nodiscard]] double number(std::string_view parameter, double standard) const {
    return parsed(parameter, standard, "a number");
  }
  [[nodiscard]] std::size_t count(std::string_view parameter, std::size_t standard) const {
    return parsed(parameter, standard, "a whole number of at least 0");
  }

  /// One of the listed words, by index.
  [[nodiscard]] std::size_t choice(std::string_view parameter, std::vector<std::string> const& words) const {
    std::string const value = word(parameter, words.front());
    std::string list;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (value == words[i]) return i;
      list += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    }
    fail("has " + std::string{parameter} + "=" + value + "; expected " + list);
  }

  [[noreturn]] void fail(std::string const& fault) const {
    throw std::invalid_argument{"'" + text_ + "' " + fault};
  }

 private:
  static std::size_t end_of_parameter(std::string const& rest) {
    for (std::size_t comma = rest.find(','); comma != std::string::npos; comma = rest.find(',', comma + 1)) {
      std::size_t letter = comma + 1;
      while (letter < rest.size() && ((rest[letter] >= 'a' && rest[letter] <= 'z') || rest[letter] == '_'))
        ++letter;
      if (letter > comma + 1 && letter < rest.size() && rest[letter] == '=') return comma;
    }
    return rest.size();
  }

  template <class Number>
  Number parsed(std::string_view parameter, Number standard, char const* expected) const {
    auto const value = find(parameter);
    if (!value) return standard;
    Number result{};
    char const* const end = value->data() + value->size();
    auto const read = std::from_chars(value->data(), end, result);
    if (read.ec != std::errc{} || read.ptr != end) {
      fail("has " + std::string{parameter} + "=" + *value + "; expected " + expected);
    }
    return result;
  }

  std::string text_;
  std::string name_;
  std::vector<std::pair<std::string, std::string>> given_;
};

}  // namespace lab
