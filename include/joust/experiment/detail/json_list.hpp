// SPDX-License-Identifier: MIT
//
// The visitor that lists fields for a manual: path, kind, default, meaning.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <joust/core/schedule.hpp>
#include <joust/experiment/detail/json_writer.hpp>

namespace joust::detail {

template <class Field>
class json_list {
 public:
  json_list(std::vector<Field>& rows, std::string path) : rows_{rows}, path_{std::move(path)} {}

  template <class T>
  void operator()(std::string_view name, T const& value, std::string_view meaning = {}) {
    std::string const path = path_ + std::string{name};
    if constexpr (lists_fields<T> && !std::same_as<T, schedule>) {
      json_list inner{rows_, path + '.'};
      T::fields(value, inner);
    } else {
      nlohmann::ordered_json written;
      write_json(written, value);
      rows_.push_back({path, json_kind<T>(), written.dump(), std::string{meaning}});
    }
  }
  template <class T>
  void list(std::string_view name, std::vector<T> const& values, std::string_view meaning = {}) {
    (*this)(name, values, meaning);
  }

 private:
  std::vector<Field>& rows_;
  std::string path_;
};

}  // namespace joust::detail
