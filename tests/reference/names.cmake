# Fails unless PAGE names everything that the interface units in the folder MODULE export outside of seg::detail, and nothing
# else: the exported names, and the public members of the exported classes and enumerations. Overloads count as one. Members of
# a member class are not looked at.
#
# The code is read by its layout, and not as C++: an export is a declaration of its own that begins in column 0, and a
# member's begins in column 4. An export line in which no name is found is an error.
#
# On the page, names stand between backticks in the first cell of a table's row; an argument list may follow a name. Below
# a heading that begins with a class's name between backticks the rows are its members, up to the next heading.
set(identifier "[A-Za-z_][A-Za-z_0-9]*")

# The lines of a file without comments and attributes. What would end a list's element, or keep it from ending, is
# replaced: ; by %, [] by @.
function(read_lines file result)
  file(READ ${file} text)
  string(REGEX REPLACE "//[^\n]*" "" text "${text}")
  string(REGEX REPLACE "\\[\\[[^]]*\\]\\] *" "" text "${text}")
  string(REPLACE "[]" "@" text "${text}")
  string(REGEX REPLACE "[][]" "" text "${text}")
  string(REPLACE ";" "%" text "${text}")
  string(REPLACE "\n" ";" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

# What a declaration's line names; nothing where its name is on a later line.
function(name_in line result)
  set(${result} "" PARENT_SCOPE)
  if(line MATCHES "(operator([^ a-z(]+|[(][)]| [^(]+))[(]")
    set(${result} "${CMAKE_MATCH_1}" PARENT_SCOPE)
    return()
  endif()
  set(before "")
  while(NOT before STREQUAL line)
    set(before "${line}")
    string(REGEX REPLACE "<[^<>]*>" "" line "${line}")
  endwhile()
  string(STRIP "${line}" line)
  string(REGEX REPLACE "^((export|template|inline|constexpr|friend|explicit|static) *)+" "" line "${line} ")
  foreach(form IN ITEMS "^(class|struct|enum class|concept|using) +(NAME)" # types and concepts
                        "^([^(=<]*[^(=<A-Za-z_0-9~])?(~?NAME)[(]"          # functions
                        "^([^(=<]+ )?(NAME)( =|{|%|,)")                    # data members and enumerators
    string(REPLACE "NAME" "${identifier}" form "${form}")
    if(line MATCHES "${form}")
      set(${result} "${CMAKE_MATCH_2}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# ---- the code

set(in_code "")
file(GLOB units ${MODULE}/*.cppm)
foreach(unit IN LISTS units)
  read_lines(${unit} lines)
  set(depth 0)         # of braces
  set(namespace "")    # within seg
  set(namespace_at 0)  # the depth of what is in it
  set(class "")        # that is exported, with its namespace
  set(unnamed "")      # an export line whose name has not come yet
  foreach(line IN LISTS lines)
    string(REGEX MATCHALL "{" opened "${line}")
    string(REGEX MATCHALL "}" closed "${line}")
    list(LENGTH opened opened)
    list(LENGTH closed closed)
    math(EXPR depth "${depth} + ${opened} - ${closed}")
    if(line MATCHES "^namespace (seg::)?(${identifier}) {")
      set(namespace "${CMAKE_MATCH_2}::")
      string(REGEX REPLACE "^seg::$" "" namespace "${namespace}")
      set(namespace_at ${depth})
    elseif(depth LESS namespace_at)
      set(namespace "")
    endif()

    if(line MATCHES "^ *export ({|namespace |extern )|^ +export ")
      message(FATAL_ERROR "${unit}: an export that is no declaration of its own in column 0: ${line}")
    elseif(line MATCHES "^}")
      set(class "")
    elseif(class AND line MATCHES "^(public|private):")
      set(visibility ${CMAKE_MATCH_1})
    elseif(class AND line MATCHES "^    [^ ]" AND visibility STREQUAL "public")
      name_in("${line}" name)
      if(name)
        list(APPEND in_code "${class}::${name}")
      endif()
    elseif(namespace STREQUAL "detail::")
      # The library's own.
    elseif((line MATCHES "^export " AND NOT line MATCHES "^export (module|import) ")
           OR (unnamed AND line MATCHES "^[^ #]"))
      name_in("${line}" name)
      set(unnamed "")
      if(NOT name)
        set(unnamed "${line}")
        continue()
      endif()
      list(APPEND in_code "${namespace}${name}")
      if(line MATCHES "(class|struct) [^(]*{ *$")
        set(class "${namespace}${name}")
        set(visibility public)
        if(line MATCHES "class ${name}( |$)" AND NOT line MATCHES "enum class")
          set(visibility private)
        endif()
      elseif(line MATCHES "(class|struct) " AND NOT line MATCHES "[(=%]")
        message(FATAL_ERROR "${unit}: a class whose members do not begin in the next line: ${line}")
      endif()
    endif()
  endforeach()
  if(unnamed)
    message(FATAL_ERROR "${unit}: no name was found in: ${unnamed}")
  endif()
endforeach()

# ---- the page

set(on_page "")
set(class "")
read_lines(${PAGE} lines)
foreach(line IN LISTS lines)
  string(REPLACE "\\|" "&OR&" line "${line}") # a table's own | is not escaped
  if(line MATCHES "^#+ `(seg::)?([a-z_:]+)")
    set(class "${CMAKE_MATCH_2}::")
  elseif(line MATCHES "^#")
    set(class "")
  elseif(line MATCHES "^[|] ([^|]*)[|]")
    string(REGEX MATCHALL "`[^`]+`" names "${CMAKE_MATCH_1}")
    foreach(name IN LISTS names)
      if(NOT name MATCHES "^`(seg::)?(([a-z_]+::)?(operator([^ a-z(]+|[(][)]| [^(]+)|~?[a-z_]+))([(<].*)?`$")
        message(FATAL_ERROR "${PAGE}: ${name} is no name")
      endif()
      string(REPLACE "&OR&" "|" name "${class}${CMAKE_MATCH_2}")
      list(APPEND on_page "${name}")
    endforeach()
  endif()
endforeach()

# ---- both

list(REMOVE_DUPLICATES in_code)
list(REMOVE_DUPLICATES on_page)
list(LENGTH in_code count)
if(count LESS 10)
  message(FATAL_ERROR "${MODULE} exports no more than: ${in_code}")
endif()
set(missing ${in_code})
list(REMOVE_ITEM missing ${on_page})
set(gone ${on_page})
list(REMOVE_ITEM gone ${in_code})
set(report "")
foreach(kind IN ITEMS missing gone)
  if(${kind})
    list(SORT ${kind})
    list(JOIN ${kind} "\n  " names)
    string(REPLACE "@" "[]" names "${names}")
    string(APPEND report "\n${kind}:\n  ${names}")
  endif()
endforeach()
if(report)
  message(FATAL_ERROR "${PAGE} does not name what is exported.${report}")
endif()
message("${count} names")
