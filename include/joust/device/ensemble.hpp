// SPDX-License-Identifier: MIT
//
// joust::ensemble in device memory: made from one on the host, it scores candidates, stores answered duels
// and trains where it is, and gives what it has learnt back. It draws the same minibatches and the same
// bootstrap from the same seed, so both forms go the same way, as far as rounding lets them.
//
//   needs   Eigen, Boost.Random; on a GPU cuBLAS, linked
//   cost    the flops of the host's form; memory on the device 5 K p numbers (6 with prior functions), 2 d
//           per stored pair, and 2 K width per row that is scored at once. No allocation once sizes have been
//           met, but what Eigen and cuBLAS keep for themselves. Per call of train() and observe() the host
//           waits for the device; score() returns at once
//   repeat  same calls, same numbers: on a host whatever the number of threads, on a GPU with the same GPU
//           and the same version of cuBLAS
//   source  as posterior/ensemble.hpp
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/core/optimiser.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/ensemble_state.hpp>
#include <joust/device/detail/ensemble_steps.hpp>
#include <joust/device/detail/gemm.hpp>
#include <joust/device/detail/mlp_heads.hpp>
#include <joust/device/detail/pair_store.hpp>
#include <joust/device/detail/portions.hpp>
#include <joust/device/detail/room.hpp>
#include <joust/device/detail/runs.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>
#include <joust/posterior/detail/ensemble_draws.hpp>
#include <joust/posterior/ensemble.hpp>
#include <joust/posterior/ensemble_options.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

/// An ensemble of reward networks in device memory:
///
///     joust::device::queue order;
///     joust::device::ensemble<float> posterior{order, joust::ensemble<float>{{.dimension = 2048}}};
///     posterior.observe(order, first, second, outcomes);   // device memory
///     posterior.train(order);
///     posterior.score(order, features, rewards);           // device memory
///
/// Calls that are put into different queues need a wait between them: they share one work space. `Scalar` is
/// what members are computed in, float or double. Device memory is passed as spans that only the device
/// reads.
template <std::floating_point Scalar = float>
class ensemble {
 public:
  /// An ensemble that goes on where that of the host stands: its members, pairs, steps and options.
  /// `products` says in which numbers the factors of matrix products are multiplied.
  ///
  /// Throws std::invalid_argument for a prototype without a dimension, for the option cadence (training is
  /// asked for here), and for doubles with other `products` than full; std::bad_alloc or device_error where
  /// memory ends. Waits for the device.
  ensemble(queue const& order, joust::ensemble<Scalar> const& host, math products = math::full)
      : options_{checked(host.options(), products)},
        heads_{joust::detail::shape_of(options_)},
        products_{products},
        pairs_{options_.dimension, options_.buffer} {
    auto const upload = [&](buffer<Scalar>& to, auto const& from) {
      to.resize(from.size());
      to.copy_from(order, {from.data(), from.size()});
      order.wait();
    };
    upload(start_, joust::detail::anchor_of<Scalar>(options_));
    upload(prior_, joust::detail::prior_functions_of<Scalar>(options_));
    auto state = detail::ensemble_state<Scalar>::of(host);
    upload(parameters_, state.parameters);
    // Past gradients that were never seen are zero.
    state.mean.resize(needs_mean() ? state.parameters.size() : 0);
    state.square.resize(options_.optimiser.method == descent::adam ? state.parameters.size() : 0);
    upload(mean_, state.mean);
    upload(square_, state.square);
    pairs_.assign(order, state.added, state.features, state.outcomes, state.weights);
    updates_ = state.updates;
    moves_ = state.steps;
    upload_progress(order, {.loss = state.loss});
  }

  /// rewards[k * stride + row] := the reward of a row of `features` under member k, in the numbers of the
  /// span; d numbers for each row, row after row. `stride` is at least the number of rows; 0 means exactly
  /// it.
  ///
  /// Throws std::invalid_argument for features that are not whole rows and for rewards that do not fit,
  /// before any work. A row with a feature that is not a number gets rewards that are not numbers, and no
  /// other does. Without rows nothing happens.
  void score(queue const& order, std::span<Scalar const> features, std::span<double> rewards,
             std::size_t stride = 0) {
    score_into(order, features, rewards, stride);
  }
  void score(queue const& order, std::span<Scalar const> features, std::span<float> rewards,
             std::size_t stride = 0) {
    score_into(order, features, rewards, stride);
  }

