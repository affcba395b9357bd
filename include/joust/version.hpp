// SPDX-License-Identifier: MIT
//
// The version of joust, and the only place that states it: the build system and the installed package read it
// here.
#pragma once

#define JOUST_VERSION_MAJOR 0
#define JOUST_VERSION_MINOR 1
#define JOUST_VERSION_PATCH 0

/// The version as one number: 100 * (100 * major + minor) + patch.
#define JOUST_VERSION (100 * (100 * JOUST_VERSION_MAJOR + JOUST_VERSION_MINOR) + JOUST_VERSION_PATCH)

#define JOUST_VERSION_STRING "0.1.0"
