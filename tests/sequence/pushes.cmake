# Fails unless a push into PROGRAM's local list or vector takes one store, that of the element: the cursor stays in a register.
# VALGRIND counts the stores of two runs, which differ in the number of elements. Both end with as much memory, so the
# growing is the same.
set(fewer 150000)
set(more 250000)
foreach(n IN ITEMS ${fewer} ${more})
  execute_process(COMMAND ${VALGRIND} --tool=lackey --detailed-counts=yes ${PROGRAM} ${n} ERROR_VARIABLE counts
                  COMMAND_ERROR_IS_FATAL ANY)
  if(NOT counts MATCHES "I64 +[0-9,]+ +([0-9,]+)")
    message(FATAL_ERROR "${VALGRIND} does not say how many words of 64 bits were stored:\n${counts}")
  endif()
  string(REPLACE "," "" stores_of_${n} "${CMAKE_MATCH_1}")
endforeach()
math(EXPR pushes "${more} - ${fewer}")
math(EXPR stores "${stores_of_${more}} - ${stores_of_${fewer}}")
message("${stores} stores for ${pushes} pushes")
# The loader and the C library store a few words more or less from run to run.
math(EXPR surplus "${stores} - ${pushes}")
if(surplus LESS -100 OR surplus GREATER 100)
  message(FATAL_ERROR "a push takes another number of stores than one")
endif()
