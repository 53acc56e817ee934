# Fails unless FUNCTION, as OBJDUMP shows it in PROGRAM, enters the kernel with one INSTRUCTION and calls nothing.
execute_process(COMMAND ${OBJDUMP} -d ${PROGRAM} OUTPUT_VARIABLE code COMMAND_ERROR_IS_FATAL ANY)

# A function ends where the next one's name stands, or the file.
string(FIND "${code}" "<${FUNCTION}>:" first)
if(first EQUAL -1)
  message(FATAL_ERROR "${FUNCTION} is not in ${PROGRAM}")
endif()
string(SUBSTRING "${code}" ${first} -1 code)
string(REGEX REPLACE "\n\n.*" "" code "${code}")
message("${code}")

string(REGEX MATCHALL "[\t ]${INSTRUCTION}" entries "${code}")
list(LENGTH entries count)
if(NOT count EQUAL 1)
  message(FATAL_ERROR "${count} times ${INSTRUCTION} instead of once")
endif()
# A jump within the function names the function itself; a tail call names another. Calls by address name nothing.
string(REPLACE "<${FUNCTION}" "" other "${code}")
if(other MATCHES "<" OR code MATCHES "[\t ](callq?|blr?|jalr?)[\t ]" OR NOT code MATCHES "[\t ]retq?")
  message(FATAL_ERROR "${FUNCTION} calls another function")
endif()
