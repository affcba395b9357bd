// SPDX-License-Identifier: MIT
//
// Dueling bandit gradient descent on a scoring function, as search engines tune their rankings: candidates
// are scored linearly, by a vector of weights. The first of a pair is the favourite under today's weights,
// the second the favourite under a random change of them; where the second wins, the weights move that way.
//
//   needs   features: candidates as rows of a matrix, others every round if need be
//   cost    O(M d) per selection of M candidates, O(d + outstanding) per answer; no allocation once M has
//           been met before
//   delay   several duels may be outstanding, and answered in any order, late or never. An answer finds its
//           duel by the features of both candidates, and one that finds none teaches nothing
//   repeat  the same answers, features and stream give the same pairs
//   source  Yue & Joachims, "Interactively Optimizing Information Retrieval Systems as a Dueling Bandits
//           Problem", ICML 2009; Hofmann, Whiteson & de Rijke, "Balancing exploration and exploitation in
//           listwise and pairwise online learning to rank for information retrieval", Information Retrieval
//           2013
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <joust/agent/detail/feature_rows.hpp>
#include <joust/agent/dueling_gradient.hpp>
#include <joust/core/argmax.hpp>
#include <joust/core/error.hpp>
#include <joust/core/state.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How far DBGD looks and goes, in weights.
struct dbgd_options {
  std::size_t dimension = 0;  ///< of a candidate's features, d; 0: a prototype, to be sized by fresh()
  double exploration = 1.0;   ///< delta: length of the change that a probe makes to the weights
  double step = 0.1;          ///< gamma: length of the change that a winning probe leaves behind
  double radius = std::numeric_limits<double>::infinity();  ///< the weights' largest length
  std::size_t outstanding = 64;  ///< duels that may wait for their answer at a time

  /// Throws std::invalid_argument for an option out of range.
  void check() const { climbing().check(); }

  /// The same options for the search in the space of weights.
  [[nodiscard]] dueling_gradient_options climbing() const {
    return {.dimension = dimension,
            .radius = radius,
            .exploration = exploration,
            .step = step,
            .outstanding = outstanding};
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dimension", self.dimension, "of a candidate's features");
    visit("exploration", self.exploration, "length of the change that a probe makes to the weights");
    visit("step", self.step, "length of the change that a winning probe leaves behind");
    visit("radius", self.radius, "largest length of the weights");
    visit("outstanding", self.outstanding, "duels that may wait for their answer at a time");
  }
  friend bool operator==(dbgd_options const&, dbgd_options const&) = default;
};

/// The DBGD agent over candidates with features:
///
///     joust::dbgd agent{{.dimension = 8}};
///     auto [first, second] = agent.select(Phi, random);
///     agent.observe(Phi, first, second, 1.0);
///
/// With weights w and a random direction u, first = argmax_i w' x_i and second = argmax_i (w + delta u)' x_i;
/// if the second wins, w := w + gamma u. Equal scores are settled by the stream. Where both name the same
/// candidate, the pair is its self-duel, and nothing can be learnt.
class dbgd {
 public:
  static constexpr std::string_view name = "dbgd";

  /// An agent that prefers nobody yet. Throws std::invalid_argument for options out of range.
  explicit dbgd(dbgd_options options = {}) : options_{options}, climber_{options.climbing()} {
    if (options.dimension == 0) return;
    first_seen_.assign(options.outstanding, 0);
    second_seen_.assign(options.outstanding, 0);
  }

  /// A new agent with the same options for the setting, nothing learnt. Throws std::invalid_argument if the
  /// dimension is unknown.
  [[nodiscard]] dbgd fresh(setting const& s) const {
    if (s.dimension == 0) {
      detail::reject("setting.dimension", "0", "the length of a candidate's features, at least 1");
    }
    dbgd_options options = options_;
    options.dimension = s.dimension;
    return dbgd{options};
  }

  /// The next pair to duel, by row of `phi`, a matrix with a row per candidate and `dimension` columns.
  /// Throws std::invalid_argument, and changes nothing, for a matrix of another shape or with features that
  /// are not finite.
  template <detail::feature_rows Features, class Stream>
  [[nodiscard]] pairing select(Features const& phi, Stream& stream) {
    detail::require_features(phi, options_.dimension);
    score(phi, climber_.recommend());
    std::size_t const first = argmax(scores_, stream);
    dueling_points const duel = climber_.select(stream);
    score(phi, duel.probe);
    // A tie is no dissent: the favourite stays it, if it is one still.
    std::size_t second = argmax(scores_, stream);
    if (scores_[first] == scores_[second]) second = first;
    auto const slot = static_cast<std::size_t>(duel.ticket % options_.outstanding);
    first_seen_[slot] = detail::fingerprint(phi, first);
    second_seen_[slot] = detail::fingerprint(phi, second);
    return {first, second};
  }

