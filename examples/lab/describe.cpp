// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <joust/core/stream.hpp>
#include <joust/environment/fixed_arms.hpp>
#include <joust/environment/lower_bound.hpp>
#include <joust/environment/random_candidates.hpp>
#include <joust/environment/transitivity.hpp>
#include <joust/environment/von_neumann.hpp>
#include <joust/environment/winners.hpp>

#include "catalogue.hpp"

namespace lab {

namespace {

std::string line(char const* format, ...) __attribute__((format(printf, 1, 2)));
std::string line(char const* format, ...) {
  std::va_list values;
  va_start(values, format);
  std::va_list again;
  va_copy(again, values);
  std::string text(static_cast<std::size_t>(std::vsnprintf(nullptr, 0, format, values)), ' ');
  std::vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  va_end(values);
  return text + '\n';
}

std::string names(joust::fixed_arms const& arms, std::vector<std::size_t> const& which) {
  constexpr std::size_t shown = 20;
  std::string list;
  for (std::size_t k = 0; k < std::min(which.size(), shown); ++k) {
    list += (list.empty() ? "" : ", ") + arms.name(which[k]);
  }
  if (which.size() > shown) list += " and " + std::to_string(which.size() - shown) + " more";
  return list;
}

std::string verdict(joust::fixed_arms const& arms, joust::transitivity_verdict const& v) {
  if (v.holds()) return "holds";
  return "violated by " + names(arms, {v.violation->first, v.violation->second, v.violation->third});
}

std::string top(joust::fixed_arms const& arms, joust::top_arms const& best) {
  return names(arms, best.arms) + (best.unique ? "" : " (the last ties with arms left out)");
}

std::string lottery(joust::fixed_arms const& arms) {
  auto const& p = arms.preferences();
  constexpr std::size_t quick = 300;  // larger games take seconds to minutes
  auto const weights = joust::detail::solve_game(p, quick);
  if (!weights && p.size() <= quick) return "not found: rounding keeps the game from being solved";
  if (!weights) return "not computed above " + std::to_string(quick) + " arms";
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if ((*weights)[i] > 0.0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return (*weights)[i] > (*weights)[j]; });
  constexpr std::size_t shown = 20;
  std::string list;
  for (std::size_t k = 0; k < std::min(order.size(), shown); ++k) {
    char weight[32];
    std::snprintf(weight, sizeof weight, " (%.4f)", (*weights)[order[k]]);
    list += (list.empty() ? "" : ", ") + arms.name(order[k]) + (order.size() == 1 ? "" : weight);
  }
  if (order.size() > shown) list += " and " + std::to_string(order.size() - shown) + " more";
  return list;
}

std::string winners(joust::fixed_arms const& arms) {
  auto const& p = arms.preferences();
  auto const condorcet = joust::condorcet_winner(p);
  std::string text = "winners\n";
  text += line("  Condorcet        %s", condorcet ? arms.name(*condorcet).c_str() : "none");
  text += line("  Copeland         %s", names(arms, joust::copeland_winners(p)).c_str());
  text += line("  Borda            %s", names(arms, joust::borda_winners(p)).c_str());
  text += line("  von Neumann      %s", lottery(arms).c_str());
  text += line("  utility          %s",
               arms.utilities().empty() ? "unknown" : arms.name(arms.best_arm()).c_str());
  if (arms.arms() > 3) {
    text += line("  top 3, Copeland  %s", top(arms, joust::copeland_top(p, 3)).c_str());
    text += line("  top 3, Borda     %s", top(arms, joust::borda_top(p, 3)).c_str());
  }
  return text;
}

std::string gaps(joust::fixed_arms const& arms) {
  auto const& p = arms.preferences();
  auto const condorcet = joust::condorcet_winner(p);
  auto const copeland = joust::copeland_scores(p);
  auto const borda = joust::borda_scores(p);
  std::size_t width = 3;
  for (std::size_t i = 0; i < arms.arms(); ++i) width = std::max(width, arms.name(i).size());
  std::string text = line("arms\n  %-*s  %12s  %9s  %9s  %9s", static_cast<int>(width), "arm",
                          "gap to winner", "Copeland", "Borda", "utility");
  constexpr std::size_t shown = 40;
  for (std::size_t i = 0; i < std::min(arms.arms(), shown); ++i) {
    char gap[32] = "-";
    char utility[32] = "-";
    if (condorcet) std::snprintf(gap, sizeof gap, "%.4f", p(*condorcet, i) - 0.5);
    if (!arms.utilities().empty()) std::snprintf(utility, sizeof utility, "%.4f", arms.utilities()[i]);
    text += line("  %-*s  %13s  %9.4f  %9.4f  %9s", static_cast<int>(width), arms.name(i).c_str(), gap,
                 copeland[i], borda[i], utility);
  }
  if (arms.arms() > shown) text += line("  ... and %zu more", arms.arms() - shown);
  return text;
}

std::string bounds(joust::preference_matrix const& p) {
  if (!joust::condorcet_winner(p)) return "lower bound        needs a Condorcet winner\n";
  auto const bound = joust::average_regret_lower_bound(p);
  return "lower bound on average regret, asymptotically c ln T\n" +
         line("  winner as opponent    c = %.4g", bound.winner_as_opponent) +
         line("  best opponent         c = %.4g", bound.best_opponent);
}

std::string structure(joust::fixed_arms const& arms) {
  auto const& p = arms.preferences();
  constexpr std::size_t quick = 1000;  // triples grow with the cube
  if (arms.arms() > quick) return line("transitivity         not checked above %zu arms", quick) + bounds(p);
  double const gamma = joust::transitivity_gamma(p);
  std::string text = "transitivity\n";
  text += line("  weak             %s", verdict(arms, joust::weak_stochastic_transitivity(p)).c_str());
  text += line("  strong           %s", verdict(arms, joust::strong_stochastic_transitivity(p)).c_str());
  text += std::isinf(gamma) ? line("  relaxed          for no gamma")
                            : line("  relaxed          for gamma >= %.4g", gamma);
  text += line("  triangle         %s", verdict(arms, joust::stochastic_triangle_inequality(p)).c_str());
  return text + bounds(p);
}

}  // namespace

