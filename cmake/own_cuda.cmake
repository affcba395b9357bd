# SPDX-License-Identifier: MIT
# How joust's own .cu programs are built. Where there is no nvcc they are left out, and the configuration says so.
include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  message(STATUS "joust: there is no CUDA compiler; tests and benchmarks for GPUs are left out")
  return()
endif()
set(CMAKE_CUDA_ARCHITECTURES "${JOUST_CUDA_ARCHITECTURES}")
enable_language(CUDA)

add_library(joust_own_cuda INTERFACE)
target_link_libraries(joust_own_cuda INTERFACE joust::cuda)
# nvcc reads Eigen and Catch2 as well; these numbers are its complaints about annotations in their headers.
target_compile_options(
  joust_own_cuda INTERFACE "$<$<COMPILE_LANGUAGE:CUDA>:-diag-suppress=20011,20012,20013,20014,20015>"
)

# joust_as_cuda(<result> <source>...): for each host source a .cu that includes it, so that CUDA runs the same.
function(joust_as_cuda result)
  set(twins "")
  foreach(source IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH source NORMALIZE)
    cmake_path(GET source STEM name)
    set(twin "${CMAKE_CURRENT_BINARY_DIR}/cuda/${name}.cu")
    file(CONFIGURE OUTPUT "${twin}" CONTENT "#include \"@source@\"\n" @ONLY)
    list(APPEND twins "${twin}")
  endforeach()
  set(${result} "${twins}" PARENT_SCOPE)
endfunction()
