// SPDX-License-Identifier: MIT
//
// Thompson sampling, and merging for many arms.
#include "play.hpp"

#include "../tests/arms/textbook/double_thompson.hpp"
#include "../tests/arms/textbook/kernel_self_sparring.hpp"
#include "../tests/arms/textbook/merge.hpp"
#include "../tests/arms/textbook/self_sparring.hpp"

#include <joust/arms/double_thompson.hpp>
#include <joust/arms/double_thompson_plus.hpp>
#include <joust/arms/kernel_self_sparring.hpp>
#include <joust/arms/merge_dts.hpp>
#include <joust/arms/merge_rucb.hpp>
#include <joust/arms/self_sparring.hpp>

namespace {

using play::against_textbook;
using play::settled;
using std::size_t;
using std::uint64_t;

bool const registered[] = {
    against_textbook("dts", "O(K) draws", joust::double_thompson{},
                     [](size_t k, uint64_t) { return textbook::double_thompson{k}; }),
    against_textbook("dts+", "O(K) draws", joust::double_thompson_plus{},
                     [](size_t k, uint64_t) {
                       return textbook::coupled_double_thompson{k, 0.51, true};
                     }),
    against_textbook("self-sparring", "O(K) draws", joust::self_sparring{},
                     [](size_t k, uint64_t) { return textbook::self_sparring{k}; }),
    against_textbook(
        "kernel-self-sparring", "O(K^2)", joust::kernel_self_sparring{},
        [](size_t k, uint64_t) {
          textbook::table unrelated{k};
          for (size_t i = 0; i < k; ++i) unrelated(i, i) = 1.0 / 12.0;
          return textbook::kernel_self_sparring{unrelated, 0.25};
        },
        64),
    against_textbook("mergerucb", "O(p^2)", joust::merge_rucb{},
                     [](size_t k, uint64_t) {
                       return textbook::merging{k, false, 1.01, 4, textbook::merging::standard_clock(k)};
                     }),
    against_textbook("mergedts", "O(p^2)", joust::merge_dts{},
                     [](size_t k, uint64_t) {
                       return textbook::merging{k, true, 1.01, 4, textbook::merging::standard_clock(k)};
                     }),
    settled("dts", "O(K) draws", joust::double_thompson{},
            [](size_t k, uint64_t) { return textbook::double_thompson{k}; }),
    settled("dts+", "O(K) draws", joust::double_thompson_plus{},
            [](size_t k, uint64_t) {
              return textbook::coupled_double_thompson{k, 0.51, true};
            }),
    settled("self-sparring", "O(K) draws", joust::self_sparring{},
            [](size_t k, uint64_t) { return textbook::self_sparring{k}; }),
};

}  // namespace
