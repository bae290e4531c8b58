/* SPDX-License-Identifier: MIT */
/* mutant.c - mutants: KMUTEX of drivers and the mutants of programs, one object.
 *
 * SignalState 1 is free; each acquisition counts it down, each release up. A mutant that is
 * owned is on its owner's list, so that the owner's end finds it. Guarded by the dispatcher
 * lock.
 */
#include "ke_internal.h"

static void mutant_init(KMUTANT *mutant, bool is_owned, UCHAR apc_disable)
{
    ke_header_init(&mutant->Header, DISPATCHER_MUTANT, sizeof(*mutant), 1);
    mutant->OwnerThread = NULL;
    mutant->Abandoned = FALSE;
    mutant->ApcDisable = apc_disable;
    mutant->MutantListEntry.Flink = mutant->MutantListEntry.Blink = &mutant->MutantListEntry;
    if (!is_owned)
        return;
    dispatcher_take();
    (void)dispatcher_satisfy_locked(&mutant->Header, thread_self);
    host_lock_give(&dispatcher_lock);
}

void mutex_init(KMUTEX *mutex)
{
    mutant_init(mutex, false, 1);
}

void ke_mutant_init(KMUTANT *mutant, bool is_owned)
{
    mutant_init(mutant, is_owned, 0);
}

/* Nobody owns it any more. */
static void mutant_free_locked(KMUTANT *mutant, struct thread *owner, struct aftermath *aftermath)
{
    list_remove((struct list *)&mutant->MutantListEntry);
    mutant->OwnerThread = NULL;
    mutant->Header.SignalState = 1;
    owner->kernel_apc_disable += mutant->ApcDisable;
    dispatcher_signal_locked(&mutant->Header, aftermath);
}

NTSTATUS ke_mutant_try_release(KMUTANT *mutant, LONG *out_previous)
{
    struct aftermath aftermath = {0};
    struct thread *thread = thread_self;
    NTSTATUS status = STATUS_SUCCESS;

    dispatcher_take();
    if (mutant->OwnerThread != (struct _KTHREAD *)thread) {
        status = mutant->Abandoned ? STATUS_ABANDONED : STATUS_MUTANT_NOT_OWNED;
        goto out;
    }
    *out_previous = mutant->Header.SignalState;
    if (mutant->Header.SignalState == 0)
        mutant_free_locked(mutant, thread, &aftermath);
    else
        mutant->Header.SignalState++;
out:
    dispatcher_give(&aftermath);
    return status;
}

void ke_mutant_fini(KMUTANT *mutant)
{
    dispatcher_take();
    COVE_ASSERT(list_is_empty((struct list *)&mutant->Header.WaitListHead));
    list_remove((struct list *)&mutant->MutantListEntry);
    mutant->OwnerThread = NULL;
    host_lock_give(&dispatcher_lock);
}

KMUTANT *mutants_kernel_locked(const struct thread *thread)
{
    list_for_each(node, &thread->mutants)
    {
        KMUTANT *mutant = list_entry((void *)node, KMUTANT, MutantListEntry);

        if (mutant->ApcDisable != 0)
            return mutant;
    }
    return NULL;
}

KMUTANT *mutants_abandon_locked(struct thread *thread, struct aftermath *aftermath)
{
    while (!list_is_empty(&thread->mutants)) {
        KMUTANT *mutant = list_entry((void *)thread->mutants.next, KMUTANT, MutantListEntry);

        if (mutant->ApcDisable != 0)
            return mutant;
        mutant->Abandoned = 1;
        mutant_free_locked(mutant, thread, aftermath);
    }
    return NULL;
}
