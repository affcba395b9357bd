# SPDX-License-Identifier: MIT
# find_package(joust COMPONENTS device): joust::device for the system named in JOUST_DEVICE_SYSTEM.
include("${CMAKE_CURRENT_LIST_DIR}/joust_device.cmake")
set(JOUST_DEVICE_SYSTEM OMP CACHE STRING "Where joust::device runs: OMP, TBB or CPP")
if(NOT TARGET joust::device)
  joust_add_device(joust::device "${JOUST_DEVICE_SYSTEM}" joust_device_problem)
endif()
