// SPDX-License-Identifier: MIT
//
// The candidate that an opinion likes best against the one that it likes least: the pair whose outcome it is
// surest of. As a source of labels that is what one wants of an opinion; as a question it only pays where a
// confident opinion may be wrong.
//
//   needs   a belief over at least two candidates, of which it reads one draw, or the mean
//   cost    one draw or one mean, and O(M); no allocation
//   repeat  same belief and same stream give the same pair; with `mean` random only between equal values
//   source  one draw: the synthetic pairs of SEA, arXiv 2411.01493, section 4.2 and its released code; the
//           mean: the largest margin of Muldrew et al., "Active preference learning for large language
//           models", ICML 2024, with the policy's own log-ratios as belief
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include <joust/core/argmax.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/host_device.hpp>
#include <joust/rule/detail/rivals.hpp>

namespace joust {

/// Whose opinion counts.
enum class opinion : unsigned char {
  draw,  ///< that of one draw of the belief: of one member, if it is an ensemble
  mean,  ///< that of the belief as a whole
};

/// The names of the opinions, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(opinion) noexcept {
  return {"draw", "mean"};
}

struct best_against_worst_options {
  opinion of = opinion::draw;  ///< a draw: labels that differ as much as the belief does

  void check() const noexcept {}
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("of", self.of, "draw or mean: whose best and worst");
  }
  friend bool operator==(best_against_worst_options const&, best_against_worst_options const&) = default;
};

/// First the largest, second the smallest reward. Equal rewards are drawn from uniformly; if all are equal,
/// the pair is uniform among all pairs of different candidates.
class best_against_worst {
 public:
  static constexpr bool may_self_duel = false;

  constexpr explicit best_against_worst(best_against_worst_options options = {}) : options_{options} {}

  /// Throws std::invalid_argument for a belief over fewer than two candidates.
  template <class Belief, random_stream Stream>
    requires belief<Belief, Stream>
  [[nodiscard]] JOUST_HOST_DEVICE pairing operator()(Belief& rewards, Stream& stream) const {
    detail::require_rivals(rewards.size());
    std::span<double const> const values = options_.of == opinion::draw
                                               ? std::span<double const>{rewards.draw(stream)}
                                               : std::span<double const>{rewards.mean()};
    std::size_t const best = argmax(values, stream);
    detail::champion worst;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i != best) worst.offer(i, -values[i], stream);
    }
    return {best, worst.candidate()};
  }

  [[nodiscard]] constexpr best_against_worst_options const& options() const noexcept { return options_; }

  friend bool operator==(best_against_worst const&, best_against_worst const&) = default;

 private:
  best_against_worst_options options_;
};

}  // namespace joust
