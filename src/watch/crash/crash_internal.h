/* SPDX-License-Identifier: MIT */
/* crash_internal.h - how the parts of a report write, and where they find the driver.
 */
#ifndef CRASH_INTERNAL_H
#define CRASH_INTERNAL_H

#include "crash/crash.h"

#include <stdbool.h>
#include <stddef.h>

#include <ntifs.h>

#include "ke/ke.h"
#include "seh/seh.h"

#define CRASH_STACK_MAX 48u

/* What the report is about, gathered before anything is written. */
struct crash {
    const struct bugcheck *bugcheck;
    struct seh_stack_frame stack[CRASH_STACK_MAX];
    unsigned stack_count;
    uint64_t culprit; /* the address that most likely is at fault; 0: unknown */
    const char *call; /* the function of ours that it had called; NULL: none */
};

/* crash_text.c: one static buffer, flushed after each section. */
void crash_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void crash_flush(void);
void crash_file_open(const char *path);
void crash_file_close(void);
/* "wdm1.sys+0x1234", or the plain address. Returns one of a few static buffers. */
const char *crash_place(uint64_t address);

/* crash_lines.c: "Function file.c:12" of an address of the report; "": not known. */
void crash_lines_find(const struct crash *crash);
const char *crash_line(uint64_t address);

/* crash_sections.c */
void crash_section_stop(const struct crash *crash);
void crash_section_exception(const struct crash *crash);
void crash_section_registers(const struct crash *crash);
void crash_section_stack(const struct crash *crash);
void crash_section_requests(void);
void crash_section_callbacks(const struct crash *crash); /* crash_callbacks.c */
void crash_section_drivers(void);

/* absent.c: what this thread last called that is not there; NULL: nothing. */
const char *crash_absent_last(void);

#endif
