// SPDX-License-Identifier: MIT
//
// Studies as files that other tools read: tidy CSV, one NumPy array, and a JSON record with what is needed to
// run it again. Each file is written whole or not at all, and depends on nothing but the study: no time, no
// host, no thread.
//
//   regret.csv       environment,agent,regret,round,mean,stderr,q05,q50,q95,replications
//   comparisons.csv  environment,agent,round,mean,stderr,q05,q50,q95,replications
//   regret.npy       float64, environments x regrets x agents x replications x rounds, NaN where unknown
//   study.json       seed, horizon, names, rounds, the axes of regret.npy, what finished, the command
//   identification.csv, if runs were to stop
//                    environment,agent,replication,stopped,arm,winner,confidence,tolerance,comparisons,
//                    rounds,correct; a row for each finished run; without a claim, its fields are empty
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <nlohmann/json.hpp>
#include <xtensor/xnpy.hpp>

#include <joust/core/certificate.hpp>
#include <joust/core/error.hpp>
#include <joust/environment/regret.hpp>
#include <joust/experiment/detail/write_file.hpp>
#include <joust/experiment/identification.hpp>
#include <joust/experiment/study.hpp>
#include <joust/version.hpp>

namespace joust {

namespace detail {

// A CSV field as in RFC 4180: quoted only where a reader would stumble.
inline std::string csv_quoted(std::string_view value) {
  if (value.find_first_of(",\"\r\n") == std::string_view::npos) return std::string{value};
  std::string quoted = "\"";
  for (char const letter : value) {
    quoted += letter;
    if (letter == '"') quoted += letter;
  }
  return quoted + '"';
}

inline std::string csv_numbers(summary const& s) {
  std::string row;
  for (double const value : {s.mean, s.standard_error, s.q05, s.q50, s.q95}) row += ',' + text(value);
  return row + ',' + text(s.count) + '\n';
}

inline std::string csv_ending(identification const& ending) {
  std::string row = ending.claim ? "1," : "0,,,,,";
  if (ending.claim) {
    certificate const& claim = *ending.claim;
    row += text(claim.arm) + ',' +
           std::string{names_of(claim.winner)[static_cast<std::size_t>(claim.winner)]} + ',' +
           text(claim.confidence) + ',' + text(claim.tolerance) + ',';
  }
  row += text(ending.comparisons) + ',' + text(ending.rounds) + ',';
  if (ending.claim) row += ending.correct ? '1' : '0';
  return row + '\n';
}

}  // namespace detail

/// Writes the studies into one folder, creating it. They must share agents, replications, rounds and seed, as
/// a set of environments visited by the same contenders does.
///
/// `command` is recorded in study.json as given: the words that made the studies, if there were any.
/// Throws std::invalid_argument for no studies or ones that do not belong together (nothing is written then),
/// and std::system_error, naming the file, if one cannot be written.
inline void save(std::span<study const> studies, std::filesystem::path const& folder,
                 std::vector<std::string> const& command = {}) {
  if (studies.empty()) detail::reject("studies", "empty", "at least one");
  study const& first = studies.front();
  for (study const& s : studies) {
    if (s.agents != first.agents || s.rounds != first.rounds || s.replications() != first.replications() ||
        s.seed != first.seed || s.device != first.device || s.delay != first.delay ||
        s.confidence != first.confidence) {
      detail::reject(
          "studies", "'" + s.environment + "' and '" + first.environment + "' apart",
          "the same agents, rounds, replications, seed, device, delay and confidence in all of them");
    }
  }
  std::size_t const points = first.rounds.size();

  std::string regrets = "environment,agent,regret,round,mean,stderr,q05,q50,q95,replications\n";
  std::string comparisons = "environment,agent,round,mean,stderr,q05,q50,q95,replications\n";
  std::string endings =
      "environment,agent,replication,stopped,arm,winner,confidence,tolerance,comparisons,rounds,correct\n";
  for (study const& s : studies) {
    for (std::size_t agent = 0; agent < s.agents.size(); ++agent) {
      std::string const who =
          detail::csv_quoted(s.environment) + ',' + detail::csv_quoted(s.agents[agent]) + ',';
      for (regret_kind const kind : regret_kinds) {
        if (!s.knows(kind)) continue;
        for (std::size_t point = 0; point < points; ++point) {
          regrets += who + std::string{regret_name(kind)} + ',' + detail::text(s.rounds[point]) +
                     detail::csv_numbers(s.summarize(kind, agent, point));
        }
      }
      for (std::size_t point = 0; point < points; ++point) {
        comparisons +=
            who + detail::text(s.rounds[point]) + detail::csv_numbers(s.summarize_comparisons(agent, point));
      }
      for (std::size_t r = 0; r < s.replications() && !s.endings.empty(); ++r) {
        if (s.finished(agent, r) != 0) {
          endings +=
              who + detail::text(r) + ',' + detail::csv_ending(s.endings[agent * s.replications() + r]);
        }
      }
    }
  }

  auto const& shape = first.regret.shape();
  auto all = xt::xtensor<double, 5>::from_shape({studies.size(), shape[0], shape[1], shape[2], shape[3]});
  auto to = all.begin();
  for (study const& s : studies) to = std::copy(s.regret.begin(), s.regret.end(), to);

  nlohmann::ordered_json record;
  record["joust"] = JOUST_VERSION_STRING;
  if (!command.empty()) record["command"] = command;
  record["seed"] = first.seed;
  record["horizon"] = first.rounds.back();
  record["replications"] = first.replications();
  record["spacing"] = first.spacing == spacing::linear ? "linear" : "logarithmic";
  if (!first.device.empty()) record["device"] = first.device;
  if (first.delay != 0) record["delay"] = first.delay;
  if (first.confidence != 0.0) record["confidence"] = first.confidence;
  record["agents"] = first.agents;
  bool complete = true;
  for (study const& s : studies) {
    nlohmann::ordered_json entry;
    entry["name"] = s.environment;
    for (std::size_t agent = 0; agent < s.agents.size(); ++agent) {
      entry["finished_replications"].push_back(s.summarize_comparisons(agent, points - 1).count);
    }
    record["environments"].push_back(entry);
    complete = complete && s.complete();
  }
  record["complete"] = complete;
  record["rounds"] = first.rounds;
  for (regret_kind const kind : regret_kinds) record["regrets"].push_back(regret_name(kind));
  record["regret.npy"] = {{"axes", {"environments", "regrets", "agents", "replications", "rounds"}},
                          {"unknown", "NaN"}};

  // Text that is not UTF-8 (a file name can be) is recorded with replacement characters, not refused: the
  // study has been paid for.
  std::string const study_json =
      record.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';

  std::error_code made;
  std::filesystem::create_directories(folder, made);
  if (made) throw std::system_error{made, "cannot create folder " + folder.string()};
  detail::write_file(folder / "regret.csv", regrets);
  detail::write_file(folder / "comparisons.csv", comparisons);
  if (first.confidence != 0.0) detail::write_file(folder / "identification.csv", endings);
  detail::write_file(folder / "regret.npy", xt::dump_npy(all));
  detail::write_file(folder / "study.json", study_json);
}

inline void study::save(std::filesystem::path const& folder) const {
  joust::save(std::span{this, 1}, folder);
}

}  // namespace joust
