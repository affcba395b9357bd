// SPDX-License-Identifier: MIT
//
// A policy that learns both ways: a direction in feature space, which carries over to responses that resemble
// each other, and a table for what is particular to each. The two rates say how much of a lesson is shared.
//
//   needs   Eigen; features of every prompt and response
//   cost    O(R d) for any look at a prompt; a plain gradient step costs O(n d) for the n weighted responses
//           of margin losses, O(R d) per prompt whose weights do not cancel; d + prompts x responses
//           parameters
//   repeat  same calls, same parameters; same stream, same responses
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <Eigen/Core>

#include <joust/core/optimiser.hpp>
#include <joust/policy/detail/ascent.hpp>
#include <joust/policy/detail/features.hpp>
#include <joust/policy/detail/finite_softmax.hpp>
#include <joust/policy/feature_table.hpp>
#include <joust/policy/shared_logits.hpp>

namespace joust {

struct shared_softmax_options {
  /// How theta, the shared part, follows its gradient; the rate is for features of length about 1.
  optimiser_options features = {.method = descent::sgd, .learning_rate = 0.1};
  /// How the table follows its own. Plain gradient steps move only what they touch; with momentum, weight
  /// decay or Adam every entry moves in every step, and costs accordingly. Rate 0: nothing is particular.
  optimiser_options table = {.method = descent::sgd, .learning_rate = 1.0};

  /// Throws std::invalid_argument that names the option.
  void check() const {
    features.check();
    table.check();
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("features", self.features, "how the shared direction follows its gradient");
    visit("table", self.table, "how the table follows its gradient");
  }
  friend bool operator==(shared_softmax_options const&, shared_softmax_options const&) = default;
};

/// pi(a | x) proportional to exp(base(x, a) + theta' phi(x, a) + table(x, a)), theta and the table zero at
/// first. Its parameters are theta, then the table, prompt after prompt; the gradient of log pi(a | x) is
/// that of log_linear, then that of tabular_softmax.
///
/// With plain gradient steps of rates s (features) and t (table), a weight w on response a, one of several
/// that cancel, moves the logit of any response b to any prompt by w s phi(x, a)' phi(x', b), and that of a
/// itself by w t more.
class shared_softmax : public detail::finite_softmax<shared_softmax, shared_softmax_options> {
 public:
  static constexpr std::string_view name = "shared_softmax";

  /// Starts as the softmax of `base`, one column per prompt. Throws std::invalid_argument for a base that is
  /// null, empty or not finite, for features that are null or about other prompts or responses, and for
  /// options out of range.
  shared_softmax(shared_logits base, shared_features features, shared_softmax_options options = {})
      : finite_softmax{std::move(base), std::move(options)},
        features_{detail::require_features(features, prompts(), responses())},
        theta_ascent_{this->options().features},
        table_ascent_{this->options().table} {
    begin_parameters(parameter_count());
  }

  [[nodiscard]] shared_features const& features() const noexcept { return features_; }

 private:
  friend finite_softmax;

  void add_corrections(std::size_t prompt, Eigen::ArrayXd& logits) const {
    double const* const table = parameters().data() + dimension();
    Eigen::Map<Eigen::VectorXd const> const theta{parameters().data(), features_->of(0).cols()};
    logits += Eigen::Map<Eigen::ArrayXd const>{table + prompt * responses(), logits.size()};
    logits.matrix().noalias() += features_->of(prompt) * theta;
  }

  void begin_gradient() {
    theta_ascent_.begin(dimension());
    table_ascent_.begin();
  }
  void add_gradient(std::span<detail::touch const> touches) {
    for (detail::touch const& at : touches) {
      gradient() += at.slope * features_->of(at.prompt, at.response).transpose();
      table_ascent_.add(at.prompt * responses() + at.response, at.slope);
    }
  }
  void add_gradient(std::size_t prompt, Eigen::ArrayXd const& slopes) {
    gradient().noalias() += features_->of(prompt).transpose() * slopes.matrix();
    std::size_t index = prompt * responses();
    for (double const slope : slopes) table_ascent_.add(index++, slope);
  }
  void ascend() {
    theta_ascent_.prepare(parameters().first(dimension()));
    table_ascent_.prepare(parameters().subspan(dimension()));
    theta_ascent_.commit(parameters_to_change().first(dimension()));
    table_ascent_.commit(parameters_to_change().subspan(dimension()));
  }

  [[nodiscard]] std::size_t dimension() const noexcept { return features_->dimension(); }
  [[nodiscard]] Eigen::Map<Eigen::VectorXd> gradient() noexcept {
    return {theta_ascent_.gradient().data(), static_cast<Eigen::Index>(dimension())};
  }

  [[nodiscard]] std::size_t parameter_count() const noexcept { return dimension() + prompts() * responses(); }
  [[nodiscard]] bool optimisers_sound() const {
    return theta_ascent_.sound(options().features, dimension()) &&
           table_ascent_.sound(options().table, prompts() * responses());
  }
  [[nodiscard]] std::uint64_t features_digest() const noexcept { return detail::digest_of(*features_); }
  [[nodiscard]] bool same_beside(shared_softmax const& other) const {
    return theta_ascent_ == other.theta_ascent_ && table_ascent_ == other.table_ascent_ &&
           detail::same_features(features_, other.features_);
  }
  template <class Self, class Visit>
  static void optimiser_fields(Self& self, Visit& visit) {
    visit("features", self.theta_ascent_);
    visit("table", self.table_ascent_);
  }

  shared_features features_;
  detail::ascent theta_ascent_;
  detail::table_ascent table_ascent_;
};

}  // namespace joust
