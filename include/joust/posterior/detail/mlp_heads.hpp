// SPDX-License-Identifier: MIT
//
// K networks of one shape, evaluated side by side: rectified linear hidden layers, one output each, no bias
// at the output (duels reveal no constant). All members read the same inputs, so their first layers are one
// wide matrix and one product; behind it each member goes on with its own block of columns, which lie
// together in memory.
//
//   cost    forward: M K (d h + (depth - 1) h^2 + h) multiply-adds for M inputs; backward: the same for the
//           weights and once more for the hidden layers but the first; inputs get no gradient
//   source  Rumelhart, Hinton & Williams, "Learning representations by back-propagating errors", Nature 323,
//           1986
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <Eigen/Core>

namespace joust::detail {

// Numbers that Eigen works on where they lie. It sums in packets from the first aligned address on, so with memory
// aligned by chance the last bits of a sum would depend on where the memory came from.
template <class Scalar>
using aligned_vector = std::vector<Scalar, Eigen::aligned_allocator<Scalar>>;

// Sizes, and where what lies in the vector of all parameters:
//
//     layer 0: weights (inputs x K width), biases (K width)
//     layer l: weights (width x K width), biases (K width)       l = 1 .. depth - 1
//     output:  weights (width x K), or (inputs x K) if depth = 0
//
// Matrices are column-major, one column per unit; the columns of a member lie side by side.
struct mlp_shape {
  std::size_t inputs = 0;
  std::size_t members = 0;
  std::size_t width = 0;
  std::size_t depth = 0;  // hidden layers

  [[nodiscard]] std::size_t fan_in(std::size_t layer) const noexcept { return layer == 0 ? inputs : width; }
  // Units of one member.
  [[nodiscard]] std::size_t units(std::size_t layer) const noexcept { return layer < depth ? width : 1; }
  [[nodiscard]] std::size_t weights_at(std::size_t layer) const noexcept {
    std::size_t at = 0;
    for (std::size_t l = 0; l < layer; ++l) at += (fan_in(l) + 1) * units(l) * members;
    return at;
  }
  [[nodiscard]] std::size_t biases_at(std::size_t layer) const noexcept {
    return weights_at(layer) + fan_in(layer) * units(layer) * members;
  }
  [[nodiscard]] std::size_t parameters() const noexcept { return biases_at(depth); }
  [[nodiscard]] std::size_t parameters_per_member() const noexcept {
    return members == 0 ? 0 : parameters() / members;
  }
  // Whether the number of parameters can be counted, and addressed with some room.
  [[nodiscard]] bool countable() const noexcept {
    auto const d = static_cast<double>(inputs);
    auto const w = static_cast<double>(width);
    auto const layers = static_cast<double>(depth);
    double const one = depth == 0 ? d : (d + 1.0) * w + (layers - 1.0) * (w + 1.0) * w + w;
    return static_cast<double>(members) * one < 0x1p40;
  }
  [[nodiscard]] Eigen::Index columns() const noexcept { return static_cast<Eigen::Index>(members * width); }
};

template <class Scalar>
class mlp_heads {
 public:
  using matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
  using view = Eigen::Map<matrix>;
  using const_view = Eigen::Map<matrix const>;
  using vector_view = Eigen::Map<Eigen::Matrix<Scalar, Eigen::Dynamic, 1>>;
  using const_vector_view = Eigen::Map<Eigen::Matrix<Scalar, Eigen::Dynamic, 1> const>;

  // Memory that only grows.
  struct workspace {
    aligned_vector<Scalar> hidden;  // depth x (M x K width), or the first layer alone when nothing is kept
    aligned_vector<Scalar> spare;   // 2 x (M x width)
  };

  explicit mlp_heads(mlp_shape const& shape) : shape_{shape} {}

  [[nodiscard]] mlp_shape const& shape() const noexcept { return shape_; }

  // After this, forward() and backward() of so many inputs allocate nothing of their own.
  void make_room(workspace& work, Eigen::Index count, bool keep) const {
    if (shape_.depth == 0) return;  // nothing is hidden
    std::size_t const block = static_cast<std::size_t>(count) * shape_.width;
    std::size_t const layers = keep ? shape_.depth : 1;
    if (work.hidden.size() < layers * block * shape_.members) {
      work.hidden.resize(layers * block * shape_.members);
    }
    if (work.spare.size() < 2 * block) work.spare.resize(2 * block);
  }

  // outputs (M x K) := every member's output for every input, one input per column of `inputs` (d x M). With
  // `keep` the hidden layers stay in the work space for backward().
  void forward(Scalar const* parameters, const_view inputs, workspace& work, view outputs, bool keep) const {
    Eigen::Index const count = inputs.cols();
    if (shape_.depth == 0) {
      outputs.noalias() = inputs.transpose() * weights(parameters, 0);
      return;
    }
    make_room(work, count, keep);
    view first = hidden(work, 0, count);
    first.noalias() = inputs.transpose() * weights(parameters, 0);
    rectify(first, parameters + shape_.biases_at(0));
    auto const width = static_cast<Eigen::Index>(shape_.width);
    for (std::size_t k = 0; k < shape_.members; ++k) {
      Scalar* below = hidden(work, 0, count, k).data();
      for (std::size_t l = 1; l < shape_.depth; ++l) {
        view above{keep ? hidden(work, l, count, k).data() : spare(work, l % 2, count), count, width};
        above.noalias() = const_view{below, count, width} * weights(parameters, l, k);
        rectify(above, parameters + shape_.biases_at(l) + k * shape_.width);
        below = above.data();
      }
      outputs.col(static_cast<Eigen::Index>(k)).noalias() =
          const_view{below, count, width} * weights(parameters, shape_.depth, k).col(0);
    }
  }

