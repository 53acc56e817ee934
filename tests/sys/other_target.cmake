# Compiles SOURCE with COMPILER and OPTION, for a target that seg does not know, and demands that it fails with the one
# message that says so.
set(modules "")
if(FAMILY STREQUAL "GNU")
  set(modules -fmodules -x c++)
endif()
execute_process(COMMAND ${COMPILER} -std=c++20 ${OPTION} -fsyntax-only ${modules} ${SOURCE}
                OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE status)
string(REGEX MATCHALL "(error|warning): [^\n]*" messages "${output}${errors}")
list(LENGTH messages count)
if(status EQUAL 0 OR NOT count EQUAL 1 OR NOT messages MATCHES "error: .*seg.sys knows the system calls of")
  message(FATAL_ERROR "expected a failure with one message, but the status is ${status}, and what was said is\n"
                      "${output}${errors}")
endif()
