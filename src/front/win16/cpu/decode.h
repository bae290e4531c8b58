/* SPDX-License-Identifier: MIT */
/* decode.h - an instruction of 16-bit code: its length, its segments. */
#ifndef DECODE_H
#define DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECODE_MOST 15u /* bytes of one instruction */

/* In the order in which the processor numbers them. */
enum decode_segment { DECODE_ES, DECODE_CS, DECODE_SS, DECODE_DS, DECODE_FS, DECODE_GS };

struct decoded {
    size_t length;     /* of what is not there, as if it were 0 bytes */
    unsigned segments; /* bits by enum decode_segment: where it may reach memory */
    bool is_far_or_long, is_port;
};

struct decoded decode(const uint8_t *code, size_t room);

#endif
