/* SPDX-License-Identifier: MIT */
/* file_test.c - the life of a file: create, requests that pend, cleanup, close; names,
 * exclusiveness, events, completion ports, APC-free async I/O.
 */
#include "io_test.h"

#define CODE_WAIT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x820, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CODE_NOW  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x821, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CODE_DPC  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x822, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CODE_BAD  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x823, METHOD_BUFFERED, FILE_ANY_ACCESS)

static char story[64];
static IO_STACK_LOCATION created;
static WCHAR created_name[32];
static ULONG created_name_length;
static FILE_OBJECT *created_related;
static NTSTATUS create_status;
static PIRP waiting;
static KDPC dpc;

static void tell(char what)
{
    story[strlen(story)] = what;
}

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS NTAPI create(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    (void)device;
    tell('c');
    created = *stack;
    created_related = stack->FileObject->RelatedFileObject;
    created_name_length = stack->FileObject->FileName.Length;
    if (created_name_length != 0)
        memcpy(created_name, stack->FileObject->FileName.Buffer, created_name_length);
    stack->FileObject->FsContext = created_name;
    return complete(irp, create_status, FILE_OPENED);
}

static NTSTATUS NTAPI cleanup(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    tell('u');
    return complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI close_file(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    tell('x');
    return complete(irp, STATUS_SUCCESS, 0);
}

static VOID NTAPI dpc_complete(PKDPC object, PVOID context, PVOID irp, PVOID unused)
{
    (void)object;
    (void)context;
    (void)unused;
    memcpy(((PIRP)irp)->AssociatedIrp.SystemBuffer, "dpc!", 4);
    complete(irp, STATUS_SUCCESS, 4);
}

static NTSTATUS NTAPI control(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    switch (IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode) {
    case CODE_WAIT:
        IoMarkIrpPending(irp);
        waiting = irp;
        return STATUS_PENDING;
    case CODE_DPC:
        IoMarkIrpPending(irp);
        KeInsertQueueDpc(&dpc, irp, NULL);
        return STATUS_PENDING;
    case CODE_NOW:
        memcpy(irp->AssociatedIrp.SystemBuffer, "now!", 4);
        return complete(irp, STATUS_SUCCESS, 4);
    default:
        return complete(irp, STATUS_UNSUCCESSFUL, 0);
    }
}

static NTSTATUS NTAPI entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)path;
    driver->MajorFunction[IRP_MJ_CREATE] = create;
    driver->MajorFunction[IRP_MJ_CLEANUP] = cleanup;
    driver->MajorFunction[IRP_MJ_CLOSE] = close_file;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
    return STATUS_SUCCESS;
}

static DRIVER_OBJECT *driver;
static PDEVICE_OBJECT device;

static void begin(void)
{
    memset(story, 0, sizeof(story));
    create_status = STATUS_SUCCESS;
    waiting = NULL;
    KeInitializeDpc(&dpc, dpc_complete, NULL);
    assert_int_equal(io_native_driver_create("file", entry, &driver), STATUS_SUCCESS);
    device = io_test_device(driver, "\\Device\\File", 0);
}

static void end(void)
{
    IoDeleteDevice(device);
    io_native_driver_destroy(driver);
}

static void assert_name(const char *text)
{
    assert_int_equal(created_name_length, strlen(text) * sizeof(WCHAR));
    for (size_t i = 0; i < strlen(text); i++)
        assert_int_equal(created_name[i], text[i]);
}

/* ---- life ---------------------------------------------------------------------------------------
 */

static void life(void)
{
    HANDLE handle, second;
    begin();
    FILE_OBJECT *file = io_test_open("\\Device\\File", 0, &handle);
    assert_string_equal(story, "c");
    assert_int_equal(device->ReferenceCount, 1);
    assert_int_equal(file->Type, IO_TYPE_FILE);
    assert_ptr_equal(file->DeviceObject, device);
    assert_int_equal(created.Parameters.Create.Options >> 24, FILE_OPEN);
    assert_int_equal(created.Parameters.Create.ShareAccess, FILE_SHARE_READ | FILE_SHARE_WRITE);
    /* Two handles: cleanup at the last one. A reference: close comes after it. */
    assert_int_equal(ob_handle_create(file, FILE_GENERIC_READ, 0, &second), STATUS_SUCCESS);
    io_test_close(handle);
    assert_string_equal(story, "c");
    ob_reference(file);
    io_test_close(second);
    assert_string_equal(story, "cu");
    assert_int_equal(device->ReferenceCount, 1);
    ob_dereference(file);
    assert_string_equal(story, "cux");
    assert_int_equal(device->ReferenceCount, 0);
    end();
}

