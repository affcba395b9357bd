// SPDX-License-Identifier: MIT
//
// A policy learns from comparisons of its own samples. Each round it proposes candidates for some prompts, a
// reward model says what it believes of them, a rule picks the pair to ask about; the answers teach the
// reward model, and through a direct preference loss the policy. SEA is one choice of these parts, online
// DPO, XPO, APL and the others are further ones: alignment/alignment_agents.hpp names them.
//
//   needs   trainable_policy that samples at a temperature, reward_model, duel_rule, a loss
//           (loss/evaluate.hpp)
//   cost    per round of P prompts: P M samples, what the reward model takes for P M candidates, P choices of
//           the rule, and one gradient of 2 P log-probabilities
//   repeat  same parts, prompts and streams give the same run; what happens to a prompt depends on its place
//           in the round, not on the prompts beside it
//   source  Liu, Chen, Du, Lee & Lin, "Sample-efficient alignment for LLMs", arXiv 2411.01493 (2024),
//           algorithm 2
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <joust/alignment/aligner_options.hpp>
#include <joust/alignment/detail/policy_step.hpp>
#include <joust/alignment/detail/replay_memory.hpp>
#include <joust/alignment/detail/settle.hpp>
#include <joust/alignment/question.hpp>
#include <joust/alignment/reward_model.hpp>
#include <joust/core/argmax.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/state.hpp>
#include <joust/core/stream.hpp>
#include <joust/loss/optimism_term.hpp>
#include <joust/oracle/compare_batch.hpp>
#include <joust/proposer/detail/samples.hpp>
#include <joust/proposer/policy_and_mixture.hpp>
#include <joust/proposer/policy_and_reference.hpp>
#include <joust/proposer/policy_samples.hpp>
#include <joust/rule/best_against_worst.hpp>

namespace joust {

/// Preference learning over a policy:
///
///     joust::aligner sea{policy, joust::featured{features, joust::ensemble{{.dimension = 16}}},
///                        joust::best_arm{}, joust::dpo{},
///                        {.oracle_share = joust::schedule::step(1.0, 1000, 0.7)}};
///     for (...) sea.round(prompts, oracle, random);
///
/// The reference is the policy as it is given, unless another is. A policy names its types, Policy::context
/// and Policy::action; one that does not is used with both spelt out as the last two template arguments.
template <class Policy, class RewardModel, class Rule, class Loss, class Reference = Policy,
          class Context = typename Policy::context, class Action = typename Policy::action>
class aligner {
 public:
  using context = Context;
  using action = Action;
  using asked = joust::question<Context, Action>;

  /// The reference is a copy of the policy. Throws std::invalid_argument for options out of range.
  aligner(Policy policy, RewardModel model, Rule rule, Loss loss, aligner_options options = {}) requires
      std::same_as<Policy, Reference> && std::copy_constructible<Policy>
      : aligner{policy, Reference{policy}, std::move(model), std::move(rule), std::move(loss), options} {}

  /// With a reference of its own, e.g. one that shares a language model's weights. Throws
  /// std::invalid_argument for options out of range.
  aligner(Policy policy, Reference reference, RewardModel model, Rule rule, Loss loss,
          aligner_options options)
      : policy_{std::move(policy)},
        reference_{std::move(reference)},
        model_{std::move(model)},
        rule_{std::move(rule)},
        loss_{std::move(loss)},
        options_{options},
        memory_{options.replay_steps == 0 ? 0 : options.replay_capacity} {
    options_.check();
    if (options_.sync_every != 1) keep_behaviour();
    if constexpr (!std::assignable_from<Reference&, Policy const&>) {
      if (options_.refresh_reference_every != 0) {
        detail::reject("refresh_reference_every", detail::text(options_.refresh_reference_every),
                       "0 for a reference that the policy cannot be assigned to");
      }
    }
  }

  /// Chooses one pair per prompt, or none where all candidates are the same or the acquisition leaves the
  /// prompt out. Those that are not the reward model's own are to be answered, in their order, by learn().
  /// The stream moves on by one word. Questions that are still open are forgotten. Throws
  /// std::invalid_argument for no prompts, and what the parts throw.
  template <random_stream Stream>
  std::span<asked const> ask(std::span<Context const> prompts, Stream& stream) {
    if (prompts.empty()) detail::reject("prompts", "empty", "at least one");
    forget_questions();
    auto const luck = stream.child(static_cast<std::uint64_t>(stream()));
    report_ = {};
    report_.prompts = prompts.size();
    propose(prompts, luck);
    model_.consider(prompts, std::span<candidate_set<Action> const>{sets_}, proposing_policy(), reference_);
    auto const own = own_labels(prompts.size(), luck);
    for (std::size_t i = 0; i < prompts.size(); ++i) choose(i, prompts[i], own[i], luck);
    drop_questions();
    open_ = true;
    return questions_;
  }

