// SPDX-License-Identifier: MIT
//
// What a study says, as a table for the terminal.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <joust/environment/regret.hpp>
#include <joust/experiment/study.hpp>

namespace lab {

/// The cumulative regret to show for an environment: the first of these that it knows.
inline std::optional<joust::regret_kind> shown_regret(joust::study const& study) {
  using enum joust::regret_kind;
  for (joust::regret_kind const kind : {utility, average, copeland, borda, preference}) {
    if (study.knows(kind)) return kind;
  }
  return std::nullopt;
}

inline std::string with_error(joust::summary const& s) {
  char text[64];
  if (s.count == 0) return "-";
  if (std::isnan(s.standard_error)) {
    std::snprintf(text, sizeof text, "%.4g", s.mean);
  } else {
    std::snprintf(text, sizeof text, "%.4g +- %.2g", s.mean, s.standard_error);
  }
  return text;
}

/// Rounds per second as a person reads them: 1.8 M, 240 k.
inline std::string rate(double per_second) {
  char text[32];
  if (per_second >= 1e6) {
    std::snprintf(text, sizeof text, "%.3g M", per_second / 1e6);
  } else if (per_second >= 1e3) {
    std::snprintf(text, sizeof text, "%.3g k", per_second / 1e3);
  } else {
    std::snprintf(text, sizeof text, "%.3g", per_second);
  }
  return text;
}

/// Prints one environment's results at the horizon; `speeds` is empty or holds rounds per second for each
/// agent.
inline void print_table(joust::study const& study, std::vector<double> const& speeds) {
  std::size_t const last = study.rounds.size() - 1;
  auto const kind = shown_regret(study);
  std::size_t width = 5;
  for (std::string const& agent : study.agents) width = std::max(width, agent.size());
  std::printf("\n%s: after %s%llu rounds, mean +- standard error\n", study.environment.c_str(),
              study.endings.empty() ? "" : "the winner is known, or ",
              static_cast<unsigned long long>(study.rounds.back()));
  std::string const heading = kind ? std::string{regret_name(*kind)} + " regret" : "regret";
  std::printf("  %-*s  %20s  %20s  %20s  %13s\n", static_cast<int>(width), "agent", heading.c_str(),
              "simple regret", "comparisons", "rounds/s");
  for (std::size_t agent = 0; agent < study.agents.size(); ++agent) {
    std::string const regret = kind ? with_error(study.summarize(*kind, agent, last)) : "-";
    std::string const simple = with_error(study.summarize(joust::regret_kind::simple, agent, last));
    std::string const asked = with_error(study.summarize_comparisons(agent, last));
    std::string const speed = agent < speeds.size() ? rate(speeds[agent]) : "-";
    std::printf("  %-*s  %20s  %20s  %20s  %13s\n", static_cast<int>(width), study.agents[agent].c_str(),
                regret.c_str(), simple.c_str(), asked.c_str(), speed.c_str());
  }
}

/// Prints how runs ended that were to stop.
inline void print_endings(joust::study const& study) {
  std::size_t width = 5;
  for (std::string const& agent : study.agents) width = std::max(width, agent.size());
  std::printf("\n%s: runs that stopped by themselves, confidence %g\n", study.environment.c_str(),
              study.confidence);
  std::printf("  %-*s  %13s  %20s  %13s  %11s\n", static_cast<int>(width), "agent", "stopped", "comparisons",
              "wrong", "promised");
  for (std::size_t agent = 0; agent < study.agents.size(); ++agent) {
    joust::identification_summary const ended = study.summarize_endings(agent);
    auto const share = [&](std::size_t count) {
      char text[64];
      if (ended.runs == 0) return std::string{"-"};
      std::snprintf(text, sizeof text, "%.3g (%zu/%zu)",
                    static_cast<double>(count) / static_cast<double>(ended.runs), count, ended.runs);
      return std::string{text};
    };
    char promised[32];
    std::snprintf(promised, sizeof promised, "<= %.4g", ended.promised);
    std::printf("  %-*s  %13s  %20s  %13s  %11s\n", static_cast<int>(width), study.agents[agent].c_str(),
                share(ended.stopped).c_str(), with_error(ended.comparisons).c_str(),
                share(ended.wrong).c_str(), promised);
  }
}

}  // namespace lab
