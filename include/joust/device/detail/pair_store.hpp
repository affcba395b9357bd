// SPDX-License-Identifier: MIT
//
// The newest answered duels in device memory: posterior/detail/pair_ring.hpp with its numbers on the device
// and its bookkeeping on the host. A batch of duels is looked at first, on the device; the host then says
// where each goes, as if they had come one by one.
//
//   cost    2 d numbers per stored duel, memory grows with what is stored; a batch of n duels is read twice,
//           and the host waits for the first reading
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/runs.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

// What is found out about a duel before it is stored, in the order in which faults are told.
enum class duel_kind : unsigned char {
  in_order,     // to be stored as it is
  mirrored,     // to be stored the other way round
  teaches_not,  // without weight, or between equal features
  bad_outcome,
  bad_weight,
  bad_first,
  bad_second,
};

// n duels: features n x d each, row after row; without weights each weighs 1.
template <class Scalar>
struct duels_to_store {
  Scalar const* first;
  Scalar const* second;
  double const* outcomes;
  double const* weights;  // null: without
  std::size_t dimension;
};

// Looks at a duel; an index is one.
template <class Scalar>
struct look_at_duel {
  duels_to_store<Scalar> duels;
  double largest;  // of a feature or a weight
  duel_kind* kinds;

  JOUST_HOST_DEVICE void operator()(std::size_t n) const { kinds[n] = kind(n); }

 private:
  [[nodiscard]] JOUST_HOST_DEVICE duel_kind kind(std::size_t n) const {
    double const outcome = duels.outcomes[n];
    double const weight = duels.weights == nullptr ? 1.0 : duels.weights[n];
    if (!(outcome >= 0.0 && outcome <= 1.0)) return duel_kind::bad_outcome;
    if (!(weight >= 0.0 && weight <= largest)) return duel_kind::bad_weight;
    Scalar const* const first = duels.first + n * duels.dimension;
    Scalar const* const second = duels.second + n * duels.dimension;
    if (!fits(first)) return duel_kind::bad_first;
    if (!fits(second)) return duel_kind::bad_second;
    if (weight == 0.0) return duel_kind::teaches_not;
    for (std::size_t i = 0; i < duels.dimension; ++i) {
      if (first[i] != second[i]) return second[i] < first[i] ? duel_kind::mirrored : duel_kind::in_order;
    }
    return duel_kind::teaches_not;
  }

  [[nodiscard]] JOUST_HOST_DEVICE bool fits(Scalar const* features) const {
    bool fit = true;
    for (std::size_t i = 0; i < duels.dimension; ++i) {
      fit = fit && std::fabs(static_cast<double>(features[i])) <= largest;
    }
    return fit;
  }
};

// A duel of a batch and the slot that it goes to.
struct duel_place {
  std::size_t from;
  std::size_t slot;
  bool mirrored;
};

// Stores a duel for each place; a run is of the 2 d features and, behind them, outcome and weight.
template <class Scalar>
struct store_duel {
  duels_to_store<Scalar> duels;
  duel_place const* places;
  Scalar* features;
  double* outcomes;
  double* weights;

  JOUST_HOST_DEVICE void operator()(std::size_t first, std::size_t count) const {
    std::size_t const d = duels.dimension;
    for (std::size_t i = first; i < first + count; ++i) {
      duel_place const place = places[i / (2 * d)];
      std::size_t const at = i % (2 * d);
      bool const of_first = (at < d) != place.mirrored;
      std::size_t const element = place.from * d + (at < d ? at : at - d);
      // One zero only.
      features[place.slot * 2 * d + at] = (of_first ? duels.first : duels.second)[element] + Scalar{0};
      if (at == 0) {
        double const outcome = duels.outcomes[place.from];
        outcomes[place.slot] = place.mirrored ? 1.0 - outcome : outcome;
        weights[place.slot] = duels.weights == nullptr ? 1.0 : duels.weights[place.from];
      }
    }
  }
};

template <class T>
struct copy_run {
  T const* from;
  T* to;

  JOUST_HOST_DEVICE void operator()(std::size_t first, std::size_t count) const {
    for (std::size_t i = first; i < first + count; ++i) to[i] = from[i];
  }
};

template <class Scalar>
class pair_store {
 public:
  pair_store(std::size_t dimension, std::size_t capacity) : dimension_{dimension}, capacity_{capacity} {}

  [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<std::size_t>((std::min)(added_, static_cast<std::uint64_t>(capacity_)));
  }
  // Duels that were ever added.
  [[nodiscard]] std::uint64_t added() const noexcept { return added_; }
  // As that of pair_ring.
  [[nodiscard]] std::uint64_t number(std::size_t slot) const noexcept {
    return (added_ - 1 - slot) / capacity_ * capacity_ + slot;
  }

