# Runs the commands in ${folder}, with a repository of ${checkout}'s files, and demands that they print what is expected last.
set(repository ${folder}/repository)
file(REMOVE_RECURSE ${repository} ${folder}/build)
set(git ${git} -c user.name=reader -c user.email=reader@localhost)
execute_process(COMMAND ${git} init --quiet --initial-branch=main ${repository} COMMAND_ERROR_IS_FATAL ANY)
foreach(arguments IN ITEMS "add;--all" "commit;--quiet;--message=checkout")
  execute_process(COMMAND ${git} --git-dir=${repository}/.git --work-tree=${checkout} ${arguments}
                  WORKING_DIRECTORY ${checkout} COMMAND_ERROR_IS_FATAL ANY)
endforeach()

execute_process(COMMAND ${CMAKE_COMMAND} -E env CXX=${compiler} SEG_REPOSITORY=${repository} sh -e commands
                WORKING_DIRECTORY ${folder} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
file(READ ${folder}/expected expected)
string(LENGTH "${output}" length)
string(FIND "${output}" "\n${expected}" position REVERSE)
string(LENGTH "\n${expected}" expected_length)
math(EXPR end "${position} + ${expected_length}")
if(NOT status EQUAL 0 OR position EQUAL -1 OR NOT end EQUAL length)
  message(FATAL_ERROR "expected at the end\n${expected}\nbut the status is ${status}, and what was printed is\n${output}")
endif()
