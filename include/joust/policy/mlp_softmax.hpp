// SPDX-License-Identifier: MIT
//
// A policy whose logits are learnt by a small neural network over the features: what is learnt about one
// response carries over to others in ways that the network finds. Its last layer starts at zero, so that the
// policy starts exactly where its base is.
//
//   needs   Eigen, Boost.Random; features of every prompt and response
//   cost    one pass of R x d x width (+ R x width^2 per further layer) multiply-adds for any look at a
//           prompt; a step costs about three passes over the n weighted responses of margin losses, over all
//           R of a prompt whose weights do not cancel
//   repeat  same seed and calls, same parameters; same stream, same responses
//   source  backpropagation: Rumelhart, Hinton & Williams, "Learning representations by back-propagating
//           errors", Nature 323, 1986
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <boost/random/normal_distribution.hpp>

#include <joust/core/error.hpp>
#include <joust/core/optimiser.hpp>
#include <joust/core/stream.hpp>
#include <joust/policy/detail/ascent.hpp>
#include <joust/policy/detail/features.hpp>
#include <joust/policy/detail/finite_softmax.hpp>
#include <joust/policy/feature_table.hpp>
#include <joust/policy/shared_logits.hpp>

namespace joust {

struct mlp_softmax_options {
  std::size_t width = 32;  ///< units of each hidden layer, from 1 to 1024
  std::size_t depth = 1;   ///< hidden layers, from 1 to 8; one is enough for any smooth function, if wide
  std::uint64_t seed = 0;  ///< of the first weights of the hidden layers
  /// How the weights follow their gradient; Adam, since the layers' gradients differ in size.
  optimiser_options optimiser = {.method = descent::adam, .learning_rate = 1e-3};

  /// Throws std::invalid_argument that names the option.
  void check() const {
    if (width < 1 || width > 1024) detail::reject("width", detail::text(width), "a number from 1 to 1024");
    if (depth < 1 || depth > 8) detail::reject("depth", detail::text(depth), "a number from 1 to 8");
    optimiser.check();
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("width", self.width, "units of each hidden layer");
    visit("depth", self.depth, "hidden layers");
    visit("seed", self.seed, "of the first weights");
    visit("optimiser", self.optimiser, "how the weights follow their gradient");
  }
  friend bool operator==(mlp_softmax_options const&, mlp_softmax_options const&) = default;
};

/// pi(a | x) proportional to exp(base(x, a) + u' h(phi(x, a))), with hidden layers
///
///     h_1 = tanh(W_1 phi + b_1),   h_l = tanh(W_l h_(l-1) + b_l),   h = h_depth.
///
/// Its parameters are W_1 (width x d, column by column), b_1, W_2, ..., and u. W_l starts normal with
/// variance one over its number of columns, b_l and u at zero.
class mlp_softmax : public detail::finite_softmax<mlp_softmax, mlp_softmax_options> {
 public:
  static constexpr std::string_view name = "mlp_softmax";

  /// Starts as the softmax of `base`, one column per prompt. Throws std::invalid_argument for a base that is
  /// null, empty or not finite, for features that are null or about other prompts or responses, and for
  /// options out of range.
  mlp_softmax(shared_logits base, shared_features features, mlp_softmax_options options = {})
      : finite_softmax{std::move(base), std::move(options)},
        features_{detail::require_features(features, prompts(), responses())},
        ascent_{this->options().optimiser} {
    begin_parameters(parameter_count());
    stream random = stream{this->options().seed}.child("mlp_softmax");
    boost::random::normal_distribution<double> standard_normal;
    for (std::size_t layer = 0; layer < this->options().depth; ++layer) {
      double const deviation = 1.0 / std::sqrt(static_cast<double>(inputs(layer)));
      auto const weights = parameters_to_change().subspan(offset(layer), width() * inputs(layer));
      for (double& weight : weights) weight = deviation * standard_normal(random);
    }
  }

  [[nodiscard]] shared_features const& features() const noexcept { return features_; }

 private:
  friend finite_softmax;

  // Responses are taken through the network in blocks, whose layers stay in the cache.
  static constexpr Eigen::Index block = 128;

  using columns = Eigen::Ref<Eigen::MatrixXd const, 0, Eigen::OuterStride<>>;
  using matrix_view = Eigen::Map<Eigen::MatrixXd const>;
  using vector_view = Eigen::Map<Eigen::VectorXd const>;

  [[nodiscard]] std::size_t width() const noexcept { return options().width; }
  [[nodiscard]] std::size_t inputs(std::size_t layer) const noexcept {
    return layer == 0 ? features_->dimension() : width();
  }
  // Where a layer's weights begin; behind the last hidden layer, those of u.
  [[nodiscard]] std::size_t offset(std::size_t layer) const noexcept {
    if (layer == 0) return 0;
    return width() * (features_->dimension() + 1) + (layer - 1) * width() * (width() + 1);
  }
  [[nodiscard]] matrix_view weights(std::size_t layer) const noexcept {
    return {parameters().data() + offset(layer), static_cast<Eigen::Index>(width()),
            static_cast<Eigen::Index>(inputs(layer))};
  }
  [[nodiscard]] vector_view biases(std::size_t layer) const noexcept {
    return {parameters().data() + offset(layer) + width() * inputs(layer),
            static_cast<Eigen::Index>(width())};
  }
  [[nodiscard]] vector_view last_weights() const noexcept {
    return {parameters().data() + offset(options().depth), static_cast<Eigen::Index>(width())};
  }

