// SPDX-License-Identifier: MIT
//
// The visitor that writes fields as JSON, and the words for what a field can be.
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include <joust/core/error.hpp>
#include <joust/core/schedule.hpp>
#include <joust/core/state.hpp>

namespace joust::detail {

// Asks a type whether it lists fields, whatever the visitor.
struct any_visitor {
  template <class T>
  void operator()(std::string_view, T&&, std::string_view = {}) const {}
  template <class T>
  void list(std::string_view, T&&, std::string_view = {}) const {}
};

template <class T>
concept lists_fields = requires(T& value, any_visitor& visit) {
  T::fields(value, visit);
};

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

// Shortest texts make short numbers: 0.1f is 0.1 and not 0.10000000149011612.
template <std::floating_point Number>
[[nodiscard]] double shortest_double(Number value) {
  if constexpr (std::same_as<Number, double>) {
    return value;
  } else {
    std::string const digits = text(value);
    double result = 0.0;
    std::from_chars(digits.data(), digits.data() + digits.size(), result);
    return result;
  }
}

template <class T>
void write_json(nlohmann::ordered_json& to, T const& value);

class json_writer {
 public:
  explicit json_writer(nlohmann::ordered_json& to) : to_{to} { to_ = nlohmann::ordered_json::object(); }

  template <class T>
  void operator()(std::string_view name, T const& value, std::string_view = {}) {
    write_json(to_[std::string{name}], value);
  }
  template <class T>
  void list(std::string_view name, std::vector<T> const& values, std::string_view = {}) {
    write_json(to_[std::string{name}], values);
  }

 private:
  nlohmann::ordered_json& to_;
};

// The keys that a schedule of that shape has, and no others: what means nothing is not written.
class schedule_writer {
 public:
  schedule_writer(nlohmann::ordered_json& to, schedule_shape shape) : to_{to}, shape_{shape} {
    to_ = nlohmann::ordered_json::object();
  }
  template <class T>
  void operator()(std::string_view name, T const& value, std::string_view = {}) {
    if constexpr (std::integral<T>) {
      if (name == "warm_up" && (shape_ != schedule_shape::cosine || value == 0)) return;
    }
    write_json(to_[std::string{name}], value);
  }

 private:
  nlohmann::ordered_json& to_;
  schedule_shape shape_;
};

template <class T>
void write_json(nlohmann::ordered_json& to, T const& value) {
  if constexpr (std::same_as<T, schedule>) {
    if (value.shape() == schedule_shape::constant) {
      write_json(to, value.at(0));
    } else {
      schedule_writer visit{to, value.shape()};
      schedule::fields(value, visit);
    }
  } else if constexpr (lists_fields<T>) {
    json_writer visit{to};
    T::fields(value, visit);
  } else if constexpr (named_enumeration<T>) {
    to = std::string{names_of(value)[static_cast<std::size_t>(value)]};
  } else if constexpr (std::floating_point<T>) {
    if (std::isfinite(value)) {
      to = shortest_double(value);
    } else {
      to = std::isnan(value) ? "nan" : value > 0 ? "infinity" : "-infinity";
    }
  } else if constexpr (is_vector<T>) {
    to = nlohmann::ordered_json::array();
    for (auto const& element : value) {
      to.push_back(nullptr);
      write_json(to.back(), element);
    }
  } else {
    static_assert(
        std::integral<T> || std::same_as<T, std::string>,
        "a field is a number, a bool, a text, a named enumeration, a schedule, a vector of these, or "
        "a type that lists fields of its own");
    to = value;
  }
}

// What a field can be, for messages and manuals.
template <class T>
[[nodiscard]] std::string json_kind() {
  if constexpr (std::same_as<T, schedule>) {
    return "a number, or a schedule";
  } else if constexpr (lists_fields<T>) {
    return "an object";
  } else if constexpr (named_enumeration<T>) {
    std::string list = "one of";
    char const* comma = " ";
    for (std::string_view const name : names_of(T{})) {
      list += comma + std::string{name};
      comma = ", ";
    }
    return list;
  } else if constexpr (std::same_as<T, bool>) {
    return "true or false";
  } else if constexpr (std::unsigned_integral<T>) {
    return "a whole number, at least 0";
  } else if constexpr (std::integral<T>) {
    return "a whole number";
  } else if constexpr (std::floating_point<T>) {
    return "a number";
  } else if constexpr (is_vector<T>) {
    return "a list, each element " + json_kind<typename T::value_type>();
  } else {
    return "a text";
  }
}

}  // namespace joust::detail
