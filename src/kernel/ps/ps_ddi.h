/* SPDX-License-Identifier: MIT */
/* ps_ddi.h - exported functions that Microsoft's headers do not declare, or as a macro. */
#ifndef PS_PS_DDI_H
#define PS_PS_DDI_H

#include <ntifs.h>

NTSTATUS NTAPI PsAcquireProcessExitSynchronization(PEPROCESS Process);
VOID NTAPI PsReleaseProcessExitSynchronization(PEPROCESS Process);
PVOID NTAPI PsGetProcessWin32Process(PEPROCESS Process);
PVOID NTAPI PsGetThreadWin32Thread(PETHREAD Thread);

NTSTATUS NTAPI PsChargeProcessNonPagedPoolQuota(PEPROCESS Process, ULONG_PTR Amount);
NTSTATUS NTAPI PsChargeProcessPagedPoolQuota(PEPROCESS Process, ULONG_PTR Amount);
VOID NTAPI PsReturnProcessNonPagedPoolQuota(PEPROCESS Process, ULONG_PTR Amount);
VOID NTAPI PsReturnProcessPagedPoolQuota(PEPROCESS Process, ULONG_PTR Amount);

PEPROCESS NTAPI ddi_PsGetCurrentProcess(VOID);
PETHREAD NTAPI ddi_PsGetCurrentThread(VOID);
ULONG NTAPI PsGetCurrentProcessSessionId(VOID);
ULONG NTAPI PsGetProcessSessionId(PEPROCESS Process);
BOOLEAN NTAPI PsGetProcessExitProcessCalled(PEPROCESS Process);
PUCHAR NTAPI PsGetProcessImageFileName(PEPROCESS Process);
PVOID NTAPI PsGetProcessPeb(PEPROCESS Process);
PVOID NTAPI PsGetProcessSectionBaseAddress(PEPROCESS Process);
PVOID NTAPI PsGetProcessWow64Process(PEPROCESS Process);
PVOID NTAPI PsGetProcessJob(PEPROCESS Process);
BOOLEAN NTAPI PsIsProcessBeingDebugged(PEPROCESS Process);
UCHAR NTAPI PsGetProcessProtection(PEPROCESS Process);
NTSTATUS NTAPI PsLookupProcessThreadByCid(PCLIENT_ID ClientId, PEPROCESS *Process,
                                          PETHREAD *Thread);
PEPROCESS NTAPI PsGetThreadProcess(PETHREAD Thread);
PVOID NTAPI PsGetThreadTeb(PETHREAD Thread);
PVOID NTAPI PsGetCurrentThreadTeb(VOID);

#endif
