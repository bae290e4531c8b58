/* SPDX-License-Identifier: MIT */
/* cancel_test.c - cancellation against completion: by IRP, file and ending thread; and
 * cancel-safe queues. Whatever wins, each request ends exactly once.
 */
#include "io_test.h"

#define CODE_QUEUE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x830, METHOD_BUFFERED, FILE_ANY_ACCESS)

static DRIVER_OBJECT *driver;
static PDEVICE_OBJECT device;
static IO_CSQ queue;
static LIST_ENTRY irps;
static KSPIN_LOCK lock;
static _Atomic int inserted, canceled;

/* ---- the driver's queue
 * -------------------------------------------------------------------------- */

static VOID NTAPI csq_insert(PIO_CSQ csq, PIRP irp)
{
    (void)csq;
    InsertTailList(&irps, &irp->Tail.Overlay.ListEntry);
    inserted++;
}

static VOID NTAPI csq_remove(PIO_CSQ csq, PIRP irp)
{
    (void)csq;
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

static PIRP NTAPI csq_peek(PIO_CSQ csq, PIRP irp, PVOID context)
{
    (void)csq;
    PLIST_ENTRY next = irp != NULL ? irp->Tail.Overlay.ListEntry.Flink : irps.Flink;
    for (; next != &irps; next = next->Flink) {
        PIRP found = CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);
        if (context == NULL || IoGetCurrentIrpStackLocation(found)->FileObject == context)
            return found;
    }
    return NULL;
}

static VOID NTAPI csq_acquire(PIO_CSQ csq, PKIRQL irql)
{
    (void)csq;
    KeAcquireSpinLock(&lock, irql);
}

static VOID NTAPI csq_release(PIO_CSQ csq, KIRQL irql)
{
    (void)csq;
    KeReleaseSpinLock(&lock, irql);
}

