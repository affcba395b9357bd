// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <cmath>

#include <joust/laws/pair_loss.hpp>

#include "../core/archetypes.hpp"

namespace laws = joust::laws;

namespace {

using joust::pair_slopes;
using joust::scored_pair;

template <class Value, class Slopes>
struct loss_of {
  Value value_of;
  Slopes slopes_of;
  double value(scored_pair const& pair) const { return value_of(pair); }
  pair_slopes slopes(scored_pair const& pair) const { return slopes_of(pair); }
};
template <class Value, class Slopes>
loss_of(Value, Slopes) -> loss_of<Value, Slopes>;

// Squared miss of both log-ratios, the rejected one's counting twice.
auto const square = [](scored_pair const& p) {
  double const c = p.chosen - p.chosen_reference - 1.0;
  double const d = p.rejected - p.rejected_reference + 2.0;
  return c * c + 2.0 * d * d;
};
auto const square_slopes = [](scored_pair const& p) {
  return pair_slopes{2.0 * (p.chosen - p.chosen_reference - 1.0),
                     4.0 * (p.rejected - p.rejected_reference + 2.0)};
};
auto const hinge = [](scored_pair const& p) { return std::fmax(0.0, -0.7 - p.chosen); };

}  // namespace

TEST_CASE("correct losses of pairs keep the laws", "[laws][pair_loss]") {
  CHECK_KEEPS_LAWS(laws::pair_loss(archetype::pair_loss{}));
  CHECK_KEEPS_LAWS(laws::pair_loss(loss_of{square, square_slopes}));
  // A hinge may have either slope at its kink, a log-probability of -0.7.
  CHECK_KEEPS_LAWS(laws::pair_loss(loss_of{hinge, [](scored_pair const& p) {
                                             return pair_slopes{p.chosen < -0.7 ? -1.0 : 0.0, 0.0};
                                           }}));
  CHECK_KEEPS_LAWS(laws::pair_loss(loss_of{hinge, [](scored_pair const& p) {
                                             return pair_slopes{p.chosen <= -0.7 ? -1.0 : 0.0, 0.0};
                                           }}));
}

TEST_CASE("planted faults of losses of pairs are found", "[laws][pair_loss]") {
  CHECK_BREAKS("slopes.chosen is the derivative", laws::pair_loss(loss_of{square, [](scored_pair const& p) {
                                                                            pair_slopes s = square_slopes(p);
                                                                            s.chosen *= 0.5;
                                                                            return s;
                                                                          }}));
  CHECK_BREAKS("slopes.rejected is the derivative", laws::pair_loss(loss_of{square, [](scored_pair const& p) {
                                                                              pair_slopes s =
                                                                                  square_slopes(p);
                                                                              s.rejected = -s.rejected;
                                                                              return s;
                                                                            }}));
  // Exchanged, and clipped far out.
  CHECK_BREAKS("slopes.chosen is the derivative",
               laws::pair_loss(loss_of{square, [](scored_pair const& p) {
                                         pair_slopes const s = square_slopes(p);
                                         return pair_slopes{s.rejected, s.chosen};
                                       }}));
  CHECK_BREAKS("slopes.chosen is the derivative", laws::pair_loss(loss_of{square, [](scored_pair const& p) {
                                                                            pair_slopes s = square_slopes(p);
                                                                            if (p.chosen < -5000.0)
                                                                              s.chosen = 0;
                                                                            return s;
                                                                          }}));
  // A length that divides the value but not the slope.
  CHECK_BREAKS("slopes.chosen is the derivative",
               laws::pair_loss(loss_of{[](scored_pair const& p) { return p.chosen / p.chosen_length; },
                                       [](scored_pair const&) {
                                         return pair_slopes{1.0, 0.0};
                                       }}));
  // The textbook form overflows.
  CHECK_BREAKS("finite", laws::pair_loss(loss_of{
                             [](scored_pair const& p) { return std::log(1.0 + std::exp(-p.margin())); },
                             [](scored_pair const& p) {
                               double const s = -1.0 / (1.0 + std::exp(p.margin()));
                               return pair_slopes{s, -s};
                             }}));
  int calls = 0;
  CHECK_BREAKS("the same pair",
               laws::pair_loss(
                   loss_of{[&calls](scored_pair const& p) { return square(p) + ++calls; }, square_slopes}));
}
