# Configures the project ${source} with ${options} in ${folder}, and demands that it fails with the one message ${expected}.
# With ${stand_ins}, each NAME=VERSION, nothing else is found.
file(REMOVE_RECURSE ${folder})
file(MAKE_DIRECTORY ${folder}/bin)
set(environment --unset=CXX --unset=CMAKE_PREFIX_PATH --unset=CMAKE_GENERATOR)
if(stand_ins)
  list(APPEND environment PATH=${folder}/bin)
endif()
foreach(stand_in IN LISTS stand_ins)
  if(NOT stand_in MATCHES "^(.+)=(.+)$")
    message(FATAL_ERROR "not NAME=VERSION: ${stand_in}")
  endif()
  file(WRITE ${folder}/bin/${CMAKE_MATCH_1} "#!/bin/sh\necho ${CMAKE_MATCH_2}\n")
  file(CHMOD ${folder}/bin/${CMAKE_MATCH_1} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
endforeach()

execute_process(COMMAND ${CMAKE_COMMAND} -E env ${environment} ${CMAKE_COMMAND} -S ${source} -B ${folder}/build ${options}
                OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE status)
# CMake wraps lines, and puts its own words around the message. A stand-in may be named with its folder.
string(REGEX REPLACE "[ \n]+" " " said "${errors}")
string(REPLACE "${folder}/bin/" "" said "${said}")
string(REGEX MATCHALL "CMake Error" count "${said}")
list(LENGTH count count)
string(FIND "${said}" ": ${expected} " position)
if(status EQUAL 0 OR NOT count EQUAL 1 OR position EQUAL -1)
  message(FATAL_ERROR "expected a failure with the one message\n${expected}\nbut the status is ${status}, and what was "
                      "said is\n${output}${errors}")
endif()
