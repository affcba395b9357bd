// SPDX-License-Identifier: MIT
//
// Alignment runs as files that other tools read. Each file is written whole or not at all, and depends on
// nothing but the runs: no time, no host.
//
//   runs.csv     agent,seed,metric,queries,updates,round,value,error
//   runs.jsonl   one object per line with the same names
//   curves.csv   agent,metric,queries,updates,mean,stderr,seeds
//
// Numbers read back as exactly what they were. A standard error that cannot be told is an empty field in CSV
// and null in JSON; so is an infinite value in JSON, where CSV says inf.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include <joust/core/error.hpp>
#include <joust/experiment/alignment_curves.hpp>
#include <joust/experiment/alignment_metric.hpp>
#include <joust/experiment/alignment_trace.hpp>
#include <joust/experiment/detail/quoted.hpp>
#include <joust/experiment/detail/write_file.hpp>

namespace joust {

/// The rows of all runs as CSV.
[[nodiscard]] inline std::string alignment_csv(std::span<alignment_record const> records) {
  std::string csv = "agent,seed,metric,queries,updates,round,value,error\n";
  for (alignment_record const& record : records) {
    std::string const who = detail::quoted_for_csv(record.agent) + ',' + detail::text(record.seed) + ',';
    for (alignment_row const& row : record.trace.rows()) {
      csv += who + std::string{metric_name(row.metric)} + ',' + detail::text(row.queries) + ',' +
             detail::text(row.updates) + ',' + detail::text(row.round) + ',' + detail::text(row.value) + ',' +
             (std::isfinite(row.error) ? detail::text(row.error) : "") + '\n';
    }
  }
  return csv;
}

/// The rows of all runs as JSON, an object per line.
[[nodiscard]] inline std::string alignment_jsonl(std::span<alignment_record const> records) {
  auto const number = [](double value) { return std::isfinite(value) ? detail::text(value) : "null"; };
  std::string lines;
  for (alignment_record const& record : records) {
    std::string const who = "{\"agent\":" + detail::quoted_for_json(record.agent) +
                            ",\"seed\":" + detail::text(record.seed) + ",\"metric\":\"";
    for (alignment_row const& row : record.trace.rows()) {
      lines += who + std::string{metric_name(row.metric)} + "\",\"queries\":" + detail::text(row.queries) +
               ",\"updates\":" + detail::text(row.updates) + ",\"round\":" + detail::text(row.round) +
               ",\"value\":" + number(row.value) + ",\"error\":" + number(row.error) + "}\n";
    }
  }
  return lines;
}

/// Curves as CSV.
[[nodiscard]] inline std::string alignment_curves_csv(std::span<alignment_curve_point const> points) {
  std::string csv = "agent,metric,queries,updates,mean,stderr,seeds\n";
  for (alignment_curve_point const& point : points) {
    csv += detail::quoted_for_csv(point.agent) + ',' + std::string{metric_name(point.metric)} + ',' +
           detail::text(point.queries) + ',' + detail::text(point.updates) + ',' + detail::text(point.mean) +
           ',' + (std::isfinite(point.standard_error) ? detail::text(point.standard_error) : "") + ',' +
           detail::text(point.seeds) + '\n';
  }
  return csv;
}

/// Writes runs.csv, runs.jsonl and curves.csv into a folder, creating it. `grid` is where the curves have
/// their points, as in alignment_curves. Throws std::invalid_argument for no records, and std::system_error
/// that names the file if one cannot be written.
inline void save_alignment(std::span<alignment_record const> records, std::filesystem::path const& folder,
                           std::span<std::uint64_t const> grid = {}) {
  if (records.empty()) detail::reject("records", "empty", "at least one");
  std::string const csv = alignment_csv(records);
  std::string const jsonl = alignment_jsonl(records);
  std::string const curves = alignment_curves_csv(alignment_curves(records, grid));
  std::error_code made;
  std::filesystem::create_directories(folder, made);
  if (made) throw std::system_error{made, "cannot create folder " + folder.string()};
  detail::write_file(folder / "runs.csv", csv);
  detail::write_file(folder / "runs.jsonl", jsonl);
  detail::write_file(folder / "curves.csv", curves);
}

}  // namespace joust
