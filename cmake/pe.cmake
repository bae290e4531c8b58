# SPDX-License-Identifier: MIT
# Builds what runs on a machine: drivers with our own `cove cc`, programs with mingw-w64.
#
#   cove_driver(NAME SOURCES a.c b.cpp x.rc [FLAGS -O2 ...] [OUTPUT folder])
#       NAME.sys in <build>/drivers or folder; target driver_NAME, path in its
#       property COVE_FILE
#   cove_windows_program(NAME SOURCES a.c [FLAGS ...] [LIBS setupapi ...] [OUTPUT folder] [WIDTH 32])
#       NAME.exe in <build>/apps or folder; target app_NAME, path in COVE_FILE
#   cove_windows_library(NAME SOURCES a.c [FLAGS ...] [LIBS ...] OUTPUT folder [WIDTH 32])
#       NAME.dll, its functions exported by their plain names; target app32_NAME or app_NAME
#   cove_ne_program(NAME SOURCES a.asm b.def c.res [OUTPUT folder] [DLL])
#       NAME.exe (or .dll) of nasm's objects by `cove link16`; target ne_NAME, path in COVE_FILE
#   cove_msvc_program(NAME SOURCES a.c b.cpp [FLAGS ...] DLLS kernel32 ucrtbase ... OUTPUT folder)
#       a program for MSVC's target without any of its headers and libraries: imports are made
#       from our own tables of exports; PACKED own|shared: with __CxxFrameHandler4's tables
#       (tests/program/packed.py); [WIDTH 32]
#
# A file is rebuilt when a source, a header beside one, or the driver kit changes.
find_program(MINGW_GCC_32 NAMES i686-w64-mingw32-gcc-posix i686-w64-mingw32-gcc)
find_program(MINGW_GCC NAMES x86_64-w64-mingw32-gcc-posix x86_64-w64-mingw32-gcc)

