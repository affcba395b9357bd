// SPDX-License-Identifier: MIT
//
// An agent chosen at run time: by a command line, a configuration file, a list of contenders. Holds a value
// of any agent type and is a value itself: copying copies the agent with all it has learnt.
//
//   needs   an agent of either shape; agent_prototype if fresh() is to be called; what else the agent can do
//           (stop by itself, be saved, name many pairs at once) is passed through
//   cost    one virtual call per select, observe and batch, a few nanoseconds; one allocation per copy
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <Eigen/Core>

#include <joust/core/certificate.hpp>
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

  /// The agent inside, if it is of this type; else null. Valid as long as this object holds it.
  template <class Agent>
  [[nodiscard]] Agent const* get_if() const noexcept {
    auto const* const inside = dynamic_cast<model<Agent> const*>(held_.get());
    return inside == nullptr ? nullptr : &inside->agent;
  }

  /// True if the agent reads features; otherwise those passed below are ignored and may be empty.
  [[nodiscard]] bool reads_features() const { return held_->reads_features(); }

  [[nodiscard]] pairing select(Eigen::MatrixXd const& features, stream& random) {
    return held_->select(features, random);
  }
  void observe(Eigen::MatrixXd const& features, std::size_t first, std::size_t second, double y) {
    held_->observe(features, {first, second}, y);
  }
  [[nodiscard]] std::size_t recommend(Eigen::MatrixXd const& features) { return held_->recommend(features); }

  /// The next pairs, to be answered in any order, late, or never: by the held agent's own select_batch, else
  /// by as many calls of select.
  void select_batch(Eigen::MatrixXd const& features, std::span<pairing> pairs, stream& random) {
    held_->select_batch(features, pairs, random);
  }

  /// True if the agent has stop(), and so knows by itself when it is certain of the winner.
  [[nodiscard]] bool stops_by_itself() const { return held_->stops_by_itself(); }

  /// What the agent vouches for; nothing as long as it is not certain, and for ever if it cannot stop by
  /// itself.
  [[nodiscard]] std::optional<certificate> stop() const { return held_->stop(); }

  /// True if the agent has save() and load().
  [[nodiscard]] bool can_be_saved() const { return held_->can_be_saved(); }

  /// Everything that decides the agent's future, as text. Throws std::logic_error if it cannot be saved.
  [[nodiscard]] std::string save() const { return held_->save(); }

  /// The agent that was saved, of the type that is held here. Throws what its load() throws for a text that
  /// is no such agent, and std::logic_error if it cannot be saved.
  [[nodiscard]] any_agent load(std::string_view saved) const { return any_agent{held_->load(saved)}; }

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
    virtual void select_batch(Eigen::MatrixXd const&, std::span<pairing>, stream&) = 0;
    [[nodiscard]] virtual bool stops_by_itself() const = 0;
    [[nodiscard]] virtual std::optional<certificate> stop() const = 0;
    [[nodiscard]] virtual bool can_be_saved() const = 0;
    [[nodiscard]] virtual std::string save() const = 0;
    [[nodiscard]] virtual std::unique_ptr<concept_of_agent> load(std::string_view) const = 0;
    static std::logic_error cannot_be_saved() {
      return std::logic_error{"any_agent: the agent inside has no save() and load()"};
    }
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
    void select_batch(Eigen::MatrixXd const& features, std::span<pairing> pairs, stream& random) override {
      if constexpr (requires { agent.select_batch(pairs, random); }) {
        agent.select_batch(pairs, random);
      } else if constexpr (requires { agent.select_batch(features, pairs, random); }) {
        agent.select_batch(features, pairs, random);
      } else {
        for (pairing& next : pairs) next = detail::select_from(agent, features, random);
      }
    }
    bool stops_by_itself() const override { return joust::stops_by_itself(agent); }
    std::optional<certificate> stop() const override {
      if constexpr (vouches_for_winners<Agent>) {
        return agent.stop();
      } else {
        return std::nullopt;
      }
    }
    bool can_be_saved() const override { return saveable; }
    std::string save() const override {
      if constexpr (saveable) {
        return agent.save();
      } else {
        throw cannot_be_saved();
      }
    }
    std::unique_ptr<concept_of_agent> load(std::string_view saved) const override {
      if constexpr (saveable) {
        return std::make_unique<model>(Agent::load(saved));
      } else {
        throw cannot_be_saved();
      }
    }
    static constexpr bool saveable = requires(Agent const& a, std::string_view text) {
      { a.save() } -> std::convertible_to<std::string>;
      { Agent::load(text) } -> std::same_as<Agent>;
    };
    Agent agent;
  };

  explicit any_agent(std::unique_ptr<concept_of_agent> held) : held_{std::move(held)} {}

  std::unique_ptr<concept_of_agent> held_;
};

}  // namespace joust
