/* SPDX-License-Identifier: MIT */
/* shutdown.c - devices that want IRP_MJ_SHUTDOWN when the machine goes down.
 *
 * Invariant: a registered device is referenced and in one list; it leaves when its driver
 * asks, when it is deleted, or when it has been told.
 */
#include "shutdown.h"

static struct host_lock shutdown_lock; /* guards: both lists */
static struct list shutdown_list = LIST_INIT(shutdown_list);
static struct list last_call_list = LIST_INIT(last_call_list);

NTSTATUS shutdown_register(PDEVICE_OBJECT device, bool is_last_call)
{
    struct device *ours = device_of(device);
    struct list *node = is_last_call ? &ours->last_call : &ours->shutdown;
    bool is_new = false;
    host_lock_take(&shutdown_lock);
    if (list_is_empty(node)) {
        list_push_front(is_last_call ? &last_call_list : &shutdown_list, node);
        is_new = true;
    }
    device->Flags |= DO_SHUTDOWN_REGISTERED;
    host_lock_give(&shutdown_lock);
    if (is_new)
        ob_reference(ours);
    return STATUS_SUCCESS;
}

void shutdown_forget(PDEVICE_OBJECT device)
{
    struct device *ours = device_of(device);
    host_lock_take(&shutdown_lock);
    unsigned references = !list_is_empty(&ours->shutdown) + !list_is_empty(&ours->last_call);
    list_remove(&ours->shutdown);
    list_remove(&ours->last_call);
    device->Flags &= ~(ULONG)DO_SHUTDOWN_REGISTERED;
    host_lock_give(&shutdown_lock);
    while (references-- != 0)
        ob_dereference(ours);
}

/* device: referenced, and no longer after this. */
static NTSTATUS shutdown_send(struct driver *driver, void *device, struct io_load_error *error)
{
    (void)driver;
    (void)error;
    PDEVICE_OBJECT top = device_top(&((struct device *)device)->abi);
    PIRP irp = irp_allocate(top->StackSize);
    if (irp == NULL) {
        ob_dereference(device);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    irp->Flags = IRP_SYNCHRONOUS_API;
    irp->RequestorMode = KernelMode;
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_SHUTDOWN;
    NTSTATUS status = irp_send_and_wait(top, irp, NULL);
    ob_dereference(device);
    return status;
}

static void shutdown_list_tell(struct list *list, bool is_last_call)
{
    for (;;) {
        host_lock_take(&shutdown_lock);
        struct list *node = list_pop_front(list);
        host_lock_give(&shutdown_lock);
        if (node == NULL)
            return;
        struct device *device = is_last_call ? list_entry(node, struct device, last_call)
                                             : list_entry(node, struct device, shutdown);
        NTSTATUS status, answer;
        status = driver_call(driver_of(device->abi.DriverObject), "IRP_MJ_SHUTDOWN", shutdown_send,
                             device, IO_CALLER_WAITS, NULL, &answer);
        if (!NT_SUCCESS(status))
            ob_dereference(device);
    }
}

/* Tells every registered device, newest first; those of the last call after the others.
 *
 * IRQL:    PASSIVE_LEVEL
 * Doc:     wdm.h IRP_MJ_SHUTDOWN
 */
void io_shutdown_send(void)
{
    shutdown_list_tell(&shutdown_list, false);
    shutdown_list_tell(&last_call_list, true);
}