  /// Learns from an answered duel of two rows of `phi`; `share` is the outcome, the first's share in [0, 1].
  /// Where the same two features have met in several duels, the earliest without an answer gets this one. A
  /// pair that was not selected, or more than `outstanding` selections ago, teaches nothing. Throws
  /// std::invalid_argument, and changes nothing, for an index that is no row, a matrix of another width and
  /// an outcome outside [0, 1].
  template <detail::feature_rows Features>
  void observe(Features const& phi, std::size_t first, std::size_t second, double share) {
    detail::require_duel(phi, options_.dimension, first, second, share);
    std::uint64_t const a = detail::fingerprint(phi, first);
    std::uint64_t const b = detail::fingerprint(phi, second);
    if (a == b) return;  // a self-duel
    std::uint64_t const now = climber_.selections();
    for (std::uint64_t n = now < options_.outstanding ? 0 : now - options_.outstanding; n != now; ++n) {
      auto const slot = static_cast<std::size_t>(n % options_.outstanding);
      if (!climber_.awaits(n)) continue;
      bool const straight = first_seen_[slot] == a && second_seen_[slot] == b;
      if (!straight && !(first_seen_[slot] == b && second_seen_[slot] == a)) continue;
      climber_.observe(n, straight ? share : 1.0 - share);
      return;
    }
  }

  /// The row of `phi` with the largest score, the lowest one among equals. Learns nothing and uses no
  /// randomness. Throws as select.
  template <detail::feature_rows Features>
  [[nodiscard]] std::size_t recommend(Features const& phi) {
    detail::require_features(phi, options_.dimension);
    score(phi, climber_.recommend());
    std::size_t best = 0;
    for (std::size_t i = 1; i < scores_.size(); ++i) {
      if (scores_[i] > scores_[best]) best = i;
    }
    return best;
  }

  /// w, the weights of the features.
  [[nodiscard]] std::span<double const> weights() const noexcept { return climber_.recommend(); }

  [[nodiscard]] dbgd_options const& options() const noexcept { return options_; }

  /// Everything that decides the agent's future, as text (core/state.hpp).
  [[nodiscard]] std::string save() const {
    state_writer write{name, 1};
    dbgd_options::fields(options_, write);
    fields(*this, write);
    return static_cast<state_writer&&>(write).finish();
  }

  /// The agent that was saved. Throws std::invalid_argument, naming the line, for a text that is damaged, cut
  /// short, of another agent or version, or makes no sense.
  [[nodiscard]] static dbgd load(std::string_view saved) {
    state_reader read{saved, name, 1};
    dbgd_options options;
    dbgd_options::fields(options, read);
    if (options.dimension != 0 && options.outstanding > saved.size() / options.dimension) {
      read.fail("promises more numbers than there are", "options that fit what follows");
    }
    dbgd agent{options};
    fields(agent, read);
    read.finish();
    if (!agent.climber_.sound()) read.fail("ends values that make no sense", "weights and directions");
    return agent;
  }

  /// Equal in behaviour: the same options, weights, and duels outstanding.
  friend bool operator==(dbgd const& a, dbgd const& b) {
    return a.options_ == b.options_ && a.climber_ == b.climber_ && a.first_seen_ == b.first_seen_ &&
           a.second_seen_ == b.second_seen_;
  }

 private:
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("climber", self.climber_);
    visit("first_seen", self.first_seen_);
    visit("second_seen", self.second_seen_);
  }

  template <class Features>
  void score(Features const& phi, std::span<double const> weights) {
    detail::linear_scores(phi, weights, scores_);
  }

  dbgd_options options_;
  dueling_gradient climber_;
  // Of the last selections, in the slot of their number: the fingerprints of both candidates' features.
  std::vector<std::uint64_t> first_seen_;
  std::vector<std::uint64_t> second_seen_;
  std::vector<double> scores_;  // work space
};

}  // namespace joust
