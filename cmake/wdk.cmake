# SPDX-License-Identifier: MIT
# Lays the driver kit out in <build>/share/cove/wdk as `cove cc` finds it, which is also
# how it is installed: include/{shared,km,crt} with an overlay for any case, and lib/.
#
#   wdk_headers   target: the headers are there
#   wdk           target: headers and libraries are there
set(COVE_WDK_DIR ${CMAKE_BINARY_DIR}/share/cove/wdk)
find_program(LLVM_DLLTOOL NAMES llvm-dlltool-19 REQUIRED)
find_program(LLVM_LIB NAMES llvm-lib-19 REQUIRED)
find_program(PE_CLANG NAMES clang-19 REQUIRED)

file(GLOB_RECURSE COVE_WDK_HEADERS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/include/wdk/*)
add_custom_command(
  OUTPUT ${COVE_WDK_DIR}/headers.stamp
  BYPRODUCTS ${COVE_WDK_DIR}/include/overlay.yaml
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tools/abi/wdk_tree.py
          --out ${COVE_WDK_DIR}/include ${CMAKE_SOURCE_DIR}/include/wdk ${COVE_GEN}/wdk
  COMMAND ${CMAKE_COMMAND} -E touch ${COVE_WDK_DIR}/headers.stamp
  DEPENDS ${COVE_WDK_HEADERS} ${COVE_ABI_TOOLS} ${COVE_GEN}/wdk/shared/ntstatus.h
          ${COVE_GEN}/wdk/shared/bugcodes.h ${COVE_WDF_CALLS}
  COMMENT "wdk: headers")
add_custom_target(wdk_headers DEPENDS ${COVE_WDK_DIR}/headers.stamp)
add_dependencies(wdk_headers abi_headers)

# Generators that `cove cc`, `cove wpp` and `cove mc` start.
file(GLOB COVE_WDK_TOOLS RELATIVE ${CMAKE_SOURCE_DIR}/tools CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/tools/wpp/*.py ${CMAKE_SOURCE_DIR}/tools/mc/*.py
  ${CMAKE_SOURCE_DIR}/tools/mof/*.py
  ${CMAKE_SOURCE_DIR}/tools/lenient/*.py)
set(COVE_WDK_BIN "")
foreach(tool ${COVE_WDK_TOOLS})
  add_custom_command(OUTPUT ${COVE_WDK_DIR}/bin/${tool}
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/tools/${tool} ${COVE_WDK_DIR}/bin/${tool}
    DEPENDS ${CMAKE_SOURCE_DIR}/tools/${tool} COMMENT "wdk: ${tool}")
  list(APPEND COVE_WDK_BIN ${COVE_WDK_DIR}/bin/${tool})
endforeach()

set(COVE_WDK_LIBS "")

# cove_import_library(NAME DEF): NAME.lib from a module definition.
function(cove_import_library name definition)
  set(lib ${COVE_WDK_DIR}/lib/${name}.lib)
  add_custom_command(OUTPUT ${lib}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${COVE_WDK_DIR}/lib
    COMMAND ${LLVM_DLLTOOL} -m i386:x86-64 -d ${definition} -l ${lib}
    DEPENDS ${definition} COMMENT "wdk: ${name}.lib")
  set(COVE_WDK_LIBS ${COVE_WDK_LIBS} ${lib} PARENT_SCOPE)
endfunction()

# cove_driver_library(NAME SOURCES…): NAME.lib of code that is linked into drivers.
# Never stack-protected: this is what protection rests on.
function(cove_driver_library name)
  set(lib ${COVE_WDK_DIR}/lib/${name}.lib)
  set(objects "")
  foreach(source ${ARGN})
    get_filename_component(stem ${source} NAME_WE)
    set(object ${CMAKE_BINARY_DIR}/gen/pe/${name}-${stem}.obj)
    add_custom_command(OUTPUT ${object}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/gen/pe
      COMMAND ${PE_CLANG} --target=x86_64-pc-windows-msvc -O2 -nostdlibinc -fms-extensions
              -fno-stack-protector -Wall -Wextra -Werror
              -I ${CMAKE_SOURCE_DIR}/include/wdk/shared -I ${CMAKE_SOURCE_DIR}/include/wdk/km
              -isystem ${CMAKE_SOURCE_DIR}/include/wdk/crt -isystem ${COVE_GEN}/wdk/shared
              -c ${source} -o ${object}
      DEPENDS ${source} ${COVE_GEN}/wdk/shared/ntstatus.h COMMENT "wdk: ${stem}.obj")
    list(APPEND objects ${object})
  endforeach()
  add_custom_command(OUTPUT ${lib}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${COVE_WDK_DIR}/lib
    COMMAND ${LLVM_LIB} /nologo /llvmlibempty /machine:x64 /out:${lib} ${objects}
    DEPENDS ${objects} COMMENT "wdk: ${name}.lib")
  set(COVE_WDK_LIBS ${COVE_WDK_LIBS} ${lib} PARENT_SCOPE)
endfunction()

cove_import_library(ntoskrnl ${COVE_GEN}/lib/ntoskrnl.def)
cove_import_library(hal ${COVE_GEN}/lib/hal.def)
cove_import_library(wdmsec ${COVE_GEN}/lib/wdmsec.def)
cove_import_library(cng ${CMAKE_SOURCE_DIR}/src/drivers/cng/cng_import.def)
cove_import_library(ksecdd ${CMAKE_SOURCE_DIR}/src/drivers/ksecdd/ksecdd_import.def)
cove_import_library(wmilib ${CMAKE_SOURCE_DIR}/src/drivers/wmilib/wmilib.def)
foreach(name hidclass hidparse battc)
  cove_import_library(${name} ${CMAKE_SOURCE_DIR}/src/drivers/classes/${name}.def)
endforeach()
set(gs ${CMAKE_SOURCE_DIR}/src/drivers/gs)
set(gs_common ${gs}/gs_entry.c ${gs}/cookie.c ${gs}/cookie_check.S ${gs}/load_config.c
    ${gs}/guard_nop.S ${gs}/gs_handler.c ${gs}/report_range.c)
cove_driver_library(BufferOverflowK ${gs_common} ${gs}/report_bugcheck.c)
cove_driver_library(BufferOverflowFastFailK ${gs_common} ${gs}/report_fastfail.c)
cove_driver_library(libcntpr ${gs}/fltused.c ${gs}/cxx_frame.c)
# The safe string functions are inline; the library is there because projects name it.
cove_driver_library(ntstrsafe)
# The recorder's functions are macros here.
cove_driver_library(wpprecorder)
# So does what asks for the system's version: the kernel has it.
cove_driver_library(rtlver)
cove_driver_library(aux_klib ${CMAKE_SOURCE_DIR}/src/drivers/auxklib/auxklib.c)
# One library by both names that projects give it.
set(usbd ${CMAKE_SOURCE_DIR}/src/drivers/usbd)
foreach(name usbd usbdex)
  cove_driver_library(${name} ${usbd}/parse.c ${usbd}/validate.c ${usbd}/handle.c ${usbd}/request.c)
endforeach()
cove_driver_library(wdmguid ${CMAKE_SOURCE_DIR}/src/drivers/guid/wdmguid.c)

# The entry library of KMDF drivers, once a version: its table has that version's length.
if(EXISTS ${CMAKE_SOURCE_DIR}/include/wdk/wdf/kmdf/wdf.h)
  cove_import_library(WdfLdr ${CMAKE_SOURCE_DIR}/src/drivers/wdfldr/wdfldr.def)
  set(source ${CMAKE_SOURCE_DIR}/src/drivers/wdfentry/entry.c)
  foreach(minor RANGE 9 33 2)
    set(lib ${COVE_WDK_DIR}/lib/wdf/kmdf/1.${minor}/WdfDriverEntry.lib)
    set(object ${CMAKE_BINARY_DIR}/gen/pe/kmdf-entry-${minor}.obj)
    add_custom_command(OUTPUT ${lib}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/gen/pe
      COMMAND ${CMAKE_COMMAND} -E make_directory ${COVE_WDK_DIR}/lib/wdf/kmdf/1.${minor}
      COMMAND ${PE_CLANG} --target=x86_64-pc-windows-msvc -O2 -nostdlibinc -fms-extensions
              -fms-compatibility -fno-stack-protector -Wall -Wextra -Werror -Wno-unknown-pragmas
              -DKMDF_VERSION_MINOR=${minor} -D_AMD64_=1 -D_KERNEL_MODE=1
              -isystem ${COVE_WDK_DIR}/include/wdf/kmdf -isystem ${COVE_WDK_DIR}/include/shared
              -isystem ${COVE_WDK_DIR}/include/km -isystem ${COVE_WDK_DIR}/include/crt
              -ivfsoverlay${COVE_WDK_DIR}/include/overlay.yaml -c ${source} -o ${object}
      COMMAND ${LLVM_LIB} /nologo /machine:x64 /out:${lib} ${object}
      DEPENDS ${source} ${COVE_WDK_DIR}/headers.stamp COMMENT "wdk: 1.${minor}/WdfDriverEntry.lib")
    list(APPEND COVE_WDK_LIBS ${lib})
  endforeach()
endif()

add_custom_target(wdk ALL DEPENDS wdk_headers ${COVE_WDK_LIBS} ${COVE_WDK_BIN})
add_dependencies(wdk abi_headers wdk_headers)
install(DIRECTORY ${COVE_WDK_DIR}/include ${COVE_WDK_DIR}/lib ${COVE_WDK_DIR}/bin
  DESTINATION share/cove/wdk)
