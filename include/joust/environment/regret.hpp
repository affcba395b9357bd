// SPDX-License-Identifier: MIT
//
// What a round cost, by name. Papers disagree on the benchmark, on the factor 1/2 and on the unit, so there
// is no bare "regret": every number carries one of these kinds, and each kind says its unit and definition.
//
//   source  Yue, Broder, Kleinberg & Joachims, JCSS 2012 (average, strong, weak); Zoghi, Karnin, Whiteson &
//           de Rijke, NeurIPS 2015 (copeland); Jamieson et al., AISTATS 2015 (borda); Dudik et al., COLT 2015
//           (von_neumann); Chen & Frazier, ICML 2017 (strong_binary, weak_binary); Saha, NeurIPS 2021
//           (utility)
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace joust {

/// The kinds of regret of one round in which a and b were compared; * is the winner. The last belongs to a
/// recommendation instead of a round.
enum class regret_kind : unsigned char {
  average,        ///< ((p(*, a) - 1/2) + (p(*, b) - 1/2)) / 2, * the Condorcet winner
  strong,         ///< the larger of the two gaps
  weak,           ///< the smaller of the two gaps
  strong_binary,  ///< 0 if a and b are both best arms, else 1
  weak_binary,    ///< 0 if a or b is a best arm, else 1
  copeland,       ///< zeta(*) - (zeta(a) + zeta(b)) / 2, zeta the share of the other arms beaten
  borda,          ///< beta(*) - (beta(a) + beta(b)) / 2, beta the mean probability of beating another arm
  von_neumann,    ///< ((p(w, a) - 1/2) + (p(w, b) - 1/2)) / 2, w the von Neumann winner, p(w, a) its chance
  utility,        ///< u(*) - (u(a) + u(b)) / 2
  utility_weak,   ///< u(*) - max(u(a), u(b))
  preference,     ///< (p(*, a) + p(*, b) - 1) / 2, * the arm of largest utility
  simple,         ///< of a recommended arm: u(*) - u(arm), or p(*, arm) - 1/2 where no utility is known
};

/// The number of kinds; static_cast<std::size_t>(kind) is below it.
inline constexpr std::size_t regret_kind_count = 12;

/// Every kind, in the order of the enumeration.
inline constexpr std::array<regret_kind, regret_kind_count> regret_kinds{
    regret_kind::average,     regret_kind::strong,       regret_kind::weak,       regret_kind::strong_binary,
    regret_kind::weak_binary, regret_kind::copeland,     regret_kind::borda,      regret_kind::von_neumann,
    regret_kind::utility,     regret_kind::utility_weak, regret_kind::preference, regret_kind::simple};

namespace detail {

struct regret_words {
  std::string_view name;
  std::string_view unit;
  std::string_view definition;
};

inline constexpr std::array<regret_words, regret_kind_count> regret_lexicon{{
    {"average", "probability",
     "mean of both arms' gaps to the Condorcet winner: ((p(*,a) - 1/2) + (p(*,b) - 1/2)) / 2"},
    {"strong", "probability", "larger of both arms' gaps to the Condorcet winner"},
    {"weak", "probability", "smaller of both arms' gaps to the Condorcet winner"},
    {"strong_binary", "rounds", "0 if both are best arms, else 1"},
    {"weak_binary", "rounds", "0 if at least one is a best arm, else 1"},
    {"copeland", "share of arms beaten",
     "Copeland winner minus the mean of both, each scored by the share of other arms it beats"},
    {"borda", "probability",
     "Borda winner minus the mean of both, each scored by its mean probability of beating another arm"},
    {"von_neumann", "probability",
     "mean of both arms' gaps to the von Neumann winner w: ((p(w,a) - 1/2) + (p(w,b) - 1/2)) / 2"},
    {"utility", "utility", "largest utility minus the mean of both: u(*) - (u(a) + u(b)) / 2"},
    {"utility_weak", "utility", "largest utility minus the better of both: u(*) - max(u(a), u(b))"},
    {"preference", "probability",
     "(p(*,a) + p(*,b) - 1) / 2 against the arm of largest utility, p from the link"},
    {"simple", "utility, or probability where no utility is known",
     "gap of the recommended arm to the winner"},
}};

}  // namespace detail

/// The kind's position: its slot in arrays of totals.
[[nodiscard]] constexpr std::size_t slot(regret_kind kind) noexcept { return static_cast<std::size_t>(kind); }

/// The kind's name, as spelt in the enumeration.
[[nodiscard]] constexpr std::string_view regret_name(regret_kind kind) noexcept {
  return detail::regret_lexicon[slot(kind)].name;
}

/// The unit the kind is measured in. Units of probability and of utility are not comparable.
[[nodiscard]] constexpr std::string_view regret_unit(regret_kind kind) noexcept {
  return detail::regret_lexicon[slot(kind)].unit;
}

/// The kind's definition in a line, factor included.
[[nodiscard]] constexpr std::string_view regret_definition(regret_kind kind) noexcept {
  return detail::regret_lexicon[slot(kind)].definition;
}

/// The kind of that name, if there is one.
[[nodiscard]] constexpr std::optional<regret_kind> regret_from_name(std::string_view name) noexcept {
  for (regret_kind const kind : regret_kinds) {
    if (regret_name(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace joust
