// SPDX-License-Identifier: MIT
//
// What takes part in a study: a contender is an agent with the name it carries in tables and pictures, an
// arena an environment with its name. An unnamed one goes by its type.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include <joust/experiment/any_agent.hpp>
#include <joust/experiment/any_environment.hpp>

namespace joust {

/// Gives a name to an agent or an environment on its way into a study:
///
///     named{"rucb, cautious", rucb{{.alpha = 1.0}}}
template <class T>
struct named {
  std::string name;
  T value;
};

template <class T>
named(char const*, T) -> named<T>;
template <class T>
named(std::string, T) -> named<T>;

namespace detail {

// The type's name as the compiler spells it, without our namespace: "double_thompson",
// "contextual<linear_logistic, ..>".
template <class T>
std::string type_name() {
  std::string_view const text = __PRETTY_FUNCTION__;
  auto const begin = text.find("T = ") + 4;
  auto const end = text.find_first_of(";]", begin);
  std::string name{text.substr(begin, end - begin)};
  for (std::size_t at = name.find("joust::"); at != std::string::npos; at = name.find("joust::"))
    name.erase(at, 7);
  return name;
}

}  // namespace detail

/// An agent prototype in a study.
struct contender {
  std::string name;
  any_agent prototype;

  template <class Agent>
    requires std::constructible_from<any_agent, Agent const&> contender(
        Agent const& agent)  // NOLINT(google-explicit-constructor): agents are listed by value
        : name{detail::type_name<Agent>()}, prototype{agent} {}
    template <class Agent>
    contender(named<Agent> const& agent)  // NOLINT(google-explicit-constructor)
        : name{agent.name}, prototype{agent.value} {}
};

/// What can be listed as an agent of a study: an agent, named or not.
template <class Agent>
concept can_contend = std::constructible_from<contender, Agent const&>;

/// An environment, or a family of them, in a study.
struct arena {
  std::string name;
  any_environment family;

  template <class Problem>
    requires std::constructible_from<any_environment, Problem const&> arena(
        Problem const& problem)  // NOLINT(google-explicit-constructor): environments are listed by value
        : name{detail::type_name<Problem>()}, family{problem} {}
    template <class Problem>
    arena(named<Problem> const& problem)  // NOLINT(google-explicit-constructor)
        : name{problem.name}, family{problem.value} {}
};

}  // namespace joust
