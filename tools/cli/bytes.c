/* SPDX-License-Identifier: MIT */
/* bytes.c - whole files, read and written. */
#include "bytes.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int bytes_read(const char *path, uint8_t **out_bytes, size_t *out_size, char *error,
               size_t error_size)
{
    long size = -1;
    FILE *file = fopen(path, "rb");
    if (file && !fseek(file, 0, SEEK_END))
        size = ftell(file);
    if (size < 0 || size > (long)BYTES_MAX) {
        snprintf(error, error_size, "%s: %s", path, size > 0 ? "too large" : strerror(errno));
        if (file)
            fclose(file);
        return -1;
    }
    rewind(file);
    uint8_t *bytes = malloc((size_t)size + 1);
    *out_size = bytes ? fread(bytes, 1, (size_t)size, file) : 0;
    fclose(file);
    if (!bytes) {
        snprintf(error, error_size, "%s: no memory for it", path);
        return -1;
    }
    bytes[*out_size] = '\0';
    *out_bytes = bytes;
    return 0;
}

int bytes_write(const char *path, const void *bytes, size_t size, char *error, size_t error_size)
{
    char *temporary = NULL;
    bool is_written = false;
    if (asprintf(&temporary, "%s.%ld", path, (long)getpid()) < 0)
        temporary = NULL;
    FILE *file = temporary ? fopen(temporary, "wb") : NULL;
    if (file) {
        is_written = fwrite(bytes, 1, size, file) == size;
        is_written &= !fclose(file);
        is_written = is_written && !rename(temporary, path);
    }
    if (!is_written) {
        snprintf(error, error_size, "%s: %s", path, strerror(errno));
        if (file)
            unlink(temporary);
    }
    free(temporary);
    return is_written ? 0 : -1;
}
