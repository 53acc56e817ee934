# Fails unless the tables under "Instructions" on PAGE are what PROGRAM prints, with what VALGRIND counts in the places of
# the names. Each is counted in two runs that differ in the number of rounds, so what comes before and after falls out.
include(${CMAKE_CURRENT_LIST_DIR}/section.cmake)
set(fewer 200000)
set(more 300000)
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "<[a-z_.]+>" names "${printed}")
foreach(name IN LISTS names)
  string(REGEX REPLACE "[<>]" "" operation "${name}")
  foreach(n IN ITEMS ${fewer} ${more})
    execute_process(COMMAND ${VALGRIND} --tool=callgrind --callgrind-out-file=/dev/null ${PROGRAM} ${operation} ${n}
                    ERROR_VARIABLE counts COMMAND_ERROR_IS_FATAL ANY)
    if(NOT counts MATCHES "Collected : ([0-9]+)")
      message(FATAL_ERROR "${VALGRIND} does not say how many instructions there were:\n${counts}")
    endif()
    set(of_${n} ${CMAKE_MATCH_1})
  endforeach()
  # To the nearest whole number: the loader takes some hundred more or less from run to run.
  math(EXPR rounds "${more} - ${fewer}")
  math(EXPR each "(${of_${more}} - ${of_${fewer}} + ${rounds} / 2) / ${rounds}")
  string(REPLACE "${name}" "${each}" printed "${printed}")
endforeach()
expect_tables(${PAGE} Instructions "${printed}")
