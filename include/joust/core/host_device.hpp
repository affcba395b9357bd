// SPDX-License-Identifier: MIT
//
// The one annotation for leaf arithmetic that kernels share with the host. Empty unless a CUDA compiler reads
// it. And one for long functions that many kernels call: a CUDA compiler would copy them into every call.
#pragma once

#if defined(__CUDACC__)
#define JOUST_HOST_DEVICE __host__ __device__
#define JOUST_OUT_OF_LINE __noinline__
#else
#define JOUST_HOST_DEVICE
#define JOUST_OUT_OF_LINE
#endif
