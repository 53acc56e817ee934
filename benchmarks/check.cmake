# cmake -D program=... -D arguments=<list> -D status=<exit status> -D expected=<regular expression> -P check.cmake
# Runs a program; fails unless it exits with that status and prints something that matches.
execute_process(COMMAND ${program} ${arguments}
                RESULT_VARIABLE exit_status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT exit_status STREQUAL status)
  message(FATAL_ERROR "exit status ${exit_status} instead of ${status}:\n${output}")
endif()
if(NOT output MATCHES "${expected}")
  message(FATAL_ERROR "nothing matches ${expected} in:\n${output}")
endif()
