// SPDX-License-Identifier: MIT
//
// An oracle that is told what to like: the annotator of online DPO charges for every word (Guo et al., arXiv
// 2402.04792, section 4.5 on controllability).
#include <cstddef>
#include <string>
#include <vector>

#include <joust/alignment/aligner.hpp>
#include <joust/alignment/no_reward_model.hpp>
#include <joust/alignment/token_world.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/policy/token_policy.hpp>
#include <joust/rule/passive.hpp>

#include "report.hpp"

namespace toys {
namespace {

struct answers {
  double words = 0.0;
  double quality = 0.0;  // the reward without the charge
};

answers measure(joust::token_world const& world, joust::token_policy const& policy, joust::stream g) {
  answers result;
  std::size_t const samples = 40;
  double const share = 1.0 / static_cast<double>(samples * world.prompts());
  for (std::size_t x = 0; x < world.prompts(); ++x) {
    for (auto const& answer : policy.sample_batch(x, samples, g)) {
      result.words += share * static_cast<double>(answer.size());
      result.quality += share * world.reward(x, answer);
    }
  }
  return result;
}

}  // namespace

void shorter_answers(report& out) {
  out.title("An oracle that likes brevity");
  std::uint64_t const seeds = out.seeds(10, 4);
  std::vector<double> const charges{0.0, 0.1, 0.3};
  average words_before;
  average quality_before;
  std::vector<average> words(charges.size());
  std::vector<average> quality(charges.size());
  for (std::uint64_t n = 0; n < seeds; ++n) {
    auto const g = report::seed("length", n);
    auto const world = joust::token_world::draw({.prompts = 8}, g.child("world"));
    joust::token_policy const start =
        world.initial_policy({.optimiser = {.learning_rate = 1e-2, .max_norm = 1.0}});
    std::vector<std::size_t> prompts(4 * world.prompts());
    for (std::size_t i = 0; i < prompts.size(); ++i) prompts[i] = i % world.prompts();
    answers const before = measure(world, start, g.child("before"));
    words_before.add(before.words);
    quality_before.add(before.quality);
    for (std::size_t c = 0; c < charges.size(); ++c) {
      auto const oracle = world.penalised(charges[c]);
      joust::aligner agent{start,
                           joust::no_reward_model{},
                           joust::passive{},
                           joust::dpo{{.beta = 0.1}},
                           {.candidates = 2, .temperature = 1.0}};
      auto run = g.child("run");
      for (int t = 0; t < 100; ++t) agent.round(prompts, oracle, run);
      answers const after = measure(world, agent.policy(), g.child("after"));
      words[c].add(after.words);
      quality[c].add(after.quality);
    }
  }
  std::vector<std::vector<std::string>> rows{{"charge per word", "words per answer", "quality"},
                                             {"before", text(words_before, 2), text(quality_before, 2)}};
  for (std::size_t c = 0; c < charges.size(); ++c) {
    rows.push_back({text(charges[c], 1), text(words[c], 2), text(quality[c], 2)});
  }
  out.table(rows);
  out.holds(
      "a charge of 0.3 makes answers shorter than none, and they stay better than before, by 3 standard "
      "errors",
      lead(words[0], words[2]) > 3.0 && lead(quality[2], quality_before) > 3.0);
  out.end();
}

}  // namespace toys
