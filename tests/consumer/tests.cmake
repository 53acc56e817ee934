# The project in this folder, made by CTest as its users would make it: of the installed package and of the checkout as
# a subdirectory, at every standard that an importer may have, with the compiler and the flags of this build.
set(seg_consumer ${CMAKE_CURRENT_LIST_DIR})
set(seg_consumer_builds ${CMAKE_CURRENT_BINARY_DIR}/consumer)
set(seg_prefix ${seg_consumer_builds}/prefix)

# name, cache variables -> the tests' fixtures, and the test
function(seg_test_consumer name)
  add_test(NAME consumer.${name}
           COMMAND ${CMAKE_CTEST_COMMAND} --build-and-test ${seg_consumer} ${seg_consumer_builds}/${name}
                   --build-generator ${CMAKE_GENERATOR} --build-makeprogram ${CMAKE_MAKE_PROGRAM}
                   --build-config $<CONFIG>
                   --build-options --fresh ${ARGN} -DCMAKE_BUILD_TYPE=$<CONFIG>
                                   -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER} -DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS}
                                   -DCMAKE_EXE_LINKER_FLAGS=${CMAKE_EXE_LINKER_FLAGS}
                                   -DCMAKE_TOOLCHAIN_FILE=${CMAKE_TOOLCHAIN_FILE}
                                   -DCONSUMER_WARNING_AS_ERROR=${CMAKE_COMPILE_WARNING_AS_ERROR}
                   --test-command ${CMAKE_CTEST_COMMAND} --output-on-failure --no-tests=error --build-config $<CONFIG>)
  set_tests_properties(consumer.${name} PROPERTIES PROCESSORS 2 ENVIRONMENT CMAKE_BUILD_PARALLEL_LEVEL=2)
endfunction()

foreach(standard IN ITEMS 20 23)
  set(strict -DCMAKE_CXX_STANDARD=${standard} -DCMAKE_CXX_STANDARD_REQUIRED=ON -DCMAKE_CXX_EXTENSIONS=OFF)
  seg_test_consumer(subdirectory_cxx${standard} -DSEG_CHECKOUT=${PROJECT_SOURCE_DIR} ${strict})
  list(APPEND seg_package_tests package_cxx${standard})
  seg_test_consumer(package_cxx${standard} -Dseg_ROOT=${seg_prefix} ${strict})
endforeach()
# A project that chooses nothing gets the compiler's extensions too.
seg_test_consumer(package -Dseg_ROOT=${seg_prefix})
list(APPEND seg_package_tests package)

# A program with a sanitizer and a library without it do not link, and the linker says why.
if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  set(cases address.main thread.main thread.numbers)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    list(APPEND cases memory.main)
  endif()
  foreach(case IN LISTS cases)
    string(REPLACE "." ";" sanitizer "${case}")
    list(POP_BACK sanitizer program)
    set(name without_${sanitizer}_sanitizer_${program})
    add_test(NAME consumer.${name}
             COMMAND ${CMAKE_CTEST_COMMAND} --build-and-test ${seg_consumer} ${seg_consumer_builds}/${name}
                     --build-generator ${CMAKE_GENERATOR} --build-makeprogram ${CMAKE_MAKE_PROGRAM} --build-target ${program}
                     --build-options --fresh -Dseg_ROOT=${seg_prefix} -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
                                     "-DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS} -fsanitize=${sanitizer}")
    set_tests_properties(consumer.${name} PROPERTIES PASS_REGULAR_EXPRESSION "library_with_${sanitizer}_sanitizer")
    list(APPEND seg_package_tests ${name})
  endforeach()
endif()

if(SEG_INSTALL)
  add_test(NAME consumer.clean COMMAND ${CMAKE_COMMAND} -E rm -rf ${seg_prefix})
  add_test(NAME consumer.install COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --config $<CONFIG>
                                         --prefix ${seg_prefix})
  set_tests_properties(consumer.clean PROPERTIES FIXTURES_SETUP seg_clean_prefix)
  set_tests_properties(consumer.install PROPERTIES FIXTURES_SETUP seg_prefix FIXTURES_REQUIRED seg_clean_prefix)
  list(TRANSFORM seg_package_tests PREPEND consumer.)
  set_tests_properties(${seg_package_tests} PROPERTIES FIXTURES_REQUIRED seg_prefix)
endif()

# What configuring says, in one sentence, where something is missing. Each test has a folder of stand-ins, NAME=VERSION,
# as its whole PATH.
function(seg_test_refusal name expected)
  add_test(NAME configure.${name}
           COMMAND ${CMAKE_COMMAND} -D "checkout=${PROJECT_SOURCE_DIR}" -D "folder=${seg_consumer_builds}/refusal_${name}"
                   -D "expected=${expected}" -D "stand_ins=${ARGN}"
                   -P ${seg_consumer}/refusal.cmake)
endfunction()

set(wanted "seg needs clang++ 19 or g++ 16, or newer, and none is installed; .ci/setup installs what the distribution has.")
seg_test_refusal(without_compiler "${wanted}" ninja=1.12.1)
seg_test_refusal(with_old_compilers "${wanted}" ninja=1.12.1 clang++=18.1.8 clang++-18=18.1.8 g++=12.2.0 g++-15=15.1.0)
seg_test_refusal(with_old_named_compiler "seg needs clang++ 19 or g++ 16, or newer, and g++ is version 12; without \
CMAKE_CXX_COMPILER and CXX the newest installed one is chosen." ninja=1.12.1 g++=12.2.0 clang++-40=40.1.0 CXX=g++)
seg_test_refusal(without_scan_deps "seg needs clang-scan-deps for clang++ 40, and it is not installed; .ci/setup \
installs it." ninja=1.12.1 clang++-40=40.1.0 g++=12.2.0)
set(wanted "seg needs Ninja 1.11 or newer to build modules, and it is not installed; .ci/setup installs it.")
seg_test_refusal(without_ninja "${wanted}" g++-40=40)
seg_test_refusal(with_old_ninja "${wanted}" g++-40=40 ninja=1.10.1)
