/* SPDX-License-Identifier: MIT */
/* work.c - work items and the system threads that run them.
 *
 * An item goes into the list of its urgency and one worker is woken. While there are fewer
 * than WORKERS_MAX, a worker that leaves nobody idle starts another before it runs its item:
 * so an item that is queued at DISPATCH_LEVEL always finds a thread, even when every routine
 * waits for another item. Workers that nobody needed for a while end.
 */
#include "callout/callout.h"
#include "ex_internal.h"
#include "base/assert.h"
#include "work.h"

#include <stdlib.h>

#define WORKERS_MAX  64u
#define WORKERS_KEPT 2u
#define IDLE_100NS   (10ll * 10000000)

static struct host_lock work_lock; /* guards: everything here but the semaphore and event */
static LIST_ENTRY lists[WORK_URGENCIES];
static unsigned queued, running, drainers, draining_workers;
static unsigned workers, idle, starting;
static bool is_stopping;
static ex_work_thread_start *start_thread;

static KSEMAPHORE wanted; /* one for each queued item, and one for each worker to end */
static KEVENT changed;    /* a worker finished something, and somebody watches */

/* Set on a worker while it runs an item. owner thread only */
static __thread bool is_worker;

static LIST_ENTRY *item_take_locked(bool *out_is_native)
{
    for (unsigned i = 0; i < WORK_URGENCIES; i++) {
        if (IsListEmpty(&lists[i]))
            continue;
        *out_is_native = i == WORK_NATIVE;
        queued--;
        running++;
        return RemoveHeadList(&lists[i]);
    }
    return NULL;
}

static void work_watchers_wake(bool is_watched)
{
    if (is_watched)
        KeSetEvent(&changed, 0, FALSE);
}

static void item_run(LIST_ENTRY *entry, bool is_native)
{
    WORK_QUEUE_ITEM *item = CONTAINING_RECORD(entry, WORK_QUEUE_ITEM, List);
    PWORKER_THREAD_ROUTINE routine = item->WorkerRoutine;
    void *parameter = item->Parameter;
    KIRQL irql;

    /* From here on the item is its owner's again: it may be queued anew or freed. */
    __atomic_store_n(&item->List.Flink, NULL, __ATOMIC_RELEASE);
    if (is_native) {
        ((void (*)(void *))(void *)routine)(parameter);
        COVE_ASSERT(ke_irql() == PASSIVE_LEVEL);
        return;
    }
    callout_worker(routine, parameter);
    irql = ke_irql();
    if (irql != PASSIVE_LEVEL)
        ke_bugcheck(&(struct bugcheck){
            .code = WORKER_THREAD_RETURNED_AT_BAD_IRQL,
            .parameter = {(ULONG_PTR)routine, irql, (ULONG_PTR)parameter, (ULONG_PTR)item}});
}

static void worker_main(void *context);

/* Starts another worker. The caller has counted it in workers. */
static void worker_start(void)
{
    bool is_watched = false;

    if (NT_SUCCESS(start_thread("worker", worker_main, NULL)))
        return;
    host_lock_take(&work_lock);
    workers--;
    starting--;
    is_watched = is_stopping;
    host_lock_give(&work_lock);
    work_watchers_wake(is_watched);
}

/* Is one more wanted? Counts it then. */
static bool worker_wanted_locked(void)
{
    if (idle != 0 || starting != 0 || workers >= WORKERS_MAX || is_stopping)
        return false;
    workers++;
    starting++;
    return true;
}

static void worker_main(void *context)
{
    LARGE_INTEGER timeout = {.QuadPart = -IDLE_100NS};
    bool is_native = false, is_watched, is_starting = true;
    LIST_ENTRY *entry;
    NTSTATUS status;

    for (;;) {
        host_lock_take(&work_lock);
        starting -= is_starting;
        is_starting = false;
        idle++;
        host_lock_give(&work_lock);
        status = KeWaitForSingleObject(&wanted, Executive, KernelMode, FALSE, &timeout);

        host_lock_take(&work_lock);
        idle--;
        entry = item_take_locked(&is_native);
        if (entry == NULL && (is_stopping || (status == STATUS_TIMEOUT && idle >= WORKERS_KEPT)))
            break;
        is_watched = entry != NULL && worker_wanted_locked();
        host_lock_give(&work_lock);
        if (is_watched)
            worker_start();
        if (entry == NULL)
            continue;

        is_worker = true;
        item_run(entry, is_native);
        is_worker = false;

        host_lock_take(&work_lock);
        running--;
        is_watched = drainers != 0 || is_stopping;
        host_lock_give(&work_lock);
        work_watchers_wake(is_watched);
    }
    workers--;
    is_watched = is_stopping;
    host_lock_give(&work_lock);
    work_watchers_wake(is_watched);
}

