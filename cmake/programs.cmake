# SPDX-License-Identifier: MIT
# The programs that users start, in <build>/bin.
file(GLOB COVE_CLI CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/cli/*.c)
add_executable(cove ${COVE_CLI})
# The command sees a machine only through its client room.
target_include_directories(cove PRIVATE ${CMAKE_SOURCE_DIR}/tools/cli
  ${CMAKE_SOURCE_DIR}/src/client/include ${CMAKE_SOURCE_DIR}/src/wire/include
  ${CMAKE_SOURCE_DIR}/src/host/include ${CMAKE_SOURCE_DIR}/src/base/include
  ${CMAKE_SOURCE_DIR}/src/pe/include ${CMAKE_SOURCE_DIR}/src/debugger/include
  ${CMAKE_SOURCE_DIR}/src/inf/include ${CMAKE_SOURCE_DIR}/src/regfile/include
  ${CMAKE_SOURCE_DIR}/src/ne/include ${CMAKE_SOURCE_DIR}/src/omf/include
  ${CMAKE_SOURCE_DIR}/src/link16/include ${CMAKE_SOURCE_DIR}/src/thunk/include)
# What `cove image` shows: images (room pe), the kernel's exports, signatures (libcrypto).
cove_link(cove linux ${room_client_CLOSURE} ${room_pe_CLOSURE} ${room_debugger_CLOSURE}
  ${room_inf_CLOSURE} ${room_link16_CLOSURE} room_thunk room_regfile abi_facts)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
# The prompt of `cove kd`.
find_library(EDIT_LIBRARY NAMES edit REQUIRED)
target_link_libraries(cove PRIVATE cjson hivex OpenSSL::Crypto ${EDIT_LIBRARY})
target_compile_definitions(cove PRIVATE COVE_VERSION="${PROJECT_VERSION}")
install(TARGETS cove RUNTIME DESTINATION bin)

# The INFs that packages include, where the command and the machine look for them.
file(GLOB COVE_INBOX CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/inf/inbox/*.inf)
foreach(file ${COVE_INBOX})
  get_filename_component(name ${file} NAME)
  configure_file(${file} ${CMAKE_BINARY_DIR}/share/cove/inf/${name} COPYONLY)
endforeach()
install(FILES ${COVE_INBOX} DESTINATION share/cove/inf)

# What `cove new` starts projects from.
file(GLOB COVE_TEMPLATES RELATIVE ${CMAKE_SOURCE_DIR}/tools/cli CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/tools/cli/templates/*/*)
foreach(file ${COVE_TEMPLATES})
  configure_file(${CMAKE_SOURCE_DIR}/tools/cli/${file} ${CMAKE_BINARY_DIR}/share/cove/${file} COPYONLY)
  get_filename_component(folder ${file} DIRECTORY)
  install(FILES ${CMAKE_SOURCE_DIR}/tools/cli/${file} DESTINATION share/cove/${folder})
endforeach()

if(COVE_TESTS)
  # One a line: tests/cli/test_NAME.py.
  foreach(test
      catalog
      cc
      cc_lenient
      mof
      devices
      inf
      kd
      kit
      link16
      log
      new
      power
      reg
      thunk
      trace)
    add_test(NAME cli/${test} COMMAND ${Python3_EXECUTABLE} -B -m unittest discover
      -s ${CMAKE_SOURCE_DIR}/tests/cli -p "test_${test}.py")
    set_tests_properties(cli/${test} PROPERTIES ENVIRONMENT "COVE=$<TARGET_FILE:cove>")
  endforeach()
endif()
