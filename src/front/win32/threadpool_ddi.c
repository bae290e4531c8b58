/* SPDX-License-Identifier: MIT */
/* threadpool_ddi.c - CreateThreadpoolWork and its kind. Doc: threadpoolapiset.h
 *
 * A PTP_WORK, _TIMER, _WAIT or _IO is an item of the engine, a PTP_CALLBACK_INSTANCE what the
 * running call is described by.
 */
#include <stdlib.h>

#include "host/host.h"
#include "ntdll/ldr.h"
#include "threadpool.h"

/* TP_CALLBACK_ENVIRON, as winnt.h lays it out. */
struct environ {
    ULONG version;
    struct pool *pool;
    struct item_group *group;
    void(WINAPI *group_cancel)(void *context, void *cleanup_context);
    PVOID race_module;
    PVOID activation_context;
    void(WINAPI *finalize)(void *instance, void *context);
    ULONG flags;
};

static struct item *item_of_environ(enum item_kind kind, void *callback, void *context,
                                    const struct environ *environ)
{
    struct item *item = item_create(kind, environ ? environ->pool : NULL, callback, context);
    if (!item || !environ)
        return item;
    item->finalize = environ->finalize;
    item->group_cancel = environ->group_cancel;
    if (environ->group)
        item_group_join(item, environ->group);
    return item;
}

EXPORT(BOOL, TrySubmitThreadpoolCallback, (void *callback, void *context, struct environ *environ))
{
    struct item *item = item_of_environ(ITEM_SIMPLE, callback, context, environ);
    if (!item)
        return FALSE;
    item_submit(item);
    item_drop(item);
    return TRUE;
}

/* ---- work -------------------------------------------------------------------------------------
 */

EXPORT(struct item *, CreateThreadpoolWork,
       (void *callback, void *context, struct environ *environ))
{
    return item_of_environ(ITEM_WORK, callback, context, environ);
}

EXPORT(void, SubmitThreadpoolWork, (struct item * work))
{
    item_submit(work);
}

EXPORT(void, WaitForThreadpoolWorkCallbacks, (struct item * work, BOOL cancel))
{
    item_wait(work, cancel);
}

EXPORT(void, CloseThreadpoolWork, (struct item * work))
{
    item_close(work, false);
}

/* ---- timers -----------------------------------------------------------------------------------
 */

static uint64_t due_of(const FILETIME *due)
{
    if (!due)
        return HOST_FOREVER;
    LARGE_INTEGER time = {.LowPart = due->dwLowDateTime, .HighPart = (LONG)due->dwHighDateTime};
    return deadline_of_timeout(&time);
}

EXPORT(struct item *, CreateThreadpoolTimer,
       (void *callback, void *context, struct environ *environ))
{
    return item_of_environ(ITEM_TIMER, callback, context, environ);
}

EXPORT(BOOL, SetThreadpoolTimerEx,
       (struct item * timer, const FILETIME *due, DWORD period_ms, DWORD window))
{
    return item_timer_set(timer, due_of(due), (uint64_t)period_ms * 1000000u);
}

EXPORT(void, SetThreadpoolTimer,
       (struct item * timer, const FILETIME *due, DWORD period_ms, DWORD window))
{
    SetThreadpoolTimerEx(timer, due, period_ms, window);
}

EXPORT(BOOL, IsThreadpoolTimerSet, (struct item * timer))
{
    return timer->is_set;
}

EXPORT(void, WaitForThreadpoolTimerCallbacks, (struct item * timer, BOOL cancel))
{
    item_wait(timer, cancel);
}

EXPORT(void, CloseThreadpoolTimer, (struct item * timer))
{
    item_close(timer, false);
}

/* ---- waits -------------------------------------------------------------------------------------
 */

EXPORT(struct item *, CreateThreadpoolWait,
       (void *callback, void *context, struct environ *environ))
{
    return item_of_environ(ITEM_WAIT, callback, context, environ);
}

