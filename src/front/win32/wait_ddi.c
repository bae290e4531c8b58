/* SPDX-License-Identifier: MIT */
/* wait_ddi.c - waits, and the objects that are waited for. Doc: synchapi.h */
#include "win32_internal.h"

/* ---- waits ------------------------------------------------------------------------------------
 */

static DWORD wait_answer(NTSTATUS status)
{
    return error_result(status) ? (DWORD)status : WAIT_FAILED;
}

EXPORT(DWORD, WaitForSingleObjectEx, (HANDLE handle, DWORD milliseconds, BOOL alertable))
{
    LARGE_INTEGER timeout;
    if (console_of(handle) == 0)
        return console_input_wait(milliseconds, alertable);
    return wait_answer(
        NtWaitForSingleObject(handle, (BOOLEAN)alertable, timeout_of_ms(milliseconds, &timeout)));
}

EXPORT(DWORD, WaitForSingleObject, (HANDLE handle, DWORD milliseconds))
{
    return WaitForSingleObjectEx(handle, milliseconds, FALSE);
}

EXPORT(DWORD, WaitForMultipleObjectsEx,
       (DWORD count, const HANDLE *handles, BOOL all, DWORD milliseconds, BOOL alertable))
{
    LARGE_INTEGER timeout;
    for (DWORD i = 0; count > 1 && count <= MAXIMUM_WAIT_OBJECTS && !all && i < count; i++) {
        if (console_of(handles[i]) == 0)
            return console_input_wait_any(count, handles, i, milliseconds, alertable);
    }
    return wait_answer(NtWaitForMultipleObjects(count, (HANDLE *)handles, all ? WaitAll : WaitAny,
                                                (BOOLEAN)alertable,
                                                timeout_of_ms(milliseconds, &timeout)));
}

EXPORT(DWORD, WaitForMultipleObjects,
       (DWORD count, const HANDLE *handles, BOOL all, DWORD milliseconds))
{
    return WaitForMultipleObjectsEx(count, handles, all, milliseconds, FALSE);
}

EXPORT(DWORD, SignalObjectAndWait, (HANDLE signal, HANDLE wait, DWORD milliseconds, BOOL alertable))
{
    LARGE_INTEGER timeout;
    return wait_answer(NtSignalAndWaitForSingleObject(signal, wait, (BOOLEAN)alertable,
                                                      timeout_of_ms(milliseconds, &timeout)));
}

EXPORT(DWORD, SleepEx, (DWORD milliseconds, BOOL alertable))
{
    LARGE_INTEGER timeout = {.QuadPart = INT64_MIN};
    timeout_of_ms(milliseconds, &timeout);
    if (!milliseconds && !alertable) {
        NtYieldExecution();
        return 0;
    }
    return NtDelayExecution((BOOLEAN)alertable, &timeout) == STATUS_USER_APC ? STATUS_USER_APC : 0;
}

EXPORT(void, Sleep, (DWORD milliseconds))
{
    SleepEx(milliseconds, FALSE);
}

EXPORT(BOOL, SwitchToThread, (void))
{
    return NtYieldExecution() == STATUS_SUCCESS;
}

/* ---- events
 * -------------------------------------------------------------------------------------- */

#define EVENT_MANUAL  0x1u
#define EVENT_INITIAL 0x2u

EXPORT(HANDLE, CreateEventExW,
       (SECURITY_ATTRIBUTES * security, LPCWSTR name, DWORD flags, DWORD access))
{
    struct object_name object;
    HANDLE handle = NULL;
    if (!object_name(&object, name, security, OBJ_OPENIF))
        return NULL;
    NTSTATUS status = NtCreateEvent(&handle, access, &object.attributes,
                                    flags & EVENT_MANUAL ? NotificationEvent : SynchronizationEvent,
                                    flags & EVENT_INITIAL ? TRUE : FALSE);
    return object_created(status, handle);
}

EXPORT(HANDLE, CreateEventW,
       (SECURITY_ATTRIBUTES * security, BOOL manual, BOOL initial, LPCWSTR name))
{
    return CreateEventExW(security, name,
                          (manual ? EVENT_MANUAL : 0) | (initial ? EVENT_INITIAL : 0),
                          EVENT_ALL_ACCESS);
}

EXPORT(HANDLE, OpenEventW, (DWORD access, BOOL inherit, LPCWSTR name))
{
    struct object_name object;
    HANDLE handle = NULL;
    if (!name)
        return error_fail(ERROR_INVALID_PARAMETER), NULL;
    if (!object_name(&object, name, NULL, inherit ? OBJ_INHERIT : 0))
        return NULL;
    return error_result(NtOpenEvent(&handle, access, &object.attributes)) ? handle : NULL;
}

EXPORT(BOOL, SetEvent, (HANDLE event))
{
    return error_result(NtSetEvent(event, NULL));
}

EXPORT(BOOL, ResetEvent, (HANDLE event))
{
    return error_result(NtClearEvent(event));
}

EXPORT(BOOL, PulseEvent, (HANDLE event))
{
    return error_result(NtPulseEvent(event, NULL));
}

/* ---- mutexes
 * ------------------------------------------------------------------------------------- */

EXPORT(HANDLE, CreateMutexExW,
       (SECURITY_ATTRIBUTES * security, LPCWSTR name, DWORD flags, DWORD access))
{
    struct object_name object;
    HANDLE handle = NULL;
    if (!object_name(&object, name, security, OBJ_OPENIF))
        return NULL;
    return object_created(NtCreateMutant(&handle, access, &object.attributes, (BOOLEAN)(flags & 1)),
                          handle);
}

