/* SPDX-License-Identifier: MIT */
/* sender.c - see sender.h. */
#include "sender.h"

#include <wdmsec.h>

WDFDEVICE sender_device(void (*hook)(PWDFDEVICE_INIT init))
{
    DECLARE_CONST_UNICODE_STRING(name, SENDER_DEVICE_NAME);
    PWDFDEVICE_INIT init =
        WdfControlDeviceInitAllocate(kmdf_driver, &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R);
    WDFDEVICE device = NULL;

    expect(init != NULL);
    if (init == NULL)
        return NULL;
    expect_status(WdfDeviceInitAssignName(init, &name), STATUS_SUCCESS);
    WdfDeviceInitSetIoType(init, WdfDeviceIoBuffered);
    if (hook != NULL)
        hook(init);
    expect_status(WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device), STATUS_SUCCESS);
    if (device == NULL && init != NULL)
        WdfDeviceInitFree(init);
    if (device != NULL)
        WdfControlFinishInitializing(device);
    return device;
}

WDFQUEUE sender_queue(WDFDEVICE device, WDF_IO_QUEUE_DISPATCH_TYPE type, BOOLEAN is_default,
                      void (*hook)(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes))
{
    WDF_IO_QUEUE_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFQUEUE queue = NULL;

    WDF_IO_QUEUE_CONFIG_INIT(&config, type);
    config.DefaultQueue = is_default;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    if (hook != NULL)
        hook(&config, &attributes);
    expect_status(WdfIoQueueCreate(device, &config, &attributes, &queue), STATUS_SUCCESS);
    return queue;
}

static NTSTATUS sent_came_back(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct sent *sent = context;

    UNREFERENCED_PARAMETER(device);
    sent->status = irp->IoStatus.Status;
    sent->information = irp->IoStatus.Information;
    InterlockedIncrement(&sent->is_done);
    KeSetEvent(&sent->done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void sent_fill(struct sent *sent, PIO_STACK_LOCATION next, const struct sender_io *io)
{
    PIRP irp = sent->irp;

    irp->AssociatedIrp.SystemBuffer = sent->buffer;
    irp->UserBuffer = io->user_output;
    next->MajorFunction = io->major;
    next->FileObject = io->file;
    switch (io->major) {
    case IRP_MJ_READ:
        next->Parameters.Read.Length = io->output;
        next->Parameters.Read.Key = 7;
        next->Parameters.Read.ByteOffset.QuadPart = 0x123456789aLL;
        break;
    case IRP_MJ_WRITE:
        next->Parameters.Write.Length = io->input;
        next->Parameters.Write.Key = 8;
        next->Parameters.Write.ByteOffset.QuadPart = 0x223456789aLL;
        irp->UserBuffer = io->user_input;
        break;
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        next->Parameters.DeviceIoControl.IoControlCode = io->code;
        next->Parameters.DeviceIoControl.InputBufferLength = io->input;
        next->Parameters.DeviceIoControl.OutputBufferLength = io->output;
        next->Parameters.DeviceIoControl.Type3InputBuffer = io->user_input;
        break;
    default:
        break;
    }
    if (!io->direct)
        return;
    sent->mdl = IoAllocateMdl(sent->buffer, sizeof(sent->buffer), FALSE, FALSE, NULL);
    MmBuildMdlForNonPagedPool(sent->mdl);
    irp->MdlAddress = sent->mdl;
}

void sent_begin(struct sent *sent, WDFDEVICE device, const struct sender_io *io)
{
    PDEVICE_OBJECT wdm = WdfDeviceWdmGetDeviceObject(device);
    PIRP irp = IoAllocateIrp(wdm->StackSize + 1, FALSE);

    RtlZeroMemory(sent, sizeof(*sent));
    KeInitializeEvent(&sent->done, NotificationEvent, FALSE);
    sent->irp = irp;
    irp->RequestorMode = io->from_user ? UserMode : KernelMode;
    irp->Tail.Overlay.Thread = PsGetCurrentThread();
    IoSetNextIrpStackLocation(irp);
    sent_fill(sent, IoGetNextIrpStackLocation(irp), io);
    IoSetCompletionRoutine(irp, sent_came_back, sent, TRUE, TRUE, TRUE);
    sent->answer = IoCallDriver(wdm, irp);
}

void sent_control(struct sent *sent, WDFDEVICE device, ULONG code)
{
    struct sender_io io = {.major = IRP_MJ_DEVICE_CONTROL, .code = code, .input = 8, .output = 8};

    sent_begin(sent, device, &io);
}

NTSTATUS sent_end(struct sent *sent)
{
    KeWaitForSingleObject(&sent->done, Executive, KernelMode, FALSE, NULL);
    expect_number(sent->is_done, 1);
    if (sent->mdl != NULL)
        IoFreeMdl(sent->mdl);
    IoFreeIrp(sent->irp);
    sent->irp = NULL;
    return sent->status;
}

void sent_cancel(struct sent *sent)
{
    IoCancelIrp(sent->irp);
}

NTSTATUS sender_open(PCWSTR tail, HANDLE *out_handle, PFILE_OBJECT *out_file)
{
    WCHAR text[128] = SENDER_DEVICE_NAME;
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    NTSTATUS status;

    if (tail != NULL)
        wcscat(text, tail);
    RtlInitUnicodeString(&name, text);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    status = ZwCreateFile(out_handle, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &attributes,
                          &block, NULL, FILE_ATTRIBUTE_NORMAL, 0, FILE_OPEN,
                          FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    if (!NT_SUCCESS(status))
        return status;
    return ObReferenceObjectByHandle(*out_handle, 0, *IoFileObjectType, KernelMode,
                                     (PVOID *)out_file, NULL);
}

void sender_close(HANDLE handle, PFILE_OBJECT file)
{
    if (file != NULL)
        ObDereferenceObject(file);
    ZwClose(handle);
}
