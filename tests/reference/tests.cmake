# The pages in modules/ say what the code is.

foreach(module sys arena list vector)
  add_test(NAME reference.${module}
           COMMAND ${CMAKE_COMMAND} -D MODULE=${PROJECT_SOURCE_DIR}/modules/${module}
                   -D PAGE=${PROJECT_SOURCE_DIR}/modules/${module}/README.md
                   -P ${CMAKE_CURRENT_SOURCE_DIR}/reference/names.cmake)
endforeach()

add_executable(reference_migration reference/migration.cpp)
target_link_libraries(reference_migration PRIVATE seg::seg test_main)
add_test(NAME reference.migration COMMAND reference_migration --report_level=short)

# What things cost, as modules/README.md says. It is of an unchecked build, and of addresses of 64 bits.
if(NOT SEG_CHECKED AND CMAKE_SIZEOF_VOID_P EQUAL 8)
  set(costs ${PROJECT_SOURCE_DIR}/modules/README.md)
  add_executable(reference_bytes reference/bytes.cpp)
  target_link_libraries(reference_bytes PRIVATE seg::seg)
  if(NOT CMAKE_CROSSCOMPILING)
    add_test(NAME reference.bytes COMMAND ${CMAKE_COMMAND} -D PAGE=${costs} -D PROGRAM=$<TARGET_FILE:reference_bytes>
                                          -P ${CMAKE_CURRENT_SOURCE_DIR}/reference/bytes.cmake)
  endif()

  # Instructions are those of the compiler that the page names, where there is a tool that counts.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${costs})
  file(READ ${costs} page)
  if(NOT page MATCHES "clang ([0-9.]+) at -O3 for x86-64")
    message(FATAL_ERROR "${costs} does not say of which compiler the instructions are")
  endif()
  set(compiler_on_page ${CMAKE_MATCH_1})
  if(SEG_VALGRIND AND CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64"
     AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_EQUAL compiler_on_page
     AND NOT CMAKE_CXX_FLAGS MATCHES "-(march|fsanitize|stdlib)")
    add_executable(reference_instructions reference/instructions.cpp)
    target_link_libraries(reference_instructions PRIVATE seg::seg)
    add_test(NAME reference.instructions
             COMMAND ${CMAKE_COMMAND} -D VALGRIND=${SEG_VALGRIND} -D PAGE=${costs}
                     -D PROGRAM=$<TARGET_FILE:reference_instructions>
                     -P ${CMAKE_CURRENT_SOURCE_DIR}/reference/instructions.cmake)
  endif()
endif()
