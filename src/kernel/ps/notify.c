/* SPDX-License-Identifier: MIT */
/* notify.c - drivers that are told about processes, threads and images.
 *
 * A place in the table is held by rundown protection while its routine runs, so that
 * removing waits for it. Invariant: no lock is held while a driver's routine runs.
 */
#include "ps_internal.h"

#include "callout/callout.h"
#include "rtl/rtl.h"

#define NOTIFY_PLACES 64

struct notify_place {
    const void *routine; /* NULL: free; guarded by notify_lock */
    bool is_leaving;     /* being waited for; guarded by notify_lock */
    EX_RUNDOWN_REF rundown;
};

static struct host_lock notify_lock; /* guards: places' routine and is_leaving */
static struct notify_place places[NOTIFY_KINDS][NOTIFY_PLACES];
static _Atomic unsigned place_count[NOTIFY_KINDS];

NTSTATUS notify_add(enum notify_kind kind, const void *routine)
{
    struct notify_place *free_place = NULL;
    NTSTATUS status = STATUS_SUCCESS;
    host_lock_take(&notify_lock);
    for (unsigned i = 0; i < NOTIFY_PLACES; i++) {
        struct notify_place *place = &places[kind][i];
        if (place->routine == routine && !place->is_leaving)
            status = STATUS_INVALID_PARAMETER;
        if (!place->routine && !free_place)
            free_place = place;
    }
    if (NT_SUCCESS(status) && !free_place)
        status = kind == NOTIFY_PROCESS || kind == NOTIFY_PROCESS_EX
                     ? STATUS_INVALID_PARAMETER
                     : STATUS_INSUFFICIENT_RESOURCES;
    if (NT_SUCCESS(status)) {
        ExInitializeRundownProtection(&free_place->rundown);
        free_place->routine = routine;
        atomic_fetch_add(&place_count[kind], 1);
    }
    host_lock_give(&notify_lock);
    return status;
}

NTSTATUS notify_remove(enum notify_kind kind, const void *routine)
{
    struct notify_place *place = NULL;
    host_lock_take(&notify_lock);
    for (unsigned i = 0; i < NOTIFY_PLACES && !place; i++) {
        place = &places[kind][i];
        if (place->routine != routine || place->is_leaving)
            place = NULL;
    }
    if (place)
        place->is_leaving = true;
    host_lock_give(&notify_lock);
    if (!place)
        return STATUS_PROCEDURE_NOT_FOUND;
    ExWaitForRundownProtectionRelease(&place->rundown);
    host_lock_take(&notify_lock);
    place->routine = NULL;
    place->is_leaving = false;
    atomic_fetch_sub(&place_count[kind], 1);
    host_lock_give(&notify_lock);
    return STATUS_SUCCESS;
}

/* Holds the place's routine, or returns NULL. */
static const void *place_take(struct notify_place *place)
{
    const void *routine = NULL;
    host_lock_take(&notify_lock);
    if (place->routine && !place->is_leaving && ExAcquireRundownProtection(&place->rundown))
        routine = place->routine;
    host_lock_give(&notify_lock);
    return routine;
}

/* Calls every routine of kind; stops early when *stop_at turns into a failure. */
static void notify_all(enum notify_kind kind, const uint64_t arguments[3], const NTSTATUS *stop_at)
{
    if (atomic_load_explicit(&place_count[kind], memory_order_relaxed) == 0)
        return;
    for (unsigned i = 0; i < NOTIFY_PLACES; i++) {
        struct notify_place *place = &places[kind][i];
        const void *routine = place_take(place);
        if (!routine)
            continue;
        callout_invoke(routine, arguments, 3);
        ExReleaseRundownProtection(&place->rundown);
        if (stop_at && !NT_SUCCESS(*stop_at))
            return;
    }
}

NTSTATUS notify_process_created(struct process *process)
{
    uint64_t plain[3] = {process->parent_id, process->id, TRUE};
    UNICODE_STRING name = {0};
    notify_all(NOTIFY_PROCESS, plain, NULL);
    if (atomic_load(&place_count[NOTIFY_PROCESS_EX]) == 0)
        return STATUS_SUCCESS;
    NTSTATUS status = rtl_unicode_of(process->image_name, &name);
    if (!NT_SUCCESS(status))
        return status;
    struct process_thread *creator = ps_thread_current();
    PS_CREATE_NOTIFY_INFO information = {
        .Size = sizeof information,
        .ParentProcessId = (HANDLE)process->parent_id,
        .CreatingThreadId = {(HANDLE)ps_process_current()->id, (HANDLE)(creator ? creator->id : 0)},
        .ImageFileName = &name,
        .CreationStatus = STATUS_SUCCESS,
    };
    uint64_t arguments[3] = {(uint64_t)process, process->id, (uint64_t)&information};
    notify_all(NOTIFY_PROCESS_EX, arguments, &information.CreationStatus);
    RtlFreeUnicodeString(&name);
    return information.CreationStatus;
}

void notify_process_ended(struct process *process)
{
    uint64_t plain[3] = {process->parent_id, process->id, FALSE};
    uint64_t extended[3] = {(uint64_t)process, process->id, 0};
    notify_all(NOTIFY_PROCESS, plain, NULL);
    notify_all(NOTIFY_PROCESS_EX, extended, NULL);
}

void notify_thread_created(struct process_thread *thread)
{
    uint64_t arguments[3] = {thread->process->id, thread->id, TRUE};
    notify_all(NOTIFY_THREAD, arguments, NULL);
}

void notify_thread_ended(struct process_thread *thread)
{
    uint64_t arguments[3] = {thread->process->id, thread->id, FALSE};
    notify_all(NOTIFY_THREAD, arguments, NULL);
}

void ps_image_loaded(PUNICODE_STRING name, uint64_t process_id, PIMAGE_INFO information)
{
    uint64_t arguments[3] = {(uint64_t)name, process_id, (uint64_t)information};
    notify_all(NOTIFY_IMAGE, arguments, NULL);
}
