# What configuring says, in one sentence, where something is missing or too old: of seg itself, of a project that has it as a
# subdirectory, and of one that finds the package.

# name, folder of the project, sentence, stand-ins (a list, see refusal.cmake), options
function(seg_test_refusal name project expected stand_ins)
  add_test(NAME configure.${name}
           COMMAND ${CMAKE_COMMAND} -D "source=${project}" -D "folder=${seg_consumer_builds}/refusal_${name}"
                   -D "expected=${expected}" -D "stand_ins=${stand_ins}" -D "options=${ARGN}"
                   -P ${seg_consumer}/refusal.cmake)
endfunction()

# the same of a consumer, both ways
function(seg_test_consumer_refusal name project expected stand_ins)
  seg_test_refusal(${name}_subdirectory ${project} "${expected}" "${stand_ins}" ${seg_of_checkout} ${ARGN})
  seg_test_refusal(${name}_package ${project} "${expected}" "${stand_ins}" ${seg_of_package} ${ARGN})
  set_property(TEST configure.${name}_package PROPERTY FIXTURES_REQUIRED seg_prefix)
endfunction()

# ---- before project(), where seg looks for a compiler itself

set(here ${PROJECT_SOURCE_DIR})
set(wanted "seg needs clang++ 19 or g++ 16, or newer, and none is installed; .ci/setup installs what the distribution has.")
seg_test_refusal(without_compiler ${here} "${wanted}" ninja=1.12.1 -G Ninja)
seg_test_refusal(with_old_compilers ${here} "${wanted}"
                 "ninja=1.12.1;clang++=18.1.8;clang++-18=18.1.8;g++=12.2.0;g++-15=15.1.0" -G Ninja)
seg_test_refusal(without_scan_deps ${here} "seg needs clang-scan-deps for clang++ 40, and it is not installed; .ci/setup \
installs it." "ninja=1.12.1;clang++-40=40.1.0;g++=12.2.0" -G Ninja)
seg_test_refusal(without_ninja ${here} "seg needs Ninja 1.11 or newer to build modules, and it is not installed; .ci/setup \
installs it." g++-40=40 -G Ninja)

# ---- wherever seg is built or imported

# A compiler that CMake takes to be of that family and version without asking it
function(seg_compiler_options name family version result)
  set(${result} -DCMAKE_CXX_COMPILER=${name} -DCMAKE_CXX_COMPILER_ID=${family} -DCMAKE_CXX_COMPILER_VERSION=${version}
      -DCMAKE_CXX_COMPILER_ID_RUN=ON -DCMAKE_CXX_COMPILER_FORCED=ON PARENT_SCOPE)
endfunction()

# name, sentence, stand-ins, options
function(seg_test_refusals name expected stand_ins)
  seg_test_refusal(${name} ${here} "${expected}" "${stand_ins}" ${ARGN})
  seg_test_consumer_refusal(${name} ${seg_consumer} "${expected}" "${stand_ins}" ${ARGN})
endfunction()

seg_compiler_options(c++ Clang 22.1.8 clang)
set(tools "ninja=1.12.1;make=4.4;c++=0;clang-scan-deps=0")
seg_test_refusals(with_makefiles "seg consists of C++ modules, which the generator Unix Makefiles cannot build: configure a \
new build folder with -G Ninja." "${tools}" ${clang} -G "Unix Makefiles")
seg_test_refusals(with_old_ninja "seg needs Ninja 1.11 or newer to build modules, and ninja is version 1.10.1."
                  "ninja=1.10.1;c++=0;clang-scan-deps=0" ${clang} -G Ninja)
seg_test_refusals(with_clang_alone "seg needs clang-scan-deps, with which CMake finds the modules that a file imports, and \
none was found for c++ 22.1.8: install it, or name it in CMAKE_CXX_COMPILER_CLANG_SCAN_DEPS." "ninja=1.12.1;c++=0" ${clang} -G Ninja)

set(wanted "seg needs clang++ 19 or g++ 16, or newer")
set(advice "name another in CMAKE_CXX_COMPILER or the environment's CXX.")
seg_compiler_options(c++ GNU 12.2.0 gcc_12)
seg_test_refusals(with_gcc_12 "${wanted}, and c++ is GNU 12.2.0: ${advice}" "${tools}" ${gcc_12} -G Ninja)
seg_compiler_options(c++ GNU 15.3.0 gcc_15)
seg_test_refusals(with_gcc_15 "${wanted}: c++ is GNU 15.3.0, which fails inside the compiler where it imports seg (\"failed \
to read compiled module cluster\"); ${advice}" "${tools}" ${gcc_15} -G Ninja)
seg_compiler_options(c++ Clang 18.1.8 clang_18)
seg_test_refusals(with_clang_18 "${wanted}, and c++ is Clang 18.1.8: ${advice}" "${tools}" ${clang_18} -G Ninja)
seg_compiler_options(c++ IntelLLVM 2025.3.0 other)
seg_test_refusals(with_other_compiler "${wanted}, and c++ is IntelLLVM 2025.3.0: ${advice}" "${tools}" ${other} -G Ninja)

# ---- targets at another standard than what they link, before the CMake that compiles an interface for each importer

if(CMAKE_VERSION VERSION_LESS 4.4)
  set(options -G ${CMAKE_GENERATOR} ${seg_consumer_options} ${seg_strict} -DCMAKE_CXX_STANDARD=20)
  foreach(of IN ITEMS feature library)
    seg_test_consumer_refusal(with_${of}_above ${seg_consumer}/standards "wrong is compiled at C++23, and seg::seg, which it \
links, at C++20: an importer has to be compiled at the standard of what it imports, so link seg::cxx23 instead." ""
                              ${options} -DWRONG=${of})
  endforeach()
  seg_test_consumer_refusal(with_standard_above ${seg_consumer}/standards "wrong is compiled at C++23, and seg::cxx20, which it \
links, at C++20: an importer has to be compiled at the standard of what it imports, so link seg::cxx23 instead." ""
                            ${options} -DWRONG=property)
  seg_test_consumer_refusal(with_standard_above_library ${seg_consumer}/standards "wrong is compiled at C++23, and seg::seg, which it \
links, at C++20: an importer has to be compiled at the standard of what it imports, so compile both, and the library that links \
seg, at one standard." "" ${options} -DWRONG=through_library)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    set(advice "clang takes both from one project only where they are alike, so set CMAKE_CXX_EXTENSIONS before seg is added or \
found.")
    seg_test_consumer_refusal(with_other_extensions ${seg_consumer}/standards "CXX_EXTENSIONS is ON for wrong, and OFF for \
seg::seg, which it links: ${advice}" "" ${options} -DWRONG=extensions_ON)
    # The project sets none, so that the compiler's default holds, which is ON.
    list(REMOVE_ITEM options ${seg_strict})
    seg_test_consumer_refusal(without_extensions ${seg_consumer}/standards "CXX_EXTENSIONS is OFF for wrong, and ON for \
seg::seg, which it links: ${advice}" "" ${options} -DWRONG=extensions_OFF)
  endif()
endif()
