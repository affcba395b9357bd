# SPDX-License-Identifier: MIT
# joust_embed_script(<script> <header>): makes <header> in the build folder, which holds the script as the string
# literal plot_script, in pieces that every compiler takes (some stop at 16 kB), cut at the ends of lines.
function(joust_embed_script script header)
  cmake_path(ABSOLUTE_PATH script)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${script}")
  file(READ "${script}" rest)
  set(literal "")
  while(NOT rest STREQUAL "")
    string(SUBSTRING "${rest}" 0 8000 piece)
    string(LENGTH "${rest}" length)
    if(length GREATER 8000)
      string(FIND "${piece}" "\n" cut REVERSE)
      math(EXPR cut "${cut} + 1")
      string(SUBSTRING "${rest}" 0 ${cut} piece)
    else()
      set(cut ${length})
    endif()
    string(SUBSTRING "${rest}" ${cut} -1 rest)
    string(APPEND literal "\n    R\"plot_py(${piece})plot_py\"")
  endwhile()
  file(RELATIVE_PATH origin "${PROJECT_SOURCE_DIR}" "${script}")
  file(
    CONFIGURE
    OUTPUT "include/${header}"
    CONTENT "// Made from @origin@ by CMake.
#pragma once

inline constexpr char plot_script[] =@literal@;
"
    @ONLY
  )
endfunction()
