# What is installed, and the packages that are made of it.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(seg_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/seg)
install(TARGETS seg EXPORT seg-targets
        FILE_SET modules DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/seg)
install(FILES ${seg_debugger_scripts} DESTINATION ${CMAKE_INSTALL_DATADIR}/seg)
install(EXPORT seg-targets NAMESPACE seg:: DESTINATION ${seg_package_dir} CXX_MODULES_DIRECTORY modules)
write_basic_package_version_file(seg-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES .cmake/seg-config.cmake ${PROJECT_BINARY_DIR}/seg-config-version.cmake .cmake/importers.cmake .cmake/requirements.cmake
        DESTINATION ${seg_package_dir})

# A package is the top level's business.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()
set(CPACK_PACKAGE_CONTACT "The maintainers of seg <seg@localhost>")
set(CPACK_VERBATIM_VARIABLES ON)

# cpack -G DEB. The library depends on nothing. Its importers need a compiler for modules, and what builds them.
set(CPACK_DEBIAN_PACKAGE_NAME libseg-dev)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS
    "cmake (>= ${seg_oldest_cmake}), ninja-build (>= ${seg_oldest_ninja}), \
clang-tools (>= 1:${seg_oldest_clang}) | clang-tools-22 | g++ (>= 4:${seg_oldest_gcc}) | g++-${seg_oldest_gcc}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "C++20 modules of containers that grow and move nothing")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "A segmented list and a contiguous vector in which nothing moves when they grow,
an arena allocator, and the system calls that they stand on.
.
This package has the modules' interfaces, which an importer compiles, the static
library, the files with which CMake finds them, and scripts for gdb and lldb.")
include(CPack)
