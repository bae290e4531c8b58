/* SPDX-License-Identifier: MIT */
/* time_ddi.c - what drivers call for the time and to let it pass. */
#include "ke_internal.h"

#define QPC_FREQUENCY  10000000 /* of the performance counter, per second */
#define STALL_SLICE_NS 50000u

/* Drivers read these three from the shared page; native rooms call them. */

/* Doc: wdm.h KeQuerySystemTime. Units: 100 ns since 1601 */
VOID NTAPI KeQuerySystemTime(PLARGE_INTEGER CurrentTime)
{
    CurrentTime->QuadPart = (LONGLONG)time_system_100ns();
}

/* Doc: wdm.h KeQueryTickCount. Units: KeQueryTimeIncrement */
VOID NTAPI KeQueryTickCount(PLARGE_INTEGER CurrentCount)
{
    CurrentCount->QuadPart = (LONGLONG)(time_interrupt_100ns() / KE_TICK_100NS);
}

/* Doc: wdm.h KeQueryInterruptTime. Units: 100 ns since start */
ULONGLONG NTAPI KeQueryInterruptTime(VOID)
{
    return time_interrupt_100ns();
}

/* Doc: wdm.h KeQuerySystemTimePrecise */
VOID NTAPI KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime)
{
    ke_interrupts_poll();
    CurrentTime->QuadPart = (LONGLONG)time_system_100ns();
}

/* Doc: wdm.h KeQueryInterruptTimePrecise */
ULONG64 NTAPI KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
    uint64_t now_100ns;

    ke_interrupts_poll();
    now_100ns = time_interrupt_100ns();
    *QpcTimeStamp = now_100ns; /* the counter has the same unit */
    return now_100ns;
}

/* There is no sleep to leave out. Doc: wdm.h KeQueryUnbiasedInterruptTime */
ULONGLONG NTAPI KeQueryUnbiasedInterruptTime(VOID)
{
    return time_interrupt_100ns();
}

/* Doc: wdm.h KeQueryUnbiasedInterruptTimePrecise */
ULONGLONG NTAPI KeQueryUnbiasedInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
    return KeQueryInterruptTimePrecise(QpcTimeStamp);
}

/* Doc: wdm.h KeQueryTimeIncrement. Units: 100 ns a tick */
ULONG NTAPI KeQueryTimeIncrement(VOID)
{
    return KE_TICK_100NS;
}

LARGE_INTEGER NTAPI KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency);
/* A poller's clock: what interrupts the processor is let in here.
 * Doc: wdm.h KeQueryPerformanceCounter */
LARGE_INTEGER NTAPI KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
    LARGE_INTEGER now;

    ke_interrupts_poll();
    if (PerformanceFrequency != NULL)
        PerformanceFrequency->QuadPart = QPC_FREQUENCY;
    now.QuadPart = (LONGLONG)time_interrupt_100ns();
    return now;
}

VOID NTAPI KeStallExecutionProcessor(ULONG MicroSeconds);
/* Busy for so long; interrupts that the IRQL lets in are taken meanwhile.
 *
 * IRQL:    any
 * Units:   microseconds
 * Doc:     wdm.h KeStallExecutionProcessor
 */
VOID NTAPI KeStallExecutionProcessor(ULONG MicroSeconds)
{
    uint64_t left_ns = (uint64_t)MicroSeconds * 1000u;

    while (left_ns > STALL_SLICE_NS) {
        uint64_t start_ns = host_clock_ns(), spent_ns;

        host_stall_ns(STALL_SLICE_NS);
        ke_interrupts_poll();
        spent_ns = host_clock_ns() - start_ns;
        left_ns = spent_ns < left_ns ? left_ns - spent_ns : 0;
    }
    host_stall_ns(left_ns);
    /* A driver that polls and stalls is in here nearly always: nobody else would find a moment
     * to interrupt it. */
    ke_interrupts_poll();
}

/* There is no auxiliary counter, which is how the pages say so.
 * Doc: wdm.h KeQueryAuxiliaryCounterFrequency */
NTSTATUS NTAPI KeQueryAuxiliaryCounterFrequency(PULONG64 AuxiliaryCounterFrequency)
{
    (void)AuxiliaryCounterFrequency;
    return STATUS_NOT_SUPPORTED;
}

/* Doc: wdm.h KeConvertAuxiliaryCounterToPerformanceCounter */
NTSTATUS NTAPI KeConvertAuxiliaryCounterToPerformanceCounter(ULONG64 AuxiliaryCounterValue,
                                                             PULONG64 PerformanceCounterValue,
                                                             PULONG64 ConversionError)
{
    (void)AuxiliaryCounterValue, (void)PerformanceCounterValue, (void)ConversionError;
    return STATUS_NOT_SUPPORTED;
}

/* Doc: wdm.h KeConvertPerformanceCounterToAuxiliaryCounter */
NTSTATUS NTAPI KeConvertPerformanceCounterToAuxiliaryCounter(ULONG64 PerformanceCounterValue,
                                                             PULONG64 AuxiliaryCounterValue,
                                                             PULONG64 ConversionError)
{
    (void)PerformanceCounterValue, (void)AuxiliaryCounterValue, (void)ConversionError;
    return STATUS_NOT_SUPPORTED;
}

/* ---- the clock's resolution ------------------------------------------------------------------
 *
 * Timers are always as fine as the host's; the number is what drivers are told.
 */

#define RESOLUTION_FINEST_100NS 5000u

static struct host_lock resolution_lock; /* guards: these two */
static ULONG resolution_100ns = KE_TICK_100NS;
static unsigned resolution_requests;

/* Asks for a finer clock, or takes that back; returns the resolution from now on.
 *
 * Units:   100 ns
 * Doc:     wdm.h ExSetTimerResolution
 */
ULONG NTAPI ExSetTimerResolution(ULONG DesiredTime, BOOLEAN SetResolution)
{
    ULONG now_100ns;

    host_lock_take(&resolution_lock);
    if (SetResolution) {
        resolution_requests++;
        if (DesiredTime < RESOLUTION_FINEST_100NS)
            DesiredTime = RESOLUTION_FINEST_100NS;
        if (DesiredTime < resolution_100ns)
            resolution_100ns = DesiredTime;
    } else if (resolution_requests != 0 && --resolution_requests == 0) {
        resolution_100ns = KE_TICK_100NS;
    }
    now_100ns = resolution_100ns;
    host_lock_give(&resolution_lock);
    return now_100ns;
}

/* Doc: wdm.h ExQueryTimerResolution. Units: 100 ns */
VOID NTAPI ExQueryTimerResolution(PULONG MaximumTime, PULONG MinimumTime, PULONG CurrentTime)
{
    *MaximumTime = KE_TICK_100NS;
    *MinimumTime = RESOLUTION_FINEST_100NS;
    host_lock_take(&resolution_lock);
    *CurrentTime = resolution_100ns;
    host_lock_give(&resolution_lock);
}
