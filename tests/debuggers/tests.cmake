# What gdb and lldb show of objects of seg, with and without optimisation. A debugger that is not there, is too old or
# has no Python is left out.
set(seg_debug ${PROJECT_SOURCE_DIR}/modules/debug)
find_program(SEG_GDB gdb)
string(REGEX MATCH "^[0-9]+" major "${CMAKE_CXX_COMPILER_VERSION}")
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(major 60)
endif()
foreach(number RANGE 60 19 -1)
  list(APPEND seg_lldbs lldb-${number})
endforeach()
find_program(SEG_LLDB NAMES lldb-${major} ${seg_lldbs} lldb)
mark_as_advanced(SEG_GDB SEG_LLDB)

# variable, oldest version, command that prints the version -> the variable is false if the debugger does not serve
function(seg_check_debugger debugger oldest)
  if(${debugger})
    execute_process(COMMAND ${${debugger}} ${ARGN} OUTPUT_VARIABLE version ERROR_QUIET)
    if(NOT version MATCHES "seg runs in version ([0-9]+)" OR CMAKE_MATCH_1 LESS oldest)
      set(${debugger} FALSE PARENT_SCOPE)
    endif()
  endif()
endfunction()
seg_check_debugger(SEG_GDB 13 -nx -batch -ex "python print('seg runs in version', gdb.VERSION.split(') ')[-1])")
seg_check_debugger(SEG_LLDB 19 --no-lldbinit --batch
                   -o "script print('seg runs in version', lldb.SBDebugger.GetVersionString().split()[2])")
message(STATUS "gdb for the tests: ${SEG_GDB}; lldb: ${SEG_LLDB}")

# name, library, source, flags
function(seg_add_debugged name library source)
  add_executable(${name} debuggers/${source})
  target_link_libraries(${name} PRIVATE ${library})
  target_compile_options(${name} PRIVATE -g ${ARGN})
  # The library asks for it where the whole project is made for debugging.
  target_link_options(
    ${name} PRIVATE $<$<NOT:$<CONFIG:Debug,RelWithDebInfo>>:LINKER:--undefined=seg_section_for_gdb>)
endfunction()

# name, program, command -> a test of the whole of what is printed
function(seg_test_debugger name program)
  string(REGEX MATCH "^[a-z]+" debugger ${name})
  add_test(NAME debuggers.${name}
           COMMAND ${CMAKE_COMMAND} -D "COMMAND=${ARGN};$<TARGET_FILE:${program}>"
                                    -D EXPECTED=${CMAKE_CURRENT_SOURCE_DIR}/debuggers/${debugger}.txt
                                    -P ${CMAKE_CURRENT_SOURCE_DIR}/debuggers/run.cmake)
endfunction()

if(SEG_GDB OR SEG_LLDB)
  # clang describes an arena in the library only, which therefore has debug information.
  seg_add_library(seg_debugged)
  target_compile_options(seg_debugged PRIVATE -g)
  seg_add_debugged(debuggers_O0 seg_debugged program.cpp -O0)
  seg_add_debugged(debuggers_O2 seg_debugged program.cpp -O2)
  seg_add_debugged(debuggers_checked seg_checked checked.cpp -O0)
  seg_add_debugged(debuggers_called seg_debugged called.cpp -O2)
endif()