  /// Stores answered duels for training, as if the host's observe() were called for each in order: n rows of
  /// d features each for those shown first and second, n outcomes, and n weights or none. All of it in device
  /// memory.
  ///
  /// Throws std::invalid_argument for lengths that do not agree and for a duel that the host would refuse,
  /// and nothing is stored then. Waits for the device.
  void observe(queue const& order, std::span<Scalar const> first, std::span<Scalar const> second,
               std::span<double const> outcomes, std::span<double const> weights = {}) {
    using joust::detail::text;
    auto const require_rows = [&](std::string_view what, std::size_t size) {
      if (size % options_.dimension != 0 || size / options_.dimension != outcomes.size()) {
        joust::detail::reject(
            what, "of length " + text(size),
            text(options_.dimension) + " for each of " + text(outcomes.size()) + " outcomes");
      }
    };
    require_rows("first", first.size());
    require_rows("second", second.size());
    if (!weights.empty() && weights.size() != outcomes.size()) {
      joust::detail::reject("weights", "of length " + text(weights.size()),
                            "none, or one for each of " + text(outcomes.size()) + " outcomes");
    }
    if (outcomes.empty()) return;
    pairs_.add(order,
               {first.data(), second.data(), outcomes.data(), weights.empty() ? nullptr : weights.data(),
                options_.dimension},
               outcomes.size(), largest_feature);
  }

  /// Makes `options().steps` training steps, as the host's train() would. A step whose gradient is not finite
  /// is left out (of Adam, one whose square is not; of doubles without Adam, one longer than 1e154). Waits
  /// for the device, then returns before the steps are done.
  void train(queue const& order) { train(order, {}, {}); }

  /// The same with optimism: `features` (device memory) holds the rows of all candidate sets, `set_sizes`
  /// (host memory) how many of them belong to each, in order. Throws std::invalid_argument, before any step,
  /// unless the sizes are at least 1 and add up to the rows. Without the option optimism, or without sets, it
  /// is train(order). Needs memory for all hidden layers of all rows.
  void train(queue const& order, std::span<Scalar const> features, std::span<std::size_t const> set_sizes) {
    std::size_t const rows = rows_of(features);
    check_sets(set_sizes, rows);
    bool const hopes = options_.optimism > 0.0 && !set_sizes.empty();
    std::size_t const stored = pairs_.size();
    if (stored == 0 || (options_.full_batches_only && stored < options_.batch)) return;
    make_room(order, (std::min)(options_.batch, stored), hopes ? rows : 0);
    if (hopes) plan_sets(order, set_sizes);
    if (hopes && prior_.size() != 0) forward_prior(order, features.data(), rows, hope_prior_.data());
    for (std::size_t done = 0; done < options_.steps; done += most_planned) {
      std::size_t const steps = (std::min)(most_planned, options_.steps - done);
      plan_steps(order, steps);
      for (std::size_t step = 0; step < steps; ++step) {
        hold_at_start(order);
        follow_minibatch(order, step);
        if (hopes) follow_optimism(order, features.data(), rows, set_sizes.size());
        move(order);
      }
      updates_ += steps;
    }
  }

  /// Duels ever stored, and those still there to train on.
  [[nodiscard]] std::uint64_t observed() const noexcept { return pairs_.added(); }
  [[nodiscard]] std::size_t stored() const noexcept { return pairs_.size(); }

  /// Training steps so far.
  [[nodiscard]] std::uint64_t updates() const noexcept { return updates_; }

  /// The mean loss of a pair in the last step, before it; 0 before the first. Waits for the device.
  [[nodiscard]] double loss(queue const& order) const { return progress(order).loss; }

  /// The members' parameters, in the order of joust::ensemble::parameters(). Waits for the device.
  [[nodiscard]] std::vector<Scalar> parameters(queue const& order) const {
    return parameters_.download(order);
  }

  /// Replaces them by such of host memory; starting points stay. Throws std::invalid_argument for another
  /// number of parameters or one that is not finite. Waits for the device.
  void set_parameters(queue const& order, std::span<Scalar const> values) {
    if (values.size() != parameters_.size()) {
      joust::detail::reject("values", "of length " + joust::detail::text(values.size()),
                            joust::detail::text(parameters_.size()));
    }
    for (Scalar const value : values) joust::detail::require_finite("values", static_cast<double>(value));
    parameters_.copy_from(order, values);
    order.wait();
  }

  /// An ensemble on the host that goes on where this one stands. Draws its starting points anew, as every
  /// construction does. Waits for the device.
  [[nodiscard]] joust::ensemble<Scalar> to_host(queue const& order) const {
    detail::training_progress const now = progress(order);
    detail::ensemble_state<Scalar> state;
    state.updates = updates_;
    state.loss = now.loss;
    state.steps = moves_ + now.moves;
    state.parameters = parameters_.download(order);
    if (state.steps != 0) {  // before its first step an optimiser has no memory
      state.mean = mean_.download(order);
      state.square = square_.download(order);
    }
    state.added = pairs_.added();
    pairs_.read(order, state.features, state.outcomes, state.weights);
    joust::ensemble<Scalar> result{options_};
    state.give_to(result);
    return result;
  }

