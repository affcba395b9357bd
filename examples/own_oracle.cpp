// SPDX-License-Identifier: MIT
//
// An oracle of your own, with a budget: a lambda becomes a counted oracle that refuses the question after the
// last one paid for, before it is asked.
#include <cstddef>
#include <cstdio>

#include <joust/joust.hpp>

int main() {
  joust::stream random{42};
  joust::stream luck{7};

  // Any callable: indices in, the first's share of the preference out.
  joust::callable_oracle judge{[&](std::size_t a, std::size_t b) {
    return joust::draw_bernoulli(joust::sigmoid(0.4 * (static_cast<double>(a) - static_cast<double>(b))),
                                 luck);
  }};
  joust::counted oracle{judge, {.budget = 150}};

  joust::double_thompson agent{6};
  try {
    for (int round = 0; round < 10'000; ++round) {
      auto [a, b] = agent.select(random);
      if (a != b) agent.observe(a, b, oracle.compare(joust::no_context{}, a, b, luck));
    }
  } catch (joust::budget_spent const& spent) { std::printf("%s\n", spent.what()); }
  std::printf("asked %llu times, best arm %zu\n", static_cast<unsigned long long>(oracle.answered()),
              agent.recommend());
}
