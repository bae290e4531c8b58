# SPDX-License-Identifier: MIT
# The programs that users start, in <build>/bin.
file(GLOB COVE_CLI CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/cli/*.c)
add_executable(cove ${COVE_CLI})
target_link_libraries(cove PRIVATE cove_flags)
target_include_directories(cove PRIVATE ${CMAKE_SOURCE_DIR}/tools/cli)
target_compile_definitions(cove PRIVATE COVE_VERSION="${PROJECT_VERSION}")
install(TARGETS cove RUNTIME DESTINATION bin)
