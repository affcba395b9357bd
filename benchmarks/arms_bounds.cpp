// SPDX-License-Identifier: MIT
//
// Agents that go by confidence bounds, and the uniform one.
#include "play.hpp"

#include "../tests/arms/textbook/ccb.hpp"
#include "../tests/arms/textbook/rcs.hpp"
#include "../tests/arms/textbook/savage.hpp"
#include "../tests/arms/textbook/scb.hpp"

#include <joust/arms/ccb.hpp>
#include <joust/arms/rcs.hpp>
#include <joust/arms/rucb.hpp>
#include <joust/arms/savage.hpp>
#include <joust/arms/scb.hpp>
#include <joust/arms/uniform.hpp>

namespace {

using play::against_textbook;
using play::settled;
using std::size_t;
using std::uint64_t;

bool const registered[] = {
    against_textbook("uniform", "O(1)", joust::uniform_arms{},
                     [](size_t k, uint64_t) { return joust::uniform_arms{k}; }),
    against_textbook("rucb", "O(K)", joust::rucb{}, [](size_t k, uint64_t) { return textbook::rucb{k}; }),
    against_textbook("rcs", "O(K) draws", joust::rcs{}, [](size_t k, uint64_t) { return textbook::rcs{k}; }),
    against_textbook("ccb", "O(K)", joust::ccb{}, [](size_t k, uint64_t) { return textbook::ccb{k}; }),
    against_textbook("scb", "O(1) to O(K)", joust::scb{},
                     [](size_t k, uint64_t) { return textbook::scb{k}; }),
    against_textbook("savage", "O(1)", joust::savage{},
                     [](size_t k, uint64_t horizon) {
                       double const pairs = static_cast<double>(k) * static_cast<double>(k - 1);
                       return textbook::savage{k, joust::winner_kind::condorcet,
                                               pairs * static_cast<double>(horizon), 0.0};
                     }),
    settled("rucb", "O(K)", joust::rucb{}, [](size_t k, uint64_t) { return textbook::rucb{k}; }),
    settled("ccb", "O(K)", joust::ccb{}, [](size_t k, uint64_t) { return textbook::ccb{k}; }),
};

}  // namespace