  [[nodiscard]] std::size_t dimension() const noexcept { return options_.dimension; }
  [[nodiscard]] std::size_t members() const noexcept { return options_.members; }
  [[nodiscard]] ensemble_options const& options() const noexcept { return options_; }

  /// In which numbers the factors of matrix products are multiplied.
  [[nodiscard]] math products() const noexcept { return products_.numbers(); }

 private:
  using heads = detail::mlp_heads<Scalar>;

  // As on the host.
  static constexpr double largest_feature = 1e9;

  // Rows that are scored at once: enough to keep every core busy, few enough that the hidden layers do not
  // take more memory than the members.
  static constexpr std::size_t most_rows = cut_for_gpu ? 8192 : 1024;

  // Steps whose minibatches are drawn at once.
  static constexpr std::size_t most_planned = 64;

  static ensemble_options const& checked(ensemble_options const& options, math products) {
    if (options.dimension == 0) {
      joust::detail::reject("dimension", "0", "an ensemble made with its dimension, or by fresh(dimension)");
    }
    if (options.cadence != 0) {
      joust::detail::reject("cadence", joust::detail::text(options.cadence),
                            "0: an ensemble on a device trains when asked");
    }
    if (std::is_same_v<Scalar, double> && products != math::full) {
      joust::detail::reject("products", names_of(products)[static_cast<std::size_t>(products)],
                            "full: doubles are multiplied as doubles");
    }
    return options;
  }

  [[nodiscard]] bool needs_mean() const noexcept {
    return options_.optimiser.method == descent::adam || options_.optimiser.momentum != 0.0;
  }

  [[nodiscard]] std::size_t rows_of(std::span<Scalar const> features) const {
    if (features.size() % options_.dimension != 0) {
      joust::detail::reject("features", "of length " + joust::detail::text(features.size()),
                            "a multiple of " + joust::detail::text(options_.dimension) + ", the dimension");
    }
    return features.size() / options_.dimension;
  }

  template <class Reward>
  void score_into(queue const& order, std::span<Scalar const> features, std::span<Reward> rewards,
                  std::size_t stride) {
    using joust::detail::text;
    std::size_t const rows = rows_of(features);
    if (stride == 0) stride = rows;
    if (stride < rows) joust::detail::reject("stride", text(stride), "at least " + text(rows) + ", the rows");
    if (rows == 0) return;
    if (rewards.size() < rows || (rewards.size() - rows) / stride < options_.members - 1) {
      joust::detail::reject(
          "rewards", "of length " + text(rewards.size()),
          text(options_.members) + " rows of " + text(rows) + ", " + text(stride) + " apart");
    }
    std::size_t const at_once = (std::min)(rows, most_rows);
    heads_.make_room(order, room_, at_once, false);
    Scalar* const prior =
        prior_.size() == 0 ? nullptr : detail::room_for(order, batch_prior_, at_once * options_.members);
    for (std::size_t row = 0; row < rows; row += at_once) {
      std::size_t const some = (std::min)(at_once, rows - row);
      Scalar const* const inputs = features.data() + row * options_.dimension;
      if (prior != nullptr) forward_prior(order, inputs, some, prior);
      heads_.template forward<Reward>(order, products_, parameters_.data(), inputs, some, room_,
                                      {rewards.data() + row, stride, prior, prior_factor()}, false);
    }
  }

  [[nodiscard]] Scalar prior_factor() const noexcept { return static_cast<Scalar>(options_.prior_scale); }

  // prior (rows of a member) := what the prior functions say.
  void forward_prior(queue const& order, Scalar const* inputs, std::size_t rows, Scalar* prior) {
    heads_.template forward<Scalar>(order, products_, prior_.data(), inputs, rows, room_, {prior, rows},
                                    false);
  }

  static void check_sets(std::span<std::size_t const> set_sizes, std::size_t rows) {
    using joust::detail::text;
    std::size_t left = rows;
    for (std::size_t const size : set_sizes) {
      if (size == 0 || size > left) {
        joust::detail::reject("set_sizes", "holds " + text(size),
                              "sizes of at least 1 that add up to the " + text(rows) + " rows");
      }
      left -= size;
    }
    if (!set_sizes.empty() && left != 0) {
      joust::detail::reject("set_sizes", "leaves out " + text(left) + " rows", "a set for each row");
    }
  }

