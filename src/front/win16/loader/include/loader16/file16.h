/* SPDX-License-Identifier: MIT */
/* loader16/file16.h - where a library's file is looked for. */
#ifndef LOADER16_FILE16_H
#define LOADER16_FILE16_H

#include <stddef.h>

/* The bytes of NAME, NAME.DLL, NAME.EXE or NAME.DRV: as it stands, beside the program, in the
 * current folder. The caller frees. NULL: not found. */
void *file16_library(const char *name, char *out_path, size_t path_size, size_t *out_size);
/* The same of a program: NAME, or NAME.EXE where it has no extension. */
void *file16_program(const char *name, char *out_path, size_t path_size, size_t *out_size);
/* The folder of the program's file, as programs see it and on the host. */
void file16_folders_set(const char *nt_folder, const char *host_folder);

#endif
