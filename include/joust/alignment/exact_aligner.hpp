// SPDX-License-Identifier: MIT
//
// The best policy of a finite class, by everything that was answered. Where an aligner follows a gradient,
// this one knows the loss of every policy it may become, and becomes the one of least: what it does is what
// its objective says, not what a step size made of it. Theory assumes exactly that. With gradients the
// optimism of XPO, SELM and VPO can be without effect, because the likelihood of what a policy never does
// hardly moves.
//
//   needs   copies of one finite policy (prompts, responses, log_probabilities), a loss of pairs or margins
//   cost    K P R log-probabilities for K policies; O(K) per duel with one or two losses each
//   repeat  uses randomness only to propose
//   source  Xie et al., "Exploratory preference optimization", ICLR 2025, algorithm 1; Cen et al.,
//           "Value-incentivized preference optimization", ICLR 2025; Liu et al., "Maximize to explore",
//           NeurIPS 2023
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <joust/alignment/aligner_options.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/core/state.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/loss/evaluate.hpp>
#include <joust/loss/optimism_term.hpp>

namespace joust {

struct exact_aligner_options {
  std::size_t reference = 0;  ///< which policy of the class is the reference, and the one to begin with
  proposal proposed_by =
      proposal::policy;  ///< who says the second response; the first is always the policy's
  optimism_samples optimistic_about = optimism_samples::none;  ///< `reference` takes its exact expectation
  optimism_options optimism{};  ///< how much, over duels; added to the sum of the losses, not to their mean
  std::uint64_t refresh_reference_every =
      0;  ///< duels until the policy becomes the reference and all duels before
          ///< are forgotten, as in iterative methods; 0: never

  /// Throws std::invalid_argument that names the option.
  void check() const {
    if (proposed_by == proposal::policy_and_mixture) {
      detail::reject("proposed_by", "policy_and_mixture", "policy, reference or policy_and_reference");
    }
    if (optimistic_about == optimism_samples::second && proposed_by != proposal::policy_and_reference) {
      detail::reject("optimistic_about", "second", "another unless proposed_by is policy_and_reference");
    }
    optimism.check();
  }
  friend bool operator==(exact_aligner_options const&, exact_aligner_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("reference", self.reference, "which policy of the class is the reference");
    visit("proposed_by", self.proposed_by, "policy, reference or policy_and_reference");
    visit("optimistic_about", self.optimistic_about, "none, reference or second");
    visit("optimism", self.optimism, "how much, over duels");
    visit("refresh_reference_every", self.refresh_reference_every,
          "duels until the policy becomes the reference; 0: never");
  }
};

/// Follows the leader among policies pi_1 ... pi_K:
///
///     argmin_k  prior_k + sum_i w_i [ y_i L_k(first_i, second_i) + (1 - y_i) L_k(second_i, first_i) ]
///                       + c sum_i [ log pi_k(s_i | x_i) - log pi_ref(s_i | x_i) ]
///
/// with L_k the loss of a pair under pi_k and the reference, and c and the samples s_i of the optimism_term.
/// Among equals the present leader stays, then the first; it begins with the reference.
template <class Policy, class Loss>
  requires detail::reads_pairs<Loss>
class exact_aligner {
 public:
  using context = typename Policy::context;
  using action = typename Policy::action;

  /// Throws std::invalid_argument for a class without policies, policies over other prompts or responses than
  /// the first's, a reference that is not one of them, and options out of range. O(K P R).
  explicit exact_aligner(std::vector<Policy> policies, Loss loss, exact_aligner_options options = {})
      : policies_{std::move(policies)}, loss_{std::move(loss)}, options_{options}, term_{options.optimism} {
    options_.check();
    if (policies_.empty()) detail::reject("policies", "empty", "at least one");
    detail::require_index("reference", options_.reference, policies_.size());
    responses_ = policies_[0].responses();
    prompts_ = policies_[0].prompts();
    losses_.assign(policies_.size(), 0.0);
    leader_ = reference_ = options_.reference;
    log_pi_.resize(policies_.size() * prompts_ * responses_);
    std::vector<action> all(responses_);
    std::iota(all.begin(), all.end(), action{0});
    for (std::size_t k = 0; k < policies_.size(); ++k) {
      if (policies_[k].prompts() != prompts_ || policies_[k].responses() != responses_) {
        detail::reject("policies", "over different prompts or responses", "all over those of the first");
      }
      for (std::size_t x = 0; x < prompts_; ++x) {
        std::vector<double> const log_pi = policies_[k].log_probabilities(x, all);
        for (std::size_t a = 0; a < responses_; ++a) log_pi_[place(k, x, a)] = log_pi[a];
      }
    }
  }

  /// Two responses to duel: one of the policy, or of the reference if that proposes, and one of who else
  /// proposes. They may be equal.
  template <random_stream Stream>
  [[nodiscard]] pairing select(context x, Stream& stream) const {
    Policy const& one = options_.proposed_by == proposal::reference ? reference() : policy();
    Policy const& other = options_.proposed_by == proposal::policy ? policy() : reference();
    action const first = one.sample(x, stream);
    return {first, other.sample(x, stream)};
  }