void work_insert(WORK_QUEUE_ITEM *item, enum work_urgency urgency)
{
    bool is_wanted;

    host_lock_take(&work_lock);
    InsertTailList(&lists[urgency], &item->List);
    queued++;
    /* ps starts its first worker at once, so that this is never a start at raised IRQL. */
    is_wanted = workers == 0 && worker_wanted_locked();
    host_lock_give(&work_lock);
    KeReleaseSemaphore(&wanted, 0, 1, FALSE);
    if (is_wanted)
        worker_start();
}

void ex_work_queue(struct ex_work *work, void (*routine)(void *context), void *context)
{
    work->item.WorkerRoutine = (PWORKER_THREAD_ROUTINE)(void *)routine;
    work->item.Parameter = context;
    work_insert(&work->item, WORK_NATIVE);
}

bool ex_work_drain_until(uint64_t deadline_ns)
{
    LARGE_INTEGER turn = {.QuadPart = -100000};
    bool is_drained;

    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    host_lock_take(&work_lock);
    drainers++;
    draining_workers += is_worker;
    /* A worker that drains is running something itself, and so are the others that do; none of
     * them waits for another. Who is no worker waits for them as well. */
    for (;;) {
        is_drained = queued == 0 && running <= (is_worker ? draining_workers : 0);
        if (is_drained || host_clock_ns() >= deadline_ns)
            break;
        KeClearEvent(&changed);
        host_lock_give(&work_lock);
        /* Another drainer may clear what was set for this one: it looks again by itself. */
        KeWaitForSingleObject(&changed, Executive, KernelMode, FALSE, &turn);
        host_lock_take(&work_lock);
    }
    draining_workers -= is_worker;
    drainers--;
    host_lock_give(&work_lock);
    return is_drained;
}

void ex_work_drain(void)
{
    (void)ex_work_drain_until(HOST_FOREVER);
}

/* ---- threads ------------------------------------------------------------------------------- */

static _Atomic unsigned plain_threads; /* atomic: not quite gone */

static void plain_thread_end(struct thread *thread)
{
    free(thread);
    plain_threads--;
}

/* Not from pool: it is freed when the worker is quite gone, perhaps after pool is. */
static NTSTATUS plain_thread_start(const char *name, void (*entry)(void *), void *context)
{
    struct thread *thread = calloc(1, sizeof(*thread));
    NTSTATUS status;

    if (thread == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ke_thread_init(thread, name, NULL);
    thread->is_system = true;
    plain_threads++;
    status = ke_thread_start(thread, entry, context, plain_thread_end);
    if (!NT_SUCCESS(status))
        plain_thread_end(thread);
    return status;
}

/* Lets all queued items run, then ends every worker. */
static void workers_stop(void)
{
    LARGE_INTEGER turn = {.QuadPart = -1000};
    unsigned count;

    host_lock_take(&work_lock);
    is_stopping = true;
    count = workers;
    while (workers != 0) {
        KeClearEvent(&changed);
        host_lock_give(&work_lock);
        if (count != 0)
            KeReleaseSemaphore(&wanted, 0, (LONG)count, FALSE);
        count = 0;
        KeWaitForSingleObject(&changed, Executive, KernelMode, FALSE, NULL);
        host_lock_take(&work_lock);
    }
    is_stopping = false;
    host_lock_give(&work_lock);
    while (plain_threads != 0)
        KeDelayExecutionThread(KernelMode, FALSE, &turn);
    KeInitializeSemaphore(&wanted, (LONG)queued, MAXLONG);
}

void ex_work_threads_set(ex_work_thread_start *start)
{
    bool is_wanted;

    if (workers != 0)
        workers_stop();
    start_thread = start != NULL ? start : plain_thread_start;
    host_lock_take(&work_lock);
    is_wanted = (start != NULL || queued != 0) && worker_wanted_locked();
    host_lock_give(&work_lock);
    if (is_wanted)
        worker_start();
}

NTSTATUS work_init(void)
{
    for (unsigned i = 0; i < WORK_URGENCIES; i++)
        InitializeListHead(&lists[i]);
    KeInitializeSemaphore(&wanted, 0, MAXLONG);
    KeInitializeEvent(&changed, NotificationEvent, FALSE);
    start_thread = plain_thread_start;
    return STATUS_SUCCESS;
}

void work_fini(void)
{
    if (workers != 0)
        workers_stop();
    COVE_ASSERT(queued == 0 && running == 0);
}
