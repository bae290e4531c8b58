/* SPDX-License-Identifier: MIT */
/* scm_work.c - what the service control manager does later, each on a system thread of its own.
 *
 * Invariant: after scm_work_end no such thread runs and none begins.
 */
#include <stdlib.h>

#include "host/host.h"
#include "ke/ke.h"
#include "ps/ps.h"
#include "scm_internal.h"

struct work {
    void (*run)(void *context);
    void *context;
};

static struct host_lock work_lock; /* guards: threads, is_over; a leaf */
static unsigned threads;
static bool is_over;
static KEVENT is_ending, threads_gone;

void scm_work_init(void)
{
    KeInitializeEvent(&is_ending, NotificationEvent, FALSE);
    KeInitializeEvent(&threads_gone, NotificationEvent, TRUE);
    threads = 0;
    is_over = false;
}

void scm_work_end(void)
{
    host_lock_take(&work_lock);
    is_over = true;
    host_lock_give(&work_lock);
    KeSetEvent(&is_ending, IO_NO_INCREMENT, FALSE);
    KeWaitForSingleObject(&threads_gone, Executive, KernelMode, FALSE, NULL);
}

static void work_done(void)
{
    host_lock_take(&work_lock);
    if (!--threads)
        KeSetEvent(&threads_gone, IO_NO_INCREMENT, FALSE);
    host_lock_give(&work_lock);
}

static void work_run(void *context)
{
    struct work work = *(struct work *)context;
    free(context);
    work.run(work.context);
    work_done();
}

bool scm_work_start(const char *name, void (*run)(void *context), void *context)
{
    struct work *work = malloc(sizeof *work);
    if (!work)
        return false;
    *work = (struct work){run, context};
    host_lock_take(&work_lock);
    bool begins = !is_over;
    if (begins && !threads++)
        KeClearEvent(&threads_gone);
    host_lock_give(&work_lock);
    if (begins && NT_SUCCESS(ps_system_thread_start(name, work_run, work)))
        return true;
    if (begins)
        work_done();
    free(work);
    return false;
}

bool scm_work_delay(uint32_t ms)
{
    LARGE_INTEGER delay = {.QuadPart = -(int64_t)ms * 10000};
    return KeWaitForSingleObject(&is_ending, Executive, KernelMode, FALSE, &delay) ==
           STATUS_TIMEOUT;
}
