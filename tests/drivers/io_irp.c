/* SPDX-License-Identifier: MIT */
/* io_irp.c - tests of what happens to an IRP between IoCallDriver and its end, from inside a
 * driver: several lower IRPs for one, completion routines in every case, pending, majors that
 * change on the way down, synchronous forwarding, attributes.
 *
 * The devices are the test's own: a lower one that does what the test says, and an upper one
 * attached to it.
 */
#include "drivertest.h"

#define TAG   'tstR'
#define PARTS 4

enum lower_act { COMPLETE, FAIL, PEND, PEND_AND_COMPLETE };

static PDEVICE_OBJECT lower, upper;
static enum lower_act act;
static PIRP held[2 * PARTS];
static ULONG held_count;
static UCHAR seen_major;
static IO_STACK_LOCATION seen;

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS lower_dispatch(PIRP irp)
{
    seen = *IoGetCurrentIrpStackLocation(irp);
    seen_major = seen.MajorFunction;
    switch (act) {
    case COMPLETE:
        return complete(irp, STATUS_SUCCESS, 7);
    case FAIL:
        return complete(irp, STATUS_IO_DEVICE_ERROR, 0);
    case PEND:
        IoMarkIrpPending(irp);
        held[held_count++] = irp;
        return STATUS_PENDING;
    default:
        IoMarkIrpPending(irp);
        complete(irp, STATUS_SUCCESS, 9);
        return STATUS_PENDING;
    }
}

static NTSTATUS (*upper_dispatch)(PIRP irp);

static NTSTATUS dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    if (device == upper && upper_dispatch)
        return upper_dispatch(irp);
    return lower_dispatch(irp);
}

static void stack_make(void)
{
    drivertest_dispatch = dispatch;
    held_count = 0;
    act = COMPLETE;
    expect_status(IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &lower),
                  STATUS_SUCCESS);
    expect_status(IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &upper),
                  STATUS_SUCCESS);
    lower->Flags |= DO_BUFFERED_IO;
    lower->Flags &= ~DO_DEVICE_INITIALIZING;
    upper->Flags |= DO_BUFFERED_IO;
    expect(IoAttachDeviceToDeviceStack(upper, lower) == lower);
    expect_number(upper->StackSize, 2);
    upper->Flags &= ~DO_DEVICE_INITIALIZING;
}

static void stack_delete(void)
{
    IoDetachDevice(lower);
    IoDeleteDevice(upper);
    IoDeleteDevice(lower);
    drivertest_dispatch = NULL;
    upper_dispatch = NULL;
}

/* ---- completion routines: which cases call them --------------------------------------------- */

static ULONG called;
static NTSTATUS completion_answer;
static BOOLEAN completion_pending;

static NTSTATUS count_completion(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    expect(context == &called);
    called++;
    completion_pending = irp->PendingReturned;
    return completion_answer;
}

/* Sends one IRP whose routine is asked for in the given cases; how often it ran. */
static ULONG cases_run(BOOLEAN success, BOOLEAN error, BOOLEAN cancel, enum lower_act how,
                       BOOLEAN cancels)
{
    PIRP irp = IoAllocateIrp(lower->StackSize, FALSE);
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

    called = 0;
    act = how;
    completion_answer = STATUS_MORE_PROCESSING_REQUIRED;
    next->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    IoSetCompletionRoutine(irp, count_completion, &called, success, error, cancel);
    expect_number((next->Control & SL_INVOKE_ON_SUCCESS) != 0, success);
    expect_number((next->Control & SL_INVOKE_ON_ERROR) != 0, error);
    expect_number((next->Control & SL_INVOKE_ON_CANCEL) != 0, cancel);
    irp->Cancel = cancels;
    IoCallDriver(lower, irp);
    if (called)
        IoFreeIrp(irp);
    return called;
}

