// SPDX-License-Identifier: MIT
//
// What all agents of fixed arms have in common, so that each header holds its algorithm and nothing else:
// construction, the checks at the edge, arms that come and go, batches, saving and comparing.
//
// An agent derives from k_armed<agent, options>, takes over its constructors, makes it a friend and provides
//   name                       what it is called, in messages and saved states
//   choose(stream)             the next pair, of positions below size(); round() counts from 1
//   learn(i, j, y)             an answered duel of two different positions; throws before any change, if at all
//   best() const               the position to recommend
//   fields(self, visit)        static; lists everything that decides the future, beside options, arms and
//                              round: visit("name", self.field_) or, for vectors whose length varies,
//                              visit.list("name", self.field_)
// and may provide
//   sound() const              whether restored fields make sense together: indices in range, and so on
//   arms_may_change = true     with inherit(from, kept): this agent is new, has round() and options() of
//                              `from`, and its position n < kept.size() is what kept[n] was in `from`; the
//                              positions behind are new arms. Takes over what `from` knows about the kept
// Its options are an aggregate with ==, with check() or check(arms) that throws for values out of range, and
// with fields(self, visit), which also says what each option means.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/core/state.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// Of an agent that has none.
struct no_options {
  void check() const noexcept {}
  template <class Self, class Visit>
  static void fields(Self&, Visit&) {}
  friend bool operator==(no_options const&, no_options const&) = default;
};

namespace detail {

template <class Agent, class Options>
class k_armed {
 public:
  /// A prototype: it has no arms, and serves to make agents by fresh(setting).
  k_armed() = default;

  /// A prototype with options. Throws std::invalid_argument for options out of range.
  explicit k_armed(Options options) : options_{static_cast<Options&&>(options)} { options_.check(); }

  /// An agent for `arms` >= 1 arms. Throws std::invalid_argument for 0 arms or options out of range.
  explicit k_armed(std::size_t arms, Options options = {})
      : options_{static_cast<Options&&>(options)}, arms_{arms}, size_{arms} {
    if (arms == 0 || arms > most_arms) {
      reject("arms", text(arms), "a number of arms from 1 to " + text(most_arms));
    }
    options_.check();
    if constexpr (requires { options_.check(arms); }) options_.check(arms);
  }

  /// The next pair. Advances the round. A pair whose answer never comes teaches nothing.
  template <class Stream>
  [[nodiscard]] pairing select(Stream& stream) {
    require_arms();
    ++round_;
    pairing const chosen = self().choose(stream);
    return ids_.empty() ? chosen : pairing{ids_[chosen.first], ids_[chosen.second]};
  }

  /// The next pairs, to be answered in any order, late, or never: as many calls of select, without an answer
  /// between them.
  template <class Stream>
  void select_batch(std::span<pairing> pairs, Stream& stream) {
    for (pairing& next : pairs) next = select(stream);
  }

  /// The next `count` pairs.
  template <class Stream>
  [[nodiscard]] std::vector<pairing> select_batch(std::size_t count, Stream& stream) {
    std::vector<pairing> pairs(count);
    select_batch(std::span{pairs}, stream);
    return pairs;
  }

  /// Learns from a duel. A self-duel, or a late answer about an arm that has been retired, is accepted and
  /// teaches nothing. Throws std::invalid_argument for an unknown arm or an outcome outside [0, 1], and then
  /// changes nothing.
  void observe(std::size_t first, std::size_t second, outcome y) {
    require_arms();
    require_index("first", first, arms_);
    require_index("second", second, arms_);
    require_unit_interval("outcome", y);
    if (first == second) return;
    if (!ids_.empty()) {
      first = positions_[first];
      second = positions_[second];
      if (first == retired || second == retired) return;
    }
    self().learn(first, second, y);
  }

  /// The arm that the agent holds to be the winner.
  [[nodiscard]] std::size_t recommend() const {
    require_arms();
    std::size_t const found = self().best();
    return ids_.empty() ? found : ids_[found];
  }

  /// The number of arms, retired ones included: every index is below it. 0 for a prototype.
  [[nodiscard]] std::size_t arms() const noexcept { return arms_; }

  /// Whether the arm has not been retired. Throws std::invalid_argument for an unknown arm.
  [[nodiscard]] bool in_play(std::size_t arm) const {
    require_index("arm", arm, arms_);
    return ids_.empty() || positions_[arm] != retired;
  }