EXPORT(BOOL, SetThreadpoolWaitEx,
       (struct item * wait, HANDLE handle, const FILETIME *timeout, PVOID reserved))
{
    return item_wait_set(wait, handle, due_of(timeout));
}

EXPORT(void, SetThreadpoolWait, (struct item * wait, HANDLE handle, const FILETIME *timeout))
{
    item_wait_set(wait, handle, due_of(timeout));
}

EXPORT(void, WaitForThreadpoolWaitCallbacks, (struct item * wait, BOOL cancel))
{
    item_wait(wait, cancel);
}

EXPORT(void, CloseThreadpoolWait, (struct item * wait))
{
    item_close(wait, false);
}

/* ---- files --------------------------------------------------------------------------------------
 */

EXPORT(struct item *, CreateThreadpoolIo,
       (HANDLE file, void *callback, void *context, struct environ *environ))
{
    struct item *item = item_of_environ(ITEM_IO, callback, context, environ);
    if (!item || error_result(item_io_bind(item, file)))
        return item;
    item_close(item, true);
    return NULL;
}

EXPORT(void, StartThreadpoolIo, (struct item * io))
{
    item_io_start(io);
}

EXPORT(void, CancelThreadpoolIo, (struct item * io))
{
    item_io_cancel(io);
}

EXPORT(void, WaitForThreadpoolIoCallbacks, (struct item * io, BOOL cancel))
{
    item_wait(io, cancel);
}

EXPORT(void, CloseThreadpoolIo, (struct item * io))
{
    item_close(io, false);
}

/* ---- cleanup groups
 * ------------------------------------------------------------------------------- */

EXPORT(struct item_group *, CreateThreadpoolCleanupGroup, (void))
{
    struct item_group *group = malloc(sizeof *group);
    if (!group)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
    list_init(&group->items);
    return group;
}

EXPORT(void, CloseThreadpoolCleanupGroupMembers,
       (struct item_group * group, BOOL cancel, void *context))
{
    item_group_close(group, cancel, context);
}

EXPORT(void, CloseThreadpoolCleanupGroup, (struct item_group * group))
{
    free(group);
}

/* ---- pools
 * ------------------------------------------------------------------------------------------ */

EXPORT(struct pool *, CreateThreadpool, (PVOID reserved))
{
    return pool_create();
}

EXPORT(void, SetThreadpoolThreadMaximum, (struct pool * pool, DWORD maximum))
{
    pool_limits_set(pool, 0, maximum);
}

EXPORT(BOOL, SetThreadpoolThreadMinimum, (struct pool * pool, DWORD minimum))
{
    pool_limits_set(pool, minimum, 0);
    return TRUE;
}

EXPORT(void, CloseThreadpool, (struct pool * pool))
{
    pool_close(pool);
}

/* ---- from inside a callback
 * ------------------------------------------------------------------------ */

EXPORT(BOOL, CallbackMayRunLong, (struct instance * instance))
{
    return TRUE; /* the pool makes a new thread for whatever waits */
}

EXPORT(void, DisassociateCurrentThreadFromCallback, (struct instance * instance))
{
    instance_part(instance);
}

EXPORT(void, SetEventWhenCallbackReturns, (struct instance * instance, HANDLE event))
{
    instance->event = event;
}

EXPORT(void, ReleaseSemaphoreWhenCallbackReturns,
       (struct instance * instance, HANDLE semaphore, DWORD count))
{
    instance->semaphore = semaphore;
    instance->semaphore_count = count;
}

EXPORT(void, ReleaseMutexWhenCallbackReturns, (struct instance * instance, HANDLE mutex))
{
    instance->mutex = mutex;
}

EXPORT(void, LeaveCriticalSectionWhenCallbackReturns,
       (struct instance * instance, RTL_CRITICAL_SECTION *section))
{
    instance->section = section;
}

EXPORT(void, FreeLibraryWhenCallbackReturns, (struct instance * instance, HMODULE module))
{
    instance->module = module;
}
