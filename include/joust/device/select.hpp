// SPDX-License-Identifier: MIT
//
// The pairs to duel in many contexts at once. An ensemble has scored the candidates of all contexts, K
// members each; the host's own rule runs once per context, on the belief about that context's slice of the
// rewards and with a stream of that context's own. So a batch asks what a loop over contexts would have
// asked.
//
//   needs   rewards in device memory, laid out as joust::ensemble has them; a rule. For CUDA the call
//           operator of a rule of one's own is annotated with JOUST_HOST_DEVICE
//   cost    one pass through the rewards for their means, and the rule's own per context, on a host while
//           they are in cache. One to four numbers of work space per candidate, nothing per pair of
//           candidates; allocates where the batch is larger than those before
//   repeat  same rewards, rule and root give the same pairs, however many cores
//   source  the rules' own
//
// On a GPU the pairs are those of the host, index for index, as far as a rule only adds, multiplies, divides
// and takes roots: none of these is fused. The criterion variance_of::preference takes exponentials, whose
// last digit may differ there, and with it a choice between variances that differ in their last digits only.
#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <span>

#include <joust/core/argmax.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/room.hpp>
#include <joust/device/detail/slice_belief.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>
#include <joust/posterior/ensemble_belief.hpp>
#include <joust/rule/any_rule.hpp>
#include <joust/rule/best_arm.hpp>
#include <joust/rule/largest_pair_variance.hpp>
#include <joust/rule/max_pair_ucb.hpp>
#include <joust/rule/variance_of.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

/// What select() gives for a context in which there is no pair to name.
inline constexpr pairing no_pair{(std::numeric_limits<std::size_t>::max)(),
                                 (std::numeric_limits<std::size_t>::max)()};

/// What an ensemble believes about the candidates of B contexts, in device memory. The candidates of all
/// contexts stand in one row, context after context; each member has such a row of rewards.
template <std::floating_point Scalar>
struct ensemble_beliefs {
  std::span<Scalar const> rewards{};  ///< member k's reward of candidate c at [k * stride + c]
  std::size_t members = 0;            ///< K, at least 1
  std::size_t candidates = 0;         ///< in a row, of all contexts together
  std::size_t per_context = 0;        ///< M where every context has as many; 0: `offsets` tells

  /// Context b has the candidates offsets[b] .. offsets[b + 1], B + 1 rising numbers up to `candidates`, in
  /// device memory.
  std::span<std::size_t const> offsets{};

  std::size_t stride = 0;  ///< from a member's rewards to the next one's; 0: `candidates`

  /// What a variance over members is divided by, as in ensemble_options.
  variance_divisor divisor = variance_divisor::members_less_one;

  /// The number B of contexts.
  [[nodiscard]] std::size_t contexts() const noexcept {
    if (per_context != 0) return candidates / per_context;
    return offsets.empty() ? 0 : offsets.size() - 1;
  }

  /// Throws std::invalid_argument unless sizes agree.
  void check() const {
    using joust::detail::reject;
    using joust::detail::text;
    if (members == 0) reject("members", "0", "at least 1");
    if (per_context != 0 && !offsets.empty()) {
      reject("offsets", "of length " + text(offsets.size()), "none beside per_context");
    }
    if (per_context == 0 && offsets.empty() && candidates != 0) {
      reject("offsets", "empty", "one for each context and one more, or per_context");
    }
    if (per_context != 0 && candidates % per_context != 0) {
      reject("candidates", text(candidates), "a multiple of per_context, " + text(per_context));
    }
    std::size_t const step = stride == 0 ? candidates : stride;
    if (step < candidates) reject("stride", text(stride), "at least candidates, " + text(candidates));
    // Written without the product, which may not fit.
    bool const enough =
        rewards.size() >= candidates && (step == 0 || members - 1 <= (rewards.size() - candidates) / step);
    if (!enough) {
      reject("rewards", "of length " + text(rewards.size()),
             text(members) + " rows of " + text(candidates) + ", " + text(step) + " apart");
    }
  }
};

/// Memory that select() works in. It grows where it must and is kept. One call at a time may use it; calls of
/// one queue are.
struct selection_space {
  buffer<double> means;            ///< per candidate
  buffer<double> opinions;         ///< per candidate, of float rewards
  buffer<double> variances;        ///< per candidate, of rules that compare variances
  buffer<std::size_t> favourites;  ///< per candidate, of best_arm on a GPU
};

