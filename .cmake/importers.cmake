# What CMake leaves to a library of modules and to those who import it: an interface has to be compiled at the standard of
# its importers, and before CMake 4.4 it is compiled once for all of them. Used by seg itself, in a build and installed, and
# of use to an installed library of modules that stands on seg.

# An importer's project may ask for an older CMake, and its policies are not to hold here.
cmake_policy(VERSION 3.28)

# Has the interfaces of imported libraries compiled as the calling project compiles its own sources: at CMAKE_CXX_STANDARD,
# or at STANDARD where it is given, with the extensions of CMAKE_CXX_EXTENSIONS. A package's config calls it for its own
# targets.
function(seg_configure_imported_modules)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "STANDARD" "")
  if(NOT arg_STANDARD)
    set(arg_STANDARD ${CMAKE_CXX_STANDARD})
  endif()
  foreach(library IN LISTS arg_UNPARSED_ARGUMENTS)
    if(arg_STANDARD GREATER 20)
      set_property(TARGET ${library} PROPERTY IMPORTED_CXX_MODULES_COMPILE_FEATURES cxx_std_${arg_STANDARD})
    endif()
    # Without a value the compiler's default holds, as it does for the consumer's own targets.
    set_property(TARGET ${library} PROPERTY CXX_EXTENSIONS ${CMAKE_CXX_EXTENSIONS})
    # Warnings that the project asks for are about its own sources.
    set_property(TARGET ${library} APPEND PROPERTY IMPORTED_CXX_MODULES_COMPILE_OPTIONS -w)
    # CMake 3.31 passes clang an argument that it and clang-scan-deps report as unused when it compiles a package's
    # interfaces. clang-scan-deps takes no -Wno-unused-command-line-argument.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      set_property(TARGET ${library} APPEND PROPERTY IMPORTED_CXX_MODULES_COMPILE_OPTIONS -Qunused-arguments)
    endif()
  endforeach()
endfunction()

# target -> the libraries that its sources see: those that it links, and those in their link interfaces. certain is false if a
# generator expression hides some.
function(seg_libraries_seen_by target result certain)
  set(seen "")
  set(${certain} TRUE PARENT_SCOPE)
  get_target_property(libraries ${target} LINK_LIBRARIES)
  while(libraries)
    list(POP_FRONT libraries library)
    if(TARGET "${library}" AND NOT library IN_LIST seen)
      list(APPEND seen ${library})
      get_target_property(further ${library} INTERFACE_LINK_LIBRARIES)
      if(further)
        list(APPEND libraries ${further})
      endif()
    elseif(library MATCHES "[$]<")
      set(${certain} FALSE PARENT_SCOPE)
    endif()
  endwhile()
  set(${result} "${seen}" PARENT_SCOPE)
endfunction()

# target -> the standard that its sources are compiled at, or its interfaces where it is imported; certain is false where
# it may be a higher one
function(seg_standard_of target result certain)
  set(features "")
  set(${certain} TRUE PARENT_SCOPE)
  get_target_property(imported ${target} IMPORTED)
  if(imported)
    get_target_property(features ${target} IMPORTED_CXX_MODULES_COMPILE_FEATURES)
  else()
    get_target_property(features ${target} COMPILE_FEATURES)
    seg_libraries_seen_by(${target} libraries all_seen)
    set(${certain} ${all_seen} PARENT_SCOPE)
    foreach(library IN LISTS libraries)
      get_target_property(demanded ${library} INTERFACE_COMPILE_FEATURES)
      list(APPEND features ${demanded})
    endforeach()
    if(features MATCHES "[$]<")
      set(${certain} FALSE PARENT_SCOPE)
    endif()
  endif()

  get_target_property(standard ${target} CXX_STANDARD)
  if(imported OR NOT standard)
    set(standard "${CMAKE_CXX_STANDARD_DEFAULT}")
  endif()
  string(REGEX MATCHALL "cxx_std_[0-9]+" features "${features}")
  list(TRANSFORM features REPLACE "cxx_std_" "")
  foreach(feature IN LISTS features)
    if(NOT standard GREATER_EQUAL feature)
      set(standard ${feature})
    endif()
  endforeach()
  set(${result} ${standard} PARENT_SCOPE)
endfunction()

