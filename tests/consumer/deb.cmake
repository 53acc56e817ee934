# Makes the Debian package of ${build} in ${folder}, demands that it says what it should of itself, and unpacks it there.
file(REMOVE_RECURSE ${folder})
execute_process(COMMAND ${cpack} -G DEB -C "${configuration}" -B ${folder} --config ${build}/CPackConfig.cmake
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND dpkg --print-architecture OUTPUT_VARIABLE architecture OUTPUT_STRIP_TRAILING_WHITESPACE
                COMMAND_ERROR_IS_FATAL ANY)
set(package ${folder}/libseg-dev_${version}_${architecture}.deb)
execute_process(COMMAND ${dpkg_deb} --field ${package} OUTPUT_VARIABLE control COMMAND_ERROR_IS_FATAL ANY)
set(control "\n${control}")
foreach(line IN ITEMS "Package: libseg-dev" "Version: ${version}" "Architecture: ${architecture}" "Section: libdevel"
                      "Description: C..20 modules of containers that grow and move nothing"
                      "Recommends: cmake .>= 3.28., ninja-build .>= 1.11., clang-tools [^\n]* g.. [^\n]*")
  if(NOT control MATCHES "\n${line}\n")
    message(FATAL_ERROR "expected ${line} in\n${control}")
  endif()
endforeach()
if(control MATCHES "\n(Pre-)?Depends:")
  message(FATAL_ERROR "the library depends on nothing, and its package says otherwise:\n${control}")
endif()
execute_process(COMMAND ${dpkg_deb} --extract ${package} ${folder}/unpacked COMMAND_ERROR_IS_FATAL ANY)
