// SPDX-License-Identifier: MIT
//
// Two bandits spar over a class of policies. Each policy names a candidate in every context; each bandit
// follows the policies that have served it best, one picks the first of the pair, the other the second, and
// either is paid for winning. What they converge to is a mixture of policies that no other policy beats: the
// von Neumann winner, which exists whatever the preferences are.
//
//   needs   a policy class and the horizon; nothing of the preferences, not even that they stay
//   cost    two exponentials for each policy per selection, and the naming of N candidates per selection and
//           answer; no allocation once as many candidates have been met before
//   delay   several duels may be outstanding, and answered in any order, late or never; an answer is weighed
//           by the chances at its selection. It finds its duel by context and pair; one that finds none, as
//           for a pair that was not selected, teaches nothing: its chance is unknown
//   repeat  the same answers, contexts and stream give the same pairs
//   source  Dudik, Hofmann, Schapire, Slivkins & Zoghi, "Contextual Dueling Bandits", COLT 2015 (Sparring
//           EXP4.P)
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
#include <vector>

#include <joust/agent/detail/exp4p.hpp>
#include <joust/agent/detail/feature_rows.hpp>
#include <joust/agent/policy_class.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/state.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How carefully the two bandits go about it.
struct sparring_exp4_options {
  std::uint64_t horizon = 0;     ///< rounds to be played; 0: the setting's
  double failure = 0.05;         ///< delta: the chance with which the bound of a learner may fail
  double exploration = 0.0;      ///< p_min, each candidate's least chance; 0: sqrt(ln N / (K T))
  std::size_t outstanding = 64;  ///< duels that may wait for their answer at a time

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(failure > 0.0 && failure < 1.0))
      detail::reject("failure", detail::text(failure), "a number in (0, 1)");
    if (!(exploration >= 0.0 && exploration <= 0.5)) {
      detail::reject("exploration", detail::text(exploration), "a number in [0, 1/2]");
    }
    if (outstanding == 0) detail::reject("outstanding", "0", "at least 1");
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("horizon", self.horizon, "rounds to be played; 0: the setting's");
    visit("failure", self.failure, "chance with which the regret bound may fail");
    visit("exploration", self.exploration, "least chance of each candidate; 0: sqrt(ln N / (K T))");
    visit("outstanding", self.outstanding, "duels that may wait for their answer at a time");
  }
  friend bool operator==(sparring_exp4_options const&, sparring_exp4_options const&) = default;
};

/// Sparring EXP4.P over a policy class:
///
///     joust::sparring_exp4 agent{joust::random_linear_policies{200}, {.horizon = 10'000}};
///     auto [first, second] = agent.select(Phi, random);
///     agent.observe(Phi, first, second, 1.0);
///
/// In a context with K candidates, p_min = sqrt(ln N / (K T)), at most 1 / (2 K), and either bandit draws
/// candidate j with the chance
///
///     p_j = (1 - K p_min) sum of w_n over the policies that name j / sum of all w_n + p_min.
///
/// With r the share of the outcome that its candidate a got, the weight of a policy that names j becomes
///
///     w_n exp( p_min / 2 ( 1[j = a] r / p_j + sqrt(ln(N / delta) / (K T)) / p_j ) ).
///
/// A self-duel is worth 1/2 to both, known without asking.
template <std::copyable Policies>
class sparring_exp4 {
 public:
  static constexpr std::string_view name = "sparring_exp4";

  /// An agent that trusts all policies alike. Throws std::invalid_argument for options out of range.
  explicit sparring_exp4(Policies policies = Policies{}, sparring_exp4_options options = {})
      : options_{options}, policies_{static_cast<Policies&&>(policies)} {
    options_.check();
    std::size_t const count = policies_.size();
    bandits_[0] = bandits_[1] = detail::exp4p{count};
    advice_.assign(count, 0);
  }

  /// A new agent with the same options and policies for the setting, nothing learnt. Throws
  /// std::invalid_argument if the horizon is unknown, or the policies cannot work there.
  [[nodiscard]] sparring_exp4 fresh(setting const& s) const {
    sparring_exp4_options options = options_;
    if (options.horizon == 0) options.horizon = s.horizon;
    if (options.horizon == 0) {
      detail::reject("setting.horizon", "0", "the number of rounds to be played, or the option horizon");
    }
    if constexpr (requires { policies_.fresh(s); }) {
      return sparring_exp4{policies_.fresh(s), options};
    } else {
      return sparring_exp4{policies_, options};
    }
  }

