// SPDX-License-Identifier: MIT
//
// A run and a problem with their types taken away: an aligner's type is long, and only the source of its own
// policy has to know it. Configurations travel as JSON for the same reason.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <joust/experiment/alignment_trace.hpp>
#include <joust/experiment/json_fields.hpp>

namespace align_program {

/// One agent that learns in one world with one seed.
class any_run {
 public:
  any_run() = default;
  any_run(any_run const&) = delete;
  any_run& operator=(any_run const&) = delete;
  virtual ~any_run() = default;

  [[nodiscard]] virtual bool finished() const = 0;
  virtual void step() = 0;
  [[nodiscard]] virtual std::uint64_t queries() const = 0;
  [[nodiscard]] virtual std::uint64_t updates() const = 0;
  [[nodiscard]] virtual std::uint64_t rounds() const = 0;
  [[nodiscard]] virtual joust::alignment_trace const& trace() const = 0;

  /// Everything that decides the future, and the trace so far.
  [[nodiscard]] virtual std::string save() const = 0;

  /// Becomes what was saved by a run of the same configuration. Throws std::invalid_argument for anything
  /// else.
  virtual void restore(std::string_view saved) = 0;
};

/// A part of a configuration and where it comes from, for messages: a file, "--set", the command line.
struct layer {
  joust::json given;
  std::string source;
};

/// What is common to configurations of all problems.
struct run_plan {
  std::string problem;
  std::string agent;
  std::uint64_t seed = 0;
  std::uint64_t budget = 0;
  std::uint64_t evaluate_every = 0;
  std::uint64_t prompts_per_round = 0;
  std::uint64_t checkpoint_every = 0;
};

/// A world and a policy that learns in it.
class any_problem {
 public:
  any_problem() = default;
  any_problem(any_problem const&) = delete;
  any_problem& operator=(any_problem const&) = delete;
  virtual ~any_problem() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;

  /// The defaults, overlaid by the layers in their order: complete, so that it makes the same run again.
  /// Throws std::invalid_argument that names the source and the key.
  [[nodiscard]] virtual joust::json configuration(std::vector<layer> const& layers) const = 0;

  /// What a complete configuration says to everybody.
  [[nodiscard]] virtual run_plan plan(joust::json const& configuration) const = 0;

  /// All keys of the configuration with their defaults, of that agent.
  [[nodiscard]] virtual std::vector<joust::described_field> keys(std::string const& agent) const = 0;

  /// The run of a complete configuration, before its first round. Throws std::invalid_argument for parts that
  /// do not fit each other.
  [[nodiscard]] virtual std::unique_ptr<any_run> start(joust::json const& configuration) const = 0;
};

/// The problems, in the order of the documentation; each is made in a source of its own.
[[nodiscard]] std::unique_ptr<any_problem> make_tabular();
[[nodiscard]] std::unique_ptr<any_problem> make_shared_softmax();
[[nodiscard]] std::unique_ptr<any_problem> make_log_linear();
[[nodiscard]] std::unique_ptr<any_problem> make_mlp();
[[nodiscard]] std::unique_ptr<any_problem> make_tokens();

/// All problems.
[[nodiscard]] std::vector<std::unique_ptr<any_problem>> const& problems();

/// The problem of that name. Throws std::invalid_argument with all names for another.
[[nodiscard]] any_problem const& problem_of(std::string_view name, std::string const& source);

}  // namespace align_program
