# SPDX-License-Identifier: MIT
# What joust's own programs share: warnings, the processor they are built for, the compiler cache. Linked
# privately, never exported.

set(CMAKE_CXX_EXTENSIONS OFF)

add_library(joust_own_program INTERFACE)
target_link_libraries(joust_own_program INTERFACE joust::experiment)

if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  target_compile_options(
    joust_own_program INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wconversion;-Wsign-conversion;-Wshadow>"
                                $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${JOUST_WARNINGS_AS_ERRORS}>>:-Werror>
  )
  # Square roots that need not set errno can be vectorised (core/optimiser.hpp); nobody here reads errno after one.
  target_compile_options(joust_own_program INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fno-math-errno>)
elseif(MSVC)
  target_compile_options(joust_own_program INTERFACE /W4 $<$<BOOL:${JOUST_WARNINGS_AS_ERRORS}>:/WX>)
endif()

if(JOUST_NATIVE)
  # Compilers read the processor's name, and virtual machines hide instructions that the name promises: what
  # counts is whether such a program runs.
  include(CheckCXXSourceRuns)
  set(CMAKE_REQUIRED_FLAGS "-O3 -march=native")
  check_cxx_source_runs(
    "int main(int count, char**) {
       double a[64]{}, b[64]{};
       for (int i = 0; i < 64; ++i) { a[i] = count + i; b[i] = 0.5 * i; }
       double sum = 0.0;
       for (int i = 0; i < 64; ++i) sum += a[i] * b[i] + static_cast<double>(static_cast<unsigned long long>(a[i]) >> 1);
       return sum > 0.0 ? 0 : 1;
     }"
    joust_native_code_runs
  )
  unset(CMAKE_REQUIRED_FLAGS)
  if(joust_native_code_runs)
    target_compile_options(joust_own_program INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-march=native>)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      # It warns of its own AVX headers (GCC bug 105593). And knowing which registers a local function touches, it
      # leaves out a vzeroupper now and then: exp of the C library then takes five times as long on that thread.
      target_compile_options(
        joust_own_program INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized> $<$<COMPILE_LANGUAGE:CXX>:-fno-ipa-ra>
      )
    endif()
  else()
    message(STATUS "joust: programs built with -march=native do not run here; building for the common processor")
  endif()
endif()

if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(JOUST_CCACHE ccache)
  mark_as_advanced(JOUST_CCACHE)
  if(JOUST_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${JOUST_CCACHE}")
  endif()
endif()
