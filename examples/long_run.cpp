// SPDX-License-Identifier: MIT
//
// An experiment that lasts for weeks: every morning the agent names the pairs for the day, answers trickle in,
// every evening it is saved, and once a new prompt joins the race. In between the program may end.
#include <cstddef>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <joust/joust.hpp>

// Stands in for your judges: a later prompt is better, and one answer in six is lost.
double worth(std::size_t prompt) { return 0.7 * static_cast<double>(prompt); }

int main() {
  std::string const file = "long_run.state";
  auto const keep = [&](std::string const& state) { std::ofstream{file, std::ios::binary} << state; };
  auto const resume = [&] {
    std::ifstream in{file, std::ios::binary};
    return joust::double_thompson::load(std::string{std::istreambuf_iterator<char>{in}, {}});
  };

  keep(joust::double_thompson{4}.save());
  joust::stream const random{2026};
  std::size_t asked = 0;
  for (std::uint32_t day = 0; day < 30; ++day) {
    joust::double_thompson agent = resume();  // as if the program had never ended
    if (day == 10) {
      std::size_t const newcomer = agent.add_arm();
      std::cout << "day 10: prompt " << newcomer << " joins, prompt 0 retires\n";
      agent.retire(0);
    }
    joust::stream today = random.at_round(day);  // the same numbers on the same day, whatever came before
    for (auto const& [a, b] : agent.select_batch(20, today)) {
      if (a == b) continue;  // sure enough not to ask
      ++asked;
      double const y = joust::draw_bernoulli(joust::sigmoid(worth(a) - worth(b)), today);
      if (joust::draw_index(6, today) != 0) agent.observe(a, b, y);
    }
    if (day % 10 == 9) std::cout << "after day " << day << ": prompt " << agent.recommend() << '\n';
    keep(agent.save());
  }
  std::cout << asked << " questions asked\n";

  try {  // what is damaged is refused, with the reason
    std::string damaged = resume().save();
    damaged[damaged.size() / 2] ^= 1;
    (void)joust::double_thompson::load(damaged);
  } catch (std::invalid_argument const& refused) { std::cout << refused.what() << '\n'; }
}