  /// The next pair to duel. Throws std::invalid_argument, and changes nothing, for a context that the
  /// policies refuse, without a horizon, and if a policy names a candidate that is none.
  template <class Context, class Stream>
    requires policy_class<Policies, Context>
  [[nodiscard]] pairing select(Context const& x, Stream& stream) {
    if (options_.horizon == 0)
      detail::reject("horizon", "0", "a number of rounds, or an agent made by fresh");
    std::size_t const arms = welcome(x);
    if constexpr (requires { policies_.prepare(x, stream); }) {
      if (policies_.prepare(x, stream)) asked_.reset();
    }
    std::uint64_t const context = identity(x);
    ask(x, arms, context);
    make_room(arms);
    auto const slot = static_cast<std::size_t>(selections_ % options_.outstanding);
    double const p_min = least_chance(arms);
    pairing chosen;
    for (std::size_t side = 0; side < 2; ++side) {
      std::span<double> const p = chances(slot, side, arms);
      bandits_[side].distribute(advice_, p_min, p);
      (side == 0 ? chosen.first : chosen.second) = drawn_from(p, stream);
    }
    ++selections_;
    contexts_[slot] = context;
    pairs_[slot] = chosen;
    waiting_[slot] = chosen.self_duel() ? 0 : 1;
    if (chosen.self_duel()) learn(slot, arms, 0.5);
    return chosen;
  }

  /// Learns from the answer to a selected pair; `share` is the outcome, the first's share in [0, 1]. Where
  /// the same pair was selected several times in the same context, the earliest without an answer gets it.
  /// Throws std::invalid_argument, and changes nothing, for a context that the policies refuse, an index that
  /// is no candidate and an outcome outside [0, 1].
  template <class Context>
    requires policy_class<Policies, Context>
  void observe(Context const& x, std::size_t first, std::size_t second, double share) {
    std::size_t const arms = welcome(x);
    detail::require_index("first", first, arms);
    detail::require_index("second", second, arms);
    detail::require_unit_interval("outcome", share);
    if (first == second || arms > width_) return;  // no selection had as many candidates
    std::uint64_t const context = identity(x);
    std::uint64_t const oldest = selections_ < options_.outstanding ? 0 : selections_ - options_.outstanding;
    for (std::uint64_t n = oldest; n != selections_; ++n) {
      auto const slot = static_cast<std::size_t>(n % options_.outstanding);
      bool const straight = pairs_[slot] == pairing{first, second};
      if (waiting_[slot] == 0 || contexts_[slot] != context) continue;
      if (!straight && !(pairs_[slot] == pairing{second, first})) continue;
      ask(x, arms, context);
      waiting_[slot] = 0;
      learn(slot, arms, straight ? share : 1.0 - share);
      return;
    }
  }

  /// The candidate that has most of the weight behind it, both bandits' taken together; the lowest one among
  /// equals. Learns nothing and uses no randomness. Throws as select does.
  template <class Context>
    requires policy_class<Policies, Context>
  [[nodiscard]] std::size_t recommend(Context const& x) {
    std::size_t const arms = welcome(x);
    ask(x, arms, identity(x));
    votes_.assign(2 * arms, 0.0);
    std::span<double> const votes{votes_};
    for (std::size_t side = 0; side < 2; ++side)
      bandits_[side].vote(advice_, votes.subspan(side * arms, arms));
    std::size_t best = 0;
    for (std::size_t i = 1; i < arms; ++i) {
      if (votes[i] + votes[arms + i] > votes[best] + votes[arms + best]) best = i;
    }
    return best;
  }

  [[nodiscard]] Policies const& policies() const noexcept { return policies_; }

  /// The weights of the policies, which sum to 1: the mean of both bandits'.
  [[nodiscard]] std::vector<double> weights() const {
    std::vector<double> mean(policies_.size(), 0.0);
    for (detail::exp4p const& bandit : bandits_) {
      double total = 0.0;
      for (double const weight : bandit.log_weights()) total += std::exp(weight);
      for (std::size_t n = 0; n < mean.size(); ++n)
        mean[n] += 0.5 * std::exp(bandit.log_weights()[n]) / total;
    }
    return mean;
  }