  /// The questions of this round; after learn, with their answers.
  [[nodiscard]] std::span<asked const> questions() const noexcept { return questions_; }

  /// The number of answers that learn() expects.
  [[nodiscard]] std::size_t expected_answers() const noexcept {
    if (!open_) return 0;
    return static_cast<std::size_t>(std::count_if(questions_.begin(), questions_.end(), is_for_oracle));
  }

  /// Learns from the answers: the first's share in [0, 1] for every question that is not the reward model's
  /// own, in order. Counts them as queries. Throws std::invalid_argument, and changes nothing, if there are
  /// more or fewer than expected_answers(), or one outside [0, 1]. What a part throws passes through, with
  /// the answers counted and the questions closed: they were paid for, and whoever was taught before keeps
  /// them.
  round_report learn(std::span<double const> outcomes) {
    if (!open_) detail::reject("outcomes", "given before a question", "a call of ask first");
    if (outcomes.size() != expected_answers()) {
      detail::reject(
          "outcomes", "of length " + detail::text(outcomes.size()),
          detail::text(expected_answers()) + ", one per question that is not the reward model's own");
    }
    for (double const y : outcomes) detail::require_unit_interval("outcomes", y);
    open_ = false;
    queries_ += outcomes.size();
    own_ += report_.own;
    report_.queries = outcomes.size();
    std::size_t next = 0;
    for (asked& q : questions_) {
      if (q.own) continue;
      q.outcome = outcomes[next++];
      if (q.lead != 0.0 && q.outcome != tie && q.weight != 0.0) {
        ++report_.predicted;
        if ((q.lead > 0.0) == (q.outcome > tie)) ++report_.agreed;
      }
    }
    if (options_.order == update_order::policy_first) teach_policy();
    teach_reward_model();
    if (options_.order == update_order::reward_first) teach_policy();
    ++rounds_;
    if (options_.sync_every > 1 && rounds_ % options_.sync_every == 0) keep_behaviour();
    if constexpr (std::assignable_from<Reference&, Policy const&>) {
      if (options_.refresh_reference_every != 0 && rounds_ % options_.refresh_reference_every == 0) {
        reference_ = policy_;
      }
    }
    return report_;
  }

  /// A whole round: ask, have the oracle answer (as one batch, if it takes batches), learn. If the oracle
  /// throws, the questions stay open and nothing is learnt: answer() tries again.
  template <random_stream Stream, preference_oracle<Context, Action, Stream> Oracle>
  round_report round(std::span<Context const> prompts, Oracle& oracle, Stream& stream) {
    ask(prompts, stream);
    return answer(oracle, stream);
  }

  /// Has the oracle answer the open questions, and learns.
  template <random_stream Stream, preference_oracle<Context, Action, Stream> Oracle>
  round_report answer(Oracle& oracle, Stream& stream) {
    std::vector<duel<Context, Action>> duels;
    for (asked const& q : questions_) {
      if (open_ && !q.own) duels.push_back({q.context, q.first, q.second, tie, q.weight});
    }
    if (!duels.empty()) compare_batch(oracle, std::span{duels}, stream);
    std::vector<double> outcomes;
    outcomes.reserve(duels.size());
    for (auto const& duel : duels) outcomes.push_back(duel.outcome);
    return learn(outcomes);
  }

  /// What the agent would say to a prompt: the policy's likeliest action, or with `best_of` the candidate of
  /// largest expected reward among so many samples of the newest policy (or the reference, if that proposes).
  /// Learns nothing.
  template <random_stream Stream>
  [[nodiscard]] Action recommend(Context const& x, Stream& stream) {
    return recommend(x, options_.best_of, stream);
  }
  template <random_stream Stream>
  [[nodiscard]] Action recommend(Context const& x, std::size_t best_of, Stream& stream) {
    if (best_of == 0) {
      if constexpr (requires { policy_.greedy(x); }) {
        return policy_.greedy(x);
      } else {
        detail::reject("best_of", "0", "at least 1 for a policy without greedy(x)");
      }
    }
    double const temperature = options_.temperature.at(rounds_);
    std::vector<Action> candidates = options_.proposed_by == proposal::reference
                                         ? detail::samples(reference_, x, best_of, stream, temperature)
                                         : detail::samples(policy_, x, best_of, stream, temperature);
    std::vector<double> const rewards = model_.expected(x, candidates, policy_, reference_);
    return candidates[argmax(std::span<double const>{rewards}, stream)];
  }

