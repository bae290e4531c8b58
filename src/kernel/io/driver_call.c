/* SPDX-License-Identifier: MIT */
/* driver_call.c - DriverEntry, DriverUnload and the machine's last request to a driver, in a thread
 * of the system process.
 *
 * A driver may never come back from them. Who asked waits for a limit and is then told; the
 * call is given up, its thread and what it needs stay until it comes back after all or the
 * machine's process ends. A caller that has its own watch over the calling thread, as the Plug and
 * Play manager does, has the routine called on that thread.
 */
#include "io_internal.h"

#include <string.h>

#include "cm/cm.h"

#define LIMIT_DEFAULT_S 120u
#define SECOND_100NS    10000000ll

enum call_state { CALL_RUNS, CALL_IS_DONE, CALL_IS_GIVEN_UP };

struct driver_call {
    struct driver *driver; /* referenced */
    const char *routine;
    driver_routine *run;
    void *context;
    NTSTATUS status;            /* set by its thread, */
    struct io_load_error error; /*   before it is done */
    KEVENT done;
    _Atomic uint32_t state; /* atomic: enum call_state; the last to change it frees the call */
};

static _Atomic uint32_t given_up; /* atomic: calls that have not come back since */

bool io_driver_is_stuck(void)
{
    return atomic_load(&given_up) != 0;
}

static void call_free(struct driver_call *call)
{
    ob_dereference(call->driver);
    ExFreePoolWithTag(call, IO_TAG);
}

static bool call_state_change(struct driver_call *call, enum call_state to)
{
    uint32_t runs = CALL_RUNS;
    return atomic_compare_exchange_strong(&call->state, &runs, to);
}

static void call_run(void *context)
{
    struct driver_call *call = context;
    call->status = call->run(call->driver, call->context, &call->error);
    if (call_state_change(call, CALL_IS_DONE)) {
        KeSetEvent(&call->done, IO_NO_INCREMENT, FALSE);
        return;
    }
    rtl_debug_printf("io: %s of %s has come back after all: %s\n", call->routine,
                     call->driver->name, rtl_status_text(call->status));
    atomic_store(&call->driver->stuck_in, NULL);
    atomic_fetch_sub(&given_up, 1);
    call_free(call);
}

#define SETTINGS_PATH \
    L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Session Manager\\I/O System"

/* DriverCallLimitSeconds, or what holds without it. */
static ULONG limit_s(void)
{
    static const UNICODE_STRING path = RTL_CONSTANT_STRING(SETTINGS_PATH);
    static const UNICODE_STRING name = RTL_CONSTANT_STRING(L"DriverCallLimitSeconds");
    OBJECT_ATTRIBUTES attributes;
    ULONG disposition, type, length, limit = 0;
    void *key, *data;
    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)&path,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    if (!NT_SUCCESS(cm_key_open(&attributes, KEY_READ, KernelMode, false, 0, &disposition, &key)))
        return LIMIT_DEFAULT_S;
    if (NT_SUCCESS(cm_value_get(key, &name, &type, &data, &length))) {
        if (type == REG_DWORD && length == sizeof(ULONG))
            memcpy(&limit, data, sizeof(limit));
        ExFreePool(data);
    }
    ob_dereference(key);
    return limit != 0 ? limit : LIMIT_DEFAULT_S;
}

static NTSTATUS call_give_up(struct driver_call *call, ULONG seconds, struct io_load_error *error)
{
    struct driver *driver = call->driver;
    const char *routine = call->routine;
    ob_reference(driver);
    atomic_store(&driver->stuck_in, routine);
    atomic_fetch_add(&given_up, 1);
    if (!call_state_change(call, CALL_IS_GIVEN_UP)) { /* just now */
        atomic_store(&driver->stuck_in, NULL);
        atomic_fetch_sub(&given_up, 1);
        ob_dereference(driver);
        return STATUS_SUCCESS;
    }
    io_error_set(error, STATUS_IO_TIMEOUT,
                 "service %s: %s has not come back for %u s and was given up; the value "
                 "DriverCallLimitSeconds of HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session "
                 "Manager\\I/O System says how long it may take",
                 driver->name, routine, seconds);
    rtl_debug_printf("io: %s of %s has not come back for %u s and is given up\n", routine,
                     driver->name, seconds);
    ob_dereference(driver);
    return STATUS_IO_TIMEOUT;
}

static NTSTATUS call_wait(struct driver_call *call, struct process_thread *thread,
                          struct io_load_error *error)
{
    ULONG seconds = limit_s();
    LARGE_INTEGER limit = {.QuadPart = -(LONGLONG)seconds * SECOND_100NS};
    NTSTATUS status = KeWaitForSingleObject(&call->done, Executive, KernelMode, FALSE, &limit);
    if (status == STATUS_TIMEOUT) {
        status = call_give_up(call, seconds, error);
        if (!NT_SUCCESS(status))
            return status; /* the call is its thread's now */
        KeWaitForSingleObject(&call->done, Executive, KernelMode, FALSE, NULL);
    }
    /* What follows may end the rooms that it stands on, or count what is left. */
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    status = call->status;
    if (error != NULL)
        *error = call->error;
    call_free(call);
    return status;
}

NTSTATUS driver_call(struct driver *driver, const char *routine, driver_routine *run, void *context,
                     enum io_driver_caller caller, struct io_load_error *error,
                     NTSTATUS *out_status)
{
    if (caller == IO_CALLER_WATCHES) {
        *out_status = run(driver, context, error);
        return STATUS_SUCCESS;
    }
    struct process_thread *thread;
    struct driver_call *call = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*call), IO_TAG);
    if (call == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ob_reference(driver);
    call->driver = driver;
    call->routine = routine;
    call->run = run;
    call->context = context;
    KeInitializeEvent(&call->done, NotificationEvent, FALSE);
    NTSTATUS status =
        ps_thread_create(ps_system_process, routine, call_run, call, KernelMode, &thread);
    if (!NT_SUCCESS(status)) {
        call_free(call);
        return status;
    }
    *out_status = call_wait(call, thread, error);
    ob_dereference(thread);
    return STATUS_SUCCESS;
}
