// SPDX-License-Identifier: MIT
//
// IPO whose margin could be of whole actions or of their average parts.
//
// expect: joust::ipo: say in .likelihood whether the margin is of whole actions, log_likelihood::sum, or of their average part, log_likelihood::mean
#include <joust/loss/ipo.hpp>

#if defined(JOUST_TEST_TWIN)
joust::ipo const loss{{.beta = 0.2, .likelihood = joust::log_likelihood::sum}};
#else
joust::ipo const loss{{.beta = 0.2}};
#endif

int main() { return loss.value(2.5) == 0.0 ? 0 : 1; }
