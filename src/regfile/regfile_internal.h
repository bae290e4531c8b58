/* SPDX-License-Identifier: MIT */
/* regfile_internal.h - between this room's files. */
#ifndef REGFILE_INTERNAL_H
#define REGFILE_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

/* The text of a file: UTF-16 with a mark, UTF-8, or else one byte a character. malloc'd; NULL: no
 * memory. */
uint16_t *regfile_decode(const void *bytes, size_t length, size_t *out_count);

#endif
