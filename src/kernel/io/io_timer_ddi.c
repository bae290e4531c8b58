/* SPDX-License-Identifier: MIT */
/* io_timer_ddi.c - a device's timer: its routine runs once a second at DISPATCH_LEVEL.
 */
#include "io_internal.h"

#include "callout/callout.h"

#define TIMER_PERIOD_MS 1000

static VOID NTAPI timer_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    struct device *device = Context;
    (void)Dpc;
    (void)Argument1;
    (void)Argument2;
    callout_timer_routine(device->timer_routine, &device->abi, device->timer_context);
}

/* Doc:     wdm.h IoInitializeTimer */
NTSTATUS NTAPI IoInitializeTimer(PDEVICE_OBJECT DeviceObject, PIO_TIMER_ROUTINE TimerRoutine,
                                 PVOID Context)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    struct device *device = device_of(DeviceObject);
    if (DeviceObject->Timer == NULL) {
        KeInitializeTimer(&device->timer);
        KeInitializeDpc(&device->timer_dpc, timer_dpc, device);
    }
    device->timer_routine = TimerRoutine;
    device->timer_context = Context;
    DeviceObject->Timer = (PIO_TIMER)&device->timer;
    return STATUS_SUCCESS;
}

/* Doc:     wdm.h IoStartTimer */
VOID NTAPI IoStartTimer(PDEVICE_OBJECT DeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    struct device *device = device_of(DeviceObject);
    LARGE_INTEGER due = {.QuadPart = -10000ll * TIMER_PERIOD_MS};
    if (DeviceObject->Timer != NULL)
        KeSetTimerEx(&device->timer, due, TIMER_PERIOD_MS, &device->timer_dpc);
}

/* Doc:     wdm.h IoStopTimer */
VOID NTAPI IoStopTimer(PDEVICE_OBJECT DeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (DeviceObject->Timer != NULL)
        KeCancelTimer(&device_of(DeviceObject)->timer);
}

void timers_stop(PDEVICE_OBJECT device)
{
    if (device->Timer == NULL)
        return;
    KeCancelTimer(&device_of(device)->timer);
    KeRemoveQueueDpc(&device_of(device)->timer_dpc);
    device->Timer = NULL;
}