static void names(void)
{
    HANDLE handle, relative;
    struct io_create opened;
    begin();
    io_test_open("\\Device\\File\\dir\\name.txt", 0, &handle);
    assert_name("\\dir\\name.txt");
    FILE_OBJECT *first = created.FileObject;
    assert_int_equal(io_test_create("sub", 0, handle, &opened, &relative), STATUS_SUCCESS);
    assert_name("sub");
    assert_ptr_equal(created_related, first);
    assert_ptr_not_equal(opened.file, first);
    io_test_close(relative);
    io_test_close(handle);
    io_test_open("\\Device\\File", 0, &handle);
    assert_name("");
    io_test_close(handle);
    /* A link stands for the device, case aside. */
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\GLOBAL??\\TestLink");
    UNICODE_STRING target = RTL_CONSTANT_STRING(L"\\Device\\File");
    assert_int_equal(IoCreateSymbolicLink(&link, &target), STATUS_SUCCESS);
    assert_int_equal(IoCreateSymbolicLink(&link, &target), STATUS_OBJECT_NAME_COLLISION);
    io_test_open("\\??\\testlink\\more", 0, &handle);
    assert_name("\\more");
    io_test_close(handle);
    assert_int_equal(IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
    assert_int_equal(io_test_create("\\??\\testlink", 0, NULL, &opened, &handle),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    end();
}

static void refusals(void)
{
    HANDLE handle, other;
    struct io_create opened;
    begin();
    create_status = STATUS_SHARING_VIOLATION;
    assert_int_equal(io_test_create("\\Device\\File", 0, NULL, &opened, &handle),
                     STATUS_SHARING_VIOLATION);
    assert_string_equal(story, "c"); /* no cleanup, no close */
    assert_int_equal(device->ReferenceCount, 0);
    create_status = STATUS_SUCCESS;
    device->Flags |= DO_DEVICE_INITIALIZING;
    assert_int_equal(io_test_create("\\Device\\File", 0, NULL, &opened, &handle),
                     STATUS_NO_SUCH_DEVICE);
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    device->Flags |= DO_EXCLUSIVE;
    io_test_open("\\Device\\File", 0, &handle);
    assert_int_equal(io_test_create("\\Device\\File", 0, NULL, &opened, &other),
                     STATUS_ACCESS_DENIED);
    io_test_close(handle);
    io_test_open("\\Device\\File", 0, &handle);
    io_test_close(handle);
    assert_int_equal(io_test_create("\\Device\\Nothing", 0, NULL, &opened, &handle),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    end();
}

/* A deleted device lives on, unreachable, until its last file is closed. */
static void delete_while_open(void)
{
    HANDLE handle, other;
    struct io_create opened;
    struct io_counts counts;
    begin();
    FILE_OBJECT *file = io_test_open("\\Device\\File", FILE_SYNCHRONOUS_IO_NONALERT, &handle);
    IoDeleteDevice(device);
    io_counts(&counts);
    assert_int_equal(counts.devices, 1);
    assert_int_equal(io_test_create("\\Device\\File", 0, NULL, &opened, &other),
                     STATUS_NO_SUCH_DEVICE);
    IO_STATUS_BLOCK block;
    char out[4];
    assert_int_equal(io_test_control(file, CODE_NOW, NULL, 0, out, 4, &block), STATUS_SUCCESS);
    io_test_close(handle);
    io_counts(&counts);
    assert_int_equal(counts.devices, 0);
    io_native_driver_destroy(driver);
}

static void device_pointer(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\File");
    PFILE_OBJECT file;
    PDEVICE_OBJECT found;
    begin();
    assert_int_equal(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found),
                     STATUS_SUCCESS);
    assert_ptr_equal(found, device);
    assert_string_equal(story, "cu");
    ObfDereferenceObject(file);
    assert_string_equal(story, "cux");
    end();
}

/* ---- pending
 * ---------------------------------------------------------------------------------------- */

static void synchronous_pending(void)
{
    HANDLE handle;
    IO_STATUS_BLOCK block = {0};
    char out[8] = "........";
    begin();
    FILE_OBJECT *file = io_test_open("\\Device\\File", FILE_SYNCHRONOUS_IO_NONALERT, &handle);
    for (int i = 0; i < 200; i++) {
        memset(out, '.', sizeof(out));
        assert_int_equal(io_test_control(file, CODE_DPC, NULL, 0, out, 8, &block), STATUS_SUCCESS);
        assert_memory_equal(out, "dpc!....", 8);
        assert_int_equal(block.Information, 4);
        assert_int_equal(KeReadStateEvent(&file->Event), 1);
    }
    io_test_close(handle);
    end();
}

static void overlapped(void)
{
    HANDLE handle;
    IO_STATUS_BLOCK block = {.Status = STATUS_PENDING};
    char out[8] = "........";
    begin();
    FILE_OBJECT *file = io_test_open("\\Device\\File", 0, &handle);
    assert_int_equal(io_test_control(file, CODE_WAIT, NULL, 0, out, 8, &block), STATUS_PENDING);
    assert_int_equal(block.Status, STATUS_PENDING);
    assert_int_equal(KeReadStateEvent(&file->Event), 0);
    memcpy(waiting->AssociatedIrp.SystemBuffer, "late", 4);
    complete(waiting, STATUS_SUCCESS, 4);
    assert_memory_equal(out, "late....", 8);
    assert_int_equal(block.Status, STATUS_SUCCESS);
    assert_int_equal(block.Information, 4);
    assert_int_equal(KeReadStateEvent(&file->Event), 1);
    /* A failure that comes late writes the status block; one that comes at once does not. */
    block.Status = STATUS_PENDING;
    assert_int_equal(io_test_control(file, CODE_WAIT, NULL, 0, out, 8, &block), STATUS_PENDING);
    complete(waiting, STATUS_DEVICE_NOT_READY, 0);
    assert_int_equal(block.Status, STATUS_DEVICE_NOT_READY);
    block.Status = 1;
    assert_int_equal(io_test_control(file, CODE_BAD, NULL, 0, out, 8, &block), STATUS_UNSUCCESSFUL);
    assert_int_equal(block.Status, 1);
    /* The file's reference lasts as long as its request. */
    assert_int_equal(io_test_control(file, CODE_WAIT, NULL, 0, out, 8, &block), STATUS_PENDING);
    memset(story, 0, sizeof(story));
    io_test_close(handle);
    assert_string_equal(story, "u");
    complete(waiting, STATUS_CANCELLED, 0);
    assert_string_equal(story, "ux");
    end();
}

static void completion_port(void)
{
    HANDLE handle, synchronous;
    IO_STATUS_BLOCK block, other;
    struct io_completion_packet packets[4];
    unsigned count;
    void *port;
    char out[8];
    LARGE_INTEGER at_once = {.QuadPart = 0};
    begin();
    assert_int_equal(io_completion_create(0, &port), STATUS_SUCCESS);
    FILE_OBJECT *file = io_test_open("\\Device\\File", 0, &handle);
    FILE_OBJECT *slow = io_test_open("\\Device\\File", FILE_SYNCHRONOUS_IO_ALERT, &synchronous);
    assert_int_equal(io_completion_bind(slow, port, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(io_completion_bind(file, port, (void *)0x11), STATUS_SUCCESS);
    assert_int_equal(io_completion_bind(file, port, (void *)0x22), STATUS_INVALID_PARAMETER);
    struct io_request request = {.major = IRP_MJ_DEVICE_CONTROL,
                                 .control_code = CODE_WAIT,
                                 .output = out,
                                 .output_length = 8,
                                 .apc_context = &block};
    assert_int_equal(io_test_send(file, request, &block), STATUS_PENDING);
    assert_int_equal(io_completion_remove(port, KernelMode, false, &at_once, packets, 4, &count),
                     STATUS_TIMEOUT);
    complete(waiting, STATUS_SUCCESS, 3);
    request.control_code = CODE_NOW;
    request.apc_context = &other;
    assert_int_equal(io_test_send(file, request, &other), STATUS_SUCCESS);
    request.control_code = CODE_BAD; /* fails at once: no packet */
    assert_int_equal(io_test_send(file, request, &other), STATUS_UNSUCCESSFUL);
    request.control_code = CODE_NOW;
    request.apc_context = NULL; /* asks for none */
    assert_int_equal(io_test_send(file, request, &other), STATUS_SUCCESS);
    assert_int_equal(io_completion_post(port, (void *)0x33, (void *)0x44, STATUS_TOO_LATE, 5),
                     STATUS_SUCCESS);
    assert_int_equal(io_completion_remove(port, KernelMode, false, NULL, packets, 4, &count),
                     STATUS_SUCCESS);
    assert_int_equal(count, 3);
    assert_ptr_equal(packets[0].key, (void *)0x11);
    assert_ptr_equal(packets[0].apc_context, &block);
    assert_int_equal(packets[0].status.Information, 3);
    assert_ptr_equal(packets[1].apc_context, &other);
    assert_int_equal(packets[1].status.Information, 4);
    assert_ptr_equal(packets[2].key, (void *)0x33);
    assert_int_equal(packets[2].status.Status, STATUS_TOO_LATE);
    /* Packets that nobody fetches go with the port. */
    request.apc_context = &other;
    assert_int_equal(io_test_send(file, request, &other), STATUS_SUCCESS);
    io_test_close(handle);
    io_test_close(synchronous);
    ob_dereference(port);
    end();
}

/* ---- two threads on one synchronous file
 * ---------------------------------------------------------------- */

static FILE_OBJECT *shared_file;
static _Atomic int first_done, second_done;

static void first_sender(void *context)
{
    IO_STATUS_BLOCK block;
    (void)context;
    assert_int_equal(io_test_control(shared_file, CODE_WAIT, NULL, 0, NULL, 0, &block),
                     STATUS_SUCCESS);
    first_done = 1;
}

static VOID NTAPI release_waiting(PDEVICE_OBJECT object, PVOID item)
{
    (void)object;
    IoFreeWorkItem(item);
    while (*(volatile ULONG *)&shared_file->Waiters == 0)
        host_thread_yield();
    assert_int_equal(first_done, 0);
    assert_int_equal(second_done, 0);
    complete(waiting, STATUS_SUCCESS, 0);
}

static void send_now(void)
{
    IO_STATUS_BLOCK block;
    char out[4];
    assert_int_equal(io_test_control(shared_file, CODE_NOW, NULL, 0, out, 4, &block),
                     STATUS_SUCCESS);
}

static void second_sender(void *context)
{
    LARGE_INTEGER moment = {.QuadPart = MS_100NS};
    (void)context;
    while (*(PIRP volatile *)&waiting == NULL)
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    send_now();
    second_done = 1;
}

/* The second sender is held back as long as the first one's request is on its way. The thread
 * that opened the file locks it in a shorter way until another one comes: it is the second one
 * here, or the first. */
static void serialise(bool is_opener_first)
{
    HANDLE handle;
    struct process_thread *thread;
    LARGE_INTEGER moment = {.QuadPart = MS_100NS};
    begin();
    first_done = second_done = 0;
    shared_file = io_test_open("\\Device\\File", FILE_SYNCHRONOUS_IO_NONALERT, &handle);
    if (is_opener_first)
        send_now(); /* nobody has come yet */
    assert_int_equal(ps_thread_create(ps_system_process, "other",
                                      is_opener_first ? second_sender : first_sender, NULL,
                                      KernelMode, &thread),
                     STATUS_SUCCESS);
    while (!is_opener_first && *(PIRP volatile *)&waiting == NULL)
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    PIO_WORKITEM item = IoAllocateWorkItem(device);
    IoQueueWorkItem(item, release_waiting, DelayedWorkQueue, item);
    if (is_opener_first)
        first_sender(NULL);
    else
        send_now();
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(first_done, 1);
    assert_int_equal(second_done, is_opener_first);
    ob_dereference(thread);
    ex_work_drain();
    send_now(); /* the longer way, for good */
    io_test_close(handle);
    end();
}

static void serialised(void)
{
    serialise(false);
}

static void serialised_opener_first(void)
{
    serialise(true);
}

IO_TEST(life)
IO_TEST(names)
IO_TEST(refusals)
IO_TEST(delete_while_open)
IO_TEST(device_pointer)
IO_TEST(synchronous_pending)
IO_TEST(overlapped)
IO_TEST(completion_port)
IO_TEST(serialised)
IO_TEST(serialised_opener_first)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(life_test),           cmocka_unit_test(names_test),
        cmocka_unit_test(refusals_test),       cmocka_unit_test(delete_while_open_test),
        cmocka_unit_test(device_pointer_test), cmocka_unit_test(synchronous_pending_test),
        cmocka_unit_test(overlapped_test),     cmocka_unit_test(completion_port_test),
        cmocka_unit_test(serialised_test),     cmocka_unit_test(serialised_opener_first_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
