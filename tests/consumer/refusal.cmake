# Configures ${checkout} in ${folder} with nothing but ${stand_ins} to be found, each NAME=VERSION, and demands that it
# fails with the one message ${expected}. CXX=NAME is a variable of the environment instead.
file(REMOVE_RECURSE ${folder})
file(MAKE_DIRECTORY ${folder}/bin)
set(environment --unset=CXX --unset=CMAKE_PREFIX_PATH PATH=${folder}/bin)
foreach(stand_in IN LISTS stand_ins)
  if(NOT stand_in MATCHES "^(.+)=(.+)$")
    message(FATAL_ERROR "not NAME=VERSION: ${stand_in}")
  endif()
  if(CMAKE_MATCH_1 STREQUAL "CXX")
    list(APPEND environment ${stand_in})
  else()
    file(WRITE ${folder}/bin/${CMAKE_MATCH_1} "#!/bin/sh\necho ${CMAKE_MATCH_2}\n")
    file(CHMOD ${folder}/bin/${CMAKE_MATCH_1} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
  endif()
endforeach()

execute_process(COMMAND ${CMAKE_COMMAND} -E env ${environment} ${CMAKE_COMMAND} -S ${checkout} -B ${folder}/build -G Ninja
                OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE status)
# CMake wraps lines, and puts its own words around the message.
string(REGEX REPLACE "[ \n]+" " " said "${errors}")
string(REGEX MATCHALL "CMake Error" count "${said}")
list(LENGTH count count)
string(FIND "${said}" ": ${expected} " position)
if(status EQUAL 0 OR NOT count EQUAL 1 OR position EQUAL -1)
  message(FATAL_ERROR "expected a failure with the one message\n${expected}\nbut the status is ${status}, and what was "
                      "said is\n${output}${errors}")
endif()