  // gradient += the derivative of sum_{m,k} slopes(m, k) outputs(m, k) by the parameters, after a forward()
  // that kept its layers. Uses them up: where a unit was active its place takes the derivative by the unit.
  void backward(Scalar const* parameters, const_view inputs, const_view slopes, workspace& work,
                Scalar* gradient) const {
    Eigen::Index const count = inputs.cols();
    if (shape_.depth == 0) {
      weights(gradient, 0).noalias() += inputs * slopes;
      return;
    }
    auto const width = static_cast<Eigen::Index>(shape_.width);
    std::size_t const top = shape_.depth - 1;
    for (std::size_t k = 0; k < shape_.members; ++k) {
      auto const slope = slopes.col(static_cast<Eigen::Index>(k));
      view last = hidden(work, top, count, k);
      // Output: r = h' v gives dr/dv = h and dr/dh = v, and nothing passes a unit that is off.
      weights(gradient, shape_.depth, k).col(0).noalias() += last.transpose() * slope;
      const_view const v = weights(parameters, shape_.depth, k);
      for (Eigen::Index j = 0; j < width; ++j) {
        last.col(j).array() = (last.col(j).array() > Scalar{0}).select(slope.array() * v(j, 0), Scalar{0});
      }
      for (std::size_t l = top; l > 0; --l) {
        view above = hidden(work, l, count, k);
        view below = hidden(work, l - 1, count, k);
        weights(gradient, l, k).noalias() += below.transpose() * above;
        biases(gradient, l, k).noalias() += above.colwise().sum().transpose();
        view derivative{spare(work, 0, count), count, width};
        derivative.noalias() = above * weights(parameters, l, k).transpose();
        below.array() = (below.array() > Scalar{0}).select(derivative.array(), Scalar{0});
      }
    }
    view const first = hidden(work, 0, count);
    vector_view{gradient + shape_.biases_at(0), first.cols()}.noalias() += first.colwise().sum().transpose();
    weights(gradient, 0).noalias() += inputs * first;
  }

 private:
  [[nodiscard]] Eigen::Index rows_of(std::size_t layer) const noexcept {
    return static_cast<Eigen::Index>(shape_.fan_in(layer));
  }
  // All members' weights of a layer, or one member's.
  [[nodiscard]] const_view weights(Scalar const* parameters, std::size_t layer) const noexcept {
    return {parameters + shape_.weights_at(layer), rows_of(layer),
            static_cast<Eigen::Index>(shape_.units(layer) * shape_.members)};
  }
  [[nodiscard]] view weights(Scalar* parameters, std::size_t layer) const noexcept {
    return {parameters + shape_.weights_at(layer), rows_of(layer),
            static_cast<Eigen::Index>(shape_.units(layer) * shape_.members)};
  }
  [[nodiscard]] const_view weights(Scalar const* parameters, std::size_t layer,
                                   std::size_t k) const noexcept {
    std::size_t const units = shape_.units(layer);
    return {parameters + shape_.weights_at(layer) + k * units * shape_.fan_in(layer), rows_of(layer),
            static_cast<Eigen::Index>(units)};
  }
  [[nodiscard]] view weights(Scalar* parameters, std::size_t layer, std::size_t k) const noexcept {
    std::size_t const units = shape_.units(layer);
    return {parameters + shape_.weights_at(layer) + k * units * shape_.fan_in(layer), rows_of(layer),
            static_cast<Eigen::Index>(units)};
  }
  [[nodiscard]] vector_view biases(Scalar* parameters, std::size_t layer, std::size_t k) const noexcept {
    return {parameters + shape_.biases_at(layer) + k * shape_.width, static_cast<Eigen::Index>(shape_.width)};
  }

  [[nodiscard]] view hidden(workspace& work, std::size_t layer, Eigen::Index count) const noexcept {
    return {work.hidden.data() + static_cast<Eigen::Index>(layer) * count * shape_.columns(), count,
            shape_.columns()};
  }
  [[nodiscard]] view hidden(workspace& work, std::size_t layer, Eigen::Index count,
                            std::size_t k) const noexcept {
    auto const width = static_cast<Eigen::Index>(shape_.width);
    return {hidden(work, layer, count).data() + static_cast<Eigen::Index>(k) * width * count, count, width};
  }
  [[nodiscard]] Scalar* spare(workspace& work, std::size_t which, Eigen::Index count) const noexcept {
    return work.spare.data() + which * static_cast<std::size_t>(count) * shape_.width;
  }

  // Bias and rectifier in one sweep.
  static void rectify(view units, Scalar const* bias) noexcept {
    for (Eigen::Index j = 0; j < units.cols(); ++j) {
      units.col(j).array() = (units.col(j).array() + bias[j]).max(Scalar{0});
    }
  }

  mlp_shape shape_;
};

}  // namespace joust::detail
