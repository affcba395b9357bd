// SPDX-License-Identifier: MIT
//
// The system of the pretended GPU: Thrust's own for one core, work cut as for a GPU, and from here on whatever
// a header of joust's has for CUDA.
#pragma once
#pragma GCC system_header  // for #include_next

#define JOUST_PRETEND_GPU
#define JOUST_DEVICE_CUT_FOR_GPU
#include_next <joust/device/system.hpp>

// Whatever of Thrust joust/device includes, while it is what it is.
#include <thrust/copy.h>
#include <thrust/execution_policy.h>
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/scan.h>
#include <thrust/sort.h>
#include <thrust/system/cpp/execution_policy.h>
#include <thrust/system_error.h>

#undef THRUST_DEVICE_SYSTEM
#define THRUST_DEVICE_SYSTEM THRUST_DEVICE_SYSTEM_CUDA
