/* SPDX-License-Identifier: MIT */
/* affinity_ddi.c - which processors there are, which one this is, and on which a thread may
 * run. There is one group, 0, and one node, 0. */
#include <stdlib.h>

#include "callout/callout.h"
#include "ke_internal.h"

#ifndef INVALID_PROCESSOR_INDEX
#define INVALID_PROCESSOR_INDEX 0xffffffffu
#endif

static KAFFINITY affinity_all(void)
{
    return processor_count >= 64 ? ~(KAFFINITY)0 : ((KAFFINITY)1 << processor_count) - 1;
}

/* Moves the calling thread to an allowed processor if it is not on one, at DISPATCH_LEVEL as
 * soon as IRQL is lowered; returns the mask before. */
static KAFFINITY affinity_swap(KAFFINITY affinity)
{
    struct thread *thread = thread_self;
    KAFFINITY old = thread->affinity;

    thread->affinity = affinity;
    if (affinity != 0 && (affinity >> processor_self->pcr.number & 1) == 0) {
        __c11_atomic_fetch_or(&processor_self->pending, PENDING_YIELD, __ATOMIC_RELAXED);
        ke_interrupts_poll();
    }
    return old;
}

/* Doc: wdm.h KeQueryActiveProcessors */
KAFFINITY NTAPI KeQueryActiveProcessors(VOID)
{
    return affinity_all();
}

/* Doc: wdm.h KeQueryActiveProcessorCount */
ULONG NTAPI KeQueryActiveProcessorCount(PKAFFINITY ActiveProcessors)
{
    if (ActiveProcessors != NULL)
        *ActiveProcessors = affinity_all();
    return processor_count;
}

static bool group_is_known(USHORT group)
{
    return group == 0 || group == ALL_PROCESSOR_GROUPS;
}

/* Doc: wdm.h KeQueryActiveProcessorCountEx. 0: no such group */
ULONG NTAPI KeQueryActiveProcessorCountEx(USHORT GroupNumber)
{
    return group_is_known(GroupNumber) ? processor_count : 0;
}

/* Doc: wdm.h KeQueryMaximumProcessorCount */
ULONG NTAPI KeQueryMaximumProcessorCount(VOID)
{
    return processor_count;
}

/* Doc: wdm.h KeQueryMaximumProcessorCountEx */
ULONG NTAPI KeQueryMaximumProcessorCountEx(USHORT GroupNumber)
{
    return KeQueryActiveProcessorCountEx(GroupNumber);
}

/* Doc: wdm.h KeQueryActiveGroupCount */
USHORT NTAPI KeQueryActiveGroupCount(VOID)
{
    return 1;
}

/* Doc: wdm.h KeQueryMaximumGroupCount */
USHORT NTAPI KeQueryMaximumGroupCount(VOID)
{
    return 1;
}

/* Doc: wdm.h KeQueryGroupAffinity */
KAFFINITY NTAPI KeQueryGroupAffinity(USHORT GroupNumber)
{
    return GroupNumber == 0 ? affinity_all() : 0;
}

/* Doc: wdm.h KeGetCurrentNodeNumber */
USHORT NTAPI KeGetCurrentNodeNumber(VOID)
{
    return 0;
}

/* Doc: wdm.h KeQueryHighestNodeNumber */
USHORT NTAPI KeQueryHighestNodeNumber(VOID)
{
    return 0;
}

/* Doc: wdm.h KeQueryNodeActiveAffinity */
VOID NTAPI KeQueryNodeActiveAffinity(USHORT NodeNumber, PGROUP_AFFINITY Affinity, PUSHORT Count)
{
    if (Affinity != NULL)
        *Affinity = (GROUP_AFFINITY){.Mask = NodeNumber == 0 ? affinity_all() : 0};
    if (Count != NULL)
        *Count = NodeNumber == 0 ? (USHORT)processor_count : 0;
}

/* Doc: wdm.h KeQueryNodeMaximumProcessorCount */
USHORT NTAPI KeQueryNodeMaximumProcessorCount(USHORT NodeNumber)
{
    return NodeNumber == 0 ? (USHORT)processor_count : 0;
}

/* Doc: wdm.h KeGetCurrentProcessorNumberEx */
ULONG NTAPI KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber)
{
    ULONG number = ke_processor_number();

    if (ProcNumber != NULL)
        *ProcNumber = (PROCESSOR_NUMBER){.Number = (UCHAR)number};
    return number;
}

NTSTATUS NTAPI KeGetProcessorNumberFromIndex(ULONG ProcIndex, PPROCESSOR_NUMBER ProcNumber);
ULONG NTAPI KeGetProcessorIndexFromNumber(PPROCESSOR_NUMBER ProcNumber);

/* Doc: wdm.h KeGetProcessorNumberFromIndex. Errors: STATUS_INVALID_PARAMETER */
NTSTATUS NTAPI KeGetProcessorNumberFromIndex(ULONG ProcIndex, PPROCESSOR_NUMBER ProcNumber)
{
    if (ProcIndex >= processor_count)
        return STATUS_INVALID_PARAMETER;
    *ProcNumber = (PROCESSOR_NUMBER){.Number = (UCHAR)ProcIndex};
    return STATUS_SUCCESS;
}

