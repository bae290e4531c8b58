/* SPDX-License-Identifier: MIT */
/* inf_file.h - INF files of the host: read, parsed, and the INFs they include found. */
#ifndef CLI_INF_FILE_H
#define CLI_INF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inf/inf.h"

/* The whole file; the caller's to free(). NULL: the error has been printed for the verb. */
uint8_t *inf_file_read(const char *verb, const char *path, size_t *out_length);
/* Parses; INFs that it includes are those of ../share/cove/inf, or of COVE_INF. Errors are the
 * caller's to print. */
int inf_file_parse(const char *path, const uint8_t *bytes, size_t length,
                   const struct inf_options *options, struct inf **out_inf,
                   struct inf_error *out_error);
/* Finds a file below a folder without regard to case, as Windows would; parts may be divided by
 * backslashes. */
bool inf_file_find(const char *folder, const char *below, char *out_path, size_t room);
/* Frees the INFs that were included. */
void inf_file_close(void);

#endif