  // In device memory: first and second of slot after slot, 2 d numbers; outcomes and weights.
  [[nodiscard]] Scalar const* features() const noexcept { return features_.data(); }
  [[nodiscard]] double const* outcomes() const noexcept { return outcomes_.data(); }
  [[nodiscard]] double const* weights() const noexcept { return weights_.data(); }

  // Stores the duels that can teach something, mirrored as the host mirrors them. Throws
  // std::invalid_argument for one that the host would refuse, before any is stored.
  void add(queue const& order, duels_to_store<Scalar> const& duels, std::size_t count, double largest) {
    kinds_.resize(count);
    for_each_index(order, count, look_at_duel<Scalar>{duels, largest, kinds_.data()});
    found_.resize(count);
    kinds_.copy_to(order, found_);
    order.wait();
    for (std::size_t n = 0; n < count; ++n) require_sound(n, found_[n]);

    std::uint64_t added = added_;
    planned_.clear();
    for (std::size_t n = 0; n < count; ++n) {
      if (found_[n] == duel_kind::teaches_not) continue;
      planned_.push_back({n, static_cast<std::size_t>(added % capacity_), found_[n] == duel_kind::mirrored});
      ++added;
    }
    // Of more than fit, the newest stay.
    std::size_t const late = planned_.size() > capacity_ ? planned_.size() - capacity_ : 0;
    std::span<duel_place const> const places = std::span<duel_place const>{planned_}.subspan(late);
    if (places.empty()) return;
    make_room(order, static_cast<std::size_t>((std::min)(added, static_cast<std::uint64_t>(capacity_))));
    places_.resize(places.size());
    places_.copy_from(order, places);
    for_each_run(
        order, places.size() * 2 * dimension_,
        store_duel<Scalar>{duels, places_.data(), features_.data(), outcomes_.data(), weights_.data()});
    order.wait();  // for the plan, which the next batch overwrites, and the caller's memory
    added_ = added;
  }

  // Everything, from and to a pair_ring's own vectors.
  void assign(queue const& order, std::uint64_t added, std::vector<Scalar> const& features,
              std::vector<double> const& outcomes, std::vector<double> const& weights) {
    added_ = added;
    room_ = outcomes.size();
    features_.resize(features.size());
    outcomes_.resize(outcomes.size());
    weights_.resize(weights.size());
    features_.copy_from(order, features);
    outcomes_.copy_from(order, outcomes);
    weights_.copy_from(order, weights);
    order.wait();
  }
  void read(queue const& order, std::vector<Scalar>& features, std::vector<double>& outcomes,
            std::vector<double>& weights) const {
    features = features_.download(order);
    outcomes = outcomes_.download(order);
    weights = weights_.download(order);
    features.resize(size() * 2 * dimension_);
    outcomes.resize(size());
    weights.resize(size());
  }

 private:
  static void require_sound(std::size_t n, duel_kind kind) {
    std::string const which = "[" + joust::detail::text(n) + "]";
    switch (kind) {
      case duel_kind::bad_outcome:
        joust::detail::reject("outcomes" + which, "outside", "a number in [0, 1]");
      case duel_kind::bad_weight:
        joust::detail::reject("weights" + which, "outside", "a number in [0, 1e9]");
      case duel_kind::bad_first:
      case duel_kind::bad_second:
        joust::detail::reject((kind == duel_kind::bad_first ? "first" : "second") + which,
                              "not finite everywhere, or too large", "finite features, at most 1e9");
      default:
        break;
    }
  }

  // Room for `stored` duels; those stored stay.
  void make_room(queue const& order, std::size_t stored) {
    if (stored <= room_) return;
    std::size_t const room = (std::min)(capacity_, (std::max)(stored, room_ + room_ / 2 + 16));
    buffer<Scalar> features{room * 2 * dimension_};
    buffer<double> outcomes{room};
    buffer<double> weights{room};
    for_each_run(order, size() * 2 * dimension_, copy_run<Scalar>{features_.data(), features.data()});
    for_each_run(order, size(), copy_run<double>{outcomes_.data(), outcomes.data()});
    for_each_run(order, size(), copy_run<double>{weights_.data(), weights.data()});
    order.wait();
    features_ = std::move(features);
    outcomes_ = std::move(outcomes);
    weights_ = std::move(weights);
    room_ = room;
  }

  std::size_t dimension_;
  std::size_t capacity_;
  std::uint64_t added_ = 0;
  std::size_t room_ = 0;
  buffer<Scalar> features_;
  buffer<double> outcomes_, weights_;
  buffer<duel_kind> kinds_;
  buffer<duel_place> places_;
  std::vector<duel_kind> found_;
  std::vector<duel_place> planned_;
};

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
