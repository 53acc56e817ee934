# The project in this folder, made by CTest as its users would make it: of the installed package and of the checkout as
# a subdirectory, at every standard that an importer may have, with the compiler and the flags of this build.
set(seg_consumer ${CMAKE_CURRENT_LIST_DIR})
set(seg_consumer_builds ${CMAKE_CURRENT_BINARY_DIR}/consumer)
set(seg_prefix ${seg_consumer_builds}/prefix)

# What a project is configured with to be built as this one is.
set(seg_consumer_options
    -DCMAKE_BUILD_TYPE=$<CONFIG> -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER} -DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS}
    -DCMAKE_EXE_LINKER_FLAGS=${CMAKE_EXE_LINKER_FLAGS} -DCMAKE_TOOLCHAIN_FILE=${CMAKE_TOOLCHAIN_FILE}
    -DCMAKE_COMPILE_WARNING_AS_ERROR=${CMAKE_COMPILE_WARNING_AS_ERROR})
set(seg_of_checkout -DSEG_CHECKOUT=${PROJECT_SOURCE_DIR})
set(seg_of_package -Dseg_ROOT=${seg_prefix})
set(seg_strict -DCMAKE_CXX_STANDARD_REQUIRED=ON -DCMAKE_CXX_EXTENSIONS=OFF)

# name, [the project's folder, if it is not this one], cache variables -> the test that the project builds without a
# warning, and that its own tests pass
function(seg_test_consumer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SOURCE" "")
  add_test(NAME consumer.${name}
           COMMAND ${CMAKE_CTEST_COMMAND} --build-and-test ${seg_consumer}/${arg_SOURCE} ${seg_consumer_builds}/${name}
                   --build-generator ${CMAKE_GENERATOR} --build-makeprogram ${CMAKE_MAKE_PROGRAM}
                   --build-config $<CONFIG>
                   --build-options --fresh ${seg_consumer_options} ${arg_UNPARSED_ARGUMENTS}
                   --test-command ${CMAKE_CTEST_COMMAND} --output-on-failure --no-tests=error --build-config $<CONFIG>)
  set_tests_properties(consumer.${name} PROPERTIES PROCESSORS 2 ENVIRONMENT CMAKE_BUILD_PARALLEL_LEVEL=2
                                                   FAIL_REGULAR_EXPRESSION "warning:")
endfunction()

foreach(standard IN ITEMS 20 23)
  seg_test_consumer(subdirectory_cxx${standard} ${seg_of_checkout} ${seg_strict} -DCMAKE_CXX_STANDARD=${standard})
  list(APPEND seg_package_tests package_cxx${standard})
  seg_test_consumer(package_cxx${standard} ${seg_of_package} ${seg_strict} -DCMAKE_CXX_STANDARD=${standard})
endforeach()
# A project that chooses nothing gets the compiler's extensions too.
seg_test_consumer(package ${seg_of_package})
list(APPEND seg_package_tests package)

# Without exceptions and run-time type information.
if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize|-fno-exceptions")
  seg_test_consumer(no_exceptions ${seg_of_checkout} ${seg_strict} -DCMAKE_CXX_STANDARD=20
                    "-DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS} -fno-exceptions -fno-rtti")
endif()

# Targets at different standards, in a project that asks for an older CMake; with clang also for every warning there is, but
# for those that are about C++98 and padding. None is about seg's files.
set(seg_all_warnings ${seg_strict} -DCMAKE_CXX_STANDARD=20)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  list(APPEND seg_all_warnings "-DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS} -Weverything -Wno-c++98-compat \
-Wno-c++98-compat-pedantic -Wno-padded")
endif()
seg_test_consumer(standards_subdirectory SOURCE standards ${seg_of_checkout} ${seg_all_warnings})
seg_test_consumer(standards_package SOURCE standards ${seg_of_package} ${seg_all_warnings})
list(APPEND seg_package_tests standards_package)

# A user's own library of modules, installed, and a project at another standard than it was built at.
set(seg_shapes_prefix ${seg_consumer_builds}/shapes_prefix)
add_test(NAME consumer.shapes
         COMMAND ${CMAKE_CTEST_COMMAND} --build-and-test ${seg_consumer}/shapes ${seg_consumer_builds}/shapes
                 --build-generator ${CMAKE_GENERATOR} --build-makeprogram ${CMAKE_MAKE_PROGRAM} --build-config $<CONFIG>
                 --build-target install
                 --build-options --fresh ${seg_consumer_options} ${seg_of_package} ${seg_strict} -DCMAKE_CXX_STANDARD=20
                                 -DCMAKE_INSTALL_PREFIX=${seg_shapes_prefix})
set_tests_properties(consumer.shapes PROPERTIES FIXTURES_SETUP seg_shapes FAIL_REGULAR_EXPRESSION "warning:")
seg_test_consumer(drawing SOURCE drawing ${seg_of_package} ${seg_strict} -DCMAKE_CXX_STANDARD=23
                  -Dshapes_ROOT=${seg_shapes_prefix})
list(APPEND seg_package_tests shapes drawing)

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
                     --build-options --fresh ${seg_of_package} -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
                                     "-DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS} -fsanitize=${sanitizer}")
    set_tests_properties(consumer.${name} PROPERTIES PASS_REGULAR_EXPRESSION "library_with_${sanitizer}_sanitizer")
    list(APPEND seg_package_tests ${name})
  endforeach()
endif()

# The Debian package: what it says of itself, and a project that uses it. The tests only unpack it; .ci/run installs it.
find_program(SEG_DPKG_DEB dpkg-deb)
mark_as_advanced(SEG_DPKG_DEB)
if(SEG_DPKG_DEB AND SEG_INSTALL AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  set(seg_deb ${seg_consumer_builds}/deb)
  add_test(NAME consumer.deb
           COMMAND ${CMAKE_COMMAND} -D cpack=${CMAKE_CPACK_COMMAND} -D dpkg_deb=${SEG_DPKG_DEB} -D build=${PROJECT_BINARY_DIR}
                   -D configuration=$<CONFIG> -D version=${PROJECT_VERSION} -D folder=${seg_deb}
                   -P ${seg_consumer}/deb.cmake)
  set_tests_properties(consumer.deb PROPERTIES FIXTURES_SETUP seg_deb)
  seg_test_consumer(of_deb SOURCE standards -Dseg_ROOT=${seg_deb}/unpacked/usr ${seg_strict} -DCMAKE_CXX_STANDARD=20)
  set_tests_properties(consumer.of_deb PROPERTIES FIXTURES_REQUIRED seg_deb)
endif()

include(${CMAKE_CURRENT_LIST_DIR}/refusals.cmake)

if(SEG_INSTALL)
  add_test(NAME consumer.clean COMMAND ${CMAKE_COMMAND} -E rm -rf ${seg_prefix})
  add_test(NAME consumer.install COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --config $<CONFIG>
                                         --prefix ${seg_prefix})
  set_tests_properties(consumer.clean PROPERTIES FIXTURES_SETUP seg_clean_prefix)
  set_tests_properties(consumer.install PROPERTIES FIXTURES_SETUP seg_prefix FIXTURES_REQUIRED seg_clean_prefix)
  list(TRANSFORM seg_package_tests PREPEND consumer.)
  set_tests_properties(${seg_package_tests} PROPERTIES FIXTURES_REQUIRED seg_prefix)
  set_tests_properties(consumer.drawing PROPERTIES FIXTURES_REQUIRED "seg_prefix;seg_shapes")
endif()