  // The layers over some responses, one per column.
  void forward(columns const& phi, std::vector<Eigen::MatrixXd>& layers) const {
    layers.resize(options().depth);
    for (std::size_t l = 0; l < layers.size(); ++l) {
      Eigen::MatrixXd& out = layers[l];
      if (l == 0) {
        out.noalias() = weights(l) * phi;
      } else {
        out.noalias() = weights(l) * layers[l - 1];
      }
      out.colwise() += biases(l);
      // tanh z = 1 - 2 / (e^2z + 1): to 1e-16 absolute, and of a function that comes in packets
      out = 1.0 - 2.0 / ((2.0 * out.array()).exp() + 1.0);
    }
  }

  // Adds the gradient of sum_i slopes_i u' h(phi_i). With D_l the slopes by the sums that enter layer l,
  //     D_depth = (u slopes') o (1 - h_depth^2),   D_(l-1) = (W_l' D_l) o (1 - h_(l-1)^2),
  //     dW_l = D_l h_(l-1)',   db_l = D_l 1,   du = h_depth slopes,
  // since tanh' = 1 - tanh^2.
  void backward(columns const& phi, Eigen::Ref<Eigen::VectorXd const> const& slopes) {
    forward(phi, layers_);
    double* const gradient = ascent_.gradient().data();
    auto const units = static_cast<Eigen::Index>(width());
    std::size_t const depth = options().depth;
    Eigen::Map<Eigen::VectorXd>{gradient + offset(depth), units}.noalias() += layers_.back() * slopes;
    entering_.noalias() = last_weights() * slopes.transpose();
    for (std::size_t l = depth; l-- > 0;) {
      entering_.array() *= 1.0 - layers_[l].array().square();
      auto const columns_in = static_cast<Eigen::Index>(inputs(l));
      Eigen::Map<Eigen::MatrixXd> to_weights{gradient + offset(l), units, columns_in};
      Eigen::Map<Eigen::VectorXd> to_biases{gradient + offset(l) + width() * inputs(l), units};
      // Summed in Eigen's own memory first: in a map, the order of the sum would depend on where the memory
      // lies.
      sums_ = entering_.rowwise().sum();
      to_biases += sums_;
      if (l == 0) {
        to_weights.noalias() += entering_ * phi.transpose();
      } else {
        to_weights.noalias() += entering_ * layers_[l - 1].transpose();
        leaving_.noalias() = weights(l).transpose() * entering_;
        entering_.swap(leaving_);
      }
    }
  }

  void add_corrections(std::size_t prompt, Eigen::ArrayXd& logits) const {
    std::vector<Eigen::MatrixXd> layers;
    auto const phi = features_->of(prompt).transpose();
    for (Eigen::Index from = 0; from < logits.size(); from += block) {
      Eigen::Index const count = std::min(block, logits.size() - from);
      forward(phi.middleCols(from, count), layers);
      logits.segment(from, count).matrix().noalias() += layers.back().transpose() * last_weights();
    }
  }

  void begin_gradient() { ascent_.begin(parameter_count()); }
  void add_gradient(std::span<detail::touch const> touches) {
    for (std::size_t from = 0; from < touches.size(); from += block) {
      auto const some = touches.subspan(from, std::min<std::size_t>(block, touches.size() - from));
      auto const count = static_cast<Eigen::Index>(some.size());
      touched_.resize(static_cast<Eigen::Index>(features_->dimension()), count);
      slopes_.resize(count);
      for (Eigen::Index i = 0; i < count; ++i) {
        detail::touch const& at = some[static_cast<std::size_t>(i)];
        touched_.col(i) = features_->of(at.prompt, at.response).transpose();
        slopes_[i] = at.slope;
      }
      backward(touched_, slopes_);
    }
  }
  void add_gradient(std::size_t prompt, Eigen::ArrayXd const& slopes) {
    auto const phi = features_->of(prompt).transpose();
    for (Eigen::Index from = 0; from < slopes.size(); from += block) {
      Eigen::Index const count = std::min(block, slopes.size() - from);
      backward(phi.middleCols(from, count), slopes.segment(from, count).matrix());
    }
  }
  void ascend() {
    ascent_.prepare(parameters());
    ascent_.commit(parameters_to_change());
  }

  [[nodiscard]] std::size_t parameter_count() const noexcept { return offset(options().depth) + width(); }
  [[nodiscard]] bool optimisers_sound() const {
    return ascent_.sound(options().optimiser, parameter_count());
  }
  [[nodiscard]] std::uint64_t features_digest() const noexcept { return detail::digest_of(*features_); }
  [[nodiscard]] bool same_beside(mlp_softmax const& other) const {
    return ascent_ == other.ascent_ && detail::same_features(features_, other.features_);
  }
  template <class Self, class Visit>
  static void optimiser_fields(Self& self, Visit& visit) {
    visit("ascent", self.ascent_);
  }

  shared_features features_;
  detail::ascent ascent_;
  // Work space of step.
  std::vector<Eigen::MatrixXd> layers_;
  Eigen::MatrixXd entering_;
  Eigen::MatrixXd leaving_;
  Eigen::VectorXd sums_;
  Eigen::MatrixXd touched_;
  Eigen::VectorXd slopes_;
};

}  // namespace joust
