# Chooses the compiler, and says in one sentence what is missing. Included before project() when seg is the top level.
#
# A compiler that the caller names (CMAKE_CXX_COMPILER, a toolchain file, the environment's CXX) is taken as it is;
# otherwise the newest capable one that is installed, of the family in SEG_COMPILER: clang, gcc, or the first of the
# two.
set(SEG_COMPILER "any" CACHE STRING "Family of the compiler to choose: clang, gcc or any")
include(${CMAKE_CURRENT_LIST_DIR}/requirements.cmake)

seg_generator_obstacle(seg_obstacle)
if(seg_obstacle)
  message(FATAL_ERROR "${seg_obstacle}")
endif()

# program -> the first number of its version, 0 if it does not run
function(seg_major_version program result)
  execute_process(COMMAND ${program} -dumpversion OUTPUT_VARIABLE version ERROR_QUIET RESULT_VARIABLE status)
  string(REGEX MATCH "^[0-9]+" major "${version}")
  if(NOT status EQUAL 0 OR NOT major)
    set(major 0)
  endif()
  set(${result} ${major} PARENT_SCOPE)
endfunction()

# clang++, the first number of its version -> its clang-scan-deps, which finds the modules that a file imports. Debian
# packages it separately.
function(seg_scan_deps compiler major result)
  cmake_path(GET compiler PARENT_PATH folder)
  unset(found)
  find_program(found NAMES clang-scan-deps-${major} clang-scan-deps HINTS ${folder} /usr/lib/llvm-${major}/bin NO_CACHE)
  set(${result} ${found} PARENT_SCOPE)
endfunction()

# name, oldest version -> the newest installed compiler of that name, if any is new enough and complete; incomplete is
# set to the first number of the version of one that only lacks clang-scan-deps
function(seg_newest_compiler name oldest result incomplete)
  set(newest 0)
  set(newest_path "")
  set(lacking "")
  # A distribution's newest compiler has its version in its name, or is the one without.
  foreach(suffix RANGE 60 ${oldest} -1)
    list(APPEND candidates ${name}-${suffix})
  endforeach()
  foreach(candidate ${name} ${candidates})
    unset(path) # find_program does not search for what is set
    find_program(path ${candidate} NO_CACHE)
    if(path)
      seg_major_version(${path} major)
      if(major GREATER_EQUAL oldest AND major GREATER newest)
        set(scan_deps "")
        if(name STREQUAL "clang++")
          seg_scan_deps(${path} ${major} scan_deps)
        endif()
        if(name STREQUAL "clang++" AND NOT scan_deps)
          set(lacking ${major})
        else()
          set(newest ${major})
          set(newest_path ${path})
        endif()
      endif()
    endif()
  endforeach()
  set(${result} "${newest_path}" PARENT_SCOPE)
  set(${incomplete} "${lacking}" PARENT_SCOPE)
endfunction()

if(NOT CMAKE_CXX_COMPILER AND NOT CMAKE_TOOLCHAIN_FILE AND NOT DEFINED ENV{CXX})
  set(seg_compiler "")
  set(seg_incomplete "")
  if(NOT SEG_COMPILER STREQUAL "gcc")
    seg_newest_compiler(clang++ ${seg_oldest_clang} seg_compiler seg_incomplete)
  endif()
  if(NOT seg_compiler AND NOT SEG_COMPILER STREQUAL "clang")
    seg_newest_compiler(g++ ${seg_oldest_gcc} seg_compiler seg_ignored)
  endif()
  if(NOT seg_compiler AND seg_incomplete)
    message(FATAL_ERROR "seg needs clang-scan-deps for clang++ ${seg_incomplete}, and it is not installed; .ci/setup "
                        "installs it.")
  elseif(NOT seg_compiler)
    message(FATAL_ERROR "seg needs ${seg_wanted_${SEG_COMPILER}}, or newer, and none is installed; .ci/setup installs "
                        "what the distribution has.")
  endif()
  set(CMAKE_CXX_COMPILER ${seg_compiler} CACHE FILEPATH "C++ compiler")
endif()

# Whether a compiler that the caller named is new enough is known after project(): see seg_obstacle.

if(NOT CMAKE_MAKE_PROGRAM)
  find_program(seg_ninja NAMES ninja ninja-build NO_CACHE)
  if(NOT seg_ninja)
    message(FATAL_ERROR "seg needs Ninja ${seg_oldest_ninja} or newer to build modules, and it is not installed; "
                        ".ci/setup installs it.")
  endif()
endif()
