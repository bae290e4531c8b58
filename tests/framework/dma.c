/* SPDX-License-Identifier: MIT */
/* dma.c - DMA of a device of the Framework: enablers, transactions and their transfers, common
 * buffers. There is no device: what it would do is done in its place, through the memory that the
 * addresses stand for.
 */
#include "stack.h"

#define PAGES 5
#define BYTES (PAGES * PAGE_SIZE)

static WDFDEVICE device;
static char events[64];
static WDFREQUEST read_request;

static void event(char what)
{
    size_t length = strlen(events);

    if (length + 1 < sizeof events)
        events[length] = what;
}

static VOID NTAPI io_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    read_request = request;
}

static NTSTATUS NTAPI device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    WDF_IO_QUEUE_CONFIG config;
    NTSTATUS status;

    WdfDeviceInitSetIoType(init, WdfDeviceIoDirect);
    status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoRead = config.EvtIoWrite = io_read;
    return WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
}

PFN_WDF_DRIVER_DEVICE_ADD kmdf_device_add = device_add;

static NTSTATUS enabler_make(WDF_DMA_PROFILE profile, size_t maximum, ULONG version,
                             WDFDMAENABLER *enabler)
{
    WDF_DMA_ENABLER_CONFIG config;

    WDF_DMA_ENABLER_CONFIG_INIT(&config, profile, maximum);
    config.WdmDmaVersionOverride = version;
    return WdfDmaEnablerCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, enabler);
}

/* ---- a transaction and its memory --------------------------------------------------------------
 */

struct transfer {
    WDFDMATRANSACTION transaction;
    PMDL mdl;
    PUCHAR buffer;
    SIZE_T at; /* where the next transfer must begin */
    ULONG programs;
    KIRQL irql;
    WDF_DMA_DIRECTION direction;
    SIZE_T lengths[8];
    BOOLEAN is_wrong; /* an address that is not the buffer's */
    PHYSICAL_ADDRESS first;
    ULONG elements;
    BOOLEAN completes; /* inside EvtProgramDma */
    NTSTATUS status;
    BOOLEAN is_done;
};

static BOOLEAN NTAPI program(WDFDMATRANSACTION transaction, WDFDEVICE of, WDFCONTEXT context,
                             WDF_DMA_DIRECTION direction, PSCATTER_GATHER_LIST list)
{
    struct transfer *transfer = context;
    SIZE_T total = 0;
    ULONG i;

    transfer->irql = KeGetCurrentIrql();
    transfer->direction = direction;
    transfer->first = list->Elements[0].Address;
    transfer->elements = list->NumberOfElements;
    for (i = 0; i < list->NumberOfElements; i++) {
        if (transfer->buffer &&
            list->Elements[i].Address.QuadPart !=
                MmGetPhysicalAddress(transfer->buffer + transfer->at + total).QuadPart)
            transfer->is_wrong = TRUE;
        total += list->Elements[i].Length;
    }
    if (of != device || transaction != transfer->transaction ||
        total != WdfDmaTransactionGetCurrentDmaTransferLength(transaction))
        transfer->is_wrong = TRUE;
    if (transfer->programs < RTL_NUMBER_OF(transfer->lengths))
        transfer->lengths[transfer->programs] = total;
    transfer->programs++;
    transfer->at += total;
    if (transfer->completes)
        transfer->is_done = WdfDmaTransactionDmaCompleted(transaction, &transfer->status);
    return TRUE;
}

static void transfer_open(struct transfer *transfer, WDFDMAENABLER enabler, SIZE_T bytes)
{
    RtlZeroMemory(transfer, sizeof *transfer);
    transfer->buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, 'tseT');
    transfer->mdl = IoAllocateMdl(transfer->buffer, (ULONG)bytes, FALSE, FALSE, NULL);
    MmBuildMdlForNonPagedPool(transfer->mdl);
    expect_status(
        WdfDmaTransactionCreate(enabler, WDF_NO_OBJECT_ATTRIBUTES, &transfer->transaction),
        STATUS_SUCCESS);
}

