# SPDX-License-Identifier: MIT
# cove-program32: the program's side once more, for 32-bit programs.
#
# The same rooms, compiled with -m32 and linked above 3 GiB, so that a program has the 2 GiB that
# it has on Windows. front/wow64 and host/i386 take the places of what knows 64-bit registers;
# what is not there in 32 bits yet is left out by name below, and its exports are then absent.
set(COVE_32_FLAGS -m32 -malign-double -msse2 -mfpmath=sse -mstackrealign -fno-pic -fno-pie
  -fms-extensions -fshort-wchar -fno-strict-aliasing -fwrapv -fvisibility=hidden
  -fno-omit-frame-pointer -Wall -Wextra -Wshadow -Wvla -Werror -std=gnu17 -Wmissing-prototypes
  -Wstrict-prototypes -Wno-microsoft -Wno-gnu-variable-sized-type-not-at-end
  -Wno-unused-parameter -Wno-multichar -Wno-missing-field-initializers -Wno-pragma-pack)
set(COVE_32_DEFINITIONS _GNU_SOURCE _FILE_OFFSET_BITS=64 _TIME_BITS=64
  __builtin_ms_va_list=__builtin_va_list __builtin_ms_va_start=__builtin_va_start
  __builtin_ms_va_end=__builtin_va_end __builtin_ms_va_copy=__builtin_va_copy)

set(COVE_32_ROOMS base crt pe inf ne wire front/door front/ntdll front/win32 front/crt front/setup
  front/wow64 front/program
  # 16-bit programs
  front/win16/cpu front/win16/loader front/win16/task front/win16/kernel front/win16/dos
  front/win16/user front/win16/toolhelp front/win16/thunk front/win16/start front/win16/flat
  thunk/convert)
set(COVE_32_ABSENT base/abi_export.c front/program/sixteen.c
  front/ntdll/call.c front/ntdll/call_entry.S front/ntdll/exception_context.c
  front/ntdll/exception_ddi.c front/ntdll/exception_entry.S front/ntdll/exception_unwind.c
  front/ntdll/exception_walk.c front/ntdll/ldr_stub.c front/ntdll/thread_switch.S
  front/win32/fiber_stack.c front/win32/fiber_switch.S front/crt/jump.c front/crt/jump.S
  front/crt/cxx_frame.c front/crt/cxx_packed.c front/crt/cxx_plain.c front/crt/cxx_raise.c
  # the C++ library: its names say their widths, and there are none for 32 bits yet
  front/crt/cxx_pointer.c)
# Debian's libunicorn-dev; the library itself is looked for when a program starts.
find_path(UNICORN_HEADERS unicorn/unicorn.h)
if(UNICORN_HEADERS)
  list(APPEND COVE_32_ABSENT front/win16/cpu/emulator_none.c)
else()
  list(APPEND COVE_32_ABSENT front/win16/cpu/emulator.c front/win16/cpu/emulator_check.c
    front/win16/cpu/emulator_library.c)
endif()
set(COVE_32_INCLUDES ${COVE_GEN}/include ${CMAKE_SOURCE_DIR}/src/thunk/include)
set(COVE_32_SOURCES "")
foreach(room ${COVE_32_ROOMS})
  file(GLOB sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/src
    ${CMAKE_SOURCE_DIR}/src/${room}/*.c ${CMAKE_SOURCE_DIR}/src/${room}/*.S)
  list(REMOVE_ITEM sources ${COVE_32_ABSENT})
  list(TRANSFORM sources PREPEND ${CMAKE_SOURCE_DIR}/src/)
  list(APPEND COVE_32_SOURCES ${sources})
  list(APPEND COVE_32_INCLUDES ${CMAKE_SOURCE_DIR}/src/${room}/include
    ${CMAKE_SOURCE_DIR}/src/${room})
endforeach()
# The ground: common/ where i386/ has nothing of the same name.
file(GLOB ground CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/host/i386/*.c
  ${CMAKE_SOURCE_DIR}/src/host/i386/*.S ${CMAKE_SOURCE_DIR}/src/host/linux/*.c)
file(GLOB common CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/host/common/*.c
  ${CMAKE_SOURCE_DIR}/src/host/common/*.S)
foreach(source ${common})
  get_filename_component(name ${source} NAME)
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/src/host/i386/${name})
    list(APPEND ground ${source})
  endif()
endforeach()
list(APPEND COVE_32_SOURCES ${ground} ${COVE_GEN}/status_names.c ${COVE_GEN}/win32_names.c
  ${COVE_GEN}/bugcheck_names.c ${COVE_GEN}/exports_user.c ${COVE_GEN}/service_stubs32.c
  ${COVE_GEN}/exports_win16.c)

add_executable(cove-program32 ${COVE_32_SOURCES})
add_dependencies(cove-program32 abi_headers)
set_target_properties(cove-program32 PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${COVE_LIBEXEC}
  POSITION_INDEPENDENT_CODE OFF)
target_compile_options(cove-program32 PRIVATE ${COVE_32_FLAGS})
target_compile_definitions(cove-program32 PRIVATE ${COVE_32_DEFINITIONS})
target_include_directories(cove-program32 PRIVATE ${COVE_32_INCLUDES}
  ${CMAKE_SOURCE_DIR}/src/host/include ${CMAKE_SOURCE_DIR}/src/host)
target_include_directories(cove-program32 SYSTEM PRIVATE ${COVE_WDK_NATIVE})
target_link_options(cove-program32 PRIVATE -m32 -no-pie -fuse-ld=lld-19 -pthread
  -Wl,--image-base=0xC0000000 --rtlib=compiler-rt --unwindlib=none)
target_link_libraries(cove-program32 PRIVATE m)
install(TARGETS cove-program32 RUNTIME DESTINATION libexec/cove)

# For the benchmark: the stubs of the services with nobody behind them.
add_executable(cove-convert32 ${CMAKE_SOURCE_DIR}/tools/bench/convert32.c
  ${COVE_GEN}/service_stubs32.c ${CMAKE_SOURCE_DIR}/src/front/wow64/widen.c
  ${CMAKE_SOURCE_DIR}/src/front/wow64/redirect.c ${CMAKE_SOURCE_DIR}/src/front/wow64/services.c
  ${CMAKE_SOURCE_DIR}/src/front/wow64/copy.S)
add_dependencies(cove-convert32 abi_headers)
set_target_properties(cove-convert32 PROPERTIES POSITION_INDEPENDENT_CODE OFF
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
target_compile_options(cove-convert32 PRIVATE ${COVE_32_FLAGS})
target_compile_definitions(cove-convert32 PRIVATE ${COVE_32_DEFINITIONS})
target_include_directories(cove-convert32 PRIVATE ${COVE_32_INCLUDES})
target_include_directories(cove-convert32 SYSTEM PRIVATE ${COVE_WDK_NATIVE})
target_link_options(cove-convert32 PRIVATE -m32 -no-pie -fuse-ld=lld-19 --rtlib=compiler-rt
  --unwindlib=none)
