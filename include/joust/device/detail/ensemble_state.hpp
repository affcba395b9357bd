// SPDX-License-Identifier: MIT
//
// What an ensemble has learnt, apart from where it lies: taken from an ensemble of the host, or given to one,
// under the names under which it is saved.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include <joust/core/optimiser.hpp>
#include <joust/device/system.hpp>
#include <joust/posterior/detail/pair_ring.hpp>
#include <joust/posterior/ensemble.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {
namespace detail {

template <class Scalar>
struct ensemble_state {
  std::uint64_t updates = 0;
  double loss = 0.0;
  std::vector<Scalar> parameters;

  std::uint64_t steps = 0;  // of the optimiser
  std::vector<Scalar> mean, square;

  std::uint64_t added = 0;  // to the pairs
  std::vector<Scalar> features;
  std::vector<double> outcomes, weights;

  [[nodiscard]] static ensemble_state of(joust::ensemble<Scalar> const& host) {
    ensemble_state result;
    exchange<false> take{result};
    joust::ensemble<Scalar>::fields(host, take);
    return result;
  }

  // `host` has the options of the ensemble that the state is of.
  void give_to(joust::ensemble<Scalar>& host) {
    exchange<true> give{*this};
    joust::ensemble<Scalar>::fields(host, give);
  }

 private:
  // Visits fields, and those within.
  template <bool Give>
  struct exchange {
    ensemble_state& state;

    template <class Field>
    void operator()(std::string_view name, Field& field) {
      using kind = std::remove_const_t<Field>;
      if constexpr (std::is_same_v<kind, optimiser<Scalar>> ||
                    std::is_same_v<kind, joust::detail::pair_ring<Scalar>>) {
        kind::fields(field, *this);
      } else if constexpr (std::is_same_v<kind, std::uint64_t>) {
        pass(field, name == "updates" ? state.updates : name == "steps" ? state.steps : state.added);
      } else if constexpr (std::is_same_v<kind, double>) {
        pass(field, state.loss);
      }  // options stay
    }

    template <class Numbers>
    void list(std::string_view name, Numbers& numbers) {
      using kind = std::remove_const_t<Numbers>;
      if constexpr (std::is_same_v<kind, std::vector<Scalar>>) {
        if (name == "parameters") pass(numbers, state.parameters);
        if (name == "mean") pass(numbers, state.mean);
        if (name == "square") pass(numbers, state.square);
        if (name == "features") pass(numbers, state.features);
      }
      if constexpr (std::is_same_v<kind, std::vector<double>>) {
        if (name == "outcomes") pass(numbers, state.outcomes);
        if (name == "weights") pass(numbers, state.weights);
      }
    }

    template <class Field, class Part>
    static void pass(Field& field, Part& part) {
      if constexpr (Give) {
        field = part;
      } else {
        part = field;
      }
    }
  };
};

}  // namespace detail
}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
