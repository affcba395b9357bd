// SPDX-License-Identifier: MIT
//
// The one annotation for leaf arithmetic that kernels share with the host. Empty unless a CUDA compiler reads
// it.
#pragma once

#if defined(__CUDACC__)
#define JOUST_HOST_DEVICE __host__ __device__
#else
#define JOUST_HOST_DEVICE
#endif
