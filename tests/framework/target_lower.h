/* SPDX-License-Identifier: MIT */
/* target_lower.h - a WDM device that answers, keeps or refuses what tests of targets send to it.
 *
 * It belongs to the test driver beside the Framework's devices; lower_make puts its dispatch
 * routine in front. What came last is kept in `lower`, for the test to look at.
 */
#ifndef TESTS_TARGET_LOWER_H
#define TESTS_TARGET_LOWER_H

#include "kmdf_test.h"

#define LOWER_NAME  L"\\Device\\FxTargetLower"
#define LOWER_BYTES 64

struct lower {
    PDEVICE_OBJECT device;
    BOOLEAN keeps;   /* requests are kept until lower_finish, or cancelled */
    NTSTATUS answer; /* of those that are not kept */
    /* A test's own way: TRUE: it is answered with *status; FALSE: as usual. NULL: none. */
    BOOLEAN (*serve)(PIRP irp, PIO_STACK_LOCATION stack, NTSTATUS *status);
    LONG count;          /* requests that came */
    LONG opened, closed; /* creates and closes */
    /* The last one. */
    UCHAR major;
    ULONG code, in_length, out_length;
    LONGLONG offset;
    PVOID arguments[4];
    PFILE_OBJECT file;
    UCHAR input[LOWER_BYTES];
    /* Those that are kept. */
    KSPIN_LOCK lock;
    LIST_ENTRY kept;
    LONG kept_count;
    KEVENT came; /* set for each that is kept */
};

extern struct lower lower;

NTSTATUS lower_make(ULONG flags);
void lower_drop(void);

/* Completes the oldest that is kept. FALSE: there is none. */
BOOLEAN lower_finish(NTSTATUS status, ULONG_PTR information);

/* Waits until a request is kept. */
void lower_wait(void);

#endif