  /// Learns from a duel, and follows. A duel of equal responses says nothing, but the optimism term has its
  /// share of it. Throws std::invalid_argument, and changes nothing, for a prompt or response out of range,
  /// an outcome outside [0, 1] and a weight that is negative or not finite. O(K), times R if optimistic about
  /// the reference.
  void observe(context x, action first, action second, joust::outcome answer, double weight = 1.0) {
    detail::require_index("prompt", x, prompts_);
    detail::require_index("first", first, responses_);
    detail::require_index("second", second, responses_);
    detail::require_unit_interval("outcome", answer);
    if (!(weight >= 0.0)) detail::reject("weight", detail::text(weight), "a number, at least 0");
    detail::require_finite("weight", weight);
    for (std::size_t k = 0; k < policies_.size(); ++k) {
      if (first != second) losses_[k] += weight * loss_of(k, x, first, second, answer);
      if (options_.optimistic_about == optimism_samples::second) losses_[k] += optimism_of(k, x, second);
      if (options_.optimistic_about == optimism_samples::reference) {
        for (action s = 0; s < responses_; ++s) {
          losses_[k] += std::exp(log_pi_[place(reference_, x, s)]) * optimism_of(k, x, s);
        }
      }
    }
    follow();
    ++observed_;
    if (options_.refresh_reference_every != 0 && observed_ % options_.refresh_reference_every == 0) {
      reference_ = leader_;
      std::fill(losses_.begin(), losses_.end(), 0.0);
    }
  }

  /// Adds to the loss of every policy, and follows: a prior, or a reward for promising much (MEX). Throws
  /// std::invalid_argument, and changes nothing, unless there is one finite number for each.
  void charge(std::span<double const> amounts) {
    if (amounts.size() != losses_.size()) {
      detail::reject("amounts", "of length " + detail::text(amounts.size()),
                     "one for each of " + detail::text(losses_.size()) + " policies");
    }
    for (double const amount : amounts) detail::require_finite("amounts", amount);
    for (std::size_t k = 0; k < losses_.size(); ++k) losses_[k] += amounts[k];
    follow();
  }

  [[nodiscard]] std::span<Policy const> policies() const noexcept { return policies_; }
  [[nodiscard]] Policy const& policy() const noexcept { return policies_[leader_]; }
  [[nodiscard]] Policy const& reference() const noexcept { return policies_[reference_]; }
  /// Where policy() is among policies().
  [[nodiscard]] std::size_t leader() const noexcept { return leader_; }
  /// The loss of every policy, by all that counts.
  [[nodiscard]] std::span<double const> losses() const noexcept { return losses_; }
  /// Duels learnt from, ever.
  [[nodiscard]] std::uint64_t observed() const noexcept { return observed_; }
  [[nodiscard]] exact_aligner_options const& options() const noexcept { return options_; }

  /// What has been learnt, as text (core/state.hpp); the policies are not part of it.
  [[nodiscard]] std::string save() const {
    state_writer writer{"exact_aligner", 1};
    fields(*this, writer);
    return std::move(writer).finish();
  }

  /// Becomes what was saved by an aligner over the same policies with the same options. Throws
  /// std::invalid_argument, and changes nothing, for a text that is damaged or belongs to another.
  void restore(std::string_view saved) {
    exact_aligner restored = *this;
    state_reader reader{saved, "exact_aligner", 1};
    fields(restored, reader);
    reader.finish();
    std::size_t const count = policies_.size();
    if (!(restored.options_ == options_)) reader.fail("has other options", "those of this aligner");
    if (restored.losses_.size() != count || restored.leader_ >= count || restored.reference_ >= count) {
      reader.fail("belongs to another class of policies", detail::text(count) + " policies");
    }
    for (double const loss : restored.losses_) {
      if (!std::isfinite(loss)) reader.fail("holds a loss that is not finite", "finite losses");
    }
    *this = std::move(restored);
  }

 private:
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("options", self.options_);
    visit("observed", self.observed_);
    visit("leader", self.leader_);
    visit("reference", self.reference_);
    visit.list("losses", self.losses_);
  }

  // The log-probabilities of one response under all policies lie together: that is how a duel reads them.
  [[nodiscard]] std::size_t place(std::size_t k, context x, action a) const noexcept {
    return (x * responses_ + a) * policies_.size() + k;
  }

  [[nodiscard]] double loss_of(std::size_t k, context x, action first, action second,
                               joust::outcome answer) const {
    scored_pair const pair{.chosen = log_pi_[place(k, x, first)],
                           .rejected = log_pi_[place(k, x, second)],
                           .chosen_reference = log_pi_[place(reference_, x, first)],
                           .rejected_reference = log_pi_[place(reference_, x, second)]};
    double total = 0.0;
    if (answer != second_wins) total += answer * detail::value_at(loss_, pair);
    if (answer != first_wins) total += (1.0 - answer) * detail::value_at(loss_, pair.swapped());
    return total;
  }

  [[nodiscard]] double optimism_of(std::size_t k, context x, action s) const noexcept {
    return term_.value(log_pi_[place(k, x, s)] - log_pi_[place(reference_, x, s)], observed_);
  }

  void follow() noexcept {
    std::size_t const best =
        static_cast<std::size_t>(std::min_element(losses_.begin(), losses_.end()) - losses_.begin());
    if (losses_[best] < losses_[leader_]) leader_ = best;
  }

  std::vector<Policy> policies_;
  Loss loss_;
  exact_aligner_options options_;
  optimism_term term_;
  std::size_t prompts_ = 0;
  std::size_t responses_ = 0;
  std::vector<double> log_pi_;
  std::vector<double> losses_;
  std::size_t leader_ = 0;
  std::size_t reference_ = 0;
  std::uint64_t observed_ = 0;
};

}  // namespace joust