static void completion_cases(void)
{
    stack_make();
    expect_number(cases_run(TRUE, TRUE, TRUE, COMPLETE, FALSE), 1);
    expect_number(cases_run(TRUE, TRUE, TRUE, FAIL, FALSE), 1);
    expect_number(cases_run(TRUE, FALSE, FALSE, COMPLETE, FALSE), 1);
    expect_number(cases_run(FALSE, TRUE, FALSE, FAIL, FALSE), 1);
    expect_number(cases_run(FALSE, FALSE, TRUE, COMPLETE, TRUE), 1);
    expect_number(cases_run(FALSE, FALSE, TRUE, FAIL, TRUE), 1);
    stack_delete();
}

/* Cases in which the routine must not run: the upper's sender gets the IRP back all the same. */
static BOOLEAN upper_success, upper_error, upper_cancel;

static NTSTATUS forward_with_cases(PIRP irp)
{
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, count_completion, &called, upper_success, upper_error,
                           upper_cancel);
    return IoCallDriver(lower, irp);
}

static NTSTATUS send_upper(PIO_STATUS_BLOCK block)
{
    KEVENT event;
    NTSTATUS status;
    PIRP irp;
    ULONG value = 3;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(
        CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_ANY_ACCESS), upper, &value,
        sizeof value, NULL, 0, TRUE, &event, block);
    expect(irp != NULL && irp->RequestorMode == KernelMode);
    status = IoCallDriver(upper, irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
        status = block->Status;
    }
    return status;
}

static void completion_not_called(void)
{
    IO_STATUS_BLOCK block;

    stack_make();
    upper_dispatch = forward_with_cases;
    completion_answer = STATUS_CONTINUE_COMPLETION;
    called = 0;
    upper_success = FALSE, upper_error = TRUE, upper_cancel = TRUE;
    expect_status(send_upper(&block), STATUS_SUCCESS);
    expect(called == 0 && block.Information == 7);
    upper_success = TRUE, upper_error = FALSE;
    act = FAIL;
    expect_status(send_upper(&block), STATUS_IO_DEVICE_ERROR);
    expect_number(called, 0);
    upper_error = TRUE;
    expect_status(send_upper(&block), STATUS_IO_DEVICE_ERROR);
    expect_number(called, 1);
    stack_delete();
}

/* ---- pending ------------------------------------------------------------------------------------
 */

static NTSTATUS pending_completion(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(context);
    expect(device == upper);
    called++;
    completion_pending = irp->PendingReturned;
    if (irp->PendingReturned)
        IoMarkIrpPending(irp);
    return STATUS_CONTINUE_COMPLETION;
}

static NTSTATUS forward_pending(PIRP irp)
{
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, pending_completion, NULL, TRUE, TRUE, TRUE);
    return IoCallDriver(lower, irp);
}

static NTSTATUS forward_skip(PIRP irp)
{
    IoSkipCurrentIrpStackLocation(irp);
    return IoCallDriver(lower, irp);
}

/* No routine above: the mark goes up by itself. */
static NTSTATUS forward_plain(PIRP irp)
{
    IoCopyCurrentIrpStackLocationToNext(irp);
    return IoCallDriver(lower, irp);
}

static void pending_propagates(void)
{
    NTSTATUS (*const ways[])(PIRP) = {forward_pending, forward_skip, forward_plain};
    IO_STATUS_BLOCK block;
    ULONG i;

    stack_make();
    called = 0;
    for (i = 0; i < RTL_NUMBER_OF(ways); i++) {
        upper_dispatch = ways[i];
        act = PEND_AND_COMPLETE;
        expect_status(send_upper(&block), STATUS_SUCCESS);
        expect_number(block.Information, 9);
    }
    expect(called == 1 && completion_pending);
    upper_dispatch = forward_pending;
    act = COMPLETE;
    expect_status(send_upper(&block), STATUS_SUCCESS);
    expect(called == 2 && !completion_pending);
    stack_delete();
}

/* ---- IoForwardIrpSynchronously ----------------------------------------------------------------
 */

static ULONG_PTR forwarded_information;

