/* SPDX-License-Identifier: MIT */
/* bytes.h - whole files. */
#ifndef CLI_BYTES_H
#define CLI_BYTES_H

#include <stddef.h>
#include <stdint.h>

#define BYTES_MAX (256u << 20)

/* Reads a file of at most BYTES_MAX; the caller frees. A zero follows the last byte.
 * 0, or -1 with a sentence that names the path. */
int bytes_read(const char *path, uint8_t **out_bytes, size_t *out_size, char *error,
               size_t error_size);
/* Writes beside the file first and renames, so that it is whole or as it was. */
int bytes_write(const char *path, const void *bytes, size_t size, char *error, size_t error_size);

#endif
