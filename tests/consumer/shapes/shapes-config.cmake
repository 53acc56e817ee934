include(CMakeFindDependencyMacro)
find_dependency(seg)
include("${CMAKE_CURRENT_LIST_DIR}/shapes-targets.cmake")
seg_configure_imported_modules(shapes::shapes)
