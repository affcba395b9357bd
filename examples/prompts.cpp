// SPDX-License-Identifier: MIT
//
// Which of my prompts is best, in as few judgements as possible? Everything you need to replace is
// ask_someone().
#include <cstddef>
#include <iostream>
#include <string>
#include <vector>

#include <joust/joust.hpp>

// Stands in for a person, a model or a test suite: answers 1 if it prefers a, 0 if it prefers b, 0.5 for a
// tie. This one likes concrete prompts, but is wrong one time in five.
double ask_someone(std::string const& a, std::string const& b, joust::stream& luck) {
  bool const a_is_longer = a.size() > b.size();
  return joust::draw_bernoulli(a_is_longer ? 0.8 : 0.2, luck);
}

int main() {
  std::vector<std::string> const prompts{
      "Summarise this.",
      "Summarise this text for a busy reader.",
      "Summarise this text in three sentences, most important fact first, no adjectives.",
      "Write a summary.",
      "Shorten the text below.",
  };
  joust::stream luck{7};
  int questions = 0;
  auto judge = [&](std::size_t a, std::size_t b) {
    ++questions;
    return ask_someone(prompts[a], prompts[b], luck);
  };

  joust::double_thompson agent{prompts.size()};
  joust::stream random{42};
  for (int round = 0; round < 200; ++round) {
    auto [a, b] = agent.select(random);
    if (a != b) agent.observe(a, b, judge(a, b));  // a == b: the agent is sure enough not to ask
  }
  std::cout << "best: " << prompts[agent.recommend()] << '\n';
  std::cout << "questions asked in 200 rounds: " << questions << '\n';
}
