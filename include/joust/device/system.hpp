// SPDX-License-Identifier: MIT
//
// Which machine the parts of this folder run on, settled once per translation unit: one core (cpp), all cores
// (omp, tbb), or a GPU (cuda). Everything in joust::device lives in an inner namespace of that name, so that
// one program may hold translation units for several of them.
//
//   needs   Thrust 1.17 or newer, with its device system chosen: link joust::device or joust::cuda, or define
//           THRUST_DEVICE_SYSTEM
//   source  the programming rules of NVIDIA's CUDA C++ core libraries; the rest of this folder
#pragma once

// Thrust takes CUDA for granted where nothing is said, and fails far from here.
#if !defined(THRUST_DEVICE_SYSTEM) && !defined(__CUDACC__)
#error "joust: no system chosen: link joust::device or joust::cuda, or define THRUST_DEVICE_SYSTEM"
#endif

#include <thrust/version.h>

#if THRUST_VERSION < 101700
#error "joust: joust/device needs Thrust 1.17 or newer"
#endif
#if defined(JOUST_THRUST_VERSION) && JOUST_THRUST_VERSION != THRUST_VERSION
#error "joust: the Thrust headers found are not those that CMake found; check the include path"
#endif
#if defined(__CUDACC__) && __CUDACC_VER_MAJOR__ >= 13 && THRUST_VERSION < 300000
#error "joust: nvcc 13 reads a Thrust that is not its own; link joust::cuda, or check the include path"
#endif

#include <thrust/detail/config.h>

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
#if !defined(__CUDACC__)
#error "joust: the CUDA system needs a CUDA compiler: a source .cu, and joust::cuda"
#endif
#define JOUST_DEVICE_NAMESPACE on_cuda
#elif THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CPP
#define JOUST_DEVICE_NAMESPACE on_cpp
#elif THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_OMP
#if defined(__CUDACC__)
#error "joust: nvcc cannot build the OMP system: the host compiler can, with joust::device"
#endif
#if !defined(_OPENMP)
#error "joust: the OMP system needs OpenMP: link joust::device, or compile with -fopenmp"
#endif
#define JOUST_DEVICE_NAMESPACE on_omp
#elif THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_TBB
#if defined(__CUDACC__)
#error "joust: nvcc cannot build the TBB system: the host compiler can, with joust::device"
#endif
#define JOUST_DEVICE_NAMESPACE on_tbb
#else
#error "joust: THRUST_DEVICE_SYSTEM is none of CPP, OMP, TBB and CUDA"
#endif

#include <string_view>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

/// True where the system's memory is not the host's.
inline constexpr bool on_gpu = THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA;

/// How work is cut: into many short calls that read side by side, for the threads of a GPU, or into long ones
/// that keep to themselves, for cores. Results do not depend on it but for the order of sums. A host cuts for
/// a GPU if JOUST_DEVICE_CUT_FOR_GPU is defined, in all translation units of a program: so tests without a
/// GPU run what a GPU would.
inline constexpr bool cut_for_gpu =
#if defined(JOUST_DEVICE_CUT_FOR_GPU)
    true;
#else
    on_gpu;
#endif

/// "cpp", "omp", "tbb" or "cuda".
inline constexpr std::string_view system_name =
#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
    "cuda";
#elif THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_OMP
    "omp";
#elif THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_TBB
        "tbb";
#else
        "cpp";
#endif

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