if(SEG_GDB)
  set(show -x ${CMAKE_CURRENT_SOURCE_DIR}/debuggers/show_gdb.py)
  set(gdb ${SEG_GDB} -nx -batch)
  # The script comes with the program, or is loaded by hand: of the checkout, or of the installed package.
  foreach(level O0 O2)
    seg_test_debugger(gdb_${level} debuggers_${level} ${gdb}
                      -iex "add-auto-load-safe-path $<TARGET_FILE:debuggers_${level}>" ${show})
  endforeach()
  set(by_hand ${gdb} -iex "set auto-load no" -x)
  set(load ${by_hand} ${seg_debug}/seg_gdb.py)
  seg_test_debugger(gdb_checkout debuggers_O0 ${load} ${show})
  if(SEG_INSTALL)
    seg_test_debugger(gdb_installed debuggers_O0 ${by_hand} ${seg_prefix}/share/seg/seg_gdb.py ${show})
    set_tests_properties(debuggers.gdb_installed PROPERTIES FIXTURES_REQUIRED seg_prefix)
  endif()
  if(SEG_QEMU_X86_64 AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    set(socket ${CMAKE_CURRENT_BINARY_DIR}/gdb_without_lzcnt)
    set(qemu "${SEG_QEMU_X86_64} -cpu Nehalem -g ${socket} $<TARGET_FILE:debuggers_O0>")
    seg_test_debugger(gdb_without_lzcnt debuggers_O0 ${load}
                      -ex "shell rm -f ${socket}" -ex "shell ${qemu} & until [ -S ${socket} ]\\; do sleep 0.1\\; done"
                      -ex "target remote ${socket}" ${show})
  endif()
  # gdb ends well whatever its script does.
  add_test(NAME debuggers.garbage COMMAND ${gdb} -x ${CMAKE_CURRENT_SOURCE_DIR}/debuggers/garbage.py)
  set_tests_properties(debuggers.garbage PROPERTIES PASS_REGULAR_EXPRESSION "[0-9]+ looked like lists")
  # Only the control block of a checked build tells where the list ends.
  add_test(NAME debuggers.gdb_checked
           COMMAND ${load} -ex "break show" -ex run -ex "print numbers" -ex "print second" -ex "print end"
                   $<TARGET_FILE:debuggers_checked>)
  set_tests_properties(debuggers.gdb_checked PROPERTIES PASS_REGULAR_EXPRESSION
                       "size 3 = {1, 2, 3}\n.* index 1 = {element = 2}\n.* past the end, index 3\n")
endif()

if(SEG_LLDB)
  set(show -o "command script import ${CMAKE_CURRENT_SOURCE_DIR}/debuggers/show_lldb.py")
  set(by_hand ${SEG_LLDB} --no-lldbinit --batch -o)
  set(lldb ${by_hand} "command script import ${seg_debug}/seg_lldb.py")
  foreach(level O0 O2)
    seg_test_debugger(lldb_${level} debuggers_${level} ${lldb} ${show})
  endforeach()
  if(SEG_INSTALL)
    seg_test_debugger(lldb_installed debuggers_O0 ${by_hand} "command script import ${seg_prefix}/share/seg/seg_lldb.py"
                      ${show})
    set_tests_properties(debuggers.lldb_installed PROPERTIES FIXTURES_REQUIRED seg_prefix)
  endif()
  add_test(NAME debuggers.lldb_checked
           COMMAND ${lldb} -o "breakpoint set -n show" -o run -o "frame variable numbers second end"
                   $<TARGET_FILE:debuggers_checked>)
  set_tests_properties(debuggers.lldb_checked PROPERTIES PASS_REGULAR_EXPRESSION
                       "size=3.* index=1: {.* element = 2.* past the end index=3 {}")
endif()

# What the debuggers can call by themselves: members that the program has as functions, since it is not optimised or
# instantiates them, and that have no default argument.
foreach(program O0 called)
  if(SEG_GDB)
    add_test(NAME debuggers.gdb_calls_${program}
             COMMAND ${gdb} -iex "set auto-load no" -ex "break show_lists" -ex run -ex "output many[3]"
                     -ex "output many.size()" -ex "output many.segments().end_segment_" -ex "output many.front()"
                     $<TARGET_FILE:debuggers_${program}>)
    set_tests_properties(debuggers.gdb_calls_${program} PROPERTIES PASS_REGULAR_EXPRESSION
                         ": 310006Too few arguments in function call")
  endif()
  if(SEG_LLDB)
    add_test(NAME debuggers.lldb_calls_${program}
             COMMAND ${lldb} -o "breakpoint set -n show_lists" -o run -o "expression many[3]" -o "expression many.size()"
                     -o "expression many.segments()" -o "expression many.front()"
                     $<TARGET_FILE:debuggers_${program}>)
    set_tests_properties(debuggers.lldb_calls_${program} PROPERTIES PASS_REGULAR_EXPRESSION
                         " = 3\n.* = 1000\n.* = runs=6.*no matching member function for call to 'front'")
  endif()
endforeach()

# The checkout stays free of compiled scripts.
get_property(seg_tests_here DIRECTORY PROPERTY TESTS)
list(FILTER seg_tests_here INCLUDE REGEX "^debuggers")
if(seg_tests_here)
  set_tests_properties(${seg_tests_here} PROPERTIES ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endif()
