# SPDX-License-Identifier: MIT
# Makes one static library of every room in src/layers.txt, compiled with the
# include folders of exactly the rooms that its line declares.
#
#   src/<room>/include/…   the public door
#   src/<room>/*.c *.S     the inside
#   src/<room>/test/*_test.c   one cmocka program each, run on both grounds
#                              where the file name says so (…_sim_test.c)
set(COVE_PUBLIC_INCLUDE ${CMAKE_SOURCE_DIR}/include)
set(COVE_WDK_NATIVE ${CMAKE_BINARY_DIR}/gen/wdk/shared
    ${CMAKE_SOURCE_DIR}/include/wdk/shared ${CMAKE_SOURCE_DIR}/include/wdk/km)

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/layers.txt)
file(STRINGS src/layers.txt COVE_LAYERS REGEX "^[^# \t]")

function(cove_room_target out room)
  string(REPLACE "/" "_" name ${room})
  set(${out} room_${name} PARENT_SCOPE)
endfunction()

function(cove_room room)
  cove_room_target(target ${room})
  set(folder ${CMAKE_SOURCE_DIR}/src/${room})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.c ${folder}/*.S)
  if(NOT sources)
    file(WRITE ${CMAKE_BINARY_DIR}/gen/empty.c "typedef int cove_empty_room;\n")
    set(sources ${CMAKE_BINARY_DIR}/gen/empty.c)
  endif()
  add_library(${target} STATIC ${sources})
  target_link_libraries(${target} PRIVATE cove_flags)
  if(COVE_SANITIZE)
    # A driver's bad pointer faults in the facade it was handed to, and that is dealt with; of no
    # bytes it may even be none.
    file(GLOB facades ${folder}/*_ddi.c)
    set_source_files_properties(${facades} PROPERTIES COMPILE_OPTIONS -fno-sanitize=null,nonnull-attribute)
  endif()
  add_dependencies(${target} abi_headers)
  target_include_directories(${target} PRIVATE ${folder} ${CMAKE_BINARY_DIR}/gen/include)
  if(room STREQUAL "libcove")
    target_include_directories(${target} PRIVATE ${COVE_PUBLIC_INCLUDE})
  endif()
  set(closure ${target})
  foreach(dep ${ARGN} ${room})
    if(dep STREQUAL "wdk")
      target_include_directories(${target} SYSTEM PRIVATE ${COVE_WDK_NATIVE})
    else()
      target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/src/${dep}/include)
      cove_room_target(dep_target ${dep})
      list(APPEND closure ${dep_target} ${${dep_target}_CLOSURE}) # a test links all that its rooms need
    endif()
  endforeach()
  list(REMOVE_DUPLICATES closure)
  set(${target}_CLOSURE ${closure} PARENT_SCOPE)
  set(${target}_DEPS ${ARGN} PARENT_SCOPE)
endfunction()

# cove_link(TARGET GROUND ROOMS…): links rooms that may name each other, on one ground.
function(cove_link target ground)
  list(JOIN ARGN "," libs)
  target_link_libraries(${target} PRIVATE cove_flags
    "$<LINK_GROUP:RESCAN,${libs},ground_${ground}>" Zydis cjson sqlite3 m)
endfunction()

# cmocka, kept from what a machine in the same process needs. Every test that uses it links this.
add_library(cmocka_process OBJECT ${CMAKE_SOURCE_DIR}/tests/include/cmocka_process.c)
target_link_libraries(cmocka_process PRIVATE cove_flags)
add_library(cove_cmocka INTERFACE)
target_sources(cove_cmocka INTERFACE $<TARGET_OBJECTS:cmocka_process>)
target_link_libraries(cove_cmocka INTERFACE cmocka)

function(cove_room_tests room)
  cove_room_target(target ${room})
  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${room}/test/*_test.c)
  foreach(test ${tests})
    get_filename_component(name ${test} NAME_WE)
    set(ground linux)
    if(name MATCHES "_sim_test$")
      set(ground sim)
    endif()
    string(REPLACE "/" "_" exe test_${room}_${name})
    add_executable(${exe} ${test})
    string(REGEX REPLACE "\\.c$" ".S" assembler ${test})
    if(EXISTS ${assembler})
      target_sources(${exe} PRIVATE ${assembler})
    endif()
    add_dependencies(${exe} abi_headers)
    set_target_properties(${exe} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test)
    target_include_directories(${exe} PRIVATE $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>
      ${CMAKE_SOURCE_DIR}/src/${room}/test ${CMAKE_SOURCE_DIR}/tests/include)
    target_include_directories(${exe} SYSTEM PRIVATE ${COVE_WDK_NATIVE})
    cove_link(${exe} ${ground} ${${target}_CLOSURE})
    target_link_libraries(${exe} PRIVATE cove_cmocka)
    add_test(NAME ${room}/${name} COMMAND ${exe})
    set_tests_properties(${room}/${name} PROPERTIES TIMEOUT 60 LABELS room)
  endforeach()
endfunction()

# The two grounds implement the same host.h. sim keeps linux's memory, faults and
# files and replaces threads, waiting and time.
file(GLOB COVE_GROUND_COMMON CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/host/common/*.c
  ${CMAKE_SOURCE_DIR}/src/host/common/*.S)
foreach(ground linux sim)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/host/${ground}/*.c)
  add_library(ground_${ground} STATIC ${sources} ${COVE_GROUND_COMMON})
  target_link_libraries(ground_${ground} PRIVATE cove_flags)
  target_include_directories(ground_${ground} PRIVATE ${CMAKE_SOURCE_DIR}/src/host
    ${CMAKE_SOURCE_DIR}/src/host/include ${CMAKE_SOURCE_DIR}/src/base/include)
endforeach()

set(COVE_ROOMS "")
foreach(line ${COVE_LAYERS})
  string(REGEX MATCH "^([^:]+):[ \t]*(.*)$" _ "${line}")
  set(room ${CMAKE_MATCH_1})
  string(REGEX REPLACE "[ \t]+" ";" deps "${CMAKE_MATCH_2}")
  list(APPEND COVE_ROOMS ${room})
  cove_room(${room} ${deps})
endforeach()
if(COVE_TESTS)
  foreach(room ${COVE_ROOMS})
    cove_room_tests(${room})
  endforeach()
endif()
