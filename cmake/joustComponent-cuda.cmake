# SPDX-License-Identifier: MIT
# find_package(joust COMPONENTS cuda): joust::cuda for .cu sources.
include("${CMAKE_CURRENT_LIST_DIR}/joust_device.cmake")
if(NOT TARGET joust::cuda)
  joust_add_cuda(joust::cuda joust_cuda_problem)
endif()
