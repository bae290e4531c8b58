/* SPDX-License-Identifier: MIT */
/* driver_library.h - export drivers that importers bring in and leave behind.
 */
#ifndef IO_DRIVER_LIBRARY_H
#define IO_DRIVER_LIBRARY_H

#include "io_internal.h"

NTSTATUS driver_libraries_begin(struct image *importer, struct io_load_error *error);
/* Those that nobody imports from any more. */
void driver_libraries_end(void);
/* Nothing may run or fire in an image that is about to go (driver_unload.c). */
void driver_library_outstanding_check(const struct image *image);

#endif
