# Fails unless the tables under "Bytes" on PAGE are what PROGRAM prints.
include(${CMAKE_CURRENT_LIST_DIR}/section.cmake)
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
expect_tables(${PAGE} Bytes "${printed}")