  /// Brings a new arm into play and returns its index, arms() so far. What is known about the others stays.
  /// Throws std::invalid_argument for an agent whose schedule needs the same arms from start to end.
  std::size_t add_arm() {
    require_change("add an arm");
    std::vector<std::size_t> const kept = everyone();
    std::size_t const id = arms_;
    reseat(kept, id);
    return id;
  }

  /// Takes an arm out of play; its index stays unused. What is known about the others stays. Throws
  /// std::invalid_argument for an unknown arm, one retired before, the last one in play, or an agent whose
  /// schedule needs the same arms from start to end.
  void retire(std::size_t arm) {
    require_change("retire an arm");
    if (!in_play(arm)) reject("arm", text(arm) + ", retired before", "an arm in play");
    if (size_ == 1) reject("arm", text(arm) + ", the last one in play", "at least one other");
    std::vector<std::size_t> kept = everyone();
    kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(ids_.empty() ? arm : positions_[arm]));
    reseat(kept, retired);
  }

  [[nodiscard]] Options const& options() const noexcept { return options_; }

  /// A new agent of the same options, without experience. Options `horizon` and `confidence` that are 0 are
  /// taken from the setting. Throws std::invalid_argument if it cannot work there: it needs the same arms in
  /// every round, since it goes by their index.
  [[nodiscard]] Agent fresh(setting const& s) const {
    if (!s.fixed_arms) {
      throw std::invalid_argument{std::string{Agent::name} +
                                  ": needs the same arms every round; the setting's fixed_arms is false"};
    }
    if (s.arms == 0) reject("setting.arms", text(s.arms), "a number of arms above 0");
    Options options = options_;
    if constexpr (requires { options.horizon; }) {
      if (options.horizon == 0) options.horizon = s.horizon;
    }
    if constexpr (requires { options.confidence; }) {
      if (options.confidence == 0.0) options.confidence = s.confidence;
    }
    return Agent{s.arms, options};
  }

  /// Everything that decides the agent's future, as text (core/state.hpp): load makes an agent of it that
  /// continues exactly as this one would.
  [[nodiscard]] std::string save() const {
    require_arms();
    state_writer write{Agent::name, 1};
    save_into(write);
    return static_cast<state_writer&&>(write).finish();
  }

  /// The agent that was saved. Throws std::invalid_argument, naming the line, for a text that is damaged, cut
  /// short, of another agent or version, or makes no sense.
  [[nodiscard]] static Agent load(std::string_view saved) {
    state_reader read{saved, Agent::name, 1};
    Agent agent = load_from(read);
    read.finish();
    return agent;
  }

  /// The same as fields of another agent, which holds this one.
  void save_into(state_writer& write) const {
    Options::fields(options_, write);
    write("arms", arms_);
    write.list("in_play", everyone(ids_));
    write("round", round_);
    Agent::fields(self(), write);
  }
  [[nodiscard]] static Agent load_from(state_reader& read) {
    Options options;
    Options::fields(options, read);
    std::size_t arms = 0;
    std::vector<std::size_t> in_play;
    read("arms", arms);
    read.list("in_play", in_play);
    if (arms > most_arms) read.fail("is about " + text(arms) + " arms", "at most " + text(most_arms));
    bool ascending = !in_play.empty() && in_play.back() < arms;
    for (std::size_t n = 1; n < in_play.size(); ++n) ascending = ascending && in_play[n - 1] < in_play[n];
    if (!ascending) read.fail("names arms out of order", "ascending indices below " + text(arms));
    Agent agent{in_play.size(), options};
    if (in_play.size() < arms) agent.seat(static_cast<std::vector<std::size_t>&&>(in_play), arms);
    read("round", agent.round_);
    Agent::fields(agent, read);
    if (!agent.sound()) read.fail("ends values that contradict each other", "the state of an agent");
    return agent;
  }

  /// Equal in behaviour: the same options, arms and experience.
  friend bool operator==(Agent const& a, Agent const& b) { return static_cast<k_armed const&>(a).same_as(b); }

 protected:
  /// The number of arms in play: positions are below it.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// How often select has been called, the present call included.
  [[nodiscard]] std::uint64_t round() const noexcept { return round_; }

