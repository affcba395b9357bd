// SPDX-License-Identifier: MIT
//
// Elimination and batches.
#include "play.hpp"

#include "../tests/arms/textbook/beat_the_mean.hpp"
#include "../tests/arms/textbook/c2b.hpp"
#include "../tests/arms/textbook/interleaved_filter.hpp"
#include "../tests/arms/textbook/pcomp.hpp"
#include "../tests/arms/textbook/scomp.hpp"

#include <joust/arms/beat_the_mean.hpp>
#include <joust/arms/c2b.hpp>
#include <joust/arms/interleaved_filter.hpp>
#include <joust/arms/pcomp.hpp>
#include <joust/arms/scomp.hpp>

namespace {

using play::against_textbook;
using std::size_t;
using std::uint64_t;

bool const registered[] = {
    against_textbook("interleaved-filter", "O(1)", joust::interleaved_filter{},
                     [](size_t k, uint64_t horizon) {
                       return textbook::interleaved_filter{k, horizon};
                     }),
    against_textbook("beat-the-mean", "O(K)", joust::beat_the_mean{},
                     [](size_t k, uint64_t horizon) {
                       return textbook::beat_the_mean{k, horizon, 1.3, 3.0, true};
                     }),
    against_textbook("pcomp", "O(1)", joust::pcomp{},
                     [](size_t k, uint64_t horizon) {
                       return textbook::pcomp{k, horizon, 0, false};
                     }),
    against_textbook("scomp", "O(1)", joust::scomp{},
                     [](size_t k, uint64_t horizon) {
                       return textbook::scomp{k, horizon, 0, false};
                     }),
    against_textbook("c2b", "O(1)", joust::c2b{},
                     [](size_t k, uint64_t horizon) {
                       return textbook::c2b{k, horizon, 0, 1.0};
                     }),
};

}  // namespace
