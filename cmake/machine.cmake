# SPDX-License-Identifier: MIT
# The machine process, libcove and the program process: executables of libexec that the
# command starts, laid out in the build tree as they are installed.
set(COVE_LIBEXEC ${CMAKE_BINARY_DIR}/libexec/cove)

cove_room_target(boot_target boot)
set(COVE_MACHINE_ROOMS ${${boot_target}_CLOSURE} abi_kernel abi_services abi_zw)

add_executable(cove-machine programs/cove_machine.c)
add_dependencies(cove-machine abi_headers)
set_target_properties(cove-machine PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${COVE_LIBEXEC})
target_include_directories(cove-machine PRIVATE $<TARGET_PROPERTY:room_boot,INCLUDE_DIRECTORIES>)
target_include_directories(cove-machine SYSTEM PRIVATE ${COVE_WDK_NATIVE})
cove_link(cove-machine linux ${COVE_MACHINE_ROOMS})
install(TARGETS cove-machine RUNTIME DESTINATION libexec/cove)

# Only what cove.h declares is visible in it.
add_library(libcove SHARED $<TARGET_OBJECTS:room_libcove>)
set_target_properties(libcove PROPERTIES OUTPUT_NAME cove SOVERSION 0
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
cove_link(libcove linux ${COVE_MACHINE_ROOMS})
install(TARGETS libcove LIBRARY DESTINATION lib)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/cove DESTINATION include)

cove_room_target(program_target front/program)
add_executable(cove-program $<TARGET_OBJECTS:${program_target}>)
set_target_properties(cove-program PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${COVE_LIBEXEC})
cove_link(cove-program linux ${${program_target}_CLOSURE} abi_user abi_stubs)
target_link_libraries(cove-program PRIVATE m)
install(TARGETS cove-program RUNTIME DESTINATION libexec/cove)
