// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <cmath>

#include <joust/laws/preference_loss.hpp>

#include "../core/archetypes.hpp"

namespace laws = joust::laws;

namespace {

template <class Value, class Slope>
struct loss_of {
  Value value;
  Slope slope;
};
template <class Value, class Slope>
loss_of(Value, Slope) -> loss_of<Value, Slope>;

auto const square = [](double m) { return (m - 5.0) * (m - 5.0); };
auto const square_slope = [](double m) { return 2.0 * (m - 5.0); };
auto const hinge = [](double m) { return std::fmax(0.0, 1.0 - m); };

}  // namespace

TEST_CASE("correct losses keep the laws", "[laws][preference_loss]") {
  CHECK_KEEPS_LAWS(laws::preference_loss(archetype::preference_loss{}));
  CHECK_KEEPS_LAWS(laws::preference_loss(loss_of{square, square_slope}));
  // A hinge may have either slope at its kink, at margin 1.
  CHECK_KEEPS_LAWS(laws::preference_loss(loss_of{hinge, [](double m) { return m < 1.0 ? -1.0 : 0.0; }}));
  CHECK_KEEPS_LAWS(laws::preference_loss(loss_of{hinge, [](double m) { return m <= 1.0 ? -1.0 : 0.0; }}));
}

TEST_CASE("planted faults of losses are found", "[laws][preference_loss]") {
  CHECK_BREAKS("slope is the derivative",
               laws::preference_loss(loss_of{square, [](double m) { return m - 5.0; }}));
  CHECK_BREAKS("slope is the derivative",
               laws::preference_loss(loss_of{square, [](double m) { return 10.0 - 2.0 * m; }}));
  CHECK_BREAKS("slope is the derivative",
               laws::preference_loss(loss_of{hinge, [](double m) { return m < 1.6 ? -1.0 : 0.0; }}));
  CHECK_BREAKS("slope is the derivative",
               laws::preference_loss(loss_of{square, [](double m) {
                                               return std::fabs(m) > 5000.0
                                                          ? 0.0
                                                          : square_slope(m);  // clipped far out
                                             }}));
  // The textbook form overflows.
  CHECK_BREAKS("finite", laws::preference_loss(loss_of{[](double m) { return std::log(1.0 + std::exp(-m)); },
                                                       [](double m) { return -1.0 / (1.0 + std::exp(m)); }}));
  CHECK_BREAKS("finite",
               laws::preference_loss(loss_of{[](double m) { return joust::log1pexp(-m); },
                                             [](double m) { return -std::exp(-m) / (1.0 + std::exp(-m)); }}));
  int calls = 0;
  CHECK_BREAKS("the same margin", laws::preference_loss(loss_of{
                                      [&calls](double m) { return square(m) + ++calls; }, square_slope}));
}
