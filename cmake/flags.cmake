# SPDX-License-Identifier: MIT
# How the native half is compiled. WCHAR is 16 bits wide and Microsoft's C
# extensions are on, because the contract headers are Windows' own.
add_library(cove_flags INTERFACE)
target_compile_options(cove_flags INTERFACE
  -fms-extensions -fshort-wchar -fno-strict-aliasing -fwrapv
  -fvisibility=hidden -ftls-model=initial-exec -fno-omit-frame-pointer -mfsgsbase -mcx16
  -Wall -Wextra -Wshadow -Wvla -Werror
  $<$<COMPILE_LANGUAGE:C>:-std=gnu17 -Wmissing-prototypes -Wstrict-prototypes
    -Wno-microsoft -Wno-gnu-variable-sized-type-not-at-end -Wno-unused-parameter -Wno-multichar
    -Wno-missing-field-initializers>)
target_compile_definitions(cove_flags INTERFACE _GNU_SOURCE)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(COVE_SANITIZE)
  # Locals of a program's thread must lie on its own stack: services are handed their addresses.
  target_compile_options(cove_flags INTERFACE -fsanitize=${COVE_SANITIZE}
    -fno-sanitize=alignment,function -fno-sanitize-recover=undefined
    -fsanitize-address-use-after-return=never)
  target_compile_definitions(cove_flags INTERFACE COVE_SANITIZE=1)
  target_link_options(cove_flags INTERFACE -fsanitize=${COVE_SANITIZE})
endif()
target_link_options(cove_flags INTERFACE -fuse-ld=lld-19 -pthread -Wl,--as-needed)
