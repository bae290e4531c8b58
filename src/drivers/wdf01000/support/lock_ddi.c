/* SPDX-License-Identifier: MIT */
/* lock_ddi.c - WdfSpinLockXxx and WdfWaitLockXxx as a client calls them. */
#include "support_internal.h"
#include <wdf_entries.h>

static struct fx_wait_lock *wait_lock_of(struct fx_globals *globals, WDFWAITLOCK handle)
{
    return (struct fx_wait_lock *)fx_object_of(globals, handle, &fx_type_wait_lock);
}

/* NULL: the lock is an interrupt's, which alone may use it. */
static struct fx_spin_lock *spin_lock_of(struct fx_globals *globals, WDFSPINLOCK handle)
{
    struct fx_object *object = fx_object_of(globals, handle, &fx_type_spin_lock);
    struct fx_spin_lock *lock = (struct fx_spin_lock *)object;

    if (!lock->interrupt)
        return lock;
    fx_log(globals, FX_LOG_ERROR,
           "WDFSPINLOCK %p was given to an interrupt: use WdfInterruptAcquireLock", handle);
    return NULL;
}

NTSTATUS NTAPI imp_WdfSpinLockCreate(PWDF_DRIVER_GLOBALS DriverGlobals,
                                     PWDF_OBJECT_ATTRIBUTES SpinLockAttributes,
                                     WDFSPINLOCK *SpinLock)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_object *object;
    NTSTATUS status;

    fx_needed(globals, SpinLock);
    *SpinLock = NULL;
    status = fx_object_create(globals, &fx_type_spin_lock, 0, SpinLockAttributes, NULL, &object);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(object, _ReturnAddress());
    KeInitializeSpinLock(&((struct fx_spin_lock *)object)->lock);
    *SpinLock = fx_handle_of(object);
    return STATUS_SUCCESS;
}

VOID NTAPI imp_WdfSpinLockAcquire(PWDF_DRIVER_GLOBALS DriverGlobals, WDFSPINLOCK SpinLock)
{
    struct fx_spin_lock *lock = spin_lock_of(fx_globals_of(DriverGlobals), SpinLock);

    if (lock)
        fx_spin_lock_acquire(lock);
}

VOID NTAPI imp_WdfSpinLockRelease(PWDF_DRIVER_GLOBALS DriverGlobals, WDFSPINLOCK SpinLock)
{
    struct fx_spin_lock *lock = spin_lock_of(fx_globals_of(DriverGlobals), SpinLock);

    if (lock)
        fx_spin_lock_release(lock);
}

NTSTATUS NTAPI imp_WdfWaitLockCreate(PWDF_DRIVER_GLOBALS DriverGlobals,
                                     PWDF_OBJECT_ATTRIBUTES LockAttributes, WDFWAITLOCK *Lock)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_object *object;
    NTSTATUS status;

    fx_needed(globals, Lock);
    *Lock = NULL;
    status = fx_object_create(globals, &fx_type_wait_lock, 0, LockAttributes, NULL, &object);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(object, _ReturnAddress());
    KeInitializeEvent(&((struct fx_wait_lock *)object)->event, SynchronizationEvent, TRUE);
    *Lock = fx_handle_of(object);
    return STATUS_SUCCESS;
}

/* The header allows a look at DISPATCH_LEVEL, the page of the function says that it is wrong. */
NTSTATUS NTAPI imp_WdfWaitLockAcquire(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWAITLOCK Lock,
                                      PLONGLONG Timeout)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_wait_lock *lock = wait_lock_of(globals, Lock);
    KIRQL allowed = Timeout && *Timeout == 0 ? APC_LEVEL : PASSIVE_LEVEL;

    if (fx_irql_above(globals, allowed, "WdfWaitLockAcquire"))
        return STATUS_INVALID_DEVICE_REQUEST;
    return fx_wait_lock_acquire(lock, Timeout);
}

VOID NTAPI imp_WdfWaitLockRelease(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWAITLOCK Lock)
{
    fx_wait_lock_release(wait_lock_of(fx_globals_of(DriverGlobals), Lock));
}