namespace detail {

// Where the candidates of each context lie, and room for what is found out about them.
template <class Scalar>
struct context_table {
  member_rewards<Scalar> of;
  std::size_t const* offsets;
  std::size_t per_context;
  std::size_t candidates;
  double* means;
  double* opinions;
  double* variances;  // of best_arm: with the favourite of the context; else of pairs with one candidate
  std::size_t* favourites;  // of best_arm, on a GPU: that favourite, for each of the context's candidates

  [[nodiscard]] JOUST_HOST_DEVICE slice_belief<Scalar> operator[](std::size_t b) const {
    std::size_t const begin = per_context != 0 ? b * per_context : offsets[b];
    std::size_t const end = per_context != 0 ? begin + per_context : offsets[b + 1];
    // Offsets that are none hide their candidates.
    std::size_t const size = begin <= end && end <= candidates ? end - begin : 0;
    return {of, means, opinions, size == 0 ? 0 : begin, size};
  }

  // Whether there is anything to choose from. A reward that is not finite leaves a mean that is not.
  [[nodiscard]] JOUST_HOST_DEVICE bool sound(slice_belief<Scalar> const& rewards, std::size_t least) const {
    double const* const mean = means + rewards.first();
    std::size_t finite = 0;
    for (std::size_t i = 0; i < rewards.size(); ++i) finite += mean[i] * 0.0 == 0.0 ? 1 : 0;
    return finite == rewards.size() && rewards.size() >= least;
  }
};

// The candidate that best_arm will name first, by the draw that it will make first.
template <class Scalar>
[[nodiscard]] JOUST_HOST_DEVICE std::size_t favourite_of(slice_belief<Scalar> const& rewards, stream random) {
  return rewards.first() + argmax(rewards.draw(random), random);
}

template <class Scalar>
JOUST_HOST_DEVICE void take_variances(context_table<Scalar> const& contexts, variance_of criterion,
                                      std::size_t favourite, std::size_t first, std::size_t count) {
  if (criterion == variance_of::preference) {
    contexts.of.template take_variances<true>(favourite, first, count, contexts.variances);
  } else {
    contexts.of.template take_variances<false>(favourite, first, count, contexts.variances);
  }
}

// The rules that look at the variances of all pairs.
template <class Rule>
inline constexpr bool asks_all_pairs =
    std::same_as<Rule, max_pair_ucb> || std::same_as<Rule, largest_pair_variance>;

// Chooses in one context. What does not depend on the rule is found out here, while the context's rewards are
// in a core's cache, unless it is `Prepared`.
template <class Scalar, class Rule, bool Prepared>
struct choose_pair {
  context_table<Scalar> contexts;
  Rule rule;
  stream root;
  pairing* pairs;