/* Doc: wdm.h KeGetProcessorIndexFromNumber. INVALID_PROCESSOR_INDEX: there is none such */
ULONG NTAPI KeGetProcessorIndexFromNumber(PPROCESSOR_NUMBER ProcNumber)
{
    if (ProcNumber->Group != 0 || ProcNumber->Number >= processor_count)
        return INVALID_PROCESSOR_INDEX;
    return ProcNumber->Number;
}

/* Lets the calling thread run only on some processors; returns the mask before, 0 if any.
 *
 * IRQL:    <= DISPATCH_LEVEL; there it moves when IRQL is lowered
 * Errors:  no effect when a bit stands for no processor
 * Doc:     wdm.h KeSetSystemAffinityThreadEx
 */
KAFFINITY NTAPI KeSetSystemAffinityThreadEx(KAFFINITY Affinity)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (Affinity == 0 || (Affinity & ~affinity_all()) != 0)
        return thread_self->affinity;
    return affinity_swap(Affinity);
}

/* Doc: wdm.h KeRevertToUserAffinityThreadEx: 0 lifts the restriction */
VOID NTAPI KeRevertToUserAffinityThreadEx(KAFFINITY Affinity)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)affinity_swap(Affinity & affinity_all());
}

/* Doc: wdm.h KeSetSystemAffinityThread */
VOID NTAPI KeSetSystemAffinityThread(KAFFINITY Affinity)
{
    (void)KeSetSystemAffinityThreadEx(Affinity);
}

/* Doc: wdm.h KeRevertToUserAffinityThread */
VOID NTAPI KeRevertToUserAffinityThread(VOID)
{
    KeRevertToUserAffinityThreadEx(0);
}

/* Doc: wdm.h KeSetSystemGroupAffinityThread */
VOID NTAPI KeSetSystemGroupAffinityThread(PGROUP_AFFINITY Affinity,
                                          PGROUP_AFFINITY PreviousAffinity)
{
    KAFFINITY old = thread_self->affinity;

    if (Affinity->Group == 0)
        (void)KeSetSystemAffinityThreadEx(Affinity->Mask);
    if (PreviousAffinity != NULL)
        *PreviousAffinity = (GROUP_AFFINITY){.Mask = old};
}

/* Doc: wdm.h KeRevertToUserGroupAffinityThread */
VOID NTAPI KeRevertToUserGroupAffinityThread(PGROUP_AFFINITY PreviousAffinity)
{
    KeRevertToUserAffinityThreadEx(PreviousAffinity->Mask);
}

/* Doc: wdm.h KeGetRecommendedSharedDataAlignment. Units: bytes, a cache line */
ULONG NTAPI KeGetRecommendedSharedDataAlignment(VOID)
{
    return SYSTEM_CACHE_ALIGNMENT_SIZE;
}

/* All memory is coherent. Doc: ntddk.h KeInvalidateAllCaches */
BOOLEAN NTAPI KeInvalidateAllCaches(VOID)
{
    __builtin_ia32_mfence();
    return TRUE;
}

/* ---- processors that come: none ever does, but those that are there are told ------------ */

#ifndef KE_PROCESSOR_CHANGE_ADD_EXISTING
#define KE_PROCESSOR_CHANGE_ADD_EXISTING 1
#endif

static NTSTATUS change_tell(PPROCESSOR_CALLBACK_FUNCTION function, void *context, unsigned number,
                            KE_PROCESSOR_CHANGE_NOTIFY_STATE state)
{
    KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT change = {
        .State = state, .NtNumber = number, .ProcNumber = {.Number = (UCHAR)number}};
    NTSTATUS status = STATUS_SUCCESS;
    uint64_t arguments[3] = {(uintptr_t)context, (uintptr_t)&change, (uintptr_t)&status};

    callout_invoke((const void *)function, arguments, 3);
    return status;
}

/* Tells of each processor twice: that it comes, and how that ended. */
static void change_tell_existing(PPROCESSOR_CALLBACK_FUNCTION function, void *context)
{
    KE_PROCESSOR_CHANGE_NOTIFY_STATE outcome = KeProcessorAddCompleteNotify;
    unsigned told;

    for (told = 0; told < processor_count; told++)
        if (!NT_SUCCESS(change_tell(function, context, told, KeProcessorAddStartNotify))) {
            outcome = KeProcessorAddFailureNotify;
            break;
        }
    for (unsigned i = 0; i < told; i++)
        (void)change_tell(function, context, i, outcome);
}

/* Registers a callback for new processors. Gives a handle, or NULL: no memory.
 *
 * IRQL:    PASSIVE_LEVEL
 * Doc:     wdm.h KeRegisterProcessorChangeCallback
 */
PVOID NTAPI KeRegisterProcessorChangeCallback(PPROCESSOR_CALLBACK_FUNCTION CallbackFunction,
                                              PVOID CallbackContext, ULONG Flags)
{
    void *handle;

    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    handle = malloc(1);
    if (handle != NULL && (Flags & KE_PROCESSOR_CHANGE_ADD_EXISTING) != 0)
        change_tell_existing(CallbackFunction, CallbackContext);
    return handle;
}

/* Doc: wdm.h KeDeregisterProcessorChangeCallback. IRQL: PASSIVE_LEVEL */
VOID NTAPI KeDeregisterProcessorChangeCallback(PVOID CallbackHandle)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    free(CallbackHandle);
}
