/* SPDX-License-Identifier: MIT */
/* irp_test.c - an IRP down and up a stack of three devices: completion routines, pending,
 * parking, and the rules whose breach stops the machine.
 */
#include "io_test.h"

#define CODE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x810, METHOD_BUFFERED, FILE_ANY_ACCESS)

enum { LEVELS = 3 };

/* What each level does with the next IRP; 0 is the lowest. */
static struct {
    UCHAR invoke[LEVELS]; /* SL_INVOKE_ON_* of the routine it sets, 0: skips */
    bool keeps[LEVELS];   /* its routine keeps the IRP once */
    bool pends;           /* the lowest answers STATUS_PENDING and a DPC completes */
    NTSTATUS status;      /* what the lowest completes with */
    bool cancels;         /* sets Irp->Cancel before it completes */
} plan;

static PDEVICE_OBJECT stack_device[LEVELS];
static char story[64];
static PIRP parked;
static KDPC dpc;
static bool pending_seen[LEVELS];
static PDEVICE_OBJECT routine_device[LEVELS];

static unsigned level_of(PDEVICE_OBJECT device)
{
    return *(unsigned *)device->DeviceExtension;
}

static void tell(char what, unsigned level)
{
    size_t at = strlen(story);
    story[at] = what;
    story[at + 1] = (char)('0' + level);
}

static void complete_lowest(PIRP irp)
{
    if (plan.cancels)
        irp->Cancel = TRUE;
    irp->IoStatus.Status = plan.status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static VOID NTAPI dpc_complete(PKDPC object, PVOID context, PVOID irp, PVOID unused)
{
    (void)object;
    (void)context;
    (void)unused;
    assert_int_equal(ke_irql(), DISPATCH_LEVEL);
    complete_lowest(irp);
}

static NTSTATUS NTAPI completion(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    unsigned level = (unsigned)(uintptr_t)context;
    tell('^', level);
    pending_seen[level] = irp->PendingReturned;
    routine_device[level] = device;
    if (plan.keeps[level]) {
        plan.keeps[level] = false;
        parked = irp;
        return STATUS_MORE_PROCESSING_REQUIRED;
    }
    if (irp->PendingReturned && irp->CurrentLocation <= irp->StackCount)
        IoMarkIrpPending(irp);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI control(PDEVICE_OBJECT device, PIRP irp)
{
    unsigned level = level_of(device);
    tell('v', level);
    if (level == 0 && plan.pends) {
        IoMarkIrpPending(irp);
        KeInsertQueueDpc(&dpc, irp, NULL);
        return STATUS_PENDING;
    }
    if (level == 0) {
        NTSTATUS status = plan.status;
        complete_lowest(irp);
        return status;
    }
    UCHAR invoke = plan.invoke[level];
    if (invoke == 0) {
        IoSkipCurrentIrpStackLocation(irp);
        return IoCallDriver(stack_device[level - 1], irp);
    }
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, completion, (PVOID)(uintptr_t)level,
                           (invoke & SL_INVOKE_ON_SUCCESS) != 0, (invoke & SL_INVOKE_ON_ERROR) != 0,
                           (invoke & SL_INVOKE_ON_CANCEL) != 0);
    return IoCallDriver(stack_device[level - 1], irp);
}

static NTSTATUS NTAPI succeed(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)path;
    driver->MajorFunction[IRP_MJ_CREATE] = succeed;
    driver->MajorFunction[IRP_MJ_CLEANUP] = succeed;
    driver->MajorFunction[IRP_MJ_CLOSE] = succeed;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
    return STATUS_SUCCESS;
}

static DRIVER_OBJECT *driver;

static void stack_build(void)
{
    assert_int_equal(io_native_driver_create("stack", entry, &driver), STATUS_SUCCESS);
    for (unsigned i = 0; i < LEVELS; i++) {
        char name[] = "\\Device\\Stack0";
        name[sizeof(name) - 2] = (char)('0' + i);
        stack_device[i] = io_test_device(driver, name, 0);
        *(unsigned *)stack_device[i]->DeviceExtension = i;
        if (i != 0) {
            assert_ptr_equal(IoAttachDeviceToDeviceStack(stack_device[i], stack_device[0]),
                             stack_device[i - 1]);
            assert_int_equal(stack_device[i]->StackSize, i + 1);
        }
    }
    KeInitializeDpc(&dpc, dpc_complete, NULL);
    memset(&plan, 0, sizeof(plan));
    memset(story, 0, sizeof(story));
    parked = NULL;
}

static void stack_drop(void)
{
    for (unsigned i = LEVELS; i-- > 0;) {
        if (i != 0)
            IoDetachDevice(stack_device[i - 1]);
        IoDeleteDevice(stack_device[i]);
    }
    io_native_driver_destroy(driver);
}

static NTSTATUS send(HANDLE *handle)
{
    IO_STATUS_BLOCK block;
    memset(story, 0, sizeof(story));
    /* Opening the lowest device reaches the top of its stack. */
    FILE_OBJECT *file = io_test_open("\\Device\\Stack0", FILE_SYNCHRONOUS_IO_NONALERT, handle);
    return io_test_control(file, CODE, NULL, 0, NULL, 0, &block);
}

