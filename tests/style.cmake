# The sources are as .clang-format says, which is for one version of clang-format.
find_program(SEG_CLANG_FORMAT clang-format-22)
mark_as_advanced(SEG_CLANG_FORMAT)
if(SEG_CLANG_FORMAT)
  file(GLOB_RECURSE sources RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/modules/*.cpp*
       ${PROJECT_SOURCE_DIR}/tests/*.?pp ${PROJECT_SOURCE_DIR}/benchmarks/*.?pp)
  add_test(NAME style.format COMMAND ${SEG_CLANG_FORMAT} --dry-run -Werror ${sources}
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endif()
