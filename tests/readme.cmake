# The README's program, taken from it, so that it stays true: it must compile and print what the README says.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/README.md)
file(READ ${PROJECT_SOURCE_DIR}/README.md readme)
# CMake splits lists at semicolons, which a program has many of; the first block of each kind is what is meant.
string(FIND "${readme}" "```cpp\n" begin)
math(EXPR begin "${begin} + 7")
string(SUBSTRING "${readme}" ${begin} -1 rest)
string(FIND "${rest}" "```" end)
string(SUBSTRING "${rest}" 0 ${end} program)
file(CONFIGURE OUTPUT readme.cpp CONTENT "${program}" @ONLY)

string(FIND "${rest}" "```text\n" begin)
math(EXPR begin "${begin} + 8")
string(SUBSTRING "${rest}" ${begin} -1 rest)
string(FIND "${rest}" "```" end)
string(SUBSTRING "${rest}" 0 ${end} output)
string(REGEX REPLACE "([][+.*()^$?|\\])" "\\\\\\1" output "${output}")

add_executable(readme_program ${CMAKE_CURRENT_BINARY_DIR}/readme.cpp)
target_link_libraries(readme_program PRIVATE seg::seg)
add_test(NAME readme.program COMMAND readme_program)
set_tests_properties(readme.program PROPERTIES PASS_REGULAR_EXPRESSION "^${output}$")

# The README's table of measured values is of the run whose page the comparison's README shows.
add_test(NAME readme.measured COMMAND ${CMAKE_COMMAND} -D README=${PROJECT_SOURCE_DIR}/README.md
                                      -D PAGE=${PROJECT_SOURCE_DIR}/benchmarks/README.md
                                      -P ${CMAKE_CURRENT_SOURCE_DIR}/readme_measured.cmake)