static NTSTATUS forward_synchronously(PIRP irp)
{
    expect(IoForwardIrpSynchronously(lower, irp));
    forwarded_information = irp->IoStatus.Information;
    return complete(irp, irp->IoStatus.Status, irp->IoStatus.Information + 100);
}

static void forwards_synchronously(void)
{
    IO_STATUS_BLOCK block;
    PIRP irp;

    stack_make();
    upper_dispatch = forward_synchronously;
    expect_status(send_upper(&block), STATUS_SUCCESS);
    expect(forwarded_information == 7 && block.Information == 107);
    act = PEND_AND_COMPLETE;
    expect_status(send_upper(&block), STATUS_SUCCESS);
    expect(forwarded_information == 9 && block.Information == 109);
    /* No stack location left for the lower driver. */
    irp = IoAllocateIrp(1, FALSE);
    IoSetNextIrpStackLocation(irp);
    expect(!IoForwardIrpSynchronously(lower, irp));
    IoFreeIrp(irp);
    stack_delete();
}

/* ---- the major function may change on the way down
 * ------------------------------------------------
 */

static NTSTATUS forward_as_read(PIRP irp)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);
    LARGE_INTEGER offset;

    offset.QuadPart = 0x123456789;
    IoCopyCurrentIrpStackLocationToNext(irp);
    next->MajorFunction = IRP_MJ_READ;
    next->Parameters.Read.Length = 64;
    next->Parameters.Read.Key = 0x55aa;
    next->Parameters.Read.ByteOffset = offset;
    return IoCallDriver(lower, irp);
}

static void major_changes(void)
{
    IO_STATUS_BLOCK block;

    stack_make();
    upper_dispatch = forward_as_read;
    expect_status(send_upper(&block), STATUS_SUCCESS);
    expect_number(seen_major, IRP_MJ_READ);
    expect_number(seen.Parameters.Read.Length, 64);
    expect_number(seen.Parameters.Read.Key, 0x55aa);
    expect_number(seen.Parameters.Read.ByteOffset.QuadPart, 0x123456789);
    expect(seen.DeviceObject == lower);
    stack_delete();
}

/* ---- several lower IRPs for one upper ----------------------------------------------------------
 */

/* Associated: the last of them completes the master. */
static NTSTATUS split_associated(PIRP master)
{
    ULONG i;
    PIRP parts[PARTS];

    master->AssociatedIrp.IrpCount = PARTS;
    IoMarkIrpPending(master);
    master->IoStatus.Status = STATUS_SUCCESS;
    master->IoStatus.Information = 0;
    for (i = 0; i < PARTS; i++) {
        parts[i] = IoMakeAssociatedIrp(master, lower->StackSize);
        expect(parts[i] != NULL && parts[i]->AssociatedIrp.MasterIrp == master);
        expect(parts[i]->Flags & IRP_ASSOCIATED_IRP);
        IoGetNextIrpStackLocation(parts[i])->MajorFunction = IRP_MJ_WRITE;
    }
    for (i = 0; i < PARTS; i++)
        IoCallDriver(lower, parts[i]);
    return STATUS_PENDING;
}

static KEVENT upper_done;