static void complete(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static VOID NTAPI csq_canceled(PIO_CSQ csq, PIRP irp)
{
    (void)csq;
    canceled++;
    complete(irp, STATUS_CANCELLED);
}

static NTSTATUS NTAPI control(PDEVICE_OBJECT object, PIRP irp)
{
    (void)object;
    IoCsqInsertIrp(&queue, irp, NULL);
    return STATUS_PENDING;
}

static NTSTATUS NTAPI cleanup(PDEVICE_OBJECT object, PIRP irp)
{
    (void)object;
    FILE_OBJECT *file = IoGetCurrentIrpStackLocation(irp)->FileObject;
    PIRP next;
    while ((next = IoCsqRemoveNextIrp(&queue, file)) != NULL)
        complete(next, STATUS_CANCELLED);
    complete(irp, STATUS_SUCCESS);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI succeed(PDEVICE_OBJECT object, PIRP irp)
{
    (void)object;
    complete(irp, STATUS_SUCCESS);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI entry(PDRIVER_OBJECT object, PUNICODE_STRING path)
{
    (void)path;
    object->MajorFunction[IRP_MJ_CREATE] = succeed;
    object->MajorFunction[IRP_MJ_CLEANUP] = cleanup;
    object->MajorFunction[IRP_MJ_CLOSE] = succeed;
    object->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
    return STATUS_SUCCESS;
}

static void begin(void)
{
    inserted = canceled = 0;
    InitializeListHead(&irps);
    KeInitializeSpinLock(&lock);
    IoCsqInitialize(&queue, csq_insert, csq_remove, csq_peek, csq_acquire, csq_release,
                    csq_canceled);
    assert_int_equal(io_native_driver_create("cancel", entry, &driver), STATUS_SUCCESS);
    device = io_test_device(driver, "\\Device\\Cancel", 0);
}

static void end(void)
{
    assert_true(IsListEmpty(&irps));
    IoDeleteDevice(device);
    io_native_driver_destroy(driver);
}

/* ---- one at a time
 * ---------------------------------------------------------------------------------- */

static void by_file(void)
{
    HANDLE handle, other_handle;
    IO_STATUS_BLOCK blocks[4] = {0}, other = {.Status = STATUS_PENDING};
    unsigned count;
    begin();
    FILE_OBJECT *file = io_test_open("\\Device\\Cancel", 0, &handle);
    FILE_OBJECT *second = io_test_open("\\Device\\Cancel", 0, &other_handle);
    for (int i = 0; i < 4; i++)
        assert_int_equal(io_test_control(file, CODE_QUEUE, NULL, 0, NULL, 0, &blocks[i]),
                         STATUS_PENDING);
    assert_int_equal(io_test_control(second, CODE_QUEUE, NULL, 0, NULL, 0, &other), STATUS_PENDING);
    io_cancel(ps_system_process, NULL, file, &blocks[2], &count);
    assert_int_equal(count, 1);
    assert_int_equal(blocks[2].Status, STATUS_CANCELLED);
    assert_int_equal(canceled, 1);
    io_cancel(ps_system_process, ps_thread_current(), file, NULL, &count);
    assert_int_equal(count, 3);
    assert_int_equal(blocks[0].Status, STATUS_CANCELLED);
    assert_int_equal(other.Status, STATUS_PENDING);
    io_cancel(ps_system_process, NULL, file, NULL, &count);
    assert_int_equal(count, 0);
    /* The last handle: the driver's cleanup ends what is left. */
    io_test_close(other_handle);
    assert_int_equal(other.Status, STATUS_CANCELLED);
    assert_int_equal(canceled, 4);
    io_test_close(handle);
    end();
}

static void remove_by_context(void)
{
    IO_CSQ_IRP_CONTEXT context, gone;
    begin();
    PIRP irp = IoAllocateIrp(1, FALSE);
    IoSetNextIrpStackLocation(irp);
    IoCsqInsertIrp(&queue, irp, &context);
    assert_ptr_equal(context.Irp, irp);
    assert_ptr_equal(IoCsqRemoveIrp(&queue, &context), irp);
    assert_null(context.Irp);
    assert_null(IoCsqRemoveIrp(&queue, &context));
    assert_null(irp->CancelRoutine);
    /* In the order of insertion, skipping nothing. */
    PIRP second = IoAllocateIrp(1, FALSE);
    IoSetNextIrpStackLocation(second);
    IoCsqInsertIrp(&queue, irp, NULL);
    IoCsqInsertIrp(&queue, second, &gone);
    assert_ptr_equal(IoCsqRemoveNextIrp(&queue, NULL), irp);
    assert_ptr_equal(IoCsqRemoveNextIrp(&queue, NULL), second);
    assert_null(gone.Irp);
    assert_null(IoCsqRemoveNextIrp(&queue, NULL));
    IoFreeIrp(irp);
    IoFreeIrp(second);
    end();
}

/* ---- races
 * --------------------------------------------------------------------------------------------- */

static FILE_OBJECT *race_file;
static _Atomic bool race_over;

/* Lets a processor go round; a native loop is not interrupted. */
static void pause_thread(void)
{
    ke_processor_leave();
    host_thread_yield();
    ke_processor_enter();
}

static void completer(void *context)
{
    (void)context;
    while (!race_over) {
        PIRP irp = IoCsqRemoveNextIrp(&queue, NULL);
        if (irp != NULL)
            complete(irp, STATUS_SUCCESS);
        else
            pause_thread();
    }
}

static void canceller(void *context)
{
    unsigned count;
    (void)context;
    while (!race_over) {
        io_cancel(ps_system_process, NULL, race_file, NULL, &count);
        pause_thread();
    }
}

/* Completion and cancellation for every request; synchronous, so each is waited for. */
static void race(void)
{
    HANDLE handle;
    struct process_thread *threads[2];
    unsigned successes = 0, cancels = 0;
    begin();
    race_over = false;
    race_file = io_test_open("\\Device\\Cancel", FILE_SYNCHRONOUS_IO_NONALERT, &handle);
    assert_int_equal(
        ps_thread_create(ps_system_process, "completer", completer, NULL, KernelMode, &threads[0]),
        STATUS_SUCCESS);
    assert_int_equal(
        ps_thread_create(ps_system_process, "canceller", canceller, NULL, KernelMode, &threads[1]),
        STATUS_SUCCESS);
    for (unsigned i = 0; i < 2000; i++) {
        IO_STATUS_BLOCK block = {.Status = STATUS_PENDING};
        NTSTATUS status = io_test_control(race_file, CODE_QUEUE, NULL, 0, NULL, 0, &block);
        assert_int_equal(block.Status, status);
        if (status == STATUS_SUCCESS)
            successes++;
        else if (status == STATUS_CANCELLED)
            cancels++;
    }
    assert_int_equal(successes + cancels, 2000);
    race_over = true;
    for (int i = 0; i < 2; i++) {
        KeWaitForSingleObject(threads[i], Executive, KernelMode, FALSE, NULL);
        ob_dereference(threads[i]);
    }
    io_test_close(handle);
    end();
}

/* ---- a thread that ends with requests pending
 * --------------------------------------------------------------- */

static IO_STATUS_BLOCK orphan[3];

static void leaver(void *context)
{
    for (int i = 0; i < 3; i++)
        assert_int_equal(io_test_control(context, CODE_QUEUE, NULL, 0, NULL, 0, &orphan[i]),
                         STATUS_PENDING);
}

static void ending_thread(void)
{
    HANDLE handle;
    struct process_thread *thread;
    begin();
    FILE_OBJECT *file = io_test_open("\\Device\\Cancel", 0, &handle);
    assert_int_equal(
        ps_thread_create(ps_system_process, "leaver", leaver, file, KernelMode, &thread),
        STATUS_SUCCESS);
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    for (int i = 0; i < 3; i++)
        assert_int_equal(orphan[i].Status, STATUS_CANCELLED);
    assert_int_equal(canceled, 3);
    ob_dereference(thread);
    io_test_close(handle);
    end();
}

static void sleeper(void *context)
{
    IO_STATUS_BLOCK block;
    assert_int_equal(io_test_control(context, CODE_QUEUE, NULL, 0, NULL, 0, &block),
                     STATUS_CANCELLED);
}

/* A thread that waits in a synchronous request is asked to end. */
static void terminated_thread(void)
{
    HANDLE handle;
    struct process_thread *thread;
    LARGE_INTEGER moment = {.QuadPart = MS_100NS};
    begin();
    FILE_OBJECT *file = io_test_open("\\Device\\Cancel", FILE_SYNCHRONOUS_IO_NONALERT, &handle);
    for (int i = 0; i < 20; i++) {
        int before = inserted;
        assert_int_equal(
            ps_thread_create(ps_system_process, "sleeper", sleeper, file, KernelMode, &thread),
            STATUS_SUCCESS);
        while (inserted == before)
            KeDelayExecutionThread(KernelMode, FALSE, &moment);
        ps_thread_terminate(thread, STATUS_SUCCESS);
        KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
        ob_dereference(thread);
    }
    io_test_close(handle);
    end();
}

IO_TEST(by_file)
IO_TEST(remove_by_context)
IO_TEST(race)
IO_TEST(ending_thread)
IO_TEST(terminated_thread)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_file_test),
        cmocka_unit_test(remove_by_context_test),
        cmocka_unit_test(race_test),
        cmocka_unit_test(ending_thread_test),
        cmocka_unit_test(terminated_thread_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
