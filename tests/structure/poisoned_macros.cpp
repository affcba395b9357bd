// SPDX-License-Identifier: MIT
//
// Other people's headers define short macros: <complex.h> has I, windows.h small, near and far,
// termios B0, numerical code PI. joust is read here after all of them. What it includes of others
// comes first, since their use of such names is theirs.
#include "all_of_others.hpp"
//
#include <catch2/catch.hpp>

// A token no grammar accepts: a name that joust uses is an error at the line of its use.
#define B0 @
#define ERROR @
#define I @
#define IN @
#define N @
#define OUT @
#define PI @
#define far @
#define interface @
#define near @
#define small @
#define major(device) @
#define minor(device) @

#include "all_of_joust.hpp"

TEST_CASE("joust can be read where others define short macros") { CHECK(joust::sigmoid(0.0) == 0.5); }