static NTSTATUS event_completion(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    UNREFERENCED_PARAMETER(context);
    KeSetEvent(&upper_done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* An IRP of our own to the upper device; upper_done is set when it is back. */
static PIRP upper_send(void)
{
    PIRP irp = IoAllocateIrp(upper->StackSize, FALSE);

    KeInitializeEvent(&upper_done, NotificationEvent, FALSE);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_WRITE;
    IoSetCompletionRoutine(irp, event_completion, NULL, TRUE, TRUE, TRUE);
    expect_status(IoCallDriver(upper, irp), STATUS_PENDING);
    return irp;
}

static void associated_irps(void)
{
    PIRP irp;
    ULONG i;

    stack_make();
    upper_dispatch = split_associated;
    act = PEND;
    irp = upper_send();
    expect_number(held_count, PARTS);
    for (i = 0; i < PARTS; i++) {
        expect_number(KeReadStateEvent(&upper_done), 0); /* not before the last */
        complete(held[PARTS - 1 - i], STATUS_SUCCESS, 10);
    }
    expect(KeReadStateEvent(&upper_done) != 0);
    expect_status(irp->IoStatus.Status, STATUS_SUCCESS);
    IoFreeIrp(irp);
    stack_delete();
}

/* IRPs of the driver's own, all at once; their states add up by IoSetMasterIrpStatus. */
static LONG parts_left;

static NTSTATUS part_completion(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    PIRP master = context;

    UNREFERENCED_PARAMETER(device);
    IoSetMasterIrpStatus(master, irp->IoStatus.Status);
    master->IoStatus.Information += irp->IoStatus.Information;
    IoFreeIrp(irp);
    if (InterlockedDecrement(&parts_left) == 0)
        IoCompleteRequest(master, IO_NO_INCREMENT);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS split_parallel(PIRP master)
{
    LARGE_INTEGER offset;
    UCHAR byte = 1;
    ULONG i;

    parts_left = PARTS;
    IoMarkIrpPending(master);
    master->IoStatus.Status = STATUS_SUCCESS;
    master->IoStatus.Information = 0;
    for (i = 0; i < PARTS; i++) {
        PIRP part;

        offset.QuadPart = 512 * i;
        part = IoBuildAsynchronousFsdRequest(IRP_MJ_WRITE, lower, &byte, 1, &offset, NULL);
        expect(part != NULL && part->UserIosb == NULL);
        expect_number(IoGetNextIrpStackLocation(part)->Parameters.Write.ByteOffset.QuadPart,
                      512 * i);
        /* The system buffer is ours to free. */
        ExFreePool(part->AssociatedIrp.SystemBuffer);
        part->AssociatedIrp.SystemBuffer = NULL;
        part->Flags &= ~(IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER);
        IoSetCompletionRoutine(part, part_completion, master, TRUE, TRUE, TRUE);
        IoCallDriver(lower, part);
    }
    return STATUS_PENDING;
}

static void parallel_irps(void)
{
    PIRP irp;
    ULONG i;

    stack_make();
    upper_dispatch = split_parallel;
    act = PEND;
    irp = upper_send();
    expect_number(held_count, PARTS);
    for (i = 0; i < PARTS; i++)
        complete(held[i], i == 1 ? STATUS_IO_DEVICE_ERROR : STATUS_SUCCESS, i);
    expect(KeReadStateEvent(&upper_done) != 0);
    expect_status(irp->IoStatus.Status, STATUS_IO_DEVICE_ERROR);
    expect_number(irp->IoStatus.Information, 0 + 1 + 2 + 3);
    IoFreeIrp(irp);
    stack_delete();
}

static void master_status(void)
{
    PIRP irp = IoAllocateIrp(1, FALSE);

    irp->IoStatus.Status = STATUS_SUCCESS;
    IoSetMasterIrpStatus(irp, STATUS_SUCCESS);
    expect_status(irp->IoStatus.Status, STATUS_SUCCESS);
    IoSetMasterIrpStatus(irp, STATUS_FT_READ_FROM_COPY);
    expect_status(irp->IoStatus.Status, STATUS_SUCCESS);
    IoSetMasterIrpStatus(irp, STATUS_BUFFER_OVERFLOW);
    expect_status(irp->IoStatus.Status, STATUS_BUFFER_OVERFLOW);
    IoSetMasterIrpStatus(irp, STATUS_IO_DEVICE_ERROR);
    expect_status(irp->IoStatus.Status, STATUS_IO_DEVICE_ERROR);
    IoSetMasterIrpStatus(irp, STATUS_SUCCESS);
    expect_status(irp->IoStatus.Status, STATUS_IO_DEVICE_ERROR);
    IoSetMasterIrpStatus(irp, STATUS_VERIFY_REQUIRED);
    expect_status(irp->IoStatus.Status, STATUS_VERIFY_REQUIRED);
    IoFreeIrp(irp);
}

/* ---- IoBuildSynchronousFsdRequest: every major it takes
 * ------------------------------------------ */

static NTSTATUS fsd_send(ULONG major, PVOID buffer, ULONG length, PIO_STATUS_BLOCK block)
{
    LARGE_INTEGER offset;
    NTSTATUS status;
    KEVENT event;
    PIRP irp;

    offset.QuadPart = 77;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(major, lower, buffer, length, &offset, &event, block);
    expect(irp != NULL);
    if (major == IRP_MJ_PNP) {
        IoGetNextIrpStackLocation(irp)->MinorFunction = IRP_MN_QUERY_CAPABILITIES;
        irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    }
    status = IoCallDriver(lower, irp);
    if (status == STATUS_PENDING)
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    expect(KeReadStateEvent(&event) != 0 || !NT_SUCCESS(status));
    return status;
}

static void synchronous_requests(void)
{
    IO_STATUS_BLOCK block;
    UCHAR bytes[16] = {0};

    stack_make();
    expect_status(fsd_send(IRP_MJ_READ, bytes, sizeof bytes, &block), STATUS_SUCCESS);
    expect(seen_major == IRP_MJ_READ && seen.Parameters.Read.Length == sizeof bytes);
    expect_number(seen.Parameters.Read.ByteOffset.QuadPart, 77);
    expect_number(block.Information, 7);
    expect_status(fsd_send(IRP_MJ_WRITE, bytes, sizeof bytes, &block), STATUS_SUCCESS);
    expect_number(seen_major, IRP_MJ_WRITE);
    expect_status(fsd_send(IRP_MJ_FLUSH_BUFFERS, NULL, 0, &block), STATUS_SUCCESS);
    expect_number(seen_major, IRP_MJ_FLUSH_BUFFERS);
    expect_status(fsd_send(IRP_MJ_SHUTDOWN, NULL, 0, &block), STATUS_SUCCESS);
    expect_number(seen_major, IRP_MJ_SHUTDOWN);
    expect_status(fsd_send(IRP_MJ_PNP, NULL, 0, &block), STATUS_SUCCESS);
    expect(seen_major == IRP_MJ_PNP && seen.MinorFunction == IRP_MN_QUERY_CAPABILITIES);
    stack_delete();
}

/* ---- IRPs in memory of the driver's own; reuse; DriverContext
 * ------------------------------------ */

static void irps_of_ones_own(void)
{
    USHORT size = IoSizeOfIrp(2);
    PIRP irp = ExAllocatePool2(POOL_FLAG_NON_PAGED, size, TAG);
    ULONG i;

    stack_make();
    IoInitializeIrp(irp, size, 2);
    expect(irp->Type == IO_TYPE_IRP && irp->Size == size && irp->StackCount == 2);
    for (i = 0; i < 3; i++) {
        irp->Tail.Overlay.DriverContext[0] = &called;
        irp->Tail.Overlay.DriverContext[3] = irp;
        called = 0;
        completion_answer = STATUS_MORE_PROCESSING_REQUIRED;
        IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
        IoSetCompletionRoutine(irp, count_completion, &called, TRUE, TRUE, TRUE);
        expect_status(IoCallDriver(lower, irp), STATUS_SUCCESS);
        expect_number(called, 1);
        expect(irp->Tail.Overlay.DriverContext[0] == &called);
        expect(irp->Tail.Overlay.DriverContext[3] == irp);
        IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
        expect_status(irp->IoStatus.Status, STATUS_UNSUCCESSFUL);
        expect(irp->CurrentLocation == 3 && irp->Tail.Overlay.DriverContext[0] == NULL);
    }
    ExFreePoolWithTag(irp, TAG);
    irp = IoAllocateIrpEx(lower, lower->StackSize, FALSE);
    expect(irp != NULL && irp->StackCount == lower->StackSize);
    IoFreeIrp(irp);
    stack_delete();
}

/* ---- IoSetCompletionRoutineEx ---------------------------------------------------------------- */

static void completion_ex(void)
{
    PIRP irp;

    stack_make();
    irp = IoAllocateIrp(lower->StackSize, FALSE);
    called = 0;
    completion_answer = STATUS_MORE_PROCESSING_REQUIRED;
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    expect_status(IoSetCompletionRoutineEx(drivertest_device, irp, count_completion, &called, TRUE,
                                           TRUE, TRUE),
                  STATUS_SUCCESS);
    IoCallDriver(lower, irp);
    expect_number(called, 1);
    IoFreeIrp(irp);
    stack_delete();
}

/* ---- priority, activity, who asks, is it synchronous
 * ---------------------------------------------- */

static void attributes(void)
{
    static const GUID one = {1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
    PIRP irp = IoAllocateIrp(1, FALSE);
    IO_PRIORITY_INFO info;
    GUID got = {0}, kept;
    LPCGUID before;

    expect_number(IoGetIoPriorityHint(irp), IoPriorityNormal);
    expect_status(IoSetIoPriorityHint(irp, IoPriorityLow), STATUS_SUCCESS);
    expect_number(IoGetIoPriorityHint(irp), IoPriorityLow);
    expect_status(IoSetIoPriorityHint(irp, MaxIoPriorityTypes), STATUS_INVALID_PARAMETER);
    expect_number(IoGetPagingIoPriority(irp), IoPagingPriorityInvalid);
    IoInitializePriorityInfo(&info);
    expect_status(IoRetrievePriorityInfo(irp, NULL, PsGetCurrentThread(), &info), STATUS_SUCCESS);
    expect_number(info.IoPriority, IoPriorityLow);
    expect_number(info.ThreadPriority, KeQueryPriorityThread(KeGetCurrentThread()));

    expect_status(IoGetActivityIdIrp(irp, &got), STATUS_NOT_FOUND);
    expect_status(IoSetActivityIdIrp(irp, NULL), STATUS_NOT_SUPPORTED);
    expect_status(IoSetActivityIdIrp(irp, &one), STATUS_SUCCESS);
    expect_status(IoGetActivityIdIrp(irp, &got), STATUS_SUCCESS);
    expect(RtlEqualMemory(&got, &one, sizeof got));
    expect(IoGetActivityIdThread() == NULL);
    expect_status(IoPropagateActivityIdToThread(irp, &kept, &before), STATUS_SUCCESS);
    expect(IoGetActivityIdThread() == &kept && before == NULL);
    IoClearActivityIdThread(before);
    expect(IoSetActivityIdThread(&one) == NULL && IoGetActivityIdThread() == &one);
    IoClearActivityIdThread(NULL);
    expect(IoGetActivityIdThread() == NULL);
    IoFreeIrp(irp); /* and the activity with it */
}

static BOOLEAN was_synchronous;
static PEPROCESS requestor;
static ULONG requestor_id, session;
static BOOLEAN was_32bit;

static NTSTATUS look_at_requestor(PIRP irp)
{
    was_synchronous = IoIsOperationSynchronous(irp);
    requestor = IoGetRequestorProcess(irp);
    requestor_id = IoGetRequestorProcessId(irp);
    expect_status(IoGetRequestorSessionId(irp, &session), STATUS_SUCCESS);
    was_32bit = IoIs32bitProcess(irp);
    return complete(irp, STATUS_SUCCESS, 0);
}

static void requestors(void)
{
    IO_STATUS_BLOCK block;
    PIRP irp;

    stack_make();
    upper_dispatch = look_at_requestor;
    expect_status(send_upper(&block), STATUS_SUCCESS);
    expect(!was_synchronous); /* an internal control without a file */
    expect(requestor == PsGetCurrentProcess() && requestor == IoGetCurrentProcess());
    expect(requestor_id == HandleToUlong(PsGetCurrentProcessId()));
    expect(IoThreadToProcess(PsGetCurrentThread()) == requestor && !was_32bit);
    expect(!IoIsSystemThread(PsGetCurrentThread()));
    stack_delete();

    irp = IoAllocateIrp(1, FALSE);
    IoSetNextIrpStackLocation(irp);
    irp->Flags = IRP_PAGING_IO;
    expect(!IoIsOperationSynchronous(irp));
    expect_number(IoGetPagingIoPriority(irp), IoPagingPriorityNormal);
    irp->Flags |= IRP_SYNCHRONOUS_PAGING_IO;
    expect(IoIsOperationSynchronous(irp));
    irp->Flags = IRP_SYNCHRONOUS_API;
    expect(IoIsOperationSynchronous(irp));
    irp->Flags = 0;
    IoGetCurrentIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    expect(IoIsOperationSynchronous(irp)); /* code 0: METHOD_BUFFERED */
    IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode = METHOD_NEITHER;
    expect(!IoIsOperationSynchronous(irp));
    expect(IoGetTopLevelIrp() == NULL);
    IoSetTopLevelIrp(irp);
    expect(IoGetTopLevelIrp() == irp);
    IoSetTopLevelIrp(NULL);
    expect(IoIsValidIrpStatus(STATUS_SUCCESS) && !IoIsValidIrpStatus(STATUS_PENDING));
    IoFreeIrp(irp);
}

/* ---- hard errors and media
 * ----------------------------------------------------------------------- */

static void hard_errors(void)
{
    PETHREAD thread = PsGetCurrentThread();
    UNICODE_STRING text = RTL_CONSTANT_STRING(L"the drawer");
    PIRP irp;

    stack_make();
    expect(IoSetThreadHardErrorMode(FALSE) == TRUE);
    expect(!IoRaiseInformationalHardError(STATUS_DISK_FULL, &text, NULL));
    expect(IoSetThreadHardErrorMode(TRUE) == FALSE);
    expect(IoRaiseInformationalHardError(STATUS_DISK_FULL, &text, NULL));

    irp = IoAllocateIrp(1, FALSE);
    irp->Tail.Overlay.Thread = thread;
    expect(IoGetDeviceToVerify(thread) == NULL);
    IoSetHardErrorOrVerifyDevice(irp, lower);
    expect(IoGetDeviceToVerify(thread) == lower);
    IoSetDeviceToVerify(thread, NULL);
    expect(IoGetDeviceToVerify(thread) == NULL);
    called = 0;
    completion_answer = STATUS_MORE_PROCESSING_REQUIRED;
    IoSetCompletionRoutine(irp, count_completion, &called, TRUE, TRUE, TRUE);
    IoSetNextIrpStackLocation(irp);
    irp->IoStatus.Status = STATUS_NO_MEDIA_IN_DEVICE;
    irp->IoStatus.Information = 5;
    IoRaiseHardError(irp, NULL, lower);
    expect_number(called, 1);
    expect_status(irp->IoStatus.Status, STATUS_NO_MEDIA_IN_DEVICE);
    expect_number(irp->IoStatus.Information, 0);
    IoFreeIrp(irp);
    stack_delete();
}

DRIVERTEST_LIST = {
    DRIVERTEST(completion_cases),
    DRIVERTEST(completion_not_called),
    DRIVERTEST(pending_propagates),
    DRIVERTEST(forwards_synchronously),
    DRIVERTEST(major_changes),
    DRIVERTEST(associated_irps),
    DRIVERTEST(parallel_irps),
    DRIVERTEST(master_status),
    DRIVERTEST(synchronous_requests),
    DRIVERTEST(irps_of_ones_own),
    DRIVERTEST(completion_ex),
    DRIVERTEST(attributes),
    DRIVERTEST(requestors),
    DRIVERTEST(hard_errors),
    DRIVERTEST_END,
};
