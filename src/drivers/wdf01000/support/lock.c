/* SPDX-License-Identifier: MIT */
/* lock.c - locks with a handle: spin locks and wait locks.
 *
 * Both remember who holds them. To take one that the same thread holds already would hang the
 * machine: it ends with WDF_RECURSIVE_LOCK instead. A wait lock keeps normal kernel APCs away from
 * whoever holds it, as documented.
 */
#include "support_internal.h"

#define LOCK_NOT_THE_OWNER 1 /* WDF_INVALID_LOCK_OPERATION's third parameter */

const struct fx_type fx_type_spin_lock = {
    .name = "WDFSPINLOCK",
    .size = sizeof(struct fx_spin_lock),
};

const struct fx_type fx_type_wait_lock = {
    .name = "WDFWAITLOCK",
    .size = sizeof(struct fx_wait_lock),
};

static void recursive(struct fx_object *object)
{
    fx_log(object->globals, FX_LOG_ERROR, "%s %p: this thread holds it already", object->type->name,
           fx_handle_of(object));
    fx_violation(object->globals, WDF_RECURSIVE_LOCK, (ULONG_PTR)fx_handle_of(object), 0, 0);
}

void fx_spin_lock_acquire(struct fx_spin_lock *lock)
{
    KIRQL irql;

    if (lock->owner == KeGetCurrentThread())
        recursive(&lock->object);
    KeAcquireSpinLock(&lock->lock, &irql);
    lock->old_irql = irql;
    lock->owner = KeGetCurrentThread();
}

void fx_spin_lock_release(struct fx_spin_lock *lock)
{
    struct fx_object *object = &lock->object;

    if (lock->owner != KeGetCurrentThread()) {
        fx_log(object->globals, FX_LOG_ERROR, "WDFSPINLOCK %p: released by who does not hold it",
               fx_handle_of(object));
        fx_violation(object->globals, WDF_INVALID_LOCK_OPERATION, (ULONG_PTR)fx_handle_of(object),
                     LOCK_NOT_THE_OWNER, 0);
    }
    lock->owner = NULL;
    KeReleaseSpinLock(&lock->lock, lock->old_irql);
}

NTSTATUS fx_wait_lock_acquire(struct fx_wait_lock *lock, const LONGLONG *timeout_100ns)
{
    NTSTATUS status;

    if (!timeout_100ns && lock->owner == KeGetCurrentThread())
        recursive(&lock->object);
    KeEnterCriticalRegion();
    status = KeWaitForSingleObject(&lock->event, Executive, KernelMode, FALSE,
                                   (PLARGE_INTEGER)timeout_100ns);
    if (status == STATUS_SUCCESS)
        lock->owner = KeGetCurrentThread();
    else
        KeLeaveCriticalRegion();
    return status;
}

void fx_wait_lock_release(struct fx_wait_lock *lock)
{
    if (lock->owner != KeGetCurrentThread())
        fx_log(lock->object.globals, FX_LOG_ERROR,
               "WDFWAITLOCK %p: released by a thread that does not hold it",
               fx_handle_of(&lock->object));
    lock->owner = NULL;
    KeSetEvent(&lock->event, IO_NO_INCREMENT, FALSE);
    KeLeaveCriticalRegion();
}
