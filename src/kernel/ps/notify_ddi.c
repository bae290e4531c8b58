/* SPDX-License-Identifier: MIT */
/* notify_ddi.c - what drivers call to be told about processes, threads and images. */
#include "ps_internal.h"

/* Errors:  STATUS_INVALID_PARAMETER: registered twice, or 64 are; STATUS_PROCEDURE_NOT_FOUND
 * IRQL:    PASSIVE_LEVEL
 * Doc:     nf-ntddk-pssetcreateprocessnotifyroutine
 */
NTSTATUS NTAPI PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE NotifyRoutine,
                                               BOOLEAN Remove)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return Remove ? notify_remove(NOTIFY_PROCESS, NotifyRoutine)
                  : notify_add(NOTIFY_PROCESS, NotifyRoutine);
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     nf-ntddk-pssetcreateprocessnotifyroutineex
 * Differs: the image need not have IMAGE_DLLCHARACTERISTICS_FORCE_INTEGRITY; FileObject and
 *          CommandLine of the creation are NULL
 */
NTSTATUS NTAPI PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX NotifyRoutine,
                                                 BOOLEAN Remove)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return Remove ? notify_remove(NOTIFY_PROCESS_EX, NotifyRoutine)
                  : notify_add(NOTIFY_PROCESS_EX, NotifyRoutine);
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     nf-ntddk-pssetcreateprocessnotifyroutineex2
 */
NTSTATUS NTAPI PsSetCreateProcessNotifyRoutineEx2(PSCREATEPROCESSNOTIFYTYPE NotifyType,
                                                  PVOID NotifyInformation, BOOLEAN Remove)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    if (NotifyType != PsCreateProcessNotifySubsystems)
        return STATUS_INVALID_PARAMETER;
    return PsSetCreateProcessNotifyRoutineEx(NotifyInformation, Remove);
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     nf-ntddk-pssetcreatethreadnotifyroutine
 */
NTSTATUS NTAPI PsSetCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return notify_add(NOTIFY_THREAD, NotifyRoutine);
}

/* Doc:     nf-ntddk-pssetcreatethreadnotifyroutineex
 * Differs: PsCreateThreadNotifyNonSystem is called in the creator's context, too
 */
NTSTATUS NTAPI PsSetCreateThreadNotifyRoutineEx(PSCREATETHREADNOTIFYTYPE NotifyType,
                                                PVOID NotifyInformation)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return notify_add(NOTIFY_THREAD, NotifyInformation);
}

/* Doc:     nf-ntddk-psremovecreatethreadnotifyroutine */
NTSTATUS NTAPI PsRemoveCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return notify_remove(NOTIFY_THREAD, NotifyRoutine);
}

/* Doc:     nf-ntddk-pssetloadimagenotifyroutine */
NTSTATUS NTAPI PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return notify_add(NOTIFY_IMAGE, NotifyRoutine);
}

/* Doc:     nf-ntddk-pssetloadimagenotifyroutineex */
NTSTATUS NTAPI PsSetLoadImageNotifyRoutineEx(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine,
                                             ULONG_PTR Flags)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    if (Flags & ~(ULONG_PTR)PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE)
        return STATUS_INVALID_PARAMETER;
    return notify_add(NOTIFY_IMAGE, NotifyRoutine);
}

/* Doc:     nf-ntddk-psremoveloadimagenotifyroutine */
NTSTATUS NTAPI PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return notify_remove(NOTIFY_IMAGE, NotifyRoutine);
}
