// SPDX-License-Identifier: MIT
#include <filesystem>
#include <string>
#include <vector>

#include <joust/environment/arithmetic8.hpp>
#include <joust/environment/arxiv6.hpp>
#include <joust/environment/baseball1987.hpp>
#include <joust/environment/bradley_terry_fit.hpp>
#include <joust/environment/cyclic4.hpp>
#include <joust/environment/hard_condorcet.hpp>
#include <joust/environment/linear_arms.hpp>
#include <joust/environment/random_candidates.hpp>
#include <joust/environment/random_tournament.hpp>
#include <joust/environment/read_duels.hpp>
#include <joust/environment/read_matrix.hpp>
#include <joust/environment/read_preflib.hpp>
#include <joust/environment/rock_paper_scissors.hpp>
#include <joust/environment/rock_paper_scissors5.hpp>
#include <joust/environment/smoothed_frequencies.hpp>
#include <joust/environment/utility_arms.hpp>

#include "catalogue.hpp"
#include "catalogue_entry.hpp"

namespace lab {

namespace {

std::filesystem::path file_of(typed_name const& typed) {
  auto const file = typed.find("file");
  if (!file || file->empty()) typed.fail("needs file=PATH");
  return *file;
}

// How answers become probabilities is a choice, so it is a parameter of every environment made from a log.
parameter const estimate{"estimate", "frequencies",
                         "frequencies, or bradley-terry: a maximum-likelihood fit"};
parameter const pseudo_count{"pseudo_count", "1", "wins added to each side of each pair, for frequencies"};

joust::any_environment from_log(joust::duel_log const& log, typed_name const& typed) {
  if (typed.choice("estimate", {"frequencies", "bradley-terry"}) == 1) {
    if (typed.find("pseudo_count")) typed.fail("has pseudo_count, which a bradley-terry fit does not take");
    return joust::bradley_terry_fit(log).environment();
  }
  return joust::fixed_arms{smoothed_frequencies(log, {.pseudo_count = typed.number("pseudo_count", 1.0)})};
}

using made_environment = made<joust::any_environment>;

std::vector<made_environment> const& shelf() {
  static std::vector<made_environment> const all{
      {{"arxiv6", "six rankers of arXiv.org's search engine, compared by clicks (Yue & Joachims 2011)", {}},
       [](typed_name const&) { return joust::arxiv6(); }},
      {{"cyclic4", "a winner above a cycle of three (Komiyama et al. 2015)", {}},
       [](typed_name const&) { return joust::cyclic4(); }},
      {{"arithmetic8", "eight arms, probabilities in equal steps (Komiyama et al. 2015)", {}},
       [](typed_name const&) { return joust::arithmetic8(); }},
      {{"rps3",
        "rock, paper, scissors: no Condorcet winner",
        {{"first", "0.1", "gap of the first arm over the second"},
         {"second", "0.1", "gap of the second arm over the third"},
         {"third", "0.1", "gap of the third arm over the first"}}},
       [](typed_name const& typed) {
         return joust::rock_paper_scissors({.first_over_second = typed.number("first", 0.1),
                                            .second_over_third = typed.number("second", 0.1),
                                            .third_over_first = typed.number("third", 0.1)});
       }},
      {{"rps5", "a cycle of three above two losers: three Copeland winners, no Condorcet winner", {}},
       [](typed_name const&) { return joust::rock_paper_scissors5(); }},
      {{"baseball1987",
        "the 1987 season of the American League East: 7 teams, 273 games",
        {estimate, pseudo_count}},
       [](typed_name const& typed) { return from_log(joust::baseball1987(), typed); }},
      {{"matrix", "a preference matrix of your own", {{"file", "", "CSV, row beats column; names optional"}}},
       [](typed_name const& typed) { return joust::fixed_arms{joust::read_matrix(file_of(typed))}; }},
      {{"duels",
        "a log of duels of your own",
        {{"file", "", "CSV: first,second,outcome[,count]"}, estimate, pseudo_count}},
       [](typed_name const& typed) { return from_log(joust::read_duels(file_of(typed)), typed); }},
      {{"preflib",
        "rankings in PrefLib's formats",
        {{"file", "", "SOC, SOI or TOC"}, estimate, pseudo_count}},
       [](typed_name const& typed) { return from_log(joust::read_preflib(file_of(typed)), typed); }},
      {{"utility",
        "toy arms with known utilities",
        {{"shape", "arithmetic", "arithmetic, geometric, one-good, two-good or three-good"},
         {"arms", "16", "number of arms"},
         {"link", "logistic", "logistic, linear or natural"}}},
       [](typed_name const& typed) {
         constexpr joust::utility_link links[] = {joust::utility_link::logistic, joust::utility_link::linear,
                                                  joust::utility_link::natural};
         return joust::utility_arms{
             .shape = static_cast<joust::utility_shape>(
                 typed.choice("shape", {"arithmetic", "geometric", "one-good", "two-good", "three-good"})),
             .arms = typed.count("arms", 16),
             .link = links[typed.choice("link", {"logistic", "linear", "natural"})]};
       }},
      {{"random-tournament",
        "probabilities drawn at random, new in every replication; usually no Condorcet winner",
        {{"arms", "10", "number of arms"}}},
       [](typed_name const& typed) { return joust::random_tournament{.arms = typed.count("arms", 10)}; }},
      {{"hard-condorcet",
        "a winner by a fixed gap above a random tournament, new in every replication",
        {{"arms", "10", "number of arms"}, {"gap", "0.1", "by which the winner beats each other arm"}}},
       [](typed_name const& typed) {
         return joust::hard_condorcet{.arms = typed.count("arms", 10), .gap = typed.number("gap", 0.1)};
       }},
      {{"linear",
        "fixed arms with features and a linear utility, new in every replication",
        {{"family", "vacdb", "vacdb: jittered corners of a cube; ginop: corners, bounded utility"},
         {"dimension", "5", "length of a feature vector"},
         {"arms", "32", "number of arms"},
         {"scale", "1", "size of the utility's coefficients"}}},
       [](typed_name const& typed) {
         bool const ginop = typed.choice("family", {"vacdb", "ginop"}) == 1;
         return joust::linear_arms{
             .family = ginop ? joust::linear_family::ginop : joust::linear_family::vacdb,
             .dimension = typed.count("dimension", 5),
             .arms = typed.count("arms", 32),
             .scale = typed.number("scale", 1.0)};
       }},
      {{"contextual",
        "new random candidates every round, linear utility, new in every replication",
        {{"dimension", "8", "length of a feature vector"},
         {"candidates", "16", "candidates per round"},
         {"scale", "1", "norm of the utility's coefficients"},
         {"spread", "gaussian", "of the features: gaussian, or on the unit sphere"}}},
       [](typed_name const& typed) {
         bool const sphere = typed.choice("spread", {"gaussian", "sphere"}) == 1;
         return joust::random_candidates{
             .candidates = typed.count("candidates", 16),
             .dimension = typed.count("dimension", 8),
             .scale = typed.number("scale", 1.0),
             .spread = sphere ? joust::candidate_spread::sphere : joust::candidate_spread::gaussian};
       }},
  };
  return all;
}

}  // namespace

std::vector<entry> environments() { return entries_of(shelf()); }

joust::any_environment make_environment(std::string const& typed) {
  typed_name const wanted{typed};
  joust::any_environment family = find_entry(shelf(), wanted, "environment").make(wanted);
  // Families check their parameters when an instance is drawn; a mistake should show before the study begins.
  joust::stream trial{0};
  static_cast<void>(family.instance(trial));
  return family;
}

}  // namespace lab
