# SPDX-License-Identifier: MIT
# Makes the targets of joust/device, which take Thrust from whoever builds with them:
#
#   joust::device   for the host compiler, on one core or all: JOUST_DEVICE_SYSTEM = OMP (default), TBB or CPP
#   joust::cuda     for .cu sources and nvcc, with cuBLAS
#
# Both joust's own tree and its installed package include this file. Thrust is searched in
# JOUST_THRUST_INCLUDE_DIR (the folder that holds thrust/), else in a CUDA toolkit, else where the compiler looks
# by itself. It is 1.17 or newer; one build uses one of them.

# joust_find_thrust(<problem>): JOUST_THRUST_INCLUDE_DIR and JOUST_THRUST_VERSION in the caller's scope, or a sentence
# in <problem>.
function(joust_find_thrust problem)
  find_package(CUDAToolkit QUIET)
  # Since CUDA 13 its headers lie in a folder of their own, which host compilers do not search.
  set(in_toolkit "")
  foreach(directory IN LISTS CUDAToolkit_INCLUDE_DIRS)
    list(APPEND in_toolkit "${directory}/cccl" "${directory}")
  endforeach()
  find_path(JOUST_THRUST_INCLUDE_DIR thrust/version.h HINTS ${in_toolkit} DOC "the folder that holds thrust/")
  mark_as_advanced(JOUST_THRUST_INCLUDE_DIR)
  set(version_file "${JOUST_THRUST_INCLUDE_DIR}/thrust/version.h")
  if(NOT EXISTS "${version_file}")
    set(${problem}
        "it needs Thrust, which is not found: install it (Debian: libthrust-dev) or name the folder that holds thrust/ in JOUST_THRUST_INCLUDE_DIR"
        PARENT_SCOPE
    )
    return()
  endif()
  # Thrust 3.4 moved the number, but still says it here.
  file(STRINGS "${version_file}" line REGEX "^#[ \t]*define[ \t]+THRUST_VERSION[ \t]+[0-9]+")
  string(REGEX MATCH "[0-9][0-9]+" version "${line}")
  if(version AND version LESS 101700)
    set(${problem} "it needs Thrust 1.17 or newer, and ${JOUST_THRUST_INCLUDE_DIR} holds ${version}" PARENT_SCOPE)
    return()
  endif()
  set(JOUST_THRUST_VERSION "${version}" PARENT_SCOPE)
  set(${problem} "" PARENT_SCOPE)
endfunction()

# joust_device_interface(<target> <system>): lets an interface target compile against the Thrust found.
function(joust_device_interface target system)
  target_link_libraries(${target} INTERFACE joust::joust)
  target_include_directories(${target} SYSTEM INTERFACE "${JOUST_THRUST_INCLUDE_DIR}")
  target_compile_definitions(
    ${target} INTERFACE THRUST_HOST_SYSTEM=THRUST_HOST_SYSTEM_CPP THRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_${system}
  )
  if(JOUST_THRUST_VERSION)
    # Headers of another version in front of these would be used without a word.
    target_compile_definitions(${target} INTERFACE JOUST_THRUST_VERSION=${JOUST_THRUST_VERSION})
  endif()
endfunction()

# joust_add_device(<target> <system> <problem>): the target for a host system, or a sentence in <problem>.
function(joust_add_device target system problem)
  if(NOT system MATCHES "^(CPP|OMP|TBB)$")
    set(${problem} "JOUST_DEVICE_SYSTEM is '${system}'; expected OMP, TBB or CPP (CUDA is joust::cuda)" PARENT_SCOPE)
    return()
  endif()
  joust_find_thrust(fault)
  if(fault)
    set(${problem} "${fault}" PARENT_SCOPE)
    return()
  endif()
  if(system STREQUAL "OMP")
    find_package(OpenMP QUIET COMPONENTS CXX)
    if(NOT TARGET OpenMP::OpenMP_CXX)
      set(${problem} "the OMP system needs OpenMP, which ${CMAKE_CXX_COMPILER} lacks; JOUST_DEVICE_SYSTEM may also be TBB or CPP"
          PARENT_SCOPE
      )
      return()
    endif()
    set(library OpenMP::OpenMP_CXX)
  elseif(system STREQUAL "TBB")
    find_package(TBB QUIET)
    if(NOT TARGET TBB::tbb)
      set(${problem} "the TBB system needs oneTBB, which is not found (Debian: libtbb-dev); JOUST_DEVICE_SYSTEM may also be OMP or CPP"
          PARENT_SCOPE
      )
      return()
    endif()
    set(library TBB::tbb)
  else()
    set(library "")
  endif()
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  joust_device_interface(${target} ${system})
  target_link_libraries(${target} INTERFACE ${library})
  set(${problem} "" PARENT_SCOPE)
endfunction()

# joust_add_cuda(<target> <problem>): the target for .cu sources, or a sentence in <problem>.
function(joust_add_cuda target problem)
  joust_find_thrust(fault)
  find_package(CUDAToolkit QUIET)
  if(NOT CUDAToolkit_FOUND)
    set(fault "it needs the CUDA toolkit, which is not found")
  elseif(JOUST_THRUST_VERSION LESS 300000 AND CUDAToolkit_VERSION VERSION_GREATER_EQUAL 13)
    set(fault
        "CUDA ${CUDAToolkit_VERSION} needs the Thrust that it brings along, and JOUST_THRUST_INCLUDE_DIR names another, ${JOUST_THRUST_INCLUDE_DIR}"
    )
  endif()
  if(fault)
    set(${problem} "${fault}" PARENT_SCOPE)
    return()
  endif()
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  joust_device_interface(${target} CUDA)
  target_link_libraries(${target} INTERFACE CUDA::cudart CUDA::cublas)
  # Kernels call constexpr functions of the standard library.
  target_compile_options(${target} INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:--expt-relaxed-constexpr>)
  # CMake before 3.26 does not know how nvcc spells C++20.
  if(CMAKE_VERSION VERSION_LESS 3.26)
    target_compile_options(${target} INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20>)
  else()
    target_compile_features(${target} INTERFACE cuda_std_20)
  endif()
  set(${problem} "" PARENT_SCOPE)
endfunction()
