// SPDX-License-Identifier: MIT
//
// The networks of posterior/detail/mlp_heads.hpp in device memory: same parameters in the same order, same
// products. The first layer of all members is one matrix product, every further one a batch of products over
// members; bias, rectifier and the last layer's sum over units are one sweep over the last hidden layer.
//
//   needs   device/detail/gemm.hpp
//   cost    that of the host's form; memory for two hidden layers of all members (forward) or for all of them
//           and one more (backward)
#pragma once

#include <cstddef>

#include <joust/core/host_device.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/gemm.hpp>
#include <joust/device/detail/room.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>
#include <joust/posterior/detail/mlp_heads.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

/// Rows that one call goes through: enough to fill vector registers, on a GPU one.
inline constexpr std::size_t rows_at_once = cut_for_gpu ? 1 : 64;

[[nodiscard]] JOUST_HOST_DEVICE constexpr std::size_t blocks_of(std::size_t rows) noexcept {
  return (rows + rows_at_once - 1) / rows_at_once;
}

/// A unit that is below zero is off; one that is not a number stays so.
template <class Scalar>
[[nodiscard]] JOUST_HOST_DEVICE constexpr Scalar rectified(Scalar value) noexcept {
  return value < Scalar{0} ? Scalar{0} : value;
}

/// Bias and rectifier of a hidden layer; an index is a unit and a block of rows.
template <class Scalar>
struct rectify {
  Scalar* units;
  Scalar const* bias;
  std::size_t rows;

  JOUST_HOST_DEVICE void operator()(std::size_t index) const {
    std::size_t const unit = index / blocks_of(rows);
    std::size_t const from = index % blocks_of(rows) * rows_at_once;
    std::size_t const to = rows - from < rows_at_once ? rows : from + rows_at_once;
    Scalar* const values = units + unit * rows;
    Scalar const offset = bias[unit];
    for (std::size_t i = from; i < to; ++i) values[i] = rectified(values[i] + offset);
  }
};

/// Rewards from the last hidden layer, of which bias and rectifier are still to come:
///
///     rewards[k * stride + row] := sum_j weight_kj max(unit_kj(row) + bias_kj, 0) + scale prior[k * rows +
///     row]
///
/// With `keep` the units become what the rectifier makes of them. Without `bias` they are rewards already, of
/// networks without hidden layers. An index is a member and a block of rows.
template <class Scalar, class Reward>
struct tell_rewards {
  Scalar* units;
  Scalar const* bias;
  Scalar const* weights;
  std::size_t rows, width;
  bool keep;
  Scalar const* prior;  // null: without
  Scalar scale;
  Reward* rewards;
  std::size_t stride;

  JOUST_HOST_DEVICE void operator()(std::size_t index) const {
    std::size_t const k = index / blocks_of(rows);
    std::size_t const from = index % blocks_of(rows) * rows_at_once;
    std::size_t const many = rows - from < rows_at_once ? rows - from : rows_at_once;
    Scalar sum[rows_at_once] = {};
    if (bias == nullptr) {
      for (std::size_t i = 0; i < many; ++i) sum[i] = units[k * rows + from + i];
    } else {
      for (std::size_t j = k * width; j < (k + 1) * width; ++j) {
        Scalar* const values = units + j * rows + from;
        Scalar const offset = bias[j];
        Scalar const weight = weights[j];
        if (keep) {
          for (std::size_t i = 0; i < many; ++i) {
            values[i] = rectified(values[i] + offset);
            sum[i] += weight * values[i];
          }
        } else {
          for (std::size_t i = 0; i < many; ++i) sum[i] += weight * rectified(values[i] + offset);
        }
      }
    }
    if (prior != nullptr) {
      for (std::size_t i = 0; i < many; ++i) sum[i] += scale * prior[k * rows + from + i];
    }
    for (std::size_t i = 0; i < many; ++i) { rewards[k * stride + from + i] = static_cast<Reward>(sum[i]); }
  }
};