  [[nodiscard]] Policy const& policy() const noexcept { return policy_; }
  [[nodiscard]] Reference const& reference() const noexcept { return reference_; }
  [[nodiscard]] RewardModel const& reward_model() const noexcept { return model_; }
  [[nodiscard]] Rule const& rule() const noexcept { return rule_; }
  [[nodiscard]] Loss const& loss() const noexcept { return loss_; }
  [[nodiscard]] aligner_options const& options() const noexcept { return options_; }

  /// Answers of the oracle that were paid for, ever.
  [[nodiscard]] std::uint64_t queries() const noexcept { return queries_; }
  /// Pairs that the reward model labelled itself, ever.
  [[nodiscard]] std::uint64_t own_labels() const noexcept { return own_; }
  /// Steps of the policy, ever.
  [[nodiscard]] std::uint64_t updates() const noexcept { return updates_; }
  /// Rounds learnt from.
  [[nodiscard]] std::uint64_t rounds() const noexcept { return rounds_; }

  /// Everything that decides the future, as text (core/state.hpp): the policies, the reward model, counters.
  /// Open questions are not part of it; their round would be asked again.
  [[nodiscard]] std::string save() const {
    state_writer writer{"aligner", 1};
    fields(*this, writer);
    return std::move(writer).finish();
  }

  /// Becomes what was saved by an aligner of the same parts and options. Throws std::invalid_argument, and
  /// changes nothing, for a text that is damaged or belongs to another.
  void restore(std::string_view saved) {
    aligner restored = *this;
    state_reader reader{saved, "aligner", 1};
    fields(restored, reader);
    reader.finish();
    if (!(restored.options_ == options_)) reader.fail("has other options", "those of this aligner");
    detail::settle(reader, restored.policy_);
    detail::settle(reader, restored.reference_);
    detail::settle(reader, restored.model_);
    if (restored.behaviour_) detail::settle(reader, *restored.behaviour_);
    restored.forget_questions();
    *this = std::move(restored);
  }

 private:
  using answered = detail::answered_duel<Context, Action>;

  static bool is_for_oracle(asked const& q) noexcept { return !q.own; }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("options", self.options_);
    visit("rounds", self.rounds_);
    visit("queries", self.queries_);
    visit("own", self.own_);
    visit("updates", self.updates_);
    visit("policy", self.policy_);
    visit("reference", self.reference_);
    if (self.behaviour_) visit("behaviour", *self.behaviour_);
    visit("reward_model", self.model_);
    visit("memory", self.memory_);
  }

  [[nodiscard]] Policy const& proposing_policy() const noexcept { return behaviour_ ? *behaviour_ : policy_; }

  void keep_behaviour() {
    if constexpr (std::copy_constructible<Policy>) {
      behaviour_.emplace(policy_);
    } else {
      detail::reject("sync_every", detail::text(options_.sync_every), "1 for a policy that cannot be copied");
    }
  }

  void forget_questions() noexcept {
    open_ = false;
    questions_.clear();
    places_.clear();
    samples_.clear();
  }

