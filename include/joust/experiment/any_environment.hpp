// SPDX-License-Identifier: MIT
//
// An environment chosen at run time, or a family of them: instance(stream) draws the problem of one
// replication. A fixed problem is its own only instance.
//
//   needs   an environment, or a type whose instance(stream) yields one
//   cost    a virtual call per round for each of advance, compare and the regrets: about 10 ns together
#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <Eigen/Core>

#include <joust/core/concepts.hpp>
#include <joust/core/stream.hpp>
#include <joust/environment/regret.hpp>
#include <joust/experiment/run.hpp>

namespace joust {

/// A recipe for environments: instance(stream) draws one.
template <class F>
concept environment_family = requires(F const& family, stream& random) {
  { family.instance(random) } -> environment<stream>;
};

class any_environment {
 public:
  template <class Problem>
    requires(!std::same_as<std::remove_cvref_t<Problem>, any_environment>)
  &&(environment<std::remove_cvref_t<Problem>> || environment_family<std::remove_cvref_t<Problem>>)
      any_environment(
          Problem&& problem)  // NOLINT(google-explicit-constructor): a study takes problems by value
      : held_{std::make_unique<model<std::remove_cvref_t<Problem>>>(std::forward<Problem>(problem))} {}

  any_environment(any_environment const& other) : held_{other.held_->copy()} {}
  any_environment(any_environment&&) noexcept = default;
  any_environment& operator=(any_environment const& other) {
    held_ = other.held_->copy();
    return *this;
  }
  any_environment& operator=(any_environment&&) noexcept = default;
  ~any_environment() = default;

  /// The problem of one replication: drawn from the stream for a family, a copy for a fixed problem.
  [[nodiscard]] any_environment instance(stream& random) const {
    return any_environment{held_->instance(random)};
  }

  /// The problem inside, if it is of this type; else null. Valid as long as this object holds it.
  template <class Problem>
  [[nodiscard]] Problem const* get_if() const noexcept {
    auto const* const inside = dynamic_cast<model<Problem> const*>(held_.get());
    return inside == nullptr ? nullptr : &inside->value;
  }

  // The rest is environment, and throws std::logic_error for a family of which no instance has been drawn.
  [[nodiscard]] setting shape() const { return held_->shape(); }
  void advance(stream& random) { held_->advance(random); }
  [[nodiscard]] Eigen::MatrixXd const& features() { return held_->features(); }
  [[nodiscard]] double compare(std::size_t first, std::size_t second, stream& random) {
    return held_->compare(first, second, random);
  }
  [[nodiscard]] double probability(std::size_t first, std::size_t second) const {
    return held_->probability(first, second);
  }
  [[nodiscard]] bool knows(regret_kind kind) const { return held_->knows(kind); }
  void add_regrets(pairing pair, std::span<double> totals) { held_->add_regrets(pair, totals); }
  [[nodiscard]] double simple_regret(std::size_t arm) const { return held_->simple_regret(arm); }

 private:
  struct concept_of_environment {
    virtual ~concept_of_environment() = default;
    [[nodiscard]] virtual std::unique_ptr<concept_of_environment> copy() const = 0;
    [[nodiscard]] virtual std::unique_ptr<concept_of_environment> instance(stream&) const = 0;
    [[nodiscard]] virtual setting shape() const { throw not_drawn(); }
    virtual void advance(stream&) { throw not_drawn(); }
    virtual Eigen::MatrixXd const& features() { throw not_drawn(); }
    virtual double compare(std::size_t, std::size_t, stream&) { throw not_drawn(); }
    [[nodiscard]] virtual double probability(std::size_t, std::size_t) const { throw not_drawn(); }
    [[nodiscard]] virtual bool knows(regret_kind) const { throw not_drawn(); }
    virtual void add_regrets(pairing, std::span<double>) { throw not_drawn(); }
    [[nodiscard]] virtual double simple_regret(std::size_t) const { throw not_drawn(); }
    static std::logic_error not_drawn() {
      return std::logic_error{"any_environment: this is a family of environments; draw an instance() first"};
    }
  };

  template <class Problem>
  struct model final : concept_of_environment {  // a family
    template <class... From>
    explicit model(From&&... from) : value{std::forward<From>(from)...} {}
    std::unique_ptr<concept_of_environment> copy() const override { return std::make_unique<model>(value); }
    std::unique_ptr<concept_of_environment> instance(stream& random) const override {
      auto drawn = value.instance(random);
      return std::make_unique<model<decltype(drawn)>>(std::move(drawn));
    }
    Problem value;
  };

  template <environment Problem>
  struct model<Problem> final : concept_of_environment {
    template <class... From>
    explicit model(From&&... from) : value{std::forward<From>(from)...} {}
    std::unique_ptr<concept_of_environment> copy() const override { return std::make_unique<model>(value); }
    std::unique_ptr<concept_of_environment> instance(stream& random) const override {
      if constexpr (environment_family<Problem>) {
        return std::make_unique<model>(value.instance(random));
      } else {
        return copy();
      }
    }
    setting shape() const override { return value.shape(); }
    void advance(stream& random) override { value.advance(random); }
    Eigen::MatrixXd const& features() override { return value.features(); }
    double compare(std::size_t first, std::size_t second, stream& random) override {
      return value.compare(first, second, random);
    }
    double probability(std::size_t first, std::size_t second) const override {
      return value.probability(first, second);
    }
    bool knows(regret_kind kind) const override {
      if constexpr (detail::knows_regrets<Problem>) {
        return value.knows(kind);
      } else {
        return false;
      }
    }
    void add_regrets(pairing pair, std::span<double> totals) override {
      if constexpr (detail::knows_regrets<Problem>) value.add_regrets(pair, totals);
    }
    double simple_regret(std::size_t arm) const override {
      if constexpr (detail::knows_regrets<Problem>) {
        return value.simple_regret(arm);
      } else {
        return std::numeric_limits<double>::quiet_NaN();
      }
    }
    Problem value;
  };

  explicit any_environment(std::unique_ptr<concept_of_environment> held) : held_{std::move(held)} {}

  std::unique_ptr<concept_of_environment> held_;
};

}  // namespace joust
