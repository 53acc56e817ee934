# The pages in modules/ say what the code is.

foreach(module sys arena list vector)
  add_test(NAME reference.${module}
           COMMAND ${CMAKE_COMMAND} -D MODULE=${PROJECT_SOURCE_DIR}/modules/${module}
                   -D PAGE=${PROJECT_SOURCE_DIR}/modules/${module}/README.md
                   -P ${CMAKE_CURRENT_SOURCE_DIR}/reference/names.cmake)
endforeach()
