/* SPDX-License-Identifier: MIT */
/* ps_test.h - a machine with the rooms up to ps, for this room's tests. */
#ifndef PS_TEST_H
#define PS_TEST_H

#include <stdatomic.h>

#include "kerneltest.h"

#include "mm/mm.h"
#include "ob/dispatcher_types.h"
#include "ps/ps.h"
#include "se/se.h"

static struct process_thread *test_ps_thread;
static struct ob_counts counts_at_start;
static struct ps_counts ps_at_start;

static int machine_start(void **state)
{
    kernel_begin(4);
    assert_int_equal(mm_init(), STATUS_SUCCESS);
    assert_int_equal(ob_init(), STATUS_SUCCESS);
    assert_int_equal(se_init(), STATUS_SUCCESS);
    assert_int_equal(ps_init(), STATUS_SUCCESS);
    return 0;
}

/* Work may still be ending; the counts must come back. */
static inline void counts_check(void)
{
    struct ob_counts counts;
    struct ps_counts ps;
    for (int i = 0; i < 100000; i++) {
        ob_counts(&counts);
        ps_counts(&ps);
        if (counts.objects == counts_at_start.objects && ps.threads == ps_at_start.threads)
            break;
        LARGE_INTEGER moment = {.QuadPart = -100};
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
    assert_int_equal(ps.processes, ps_at_start.processes);
    assert_int_equal(ps.threads, ps_at_start.threads);
    assert_int_equal(counts.objects, counts_at_start.objects);
    assert_int_equal(counts.handles, counts_at_start.handles);
}

static inline void counts_begin(void)
{
    ob_counts(&counts_at_start);
    ps_counts(&ps_at_start);
}

static int machine_stop(void **state)
{
    struct ob_counts counts;
    ps_fini();
    se_fini();
    ob_fini();
    ob_counts(&counts);
    assert_int_equal(counts.objects, 0);
    mm_fini();
    kernel_end();
    return 0;
}

static inline struct process *process_new(uint64_t id)
{
    struct process *process;
    struct ps_process_options options = {.image_name = "C:\\dir\\program.exe", .id = id};
    assert_int_equal(ps_process_create(&options, &process), STATUS_SUCCESS);
    return process;
}

static inline void wait_for(void *object)
{
    assert_int_equal(KeWaitForSingleObject(object, Executive, KernelMode, FALSE, NULL),
                     STATUS_SUCCESS);
}

#endif