  // Candidates of every prompt, each from a stream of its own.
  template <class Stream>
  void propose(std::span<Context const> prompts, Stream const& luck) {
    sets_.resize(prompts.size());
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      auto own = luck.child("proposal").child(i);
      sets_[i] = candidates_for(prompts[i], own);
      if (options_.equals == equal_candidates::merge) keep_distinct(sets_[i]);
    }
  }

  template <class Stream>
  [[nodiscard]] std::vector<Action> candidates_for(Context const& x, Stream& stream) const {
    std::size_t const count = options_.candidates;
    double const temperature = options_.temperature.at(rounds_);
    Policy const& policy = proposing_policy();
    switch (options_.proposed_by) {
      case proposal::reference:
        return policy_samples{reference_, {.count = count, .temperature = temperature}}.propose(x, stream);
      case proposal::policy_and_reference:
        return policy_and_reference{policy, reference_, {.count = count, .temperature = temperature}}.propose(
            x, stream);
      case proposal::policy_and_mixture:
        if constexpr (requires { policy.sample_mixture(reference_, 0.5, x, count, stream, temperature); }) {
          return policy_and_mixture{
              policy,
              reference_,
              {.count = count, .share = options_.mixture_share, .temperature = temperature}}
              .propose(x, stream);
        } else {
          detail::reject("proposed_by", "policy_and_mixture", "another for a policy without sample_mixture");
        }
      case proposal::policy:
        break;
    }
    return policy_samples{policy, {.count = count, .temperature = temperature}}.propose(x, stream);
  }

  static void keep_distinct(std::vector<Action>& set) {
    std::size_t distinct = 0;
    for (std::size_t a = 0; a < set.size(); ++a) {
      auto const end = set.begin() + static_cast<std::ptrdiff_t>(distinct);
      if (std::find(set.begin(), end, set[a]) != end) continue;
      if (a != distinct) set[distinct] = std::move(set[a]);
      ++distinct;
    }
    set.resize(distinct);
  }

  // Which prompts the reward model labels itself: as many as gamma leaves, given the queries made so far.
  template <class Stream>
  [[nodiscard]] std::vector<bool> own_labels(std::size_t prompts, Stream const& luck) const {
    double const gamma = options_.oracle_share.at(queries_);
    std::vector<bool> own(prompts);
    if (options_.mixing == mixing::coin) {
      for (std::size_t i = 0; i < prompts; ++i) {
        auto coin = luck.child("mixing").child(i);
        own[i] = !(draw_uniform(coin) < gamma);
      }
      return own;
    }
    std::vector<std::size_t> order(prompts);
    for (std::size_t i = 0; i < prompts; ++i) order[i] = i;
    auto shuffle = luck.child("mixing");
    draw_order(std::span{order}, shuffle);
    auto const count = static_cast<std::size_t>((1.0 - gamma) * static_cast<double>(prompts) + 1e-9);
    for (std::size_t i = 0; i < count; ++i) own[order[i]] = true;
    return own;
  }

  // The pair to ask about in the i-th context, if there is one.
  template <class Stream>
  void choose(std::size_t i, Context const& x, bool own, Stream const& luck) {
    std::vector<Action> const& set = sets_[i];
    if (set.size() < 2) {
      ++report_.duplicates;
      return;
    }
    auto&& rewards = model_.belief(i);
    count_unanimous(rewards);
    auto stream = luck.child(own ? "own" : "rule").child(i);
    pairing const pair = own ? best_against_worst{{.of = options_.own_label == joust::own_label::draw
                                                             ? opinion::draw
                                                             : opinion::mean}}(rewards, stream)
                             : rule_(rewards, stream);
    if (pair.self_duel()) {
      ++report_.duplicates;
      return;
    }
    bool const same = set[pair.first] == set[pair.second];
    if (same) ++report_.duplicates;
    std::span<double const> const mean = rewards.mean();
    questions_.push_back({x, set[pair.first], set[pair.second], i, own, own ? first_wins : tie,
                          same ? 0.0 : 1.0, mean[pair.first] - mean[pair.second]});
    places_.push_back(pair);
    if (options_.optimistic_about == optimism_samples::reference) {
      auto extra = luck.child("optimism").child(i);
      samples_.push_back(detail::samples(reference_, x, 1, extra, 1.0)[0]);
    }
  }

  template <class Belief>
  void count_unanimous(Belief& rewards) {
    if constexpr (requires { rewards.member(std::size_t{}); }) {
      std::size_t const members = rewards.members();
      std::size_t favourite = 0;
      for (std::size_t k = 0; k < members; ++k) {
        auto const opinion = rewards.member(k);
        auto const best =
            static_cast<std::size_t>(std::max_element(opinion.begin(), opinion.end()) - opinion.begin());
        if (k == 0) favourite = best;
        if (best != favourite) return;
      }
      ++report_.unanimous;
    }
  }

  // Acquisition: of the questions to the oracle, the best `keep_share` of the prompts stay.
  void drop_questions() {
    if (options_.keep != acquisition::all) {
      auto const share = options_.keep_share * static_cast<double>(report_.prompts);
      std::size_t const kept = std::max<std::size_t>(1, static_cast<std::size_t>(share + 1e-9));
      std::vector<std::pair<double, std::size_t>> ranked;
      for (std::size_t q = 0; q < questions_.size(); ++q) {
        if (is_for_oracle(questions_[q])) ranked.emplace_back(-worth(questions_[q]), q);
      }
      if (ranked.size() > kept) {
        std::stable_sort(ranked.begin(), ranked.end(),
                         [](auto const& a, auto const& b) { return a.first < b.first; });
        std::vector<bool> drop(questions_.size());
        for (std::size_t r = kept; r < ranked.size(); ++r) drop[ranked[r].second] = true;
        std::size_t end = 0;
        for (std::size_t q = 0; q < questions_.size(); ++q) {
          if (drop[q]) continue;
          if (q != end) {
            questions_[end] = std::move(questions_[q]);
            places_[end] = places_[q];
            if (!samples_.empty()) samples_[end] = std::move(samples_[q]);
          }
          ++end;
        }
        questions_.resize(end);
        places_.resize(end);
        if (!samples_.empty()) samples_.resize(end);
      }
    }
    report_.own = static_cast<std::uint64_t>(questions_.size()) - count_for_oracle();
  }

  [[nodiscard]] std::uint64_t count_for_oracle() const {
    return static_cast<std::uint64_t>(std::count_if(questions_.begin(), questions_.end(), is_for_oracle));
  }

  [[nodiscard]] double worth(asked const& q) const {
    if (q.weight == 0.0) return -std::numeric_limits<double>::infinity();  // two equal actions teach nothing
    switch (options_.keep) {
      case acquisition::certainty:
        return std::fabs(q.lead);
      case acquisition::least_margin:
        return -std::fabs(q.lead);
      case acquisition::entropy: {
        double sum = 0.0;
        auto const& set = sets_[q.prompt];
        for (double const logp : detail::log_probabilities(proposing_policy(), q.context, set)) sum += logp;
        return -sum / static_cast<double>(set.size());
      }
      case acquisition::all:
        break;
    }
    return 0.0;
  }

  void teach_reward_model() {
    for (std::size_t q = 0; q < questions_.size(); ++q) {
      asked const& question = questions_[q];
      if (question.own || question.weight == 0.0) continue;
      model_.observe(question.prompt, places_[q].first, places_[q].second, question.outcome, 1.0);
    }
    model_.train();
  }

  void teach_policy() {
    if (!options_.learn_policy) return;
    std::vector<answered> batch;
    for (std::size_t q = 0; q < questions_.size(); ++q) {
      asked const& question = questions_[q];
      double const weight = question.own ? options_.own_weight * question.weight : question.weight;
      std::optional<Action> sample;
      if (options_.optimistic_about == optimism_samples::reference) sample = samples_[q];
      if (options_.optimistic_about == optimism_samples::second) sample = question.second;
      batch.push_back({question.context, question.first, question.second, question.outcome, weight, sample});
      if (!question.own && question.weight != 0.0 && options_.replay_steps != 0) {
        memory_.add(question.context, question.first, question.second, question.outcome);
      }
    }
    std::size_t const size = options_.minibatch == 0 ? batch.size() : options_.minibatch;
    for (std::size_t epoch = 0; epoch < options_.epochs; ++epoch) {
      for (std::size_t begin = 0; begin < batch.size(); begin += size) {
        step(std::span{batch}.subspan(begin, std::min(size, batch.size() - begin)));
      }
    }
    for (std::size_t n = 0; n < options_.replay_steps && memory_.size() != 0; ++n) replay();
  }

  // A policy step on duels drawn from all that the oracle has answered.
  void replay() {
    auto luck = joust::stream{options_.seed}.child("replay").child(updates_);
    std::vector<answered> batch;
    std::size_t const count = std::min(options_.replay_batch, memory_.size());
    for (std::size_t n = 0; n < count; ++n) {
      auto const& old = memory_[draw_index(memory_.size(), luck)];
      batch.push_back({old.context, old.first, old.second, old.outcome, 1.0, std::nullopt});
    }
    step(batch);
  }

  // A step of the policy on these duels, if any of them counts.
  void step(std::span<answered const> batch) {
    if (!policy_step_(policy_, reference_, loss_, batch, optimism_term{options_.optimism}, updates_, report_))
      return;
    ++updates_;
    ++report_.updates;
  }

  Policy policy_;
  Reference reference_;
  RewardModel model_;
  Rule rule_;
  Loss loss_;
  aligner_options options_;
  detail::replay_memory<Context, Action> memory_;
  std::optional<Policy> behaviour_;  // the policy that proposes, where it is not the newest

  std::uint64_t rounds_ = 0;
  std::uint64_t queries_ = 0;
  std::uint64_t own_ = 0;
  std::uint64_t updates_ = 0;

  // The round at hand.
  bool open_ = false;
  round_report report_;
  std::vector<candidate_set<Action>> sets_;
  std::vector<asked> questions_;
  std::vector<pairing> places_;  // of the questions' actions, in their candidate sets
  std::vector<Action> samples_;  // of the reference, for optimism
  detail::policy_step<Context, Action> policy_step_;
};

}  // namespace joust
