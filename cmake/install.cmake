# SPDX-License-Identifier: MIT
# Installs the headers, the CMake package and the pkg-config file. Everything goes below share/ and include/:
# a header-only library is the same on every architecture.
include(CMakePackageConfigHelpers)

set(joust_package_dir "${CMAKE_INSTALL_DATADIR}/cmake/joust")
set(joust_pkgconfig_dir "${CMAKE_INSTALL_DATADIR}/pkgconfig")

install(DIRECTORY include/joust DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")

install(TARGETS joust EXPORT joustTargets)
install(EXPORT joustTargets NAMESPACE joust:: DESTINATION "${joust_package_dir}")
# A component is there if its targets file is: that is all joustConfig.cmake looks for.
if(JOUST_EXPERIMENT)
  install(TARGETS joust_experiment EXPORT joustComponent-experiment)
  install(EXPORT joustComponent-experiment NAMESPACE joust:: DESTINATION "${joust_package_dir}")
endif()
# What these make depends on where they are used, so they are read there instead of being exported from here.
install(FILES cmake/joust_device.cmake cmake/joustComponent-device.cmake cmake/joustComponent-cuda.cmake
        DESTINATION "${joust_package_dir}"
)

configure_package_config_file(cmake/joustConfig.cmake.in joustConfig.cmake INSTALL_DESTINATION "${joust_package_dir}")
# Before 1.0 a minor version may break its users, so 0.1 does not stand in for 0.2.
write_basic_package_version_file(joustConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/joustConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/joustConfigVersion.cmake"
        DESTINATION "${joust_package_dir}"
)

# The prefix is written relative to the file, so that an installed tree can be moved as a whole.
file(RELATIVE_PATH joust_prefix_from_pkgconfig "${CMAKE_INSTALL_FULL_DATADIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
cmake_path(SET joust_prefix_from_pkgconfig NORMALIZE "${joust_prefix_from_pkgconfig}")
configure_file(cmake/joust.pc.in joust.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/joust.pc" DESTINATION "${joust_pkgconfig_dir}")