static NTSTATUS send_once(void)
{
    HANDLE handle;
    NTSTATUS status = send(&handle);
    io_test_close(handle);
    return status;
}

/* ---- completion routines -----------------------------------------------------------------------
 */

static void completion_cases(void)
{
    const UCHAR all = SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_CANCEL;
    stack_build();
    assert_int_equal(send_once(), STATUS_SUCCESS); /* all skip */
    assert_string_equal(story, "v2v1v0");
    plan.invoke[1] = plan.invoke[2] = all;
    assert_int_equal(send_once(), STATUS_SUCCESS);
    assert_string_equal(story, "v2v1v0^1^2");
    assert_ptr_equal(routine_device[1], stack_device[1]);
    assert_ptr_equal(routine_device[2], stack_device[2]);
    assert_false(pending_seen[2]);
    plan.status = STATUS_UNSUCCESSFUL;
    plan.invoke[1] = SL_INVOKE_ON_SUCCESS;
    plan.invoke[2] = SL_INVOKE_ON_ERROR;
    assert_int_equal(send_once(), STATUS_UNSUCCESSFUL);
    assert_string_equal(story, "v2v1v0^2");
    plan.status = STATUS_SUCCESS;
    assert_int_equal(send_once(), STATUS_SUCCESS);
    assert_string_equal(story, "v2v1v0^1");
    plan.invoke[1] = SL_INVOKE_ON_CANCEL;
    assert_int_equal(send_once(), STATUS_SUCCESS);
    assert_string_equal(story, "v2v1v0");
    plan.cancels = true;
    assert_int_equal(send_once(), STATUS_SUCCESS);
    assert_string_equal(story, "v2v1v0^1");
    stack_drop();
}

static void completion_pending(void)
{
    const UCHAR all = SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR;
    stack_build();
    plan.pends = true;
    plan.invoke[1] = plan.invoke[2] = all;
    assert_int_equal(send_once(), STATUS_SUCCESS);
    assert_string_equal(story, "v2v1v0^1^2");
    assert_true(pending_seen[1]);
    assert_true(pending_seen[2]);
    /* A level whose routine is not called passes the mark on by itself. */
    plan.invoke[1] = SL_INVOKE_ON_ERROR;
    pending_seen[2] = false;
    assert_int_equal(send_once(), STATUS_SUCCESS);
    assert_string_equal(story, "v2v1v0^2");
    assert_true(pending_seen[2]);
    plan.status = STATUS_IO_DEVICE_ERROR;
    assert_int_equal(send_once(), STATUS_IO_DEVICE_ERROR);
    stack_drop();
}

static VOID NTAPI finish_parked(PDEVICE_OBJECT device, PVOID context)
{
    (void)device;
    IoFreeWorkItem(context);
    while (*(PIRP volatile *)&parked == NULL)
        host_thread_yield();
    IoCompleteRequest(parked, IO_NO_INCREMENT);
}

/* A routine keeps the IRP; somebody completes it again later, and it goes on from there. */
static void completion_parked(void)
{
    stack_build();
    plan.pends = true;
    plan.invoke[1] = plan.invoke[2] = SL_INVOKE_ON_SUCCESS;
    plan.keeps[1] = true;
    PIO_WORKITEM item = IoAllocateWorkItem(stack_device[0]);
    IoQueueWorkItem(item, finish_parked, DelayedWorkQueue, item);
    assert_int_equal(send_once(), STATUS_SUCCESS);
    assert_string_equal(story, "v2v1v0^1^2");
    stack_drop();
}

/* ---- IRPs of drivers
 * ------------------------------------------------------------------------------ */

static void built_requests(void)
{
    IO_STATUS_BLOCK block = {0};
    KEVENT event;
    stack_build();
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    PIRP irp = IoBuildDeviceIoControlRequest(CODE, stack_device[2], NULL, 0, NULL, 0, FALSE, &event,
                                             &block);
    assert_int_equal(IoCallDriver(stack_device[2], irp), STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(&event), 1);
    KeClearEvent(&event);
    plan.pends = true;
    plan.status = STATUS_DEVICE_BUSY;
    irp = IoBuildDeviceIoControlRequest(CODE, stack_device[2], NULL, 0, NULL, 0, FALSE, &event,
                                        &block);
    assert_int_equal(IoCallDriver(stack_device[2], irp), STATUS_PENDING);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(block.Status, STATUS_DEVICE_BUSY);
    stack_drop();
}

