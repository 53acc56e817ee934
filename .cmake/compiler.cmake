# Chooses the compiler, and says in one sentence what is missing. Included before project() when seg is the top level.
#
# A compiler that the caller names (CMAKE_CXX_COMPILER, a toolchain file, the environment's CXX) is taken as it is;
# otherwise the newest capable one that is installed, of the family in SEG_COMPILER: clang, gcc, or the first of the
# two.
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

set(seg_wanted_clang "clang++ ${seg_oldest_clang}")
set(seg_wanted_gcc "g++ ${seg_oldest_gcc}")
set(seg_wanted_any "${seg_wanted_clang} or ${seg_wanted_gcc}")

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

# A compiler that the caller named may be too old for modules, which CMake would say less plainly.
if(CMAKE_CXX_COMPILER)
  set(seg_named ${CMAKE_CXX_COMPILER})
else()
  set(seg_named $ENV{CXX})
endif()
cmake_path(GET seg_named FILENAME seg_name)
if(seg_name MATCHES "^(clang|g)[+][+](-[0-9]+)?$")
  set(seg_family gcc)
  if(CMAKE_MATCH_1 STREQUAL "clang")
    set(seg_family clang)
  endif()
  find_program(seg_path ${seg_named} NO_CACHE)
  if(seg_path)
    seg_major_version(${seg_path} seg_major)
    if(seg_major LESS ${seg_oldest_${seg_family}})
      message(FATAL_ERROR "seg needs ${seg_wanted_any}, or newer, and ${seg_named} is version ${seg_major}; without "
                          "CMAKE_CXX_COMPILER and CXX the newest installed one is chosen.")
    endif()
    if(seg_family STREQUAL "clang")
      seg_scan_deps(${seg_path} ${seg_major} seg_scan_deps_path)
      if(NOT seg_scan_deps_path)
        message(FATAL_ERROR "seg needs clang-scan-deps for clang++ ${seg_major}, and it is not installed; .ci/setup "
                            "installs it.")
      endif()
    endif()
  endif()
  unset(seg_path)
endif()

if(CMAKE_GENERATOR MATCHES "Ninja")
  if(CMAKE_MAKE_PROGRAM)
    set(seg_ninja ${CMAKE_MAKE_PROGRAM})
  else()
    find_program(seg_ninja NAMES ninja ninja-build NO_CACHE)
  endif()
  if(seg_ninja)
    execute_process(COMMAND ${seg_ninja} --version OUTPUT_VARIABLE seg_ninja_version OUTPUT_STRIP_TRAILING_WHITESPACE)
  endif()
  if(NOT seg_ninja OR seg_ninja_version VERSION_LESS seg_oldest_ninja)
    message(FATAL_ERROR "seg needs Ninja ${seg_oldest_ninja} or newer to build modules, and it is not installed; "
                        ".ci/setup installs it.")
  endif()
endif()
