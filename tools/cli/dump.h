/* SPDX-License-Identifier: MIT */
/* dump.h - what `cove dump` shows: one JSON object a file, and the same as lines. */
#ifndef CLI_DUMP_H
#define CLI_DUMP_H

#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

/* NULL: error says why. A damage that is found further inside stands in the object ("damage"). */
cJSON *dump_ne(const uint8_t *bytes, size_t size, const char *path, char *error, size_t error_size);
cJSON *dump_omf(const uint8_t *bytes, size_t size, const char *path, char *error,
                size_t error_size);
void dump_ne_print(const cJSON *json);
void dump_omf_print(const cJSON *json);

#endif
