/* SPDX-License-Identifier: MIT */
/* float_ddi.c - saving floating-point and extended state. Every kernel thread is a host
 * thread and keeps its own registers over waits and interrupts: there is nothing to save. */
#include "ke_internal.h"

NTSTATUS NTAPI ddi_KeSaveFloatingPointState(PKFLOATING_SAVE FloatSave);
NTSTATUS NTAPI ddi_KeRestoreFloatingPointState(PKFLOATING_SAVE FloatSave);

/* Doc: wdm.h KeSaveFloatingPointState. IRQL: <= DISPATCH_LEVEL */
NTSTATUS NTAPI ddi_KeSaveFloatingPointState(PKFLOATING_SAVE FloatSave)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return KeSaveFloatingPointState(FloatSave);
}

/* Doc: wdm.h KeRestoreFloatingPointState */
NTSTATUS NTAPI ddi_KeRestoreFloatingPointState(PKFLOATING_SAVE FloatSave)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return KeRestoreFloatingPointState(FloatSave);
}

/* Doc: wdm.h KeSaveExtendedProcessorState. IRQL: <= DISPATCH_LEVEL */
NTSTATUS NTAPI KeSaveExtendedProcessorState(ULONG64 Mask, PXSTATE_SAVE XStateSave)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)Mask;
    *XStateSave = (XSTATE_SAVE){0};
    return STATUS_SUCCESS;
}

/* Doc: wdm.h KeRestoreExtendedProcessorState */
VOID NTAPI KeRestoreExtendedProcessorState(PXSTATE_SAVE XStateSave)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)XStateSave;
}
