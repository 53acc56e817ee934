# Fails unless COMMAND, a debugger, prints what the file EXPECTED holds. That leaves out what differs between compilers
# and runs: what comes before the first object, lldb's names of types, addresses, how the program ends, and gdb's
# complaint about how clang describes an arena.
execute_process(COMMAND ${COMMAND} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
string(REGEX REPLACE "^.*\nshow_lists\n" "show_lists\n" shown "${output}")
string(REGEX REPLACE "warning: RTTI symbol not found for class 'seg::arena'\n" "" shown "${shown}")
string(REGEX REPLACE "\n\\([^\n=]*\\) ([a-z_.0-9]+|[a-z_.]+\\[[0-9]+\\]) =" "\n\\1 =" shown "${shown}")
string(REGEX REPLACE " = 0x[0-9a-f]+ ?" " = " shown "${shown}")
string(REGEX REPLACE "\n([*][*][*] Some|Process |qemu)[^\n]*" "" shown "${shown}")
file(READ ${EXPECTED} expected)
if(NOT status EQUAL 0 OR NOT shown STREQUAL expected)
  message("${output}\n---- of which this should be ${EXPECTED}:\n${shown}----")
  message(FATAL_ERROR "${COMMAND} ended with ${status}, and did not print what is expected")
endif()