std::string describe(std::string const& typed, std::uint64_t seed) {
  joust::any_environment const family = make_environment(typed);
  joust::stream birth = joust::stream{seed}.child(0, "instance");
  joust::any_environment const drawn = family.instance(birth);
  if (auto const* const arms = drawn.get_if<joust::fixed_arms>()) {
    auto const shape = arms->shape();
    std::string text = line("%s: %zu arms, numbered from 0 unless named; features of length %zu",
                            typed.c_str(), shape.arms, shape.dimension);
    // A family's instances differ; say which one this is.
    if (family.get_if<joust::fixed_arms>() == nullptr) {
      text += line("(the instance of replication 0 under seed %llu)", static_cast<unsigned long long>(seed));
    }
    return text + winners(*arms) + gaps(*arms) + structure(*arms);
  }
  auto const shape = drawn.shape();
  std::string text = line("%s: %zu new candidates every round, features of length %zu, logistic link",
                          typed.c_str(), shape.arms, shape.dimension);
  text +=
      "winners change with the candidates: the largest utility, which is Condorcet, Copeland and Borda "
      "winner too\n";
  if (auto const* const problem = drawn.get_if<joust::random_candidates::problem>()) {
    text += line("(the instance of replication 0 under seed %llu)\ncoefficients of the utility\n ",
                 static_cast<unsigned long long>(seed));
    text.pop_back();
    for (double const coefficient : problem->theta()) {
      char number[32];
      std::snprintf(number, sizeof number, " %.4f", coefficient);
      text += number;
    }
    text += '\n';
  }
  return text;
}

}  // namespace lab
