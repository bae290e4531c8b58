/* SPDX-License-Identifier: MIT */
/* controller_ddi.c - controllers that several devices of one driver share, one at a time.
 *
 * A device waits for its controller in a device queue with the routine that runs when its turn
 * comes. Invariant: a controller is busy from the call of a routine until that routine says
 * DeallocateObject or the driver calls IoFreeController.
 */
#include "io_internal.h"

#include "callout/callout.h"

/* Doc:     ntddk.h IoCreateController */
PCONTROLLER_OBJECT NTAPI IoCreateController(ULONG Size)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    size_t head = (sizeof(CONTROLLER_OBJECT) + 15) & ~(size_t)15;
    PCONTROLLER_OBJECT controller = ExAllocatePool2(POOL_FLAG_NON_PAGED, head + Size, IO_TAG);
    if (controller == NULL)
        return NULL;
    controller->Type = IO_TYPE_CONTROLLER;
    controller->Size = (CSHORT)(sizeof(*controller) + Size);
    controller->ControllerExtension = (char *)controller + head;
    KeInitializeDeviceQueue(&controller->DeviceWaitQueue);
    return controller;
}

/* Doc:     ntddk.h IoDeleteController */
VOID NTAPI IoDeleteController(PCONTROLLER_OBJECT ControllerObject)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    ExFreePoolWithTag(ControllerObject, IO_TAG);
}

static bool controller_is_kept(PDEVICE_OBJECT device)
{
    const WAIT_CONTEXT_BLOCK *wait = &device->Queue.Wcb;
    return callout_controller(wait->DeviceRoutine, device, device->CurrentIrp,
                              wait->DeviceContext) == KeepObject;
}

/* Doc:     ntddk.h IoAllocateController */
VOID NTAPI IoAllocateController(PCONTROLLER_OBJECT ControllerObject, PDEVICE_OBJECT DeviceObject,
                                PDRIVER_CONTROL ExecutionRoutine, PVOID Context)
{
    WAIT_CONTEXT_BLOCK *wait = &DeviceObject->Queue.Wcb;
    wait->DeviceRoutine = ExecutionRoutine;
    wait->DeviceContext = Context;
    if (!KeInsertDeviceQueue(&ControllerObject->DeviceWaitQueue, &wait->WaitQueueEntry) &&
        !controller_is_kept(DeviceObject))
        IoFreeController(ControllerObject);
}

/* The next device in line gets it, and the one after that when the next gives it back at once.
 * Doc:     ntddk.h IoFreeController
 */
VOID NTAPI IoFreeController(PCONTROLLER_OBJECT ControllerObject)
{
    PKDEVICE_QUEUE_ENTRY entry;
    do {
        entry = KeRemoveDeviceQueue(&ControllerObject->DeviceWaitQueue);
    } while (entry != NULL && !controller_is_kept(CONTAINING_RECORD(entry, DEVICE_OBJECT,
                                                                    Queue.Wcb.WaitQueueEntry)));
}