  /// A number per position, or per ordered pair of positions.
  template <class T>
  [[nodiscard]] std::vector<T> row(T fill) const {
    return std::vector<T>(size_, fill);
  }
  template <class T>
  [[nodiscard]] std::vector<T> square(T fill) const {
    return std::vector<T>(size_ * size_, fill);
  }

  /// The same, with another value for an arm and itself.
  template <class T>
  [[nodiscard]] std::vector<T> square(T fill, T diagonal) const {
    std::vector<T> table = square(fill);
    for (std::size_t i = 0; i < size_; ++i) table[i * size_ + i] = diagonal;
    return table;
  }

  /// The position of an arm that a user names. Throws std::invalid_argument for an unknown or retired one.
  [[nodiscard]] std::size_t position(std::size_t arm) const {
    require_arms();
    if (!in_play(arm)) reject("arm", text(arm) + ", which is retired", "an arm in play");
    return ids_.empty() ? arm : positions_[arm];
  }

  /// What an agent may have in place of a position.
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  /// Unless an agent knows better.
  [[nodiscard]] bool sound() const noexcept { return true; }

  static constexpr bool arms_may_change = false;

 private:
  // More would wrap the size of a table around instead of running out of memory.
  static constexpr std::uint64_t most_arms = std::numeric_limits<std::uint32_t>::max();

  static constexpr std::size_t retired = none;

  [[nodiscard]] Agent& self() noexcept { return static_cast<Agent&>(*this); }
  [[nodiscard]] Agent const& self() const noexcept { return static_cast<Agent const&>(*this); }

  void require_arms() const {
    if (arms_ == 0) {
      throw std::invalid_argument{std::string{Agent::name} +
                                  ": is a prototype without arms; expected a number of arms at construction, "
                                  "or an agent made by fresh(setting)"};
    }
  }
  void require_change(char const* what) const {
    require_arms();
    if (!Agent::arms_may_change) {
      throw std::invalid_argument{std::string{Agent::name} + ": cannot " + what +
                                  " while running; its schedule needs the same arms from start to end"};
    }
  }

  [[nodiscard]] std::vector<std::size_t> everyone(std::vector<std::size_t> known = {}) const {
    if (!known.empty()) return known;
    std::vector<std::size_t> all(size_);
    for (std::size_t n = 0; n < size_; ++n) all[n] = n;
    return all;
  }

  // Puts an heir with the kept positions in this one's place, and behind them the arm `added`, if it is one.
  void reseat(std::vector<std::size_t> const& kept, std::size_t added) {
    if constexpr (Agent::arms_may_change) {
      std::vector<std::size_t> ids;
      for (std::size_t const n : kept) ids.push_back(ids_.empty() ? n : ids_[n]);
      if (added != retired) ids.push_back(added);
      Agent heir{ids.size(), options_};
      heir.round_ = round_;
      heir.inherit(self(), std::span<std::size_t const>{kept});
      std::size_t const arms = added == retired ? arms_ : arms_ + 1;
      if (ids.size() < arms) heir.seat(static_cast<std::vector<std::size_t>&&>(ids), arms);
      self() = static_cast<Agent&&>(heir);
    }
  }

  // Gives the positions their indices.
  void seat(std::vector<std::size_t> ids, std::size_t arms) {
    positions_.assign(arms, retired);
    for (std::size_t n = 0; n < ids.size(); ++n) positions_[ids[n]] = n;
    ids_ = static_cast<std::vector<std::size_t>&&>(ids);
    arms_ = arms;
  }

  [[nodiscard]] bool same_as(k_armed const& other) const {
    if (!(options_ == other.options_ && arms_ == other.arms_ && ids_ == other.ids_ &&
          round_ == other.round_)) {
      return false;
    }
    field_comparison comparison;
    Agent::fields(self(), comparison);
    comparison.compare_with_next();
    Agent::fields(other.self(), comparison);
    return comparison.same();
  }

  Options options_;
  std::size_t arms_ = 0;
  std::size_t size_ = 0;
  std::uint64_t round_ = 0;
  // Only where arms have been retired: the index of each position, and the position of each index.
  std::vector<std::size_t> ids_;
  std::vector<std::size_t> positions_;
};

}  // namespace detail
}  // namespace joust
