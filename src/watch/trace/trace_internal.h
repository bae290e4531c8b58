/* SPDX-License-Identifier: MIT */
/* trace_internal.h - a point as it lies in the ring, and the way to its line. */
#ifndef TRACE_INTERNAL_H
#define TRACE_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/trace.h"

#define TRACE_NAME    32
#define TRACE_LINE    256
#define TRACE_OBJECTS 256

struct trace_entry {
    enum trace_kind kind;
    uint64_t a, b, c;
    uint32_t irp;    /* its number; 0: not about an IRP */
    uint32_t thread; /* number of the thread that passed the point */
    uint32_t file;   /* number of the file object, 0: none */
    uint8_t irql;
    char name[TRACE_NAME]; /* of the driver */
};

/* Small numbers for addresses, given at first sight. When a table is full the number given
 * longest ago is forgotten. */
struct trace_table {
    struct {
        uint64_t address;
        uint32_t number;
    } slot[TRACE_OBJECTS];
    uint32_t next_slot;
    uint32_t given;
};

struct trace_numbers {
    struct trace_table irps, threads, files;
};

void trace_number(struct trace_numbers *numbers, struct trace_entry *entry, uint64_t thread);
/* Returns the line's length, 0 for a point that is not shown. */
size_t trace_format(const struct trace_entry *entry, char *out_line);
size_t trace_format_lost(uint64_t lost, char *out_line);

#endif
