// SPDX-License-Identifier: MIT
//
// How a value is written down and read back. A type lists its fields once, by name; from that list it is
// saved, restored and compared. The written form is text: a line that says what it is, a line per field, and
// a checksum, so that it can be read, compared and archived, and damage does not go unnoticed.
//
//     joust 1 rucb 1          format and its version, type and its version
//     alpha 0.51              a field: its name and its value; numbers read back as exactly what they were
//     wins 0 1 3 0            a table of a size that follows from fields before it
//     in_play 2: 0 1          a list of a length of its own
//     checksum 8c0f5d3e2a71b64f
//
//   cost    about 50 ns per number, either way
//   repeat  equal values have equal texts
//   source  the checksum is FNV-1a of 64 bits over all lines before it: any change of a single byte shows
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

#include <joust/core/detail/fnv1a.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

namespace detail {

template <class T>
concept plain_number = std::integral<T> || std::floating_point<T>;

/// An enumeration whose names can be written: names_of(value) returns the names of its enumerators, which
/// count from 0.
template <class T>
concept named_enumeration = std::is_enum_v<T> && requires(T value) {
  names_of(value).size();
};

[[nodiscard]] inline std::string hexadecimal(std::uint64_t value) {
  std::string digits(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4U) digits[i] = "0123456789abcdef"[value & 15U];
  return digits;
}

}  // namespace detail

/// Writes fields down. Call it with a name and a value per field: a number, a bool, a pairing, a named
/// enumeration, a vector of numbers or pairings, or a type that lists fields of its own. A third argument,
/// the field's meaning, is for other readers of the list.
class state_writer {
 public:
  /// For a type of that name and version.
  state_writer(std::string_view type, unsigned version) {
    text_ = "joust 1 " + std::string{type} + ' ' + detail::text(version) + '\n';
  }

  /// A field; of a vector, the size must be known to whoever reads it.
  template <class T>
  void operator()(std::string_view name, T const& value, std::string_view = {}) {
    if constexpr (requires { T::fields(value, *this); }) {
      std::string const outer = prefix_;
      prefix_ += std::string{name} + '.';
      T::fields(value, *this);
      prefix_ = outer;
    } else {
      begin(name);
      put(value);
      text_ += '\n';
    }
  }

  /// A vector of a size of its own.
  template <class T>
  void list(std::string_view name, std::vector<T> const& values) {
    begin(name);
    text_ += ' ' + detail::text(values.size()) + ':';
    put(values);
    text_ += '\n';
  }

  /// Everything written, with its checksum.
  [[nodiscard]] std::string finish() && {
    return text_ + "checksum " + detail::hexadecimal(detail::fnv1a(text_)) + '\n';
  }

 private:
  void begin(std::string_view name) {
    text_ += prefix_;
    text_ += name;
  }
  template <class T>
  void put(T const& value) {
    if constexpr (std::same_as<T, bool> || std::same_as<T, unsigned char>) {
      put(static_cast<unsigned>(value));
    } else if constexpr (detail::plain_number<T>) {
      char buffer[64];
      buffer[0] = ' ';
      char const* const end = std::to_chars(buffer + 1, buffer + sizeof buffer, value).ptr;
      text_.append(buffer, static_cast<std::size_t>(end - buffer));
    } else if constexpr (detail::named_enumeration<T>) {
      text_ += ' ';
      text_ += names_of(value)[static_cast<std::size_t>(value)];
    } else if constexpr (std::same_as<T, pairing>) {
      put(value.first);
      put(value.second);
    } else {
      for (auto const element : value) put(element);
    }
  }

  std::string text_;
  std::string prefix_;
};

/// Reads fields back, in the order in which they were written; the counterpart of state_writer, called in the
/// same way. Throws file_error, a std::invalid_argument, that names the line and what was expected: for a
/// text that is damaged, cut short or foreign, and for fields that do not fit.
class state_reader {
 public:
  /// Of a value of that type and version. The text is read while it is asked for, and must live as long.
  state_reader(std::string_view text, std::string_view type, unsigned version) {
    std::string_view const last_word = "checksum ";
    std::size_t const tail = last_word.size() + 17;
    if (text.size() < tail || text.substr(0, 6) != "joust ")
      fail("is no saved state", "a line 'joust 1 ...'");
    std::string_view const body = text.substr(0, text.size() - tail);
    std::string const seal = std::string{last_word} + detail::hexadecimal(detail::fnv1a(body)) + '\n';
    if (!body.ends_with('\n') || text.substr(body.size()) != seal) {
      fail("is damaged or cut short", "a last line with the checksum of all others");
    }
    rest_ = body;
    std::string const expected = "joust 1 " + std::string{type} + ' ' + detail::text(version);
    next_line();
    if (line_ != expected) fail("is '" + std::string{line_} + "'", "'" + expected + "'");
  }

