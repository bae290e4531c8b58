/* SPDX-License-Identifier: MIT */
/* ne_internal.h - the one way to bytes of an NE file. */
#ifndef NE_INTERNAL_H
#define NE_INTERNAL_H

#include "ne/ne.h"

/* Fills in the error (may be NULL) and answers NE_DAMAGED. */
__attribute__((format(printf, 5, 6))) int ne_fail(struct ne_error *out_error, const char *field,
                                                  uint64_t offset, uint64_t value,
                                                  const char *reason, ...);

/* A run of the file that is read from its start. */
struct ne_reader {
    const struct ne_image *image;
    uint32_t at, end;
    const char *field; /* for errors */
    struct ne_error *error;
};

bool ne_has(const struct ne_reader *reader, uint32_t bytes);
/* The caller has asked ne_has. */
uint8_t ne_u8(struct ne_reader *reader);
uint16_t ne_u16(struct ne_reader *reader);
uint32_t ne_u32(struct ne_reader *reader);
/* A counted string; NE_DAMAGED when it ends past the run. */
int ne_text_read(struct ne_reader *reader, struct ne_text *out_text);
int ne_cut(const struct ne_reader *reader); /* the run ends too early: fails */

#endif
