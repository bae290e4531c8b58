/* SPDX-License-Identifier: MIT */
/* locks.c - spin locks and wait locks. */
#include "kmdf_test.h"

static WDFSPINLOCK spin;
static WDFWAITLOCK lock;

static void spin_locks(void)
{
    KIRQL irql;

    expect_status(WdfSpinLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &spin), STATUS_SUCCESS);
    WdfSpinLockAcquire(spin);
    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    WdfSpinLockRelease(spin);
    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
    /* The IRQL that comes back is the one at which it was taken. */
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    WdfSpinLockAcquire(spin);
    WdfSpinLockRelease(spin);
    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(irql);
    KeRaiseIrql(APC_LEVEL, &irql);
    WdfSpinLockAcquire(spin);
    WdfSpinLockRelease(spin);
    expect_number(KeGetCurrentIrql(), APC_LEVEL);
    KeLowerIrql(irql);
    WdfObjectDelete(spin);
}

/* ---- several threads ------------------------------------------------------------------------- */

#define ROUNDS 2000

static volatile LONG inside, most, total;

static void enter(void)
{
    LONG now = InterlockedIncrement(&inside);

    if (now > most)
        most = now;
    total++; /* under the lock alone */
    InterlockedDecrement(&inside);
}

static VOID spinner(PVOID context)
{
    ULONG i;

    for (i = 0; i < ROUNDS; i++) {
        WdfSpinLockAcquire(spin);
        enter();
        WdfSpinLockRelease(spin);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID waiter(PVOID context)
{
    ULONG i;

    for (i = 0; i < ROUNDS; i++) {
        expect_status(WdfWaitLockAcquire(lock, NULL), STATUS_SUCCESS);
        enter();
        WdfWaitLockRelease(lock);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void threads_run(PKSTART_ROUTINE routine, ULONG count)
{
    PVOID threads[4];
    ULONG i;

    inside = most = total = 0;
    for (i = 0; i < count; i++) {
        HANDLE handle = NULL;

        expect_status(
            PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, routine, NULL),
            STATUS_SUCCESS);
        expect_status(ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode,
                                                &threads[i], NULL),
                      STATUS_SUCCESS);
        ZwClose(handle);
    }
    for (i = 0; i < count; i++) {
        KeWaitForSingleObject(threads[i], Executive, KernelMode, FALSE, NULL);
        ObDereferenceObject(threads[i]);
    }
    expect_number(most, 1);
    expect_number(total, count * ROUNDS);
}

static void spin_locks_exclude(void)
{
    expect_status(WdfSpinLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &spin), STATUS_SUCCESS);
    threads_run(spinner, 4);
    WdfObjectDelete(spin);
}

static void wait_locks_exclude(void)
{
    expect_status(WdfWaitLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &lock), STATUS_SUCCESS);
    threads_run(waiter, 4);
    WdfObjectDelete(lock);
}

/* ---- time-outs ------------------------------------------------------------------------------- */

static NTSTATUS asked[3];

static VOID asker(PVOID context)
{
    LONGLONG now = 0, soon = WDF_REL_TIMEOUT_IN_MS(1);
    KIRQL irql;

    asked[0] = WdfWaitLockAcquire(lock, &now);
    asked[1] = WdfWaitLockAcquire(lock, &soon);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    asked[2] = WdfWaitLockAcquire(lock, &now);
    KeLowerIrql(irql);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void wait_locks_time_out(void)
{
    LONGLONG now = 0;
    PVOID thread = NULL;
    HANDLE handle;

    expect_status(WdfWaitLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &lock), STATUS_SUCCESS);
    expect(!KeAreApcsDisabled());
    expect_status(WdfWaitLockAcquire(lock, &now), STATUS_SUCCESS);
    expect(KeAreApcsDisabled()); /* a critical region, as long as it is held */
    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
    expect_status(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, asker, NULL),
                  STATUS_SUCCESS);
    expect_status(
        ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread, NULL),
        STATUS_SUCCESS);
    ZwClose(handle);
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(thread);
    expect_status(asked[0], STATUS_TIMEOUT);
    expect_status(asked[1], STATUS_TIMEOUT);
    expect_status(asked[2], STATUS_INVALID_DEVICE_REQUEST);
    WdfWaitLockRelease(lock);
    expect(!KeAreApcsDisabled());
    WdfObjectDelete(lock);
}

static void wait_locks_at_dispatch(void)
{
    LONGLONG soon = WDF_REL_TIMEOUT_IN_MS(1);
    KIRQL irql;

    expect_status(WdfWaitLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &lock), STATUS_SUCCESS);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect_status(WdfWaitLockAcquire(lock, NULL), STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfWaitLockAcquire(lock, &soon), STATUS_INVALID_DEVICE_REQUEST);
    KeLowerIrql(irql);
    WdfObjectDelete(lock);
}

DRIVERTEST_LIST = {DRIVERTEST(spin_locks),
                   DRIVERTEST(spin_locks_exclude),
                   DRIVERTEST(wait_locks_exclude),
                   DRIVERTEST(wait_locks_time_out),
                   DRIVERTEST(wait_locks_at_dispatch),
                   DRIVERTEST_END};