  JOUST_HOST_DEVICE void operator()(std::size_t b) const {
    slice_belief<Scalar> rewards = contexts[b];
    if constexpr (!Prepared) contexts.of.take_means(rewards.first(), rewards.size(), contexts.means);
    if (!contexts.sound(rewards, Rule::may_self_duel ? 1 : 2)) {
      constexpr std::size_t none = static_cast<std::size_t>(-1);
      pairs[b] = pairing{none, none};
      return;
    }
    stream random = root.child(b);
    if constexpr (std::same_as<Rule, best_arm>) {
      if constexpr (!Prepared) {
        take_variances(contexts, rule.options().criterion, favourite_of(rewards, random), rewards.first(),
                       rewards.size());
      }
      foreseen_belief<Scalar> foreseen{rewards, contexts.variances};
      pairs[b] = rule(foreseen, random);
    } else if constexpr (!Prepared && asks_all_pairs<Rule>) {
      row_belief<Scalar> by_rows{rewards, contexts.variances};
      pairs[b] = rule(by_rows, random);
    } else {
      pairs[b] = rule(rewards, random);
    }
  }
};

// The same in steps, each over all candidates or all contexts. A context is little work for a GPU's thread,
// and its rewards lie far from those of the next: what can be found out candidate by candidate is.
template <class Scalar>
struct prepare_means {
  context_table<Scalar> contexts;
  JOUST_HOST_DEVICE void operator()(std::size_t candidate) const {
    contexts.of.take_means(candidate, 1, contexts.means);
    if (contexts.favourites != nullptr) contexts.favourites[candidate] = candidate;  // of no context yet
  }
};

template <class Scalar>
struct prepare_favourites {
  context_table<Scalar> contexts;
  stream root;
  JOUST_HOST_DEVICE void operator()(std::size_t b) const {
    slice_belief<Scalar> const rewards = contexts[b];
    if (!contexts.sound(rewards, 2)) return;
    std::size_t const favourite = favourite_of(rewards, root.child(b));
    for (std::size_t i = 0; i < rewards.size(); ++i) contexts.favourites[rewards.first() + i] = favourite;
  }
};

template <class Scalar>
struct prepare_variances {
  context_table<Scalar> contexts;
  variance_of criterion;
  JOUST_HOST_DEVICE void operator()(std::size_t candidate) const {
    take_variances(contexts, criterion, contexts.favourites[candidate], candidate, 1);
  }
};

template <bool InSteps, class Scalar, class Rule>
void choose_pairs(queue const& order, context_table<Scalar> const& table, Rule const& rule,
                  stream const& root, std::span<pairing> pairs) {
  if constexpr (InSteps) {
    for_each_index(order, table.candidates, prepare_means<Scalar>{table});
    if constexpr (std::same_as<Rule, best_arm>) {
      for_each_index(order, pairs.size(), prepare_favourites<Scalar>{table, root});
      for_each_index(order, table.candidates, prepare_variances<Scalar>{table, rule.options().criterion});
    }
  }
  for_each_index(order, pairs.size(), choose_pair<Scalar, Rule, InSteps>{table, rule, root, pairs.data()});
}

template <bool InSteps, class Scalar, class Rule>
void select(queue const& order, ensemble_beliefs<Scalar> const& beliefs, Rule const& rule, stream const& root,
            std::span<pairing> pairs, selection_space& space) {
  static_assert(duel_rule<Rule, slice_belief<Scalar>>,
                "joust: device::select needs a rule; see explain_duel_rule()");
  beliefs.check();
  std::size_t const contexts = beliefs.contexts();
  if (pairs.size() != contexts) {
    joust::detail::reject("pairs", "of length " + joust::detail::text(pairs.size()),
                          "one for each of " + joust::detail::text(contexts) + " contexts");
  }
  if (contexts == 0) return;
  std::size_t const candidates = beliefs.candidates;
  std::size_t const members = beliefs.members;
  std::size_t const degrees = beliefs.divisor == variance_divisor::members ? members : members - 1;
  context_table<Scalar> table{{beliefs.rewards.data(), beliefs.stride == 0 ? candidates : beliefs.stride,
                               members, degrees == 0 ? 0.0 : 1.0 / static_cast<double>(degrees)},
                              beliefs.offsets.data(),
                              beliefs.per_context,
                              candidates,
                              room_for(order, space.means, candidates),
                              nullptr,
                              nullptr,
                              nullptr};
  if constexpr (!std::same_as<Scalar, double>) table.opinions = room_for(order, space.opinions, candidates);
  if constexpr (std::same_as<Rule, best_arm> || (!InSteps && asks_all_pairs<Rule>)) {
    table.variances = room_for(order, space.variances, candidates);
  }
  if constexpr (std::same_as<Rule, best_arm> && InSteps) {
    table.favourites = room_for(order, space.favourites, candidates);
  }
  choose_pairs<InSteps>(order, table, rule, root, pairs);
}

}  // namespace detail

/// Names the pair to duel in each context: what `rule` would answer for an ensemble_belief about the
/// context's rewards, with the stream root.child(b) for context b. Candidates are counted within their
/// context. On a GPU it returns before the work is done.
///
/// `pairs`, one for each context, is in device memory and is written. A context with too few candidates for a
/// duel, with a reward that is not finite (or so large that the members' sum is not), or whose offsets fall
/// or end beyond the candidates gets no_pair; the others do not notice.
///
/// Means are sums over the members in order, divided by their number; those of joust::ensemble are added in
/// another order and may differ in the last digit. Rules are those of joust/rule, any_rule among them, or
/// one's own: a constant function object that can be copied to the device and throws nothing there.
///
/// Throws std::invalid_argument, and writes nothing, for beliefs whose sizes do not agree and for another
/// number of pairs.
template <std::floating_point Scalar, class Rule>
void select(queue const& order, ensemble_beliefs<Scalar> const& beliefs, Rule const& rule, stream const& root,
            std::span<pairing> pairs, selection_space& space) {
  if constexpr (std::same_as<Rule, any_rule>) {
    rule.visit([&](auto const& chosen) { select(order, beliefs, chosen, root, pairs, space); });
  } else {
    detail::select<cut_for_gpu>(order, beliefs, rule, root, pairs, space);
  }
}

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
