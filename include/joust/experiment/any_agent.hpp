// SPDX-License-Identifier: MIT
//
// An agent chosen at run time: by a command line, a configuration file, a list of contenders. Holds a value
// of any agent type and is a value itself: copying copies the agent with all it has learnt.
//
//   needs   an agent of either shape; agent_prototype if fresh() is to be called
//   cost    one virtual call per select and observe, a few nanoseconds; one allocation per copy
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include <Eigen/Core>

#include <joust/core/concepts.hpp>
#include <joust/core/stream.hpp>
#include <joust/experiment/run.hpp>

namespace joust {

class any_agent {
 public:
  /// Holds a copy of the agent.
  template <class Agent>
    requires(!std::same_as<std::remove_cvref_t<Agent>, any_agent>)
  &&(dueling_agent<std::remove_cvref_t<Agent>, no_context> ||
     dueling_agent<std::remove_cvref_t<Agent>, Eigen::MatrixXd>)
      any_agent(Agent&& agent)  // NOLINT(google-explicit-constructor): a contender may be named by its value
      : held_{std::make_unique<model<std::remove_cvref_t<Agent>>>(std::forward<Agent>(agent))} {}

  any_agent(any_agent const& other) : held_{other.held_->copy()} {}
  any_agent(any_agent&&) noexcept = default;
  any_agent& operator=(any_agent const& other) {
    held_ = other.held_->copy();
    return *this;
  }
  any_agent& operator=(any_agent&&) noexcept = default;
  ~any_agent() = default;

  /// True if the agent reads features; otherwise those passed below are ignored and may be empty.
  [[nodiscard]] bool reads_features() const { return held_->reads_features(); }

  [[nodiscard]] pairing select(Eigen::MatrixXd const& features, stream& random) {
    return held_->select(features, random);
  }
  void observe(Eigen::MatrixXd const& features, std::size_t first, std::size_t second, double y) {
    held_->observe(features, {first, second}, y);
  }
  [[nodiscard]] std::size_t recommend(Eigen::MatrixXd const& features) { return held_->recommend(features); }

  /// A new agent with the held one's options. An agent type without fresh() is copied with what it has
  /// learnt.
  [[nodiscard]] any_agent fresh(setting const& s) const { return any_agent{held_->fresh(s)}; }

 private:
  struct concept_of_agent {
    virtual ~concept_of_agent() = default;
    [[nodiscard]] virtual std::unique_ptr<concept_of_agent> copy() const = 0;
    [[nodiscard]] virtual std::unique_ptr<concept_of_agent> fresh(setting const&) const = 0;
    [[nodiscard]] virtual bool reads_features() const = 0;
    virtual pairing select(Eigen::MatrixXd const&, stream&) = 0;
    virtual void observe(Eigen::MatrixXd const&, pairing, double) = 0;
    virtual std::size_t recommend(Eigen::MatrixXd const&) = 0;
  };

  template <class Agent>
  struct model final : concept_of_agent {
    template <class... From>
    explicit model(From&&... from) : agent{std::forward<From>(from)...} {}
    std::unique_ptr<concept_of_agent> copy() const override { return std::make_unique<model>(agent); }
    std::unique_ptr<concept_of_agent> fresh(setting const& s) const override {
      if constexpr (agent_prototype<Agent>) {
        return std::make_unique<model>(agent.fresh(s));
      } else {
        return copy();
      }
    }
    bool reads_features() const override { return joust::reads_features(agent); }
    pairing select(Eigen::MatrixXd const& features, stream& random) override {
      return detail::select_from(agent, features, random);
    }
    void observe(Eigen::MatrixXd const& features, pairing pair, double y) override {
      detail::observe_in(agent, features, pair, y);
    }
    std::size_t recommend(Eigen::MatrixXd const& features) override {
      return detail::recommend_from(agent, features);
    }
    Agent agent;
  };

  explicit any_agent(std::unique_ptr<concept_of_agent> held) : held_{std::move(held)} {}

  std::unique_ptr<concept_of_agent> held_;
};

}  // namespace joust
