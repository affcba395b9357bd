// SPDX-License-Identifier: MIT
//
// Agents that go by empirical divergences.
#include "play.hpp"

#include "../tests/arms/textbook/ecw_rmed.hpp"
#include "../tests/arms/textbook/rmed2.hpp"
#include "../tests/arms/textbook/rmed2fh.hpp"

#include <joust/arms/ecw_rmed.hpp>
#include <joust/arms/rmed1.hpp>
#include <joust/arms/rmed2.hpp>
#include <joust/arms/rmed2fh.hpp>

namespace {

using play::against_textbook;
using play::settled;
using std::size_t;
using std::uint64_t;

bool const registered[] = {
    against_textbook("rmed1", "O(K)", joust::rmed1{}, [](size_t k, uint64_t) { return textbook::rmed1{k}; }),
    against_textbook("rmed2", "O(K)", joust::rmed2{}, [](size_t k, uint64_t) { return textbook::rmed2{k}; }),
    against_textbook("rmed2fh", "O(K)", joust::rmed2fh{},
                     [](size_t k, uint64_t horizon) {
                       return textbook::rmed2fh{k, horizon};
                     }),
    against_textbook(
        "ecw-rmed", "O(1) to O(K^2 log K)", joust::ecw_rmed{},
        [](size_t k, uint64_t) { return textbook::ecw_rmed{k}; }, 256),
    settled("rmed1", "O(K)", joust::rmed1{}, [](size_t k, uint64_t) { return textbook::rmed1{k}; }),
    settled("rmed2", "O(K)", joust::rmed2{{.alpha = 0.0}},
            [](size_t k, uint64_t) {
              return textbook::rmed2{k, 0.3, 1.01, 0.0};
            }),
};

}  // namespace