  [[nodiscard]] sparring_exp4_options const& options() const noexcept { return options_; }

  /// Everything that decides the agent's future, as text (core/state.hpp). For policies that list their
  /// fields.
  [[nodiscard]] std::string save() const requires requires(Policies const& p, state_writer& write) {
    Policies::fields(p, write);
  }
  {
    state_writer write{name, 1};
    sparring_exp4_options::fields(options_, write);
    fields(*this, write);
    return static_cast<state_writer&&>(write).finish();
  }

  /// The agent that was saved. Throws std::invalid_argument, naming the line, for a text that is damaged, cut
  /// short, of another agent or version, or makes no sense.
  [[nodiscard]] static sparring_exp4 load(std::string_view saved) requires
      requires(Policies& p, state_reader& read) {
    Policies::fields(p, read);
  }
  {
    state_reader read{saved, name, 1};
    sparring_exp4_options options;
    sparring_exp4_options::fields(options, read);
    sparring_exp4 agent{Policies{}, options};
    fields(agent, read);
    read.finish();
    if (!agent.sound()) read.fail("ends values that contradict each other", "the state of an agent");
    agent.advice_.assign(agent.policies_.size(), 0);
    return agent;
  }

  /// Equal in behaviour: the same options, policies, weights, and duels outstanding.
  friend bool operator==(sparring_exp4 const& a,
                         sparring_exp4 const& b) requires std::equality_comparable<Policies> {
    return a.options_ == b.options_ && a.policies_ == b.policies_ && a.bandits_[0] == b.bandits_[0] &&
           a.bandits_[1] == b.bandits_[1] && a.selections_ == b.selections_ && a.contexts_ == b.contexts_ &&
           a.pairs_ == b.pairs_ && a.waiting_ == b.waiting_ && a.width_ == b.width_ &&
           a.chances_ == b.chances_;
  }

