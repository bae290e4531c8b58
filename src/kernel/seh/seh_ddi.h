/* SPDX-License-Identifier: MIT */
/* seh_ddi.h - prototypes of contract functions of this room that the kit's headers lack.
 */
#ifndef SEH_DDI_H
#define SEH_DDI_H

#include "seh_internal.h"

EXCEPTION_DISPOSITION NTAPI __C_specific_handler(EXCEPTION_RECORD *ExceptionRecord,
                                                 PVOID EstablisherFrame, CONTEXT *ContextRecord,
                                                 DISPATCHER_CONTEXT *DispatcherContext);
VOID NTAPI _local_unwind(PVOID TargetFrame, PVOID TargetIp);
VOID NTAPI RtlUnwind(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD ExceptionRecord,
                     PVOID ReturnValue);
VOID NTAPI RtlUnwindEx(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD ExceptionRecord,
                       PVOID ReturnValue, PCONTEXT OriginalContext,
                       PUNWIND_HISTORY_TABLE HistoryTable);
VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD ExceptionRecord);
VOID NTAPI RtlRaiseStatus(NTSTATUS Status);
VOID NTAPI RtlRestoreContext(PCONTEXT ContextRecord, PEXCEPTION_RECORD ExceptionRecord);
PRUNTIME_FUNCTION NTAPI RtlLookupFunctionEntry(ULONG64 ControlPc, PULONG64 ImageBase,
                                               PUNWIND_HISTORY_TABLE HistoryTable);
PEXCEPTION_ROUTINE NTAPI RtlVirtualUnwind(ULONG HandlerType, ULONG64 ImageBase, ULONG64 ControlPc,
                                          PRUNTIME_FUNCTION FunctionEntry, PCONTEXT ContextRecord,
                                          PVOID *HandlerData, PULONG64 EstablisherFrame,
                                          PKNONVOLATILE_CONTEXT_POINTERS ContextPointers);
ULONG NTAPI RtlWalkFrameChain(PVOID *Callers, ULONG Count, ULONG Flags);

#endif
