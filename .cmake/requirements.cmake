# What seg needs of whoever builds it or imports it, wherever that is: a checkout, a subdirectory or the installed package.
# An importer's project may ask for an older CMake, and its policies are not to hold here.
cmake_policy(VERSION 3.10...3.28)

set(seg_oldest_cmake 3.28)
set(seg_oldest_clang 19)
set(seg_oldest_gcc 16)
set(seg_oldest_ninja 1.11)
set(seg_oldest_boost 1.81)
set(seg_wanted_clang "clang++ ${seg_oldest_clang}")
set(seg_wanted_gcc "g++ ${seg_oldest_gcc}")
set(seg_wanted_any "${seg_wanted_clang} or ${seg_wanted_gcc}")

# -> a sentence that says why this generator cannot build modules, empty if it can. A Ninja that is not found is not its
# business: CMake says so itself.
function(seg_generator_obstacle result)
  set(obstacle "")
  if(NOT CMAKE_GENERATOR MATCHES "^Ninja")
    set(obstacle "seg consists of C++ modules, which the generator ${CMAKE_GENERATOR} cannot build: \
configure a new build folder with -G Ninja.")
  elseif(CMAKE_MAKE_PROGRAM)
    execute_process(COMMAND ${CMAKE_MAKE_PROGRAM} --version OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(version VERSION_LESS seg_oldest_ninja)
      set(obstacle "seg needs Ninja ${seg_oldest_ninja} or newer to build modules, and ${CMAKE_MAKE_PROGRAM} is version \
${version}.")
    endif()
  endif()
  set(${result} "${obstacle}" PARENT_SCOPE)
endfunction()

# -> a sentence that says why this project cannot build or import seg, empty if it can; called after project()
function(seg_obstacle result)
  seg_generator_obstacle(obstacle)
  set(compiler "${CMAKE_CXX_COMPILER} is ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
  set(advice "name another in CMAKE_CXX_COMPILER or the environment's CXX.")
  if(CMAKE_VERSION VERSION_LESS seg_oldest_cmake)
    set(obstacle "seg needs CMake ${seg_oldest_cmake} or newer to build modules, and this is ${CMAKE_VERSION}.")
  elseif(obstacle)
    # The generator's own.
  elseif(NOT CMAKE_CXX_COMPILER_LOADED)
    set(obstacle "seg needs a project that has enabled the language CXX.")
  elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION MATCHES "^15[.]")
    set(obstacle "seg needs ${seg_wanted_any}, or newer: ${compiler}, which fails inside the compiler where it imports seg \
(\"failed to read compiled module cluster\"); ${advice}")
  elseif(NOT (CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL seg_oldest_clang)
         AND NOT (CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL seg_oldest_gcc))
    set(obstacle "seg needs ${seg_wanted_any}, or newer, and ${compiler}: ${advice}")
  elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND NOT CMAKE_CXX_COMPILER_CLANG_SCAN_DEPS)
    set(obstacle "seg needs clang-scan-deps, with which CMake finds the modules that a file imports, and none was found for \
${CMAKE_CXX_COMPILER} ${CMAKE_CXX_COMPILER_VERSION}: install it, or name it in CMAKE_CXX_COMPILER_CLANG_SCAN_DEPS.")
  endif()
  set(${result} "${obstacle}" PARENT_SCOPE)
endfunction()
