// SPDX-License-Identifier: MIT
//
// A policy that learns every response by itself: a table of logits, one per prompt and response. What is
// learnt about one response says nothing of any other, so it can represent every optimum and generalises not
// at all.
//
//   needs   Eigen
//   cost    O(R) with one exponential per response for any look at a prompt; a plain gradient step costs O(n)
//           for the n weighted responses of margin losses, O(R) per prompt whose weights do not cancel;
//           memory prompts x responses
//   repeat  same calls, same parameters; same stream, same responses
//   source  the softmax policy of policy-gradient methods: Sutton & Barto, "Reinforcement Learning", 2nd ed.
//           2018, section 13.1
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <Eigen/Core>

#include <joust/core/optimiser.hpp>
#include <joust/policy/detail/ascent.hpp>
#include <joust/policy/detail/finite_softmax.hpp>
#include <joust/policy/shared_logits.hpp>

namespace joust {

struct tabular_softmax_options {
  /// How the table follows its gradient. Plain gradient steps move only what they touch; with momentum,
  /// weight decay or Adam every entry of the table moves in every step, and costs accordingly.
  optimiser_options optimiser = {.method = descent::sgd, .learning_rate = 1.0};

  /// Throws std::invalid_argument that names the option.
  void check() const { optimiser.check(); }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("optimiser", self.optimiser, "how the table follows its gradient");
  }
  friend bool operator==(tabular_softmax_options const&, tabular_softmax_options const&) = default;
};

/// pi(a | x) proportional to exp(base(x, a) + table(x, a)), the table zero at first. Its parameters are the
/// table, prompt after prompt; d log pi(a | x) / d table(x, b) = [a = b] - pi(b | x).
class tabular_softmax : public detail::finite_softmax<tabular_softmax, tabular_softmax_options> {
 public:
  static constexpr std::string_view name = "tabular_softmax";

  /// Starts as the softmax of `base`, one column per prompt. Throws std::invalid_argument for a base that is
  /// null, empty or not finite, and for options out of range.
  explicit tabular_softmax(shared_logits base, tabular_softmax_options options = {})
      : finite_softmax{std::move(base), std::move(options)}, ascent_{this->options().optimiser} {
    begin_parameters(parameter_count());
  }

 private:
  friend finite_softmax;

  void add_corrections(std::size_t prompt, Eigen::ArrayXd& logits) const noexcept {
    logits += Eigen::Map<Eigen::ArrayXd const>{parameters().data() + prompt * responses(), logits.size()};
  }

  void begin_gradient() noexcept { ascent_.begin(); }
  void add_gradient(std::span<detail::touch const> touches) {
    for (detail::touch const& at : touches) ascent_.add(at.prompt * responses() + at.response, at.slope);
  }
  void add_gradient(std::size_t prompt, Eigen::ArrayXd const& slopes) {
    std::size_t index = prompt * responses();
    for (double const slope : slopes) ascent_.add(index++, slope);
  }
  void ascend() {
    ascent_.prepare(parameters());
    ascent_.commit(parameters_to_change());
  }

  [[nodiscard]] std::size_t parameter_count() const noexcept { return prompts() * responses(); }
  [[nodiscard]] bool optimisers_sound() const {
    return ascent_.sound(options().optimiser, parameter_count());
  }
  [[nodiscard]] std::uint64_t features_digest() const noexcept { return 0; }
  [[nodiscard]] bool same_beside(tabular_softmax const& other) const { return ascent_ == other.ascent_; }
  template <class Self, class Visit>
  static void optimiser_fields(Self& self, Visit& visit) {
    visit("ascent", self.ascent_);
  }

  detail::table_ascent ascent_;
};

}  // namespace joust
