// SPDX-License-Identifier: MIT
//
// The newest answered duels, for policies that learn from them more than once. A ring: once full, the oldest
// makes room.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/core/state.hpp>

namespace joust::detail {

// Actions that can be written down: a number, or a sequence of numbers.
template <class Action>
concept plain_action = std::integral<Action> ||
    (requires { typename Action::value_type; } && std::integral<typename Action::value_type>);

template <class Context, class Action>
class replay_memory {
 public:
  struct entry {
    Context context;
    Action first;
    Action second;
    double outcome;
  };

  explicit replay_memory(std::size_t capacity) : capacity_{capacity} {}

  void add(Context const& context, Action const& first, Action const& second, double outcome) {
    if (entries_.size() < capacity_) {
      entries_.push_back({context, first, second, outcome});
    } else {
      entries_[next_] = {context, first, second, outcome};
    }
    next_ = (next_ + 1) % capacity_;
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] entry const& operator[](std::size_t i) const noexcept { return entries_[i]; }

  // As lists of numbers: contexts, actions and, for sequences, their lengths.
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    std::vector<std::uint64_t> contexts;
    std::vector<std::uint64_t> lengths;
    std::vector<std::uint64_t> parts;
    std::vector<double> outcomes;
    if constexpr (std::integral<Context> && plain_action<Action>) {
      for (entry const& e : self.entries_) {
        contexts.push_back(static_cast<std::uint64_t>(e.context));
        outcomes.push_back(e.outcome);
        for (Action const* action : {&e.first, &e.second}) flatten(*action, lengths, parts);
      }
    } else if (self.capacity_ != 0) {
      reject("replay_steps", "above 0", "0 to save an aligner whose contexts or actions are not numbers");
    }
    visit("next", self.next_);
    visit.list("contexts", contexts);
    visit.list("outcomes", outcomes);
    visit.list("lengths", lengths);
    visit.list("parts", parts);
    if constexpr (requires {
                    visit.finish();
                    visit.fail("", "");
                  } &&
                  std::integral<Context> && plain_action<Action>) {
      self.rebuild(contexts, outcomes, lengths, parts, visit);
    }
  }

 private:
  static void flatten(Action const& action, std::vector<std::uint64_t>& lengths,
                      std::vector<std::uint64_t>& parts) {
    if constexpr (std::integral<Action>) {
      parts.push_back(static_cast<std::uint64_t>(action));
      lengths.push_back(1);
    } else {
      for (auto const part : action) parts.push_back(static_cast<std::uint64_t>(part));
      lengths.push_back(action.size());
    }
  }

  template <class Reader>
  void rebuild(std::vector<std::uint64_t> const& contexts, std::vector<double> const& outcomes,
               std::vector<std::uint64_t> const& lengths, std::vector<std::uint64_t> const& parts,
               Reader& reader) {
    std::size_t const count = contexts.size();
    bool sound = outcomes.size() == count && lengths.size() == 2 * count && count <= capacity_ &&
                 (capacity_ == 0 ? next_ == 0 : next_ < capacity_) && (count == capacity_ || next_ == count);
    auto const whole = [&](std::uint64_t number, auto kind) {
      auto const value = static_cast<decltype(kind)>(number);
      sound = sound && static_cast<std::uint64_t>(value) == number;
      return value;
    };
    std::size_t place = 0;
    auto const action = [&](std::size_t length) {
      Action result{};
      sound = sound && length <= parts.size() - place;
      if (!sound) return result;
      if constexpr (std::integral<Action>) {
        sound = length == 1;
        if (sound) result = whole(parts[place], result);
      } else {
        typename Action::value_type const zero{};
        for (std::size_t i = 0; i < length; ++i) result.push_back(whole(parts[place + i], zero));
      }
      place += length;
      return result;
    };
    entries_.clear();
    for (std::size_t i = 0; sound && i < count; ++i) {
      Action first = action(lengths[2 * i]);
      Action second = action(lengths[2 * i + 1]);
      sound = sound && outcomes[i] >= 0.0 && outcomes[i] <= 1.0;
      entries_.push_back({whole(contexts[i], Context{}), std::move(first), std::move(second), outcomes[i]});
    }
    if (!sound || place != parts.size()) {
      reader.fail("holds a memory that cannot be", "as many actions, lengths and outcomes as contexts need");
    }
  }

  std::size_t capacity_;
  std::size_t next_ = 0;
  std::vector<entry> entries_;
};

}  // namespace joust::detail
