# seg.sys by itself: without any library, on kernels that are not at hand, and for targets that it does not know. Each
# program compiles the module anew, as it needs it.
list(TRANSFORM seg_sys_interfaces PREPEND ${PROJECT_SOURCE_DIR}/ OUTPUT_VARIABLE seg_sys_sources)

# target, interfaces of the module
function(seg_compile_sys target)
  target_sources(${target} PRIVATE FILE_SET modules TYPE CXX_MODULES
                                   BASE_DIRS ${PROJECT_SOURCE_DIR}/modules ${CMAKE_CURRENT_SOURCE_DIR} FILES ${ARGN})
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_options(${target} PRIVATE -fno-sanitize=all -fno-stack-protector)
endfunction()

# ---- without any library

add_executable(sys_freestanding sys/freestanding.cpp sys/one_instruction.cpp)
seg_compile_sys(sys_freestanding ${seg_sys_sources})
target_link_options(sys_freestanding PRIVATE -nostdlib -static -fno-sanitize=all)
set_source_files_properties(sys/one_instruction.cpp PROPERTIES COMPILE_OPTIONS -O2)
add_test(NAME sys.freestanding COMMAND sys_freestanding)

# The object files themselves: what linking would throw away counts too.
add_library(sys_objects OBJECT sys/one_instruction.cpp)
seg_compile_sys(sys_objects ${seg_sys_sources})
add_test(NAME sys.freestanding.no_undefined_symbol
         COMMAND ${CMAKE_NM} -u -A $<TARGET_OBJECTS:sys_objects> $<TARGET_FILE:sys_freestanding>
         COMMAND_EXPAND_LISTS)
set_tests_properties(sys.freestanding.no_undefined_symbol PROPERTIES FAIL_REGULAR_EXPRESSION ".")

if(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
  set(instruction svc)
elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "riscv64")
  set(instruction ecall)
else()
  set(instruction syscall)
endif()
add_test(NAME sys.freestanding.one_instruction
         COMMAND ${CMAKE_COMMAND} -D OBJDUMP=${CMAKE_OBJDUMP} -D PROGRAM=$<TARGET_FILE:sys_freestanding>
                 -D FUNCTION=map_or_null -D INSTRUCTION=${instruction}
                 -P ${CMAKE_CURRENT_SOURCE_DIR}/sys/one_instruction.cmake)