static NTSTATUS NTAPI free_completion(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    assert_null(device);
    *(NTSTATUS *)context = irp->IoStatus.Status;
    IoFreeIrp(irp);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void own_irp(void)
{
    NTSTATUS seen = 0;
    stack_build();
    assert_null(IoAllocateIrp(0, FALSE));
    for (CCHAR stacks = 3; stacks < 100; stacks += 13) {
        PIRP irp = IoAllocateIrp(stacks, FALSE);
        assert_int_equal(irp->Type, IO_TYPE_IRP);
        assert_int_equal(irp->Size, sizeof(IRP) + (size_t)stacks * sizeof(IO_STACK_LOCATION));
        assert_int_equal(irp->StackCount, stacks);
        assert_int_equal(irp->CurrentLocation, stacks + 1);
        IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
        plan.status = STATUS_TOO_LATE;
        IoSetCompletionRoutine(irp, free_completion, &seen, TRUE, TRUE, TRUE);
        assert_int_equal(IoCallDriver(stack_device[2], irp), STATUS_TOO_LATE);
        assert_int_equal(seen, STATUS_TOO_LATE);
    }
    PIRP irp = IoAllocateIrp(3, FALSE);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    plan.status = STATUS_SUCCESS;
    plan.pends = true;
    IoSetNextIrpStackLocation(irp);
    assert_true(IoForwardIrpSynchronously(stack_device[1], irp));
    assert_int_equal(irp->IoStatus.Status, STATUS_SUCCESS);
    IoReuseIrp(irp, STATUS_NOT_SUPPORTED);
    assert_int_equal(irp->IoStatus.Status, STATUS_NOT_SUPPORTED);
    assert_int_equal(irp->CurrentLocation, 4);
    IoFreeIrp(irp);
    stack_drop();
}

static NTSTATUS NTAPI master_completion(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    (void)device;
    (void)irp;
    *(int *)context += 1;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void associated(void)
{
    int completed = 0;
    stack_build();
    PIRP master = IoAllocateIrp(1, FALSE);
    IoSetNextIrpStackLocation(master);
    IoSetCompletionRoutine(master, master_completion, &completed, TRUE, TRUE, TRUE);
    /* The routine lies in the next location; the master is completed from there. */
    IoGetCurrentIrpStackLocation(master)->CompletionRoutine = master_completion;
    IoGetCurrentIrpStackLocation(master)->Context = &completed;
    IoGetCurrentIrpStackLocation(master)->Control = SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR;
    master->AssociatedIrp.IrpCount = 2;
    for (int i = 0; i < 2; i++) {
        PIRP part = IoMakeAssociatedIrp(master, 3);
        IoGetNextIrpStackLocation(part)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
        assert_int_equal(IoCallDriver(stack_device[2], part), STATUS_SUCCESS);
        assert_int_equal(completed, i);
    }
    IoFreeIrp(master);
    stack_drop();
}

/* ---- broken rules
 * ------------------------------------------------------------------------------------ */

static void break_double(void)
{
    stack_build();
    PIRP irp = IoAllocateIrp(1, FALSE);
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static NTSTATUS NTAPI control_twice(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static void break_twice(void)
{
    stack_build();
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control_twice;
    send_once();
}

static void break_pending_status(void)
{
    stack_build();
    plan.status = STATUS_PENDING;
    send_once();
}

static VOID NTAPI some_cancel(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    (void)irp;
}

static NTSTATUS NTAPI control_cancel_left(PDEVICE_OBJECT device, PIRP irp)
{
    IoSetCancelRoutine(irp, some_cancel);
    return succeed(device, irp);
}

static void break_cancel_left(void)
{
    stack_build();
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control_cancel_left;
    send_once();
}

/* Passes on without a look at what is left. */
static NTSTATUS NTAPI control_pass(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    return IoCallDriver(stack_device[0], irp);
}

static void break_no_locations(void)
{
    stack_build();
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control_pass;
    PIRP irp = IoAllocateIrp(1, FALSE);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    IoCallDriver(stack_device[2], irp);
}

static void break_free_queued(void)
{
    IO_STATUS_BLOCK block;
    stack_build();
    IoFreeIrp(IoBuildDeviceIoControlRequest(CODE, stack_device[2], NULL, 0, NULL, 0, FALSE, NULL,
                                            &block));
}

static void break_not_an_irp(void)
{
    IRP irp = {0};
    stack_build();
    IoCallDriver(stack_device[0], &irp);
}

static void bugchecks(void **state)
{
    (void)state;
    assert_int_equal(io_test_bugcheck_of(break_double), 0x44);
    assert_int_equal(io_test_bugcheck_of(break_twice), 0x44);
    assert_int_equal(io_test_bugcheck_of(break_pending_status), 0xC9 & 0x7f);
    assert_int_equal(io_test_bugcheck_of(break_cancel_left), 0x48);
    assert_int_equal(io_test_bugcheck_of(break_no_locations), 0x35);
    assert_int_equal(io_test_bugcheck_of(break_free_queued), 0xC9 & 0x7f);
    assert_int_equal(io_test_bugcheck_of(break_not_an_irp), 0xC9 & 0x7f);
}

IO_TEST(completion_cases)
IO_TEST(completion_pending)
IO_TEST(completion_parked)
IO_TEST(built_requests)
IO_TEST(own_irp)
IO_TEST(associated)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(completion_cases_test),
        cmocka_unit_test(completion_pending_test),
        cmocka_unit_test(completion_parked_test),
        cmocka_unit_test(built_requests_test),
        cmocka_unit_test(own_irp_test),
        cmocka_unit_test(associated_test),
        cmocka_unit_test(bugchecks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
