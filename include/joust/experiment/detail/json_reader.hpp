// SPDX-License-Identifier: MIT
//
// The visitor that reads fields from JSON. It knows the file and the way to every value, and says both when
// something does not fit.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <joust/core/error.hpp>
#include <joust/core/schedule.hpp>
#include <joust/core/state.hpp>
#include <joust/experiment/detail/json_writer.hpp>

namespace joust::detail {

// A value as a message quotes it: whole if short.
[[nodiscard]] inline std::string quoted_json(nlohmann::ordered_json const& value) {
  std::string text = value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  constexpr std::size_t most = 60;
  if (text.size() > most) text = text.substr(0, most) + "...";
  return text;
}

[[noreturn]] inline void fail_json(std::string const& file, std::string const& path,
                                   std::string const& fault) {
  throw file_error{file, 0, 0, path.empty() ? fault : path + ": " + fault};
}

[[noreturn]] inline void wrong_kind(std::string const& file, std::string const& path,
                                    nlohmann::ordered_json const& value, std::string const& kind) {
  fail_json(file, path, "is " + quoted_json(value) + "; expected " + kind);
}

template <class T>
void read_json(nlohmann::ordered_json const& from, T& value, std::string const& file,
               std::string const& path);

class json_reader {
 public:
  json_reader(nlohmann::ordered_json const& from, std::string const& file, std::string const& path)
      : from_{from}, file_{file}, path_{path} {
    if (!from.is_object()) wrong_kind(file, path, from, "an object {...}");
  }

  template <class T>
  void operator()(std::string_view name, T& value, std::string_view = {}) {
    known_.emplace_back(name);
    auto const found = from_.find(known_.back());
    if (found != from_.end()) read_json(*found, value, file_, below(known_.back()));
  }
  template <class T>
  void list(std::string_view name, std::vector<T>& values, std::string_view meaning = {}) {
    (*this)(name, values, meaning);
  }

  void finish() const {
    for (auto const& [key, value] : from_.items()) {
      if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      std::string names;
      for (std::string const& name : known_) names += (names.empty() ? "" : ", ") + name;
      fail_json(file_, below(key), "is no known key; expected one of " + names);
    }
  }

 private:
  [[nodiscard]] std::string below(std::string const& name) const {
    return path_.empty() ? name : path_ + '.' + name;
  }

  nlohmann::ordered_json const& from_;
  std::string const& file_;
  std::string const& path_;
  std::vector<std::string> known_;
};

// Runs check() of options, whose messages begin with the name of an option, and puts the path before it.
template <class Check>
void checked_json(std::string const& file, std::string const& path, char const* between, Check const& check) {
  try {
    check();
  } catch (std::invalid_argument const& refused) {
    throw file_error{file, 0, 0, path.empty() ? refused.what() : path + between + refused.what()};
  }
}

template <class Number>
[[nodiscard]] Number whole_number(nlohmann::ordered_json const& from, std::string const& file,
                                  std::string const& path) {
  using limits = std::numeric_limits<Number>;
  auto const fits = [](auto given) { return std::in_range<Number>(given); };
  if (from.is_number_unsigned() && fits(from.template get<std::uint64_t>())) {
    return static_cast<Number>(from.template get<std::uint64_t>());
  }
  if (from.is_number_integer() && !from.is_number_unsigned() && fits(from.template get<std::int64_t>())) {
    return static_cast<Number>(from.template get<std::int64_t>());
  }
  // 1e4 is a whole number too; above 2^53 a floating-point text no longer says which one.
  if (from.is_number_float()) {
    double const given = from.template get<double>();
    if (std::abs(given) <= 9007199254740992.0 && std::trunc(given) == given &&
        fits(static_cast<std::int64_t>(given))) {
      return static_cast<Number>(given);
    }
  }
  wrong_kind(file, path, from,
             "a whole number from " + text((limits::min)()) + " to " + text((limits::max)()));
}

template <class T>
void read_json(nlohmann::ordered_json const& from, T& value, std::string const& file,
               std::string const& path) {
  if constexpr (std::same_as<T, schedule>) {
    if (from.is_number()) {
      value = from.template get<double>();
      return;
    }
    if (!from.is_object()) {
      wrong_kind(file, path, from,
                 "a number, or a schedule such as {\"shape\": \"linear\", \"first\": 1, \"last\": 0.5, "
                 "\"length\": 1000}");
    }
    for (char const* const key : {"shape", "first"}) {
      if (!from.contains(key))
        fail_json(file, path, std::string{"has no key '"} + key + "', as a schedule has");
    }
    double first = 0.0;
    read_json(from["first"], first, file, path + ".first");
    checked_json(file, path, ".", [&] { require_finite("first", first); });
    schedule read = first;
    json_reader visit{from, file, path};
    schedule::fields(read, visit);
    visit.finish();
    checked_json(file, "", "", [&] { read.check(path); });
    value = read;
  } else if constexpr (lists_fields<T>) {
    T read = value;
    json_reader visit{from, file, path};
    T::fields(read, visit);
    visit.finish();
    if constexpr (requires { read.check(); }) {
      checked_json(file, path, ".", [&] { read.check(); });
    }
    value = std::move(read);
  } else if constexpr (named_enumeration<T>) {
    if (from.is_string()) {
      auto const names = names_of(T{});
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == from.template get_ref<std::string const&>()) {
          value = static_cast<T>(i);
          return;
        }
      }
    }
    wrong_kind(file, path, from, json_kind<T>());
  } else if constexpr (std::same_as<T, bool>) {
    if (!from.is_boolean()) wrong_kind(file, path, from, json_kind<T>());
    value = from.template get<bool>();
  } else if constexpr (std::integral<T>) {
    value = whole_number<T>(from, file, path);
  } else if constexpr (std::floating_point<T>) {
    if (from.is_number()) {
      value = static_cast<T>(from.template get<double>());
    } else if (from == "infinity") {
      value = std::numeric_limits<T>::infinity();
    } else if (from == "-infinity") {
      value = -std::numeric_limits<T>::infinity();
    } else {
      wrong_kind(file, path, from, json_kind<T>());
    }
  } else if constexpr (is_vector<T>) {
    if (!from.is_array()) wrong_kind(file, path, from, "a list [...]");
    T read(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
      read_json(from[i], read[i], file, path + '[' + text(i) + ']');
    }
    value = std::move(read);
  } else {
    static_assert(std::same_as<T, std::string>, "see write_json");
    if (!from.is_string()) wrong_kind(file, path, from, json_kind<T>());
    value = from.template get<std::string>();
  }
}

}  // namespace joust::detail
