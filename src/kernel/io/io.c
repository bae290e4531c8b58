/* SPDX-License-Identifier: MIT */
/* io.c - start and stop of the room, and its counts.
 */
#include "io_internal.h"

#include "callout/ddi_frame.h"
#include "wmi.h"

POBJECT_TYPE *IoFileObjectType, *IoDeviceObjectType, *IoDriverObjectType;

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INSUFFICIENT_RESOURCES
 */
NTSTATUS io_init(void)
{
    NTSTATUS status = irp_shelves_init();
    if (NT_SUCCESS(status))
        status = driver_type_create();
    if (NT_SUCCESS(status))
        status = device_type_create();
    if (NT_SUCCESS(status))
        status = file_type_create();
    if (NT_SUCCESS(status))
        status = completion_type_create();
    if (NT_SUCCESS(status))
        status = wmi_type_create();
    if (!NT_SUCCESS(status))
        return status;
    IoFileObjectType = (POBJECT_TYPE *)&io_file_type;
    IoDeviceObjectType = (POBJECT_TYPE *)&io_device_type;
    IoDriverObjectType = (POBJECT_TYPE *)&io_driver_type;
    cancel_lock_init();
    module_list_init();
    ps_thread_io_set(irp_thread_cancel_all, irp_thread_wait_all);
    return STATUS_SUCCESS;
}

void io_fini(void)
{
    ps_thread_io_set(NULL, NULL);
    module_list_fini();
    irp_shelves_fini();
}

void io_counts(struct io_counts *out_counts)
{
    out_counts->irps = irp_count_alive();
    out_counts->files = file_count();
    out_counts->devices = device_count();
    out_counts->drivers = driver_count();
}

void io_bugcheck(ULONG code, ULONG_PTR p1, ULONG_PTR p2, ULONG_PTR p3, ULONG_PTR p4)
{
    struct bugcheck bugcheck = {.code = code, .parameter = {p1, p2, p3, p4}};
    ke_bugcheck(&bugcheck);
}
