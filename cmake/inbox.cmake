# SPDX-License-Identifier: MIT
# The INFs of src/inf/inbox as bytes in the machine: it opens nothing of the host once it runs.
file(GLOB inbox CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/inf/inbox/*.inf)
set(text "#include \"inbox.h\"\n\n")
set(rows "const struct inbox_text inbox_texts[] = {\n")
set(index 0)
foreach(file ${inbox})
  get_filename_component(name ${file} NAME)
  string(APPEND text "static const uint8_t text_${index}[] = {\n#embed \"${file}\"\n};\n")
  string(APPEND rows "    {\"${name}\", text_${index}, sizeof text_${index}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/gen/setup_inbox.c
  CONTENT "${text}\n${rows}};\nconst size_t inbox_count = ${index};\n" @ONLY)
target_sources(room_setup PRIVATE ${CMAKE_BINARY_DIR}/gen/setup_inbox.c)
set_source_files_properties(${CMAKE_BINARY_DIR}/gen/setup_inbox.c PROPERTIES
  COMPILE_OPTIONS "-Wno-c23-extensions" OBJECT_DEPENDS "${inbox}")
