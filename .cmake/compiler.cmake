# Chooses the compiler, and says in one sentence what is missing. Included before project() when seg is the top level.
#
# A compiler that the caller names (CMAKE_CXX_COMPILER, a toolchain file, the environment's CXX) is taken as it is;
# otherwise the newest capable one that is installed, of the family in SEG_COMPILER: clang, gcc, or the first of the two.
set(SEG_COMPILER "any" CACHE STRING "Family of the compiler to choose: clang, gcc or any")
set(seg_oldest_clang 19)
set(seg_oldest_gcc 16)
set(seg_oldest_ninja 1.11)

# program -> the first number of its version, 0 if it does not run
function(seg_major_version program result)
  execute_process(COMMAND ${program} -dumpversion OUTPUT_VARIABLE version ERROR_QUIET RESULT_VARIABLE status)
  string(REGEX MATCH "^[0-9]+" major "${version}")
  if(NOT status EQUAL 0 OR NOT major)
    set(major 0)
  endif()
  set(${result} ${major} PARENT_SCOPE)
endfunction()

# name, oldest version -> the newest installed compiler of that name, if any is new enough
function(seg_newest_compiler name oldest result)
  set(${result} "" PARENT_SCOPE)
  set(newest 0)
  # A distribution's newest compiler has its version in its name, or is the one without.
  foreach(suffix RANGE 60 ${oldest} -1)
    list(APPEND candidates ${name}-${suffix})
  endforeach()
  foreach(candidate ${name} ${candidates})
    find_program(seg_candidate ${candidate} NO_CACHE)
    if(seg_candidate)
      seg_major_version(${seg_candidate} major)
      if(major GREATER_EQUAL oldest AND major GREATER newest)
        set(newest ${major})
        set(${result} ${seg_candidate} PARENT_SCOPE)
      endif()
    endif()
    unset(seg_candidate)
  endforeach()
endfunction()

if(NOT CMAKE_CXX_COMPILER AND NOT CMAKE_TOOLCHAIN_FILE AND NOT DEFINED ENV{CXX})
  if(NOT SEG_COMPILER STREQUAL "gcc")
    seg_newest_compiler(clang++ ${seg_oldest_clang} seg_compiler)
  endif()
  if(NOT seg_compiler AND NOT SEG_COMPILER STREQUAL "clang")
    seg_newest_compiler(g++ ${seg_oldest_gcc} seg_compiler)
  endif()
  if(NOT seg_compiler)
    set(seg_wanted_clang "clang++ ${seg_oldest_clang}")
    set(seg_wanted_gcc "g++ ${seg_oldest_gcc}")
    set(seg_wanted_any "${seg_wanted_clang} or ${seg_wanted_gcc}")
    message(FATAL_ERROR "seg needs ${seg_wanted_${SEG_COMPILER}}, or newer, and none is installed; .ci/setup installs "
                        "what the distribution has.")
  endif()
  set(CMAKE_CXX_COMPILER ${seg_compiler} CACHE FILEPATH "C++ compiler")
endif()

# clang finds the modules that a file imports with a program of its own, which Debian packages separately.
if(CMAKE_CXX_COMPILER MATCHES "clang[+][+]")
  seg_major_version(${CMAKE_CXX_COMPILER} seg_major)
  find_program(seg_scan_deps NAMES clang-scan-deps-${seg_major} clang-scan-deps
               HINTS /usr/lib/llvm-${seg_major}/bin NO_CACHE)
  if(NOT seg_scan_deps)
    message(FATAL_ERROR "seg needs clang-scan-deps for ${CMAKE_CXX_COMPILER}; .ci/setup installs it "
                        "(clang-tools-${seg_major}).")
  endif()
endif()

if(CMAKE_GENERATOR MATCHES "Ninja")
  find_program(seg_ninja NAMES ninja ninja-build NO_CACHE)
  if(seg_ninja)
    execute_process(COMMAND ${seg_ninja} --version OUTPUT_VARIABLE seg_ninja_version OUTPUT_STRIP_TRAILING_WHITESPACE)
  endif()
  if(NOT seg_ninja OR seg_ninja_version VERSION_LESS seg_oldest_ninja)
    message(FATAL_ERROR "seg needs Ninja ${seg_oldest_ninja} or newer to build modules; .ci/setup installs it.")
  endif()
endif()
