// SPDX-License-Identifier: MIT
//
// Options as JSON, made from the list of fields that every options type has: nothing is written twice.
// Reading is strict, because a mistyped key is an experiment that was not run: an unknown key, a key that
// stands twice, a value of the wrong kind or out of range is an error that names the file and the way to the
// value.
//
//     {"aligner": {"gamma": {"shape": "step", "first": 1, "last": 0.7, "length": 1000}, "candidates": 20}}
//
//   needs   fields(self, visit) with numbers, bools, texts, named enumerations, schedules, vectors of these
//           (visit.list) and types with fields of their own; check() is called where there is one
//   cost    microseconds per key; not for inner loops
//   repeat  what json_of writes, from_json reads back as equal values, and json_of writes as the same bytes
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <joust/environment/detail/read_text.hpp>
#include <joust/experiment/detail/json_list.hpp>
#include <joust/experiment/detail/json_reader.hpp>
#include <joust/experiment/detail/json_writer.hpp>
#include <joust/experiment/detail/strict_json.hpp>

namespace joust {

/// JSON whose objects keep their keys in the order in which they were written.
using json = nlohmann::ordered_json;

/// The options with all their fields, in the order of their list. A schedule that does not change is a
/// number, another an object with the keys shape, first, last, length and, if there is one, warm_up.
/// Infinity, which JSON does not know, is the text "infinity".
template <class Options>
[[nodiscard]] json json_of(Options const& options) {
  json written;
  detail::write_json(written, options);
  return written;
}

/// Overlays options with what a JSON object says: a field that it does not name stays as it is. Vectors are
/// replaced as a whole, nested options are overlaid in their turn.
///
/// `file` names the source in messages, which read "config.json: aligner.mixture.gamma: is 1.7; expected a
/// number in [0, 1]". Throws file_error, a std::invalid_argument, for an unknown key, a value of the wrong
/// kind, a number that does not fit its type and for whatever a check() of the options refuses; the options
/// are then as they were.
template <class Options>
void from_json(json const& given, Options& options, std::string const& file) {
  detail::read_json(given, options, file, "");
}

/// Parses JSON, refusing what std parsers let pass: keys that stand twice in one object, nesting deeper than
/// 64. Throws file_error that names `file` and, where the text is no JSON, line and column.
[[nodiscard]] inline json parse_json(std::string_view text, std::string const& file) {
  return detail::strict_json(text, file);
}

/// Reads and parses a file. Throws file_error for one that cannot be read or is refused by parse_json.
[[nodiscard]] inline json read_json_file(std::filesystem::path const& path) {
  return parse_json(detail::read_text(path), path.string());
}

/// An option as a reader of a manual wants it.
struct described_field {
  std::string path;      ///< "aligner.mixture.gamma"
  std::string kind;      ///< "a number", "one of sgd, adam", ...
  std::string standard;  ///< its value, as JSON
  std::string meaning;   ///< as the list of fields says
};

/// Every field of the options, those of nested options under their path; schedules count as one field.
template <class Options>
[[nodiscard]] std::vector<described_field> fields_of(Options const& options) {
  std::vector<described_field> list;
  detail::json_list<described_field> visit{list, ""};
  Options::fields(options, visit);
  return list;
}

}  // namespace joust
