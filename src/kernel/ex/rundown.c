/* SPDX-License-Identifier: MIT */
/* rundown.c - rundown protection: an object that is used by many until one waits for all.
 *
 * The word counts users in steps of two. When somebody waits it points, with its lowest bit
 * set, at the waiter's block, which holds the count from then on.
 */
#include "rundown.h"

#include "base/assert.h"
#include "ke/ke.h"

struct rundown_wait {
    _Atomic ULONG_PTR left; /* users; atomic */
    KEVENT done;
};

bool rundown_acquire(EX_RUNDOWN_REF *reference, ULONG count)
{
    ULONG_PTR word = __atomic_load_n(&reference->Count, __ATOMIC_RELAXED);

    do {
        if ((word & EX_RUNDOWN_ACTIVE) != 0)
            return false;
    } while (!__atomic_compare_exchange_n(&reference->Count, &word,
                                          word + (ULONG_PTR)count * EX_RUNDOWN_COUNT_INC, true,
                                          __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    return true;
}

void rundown_release(EX_RUNDOWN_REF *reference, ULONG count)
{
    ULONG_PTR word = __atomic_load_n(&reference->Count, __ATOMIC_ACQUIRE);
    struct rundown_wait *wait;

    while ((word & EX_RUNDOWN_ACTIVE) == 0)
        if (__atomic_compare_exchange_n(&reference->Count, &word,
                                        word - (ULONG_PTR)count * EX_RUNDOWN_COUNT_INC, true,
                                        __ATOMIC_RELEASE, __ATOMIC_ACQUIRE))
            return;
    wait = (struct rundown_wait *)(word & ~(ULONG_PTR)EX_RUNDOWN_ACTIVE);
    COVE_ASSERT(wait != NULL);
    /* The last one's block lives until its event is set. */
    if ((wait->left -= count) == 0)
        KeSetEvent(&wait->done, 0, FALSE);
}

void rundown_wait(EX_RUNDOWN_REF *reference)
{
    ULONG_PTR word = __atomic_load_n(&reference->Count, __ATOMIC_RELAXED);
    struct rundown_wait wait;

    KeInitializeEvent(&wait.done, SynchronizationEvent, FALSE);
    do {
        if ((word & EX_RUNDOWN_ACTIVE) != 0)
            return; /* it has run down already */
        wait.left = word / EX_RUNDOWN_COUNT_INC;
    } while (!__atomic_compare_exchange_n(&reference->Count, &word,
                                          word == 0 ? EX_RUNDOWN_ACTIVE
                                                    : (ULONG_PTR)&wait | EX_RUNDOWN_ACTIVE,
                                          false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    if (word == 0)
        return;
    KeWaitForSingleObject(&wait.done, WrRundown, KernelMode, FALSE, NULL);
    __atomic_store_n(&reference->Count, EX_RUNDOWN_ACTIVE, __ATOMIC_RELEASE);
}