# Full paths of sources, and of the headers in their folders.
function(cove_pe_inputs out_sources out_headers)
  set(sources "")
  set(headers "")
  foreach(source ${ARGN})
    get_filename_component(path ${source} ABSOLUTE)
    get_filename_component(folder ${path} DIRECTORY)
    list(APPEND sources ${path})
    file(GLOB beside CONFIGURE_DEPENDS ${folder}/*.h ${folder}/*.hpp)
    list(APPEND headers ${beside})
  endforeach()
  list(REMOVE_DUPLICATES headers)
  set(${out_sources} ${sources} PARENT_SCOPE)
  set(${out_headers} ${headers} PARENT_SCOPE)
endfunction()

function(cove_driver name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT" "SOURCES;FLAGS")
  cove_pe_inputs(sources headers ${arg_SOURCES})
  if(NOT arg_OUTPUT)
    set(arg_OUTPUT ${CMAKE_BINARY_DIR}/drivers)
  endif()
  set(file ${arg_OUTPUT}/${name}.sys)
  add_custom_command(OUTPUT ${file}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${arg_OUTPUT}
    COMMAND ${CMAKE_COMMAND} -E env COVE_WDK=${COVE_WDK_DIR}
            $<TARGET_FILE:cove> cc -o ${file} ${arg_FLAGS} ${sources}
    DEPENDS cove ${sources} ${headers} ${COVE_WDK_DIR}/headers.stamp ${COVE_WDK_LIBS} ${COVE_WDK_BIN}
    COMMENT "cove cc ${name}.sys" VERBATIM)
  add_custom_target(driver_${name} ALL DEPENDS ${file})
  add_dependencies(driver_${name} wdk)
  set_property(TARGET driver_${name} PROPERTY COVE_FILE ${file})
endfunction()

function(cove_windows_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT;WIDTH;SUFFIX" "SOURCES;FLAGS;LIBS")
  set(compiler ${MINGW_GCC})
  set(target app_${name})
  if(arg_WIDTH EQUAL 32)
    set(compiler ${MINGW_GCC_32})
    set(target app32_${name})
  endif()
  if(NOT compiler)
    message(FATAL_ERROR "${name}.exe needs mingw-w64: apt install gcc-mingw-w64-x86-64 gcc-mingw-w64-i686")
  endif()
  cove_pe_inputs(sources headers ${arg_SOURCES})
  if(NOT arg_OUTPUT)
    set(arg_OUTPUT ${CMAKE_BINARY_DIR}/apps)
  endif()
  if(NOT arg_SUFFIX)
    set(arg_SUFFIX .exe)
  endif()
  set(file ${arg_OUTPUT}/${name}${arg_SUFFIX})
  list(TRANSFORM arg_LIBS PREPEND -l)
  add_custom_command(OUTPUT ${file}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${arg_OUTPUT}
    COMMAND ${compiler} -O2 -Wall -Wextra -o ${file} ${arg_FLAGS} ${sources} ${arg_LIBS}
    DEPENDS ${sources} ${headers} COMMENT "mingw ${name}${arg_SUFFIX}" VERBATIM)
  add_custom_target(${target} ALL DEPENDS ${file})
  set_property(TARGET ${target} PROPERTY COVE_FILE ${file})
endfunction()

function(cove_windows_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT;WIDTH" "SOURCES;FLAGS;LIBS")
  cove_windows_program(${name} SOURCES ${arg_SOURCES} LIBS ${arg_LIBS} OUTPUT ${arg_OUTPUT}
    WIDTH ${arg_WIDTH} SUFFIX .dll FLAGS ${arg_FLAGS} -shared -Wl,--kill-at)
endfunction()

function(cove_ne_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "DLL" "OUTPUT" "SOURCES")
  find_program(NASM NAMES nasm REQUIRED)
  if(NOT arg_OUTPUT)
    set(arg_OUTPUT ${CMAKE_BINARY_DIR}/apps16)
  endif()
  set(file ${arg_OUTPUT}/${name}.exe)
  if(arg_DLL)
    set(file ${arg_OUTPUT}/${name}.dll)
    set(kind --library)
  endif()
  set(inputs "")
  set(sources "")
  foreach(source ${arg_SOURCES})
    get_filename_component(path ${source} ABSOLUTE)
    list(APPEND sources ${path})
    if(path MATCHES "[.]asm$")
      get_filename_component(stem ${path} NAME_WE)
      set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}_${stem}.obj)
      add_custom_command(OUTPUT ${object} COMMAND ${NASM} -f obj -o ${object} ${path}
        DEPENDS ${path} COMMENT "nasm ${name}/${stem}.obj" VERBATIM)
      list(APPEND inputs ${object})
    else()
      list(APPEND inputs ${path})
    endif()
  endforeach()
  add_custom_command(OUTPUT ${file}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${arg_OUTPUT}
    COMMAND $<TARGET_FILE:cove> link16 -o ${file} ${kind} ${inputs}
    DEPENDS cove ${sources} ${inputs} COMMENT "cove link16 ${name}" VERBATIM)
  add_custom_target(ne_${name} ALL DEPENDS ${file})
  set_property(TARGET ne_${name} PROPERTY COVE_FILE ${file})
endfunction()

# cove_system_driver(NAME SOURCES …): a driver that comes with the machine; importers find it in
# <libexec>/drivers.
function(cove_system_driver name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;FLAGS")
  set(folder ${CMAKE_BINARY_DIR}/libexec/cove/drivers)
  cove_driver(${name} SOURCES ${arg_SOURCES} OUTPUT ${folder}
    FLAGS -Wl,/implib:${CMAKE_BINARY_DIR}/gen/pe/${name}.lib ${arg_FLAGS})
  install(FILES ${folder}/${name}.sys DESTINATION libexec/cove/drivers)
endfunction()

function(cove_msvc_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT;PACKED;WIDTH" "SOURCES;FLAGS;DLLS")
  cove_pe_inputs(sources headers ${arg_SOURCES})
  set(file ${arg_OUTPUT}/${name}.exe)
  set(target --target=x86_64-pc-windows-msvc -O1 -w)
  set(width 64)
  set(machine i386:x86-64)
  set(safe "")
  set(kill "")
  set(prefix app)
  if(arg_WIDTH EQUAL 32)
    set(target --target=i686-pc-windows-msvc -O1 -w)
    set(width 32)
    set(machine i386)
    set(safe -Wl,/safeseh:no)
    set(kill -k)
    set(prefix app32)
  endif()
  if(arg_PACKED)
    set(plain ${CMAKE_BINARY_DIR}/test/import/${name}.plain.s)
    set(text ${CMAKE_BINARY_DIR}/test/import/${name}.s)
    set(tool ${CMAKE_SOURCE_DIR}/tests/program/packed.py)
    add_custom_command(OUTPUT ${text}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/test/import
      COMMAND ${CMAKE_C_COMPILER} ${target} -S -o ${plain} ${arg_FLAGS} ${sources}
      COMMAND ${Python3_EXECUTABLE} ${tool} ${arg_PACKED} ${plain} ${text}
      DEPENDS ${sources} ${headers} ${tool} COMMENT "packed ${name}.s" VERBATIM)
    set(sources ${text})
    set(arg_FLAGS "")
  endif()
  set(libraries "")
  foreach(dll ${arg_DLLS})
    set(library ${CMAKE_BINARY_DIR}/test/import/${dll}_${width}.lib)
    list(APPEND libraries ${library})
    get_property(known GLOBAL PROPERTY COVE_IMPORT_${dll}_${width})
    if(NOT known)
      set_property(GLOBAL PROPERTY COVE_IMPORT_${dll}_${width} TRUE)
      set(table ${CMAKE_SOURCE_DIR}/abi/exports/user/${dll}.tsv)
      set(tool ${CMAKE_SOURCE_DIR}/tests/program/exports_def.py)
      add_custom_command(OUTPUT ${library}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/test/import
        COMMAND ${Python3_EXECUTABLE} ${tool} ${width} ${table} ${library}.def
        COMMAND ${LLVM_DLLTOOL} ${kill} -m ${machine} -d ${library}.def -l ${library}
        DEPENDS ${table} ${tool} COMMENT "${dll}_${width}.lib" VERBATIM)
      add_custom_target(import_${dll}_${width} DEPENDS ${library})
    endif()
  endforeach()
  add_custom_command(OUTPUT ${file}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${arg_OUTPUT}
    COMMAND ${CMAKE_C_COMPILER} ${target} -fuse-ld=lld -nostdlib
            -Wl,/subsystem:console ${safe} -o ${file} ${arg_FLAGS} ${sources} ${libraries}
    DEPENDS ${sources} ${headers} ${libraries} COMMENT "msvc ${name}.exe" VERBATIM)
  add_custom_target(${prefix}_${name} ALL DEPENDS ${file})
  foreach(dll ${arg_DLLS})
    add_dependencies(${prefix}_${name} import_${dll}_${width})
  endforeach()
endfunction()

# What `cove kd` knows of the kernel's types: a PDB with every public one, whether used or not.
set(kd_folder ${CMAKE_BINARY_DIR}/share/cove/kd)
set(kd_source ${CMAKE_SOURCE_DIR}/src/debugger/nt/nt_types.c)
add_custom_command(OUTPUT ${kd_folder}/nt.pdb
  COMMAND ${CMAKE_COMMAND} -E make_directory ${kd_folder} ${CMAKE_BINARY_DIR}/gen/kd
  COMMAND ${CMAKE_COMMAND} -E env COVE_WDK=${COVE_WDK_DIR}
          $<TARGET_FILE:cove> cc -o ${CMAKE_BINARY_DIR}/gen/kd/nt.sys
          -fno-eliminate-unused-debug-types ${kd_source}
  COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_BINARY_DIR}/gen/kd/nt.pdb ${kd_folder}/nt.pdb
  DEPENDS ${kd_source} ${COVE_WDK_DIR}/headers.stamp ${COVE_WDK_LIBS} cove
  COMMENT "nt.pdb: the kernel's public types" VERBATIM)
add_custom_target(kd_types ALL DEPENDS ${kd_folder}/nt.pdb)
add_dependencies(kd_types wdk)
install(FILES ${kd_folder}/nt.pdb DESTINATION share/cove/kd)
