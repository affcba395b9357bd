// SPDX-License-Identifier: MIT
//
// Agents that stop with a certificate. Where they have stopped, a round is a self-duel.
#include "play.hpp"

#include "../tests/arms/textbook/active_ranking.hpp"
#include "../tests/arms/textbook/certified.hpp"
#include "../tests/arms/textbook/explore_verify.hpp"
#include "../tests/arms/textbook/knockout.hpp"
#include "../tests/arms/textbook/opt_max.hpp"
#include "../tests/arms/textbook/plpac.hpp"
#include "../tests/arms/textbook/seq_eliminate.hpp"

#include <joust/arms/active_ranking.hpp>
#include <joust/arms/certified.hpp>
#include <joust/arms/explore_verify.hpp>
#include <joust/arms/knockout.hpp>
#include <joust/arms/opt_max.hpp>
#include <joust/arms/plpac.hpp>
#include <joust/arms/rucb.hpp>
#include <joust/arms/seq_eliminate.hpp>

namespace {

using play::against_textbook;
using std::size_t;
using std::uint64_t;

constexpr size_t most_arms = 256;  // the printed evidence of `certified` alone takes a gigabyte at 1024

bool const registered[] = {
    against_textbook(
        "certified-rucb", "O(K)", joust::certified<joust::rucb>{},
        [](size_t k, uint64_t) {
          return textbook::certified<textbook::rucb>{k, 0.95};
        },
        64),
    against_textbook(
        "knockout", "O(1)", joust::knockout{},
        [](size_t k, uint64_t) {
          return textbook::knockout{k, 0.05, 0.95};
        },
        most_arms),
    against_textbook(
        "seq-eliminate", "O(1)", joust::seq_eliminate{},
        [](size_t k, uint64_t) {
          return textbook::seq_eliminate{k, 0.05, 0.95};
        },
        most_arms),
    against_textbook(
        "opt-max", "O(1)", joust::opt_max{},
        [](size_t k, uint64_t) {
          return textbook::opt_max{k, 0.05, 0.95};
        },
        most_arms),
    against_textbook(
        "active-ranking", "O(K)", joust::active_ranking{},
        [](size_t k, uint64_t) {
          return textbook::active_ranking{k, 1, 2.0, 0.95};
        },
        most_arms),
    against_textbook(
        "plpac", "O(K)", joust::pl_pac{},
        [](size_t k, uint64_t) {
          return textbook::pl_pac{k, 0.1, 0.95};
        },
        most_arms),
    against_textbook(
        "explore-verify", "O(1)", joust::explore_verify{},
        [](size_t k, uint64_t) {
          return textbook::explore_verify{k, 0.95, 1.0 / 3.0};
        },
        most_arms),
};

}  // namespace
