/* SPDX-License-Identifier: MIT */
/* callback_lock.c - the lock over a device's or queue's callbacks, by its level.
 *
 * Invariant: owner, depth and irql are written by whoever is inside; another thread that reads
 * owner finds somebody else, whatever it reads. At dispatch level the spin lock keeps the thread
 * from being another one's before it leaves.
 */
#include "object.h"

void fx_callback_lock_init(struct fx_callback_lock *lock, BOOLEAN is_passive)
{
    RtlZeroMemory(lock, sizeof(*lock));
    lock->is_passive = is_passive;
    KeInitializeSpinLock(&lock->spin);
    KeInitializeMutex(&lock->mutex, 0);
}

void fx_callback_enter(struct fx_object *object)
{
    struct fx_callback_lock *lock = object->callback_lock;
    PKTHREAD self;
    KIRQL irql;

    if (lock == NULL)
        return;
    self = KeGetCurrentThread();
    if (lock->owner == self) {
        lock->depth++;
        return;
    }
    if (lock->is_passive) {
        KeEnterCriticalRegion(); /* a thread that is suspended inside would hold up everybody */
        KeWaitForSingleObject(&lock->mutex, Executive, KernelMode, FALSE, NULL);
    } else {
        KeAcquireSpinLock(&lock->spin, &irql);
        lock->irql = irql;
    }
    lock->owner = self;
    lock->depth = 1;
}

void fx_callback_leave(struct fx_object *object)
{
    struct fx_callback_lock *lock = object->callback_lock;

    if (lock == NULL)
        return;
    if (lock->owner != KeGetCurrentThread()) {
        fx_log(object->globals, FX_LOG_ERROR, "%s %p: its lock is released by who does not hold it",
               object->type->name, fx_handle_of(object));
        fx_violation(object->globals, WDF_INVALID_LOCK_OPERATION, (ULONG_PTR)fx_handle_of(object),
                     1, 0);
    }
    if (--lock->depth > 0)
        return;
    lock->owner = NULL;
    if (lock->is_passive) {
        KeReleaseMutex(&lock->mutex, FALSE);
        KeLeaveCriticalRegion();
    } else {
        KeReleaseSpinLock(&lock->spin, lock->irql);
    }
}
