/* SPDX-License-Identifier: MIT */
/* log_ring.h - the last lines that a machine printed, in memory that may outlive it.
 *
 * The machine writes, under a lock of its own; head is counted up when a line is whole. A file of
 * this, mapped by the machine, tells `cove log` what was said however the machine ended.
 */
#ifndef WIRE_LOG_RING_H
#define WIRE_LOG_RING_H

#include <stdint.h>

#define WIRE_LOG_MAGIC      0x676f6c65766f63ull /* "covelog" */
#define WIRE_LOG_LINES      4096u
#define WIRE_LOG_LINE_BYTES 1024u

struct wire_log_line {
    uint16_t length;
    char text[WIRE_LOG_LINE_BYTES];
};

struct wire_log_ring {
    uint64_t magic;
    uint64_t head; /* lines ever completed; line n lies at n % WIRE_LOG_LINES */
    struct wire_log_line line[WIRE_LOG_LINES];
};

#endif
