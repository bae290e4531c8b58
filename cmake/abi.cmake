# SPDX-License-Identifier: MIT
# Runs the generators in tools/abi over the tables in abi/. Nothing generated is
# ever committed; everything lands in <build>/gen.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
set(COVE_GEN ${CMAKE_BINARY_DIR}/gen)
file(GLOB_RECURSE COVE_ABI_TABLES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/abi/*.tsv)
file(GLOB COVE_ABI_TOOLS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/abi/*.py)
add_custom_command(
  OUTPUT ${COVE_GEN}/abi.stamp
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/abi/generate.py
          --abi ${CMAKE_SOURCE_DIR}/abi --out ${COVE_GEN}
  COMMAND ${CMAKE_COMMAND} -E touch ${COVE_GEN}/abi.stamp
  DEPENDS ${COVE_ABI_TABLES} ${COVE_ABI_TOOLS}
  COMMENT "abi: generating tables")
add_custom_target(abi_headers DEPENDS ${COVE_GEN}/abi.stamp)
