// SPDX-License-Identifier: MIT
//
// Two responses a and b of rewards 1 and 1/2, and a reference that says a with probability exp(-1 / (8
// beta)): Xie et al., "Exploratory preference optimization", ICLR 2025, proposition 2.1.
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <joust/alignment/exact_aligner.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/policy/tabular_softmax.hpp>

#include "report.hpp"

namespace toys {
namespace {

using joust::optimism_samples;
using joust::proposal;

constexpr int rounds = 400;

class instance {
 public:
  explicit instance(double beta) : beta_{beta}, rare_{std::exp(-0.125 / beta)} {
    Eigen::MatrixXd base(2, 1);
    base << std::log(rare_ / (1.0 - rare_)), 0.0;
    base_ = std::make_shared<Eigen::MatrixXd const>(base);
  }

  [[nodiscard]] double beta() const { return beta_; }
  [[nodiscard]] double rare() const { return rare_; }
  [[nodiscard]] joust::shared_logits base() const { return base_; }

  static double shift(std::size_t k) {
    return k == 0 ? 0.0 : static_cast<double>(k <= 32 ? k - 1 : k) / 32.0 - 1.0;
  }

  /// logit pi(a) = logit pi_ref(a) + u / beta for u = 0, then -1 to 1 by 1/32.
  [[nodiscard]] std::vector<joust::tabular_softmax> policies() const {
    std::vector<joust::tabular_softmax> all(65, joust::tabular_softmax{base_});
    for (std::size_t k = 0; k < all.size(); ++k) all[k].set_parameters(std::vector{shift(k) / beta_, 0.0});
    return all;
  }

  /// The most that can be promised, with rewards of mean 0 under the reference.
  [[nodiscard]] std::vector<double> promises(double weight) const {
    std::vector<double> result;
    for (std::size_t k = 0; k < 65; ++k) {
      double const u = shift(k);
      result.push_back(-weight * std::fmax(u * (1.0 - rare_), -u * rare_));
    }
    return result;
  }

  static double reward(std::size_t a) { return a == 0 ? 1.0 : 0.5; }

  /// How far E[r] - beta KL(pi || ref) is from the largest.
  template <class Policy>
  [[nodiscard]] double gap(Policy const& pi) const {
    double const best = 0.5 + beta_ * std::log(1.0 - rare_ + rare_ * std::exp(0.5 / beta_));
    return best - (0.5 + 0.5 * pi.probabilities(0)[0] - beta_ * pi.kl(joust::tabular_softmax{base_}, 0));
  }

 private:
  double beta_;
  double rare_;
  joust::shared_logits base_;
};

struct result {
  average never;  // says a
  average gap;
  average share;  // of a, at the end
};

enum class equals : bool { learnt_from, left_out };

template <class Agent>
void play(instance const& world, Agent agent, joust::stream g, result& out,
          equals same = equals::learnt_from) {
  bool seen = false;
  for (int t = 0; t < rounds; ++t) {
    auto const [first, second] = agent.select(0, g);
    seen = seen || first == 0 || second == 0;
    double const p = joust::sigmoid(instance::reward(first) - instance::reward(second));
    double const answer = joust::draw_bernoulli(p, g);
    if (first != second || same == equals::learnt_from) agent.observe(0, first, second, answer);
  }
  out.never.add(seen ? 0.0 : 1.0);
  out.gap.add(world.gap(agent.policy()));
  out.share.add(agent.policy().probabilities(0)[0]);
}

/// XPO with one step along the gradient per round, on the same objective of one duel.
class gradient_xpo {
 public:
  gradient_xpo(instance const& world, joust::optimiser_options optimiser)
      : loss_{{.beta = world.beta()}},
        term_{{.alpha = 0.05 * world.beta()}},
        policy_{world.base(), {.optimiser = optimiser}},
        reference_{policy_} {}

  joust::pairing select(std::size_t x, joust::stream& g) const {
    std::size_t const first = policy_.sample(x, g);
    return {first, reference_.sample(x, g)};
  }
  void observe(std::size_t x, std::size_t first, std::size_t second, double answer) {
    std::size_t const won = answer == 1.0 ? first : second;
    std::size_t const lost = answer == 1.0 ? second : first;
    auto const ratio = [&](std::size_t a) {
      return policy_.log_probability(x, a) - reference_.log_probability(x, a);
    };
    double const slope = loss_.slope(ratio(won) - ratio(lost));
    policy_.accumulate(x, won, -slope);
    policy_.accumulate(x, lost, slope);
    policy_.accumulate(x, second, -term_.slope(ratio(second)));
    policy_.step();
  }
  [[nodiscard]] joust::tabular_softmax const& policy() const { return policy_; }