  // offsets_ := where the sets start, and where the last ends.
  void plan_sets(queue const& order, std::span<std::size_t const> set_sizes) {
    planned_offsets_.assign(1, 0);
    for (std::size_t const size : set_sizes) planned_offsets_.push_back(planned_offsets_.back() + size);
    offsets_.resize(planned_offsets_.size());
    offsets_.copy_from(order, planned_offsets_);
  }

  // For minibatches of `pairs` and optimism over `rows`. Waits for what is under way, so that memory may move
  // and what the host has planned may be overwritten.
  void make_room(queue const& order, std::size_t pairs, std::size_t rows) {
    order.wait();
    std::size_t const members = options_.members;
    std::size_t const steps = (std::min)(most_planned, options_.steps);
    heads_.make_room(order, room_, (std::max)(2 * pairs, rows), true);
    auto const grow = [&](auto& memory, std::size_t count) {
      static_cast<void>(detail::room_for(order, memory, count));
    };
    grow(gradient_, parameters_.size());
    grow(inputs_, 2 * pairs * options_.dimension);
    grow(rewards_, (std::max)(2 * pairs, rows) * members);
    grow(slopes_, (std::max)(2 * pairs, rows) * members);
    if (prior_.size() != 0) grow(batch_prior_, 2 * pairs * members);
    if (prior_.size() != 0) grow(hope_prior_, rows * members);
    grow(losses_, detail::room_to_sum(pairs * members));
    grow(squares_, detail::room_to_sum(detail::portions{parameters_.size()}.count));
    grow(totals_, 2);
    batch_ = pairs;
    planned_slots_.resize(steps * pairs);
    planned_rates_.resize(steps);
    bool const bootstrapped = options_.bootstrap != bootstrap_weights::none;
    planned_counts_.resize(bootstrapped ? steps * pairs * members : 0);
    choose_minibatch_.make_room(pairs_.size());
  }

  // Draws the minibatches and bootstraps of the next steps, and the rates of the optimiser.
  void plan_steps(queue const& order, std::size_t steps) {
    detail::training_progress now = progress(order);  // which waits: nothing reads the last plan any more
    moves_ += now.moves;
    now.moves = 0;
    upload_progress(order, now);
    std::size_t const members = options_.members;
    for (std::size_t step = 0; step < steps; ++step) {
      std::span<std::size_t> const slots{planned_slots_.data() + step * batch_, batch_};
      choose_minibatch_(options_, updates_ + step, pairs_.size(), slots);
      if (planned_counts_.empty()) continue;
      for (std::size_t i = 0; i < batch_; ++i) {
        double* const counts = planned_counts_.data() + (step * batch_ + i) * members;
        joust::detail::draw_bootstrap(options_, pairs_.number(slots[i]), {counts, members});
      }
    }
    for (std::size_t step = 0; step < steps; ++step) {
      planned_rates_[step] = joust::detail::rates_after(options_.optimiser, moves_ + step, Scalar{1});
    }
    auto const upload = [&](auto& to, auto const& from) {
      to.resize(from.size());
      to.copy_from(order, from);
    };
    upload(slots_, planned_slots_);
    upload(counts_, planned_counts_);
    upload(rates_, planned_rates_);
  }

  // gradient_ := that of the anchor.
  void hold_at_start(queue const& order) {
    joust::detail::mlp_shape const shape = joust::detail::shape_of(options_);
    if (start_.size() == 0) {
      return detail::for_each_run(
          order, parameters_.size(),
          detail::hold_at_start<Scalar>{parameters_.data(), nullptr, Scalar{0}, gradient_.data()});
    }
    for (std::size_t layer = 0; layer <= shape.depth; ++layer) {
      std::size_t const from = shape.weights_at(layer);
      std::size_t const to = layer < shape.depth ? shape.weights_at(layer + 1) : shape.parameters();
      auto const strength =
          static_cast<Scalar>(joust::detail::anchor_strength(options_, pairs_.added(), layer));
      detail::for_each_run(order, to - from,
                           detail::hold_at_start<Scalar>{parameters_.data() + from, start_.data() + from,
                                                         strength, gradient_.data() + from});
    }
  }

