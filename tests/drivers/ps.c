/* SPDX-License-Identifier: MIT */
/* ps.c - tests of what drivers read of processes and threads, and of image notification. */
#include "drivertest.h"

ULONG NTAPI PsGetCurrentProcessSessionId(VOID);
ULONG NTAPI PsGetProcessSessionId(PEPROCESS process);
BOOLEAN NTAPI PsGetProcessExitProcessCalled(PEPROCESS process);
PUCHAR NTAPI PsGetProcessImageFileName(PEPROCESS process);
PVOID NTAPI PsGetProcessPeb(PEPROCESS process);
PVOID NTAPI PsGetProcessSectionBaseAddress(PEPROCESS process);
PVOID NTAPI PsGetProcessWow64Process(PEPROCESS process);
PVOID NTAPI PsGetProcessJob(PEPROCESS process);
BOOLEAN NTAPI PsIsProcessBeingDebugged(PEPROCESS process);
UCHAR NTAPI PsGetProcessProtection(PEPROCESS process);
PVOID NTAPI PsGetThreadTeb(PETHREAD thread);
NTSTATUS NTAPI PsAcquireProcessExitSynchronization(PEPROCESS process);
VOID NTAPI PsReleaseProcessExitSynchronization(PEPROCESS process);
PVOID NTAPI PsGetProcessWin32Process(PEPROCESS process);
PVOID NTAPI PsGetThreadWin32Thread(PETHREAD thread);

static void processes(void)
{
    PEPROCESS system = PsInitialSystemProcess;
    PUNICODE_STRING name = NULL;
    PACCESS_TOKEN token;
    LARGE_INTEGER now;

    expect(PsGetProcessId(system) == (HANDLE)4);
    expect(RtlEqualMemory(PsGetProcessImageFileName(system), "System", 7));
    KeQuerySystemTime(&now);
    expect(PsGetProcessCreateTimeQuadPart(system) > 0 &&
           PsGetProcessCreateTimeQuadPart(system) <= now.QuadPart);
    expect(!PsGetProcessExitProcessCalled(system));
    expect_number(PsGetProcessExitTime().QuadPart, 0);
    expect(PsGetProcessPeb(system) == NULL && PsGetProcessWow64Process(system) == NULL);
    expect(PsGetProcessJob(system) == NULL && PsGetProcessSectionBaseAddress(system) == NULL);
    expect(PsGetProcessWin32Process(system) == NULL);
    expect_number(PsGetProcessSessionId(system), 0);
    expect_number(PsGetCurrentProcessSessionId(), 0);
    expect_number(PsGetProcessProtection(system), 0);
    expect(!PsIsProcessBeingDebugged(system) && !PsIsDiskCountersEnabled());
    expect(PsGetProcessStartKey(system) != PsGetProcessStartKey(PsGetCurrentProcess()) ||
           system == PsGetCurrentProcess());
    expect_status(PsAcquireProcessExitSynchronization(system), STATUS_SUCCESS);
    PsReleaseProcessExitSynchronization(system);
    expect_status(SeLocateProcessImageName(system, &name), STATUS_SUCCESS);
    expect(name != NULL && name->Length == 6 * sizeof(WCHAR));
    ExFreePool(name);
    token = PsReferencePrimaryToken(system);
    expect(token != NULL);
    PsDereferencePrimaryToken(token);
    expect(*PsJobType != NULL && *PsJobType != *PsProcessType);
}

static void threads(void)
{
    PETHREAD thread = PsGetCurrentThread();
    LARGE_INTEGER now;

    KeQuerySystemTime(&now);
    expect(PsGetThreadCreateTime(thread) > 0 && PsGetThreadCreateTime(thread) <= now.QuadPart);
    expect(PsGetThreadTeb(thread) == PsGetCurrentThreadTeb());
    expect(PsGetThreadWin32Thread(thread) == NULL);
}

static VOID NTAPI image_loaded(PUNICODE_STRING name, HANDLE process, PIMAGE_INFO information)
{
}

static VOID NTAPI thread_notify(HANDLE process, HANDLE thread, BOOLEAN create)
{
}

static VOID NTAPI process_notify(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO information)
{
}

static void notify_routines(void)
{
    expect_status(PsSetLoadImageNotifyRoutine(image_loaded), STATUS_SUCCESS);
    expect_status(PsRemoveLoadImageNotifyRoutine(image_loaded), STATUS_SUCCESS);
    expect_status(PsRemoveLoadImageNotifyRoutine(image_loaded), STATUS_PROCEDURE_NOT_FOUND);
    expect_status(PsSetLoadImageNotifyRoutineEx(image_loaded, 0), STATUS_SUCCESS);
    expect_status(PsRemoveLoadImageNotifyRoutine(image_loaded), STATUS_SUCCESS);
    expect_status(PsSetCreateThreadNotifyRoutineEx(PsCreateThreadNotifySubsystems,
                                                   (PVOID)(ULONG_PTR)thread_notify),
                  STATUS_SUCCESS);
    expect_status(PsRemoveCreateThreadNotifyRoutine(thread_notify), STATUS_SUCCESS);
    expect_status(PsSetCreateProcessNotifyRoutineEx2(PsCreateProcessNotifySubsystems,
                                                     (PVOID)(ULONG_PTR)process_notify, FALSE),
                  STATUS_SUCCESS);
    expect_status(PsSetCreateProcessNotifyRoutineEx2(PsCreateProcessNotifySubsystems,
                                                     (PVOID)(ULONG_PTR)process_notify, TRUE),
                  STATUS_SUCCESS);
}

DRIVERTEST_LIST = {
    DRIVERTEST(processes),
    DRIVERTEST(threads),
    DRIVERTEST(notify_routines),
    DRIVERTEST_END,
};