static void transfer_close(struct transfer *transfer)
{
    WdfObjectDelete(transfer->transaction);
    IoFreeMdl(transfer->mdl);
    ExFreePool(transfer->buffer);
}

/* ---- enablers ----------------------------------------------------------------------------------
 */

static NTSTATUS NTAPI filled(WDFDMAENABLER enabler)
{
    event('f');
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI enabled(WDFDMAENABLER enabler)
{
    event('e');
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI started(WDFDMAENABLER enabler)
{
    event('s');
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI stopped(WDFDMAENABLER enabler)
{
    event('S');
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI disabled(WDFDMAENABLER enabler)
{
    event('E');
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI flushed(WDFDMAENABLER enabler)
{
    event('F');
    return STATUS_SUCCESS;
}

static void enabler(void)
{
    WDF_DMA_ENABLER_CONFIG config;
    WDFDMAENABLER made = NULL, other;
    PDMA_ADAPTER adapter;
    struct stack stack;

    if (!stack_make(&stack))
        return;
    WDF_DMA_SYSTEM_PROFILE_CONFIG profile;
    PHYSICAL_ADDRESS address = {.QuadPart = 0x1000};

    RtlZeroMemory(events, sizeof events);
    WDF_DMA_ENABLER_CONFIG_INIT(&config, WdfDmaProfileScatterGather64, BYTES);
    config.EvtDmaEnablerFill = filled;
    config.EvtDmaEnablerEnable = enabled;
    config.EvtDmaEnablerSelfManagedIoStart = started;
    config.EvtDmaEnablerSelfManagedIoStop = stopped;
    config.EvtDmaEnablerDisable = disabled;
    config.EvtDmaEnablerFlush = flushed;
    config.MaximumLength = 0;
    expect_status(WdfDmaEnablerCreate(device, &config, NULL, &made), STATUS_INVALID_PARAMETER);
    config.MaximumLength = ~(size_t)0; /* drivers that do not care say so */
    expect_status(WdfDmaEnablerCreate(device, &config, NULL, &made), STATUS_SUCCESS);
    WdfObjectDelete(made);
    made = NULL;
    RtlZeroMemory(events, sizeof events);
    config.MaximumLength = BYTES;
    config.Profile = WdfDmaProfileInvalid;
    expect_status(WdfDmaEnablerCreate(device, &config, NULL, &made), STATUS_INVALID_PARAMETER);
    config.Profile = WdfDmaProfileScatterGather64;
    config.WdmDmaVersionOverride = 4;
    expect_status(WdfDmaEnablerCreate(device, &config, NULL, &made), STATUS_INVALID_PARAMETER);
    config.WdmDmaVersionOverride = 0;
    config.Size = 1;
    expect_status(WdfDmaEnablerCreate(device, &config, NULL, &made), STATUS_INFO_LENGTH_MISMATCH);
    expect(made == NULL);
    config.Size = sizeof config;
    expect_status(WdfDmaEnablerCreate(device, &config, NULL, &made), STATUS_SUCCESS);
    expect_number(WdfDmaEnablerGetMaximumLength(made), BYTES);
    expect_number(WdfDmaEnablerGetFragmentLength(made, WdfDmaDirectionReadFromDevice), BYTES);
    expect_number(WdfDmaEnablerGetFragmentLength(made, (WDF_DMA_DIRECTION)2), 0);
    expect_number(WdfDmaEnablerGetMaximumScatterGatherElements(made),
                  WDF_DMA_ENABLER_UNLIMITED_FRAGMENTS);
    WdfDmaEnablerSetMaximumScatterGatherElements(made, 17);
    expect_number(WdfDmaEnablerGetMaximumScatterGatherElements(made), 17);
    adapter = WdfDmaEnablerWdmGetDmaAdapter(made, WdfDmaDirectionReadFromDevice);
    expect(adapter != NULL);
    expect(adapter == WdfDmaEnablerWdmGetDmaAdapter(made, WdfDmaDirectionWriteToDevice));
    expect_status(enabler_make(WdfDmaProfileScatterGatherDuplex, BYTES, 0, &other), STATUS_SUCCESS);
    expect(WdfDmaEnablerWdmGetDmaAdapter(other, WdfDmaDirectionReadFromDevice) !=
           WdfDmaEnablerWdmGetDmaAdapter(other, WdfDmaDirectionWriteToDevice));
    WdfObjectDelete(other);
    /* There is no DMA controller: a system profile gets no adapter. */
    expect_status(enabler_make(WdfDmaProfileSystem, BYTES, 0, &other), STATUS_SUCCESS);
    expect(WdfDmaEnablerWdmGetDmaAdapter(other, WdfDmaDirectionReadFromDevice) == NULL);
    WDF_DMA_SYSTEM_PROFILE_CONFIG_INIT(&profile, address, Width8Bits, NULL);
    expect_status(
        WdfDmaEnablerConfigureSystemProfile(other, &profile, WdfDmaDirectionReadFromDevice),
        STATUS_NOT_SUPPORTED);
    expect_status(
        WdfDmaEnablerConfigureSystemProfile(made, &profile, WdfDmaDirectionReadFromDevice),
        STATUS_INVALID_PARAMETER);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    expect(strcmp(events, "fes") == 0);
    stack_drop(&stack);
    expect(strcmp(events, "fesSEF") == 0);
}

/* ---- scatter/gather ----------------------------------------------------------------------------
 */

static void transfers(void)
{
    struct transfer transfer;
    struct stack stack;
    WDFDMAENABLER made;
    NTSTATUS status;
    ULONG registers = 0, elements = 0;

    if (!stack_make(&stack))
        return;
    expect_status(enabler_make(WdfDmaProfileScatterGather64, 2 * PAGE_SIZE, 0, &made),
                  STATUS_SUCCESS);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    transfer_open(&transfer, made, BYTES);
    expect(WdfDmaTransactionGetDevice(transfer.transaction) == device);
    expect(WdfDmaTransactionGetRequest(transfer.transaction) == NULL);
    transfer.at = 100;
    expect_status(WdfDmaTransactionInitialize(transfer.transaction, program,
                                              WdfDmaDirectionWriteToDevice, transfer.mdl,
                                              transfer.buffer + 100, BYTES),
                  STATUS_INVALID_PARAMETER); /* beyond the MDL */
    expect_status(WdfDmaTransactionInitialize(transfer.transaction, program,
                                              WdfDmaDirectionWriteToDevice, transfer.mdl,
                                              transfer.buffer + 100, BYTES - 100),
                  STATUS_SUCCESS);
    WdfDmaTransactionGetTransferInfo(transfer.transaction, &registers, &elements);
    expect_number(registers, 3);
    expect_number(elements, 3);
    expect_status(WdfDmaTransactionExecute(transfer.transaction, &transfer), STATUS_SUCCESS);
    expect_number(transfer.programs, 1);
    expect_number(transfer.irql, DISPATCH_LEVEL);
    expect_number(transfer.direction, WdfDmaDirectionWriteToDevice);
    expect_number(WdfDmaTransactionGetBytesTransferred(transfer.transaction), 0);
    expect(!WdfDmaTransactionDmaCompleted(transfer.transaction, &status));
    expect_status(status, STATUS_MORE_PROCESSING_REQUIRED);
    expect_number(WdfDmaTransactionGetBytesTransferred(transfer.transaction), 2 * PAGE_SIZE);
    /* The device did less: the next begins where it stopped. */
    transfer.at -= PAGE_SIZE;
    expect(!WdfDmaTransactionDmaCompletedWithLength(transfer.transaction, PAGE_SIZE, &status));
    expect_number(WdfDmaTransactionGetBytesTransferred(transfer.transaction), 3 * PAGE_SIZE);
    expect_number(transfer.lengths[2], BYTES - 100 - 3 * PAGE_SIZE);
    expect(WdfDmaTransactionDmaCompleted(transfer.transaction, &status));
    expect_status(status, STATUS_SUCCESS);
    expect_number(transfer.programs, 3);
    expect_number(WdfDmaTransactionGetBytesTransferred(transfer.transaction), BYTES - 100);
    expect(!transfer.is_wrong);
    expect_status(WdfDmaTransactionRelease(transfer.transaction), STATUS_SUCCESS);

    /* Again, ended early; again, completed inside EvtProgramDma. */
    transfer.at = PAGE_SIZE;
    WdfDmaTransactionSetMaximumLength(transfer.transaction, PAGE_SIZE);
    expect_status(WdfDmaTransactionInitializeUsingOffset(transfer.transaction, program,
                                                         WdfDmaDirectionReadFromDevice,
                                                         transfer.mdl, PAGE_SIZE, 3 * PAGE_SIZE),
                  STATUS_SUCCESS);
    expect_status(WdfDmaTransactionExecute(transfer.transaction, &transfer), STATUS_SUCCESS);
    expect_number(transfer.lengths[3], PAGE_SIZE);
    expect(WdfDmaTransactionDmaCompletedFinal(transfer.transaction, 77, &status));
    expect_status(status, STATUS_SUCCESS);
    expect_number(WdfDmaTransactionGetBytesTransferred(transfer.transaction), 77);
    WdfDmaTransactionRelease(transfer.transaction);
    transfer.at = 0;
    transfer.programs = 0;
    transfer.completes = TRUE;
    expect_status(WdfDmaTransactionInitialize(transfer.transaction, program,
                                              WdfDmaDirectionReadFromDevice, transfer.mdl,
                                              transfer.buffer, BYTES),
                  STATUS_SUCCESS);
    expect_status(WdfDmaTransactionExecute(transfer.transaction, &transfer), STATUS_SUCCESS);
    expect_number(transfer.programs, PAGES);
    expect_number(WdfDmaTransactionGetBytesTransferred(transfer.transaction), BYTES);
    expect(!transfer.is_wrong);
    expect(WdfDmaTransactionWdmGetTransferContext(transfer.transaction) != NULL);
    expect(!WdfDmaTransactionCancel(transfer.transaction));
    transfer_close(&transfer);
    stack_drop(&stack);
}

/* Limits that cannot be kept are said at once. */
static void limits(void)
{
    struct transfer transfer;
    struct stack stack;
    WDFDMAENABLER made;
    NTSTATUS status;
    PMDL tail;

    if (!stack_make(&stack))
        return;
    expect_status(enabler_make(WdfDmaProfileScatterGather64, 4 * PAGE_SIZE, 0, &made),
                  STATUS_SUCCESS);
    WdfDmaEnablerSetMaximumScatterGatherElements(made, 4);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    transfer_open(&transfer, made, BYTES);
    WdfDmaTransactionSetSingleTransferRequirement(transfer.transaction, TRUE);
    expect_status(WdfDmaTransactionInitialize(transfer.transaction, program,
                                              WdfDmaDirectionWriteToDevice, transfer.mdl,
                                              transfer.buffer, BYTES),
                  STATUS_WDF_TOO_MANY_TRANSFERS);
    expect_status(WdfDmaTransactionInitialize(transfer.transaction, program,
                                              WdfDmaDirectionWriteToDevice, transfer.mdl,
                                              transfer.buffer, PAGE_SIZE),
                  STATUS_SUCCESS);
    expect_status(WdfDmaTransactionExecute(transfer.transaction, &transfer), STATUS_SUCCESS);
    expect(WdfDmaTransactionDmaCompletedWithLength(transfer.transaction, 10, &status));
    expect_status(status, STATUS_WDF_TOO_MANY_TRANSFERS);
    WdfDmaTransactionRelease(transfer.transaction);
    WdfDmaTransactionSetSingleTransferRequirement(transfer.transaction, FALSE);
    /* Four pages that begin inside one are five elements. */
    expect_status(WdfDmaTransactionInitialize(transfer.transaction, program,
                                              WdfDmaDirectionWriteToDevice, transfer.mdl,
                                              transfer.buffer + 8, BYTES - 8),
                  STATUS_WDF_TOO_FRAGMENTED);
    /* A chain is one buffer. */
    tail = IoAllocateMdl(transfer.buffer, 50, FALSE, FALSE, NULL);
    MmBuildMdlForNonPagedPool(tail);
    transfer.mdl->Next = tail;
    transfer.programs = 0;
    expect_status(WdfDmaTransactionInitializeUsingOffset(transfer.transaction, program,
                                                         WdfDmaDirectionWriteToDevice, transfer.mdl,
                                                         BYTES - 10, 60),
                  STATUS_SUCCESS);
    transfer.at = BYTES - 10;
    expect_status(WdfDmaTransactionExecute(transfer.transaction, &transfer), STATUS_SUCCESS);
    expect_number(transfer.elements, 2);
    expect_number(transfer.lengths[0], 60);
    expect(WdfDmaTransactionDmaCompleted(transfer.transaction, &status));
    WdfDmaTransactionRelease(transfer.transaction);
    transfer.mdl->Next = NULL;
    IoFreeMdl(tail);
    transfer_close(&transfer);
    stack_drop(&stack);
}

/* ---- packets -----------------------------------------------------------------------------------
 */

static PUCHAR device_sees(PHYSICAL_ADDRESS logical)
{
    return MmGetVirtualForPhysical(logical);
}

/* Memory that a 32-bit device does not reach is copied, in either direction. */
static void packets(void)
{
    struct transfer transfer = {0}, second;
    PMDL user = IoAllocateMdl(drivertest_user_memory, DRIVERTEST_USER_BYTES, FALSE, FALSE, NULL);
    struct stack stack;
    WDFDMAENABLER made;
    NTSTATUS status;

    MmProbeAndLockPages(user, UserMode, IoModifyAccess);
    if (!stack_make(&stack))
        return;
    expect_status(enabler_make(WdfDmaProfilePacket, DRIVERTEST_USER_BYTES, 0, &made),
                  STATUS_SUCCESS);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    expect_status(WdfDmaTransactionCreate(made, NULL, &transfer.transaction), STATUS_SUCCESS);
    drivertest_user_memory[5] = 0x11;
    expect_status(WdfDmaTransactionInitialize(transfer.transaction, program,
                                              WdfDmaDirectionWriteToDevice, user,
                                              drivertest_user_memory, PAGE_SIZE),
                  STATUS_SUCCESS);
    expect_status(WdfDmaTransactionExecute(transfer.transaction, &transfer), STATUS_SUCCESS);
    expect_number(transfer.elements, 1);
    expect(transfer.first.QuadPart + PAGE_SIZE <= 0x100000000);
    expect_number(device_sees(transfer.first)[5], 0x11);
    /* One at a time. */
    transfer_open(&second, made, PAGE_SIZE);
    expect_status(WdfDmaTransactionInitialize(second.transaction, program,
                                              WdfDmaDirectionWriteToDevice, second.mdl,
                                              second.buffer, PAGE_SIZE),
                  STATUS_SUCCESS);
    expect_status(WdfDmaTransactionExecute(second.transaction, &second), STATUS_WDF_BUSY);
    expect(WdfDmaTransactionDmaCompleted(transfer.transaction, &status));
    expect_status(WdfDmaTransactionExecute(second.transaction, &second), STATUS_SUCCESS);
    expect(WdfDmaTransactionDmaCompleted(second.transaction, &status));
    transfer_close(&second);
    WdfDmaTransactionRelease(transfer.transaction);
    expect_status(WdfDmaTransactionInitialize(transfer.transaction, program,
                                              WdfDmaDirectionReadFromDevice, user,
                                              drivertest_user_memory, PAGE_SIZE),
                  STATUS_SUCCESS);
    expect_status(WdfDmaTransactionExecute(transfer.transaction, &transfer), STATUS_SUCCESS);
    device_sees(transfer.first)[7] = 0x77;
    expect(WdfDmaTransactionDmaCompleted(transfer.transaction, &status));
    expect_status(status, STATUS_SUCCESS);
    expect_number(drivertest_user_memory[7], 0x77);
    WdfObjectDelete(transfer.transaction);
    MmUnlockPages(user);
    IoFreeMdl(user);
    stack_drop(&stack);
}

static VOID NTAPI reserved(WDFDMATRANSACTION transaction, PVOID context)
{
    (*(ULONG *)context)++;
}

/* Registers that stay with a transaction: version 3, packets. */
static void reservation(void)
{
    struct transfer transfer;
    struct stack stack;
    WDFDMAENABLER made;
    ULONG calls = 0;
    NTSTATUS status;

    if (!stack_make(&stack))
        return;
    expect_status(enabler_make(WdfDmaProfilePacket64, BYTES, 3, &made), STATUS_SUCCESS);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    transfer_open(&transfer, made, BYTES);
    expect_status(WdfDmaTransactionAllocateResources(
                      transfer.transaction, WdfDmaDirectionWriteToDevice, 1000, reserved, &calls),
                  STATUS_INSUFFICIENT_RESOURCES);
    expect_status(WdfDmaTransactionAllocateResources(
                      transfer.transaction, WdfDmaDirectionWriteToDevice, 2, reserved, &calls),
                  STATUS_SUCCESS);
    expect_number(calls, 1);
    transfer.completes = TRUE;
    transfer.at = 0;
    expect_status(WdfDmaTransactionInitialize(transfer.transaction, program,
                                              WdfDmaDirectionWriteToDevice, transfer.mdl,
                                              transfer.buffer, BYTES),
                  STATUS_SUCCESS);
    expect_status(WdfDmaTransactionExecute(transfer.transaction, &transfer), STATUS_SUCCESS);
    expect_number(WdfDmaTransactionGetBytesTransferred(transfer.transaction), BYTES);
    expect(transfer.programs >= 3); /* two pages at a time */
    WdfDmaTransactionRelease(transfer.transaction);
    WdfDmaTransactionFreeResources(transfer.transaction);
    transfer.programs = 0;
    transfer.completes = FALSE;
    WdfDmaTransactionSetImmediateExecution(transfer.transaction, TRUE);
    transfer.at = 0;
    expect_status(WdfDmaTransactionInitialize(transfer.transaction, program,
                                              WdfDmaDirectionWriteToDevice, transfer.mdl,
                                              transfer.buffer, BYTES),
                  STATUS_SUCCESS);
    expect_status(WdfDmaTransactionExecute(transfer.transaction, &transfer), STATUS_SUCCESS);
    expect_number(transfer.programs, 1);
    expect(WdfDmaTransactionDmaCompletedFinal(transfer.transaction, 0, &status));
    transfer_close(&transfer);
    stack_drop(&stack);
}

/* ---- requests ----------------------------------------------------------------------------------
 */

static NTSTATUS NTAPI complete(PDEVICE_OBJECT of, PIRP irp, PVOID context)
{
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void request(void)
{
    struct transfer transfer;
    PIO_STACK_LOCATION next;
    struct stack stack;
    WDFDMAENABLER made;
    NTSTATUS status;
    KEVENT done;
    PIRP irp;

    if (!stack_make(&stack))
        return;
    expect_status(enabler_make(WdfDmaProfileScatterGather64, BYTES, 0, &made), STATUS_SUCCESS);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    transfer_open(&transfer, made, BYTES);
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoAllocateIrp(stack.top->StackSize, FALSE);
    irp->MdlAddress = transfer.mdl;
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = IRP_MJ_READ;
    next->Parameters.Read.Length = BYTES;
    IoSetCompletionRoutine(irp, complete, &done, TRUE, TRUE, TRUE);
    read_request = NULL;
    expect_status(IoCallDriver(stack.top, irp), STATUS_PENDING);
    expect(read_request != NULL);
    expect_status(WdfDmaTransactionInitializeUsingRequest(transfer.transaction, read_request,
                                                          program, WdfDmaDirectionWriteToDevice),
                  STATUS_INVALID_DEVICE_REQUEST); /* the data comes from the device */
    expect_status(WdfDmaTransactionInitializeUsingRequest(transfer.transaction, read_request,
                                                          program, WdfDmaDirectionReadFromDevice),
                  STATUS_SUCCESS);
    expect(WdfDmaTransactionGetRequest(transfer.transaction) == read_request);
    expect_status(WdfDmaTransactionExecute(transfer.transaction, &transfer), STATUS_SUCCESS);
    expect(!transfer.is_wrong);
    expect_number(transfer.lengths[0], BYTES);
    expect(WdfDmaTransactionDmaCompleted(transfer.transaction, &status));
    expect_status(status, STATUS_SUCCESS);
    WdfDmaTransactionRelease(transfer.transaction);
    expect(WdfDmaTransactionGetRequest(transfer.transaction) == NULL);
    WdfRequestCompleteWithInformation(read_request, STATUS_SUCCESS, BYTES);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    expect_number(irp->IoStatus.Information, BYTES);
    irp->MdlAddress = NULL;
    IoFreeIrp(irp);
    transfer_close(&transfer);
    stack_drop(&stack);
}

/* ---- common buffers ----------------------------------------------------------------------------
 */

static void common_buffers(void)
{
    WDF_COMMON_BUFFER_CONFIG config;
    WDFCOMMONBUFFER buffer = NULL;
    PHYSICAL_ADDRESS logical;
    struct stack stack;
    WDFDMAENABLER made;
    PUCHAR address;

    if (!stack_make(&stack))
        return;
    WdfDeviceSetAlignmentRequirement(device, FILE_64_BYTE_ALIGNMENT);
    expect_status(enabler_make(WdfDmaProfileScatterGather, BYTES, 0, &made), STATUS_SUCCESS);
    expect_status(WdfCommonBufferCreate(made, 0, NULL, &buffer), STATUS_INVALID_PARAMETER);
    expect(buffer == NULL);
    expect_status(WdfCommonBufferCreate(made, 1000, NULL, &buffer), STATUS_SUCCESS);
    expect_number(WdfCommonBufferGetLength(buffer), 1000);
    address = WdfCommonBufferGetAlignedVirtualAddress(buffer);
    logical = WdfCommonBufferGetAlignedLogicalAddress(buffer);
    expect_number(logical.QuadPart, MmGetPhysicalAddress(address).QuadPart);
    expect_number(logical.QuadPart & FILE_64_BYTE_ALIGNMENT, 0);
    expect(logical.QuadPart + 1000 <= 0x100000000);
    RtlFillMemory(address, 1000, 0x5a);
    WDF_COMMON_BUFFER_CONFIG_INIT(&config, 0x7fff);
    expect_status(WdfCommonBufferCreateWithConfig(made, 1000, &config, NULL, &buffer),
                  STATUS_SUCCESS);
    logical = WdfCommonBufferGetAlignedLogicalAddress(buffer);
    expect_number(logical.QuadPart & 0x7fff, 0);
    expect_number(MmGetPhysicalAddress(WdfCommonBufferGetAlignedVirtualAddress(buffer)).QuadPart,
                  logical.QuadPart);
    WdfObjectDelete(buffer);
    config.AlignmentRequirement = 5;
    expect_status(WdfCommonBufferCreateWithConfig(made, 1000, &config, NULL, &buffer),
                  STATUS_INVALID_PARAMETER);
    stack_drop(&stack); /* the first goes with it */
}

DRIVERTEST_LIST = {
    DRIVERTEST(enabler),     DRIVERTEST(transfers), DRIVERTEST(limits),         DRIVERTEST(packets),
    DRIVERTEST(reservation), DRIVERTEST(request),   DRIVERTEST(common_buffers), DRIVERTEST_END,
};
