// SPDX-License-Identifier: MIT
//
// A champion and a queue. The first arm of a random order is the champion; the others challenge it one after
// the other, and one that beats it clearly enough takes its place. Whoever is champion in the end is out-done
// by no arm by more than the tolerance.
//
//   needs   the same arms every round; an order of the arms with strong stochastic transitivity
//   cost    O(1) per round and per observation, O(K) in the first round; O(K) memory, no table
//   delay   a batch asks for the challenge under way, again and again; answers that come after its end are
//           lost
//   repeat  the same answers and the same stream give the same pairs
//   source  Falahatgar, Hao, Orlitsky, Pichapati & Ravindrakumar, "Maxing and Ranking with Few Assumptions",
//           NeurIPS 2017 (Seq-Eliminate)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <joust/arms/detail/comparison.hpp>
#include <joust/arms/detail/identification.hpp>
#include <joust/arms/detail/k_armed.hpp>
#include <joust/core/certificate.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How good the last champion must be, and how surely.
struct seq_eliminate_options {
  double tolerance = 0.05;  ///< no arm may beat the winner with more than 1/2 + tolerance; up to 1/2
  double confidence = 0.0;  ///< probability that this holds; 0: the setting's, else 0.95

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    detail::require_tolerance(tolerance);
    detail::require_confidence(confidence);
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("tolerance", self.tolerance, "no arm may beat the winner with more than 1/2 + tolerance");
    visit("confidence", self.confidence, "probability that this holds; 0: the setting's, else 0.95");
  }
  friend bool operator==(seq_eliminate_options const&, seq_eliminate_options const&) = default;
};

/// The sequential elimination agent. Each challenger is compared with the champion (detail::comparison) with
///
///     bounds 0 and tolerance,   failure (1 - confidence) / K,
///
/// and takes its place if it is ahead by more than tolerance/2: surely if by the tolerance, surely not if it
/// is not ahead at all. So champions only get better; and the best arm, if it loses its challenge, was ahead
/// by less than the tolerance, and is not ahead by more of a better one (strong transitivity).
///
/// It recommends the champion.
class seq_eliminate : public detail::k_armed<seq_eliminate, seq_eliminate_options> {
 public:
  static constexpr std::string_view name = "seq_eliminate";
  using k_armed::k_armed;

  /// The certificate, once every arm has had its challenge.
  [[nodiscard]] std::optional<certificate> stop() const {
    if (arms() == 0 || next_ < size()) return std::nullopt;
    return certificate{.arm = champion_,
                       .winner = winner_kind::condorcet,
                       .confidence = detail::asked_confidence(options().confidence),
                       .tolerance = options().tolerance,
                       .comparisons = answers_};
  }

 private:
  friend k_armed;

  template <class Stream>
  pairing choose(Stream& stream) {
    if (next_ >= size()) return {champion_, champion_};
    if (next_ == 0) draw_order(stream);
    return challenge_.pair();
  }

  void learn(std::size_t i, std::size_t j, outcome y) noexcept {
    if (next_ == 0 || next_ >= size() || !challenge_.is_about(i, j)) return;
    challenge_.add(i, y);
    ++answers_;
    if (!challenge_.over()) return;
    if (challenge_.ahead()) champion_ = order_[next_];
    ++next_;
    start_challenge();
  }

  [[nodiscard]] std::size_t best() const noexcept { return champion_; }

  template <class Stream>
  void draw_order(Stream& stream) {
    joust::draw_order(std::span{order_}, stream);
    champion_ = order_[0];
    next_ = 1;
    start_challenge();
  }

  void start_challenge() noexcept {
    if (next_ >= size()) return;
    double const failure = detail::allowed_failure(options().confidence) / static_cast<double>(size());
    challenge_ = {order_[next_], champion_, 0.0, options().tolerance, failure};
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("order", self.order_);
    visit("next", self.next_);
    visit("champion", self.champion_);
    visit("challenge", self.challenge_);
    visit("answers", self.answers_);
  }
  [[nodiscard]] bool sound() const noexcept {
    bool fine = next_ <= size() && champion_ < size();
    fine = fine && (next_ == 0 || next_ >= size() || challenge_.sound(size()));
    for (std::size_t const arm : order_) fine = fine && arm < size();
    return fine;
  }

  [[nodiscard]] std::vector<std::size_t> everyone() const {
    std::vector<std::size_t> arms = row<std::size_t>(0);
    for (std::size_t i = 0; i < arms.size(); ++i) arms[i] = i;
    return arms;
  }

  std::vector<std::size_t> order_ = everyone();
  std::size_t next_ = size() == 1 ? 1 : 0;  // whose challenge it is, in the order; 0: it has not been drawn
  std::size_t champion_ = 0;
  detail::comparison challenge_;
  std::uint64_t answers_ = 0;
};

}  // namespace joust
