// SPDX-License-Identifier: MIT
//
// A JSON parser that refuses keys that stand twice: of two values one would be lost without a word.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <joust/core/error.hpp>
#include <joust/environment/detail/read_text.hpp>
#include <joust/experiment/detail/json_reader.hpp>

namespace joust::detail {

// Follows the parser and knows the way to where it stands.
class json_path {
 public:
  void begin(bool array) {
    next_element();
    levels_.push_back({array, 0, {}, {}});
  }
  void end() { levels_.pop_back(); }
  void value() { next_element(); }

  // False if the object has that key already.
  [[nodiscard]] bool key(std::string const& name) {
    levels_.back().key = name;
    return levels_.back().keys.insert(name).second;
  }

  [[nodiscard]] std::size_t depth() const { return levels_.size(); }
  [[nodiscard]] std::string text() const {
    std::string path;
    for (level const& l : levels_) {
      if (l.array) {
        path += '[' + detail::text(l.elements - (l.elements != 0 ? 1 : 0)) + ']';
      } else {
        path += (path.empty() ? "" : ".") + l.key;
      }
    }
    return path;
  }

 private:
  struct level {
    bool array;
    std::size_t elements;
    std::string key;
    std::set<std::string> keys;
  };
  void next_element() {
    if (!levels_.empty() && levels_.back().array) ++levels_.back().elements;
  }

  std::vector<level> levels_;
};

[[nodiscard]] inline nlohmann::ordered_json strict_json(std::string_view text, std::string const& file) {
  using parsed = nlohmann::ordered_json;
  constexpr std::size_t deepest = 64;
  json_path path;
  auto const follow = [&](int, parsed::parse_event_t event, parsed& at) {
    using event_kind = parsed::parse_event_t;
    switch (event) {
      case event_kind::object_start:
      case event_kind::array_start:
        path.begin(event == event_kind::array_start);
        if (path.depth() > deepest) fail_json(file, "", "is nested deeper than 64 levels");
        break;
      case event_kind::object_end:
      case event_kind::array_end:
        path.end();
        break;
      case event_kind::key:
        if (!path.key(at.get_ref<std::string const&>())) fail_json(file, path.text(), "stands twice");
        break;
      case event_kind::value:
        path.value();
        break;
    }
    return true;
  };
  try {
    return parsed::parse(text, follow);
  } catch (parsed::parse_error const& fault) {
    named_text const source{text, file};
    std::size_t const at = fault.byte == 0 ? 0 : fault.byte - 1;
    if (at >= source.text().size()) source.fail_file("ends early; expected more JSON");
    source.fail(at, "is no JSON from here on");
  } catch (parsed::out_of_range const&) {
    throw file_error{file, 0, 0, "holds a number beyond 1e308; expected finite numbers"};
  }
}

}  // namespace joust::detail
