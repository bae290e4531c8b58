# SPDX-License-Identifier: MIT
# The Framework: wdfldr.sys, wdf01000.sys and the library that KMDF drivers are linked with.
#
# Files are compiled one by one, so that a change costs one file.
set(FX_ROOT ${CMAKE_SOURCE_DIR}/src/drivers/wdf01000)
set(FX_HEADERS ${CMAKE_SOURCE_DIR}/include/wdk/wdf/kmdf)

# cove_pe_objects(OUT_OBJECTS NAME SOURCES… FLAGS…): an object of each source, by `cove cc -c`.
function(cove_pe_objects out name)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "SOURCES;FLAGS")
  set(folder ${CMAKE_BINARY_DIR}/gen/pe/${name})
  set(objects "")
  foreach(source ${arg_SOURCES})
    file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR} ${source})
    string(REPLACE "/" "-" path ${path})
    set(object ${folder}/${path}.obj)
    add_custom_command(OUTPUT ${object}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
      COMMAND ${CMAKE_COMMAND} -E env COVE_WDK=${COVE_WDK_DIR} $<TARGET_FILE:cove> cc -c -O2
              -Wall -Wextra -Werror -Wno-unused-parameter -Wno-missing-field-initializers
              -MD -MF ${object}.d -MT ${object} ${arg_FLAGS} -o ${object} ${source}
      DEPENDS cove ${source} ${COVE_WDK_DIR}/headers.stamp ${COVE_WDK_LIBS} ${COVE_WDK_BIN}
      DEPFILE ${object}.d COMMENT "cove cc ${path}" VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  set(${out} ${objects} PARENT_SCOPE)
endfunction()

file(GLOB fx_loader CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/drivers/wdfldr/*.c)
cove_system_driver(wdfldr SOURCES ${fx_loader} ${CMAKE_SOURCE_DIR}/src/drivers/wdfldr/wdfldr.def
  FLAGS -O2 -isystem ${COVE_WDK_DIR}/include/wdf/kmdf)

if(EXISTS ${FX_HEADERS}/wdf.h)
  file(GLOB fx_sources CONFIGURE_DEPENDS ${FX_ROOT}/*/*.c)
  cove_pe_objects(fx_objects wdf01000 SOURCES ${fx_sources}
    FLAGS -DFX_FRAMEWORK=1 -isystem ${COVE_WDK_DIR}/include/wdf/kmdf -I${COVE_GEN}/wdf)
  # The table itself and its absent entries are generated.
  cove_pe_objects(fx_table wdf01000 SOURCES ${COVE_GEN}/wdf/wdf_table.c
    FLAGS -DFX_FRAMEWORK=1 -isystem ${COVE_WDK_DIR}/include/wdf/kmdf -I${COVE_GEN}/wdf -I${FX_ROOT})
  cove_system_driver(wdf01000 SOURCES ${fx_objects} ${fx_table}
    FLAGS -L${CMAKE_BINARY_DIR}/share/cove/wdk/lib -lWdfLdr -lwdmguid)
endif()

# The state machines as a page.
file(GLOB fx_states CONFIGURE_DEPENDS ${FX_ROOT}/pnp/*_states.def)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/docs/framework_states.md
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tools/abi/states_page.py ${FX_ROOT}/pnp
          ${CMAKE_BINARY_DIR}/docs/framework_states.md
  DEPENDS ${fx_states} ${CMAKE_SOURCE_DIR}/tools/abi/states_page.py
  COMMENT "abi: the Framework's states")
add_custom_target(framework_states ALL DEPENDS ${CMAKE_BINARY_DIR}/docs/framework_states.md)
