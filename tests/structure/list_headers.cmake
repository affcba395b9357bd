# SPDX-License-Identifier: MIT
# cmake -D INCLUDE_DIR=... -D OUTPUT_DIR=... -P list_headers.cmake
# Writes all_of_joust.hpp, which includes every header below INCLUDE_DIR, and all_of_others.hpp, which includes
# every header of others that one of those includes.
file(GLOB_RECURSE headers RELATIVE "${INCLUDE_DIR}" "${INCLUDE_DIR}/joust/*.hpp")
# Those of device/ need a system to be chosen, and have programs of their own in tests/device.
list(FILTER headers EXCLUDE REGEX "^joust/device/")
set(ours "")
set(others "")
foreach(header IN LISTS headers)
  list(APPEND ours "#include <${header}>")
  file(STRINGS "${INCLUDE_DIR}/${header}" includes REGEX "^#include <")
  list(FILTER includes EXCLUDE REGEX "^#include <joust/")
  list(APPEND others ${includes})
endforeach()
list(SORT others)
list(REMOVE_DUPLICATES others)
foreach(list IN ITEMS ours others)
  list(JOIN ${list} "\n" ${list})
endforeach()
file(WRITE "${OUTPUT_DIR}/all_of_joust.hpp" "#pragma once\n${ours}\n")
file(WRITE "${OUTPUT_DIR}/all_of_others.hpp" "#pragma once\n${others}\n")
