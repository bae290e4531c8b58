/* SPDX-License-Identifier: MIT */
/* batch.c - when the store is written: after a while, at once when asked, a batch as one.
 *
 * Whoever writes holds the writing right, a mutex; a batch holds it from begin to end, so nobody
 * else writes while it is open, and what its own thread flushes waits for its end. Changes that
 * nobody asks to be written are written some seconds later by a worker.
 */
#include "cm_internal.h"

#include <stdio.h>

#include "store.h"

#define LAZY_100NS (2 * 10000000ll)

static KMUTEX writing;       /* the right to write */
static unsigned batch_depth; /* guarded by: writing */

/* The lazy writer. */
static struct {
    KTIMER timer;
    KDPC dpc;
    struct ex_work work;
    KEVENT idle;     /* set while neither timer nor work is under way */
    bool is_set;     /* cm_lock: one of them is */
    bool is_over;    /* cm_lock: no more of it */
    bool has_failed; /* by the worker only: said once */
} lazy;

static void writing_take(void)
{
    KeWaitForSingleObject(&writing, Executive, KernelMode, FALSE, NULL);
}

static void writing_give(void)
{
    KeReleaseMutex(&writing, FALSE);
}

/* The store, and the files of hives that were loaded. */
static NTSTATUS all_write(void)
{
    NTSTATUS status = cm_store_write(), hives = cm_hives_write();
    return NT_SUCCESS(status) ? hives : status;
}

/* ---- some seconds later ---------------------------------------------------------------------- */

static void lazy_set_locked(void)
{
    LARGE_INTEGER due = {.QuadPart = -LAZY_100NS};
    KeSetTimer(&lazy.timer, due, &lazy.dpc);
}

static void lazy_write(void *unused)
{
    LARGE_INTEGER now = {0};
    bool is_busy =
        KeWaitForSingleObject(&writing, Executive, KernelMode, FALSE, &now) == STATUS_TIMEOUT;
    host_lock_take(&cm_lock);
    lazy.is_set = is_busy && !lazy.is_over;
    if (lazy.is_set)
        lazy_set_locked(); /* a batch is open, which writes this too */
    bool is_idle = !lazy.is_set;
    host_lock_give(&cm_lock);
    if (is_busy) {
        if (is_idle)
            KeSetEvent(&lazy.idle, 0, FALSE);
        return;
    }
    NTSTATUS status = all_write();
    if (!NT_SUCCESS(status) && !lazy.has_failed) {
        char line[400];
        int length = snprintf(line, sizeof line,
                              "cove: the registry cannot be written (%s); it is tried again with "
                              "each change\n",
                              cm_store_write_error());
        host_write_stderr(line, (size_t)length);
    }
    lazy.has_failed = !NT_SUCCESS(status);
    writing_give();
    host_lock_take(&cm_lock);
    is_idle = !lazy.is_set; /* else a change has set it again */
    host_lock_give(&cm_lock);
    if (is_idle)
        KeSetEvent(&lazy.idle, 0, FALSE);
}

static void NTAPI lazy_due(PKDPC dpc, PVOID context, PVOID unused1, PVOID unused2)
{
    ex_work_queue(&lazy.work, lazy_write, NULL);
}

void cm_store_write_later_locked(void)
{
    if (lazy.is_set || lazy.is_over)
        return;
    lazy.is_set = true;
    KeClearEvent(&lazy.idle);
    lazy_set_locked();
}

/* ---- at once ----------------------------------------------------------------------------------
 */

NTSTATUS cm_store_flush(void)
{
    NTSTATUS status = STATUS_SUCCESS;
    writing_take();
    if (batch_depth == 0)
        status = all_write();
    writing_give();
    return status;
}

void cm_batch_begin(void)
{
    writing_take();
    batch_depth++;
}

NTSTATUS cm_batch_end(void)
{
    NTSTATUS status = STATUS_SUCCESS;
    COVE_ASSERT(batch_depth > 0 && KeReadStateMutex(&writing) <= 0);
    if (--batch_depth == 0)
        status = all_write();
    writing_give();
    return status;
}

/* ---- beginning and end --------------------------------------------------------------------------
 */

void batch_init(void)
{
    KeInitializeMutex(&writing, 0);
    KeInitializeTimer(&lazy.timer);
    KeInitializeDpc(&lazy.dpc, lazy_due, NULL);
    KeInitializeEvent(&lazy.idle, NotificationEvent, TRUE);
    batch_depth = 0;
    lazy.is_set = lazy.has_failed = false;
    lazy.is_over = true;
}

void batch_lazy_begin(void)
{
    host_lock_take(&cm_lock);
    lazy.is_over = false;
    host_lock_give(&cm_lock);
    if (!cm_store_is_used())
        return;
    /* Once at the start: the worker that it needs is there from the beginning, as it will be. */
    lazy.is_set = true;
    KeClearEvent(&lazy.idle);
    ex_work_queue(&lazy.work, lazy_write, NULL);
    KeWaitForSingleObject(&lazy.idle, Executive, KernelMode, FALSE, NULL);
}

NTSTATUS cm_quiesce(void)
{
    host_lock_take(&cm_lock);
    lazy.is_over = true;
    host_lock_give(&cm_lock);
    if (KeCancelTimer(&lazy.timer)) {
        host_lock_take(&cm_lock);
        lazy.is_set = false;
        host_lock_give(&cm_lock);
        KeSetEvent(&lazy.idle, 0, FALSE);
    }
    KeWaitForSingleObject(&lazy.idle, Executive, KernelMode, FALSE, NULL);
    NTSTATUS status = cm_store_flush();
    cm_hives_unload();
    return status;
}