/// A sum over rows, in several sums side by side: one alone would wait for itself at every row.
template <class Scalar>
struct row_sum {
  static constexpr std::size_t lanes = 8;
  Scalar part[lanes] = {};

  [[nodiscard]] JOUST_HOST_DEVICE constexpr Scalar total() const noexcept {
    return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
  }
};

/// The derivatives of what a unit of the last hidden layer takes part in: by its weight in the output, by its
/// bias, and, in the place of the unit, by what went into its rectifier. An index is a unit.
template <class Scalar>
struct derive_last {
  Scalar* units;
  Scalar const* slopes;  // rows of a member
  Scalar const* weights;
  Scalar* weight_gradient;
  Scalar* bias_gradient;
  std::size_t rows, width;

  JOUST_HOST_DEVICE void operator()(std::size_t index) const {
    Scalar* const values = units + index * rows;
    Scalar const* const slope = slopes + index / width * rows;
    Scalar const weight = weights[index];
    row_sum<Scalar> by_weight;
    row_sum<Scalar> by_bias;
    constexpr std::size_t lanes = row_sum<Scalar>::lanes;
    for (std::size_t i = 0; i < rows; i += lanes) {
      std::size_t const some = rows - i < lanes ? rows - i : lanes;
      for (std::size_t lane = 0; lane < some; ++lane) {
        Scalar const value = values[i + lane];
        Scalar const derivative = value > Scalar{0} ? slope[i + lane] * weight : Scalar{0};
        by_weight.part[lane] += value * slope[i + lane];
        by_bias.part[lane] += derivative;
        values[i + lane] = derivative;
      }
    }
    weight_gradient[index] += by_weight.total();
    bias_gradient[index] += by_bias.total();
  }
};

/// The same of a unit further below, whose derivative by what it gives is known.
template <class Scalar>
struct derive_below {
  Scalar* units;
  Scalar const* derivatives;
  Scalar* bias_gradient;
  std::size_t rows;

  JOUST_HOST_DEVICE void operator()(std::size_t index) const {
    Scalar* const values = units + index * rows;
    Scalar const* const by_value = derivatives + index * rows;
    row_sum<Scalar> by_bias;
    constexpr std::size_t lanes = row_sum<Scalar>::lanes;
    for (std::size_t i = 0; i < rows; i += lanes) {
      std::size_t const some = rows - i < lanes ? rows - i : lanes;
      for (std::size_t lane = 0; lane < some; ++lane) {
        Scalar const derivative = values[i + lane] > Scalar{0} ? by_value[i + lane] : Scalar{0};
        by_bias.part[lane] += derivative;
        values[i + lane] = derivative;
      }
    }
    bias_gradient[index] += by_bias.total();
  }
};

/// Hidden layers, rows x units each, unit after unit.
template <class Scalar>
struct mlp_room {
  buffer<Scalar> hidden;
  buffer<Scalar> derivatives;
};

template <class Scalar>
class mlp_heads {
 public:
  using shape = joust::detail::mlp_shape;

  /// What rewards become: see tell_rewards.
  template <class Reward>
  struct target {
    Reward* rewards;
    std::size_t stride;
    Scalar const* prior = nullptr;
    Scalar scale{0};
  };

  explicit mlp_heads(shape const& of) : shape_{of} {}

  /// After this, forward() and backward() of so many rows allocate nothing. Work under way must have ended
  /// where it grows.
  void make_room(queue const& order, mlp_room<Scalar>& room, std::size_t rows, bool keep) const {
    std::size_t const layer = rows * units();
    std::size_t const layers = keep ? shape_.depth : shape_.depth < 2 ? shape_.depth : 2;
    static_cast<void>(room_for(order, room.hidden, layer * (layers == 0 ? 1 : layers)));
    if (keep && shape_.depth > 1) static_cast<void>(room_for(order, room.derivatives, layer));
  }

