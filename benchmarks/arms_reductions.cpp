// SPDX-License-Identifier: MIT
//
// Reductions to ordinary bandits, adversarial agents, and Winner Stays.
#include "play.hpp"

#include "../tests/arms/textbook/borda_ucb.hpp"
#include "../tests/arms/textbook/d_exp3.hpp"
#include "../tests/arms/textbook/doubler.hpp"
#include "../tests/arms/textbook/multi_sbm.hpp"
#include "../tests/arms/textbook/rex3.hpp"
#include "../tests/arms/textbook/sparring.hpp"
#include "../tests/arms/textbook/versatile_db.hpp"
#include "../tests/arms/textbook/winner_stays_strong.hpp"
#include "../tests/arms/textbook/winner_stays_weak.hpp"

#include <joust/arms/borda_ucb.hpp>
#include <joust/arms/d_exp3.hpp>
#include <joust/arms/doubler.hpp>
#include <joust/arms/multi_sbm.hpp>
#include <joust/arms/rex3.hpp>
#include <joust/arms/sparring.hpp>
#include <joust/arms/versatile_db.hpp>
#include <joust/arms/winner_stays_strong.hpp>
#include <joust/arms/winner_stays_weak.hpp>

namespace {

using play::against_textbook;
using std::size_t;
using std::uint64_t;

bool const registered[] = {
    against_textbook("sparring", "O(K)", joust::sparring{},
                     [](size_t k, uint64_t) { return textbook::sparring{k}; }),
    against_textbook("doubler", "O(K)", joust::doubler{},
                     [](size_t k, uint64_t) { return textbook::doubler{k}; }),
    against_textbook("multisbm", "O(K)", joust::multi_sbm{},
                     [](size_t k, uint64_t) { return textbook::multi_sbm{k}; }),
    against_textbook("versatile", "O(K)", joust::versatile_db{},
                     [](size_t k, uint64_t) { return textbook::versatile_db{k}; }),
    against_textbook("rex3", "O(K)", joust::rex3{}, [](size_t k, uint64_t) { return textbook::rex3{k}; }),
    against_textbook("d-exp3", "O(K)", joust::d_exp3{},
                     [](size_t k, uint64_t horizon) {
                       return textbook::d_exp3{k, static_cast<double>(horizon)};
                     }),
    against_textbook("borda-ucb", "O(K)", joust::borda_ucb{},
                     [](size_t k, uint64_t horizon) {
                       double const t = static_cast<double>(horizon);
                       return textbook::borda_ucb{k, t, 1.0 / t};
                     }),
    against_textbook("winner-stays-weak", "O(log K)", joust::winner_stays_weak{},
                     [](size_t k, uint64_t) { return textbook::winner_stays_weak{k}; }),
    against_textbook("winner-stays-strong", "O(log K)", joust::winner_stays_strong{},
                     [](size_t k, uint64_t) { return textbook::winner_stays_strong{k}; }),
};

}  // namespace