EXPORT(HANDLE, CreateMutexW, (SECURITY_ATTRIBUTES * security, BOOL owner, LPCWSTR name))
{
    return CreateMutexExW(security, name, owner ? 1 : 0, MUTANT_ALL_ACCESS);
}

EXPORT(HANDLE, OpenMutexW, (DWORD access, BOOL inherit, LPCWSTR name))
{
    struct object_name object;
    HANDLE handle = NULL;
    if (!name)
        return error_fail(ERROR_INVALID_PARAMETER), NULL;
    if (!object_name(&object, name, NULL, inherit ? OBJ_INHERIT : 0))
        return NULL;
    return error_result(NtOpenMutant(&handle, access, &object.attributes)) ? handle : NULL;
}

EXPORT(BOOL, ReleaseMutex, (HANDLE mutex))
{
    return error_result(NtReleaseMutant(mutex, NULL));
}

/* ---- semaphores
 * ------------------------------------------------------------------------------------ */

EXPORT(HANDLE, CreateSemaphoreExW,
       (SECURITY_ATTRIBUTES * security, LONG initial, LONG maximum, LPCWSTR name, DWORD flags,
        DWORD access))
{
    struct object_name object;
    HANDLE handle = NULL;
    if (!object_name(&object, name, security, OBJ_OPENIF))
        return NULL;
    return object_created(NtCreateSemaphore(&handle, access, &object.attributes, initial, maximum),
                          handle);
}

EXPORT(HANDLE, CreateSemaphoreW,
       (SECURITY_ATTRIBUTES * security, LONG initial, LONG maximum, LPCWSTR name))
{
    return CreateSemaphoreExW(security, initial, maximum, name, 0, SEMAPHORE_ALL_ACCESS);
}

EXPORT(HANDLE, OpenSemaphoreW, (DWORD access, BOOL inherit, LPCWSTR name))
{
    struct object_name object;
    HANDLE handle = NULL;
    if (!name)
        return error_fail(ERROR_INVALID_PARAMETER), NULL;
    if (!object_name(&object, name, NULL, inherit ? OBJ_INHERIT : 0))
        return NULL;
    return error_result(NtOpenSemaphore(&handle, access, &object.attributes)) ? handle : NULL;
}

EXPORT(BOOL, ReleaseSemaphore, (HANDLE semaphore, LONG count, LONG *previous))
{
    return error_result(NtReleaseSemaphore(semaphore, count, previous));
}

/* ---- timers
 * --------------------------------------------------------------------------------------------- */

EXPORT(HANDLE, CreateWaitableTimerExW,
       (SECURITY_ATTRIBUTES * security, LPCWSTR name, DWORD flags, DWORD access))
{
    struct object_name object;
    HANDLE handle = NULL;
    if (!object_name(&object, name, security, OBJ_OPENIF))
        return NULL;
    return object_created(NtCreateTimer(&handle, access, &object.attributes,
                                        flags & 1 ? NotificationTimer : SynchronizationTimer),
                          handle);
}

EXPORT(HANDLE, CreateWaitableTimerW, (SECURITY_ATTRIBUTES * security, BOOL manual, LPCWSTR name))
{
    return CreateWaitableTimerExW(security, name, manual ? 1 : 0, TIMER_ALL_ACCESS);
}

EXPORT(BOOL, SetWaitableTimer,
       (HANDLE timer, const LARGE_INTEGER *due, LONG period, PVOID routine, PVOID context,
        BOOL resume))
{
    LARGE_INTEGER time = *due;
    if (routine)
        return error_fail(ERROR_NOT_SUPPORTED); /* user APCs are not delivered */
    return error_result(NtSetTimer(timer, &time, NULL, NULL, resume ? TRUE : FALSE, period, NULL));
}

EXPORT(BOOL, CancelWaitableTimer, (HANDLE timer))
{
    return error_result(NtCancelTimer(timer, NULL));
}

/* ---- …A forms
 * ---------------------------------------------------------------------------------------------- */

EXPORT(HANDLE, CreateEventA,
       (SECURITY_ATTRIBUTES * security, BOOL manual, BOOL initial, LPCSTR name))
{
    WITH_WIDE_HANDLE(name, CreateEventW(security, manual, initial, wide.text));
}

EXPORT(HANDLE, OpenEventA, (DWORD access, BOOL inherit, LPCSTR name))
{
    WITH_WIDE_HANDLE(name, OpenEventW(access, inherit, wide.text));
}

EXPORT(HANDLE, CreateMutexA, (SECURITY_ATTRIBUTES * security, BOOL owner, LPCSTR name))
{
    WITH_WIDE_HANDLE(name, CreateMutexW(security, owner, wide.text));
}

EXPORT(HANDLE, OpenMutexA, (DWORD access, BOOL inherit, LPCSTR name))
{
    WITH_WIDE_HANDLE(name, OpenMutexW(access, inherit, wide.text));
}

EXPORT(HANDLE, CreateSemaphoreA,
       (SECURITY_ATTRIBUTES * security, LONG initial, LONG maximum, LPCSTR name))
{
    WITH_WIDE_HANDLE(name, CreateSemaphoreW(security, initial, maximum, wide.text));
}

EXPORT(HANDLE, CreateWaitableTimerA, (SECURITY_ATTRIBUTES * security, BOOL manual, LPCSTR name))
{
    WITH_WIDE_HANDLE(name, CreateWaitableTimerW(security, manual, wide.text));
}
