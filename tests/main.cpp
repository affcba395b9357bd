// SPDX-License-Identifier: MIT
//
// Catch2's main function, compiled once and linked into the test program of every folder.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
