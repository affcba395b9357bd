// SPDX-License-Identifier: MIT
//
// Interleaved filter. A champion duels all rivals in turn. A rival that the champion has beaten beyond doubt
// goes; one that has beaten the champion beyond doubt takes its place, and everything learnt so far about the
// old champion is forgotten. The last one standing duels itself.
//
//   needs   the same arms every round, in a total order with strong stochastic transitivity and the
//           stochastic triangle inequality; the horizon
//   cost    O(1) per round and per observation, O(K) at the end of a turn through the rivals; two numbers per
//           arm; no allocation after construction
//   delay   the turns go on; decisions fall where a turn ends, on the answers that have come by then. Answers
//           count if they are about the present champion and a rival, asked for or not
//   repeat  the same answers and the same stream give the same pairs
//   source  Yue, Broder, Kleinberg & Joachims, "The K-armed Dueling Bandits Problem", COLT 2009 and JCSS
//           2012: interleaved filter 1, and interleaved filter 2 with pruning
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <joust/arms/detail/k_armed.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// What the filter knows of the game, and how hard it filters.
struct interleaved_filter_options {
  std::uint64_t horizon = 0;  ///< rounds to be played; 0: the setting's
  bool pruning = true;  ///< a new champion sends away all rivals that were behind the old one (version 2)

  void check() const noexcept {}

  /// Throws std::invalid_argument for an unknown horizon.
  void check(std::size_t) const {
    if (horizon == 0) detail::reject("horizon", "0", "the number of rounds to be played");
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("horizon", self.horizon, "rounds to be played; 0: the setting's");
    visit("pruning", self.pruning,
          "whether a new champion sends away all rivals that were behind the old one");
  }
  friend bool operator==(interleaved_filter_options const&, interleaved_filter_options const&) = default;
};

/// The interleaved filter. The champion c, at first a random arm, and a rival b have duelled n times since c
/// became champion, and c has won the share p_cb. Whoever is ahead is the winner beyond doubt if
///
///     |p_cb - 1/2| > sqrt(4 ln(T K^2) / n),
///
/// with T the horizon. It recommends the rival with the largest share of wins against the champion, if that
/// is above 1/2 (ties: lowest index), else the champion.
class interleaved_filter : public detail::k_armed<interleaved_filter, interleaved_filter_options> {
 public:
  static constexpr std::string_view name = "interleaved_filter";
  using k_armed::k_armed;

 private:
  friend k_armed;

  template <class Stream>
  pairing choose(Stream& stream) {
    if (champion_ == none) crown_first(stream);
    if (!next_rival()) {
      if (rivals_ != 0) end_turn(stream);
      next_ = 0;
      if (!next_rival()) return {champion_, champion_};
    }
    return {champion_, next_++};
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    bool const defends = i == champion_;
    std::size_t const rival = defends ? j : i;
    if (!(defends || j == champion_) || is_rival_[rival] == 0) return;
    wins_[rival] += defends ? y : 1.0 - y;
    ++duels_[rival];
  }

  [[nodiscard]] std::size_t best() const noexcept {
    if (champion_ == none) return 0;
    std::size_t found = champion_;
    double lowest = 0.5;
    for (std::size_t b = 0; b < size(); ++b) {
      if (is_rival_[b] == 0 || !(share(b) < lowest)) continue;
      found = b;
      lowest = share(b);
    }
    return found;
  }

  template <class Stream>
  void crown_first(Stream& stream) {
    champion_ = draw_index(size(), stream);
    is_rival_.assign(size(), 1);
    rivals_ = size();
    dismiss(champion_);
  }

  // Moves on to the next rival of this turn, and says whether there is one.
  [[nodiscard]] bool next_rival() noexcept {
    if (rivals_ == 0) return false;  // without a look at each arm, in every round to come
    while (next_ < size() && is_rival_[next_] == 0) ++next_;
    return next_ < size();
  }

  // All rivals that are beaten beyond doubt go first, then at most one new champion is made.
  template <class Stream>
  void end_turn(Stream& stream) {
    double const level = 4.0 * (std::log(static_cast<double>(options().horizon)) +
                                2.0 * std::log(static_cast<double>(size())));
    // By squares: |p - 1/2| > sqrt(level / n) is the same as (wins - n / 2)^2 > level n.
    double lowest = 1.0;
    std::size_t heirs = 0;
    auto const decided = [&](std::size_t b) {
      double const n = static_cast<double>(duels_[b]);
      double const lead = wins_[b] - 0.5 * n;
      return is_rival_[b] != 0 && lead * lead > level * n;
    };
    for (std::size_t b = 0; b < size(); ++b) {
      if (!decided(b)) continue;
      if (share(b) > 0.5) {
        dismiss(b);
        continue;
      }
      if (heirs == 0 || share(b) < lowest) heirs = 0;
      if (heirs == 0 || share(b) == lowest) ++heirs;
      if (share(b) < lowest) lowest = share(b);
    }
    if (heirs == 0) return;
    std::size_t skip = draw_index(heirs, stream);
    std::size_t heir = 0;
    while (!(decided(heir) && share(heir) == lowest && skip-- == 0)) ++heir;
    if (options().pruning) {
      for (std::size_t b = 0; b < size(); ++b) {
        if (is_rival_[b] != 0 && share(b) > 0.5) dismiss(b);
      }
    }
    dismiss(heir);
    champion_ = heir;
    wins_.assign(size(), 0.0);
    duels_.assign(size(), 0);
  }

  void dismiss(std::size_t arm) noexcept {
    is_rival_[arm] = 0;
    --rivals_;
  }

  // The champion's share of its duels with b; 1/2 if they have not met.
  [[nodiscard]] double share(std::size_t b) const noexcept {
    return duels_[b] > 0 ? wins_[b] / static_cast<double>(duels_[b]) : 0.5;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("champion", self.champion_);
    visit("is_rival", self.is_rival_);
    visit("rivals", self.rivals_);
    visit("next", self.next_);
    visit("wins", self.wins_);
    visit("duels", self.duels_);
  }
  [[nodiscard]] bool sound() const noexcept {
    std::size_t marked = 0;
    for (unsigned char const mark : is_rival_) marked += mark != 0 ? 1U : 0U;
    return marked == rivals_ && next_ <= size() &&
           (champion_ == none ? rivals_ == 0 : champion_ < size() && is_rival_[champion_] == 0);
  }

  std::size_t champion_ = none;  // none before the first round
  std::vector<unsigned char> is_rival_ = row<unsigned char>(0);
  std::size_t rivals_ = 0;  // how many there are
  std::size_t next_ = 0;    // whose turn it is, or that of the next rival behind
  // Since the champion became one: its wins against each rival, and their duels.
  std::vector<double> wins_ = row(0.0);
  std::vector<std::uint64_t> duels_ = row<std::uint64_t>(0);
};

}  // namespace joust
