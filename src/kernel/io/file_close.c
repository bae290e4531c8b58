/* SPDX-License-Identifier: MIT */
/* file_close.c - the two ends of a file: the last handle, then the last reference.
 *
 * IRP_MJ_CLEANUP goes out once, when no handle is left; IRP_MJ_CLOSE once, when nobody
 * refers to the file any more. Both in whatever thread comes to it, at PASSIVE_LEVEL, both
 * wait for the driver, neither can be cancelled or fail.
 */
#include "io_internal.h"

static void file_send(FILE_OBJECT *file, UCHAR major, UCHAR minor)
{
    PDEVICE_OBJECT top = file_top(file);
    PIRP irp;
    /* There is nobody to tell that memory is out: a driver must see the end of its file. */
    while ((irp = irp_allocate(top->StackSize)) == NULL)
        host_thread_yield();
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    irp->Flags = IRP_CLOSE_OPERATION | IRP_SYNCHRONOUS_API;
    irp->RequestorMode = KernelMode;
    irp->Tail.Overlay.Thread = (PETHREAD)ps_thread_current();
    irp->Tail.Overlay.OriginalFileObject = file;
    stack->MajorFunction = major;
    stack->MinorFunction = minor;
    stack->FileObject = file;
    trace_point(TRACE_IRP_BUILT, irp, major, irp->StackCount);
    irp_send_and_wait(top, irp, NULL);
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows file
 * Doc:     wdm.h IRP_MJ_CLEANUP
 */
void file_cleanup(FILE_OBJECT *file)
{
    struct file *ours = file_of(file);
    if (!ours->is_open || atomic_exchange(&ours->is_cleaned_up, true))
        return;
    file_send(file, IRP_MJ_CLEANUP, 0);
    file->Flags |= FO_CLEANUP_COMPLETE;
}

/* The last handle of a process that has locked ranges, while other processes have handles.
 *
 * Doc:     ntifs.h IRP_MJ_LOCK_CONTROL
 * Differs: when another process closes it, the locks stay until the last handle is closed
 */
void file_unlock_all(FILE_OBJECT *file, const void *process)
{
    const struct process_thread *thread = ps_thread_current();
    if (thread != NULL && thread->process == process)
        file_send(file, IRP_MJ_LOCK_CONTROL, IRP_MN_UNLOCK_ALL);
}

/* The type's delete: nobody refers to the body any more.
 *
 * Doc:     wdm.h IRP_MJ_CLOSE
 */
void file_close(void *body)
{
    struct file *file = body;
    PDEVICE_OBJECT device = file->abi.DeviceObject;
    if (file->is_open) {
        file_cleanup(&file->abi);
        file_send(&file->abi, IRP_MJ_CLOSE, 0);
    }
    if (file->abi.FileName.Buffer != NULL)
        ExFreePool(file->abi.FileName.Buffer);
    if (file->abi.CompletionContext != NULL)
        ob_dereference(file->port.Port);
    file_count_drop();
    if (file->hint != NULL)
        ob_dereference(device_of(file->hint));
    if (file->is_counted)
        device_open_end(device);
}