  /// A field. A vector must have the size it had.
  template <class T>
  void operator()(std::string_view name, T& value, std::string_view = {}) {
    if constexpr (requires { T::fields(value, *this); }) {
      std::string const outer = prefix_;
      prefix_ += std::string{name} + '.';
      T::fields(value, *this);
      prefix_ = outer;
    } else {
      begin(name);
      get(value);
      end();
    }
  }

  /// A vector of a size of its own.
  template <class T>
  void list(std::string_view name, std::vector<T>& values) {
    begin(name);
    std::size_t const colon = line_.find(':');
    std::string_view const rest = colon == line_.npos ? "" : line_.substr(colon + 1);
    if (colon == line_.npos) fail("has no length", "'" + prefix_ + std::string{name} + " length: elements'");
    line_ = line_.substr(0, colon);
    std::size_t length = 0;
    get(length);
    end();
    line_ = rest;
    if (length > rest.size()) fail("has fewer elements", detail::text(length) + " of them");
    values.assign(length, T{});
    get(values);
    end();
  }

  /// Everything must have been read.
  void finish() {
    if (!rest_.empty()) {
      ++number_;
      fail("is left over", "the checksum");
    }
  }

  /// For values that are readable but make no sense.
  [[noreturn]] void fail(std::string const& fault, std::string const& expectation) const {
    throw file_error{"state", number_, 0, fault + "; expected " + expectation};
  }

 private:
  void next_line() {
    std::size_t const end = rest_.find('\n');
    ++number_;
    line_ = rest_.substr(0, end);
    rest_ = end == rest_.npos ? std::string_view{} : rest_.substr(end + 1);
  }
  void begin(std::string_view name) {
    next_line();
    std::string const key = prefix_ + std::string{name};
    if (line_.substr(0, key.size()) != key || (line_.size() > key.size() && line_[key.size()] != ' ')) {
      fail("begins with '" + std::string{line_.substr(0, line_.find(' '))} + "'", "'" + key + "'");
    }
    line_ = line_.substr(key.size());
  }
  void end() const {
    if (!line_.empty()) fail("has more values", "none behind its last");
  }
  [[nodiscard]] std::string_view word() {
    if (line_.empty() || line_[0] != ' ') fail("has too few values", "another");
    std::size_t const end = line_.find(' ', 1);
    std::string_view const found = line_.substr(1, end == line_.npos ? end : end - 1);
    line_ = end == line_.npos ? std::string_view{} : line_.substr(end);
    return found;
  }
  template <class T>
  void get(T& value) {
    if constexpr (std::same_as<T, bool> || std::same_as<T, unsigned char>) {
      unsigned number = 0;
      get(number);
      constexpr unsigned most = std::same_as<T, bool> ? 1 : 255;
      if (number > most) fail("holds " + detail::text(number), "at most " + detail::text(most));
      value = static_cast<T>(number);
    } else if constexpr (detail::plain_number<T>) {
      std::string_view const digits = word();
      auto const read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      bool whole = read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
      if constexpr (std::floating_point<T>) whole = whole && !std::isnan(value);
      if (!whole) fail("holds '" + std::string{digits} + "'", "a number of its kind");
    } else if constexpr (detail::named_enumeration<T>) {
      std::string_view const found = word();
      auto const names = names_of(value);
      std::size_t i = 0;
      while (i < names.size() && names[i] != found) ++i;
      if (i == names.size()) fail("holds '" + std::string{found} + "'", "a name of its enumeration");
      value = static_cast<T>(i);
    } else if constexpr (std::same_as<T, pairing>) {
      get(value.first);
      get(value.second);
    } else {
      for (auto& element : value) get(element);
    }
  }

  std::string_view rest_;
  std::string_view line_;
  std::size_t number_ = 0;
  std::string prefix_;
};

namespace detail {

// Compares two values of one type by their fields: the first listing keeps their addresses, the second
// compares.
class field_comparison {
 public:
  template <class T>
  void operator()(std::string_view, T const& value, std::string_view = {}) {
    if constexpr (requires { T::fields(value, *this); }) {
      T::fields(value, *this);
    } else if (!second_) {
      seen_.push_back(&value);
    } else {
      same_ = same_ && at_ < seen_.size() && *static_cast<T const*>(seen_[at_]) == value;
      ++at_;
    }
  }
  template <class T>
  void list(std::string_view name, std::vector<T> const& values) {
    (*this)(name, values);
  }

  void compare_with_next() noexcept { second_ = true; }
  [[nodiscard]] bool same() const noexcept { return same_ && at_ == seen_.size(); }

 private:
  std::vector<void const*> seen_;
  std::size_t at_ = 0;
  bool second_ = false;
  bool same_ = true;
};

}  // namespace detail
}  // namespace joust