  // gradient_ += that of the mean loss of a planned minibatch.
  void follow_minibatch(queue const& order, std::size_t step) {
    std::size_t const members = options_.members;
    std::size_t const rows = 2 * batch_;
    std::size_t const* const slots = slots_.data() + step * batch_;
    double const* const counts = planned_counts_.empty() ? nullptr : counts_.data() + step * batch_ * members;
    detail::for_each_run(
        order, rows * options_.dimension,
        detail::gather_pairs<Scalar>{pairs_.features(), slots, batch_, options_.dimension, inputs_.data()});
    Scalar* const prior = prior_.size() == 0 ? nullptr : batch_prior_.data();
    if (prior != nullptr) forward_prior(order, inputs_.data(), rows, prior);
    heads_.template forward<Scalar>(order, products_, parameters_.data(), inputs_.data(), rows, room_,
                                    {rewards_.data(), rows, prior, prior_factor()}, true);
    for_each_index(order, members * batch_,
                   detail::tell_slopes<Scalar>{rewards_.data(), slots, pairs_.outcomes(), pairs_.weights(),
                                               counts, batch_, members, slopes_.data(), losses_.data()});
    detail::sum_in_order(order, losses_.data(), members * batch_, totals_.data());
    heads_.backward(order, products_, parameters_.data(), inputs_.data(), slopes_.data(), rows, room_,
                    gradient_.data());
  }

  // gradient_ += that of the optimism over the sets.
  void follow_optimism(queue const& order, Scalar const* features, std::size_t rows, std::size_t sets) {
    Scalar const* const prior = prior_.size() == 0 ? nullptr : hope_prior_.data();
    heads_.template forward<Scalar>(order, products_, parameters_.data(), features, rows, room_,
                                    {rewards_.data(), rows, prior, prior_factor()}, true);
    for_each_index(
        order, options_.members * sets,
        detail::optimism_slopes<Scalar>{rewards_.data(), offsets_.data(), sets, rows,
                                        options_.optimism / static_cast<double>(sets), slopes_.data()});
    heads_.backward(order, products_, parameters_.data(), features, slopes_.data(), rows, room_,
                    gradient_.data());
  }

  // A step along gradient_, if that is finite.
  void move(queue const& order) {
    bool const adam = options_.optimiser.method == descent::adam;
    detail::portions const by{parameters_.size()};
    for_each_index(order, by.count,
                   detail::squares_of_portion<Scalar>{gradient_.data(), by, squares_.data()});
    detail::sum_in_order(order, squares_.data(), by.count, totals_.data() + 1);
    double const largest = adam ? static_cast<double>((std::numeric_limits<Scalar>::max)())
                                : (std::numeric_limits<double>::max)();
    for_each_index(order, 1,
                   detail::judge_step{totals_.data(), totals_.data() + 1,
                                      static_cast<double>(options_.members), largest, progress_.data()});
    detail::for_each_run(order, parameters_.size(),
                         detail::follow_gradient<Scalar>{
                             progress_.data(), rates_.data(), options_.optimiser.method, gradient_.data(),
                             needs_mean() ? mean_.data() : nullptr, square_.data(), parameters_.data()});
  }

  [[nodiscard]] detail::training_progress progress(queue const& order) const {
    detail::training_progress result;
    progress_.copy_to(order, {&result, 1});
    order.wait();
    return result;
  }
  void upload_progress(queue const& order, detail::training_progress const& now) {
    progress_.resize(1);
    progress_.copy_from(order, {&now, 1});
    order.wait();
  }

  ensemble_options options_;
  heads heads_;
  detail::gemm_context products_;
  detail::pair_store<Scalar> pairs_;
  std::uint64_t updates_ = 0;
  std::uint64_t moves_ = 0;  // of the optimiser, but for those that progress_ counts
  buffer<Scalar> parameters_, mean_, square_;
  buffer<Scalar> start_;  // empty without an anchor
  buffer<Scalar> prior_;  // of the prior functions; empty without
  buffer<detail::training_progress> progress_;

  // Work space. Its contents mean nothing between calls.
  detail::mlp_room<Scalar> room_;
  buffer<Scalar> gradient_;                          // K p
  buffer<Scalar> inputs_;                            // 2 B x d
  buffer<Scalar> rewards_, slopes_, batch_prior_;    // rows x K
  buffer<Scalar> hope_prior_;                        // rows x K
  buffer<double> losses_, squares_, totals_;         // with room to sum them; loss and squared length
  std::size_t batch_ = 0;                            // pairs of a planned minibatch
  buffer<std::size_t> slots_, offsets_;              // steps x B; sets + 1
  buffer<double> counts_;                            // steps x B x K, if there is a bootstrap
  buffer<joust::detail::step_rates<Scalar>> rates_;  // of the planned steps
  std::vector<std::size_t> planned_slots_, planned_offsets_;  // what is uploaded into them
  std::vector<double> planned_counts_;
  std::vector<joust::detail::step_rates<Scalar>> planned_rates_;
  joust::detail::minibatch_choice choose_minibatch_;
};

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
