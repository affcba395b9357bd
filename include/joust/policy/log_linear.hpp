// SPDX-License-Identifier: MIT
//
// A policy that learns a direction in feature space: what is learnt about one response holds for all that
// resemble it, to every prompt. It reaches an optimum only if that is linear in the features.
//
//   needs   Eigen; features of every prompt and response
//   cost    O(R d) for any look at a prompt; a step costs O(n d) for the n weighted responses of margin
//           losses, O(R d) per prompt whose weights do not cancel; d parameters
//   repeat  same calls, same parameters; same stream, same responses
//   source  "log-linear policy": Agarwal, Kakade, Lee & Mahajan, "On the theory of policy gradient methods",
//           JMLR 2021, section 3
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

struct log_linear_options {
  /// How theta follows its gradient; the rate is for features of length about 1.
  optimiser_options optimiser = {.method = descent::sgd, .learning_rate = 0.1};

  /// Throws std::invalid_argument that names the option.
  void check() const { optimiser.check(); }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("optimiser", self.optimiser, "how theta follows its gradient");
  }
  friend bool operator==(log_linear_options const&, log_linear_options const&) = default;
};

/// pi(a | x) proportional to exp(base(x, a) + theta' phi(x, a)), theta zero at first and all there is to
/// learn; d log pi(a | x) / d theta = phi(x, a) - E_pi[phi(x, .)].
class log_linear : public detail::finite_softmax<log_linear, log_linear_options> {
 public:
  static constexpr std::string_view name = "log_linear";

  /// Starts as the softmax of `base`, one column per prompt. Throws std::invalid_argument for a base that is
  /// null, empty or not finite, for features that are null or about other prompts or responses, and for
  /// options out of range.
  log_linear(shared_logits base, shared_features features, log_linear_options options = {})
      : finite_softmax{std::move(base), std::move(options)},
        features_{detail::require_features(features, prompts(), responses())},
        ascent_{this->options().optimiser} {
    begin_parameters(parameter_count());
  }

  [[nodiscard]] shared_features const& features() const noexcept { return features_; }

 private:
  friend finite_softmax;

  void add_corrections(std::size_t prompt, Eigen::ArrayXd& logits) const {
    Eigen::Map<Eigen::VectorXd const> const theta{parameters().data(), features_->of(0).cols()};
    logits.matrix().noalias() += features_->of(prompt) * theta;
  }

  void begin_gradient() { ascent_.begin(parameter_count()); }
  void add_gradient(std::span<detail::touch const> touches) {
    for (detail::touch const& at : touches) {
      gradient() += at.slope * features_->of(at.prompt, at.response).transpose();
    }
  }
  void add_gradient(std::size_t prompt, Eigen::ArrayXd const& slopes) {
    gradient().noalias() += features_->of(prompt).transpose() * slopes.matrix();
  }
  void ascend() {
    ascent_.prepare(parameters());
    ascent_.commit(parameters_to_change());
  }

  [[nodiscard]] Eigen::Map<Eigen::VectorXd> gradient() noexcept {
    return {ascent_.gradient().data(), static_cast<Eigen::Index>(parameter_count())};
  }

  [[nodiscard]] std::size_t parameter_count() const noexcept { return features_->dimension(); }
  [[nodiscard]] bool optimisers_sound() const {
    return ascent_.sound(options().optimiser, parameter_count());
  }
  [[nodiscard]] std::uint64_t features_digest() const noexcept { return detail::digest_of(*features_); }
  [[nodiscard]] bool same_beside(log_linear const& other) const {
    return ascent_ == other.ascent_ && detail::same_features(features_, other.features_);
  }
  template <class Self, class Visit>
  static void optimiser_fields(Self& self, Visit& visit) {
    visit("ascent", self.ascent_);
  }

  shared_features features_;
  detail::ascent ascent_;
};

}  // namespace joust