 private:
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("policies", self.policies_);
    visit("first", self.bandits_[0]);
    visit("second", self.bandits_[1]);
    visit("selections", self.selections_);
    visit.list("contexts", self.contexts_);
    visit.list("pairs", self.pairs_);
    visit.list("waiting", self.waiting_);
    visit("width", self.width_);
    visit.list("chances", self.chances_);
  }

  [[nodiscard]] bool sound() const noexcept {
    std::size_t const slots = contexts_.size();
    std::size_t const count = policies_.size();
    bool good = policies_.sound() && bandits_[0].sound(count) && bandits_[1].sound(count) &&
                pairs_.size() == slots && waiting_.size() == slots &&
                (slots == 0 ? width_ == 0 && chances_.empty()
                            : slots == options_.outstanding && chances_.size() % slots == 0 &&
                                  chances_.size() / slots == 2 * width_);
    for (std::size_t slot = 0; good && slot < slots; ++slot) {
      good = waiting_[slot] <= 1 && pairs_[slot].first < width_ && pairs_[slot].second < width_;
    }
    for (double const chance : chances_) good = good && chance >= 0.0 && chance <= 1.0;
    return good;
  }

  // How many candidates the context has, if it is one to be served.
  template <class Context>
  [[nodiscard]] std::size_t welcome(Context const& x) const {
    if constexpr (requires { policies_.check(x); }) policies_.check(x);
    std::size_t arms = 0;
    if constexpr (detail::feature_rows<Context>) {
      arms = static_cast<std::size_t>(x.rows());
      if (arms == 0) detail::reject("phi", "without rows", "one row per candidate, at least one");
    } else {
      arms = policies_.arms(x);
      if (arms == 0) detail::reject("arms", "0", "at least one candidate in every context");
    }
    if (policies_.size() == 0) detail::reject("policies", "none", "at least one, or an agent made by fresh");
    return arms;
  }

  // By what an answer finds its duel.
  template <class Context>
  [[nodiscard]] static std::uint64_t identity(Context const& x) {
    if constexpr (detail::feature_rows<Context>) {
      std::uint64_t whole = static_cast<std::uint64_t>(x.rows());
      for (std::size_t i = 0; i < static_cast<std::size_t>(x.rows()); ++i) {
        whole = (whole ^ detail::fingerprint(x, i)) * 0x9e3779b97f4a7c15U;
        whole ^= whole >> 29U;
      }
      return whole;
    } else {
      return static_cast<std::uint64_t>(x);
    }
  }

  // Has every policy name its candidate, unless they were asked about this context last.
  template <class Context>
  void ask(Context const& x, std::size_t arms, std::uint64_t context) {
    if (asked_ == context) return;
    asked_.reset();
    for (std::size_t n = 0; n < advice_.size(); ++n) {
      std::size_t const named = policies_(x, n);
      if (named >= arms) {
        detail::reject("policies", "a policy that names candidate " + detail::text(named),
                       "an index below " + detail::text(arms));
      }
      advice_[n] = static_cast<std::uint32_t>(named);
    }
    asked_ = context;
  }

  // Space for the chances of that many candidates in every slot.
  void make_room(std::size_t arms) {
    if (arms <= width_) return;
    std::size_t const slots = options_.outstanding;
    if (slots > std::numeric_limits<std::uint32_t>::max() / arms) {
      detail::reject("outstanding", detail::text(slots), "fewer than 2^32 chances to remember in all");
    }
    std::vector<double> wider(2 * slots * arms, 0.0);
    for (std::size_t row = 0; width_ != 0 && row < 2 * slots; ++row) {
      std::copy_n(chances_.begin() + static_cast<std::ptrdiff_t>(row * width_), width_,
                  wider.begin() + static_cast<std::ptrdiff_t>(row * arms));
    }
    if (contexts_.empty()) {
      std::vector<std::uint64_t> contexts(slots, 0);
      std::vector<pairing> pairs(slots);
      waiting_.assign(slots, 0);
      pairs_ = static_cast<std::vector<pairing>&&>(pairs);
      contexts_ = static_cast<std::vector<std::uint64_t>&&>(contexts);
    }
    chances_ = static_cast<std::vector<double>&&>(wider);
    width_ = arms;
  }

  [[nodiscard]] std::span<double> chances(std::size_t slot, std::size_t side, std::size_t arms) noexcept {
    return std::span{chances_}.subspan((2 * slot + side) * width_, arms);
  }

  [[nodiscard]] double least_chance(std::size_t arms) const noexcept {
    auto const k = static_cast<double>(arms);
    double const wanted = options_.exploration > 0.0
                              ? options_.exploration
                              : std::sqrt(std::log(static_cast<double>(policies_.size())) / (k * rounds()));
    return std::min(wanted, 0.5 / k);  // short games explore half of the time, not always
  }

  [[nodiscard]] double rounds() const noexcept { return static_cast<double>(options_.horizon); }

  template <class Stream>
  [[nodiscard]] static std::size_t drawn_from(std::span<double const> p, Stream& stream) {
    double u = draw_uniform(stream);
    for (std::size_t j = 0; j + 1 < p.size(); ++j) {
      if (u < p[j]) return j;
      u -= p[j];
    }
    return p.size() - 1;
  }

  void learn(std::size_t slot, std::size_t arms, double share) noexcept {
    double const rate = 0.5 * least_chance(arms);
    double const bonus = std::sqrt(std::log(static_cast<double>(policies_.size()) / options_.failure) /
                                   (static_cast<double>(arms) * rounds()));
    bandits_[0].learn(advice_, chances(slot, 0, arms), pairs_[slot].first, share, rate, bonus);
    bandits_[1].learn(advice_, chances(slot, 1, arms), pairs_[slot].second, 1.0 - share, rate, bonus);
  }

  sparring_exp4_options options_;
  Policies policies_;
  detail::exp4p bandits_[2];
  std::uint64_t selections_ = 0;
  // Of the last selections, in the slot of their number: the context, the pair, whether its answer is
  // awaited, and both bandits' chances of each candidate, `width_` numbers apart. Empty before the first one.
  std::vector<std::uint64_t> contexts_;
  std::vector<pairing> pairs_;
  std::vector<std::uint8_t> waiting_;
  std::size_t width_ = 0;
  std::vector<double> chances_;
  // Work space: the candidate that each policy names in the context asked about last, and the weight behind
  // each candidate.
  std::vector<std::uint32_t> advice_;
  std::optional<std::uint64_t> asked_;
  std::vector<double> votes_;
};

}  // namespace joust