# target -> ON or OFF, as CMake takes it
function(seg_has_extensions target result)
  get_property(value TARGET ${target} PROPERTY CXX_EXTENSIONS)
  if("${value}" STREQUAL "")
    set(value "${CMAKE_CXX_EXTENSIONS_DEFAULT}")
  endif()
  set(${result} OFF PARENT_SCOPE)
  if(value)
    set(${result} ON PARENT_SCOPE)
  endif()
endfunction()

# Looks at the targets of a folder of a project, and of the folders below, that may import seg, when they are all there: an
# importer has to be scanned for imports, and to be compiled at the standard of what it imports.
function(seg_check_importers folder)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    seg_libraries_seen_by(${target} libraries certain)
    list(FILTER libraries INCLUDE REGEX "^seg(::|_cxx|$)")
    if(NOT libraries OR NOT type MATCHES "EXECUTABLE|(STATIC|SHARED|MODULE|OBJECT)_LIBRARY")
      continue()
    endif()

    # A project that asks for CMake before 3.28 does not get it by itself (policy CMP0155).
    get_property(decided TARGET ${target} PROPERTY CXX_SCAN_FOR_MODULES SET)
    if(NOT decided)
      set_property(TARGET ${target} PROPERTY CXX_SCAN_FOR_MODULES ON)
    endif()

    get_target_property(linked ${target} LINK_LIBRARIES)
    foreach(library IN LISTS libraries)
      # CMake 3.31 compiles the interfaces of an imported library only for who links it itself.
      get_target_property(imported ${library} IMPORTED)
      if(imported AND NOT library IN_LIST linked)
        set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES ${library})
      endif()
      if(CMAKE_VERSION VERSION_LESS 4.4)
        seg_standard_of(${library} compiled certain)
        seg_standard_of(${target} importing certain)
        if(library IN_LIST linked)
          set(advice "link seg::cxx${importing} instead")
        else()
          set(advice "compile both, and the library that links seg, at one standard")
        endif()
        if(importing GREATER compiled OR (importing LESS compiled AND certain))
          message(SEND_ERROR "${target} is compiled at C++${importing}, and ${library}, which it links, at C++${compiled}: \
an importer has to be compiled at the standard of what it imports, so ${advice}.")
        endif()
        seg_has_extensions(${library} compiled)
        seg_has_extensions(${target} importing)
        if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND NOT compiled STREQUAL importing)
          message(SEND_ERROR "CXX_EXTENSIONS is ${importing} for ${target}, and ${compiled} for ${library}, which it links: \
clang takes both from one project only where they are alike, so set CMAKE_CXX_EXTENSIONS before seg is added or found.")
        endif()
      endif()
    endforeach()
  endforeach()

  get_property(folders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(below IN LISTS folders)
    seg_check_importers(${below})
  endforeach()
endfunction()

# name of a new imported library -> it is what seg::seg is, for importers at that standard
function(seg_import_at_standard name standard)
  add_library(${name} STATIC IMPORTED)
  get_target_property(configurations seg::seg IMPORTED_CONFIGURATIONS)
  set(properties IMPORTED_CONFIGURATIONS IMPORTED_CXX_MODULES_COMPILE_DEFINITIONS INTERFACE_COMPILE_DEFINITIONS
                 INTERFACE_LINK_OPTIONS)
  foreach(configuration IN LISTS configurations)
    list(APPEND properties IMPORTED_LOCATION_${configuration} IMPORTED_CXX_MODULES_${configuration}
         IMPORTED_LINK_INTERFACE_LANGUAGES_${configuration})
  endforeach()
  foreach(property IN LISTS properties)
    get_target_property(value seg::seg ${property})
    if(value)
      set_property(TARGET ${name} PROPERTY ${property} "${value}")
    endif()
  endforeach()
  set_target_properties(${name} PROPERTIES IMPORTED_CXX_MODULES_COMPILE_FEATURES cxx_std_${standard}
                                           INTERFACE_COMPILE_FEATURES cxx_std_${standard})
  get_target_property(interfaces seg::seg CXX_MODULE_SET_modules)
  get_target_property(folders seg::seg CXX_MODULE_DIRS_modules)
  target_sources(${name} INTERFACE FILE_SET modules TYPE CXX_MODULES BASE_DIRS ${folders} FILES ${interfaces})
  seg_configure_imported_modules(${name} STANDARD ${standard})
endfunction()
