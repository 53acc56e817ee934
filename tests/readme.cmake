# The README's first project, taken from it, so that it stays true: it must build, and print what the README says.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/README.md)
file(READ ${PROJECT_SOURCE_DIR}/README.md readme)

# kind -> the text of the first block of that kind. CMake splits lists at semicolons, which a program has many of.
function(seg_readme_block kind result)
  string(FIND "${readme}" "```${kind}\n" begin)
  string(LENGTH "```${kind}\n" length)
  math(EXPR begin "${begin} + ${length}")
  string(SUBSTRING "${readme}" ${begin} -1 rest)
  string(FIND "${rest}" "```" end)
  string(SUBSTRING "${rest}" 0 ${end} block)
  set(${result} "${block}" PARENT_SCOPE)
endfunction()

set(readme_project ${CMAKE_CURRENT_BINARY_DIR}/readme)
foreach(kind_and_file IN ITEMS cpp=main.cpp cmake=CMakeLists.txt sh=commands text=expected)
  string(REGEX MATCH "^(.+)=(.+)$" matched ${kind_and_file})
  set(file ${CMAKE_MATCH_2})
  seg_readme_block(${CMAKE_MATCH_1} block)
  file(CONFIGURE OUTPUT ${readme_project}/${file} CONTENT "${block}" @ONLY)
endforeach()

seg_readme_block(text output)
string(REGEX REPLACE "([][+.*()^$?|\\])" "\\\\\\1" output "${output}")
add_executable(readme_program ${readme_project}/main.cpp)
target_link_libraries(readme_program PRIVATE seg::seg)
add_test(NAME readme.program COMMAND readme_program)
set_tests_properties(readme.program PROPERTIES PASS_REGULAR_EXPRESSION "^${output}$")

# As its reader makes it: with the commands that are printed, of a repository that has this checkout's files.
find_package(Git QUIET)
if(GIT_FOUND AND NOT CMAKE_CROSSCOMPILING)
  add_test(NAME readme.project
           COMMAND ${CMAKE_COMMAND} -D git=${GIT_EXECUTABLE} -D checkout=${PROJECT_SOURCE_DIR} -D folder=${readme_project}
                   -D compiler=${CMAKE_CXX_COMPILER} -P ${CMAKE_CURRENT_SOURCE_DIR}/readme_project.cmake)
  set_tests_properties(readme.project PROPERTIES PROCESSORS 2)
endif()

# The README's table of measured values is of the run whose page the comparison's README shows.
add_test(NAME readme.measured COMMAND ${CMAKE_COMMAND} -D README=${PROJECT_SOURCE_DIR}/README.md
                                      -D PAGE=${PROJECT_SOURCE_DIR}/benchmarks/README.md
                                      -P ${CMAKE_CURRENT_SOURCE_DIR}/readme_measured.cmake)
