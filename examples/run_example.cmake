# SPDX-License-Identifier: MIT
# cmake -D PROGRAM=... [-D EXPECTED=file] -P run_example.cmake
# Runs an example, which must end well and, where a text is expected, print exactly that.
execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE printed RESULT_VARIABLE result)
message("${printed}")
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${result}")
endif()
if(EXPECTED)
  file(READ "${EXPECTED}" expected)
  if(NOT printed STREQUAL expected)
    message(FATAL_ERROR "expected, from ${EXPECTED}:\n${expected}")
  endif()
endif()
