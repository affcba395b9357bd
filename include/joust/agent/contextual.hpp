// SPDX-License-Identifier: MIT
//
// Posterior and rule make an agent. Each round brings candidates as rows of a feature matrix: the posterior
// says what it believes of them, the rule picks two, and the answer teaches the posterior. Nothing else is
// remembered, so the candidates may be others every round.
//
//   needs   posterior and duel_rule (core/concepts.hpp)
//   cost    what the two cost; nothing is added, nothing allocated
//   repeat  same duels, features and stream give the same pairs
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

namespace detail {

template <class Posterior, class Where>
concept made_for = requires(Posterior const& prototype, Where const& where) {
  { prototype.fresh(where) } -> std::same_as<Posterior>;
};

template <class Posterior, class Features>
using belief_about = decltype(std::declval<Posterior&>().at(std::declval<Features const&>()));

}  // namespace detail

/// A contextual dueling agent:
///
///     joust::contextual agent{joust::linear_logistic{{.dimension = 8}}, joust::best_arm{}};
///     auto [first, second] = agent.select(Phi, random);
///     agent.observe(Phi.row(first), Phi.row(second), 1.0);
///
/// Phi has one row per candidate; its type is whatever the posterior accepts.
template <std::copyable Posterior, std::copyable Rule>
class contextual {
 public:
  contextual(Posterior posterior, Rule rule) : posterior_{std::move(posterior)}, rule_{std::move(rule)} {}

  /// A new agent with the same options for the setting, nothing learnt: the posterior's fresh(setting), or its
  /// fresh(dimension). Throws std::invalid_argument if the dimension is unknown.
  [[nodiscard]] contextual fresh(setting const& s)
      const requires detail::made_for<Posterior, setting> || detail::made_for<Posterior, std::size_t> {
    if (s.dimension == 0) {
      detail::reject("setting.dimension", "0", "the length of a candidate's features, at least 1");
    }
    if constexpr (detail::made_for<Posterior, setting>) {
      return {posterior_.fresh(s), rule_};
    } else {
      return {posterior_.fresh(s.dimension), rule_};
    }
  }

  /// The next pair to duel, by row of `phi`. Throws std::invalid_argument for features that the posterior
  /// refuses, and for a single candidate unless the rule may return a self-duel.
  template <class Features, random_stream Stream>
    requires belief<detail::belief_about<Posterior, Features>, Stream> &&
        duel_rule<Rule, detail::belief_about<Posterior, Features>, Stream>
  [[nodiscard]] pairing select(Features const& phi, Stream& stream) {
    auto rewards = posterior_.at(phi);
    return std::as_const(rule_)(rewards, stream);
  }

  /// Learns from an answered duel of two feature vectors; `share` is the outcome, the first's share in [0,
  /// 1]. A duel that the posterior refuses changes nothing.
  template <class First, class Second>
    requires(!std::is_arithmetic_v<Second>)
  &&requires(Posterior& p, First const& a, Second const& b, double y) { p.observe(a, b, y, y); }
  void observe(First const& phi_first, Second const& phi_second, double share, double weight = 1.0) {
    posterior_.observe(phi_first, phi_second, share, weight);
  }

  /// Learns from an answered duel of two rows of `phi`. Throws std::invalid_argument, and changes nothing,
  /// for an index that is no row and for a duel that the posterior refuses.
  template <class Features>
    requires requires(Posterior& p, Features const& phi, double y) {
      p.observe(phi.row(0), phi.row(0), y, y);
    }
  void observe(Features const& phi, std::size_t first, std::size_t second, double share,
               double weight = 1.0) {
    auto const rows = phi.rows();
    using index = std::remove_const_t<decltype(rows)>;
    detail::require_index("first", first, static_cast<std::size_t>(rows));
    detail::require_index("second", second, static_cast<std::size_t>(rows));
    posterior_.observe(phi.row(static_cast<index>(first)), phi.row(static_cast<index>(second)), share,
                       weight);
  }

  /// The row of `phi` with the largest expected reward, the lowest one among equals. Learns nothing and uses
  /// no randomness.
  template <class Features>
    requires requires(Posterior& p, Features const& phi) {
      { p.at(phi).mean() } -> std::convertible_to<std::span<double const>>;
    }
  [[nodiscard]] std::size_t recommend(Features const& phi) {
    auto rewards = posterior_.at(phi);
    std::span<double const> const mean = rewards.mean();
    std::size_t best = 0;
    for (std::size_t i = 1; i < mean.size(); ++i) {
      if (mean[i] > mean[best]) best = i;
    }
    return best;
  }

  [[nodiscard]] Posterior const& posterior() const noexcept { return posterior_; }
  [[nodiscard]] Rule const& rule() const noexcept { return rule_; }

  friend bool operator==(contextual const&, contextual const&) requires std::equality_comparable<Posterior> &&
      std::equality_comparable<Rule>
  = default;

 private:
  Posterior posterior_;
  Rule rule_;
};

}  // namespace joust
