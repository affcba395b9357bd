// SPDX-License-Identifier: MIT
//
// Too many steps on too few pairs. A log-linear policy fits 150 pairs of its reference's responses, whose
// reward it cannot represent; the pessimistic term of VPO (Cen et al., ICLR 2025) holds on to the responses
// that were chosen.
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <joust/alignment/response_world.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/loss/optimism_term.hpp>
#include <joust/policy/log_linear.hpp>

#include "report.hpp"

namespace toys {
namespace {

constexpr double beta = 0.1;
constexpr std::size_t pairs = 150;

// The pairs of one prompt: chosen, rejected, chosen, rejected, ..., and log pi_ref of each.
struct answered {
  std::vector<std::size_t> responses;
  std::vector<double> log_ref;
};
using data = std::vector<answered>;  // by prompt

data ask(joust::response_world const& world, joust::log_linear const& reference, joust::stream g) {
  data result(world.prompts());
  for (std::size_t n = 0; n < pairs; ++n) {
    std::size_t const x = n % world.prompts();
    std::size_t first = reference.sample(x, g);
    std::size_t second = first;
    while (second == first) second = reference.sample(x, g);
    bool const won = world.compare(x, first, second, g) == joust::first_wins;
    if (!won) std::swap(first, second);
    result[x].responses.insert(result[x].responses.end(), {first, second});
  }
  for (std::size_t x = 0; x < result.size(); ++x) {
    result[x].log_ref = reference.log_probabilities(x, result[x].responses);
  }
  return result;
}

// One step down the mean loss of all pairs, and of the term on their chosen responses.
void step(joust::log_linear& policy, data const& all, joust::optimism_term const& term) {
  joust::dpo const loss{{.beta = beta}};
  for (std::size_t x = 0; x < all.size(); ++x) {
    auto const& [responses, log_ref] = all[x];
    auto const log_pi = policy.log_probabilities(x, responses);
    for (std::size_t i = 0; i < responses.size(); i += 2) {
      double const chosen = log_pi[i] - log_ref[i];
      double const slope = loss.slope(chosen - (log_pi[i + 1] - log_ref[i + 1]));
      policy.accumulate(x, responses[i], -(slope + term.slope(chosen)) / pairs);
      policy.accumulate(x, responses[i + 1], slope / pairs);
    }
  }
  policy.step();
}

struct measured {
  double reward = 0.0;
  double unlikely =
      0.0;  // probability of responses that the reference says less often than in 0.2 % of answers
};

measured measure(joust::response_world const& world, joust::log_linear const& policy,
                 joust::log_linear const& reference) {
  measured result;
  double const share = 1.0 / static_cast<double>(world.prompts());
  for (std::size_t x = 0; x < world.prompts(); ++x) {
    auto const pi = policy.probabilities(x);
    auto const ref = reference.probabilities(x);
    for (std::size_t a = 0; a < pi.size(); ++a) {
      result.reward += share * pi[a] * world.reward(x, a);
      if (ref[a] < 0.002) result.unlikely += share * pi[a];
    }
  }
  return result;
}

}  // namespace

void offline_pessimism(report& out) {
  out.title("Offline, for too long");
  std::uint64_t const seeds = out.seeds(10);
  std::vector<int> stops{50, 200, 1000, 4000, 16000};
  if (out.quick()) stops.resize(3);
  std::vector<std::vector<std::string>> rows{{"alpha"}};
  for (int const stop : stops) rows[0].push_back("reward, " + std::to_string(stop) + " steps");
  rows[0].insert(rows[0].end(),
                 {"change since step 200", "ahead of DPO at the end", "mass on unlikely responses"});
  std::vector<double> dpo_at_the_end;
  std::vector<average> masses;
  for (double const alpha : {0.0, 0.03, 0.1, 0.3}) {
    std::vector<average> rewards(stops.size());
    average change;
    average ahead;
    average mass;
    joust::optimism_term const term{
        {.alpha = alpha, .sign = joust::optimism::pessimistic, .scale_by_beta = true, .beta = beta}};
    for (std::uint64_t n = 0; n < seeds; ++n) {
      auto const g = report::seed("offline", n);
      auto const world = joust::response_world::draw({.prompts = 20,
                                                      .responses = 60,
                                                      .latent_dimension = 60,
                                                      .nonlinearity = 0.8,
                                                      .logit_noise = 1.5,
                                                      .policy_dimension = 64},
                                                     g.child("world"));
      joust::log_linear const reference{
          world.initial_logits(),
          world.policy_features(),
          {.optimiser = {.method = joust::descent::adam, .learning_rate = 0.02}}};
      data const all = ask(world, reference, g.child("pairs"));
      joust::log_linear policy = reference;
      std::vector<measured> seen;
      for (int t = 1; t <= stops.back(); ++t) {
        step(policy, all, term);
        if (t == stops[seen.size()]) seen.push_back(measure(world, policy, reference));
      }
      for (std::size_t i = 0; i < stops.size(); ++i) rewards[i].add(seen[i].reward);
      if (alpha == 0.0) dpo_at_the_end.push_back(seen.back().reward);
      change.add(seen.back().reward - seen[1].reward);
      ahead.add(seen.back().reward - dpo_at_the_end[n]);
      mass.add(seen.back().unlikely);
    }
    rows.push_back({alpha == 0.0 ? "0 (DPO)" : text(alpha, 2)});
    for (auto const& reward : rewards) rows.back().push_back(text(reward, 2));
    rows.back().insert(rows.back().end(),
                       {text(change, 2), alpha == 0.0 ? "" : text(ahead, 2), text(mass, 3)});
    masses.push_back(mass);
  }
  out.table(rows);
  out.holds("the more pessimism, the less mass on unlikely responses",
            masses[0].mean() > masses[1].mean() && masses[1].mean() > masses[2].mean() &&
                masses[2].mean() > masses[3].mean());
  out.end();
}

}  // namespace toys
