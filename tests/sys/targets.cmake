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
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "riscv64")
  # Shortened addresses would be relative to a register that libc's start-up code sets.
  target_link_options(sys_freestanding PRIVATE -Wl,--no-relax)
endif()
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
  set(with_vectors armv8.2-a+sve)
elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "riscv64")
  set(instruction ecall)
  set(with_vectors rv64gcv)
else()
  set(instruction syscall)
endif()
add_test(NAME sys.freestanding.one_instruction
         COMMAND ${CMAKE_COMMAND} -D OBJDUMP=${CMAKE_OBJDUMP} -D PROGRAM=$<TARGET_FILE:sys_freestanding>
                 -D FUNCTION=map_or_null -D INSTRUCTION=${instruction}
                 -P ${CMAKE_CURRENT_SOURCE_DIR}/sys/one_instruction.cmake)

# ---- on kernels that are not at hand: the size of a page, where the processor does not fix it

if(NOT instruction STREQUAL "syscall")
  add_executable(sys_page_sizes sys/page_sizes.cpp)
  set(interfaces ${seg_sys_sources} ${CMAKE_CURRENT_SOURCE_DIR}/sys/stand_in/syscall.cppm)
  list(REMOVE_ITEM interfaces ${PROJECT_SOURCE_DIR}/modules/sys/syscall.cppm)
  seg_compile_sys(sys_page_sizes ${interfaces})
  foreach(kib IN ITEMS 4 16 64)
    add_test(NAME sys.page_size.${kib}_kib COMMAND sys_page_sizes ${kib})
  endforeach()
endif()

# ---- for OpenBSD, and for targets that seg.sys does not know

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # The headers are this system's, since seg.sys asks for what is the same everywhere. With -nostdinc a preset's choice
  # of a standard library goes unused.
  add_library(sys_openbsd OBJECT sys/openbsd.cpp)
  seg_compile_sys(sys_openbsd ${seg_sys_sources})
  list(TRANSFORM CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES PREPEND -isystem OUTPUT_VARIABLE system_headers)
  target_compile_options(sys_openbsd PRIVATE --target=${CMAKE_SYSTEM_PROCESSOR}-unknown-openbsd -nostdinc
                                             ${system_headers} -Wno-unused-command-line-argument)
  # Its calls are libc's functions.
  add_test(NAME sys.openbsd COMMAND ${CMAKE_NM} -u $<TARGET_OBJECTS:sys_openbsd> COMMAND_EXPAND_LISTS)
  set_tests_properties(sys.openbsd PROPERTIES PASS_REGULAR_EXPRESSION
                                              "U getthrid.*U madvise.*U mmap.*U mprotect.*U munmap")

  # Vector registers that the kernel may overwrite have to be ones that the compiler knows by these names.
  if(with_vectors)
    add_test(NAME sys.with_vectors
             COMMAND ${CMAKE_CXX_COMPILER} --target=${CMAKE_SYSTEM_PROCESSOR}-linux-gnu -march=${with_vectors}
                     -std=c++20 -fsyntax-only ${PROJECT_SOURCE_DIR}/modules/sys/syscall.cppm)
  endif()

  set(other_targets i386-linux-gnu x86_64-linux-gnux32 powerpc64le-linux-gnu riscv32-linux-gnu i386-unknown-openbsd
                    x86_64-unknown-freebsd arm64-apple-macos x86_64-pc-windows-msvc)
  list(TRANSFORM other_targets PREPEND --target=)
elseif(instruction STREQUAL "syscall")
  set(other_targets -m32 -mx32)
endif()
foreach(option IN LISTS other_targets)
  string(REGEX REPLACE "^-+(target=|m)" "" name ${option})
  add_test(NAME sys.other_target.${name}
           COMMAND ${CMAKE_COMMAND} -D COMPILER=${CMAKE_CXX_COMPILER} -D FAMILY=${CMAKE_CXX_COMPILER_ID}
                   -D OPTION=${option} -D SOURCE=${PROJECT_SOURCE_DIR}/modules/sys/syscall.cppm
                   -P ${CMAKE_CURRENT_SOURCE_DIR}/sys/other_target.cmake)
endforeach()
