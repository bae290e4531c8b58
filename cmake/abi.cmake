# SPDX-License-Identifier: MIT
# Runs the generators in tools/abi over the tables in abi/. Nothing generated is
# ever committed; everything lands in <build>/gen.
#
#   abi_headers    target: the generated headers and sources are there
#   abi_kernel     library: rows and entry thunks of ntoskrnl and hal; wants every room
#   abi_services   library: the gate's table from number to NtX
#   abi_zw         library: ZwX entries of kernel mode; weak, a room's own wins
#   abi_user       library: rows of the DLLs on the program's side
#   abi_stubs      library: NtX on the program's side, knocking at the door
#
# Names of status values and bug checks become part of the room base.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
set(COVE_GEN ${CMAKE_BINARY_DIR}/gen)
file(GLOB_RECURSE COVE_ABI_TABLES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/abi/*.tsv)
file(GLOB COVE_ABI_TOOLS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/abi/*.py)
set(COVE_ABI_FILES
  ${COVE_GEN}/exports_kernel.c ${COVE_GEN}/exports_facts.c ${COVE_GEN}/ddi_entry.S
  ${COVE_GEN}/exports_user.c ${COVE_GEN}/user_absent.S
  ${COVE_GEN}/status_names.c ${COVE_GEN}/win32_names.c ${COVE_GEN}/bugcheck_names.c
  ${COVE_GEN}/service_table.c ${COVE_GEN}/service_stubs.c ${COVE_GEN}/zw_entries.c
  ${COVE_GEN}/service_stubs32.c ${COVE_GEN}/exports_win16.c ${COVE_GEN}/include/abi/win16.h
  ${COVE_GEN}/include/abi/services.h ${COVE_GEN}/include/abi/layout_asserts.h
  ${COVE_GEN}/wdk/shared/ntstatus.h ${COVE_GEN}/wdk/shared/bugcodes.h
  ${COVE_GEN}/lib/ntoskrnl.def ${COVE_GEN}/lib/hal.def
  ${COVE_GEN}/lib/wdmsec.def ${COVE_GEN}/wdf/wdf_entries.h ${COVE_GEN}/wdf/wdf_table.c
  ${COVE_GEN}/wdf/wdf_struct_sizes.h ${COVE_GEN}/include/abi/wdf_asserts.h)
# The generated part of KMDF's headers: one file a header that has entries, and the indices.
file(STRINGS ${CMAKE_SOURCE_DIR}/abi/wdf/kmdf.tsv wdf_rows REGEX "^[0-9]")
set(wdf_calls indices struct_indices)
foreach(row ${wdf_rows})
  if(row MATCHES "\t(wdf[a-z]+)\t[a-z]+\t[^\t]*$")
    list(APPEND wdf_calls ${CMAKE_MATCH_1}_calls)
  endif()
endforeach()
list(REMOVE_DUPLICATES wdf_calls)
list(TRANSFORM wdf_calls REPLACE "(.+)" "${COVE_GEN}/wdk/wdf/kmdf/calls/\\1.h" OUTPUT_VARIABLE COVE_WDF_CALLS)
list(APPEND COVE_ABI_FILES ${COVE_WDF_CALLS})
add_custom_command(
  OUTPUT ${COVE_GEN}/abi.stamp
  BYPRODUCTS ${COVE_ABI_FILES} ${CMAKE_BINARY_DIR}/docs/status.md
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tools/abi/generate.py
          --abi ${CMAKE_SOURCE_DIR}/abi --out ${COVE_GEN} --docs ${CMAKE_BINARY_DIR}/docs
  COMMAND ${CMAKE_COMMAND} -E touch ${COVE_GEN}/abi.stamp
  DEPENDS ${COVE_ABI_TABLES} ${COVE_ABI_TOOLS}
  COMMENT "abi: generating tables")
add_custom_target(abi_headers ALL DEPENDS ${COVE_GEN}/abi.stamp)
set_source_files_properties(${COVE_ABI_FILES} PROPERTIES GENERATED TRUE)

function(cove_abi_library name)
  list(TRANSFORM ARGN PREPEND ${COVE_GEN}/)
  add_library(${name} STATIC EXCLUDE_FROM_ALL ${ARGN})
  add_dependencies(${name} abi_headers)
  target_link_libraries(${name} PRIVATE cove_flags)
  target_include_directories(${name} PRIVATE ${COVE_GEN}/include
    ${CMAKE_SOURCE_DIR}/src/base/include ${CMAKE_SOURCE_DIR}/src/kernel/callout/include)
endfunction()

cove_abi_library(abi_kernel exports_kernel.c ddi_entry.S)
cove_abi_library(abi_facts exports_facts.c)
cove_abi_library(abi_services service_table.c)
# Its rows have the gate's type, and the gate speaks the contract's.
target_include_directories(abi_services PRIVATE ${CMAKE_SOURCE_DIR}/src/gate/include)
target_include_directories(abi_services SYSTEM PRIVATE ${COVE_GEN}/wdk/shared
  ${CMAKE_SOURCE_DIR}/include/wdk/shared ${CMAKE_SOURCE_DIR}/include/wdk/km)
cove_abi_library(abi_zw zw_entries.c)
cove_abi_library(abi_user exports_user.c user_absent.S)
cove_abi_library(abi_stubs service_stubs.c)

# The rooms do not exist yet while this file is read.
cmake_language(DEFER CALL target_sources room_base PRIVATE
  ${COVE_GEN}/status_names.c ${COVE_GEN}/win32_names.c ${COVE_GEN}/bugcheck_names.c)

if(COVE_TESTS)
  add_test(NAME abi/generate COMMAND ${Python3_EXECUTABLE} -B -m unittest discover
    -s ${CMAKE_SOURCE_DIR}/tests/abi -p "test_*.py")
endif()
