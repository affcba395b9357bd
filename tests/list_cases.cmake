# SPDX-License-Identifier: MIT
# cmake -D PROGRAM=... -D FOLDER=... -D LIST=... -P list_cases.cmake
# Asks a test program for its test cases and writes a ctest file that runs each by itself. Catch2's own script
# keeps names in CMake lists, where one with an open bracket, as in [0, 1), swallows those after it.
execute_process(
  COMMAND "${PROGRAM}" --list-test-names-only
  OUTPUT_VARIABLE names
  RESULT_VARIABLE count # Catch2 2 returns the number of test cases
)
if(NOT count MATCHES "^[1-9][0-9]*$")
  file(REMOVE "${LIST}")
  message(FATAL_ERROR "${PROGRAM} names no test cases (${count}): ${names}")
endif()

set(tests "")
while(NOT names STREQUAL "")
  string(FIND "${names}" "\n" end)
  string(SUBSTRING "${names}" 0 ${end} name)
  math(EXPR end "${end} + 1")
  string(SUBSTRING "${names}" ${end} -1 names)
  # To Catch2 a comma separates names, and brackets hold tags.
  string(REGEX REPLACE "([][,\\\\])" "\\\\\\1" pattern "${name}")
  # A name that matches nothing is an error only if Catch2 is told to warn.
  string(APPEND tests "add_test([==[${FOLDER}/${name}]==] [==[${PROGRAM}]==] [==[${pattern}]==] --warn NoTests)\n"
                      "set_tests_properties([==[${FOLDER}/${name}]==] PROPERTIES LABELS [==[${FOLDER}]==])\n"
  )
endwhile()
file(WRITE "${LIST}" "${tests}")