  /// Rewards of all members for each of `rows` inputs, d numbers each. With `keep` the hidden layers stay for
  /// backward().
  template <class Reward>
  void forward(queue const& order, gemm_context& with, Scalar const* parameters, Scalar const* inputs,
               std::size_t rows, mlp_room<Scalar>& room, target<Reward> const& to, bool keep) const {
    std::size_t const d = shape_.inputs;
    std::size_t const width = shape_.width;
    std::size_t const members = shape_.members;
    Scalar* below = room.hidden.data();
    gemm<Scalar>(order, with, {rows, units(), d}, {inputs, d, true}, {parameters, d}, {below, rows});
    for (std::size_t l = 1; l < shape_.depth; ++l) {
      for_each_index(order, units() * blocks_of(rows),
                     rectify<Scalar>{below, parameters + shape_.biases_at(l - 1), rows});
      Scalar* const above = layer(room, keep ? l : l % 2, rows);
      gemm<Scalar>(order, with, {rows, width, width, members}, {below, rows, false, rows * width},
                   {parameters + shape_.weights_at(l), width, false, width * width},
                   {above, rows, false, rows * width});
      below = above;
    }
    bool const linear = shape_.depth == 0;
    for_each_index(order, members * blocks_of(rows),
                   tell_rewards<Scalar, Reward>{
                       below, linear ? nullptr : parameters + shape_.biases_at(shape_.depth - 1),
                       parameters + shape_.weights_at(shape_.depth), rows, width, keep, to.prior, to.scale,
                       to.rewards, to.stride});
  }

  /// gradient += the derivative of sum_{row,k} slopes[k * rows + row] reward_k(row) by the parameters, after
  /// a forward() that kept its layers; it uses them up.
  void backward(queue const& order, gemm_context& with, Scalar const* parameters, Scalar const* inputs,
                Scalar const* slopes, std::size_t rows, mlp_room<Scalar>& room, Scalar* gradient) const {
    std::size_t const d = shape_.inputs;
    std::size_t const width = shape_.width;
    std::size_t const members = shape_.members;
    if (shape_.depth == 0) {
      gemm<Scalar>(order, with, {d, members, rows}, {inputs, d}, {slopes, rows}, {gradient, d, true});
      return;
    }
    std::size_t const top = shape_.depth - 1;
    Scalar* above = layer(room, top, rows);
    for_each_index(order, units(),
                   derive_last<Scalar>{above, slopes, parameters + shape_.weights_at(shape_.depth),
                                       gradient + shape_.weights_at(shape_.depth),
                                       gradient + shape_.biases_at(top), rows, width});
    for (std::size_t l = top; l > 0; --l) {
      Scalar* const below = layer(room, l - 1, rows);
      gemm<Scalar>(order, with, {width, width, rows, members}, {below, rows, true, rows * width},
                   {above, rows, false, rows * width},
                   {gradient + shape_.weights_at(l), width, true, width * width});
      gemm<Scalar>(order, with, {rows, width, width, members}, {above, rows, false, rows * width},
                   {parameters + shape_.weights_at(l), width, true, width * width},
                   {room.derivatives.data(), rows, false, rows * width});
      for_each_index(
          order, units(),
          derive_below<Scalar>{below, room.derivatives.data(), gradient + shape_.biases_at(l - 1), rows});
      above = below;
    }
    gemm<Scalar>(order, with, {d, units(), rows}, {inputs, d}, {above, rows}, {gradient, d, true});
  }

 private:
  /// Of a layer of all members; without hidden layers, of the output.
  [[nodiscard]] std::size_t units() const noexcept { return shape_.members * shape_.units(0); }

  [[nodiscard]] Scalar* layer(mlp_room<Scalar>& room, std::size_t index, std::size_t rows) const noexcept {
    return room.hidden.data() + index * rows * units();
  }

  shape shape_;
};

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