 private:
  joust::dpo loss_;
  joust::optimism_term term_;
  joust::tabular_softmax policy_;
  joust::tabular_softmax reference_;
};

joust::exact_aligner_options optimistic(instance const& world, proposal by, optimism_samples about,
                                        double alpha) {
  return {.proposed_by = by,
          .optimistic_about = about,
          .optimism = {.alpha = alpha, .scale_by_beta = true, .beta = world.beta()}};
}

result exactly(instance const& world, joust::exact_aligner_options const& options, std::uint64_t seeds,
               double promise = 0.0, equals same = equals::learnt_from) {
  joust::exact_aligner start{world.policies(), joust::dpo{{.beta = world.beta()}}, options};
  if (promise != 0.0) start.charge(world.promises(promise));
  result out;
  for (std::uint64_t n = 0; n < seeds; ++n) play(world, start, report::seed("two arms", n), out, same);
  return out;
}

result by_gradient(instance const& world, joust::optimiser_options const& optimiser, std::uint64_t seeds) {
  result out;
  for (std::uint64_t n = 0; n < seeds; ++n) {
    play(world, gradient_xpo{world, optimiser}, report::seed("two arms", n), out);
  }
  return out;
}

}  // namespace

void two_arms(report& out) {
  out.title("Two responses, one of them hidden");
  std::uint64_t const seeds = out.seeds(200);
  auto const both = proposal::policy_and_reference;
  std::vector<std::vector<std::string>> rows{
      {"method", "never says a, beta 1/64", "gap", "never says a, beta 1/80", "gap"}};
  std::vector<std::vector<result>> results;
  for (double const beta : {1.0 / 64.0, 1.0 / 80.0}) {
    instance const world{beta};
    auto wrong = optimistic(world, both, optimism_samples::second, 0.05);
    wrong.optimism.sign = joust::optimism::pessimistic;
    auto const xpo = optimistic(world, both, optimism_samples::second, 0.05);
    joust::optimiser_options const plain{.method = joust::descent::sgd, .learning_rate = 1.0};
    joust::optimiser_options const adam{.method = joust::descent::adam, .learning_rate = 0.1};
    results.push_back(
        {exactly(world, {}, seeds), exactly(world, {.proposed_by = both}, seeds), exactly(world, xpo, seeds),
         exactly(world, optimistic(world, proposal::policy, optimism_samples::reference, 0.05), seeds),
         exactly(world, {.proposed_by = both}, seeds, 5.0),
         exactly(world, {.proposed_by = both}, seeds, 0.05), exactly(world, wrong, seeds),
         exactly(world, xpo, seeds, 0.0, equals::left_out), by_gradient(world, plain, seeds),
         by_gradient(world, adam, seeds)});
  }
  char const* const names[] = {"online DPO, pairs (pi, pi)",
                               "DPO, pairs (pi, pi_ref)",
                               "XPO",
                               "VPO online",
                               "MEX form, largest reward weighs 5",
                               "MEX form, largest reward weighs 0.05",
                               "XPO with the sign turned",
                               "XPO, pairs of equal responses left out",
                               "XPO, one plain gradient step of rate 1 per round",
                               "XPO, one Adam step of rate 0.1 per round"};
  for (std::size_t m = 0; m < std::size(names); ++m) {
    std::vector<std::string> row{names[m]};
    for (auto const& at : results) {
      row.push_back(text(at[m].never, 3));
      row.push_back(text(at[m].gap, 3));
    }
    rows.push_back(std::move(row));
  }
  out.table(rows);
  for (std::size_t b = 0; b < 2; ++b) {
    instance const world{b == 0 ? 1.0 / 64.0 : 1.0 / 80.0};
    std::string const name = b == 0 ? "beta 1/64: " : "beta 1/80: ";
    double const share = std::pow(1.0 - world.rare(), 2.0 * rounds);
    double const band = 4.5 * std::sqrt(share * (1.0 - share) / static_cast<double>(seeds));
    auto const never = [&](std::size_t m) { return results[b][m].never.mean(); };
    auto const gap = [&](std::size_t m) { return results[b][m].gap.mean(); };
    out.holds(name + "both forms of DPO miss a with probability (1 - pi_ref(a))^800 = " + text(share, 3),
              std::fabs(never(0) - share) < band && std::fabs(never(1) - share) < band);
    out.holds(name + "XPO and VPO, minimised exactly, always find a, and end within 0.05 of the optimum",
              never(2) + never(3) == 0.0 && gap(2) < 0.05 && gap(3) < 0.05);
    out.holds(name +
                  "XPO with the sign turned, without pairs of equals, or by plain gradient steps is no "
                  "better than DPO",
              std::fmin(never(6), std::fmin(never(7), never(8))) > share - band);
  }
  out.end();
}

void refreshed_reference(report& out) {
  out.title("A reference that follows");
  instance const world{1.0 / 64.0};
  std::uint64_t const seeds = out.seeds(200);
  std::vector<std::vector<std::string>> rows{{"alpha", "never says a", "P(a) at the end", "gap"}};
  std::vector<average> shares;
  for (double const alpha : {0.0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1.0}) {
    auto options = optimistic(world, proposal::policy_and_reference, optimism_samples::reference, alpha);
    options.refresh_reference_every = 100;
    auto const r = exactly(world, options, seeds);
    rows.push_back({text(alpha, 3), text(r.never, 3), text(r.share, 3), text(r.gap, 3)});
    shares.push_back(r.share);
  }
  out.table(rows);
  out.holds("alpha 0.05 ends with more of a than alpha 0 and than alpha 1, by 4.5 standard errors",
            lead(shares[3], shares.front()) > 4.5 && lead(shares[3], shares.back()) > 4.5);
  out.end();
}

}  // namespace toys
