/* SPDX-License-Identifier: MIT */
/* transfer_test.c - the four transfer methods, reads and writes by device flags: who sees
 * which buffer, and what comes back.
 */
#include "io_test.h"

#define CODE(method)       CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, (method), FILE_ANY_ACCESS)
#define CODE_SHOUT(method) CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, (method), FILE_ANY_ACCESS)
#define CODE_LIE           CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CODE_FAIL          CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CODE_OVERFLOW      CTL_CODE(FILE_DEVICE_UNKNOWN, 0x804, METHOD_BUFFERED, FILE_ANY_ACCESS)

/* What the driver saw last. */
static struct {
    IO_STACK_LOCATION stack;
    void *system_buffer, *user_buffer, *mdl_address;
    PMDL mdl;
    ULONG mdl_bytes, flags;
    KPROCESSOR_MODE mode;
} seen;

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static void look(PIRP irp)
{
    seen.stack = *IoGetCurrentIrpStackLocation(irp);
    seen.system_buffer = irp->AssociatedIrp.SystemBuffer;
    seen.user_buffer = irp->UserBuffer;
    seen.mdl = irp->MdlAddress;
    seen.mdl_bytes = irp->MdlAddress != NULL ? MmGetMdlByteCount(irp->MdlAddress) : 0;
    seen.mdl_address = irp->MdlAddress != NULL
                           ? MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority)
                           : NULL;
    seen.flags = irp->Flags;
    seen.mode = irp->RequestorMode;
}

static void upcase(char *to, const char *from, ULONG length)
{
    for (ULONG i = 0; i < length; i++)
        to[i] = from[i] >= 'a' && from[i] <= 'z' ? (char)(from[i] - 32) : from[i];
}

/* Answers with the input in capitals, by the method that the code asks for. */
static NTSTATUS shout(PIRP irp)
{
    ULONG length = seen.stack.Parameters.DeviceIoControl.InputBufferLength;
    ULONG room = seen.stack.Parameters.DeviceIoControl.OutputBufferLength;
    const char *from = seen.system_buffer;
    char *to = seen.system_buffer;
    ULONG method = METHOD_FROM_CTL_CODE(seen.stack.Parameters.DeviceIoControl.IoControlCode);
    if (method == METHOD_OUT_DIRECT)
        to = seen.mdl_address;
    if (method == METHOD_NEITHER) {
        from = seen.stack.Parameters.DeviceIoControl.Type3InputBuffer;
        to = seen.user_buffer;
    }
    if (length > room)
        return complete(irp, STATUS_BUFFER_TOO_SMALL, 0);
    upcase(to, from, length);
    return complete(irp, STATUS_SUCCESS, length);
}

static NTSTATUS NTAPI control(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    look(irp);
    switch (seen.stack.Parameters.DeviceIoControl.IoControlCode) {
    case CODE_SHOUT(METHOD_BUFFERED):
    case CODE_SHOUT(METHOD_OUT_DIRECT):
    case CODE_SHOUT(METHOD_NEITHER):
        return shout(irp);
    case CODE_LIE:
        memset(seen.system_buffer, 'L', 4);
        return complete(irp, STATUS_SUCCESS, 4000);
    case CODE_FAIL:
        memset(seen.system_buffer, 'F', 4);
        return complete(irp, STATUS_UNSUCCESSFUL, 4);
    case CODE_OVERFLOW:
        memset(seen.system_buffer, 'O', 4);
        return complete(irp, STATUS_BUFFER_OVERFLOW, 2);
    default:
        return complete(irp, STATUS_SUCCESS, 0);
    }
}

static NTSTATUS NTAPI transfer(PDEVICE_OBJECT device, PIRP irp)
{
    look(irp);
    ULONG length = seen.stack.Parameters.Read.Length; /* the same place in a write */
    void *buffer = device->Flags & DO_BUFFERED_IO ? seen.system_buffer
                   : device->Flags & DO_DIRECT_IO ? seen.mdl_address
                                                  : seen.user_buffer;
    if (seen.stack.MajorFunction == IRP_MJ_READ && length != 0)
        memset(buffer, 'R', length - 1);
    if (seen.stack.MajorFunction == IRP_MJ_WRITE && length != 0)
        assert_memory_equal(buffer, "written", length < 7 ? length : 7);
    return complete(irp, STATUS_SUCCESS,
                    seen.stack.MajorFunction == IRP_MJ_READ && length != 0 ? length - 1 : length);
}

static NTSTATUS NTAPI succeed(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    return complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)path;
    driver->MajorFunction[IRP_MJ_CREATE] = succeed;
    driver->MajorFunction[IRP_MJ_CLEANUP] = succeed;
    driver->MajorFunction[IRP_MJ_CLOSE] = succeed;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
    driver->MajorFunction[IRP_MJ_READ] = transfer;
    driver->MajorFunction[IRP_MJ_WRITE] = transfer;
    return STATUS_SUCCESS;
}

struct bench {
    DRIVER_OBJECT *driver;
    PDEVICE_OBJECT device;
    HANDLE handle;
    FILE_OBJECT *file;
    char *buffer; /* pool */
};

static struct bench bench_start(ULONG flags)
{
    struct bench bench;
    assert_int_equal(io_native_driver_create("transfer", entry, &bench.driver), STATUS_SUCCESS);
    bench.device = io_test_device(bench.driver, "\\Device\\Transfer", flags);
    bench.file = io_test_open("\\Device\\Transfer", FILE_SYNCHRONOUS_IO_NONALERT, &bench.handle);
    bench.buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, 4096, 'tseT');
    assert_non_null(bench.buffer);
    return bench;
}

static void bench_stop(struct bench *bench)
{
    ExFreePool(bench->buffer);
    io_test_close(bench->handle);
    IoDeleteDevice(bench->device);
    io_native_driver_destroy(bench->driver);
}

/* ---- control
 * ------------------------------------------------------------------------------------- */

static void buffered(void)
{
    struct bench bench = bench_start(0);
    IO_STATUS_BLOCK block = {0};
    char *buffer = bench.buffer;
    memcpy(buffer, "hello", 5);
    memset(buffer + 100, '.', 16);
    assert_int_equal(io_test_control(bench.file, CODE_SHOUT(METHOD_BUFFERED), buffer, 5,
                                     buffer + 100, 16, &block),
                     STATUS_SUCCESS);
    assert_int_equal(block.Status, STATUS_SUCCESS);
    assert_int_equal(block.Information, 5);
    assert_memory_equal(buffer + 100, "HELLO...........", 16);
    assert_ptr_not_equal(seen.system_buffer, buffer);
    assert_ptr_not_equal(seen.system_buffer, buffer + 100);
    assert_ptr_equal(seen.user_buffer, buffer + 100);
    assert_null(seen.mdl);
    assert_int_equal(seen.flags & (IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER | IRP_INPUT_OPERATION),
                     IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER | IRP_INPUT_OPERATION);
    assert_int_equal(seen.stack.MajorFunction, IRP_MJ_DEVICE_CONTROL);
    assert_ptr_equal(seen.stack.FileObject, bench.file);
    assert_ptr_equal(seen.stack.DeviceObject, bench.device);
    assert_int_equal(seen.mode, KernelMode);
    bench_stop(&bench);
}

static void buffered_edges(void)
{
    struct bench bench = bench_start(0);
    IO_STATUS_BLOCK block = {0};
    char *out = bench.buffer;
    /* No buffers at all: no system buffer either. */
    assert_int_equal(io_test_control(bench.file, CODE(METHOD_BUFFERED), NULL, 0, NULL, 0, &block),
                     STATUS_SUCCESS);
    assert_null(seen.system_buffer);
    /* Information beyond the buffer copies no more than the buffer. */
    memset(out, '.', 16);
    io_test_control(bench.file, CODE_LIE, NULL, 0, out, 4, &block);
    assert_memory_equal(out, "LLLL............", 16);
    assert_int_equal(block.Information, 4000);
    /* An error copies nothing and writes no status block when the driver answers at once. */
    memset(out, '.', 16);
    block.Information = 77;
    assert_int_equal(io_test_control(bench.file, CODE_FAIL, NULL, 0, out, 4, &block),
                     STATUS_UNSUCCESSFUL);
    assert_memory_equal(out, "....", 4);
    assert_int_equal(block.Information, 77);
    /* A warning copies. */
    assert_int_equal(io_test_control(bench.file, CODE_OVERFLOW, NULL, 0, out, 4, &block),
                     STATUS_BUFFER_OVERFLOW);
    assert_memory_equal(out, "OO..", 4);
    assert_int_equal(block.Information, 2);
    /* Larger than the small drawers. */
    memset(out, 'x', 1024);
    io_test_control(bench.file, CODE_SHOUT(METHOD_BUFFERED), out, 1024, out + 2048, 1024, &block);
    assert_int_equal(block.Information, 1024);
    assert_int_equal(out[2048], 'X');
    assert_int_equal(out[2048 + 1023], 'X');
    bench_stop(&bench);
}

static void direct(void)
{
    struct bench bench = bench_start(0);
    IO_STATUS_BLOCK block = {0};
    struct mm_counts before, after;
    char *buffer = bench.buffer;
    mm_counts(&before);
    memcpy(buffer, "direct", 6);
    memset(buffer + 1000, '.', 20);
    assert_int_equal(io_test_control(bench.file, CODE_SHOUT(METHOD_OUT_DIRECT), buffer, 6,
                                     buffer + 1000, 20, &block),
                     STATUS_SUCCESS);
    assert_memory_equal(buffer + 1000, "DIRECT..............", 20);
    assert_int_equal(block.Information, 6);
    assert_non_null(seen.mdl);
    assert_int_equal(seen.mdl_bytes, 20);
    assert_int_equal(seen.flags & IRP_INPUT_OPERATION, 0);
    io_test_control(bench.file, CODE(METHOD_IN_DIRECT), buffer, 6, buffer + 1000, 6, &block);
    assert_memory_equal(seen.mdl_address, "DIRECT", 6);
    /* Nothing to lock. */
    io_test_control(bench.file, CODE(METHOD_OUT_DIRECT), buffer, 6, buffer + 1000, 0, &block);
    assert_null(seen.mdl);
    assert_non_null(seen.system_buffer);
    mm_counts(&after);
    assert_int_equal(after.mdls_locked, before.mdls_locked);
    bench_stop(&bench);
}

static void neither(void)
{
    struct bench bench = bench_start(0);
    IO_STATUS_BLOCK block = {0};
    char *buffer = bench.buffer;
    memcpy(buffer, "raw", 3);
    assert_int_equal(
        io_test_control(bench.file, CODE_SHOUT(METHOD_NEITHER), buffer, 3, buffer + 10, 3, &block),
        STATUS_SUCCESS);
    assert_ptr_equal(seen.stack.Parameters.DeviceIoControl.Type3InputBuffer, buffer);
    assert_ptr_equal(seen.user_buffer, buffer + 10);
    assert_null(seen.system_buffer);
    assert_null(seen.mdl);
    assert_memory_equal(buffer + 10, "RAW", 3);
    bench_stop(&bench);
}

/* A user's bad pointer is told before the driver hears of it. */
static void bad_user_buffer(void)
{
    struct bench bench = bench_start(0);
    IO_STATUS_BLOCK block = {0};
    memset(&seen, 0, sizeof(seen));
    ob_reference(bench.file);
    struct io_request request = {
        .file = bench.file,
        .user_status = &block,
        .mode = UserMode,
        .major = IRP_MJ_DEVICE_CONTROL,
        .control_code = CODE(METHOD_BUFFERED),
        .input = (void *)MM_WINDOW_BASE,
        .input_length = 8,
    };
    assert_int_equal(io_request_send(&request), STATUS_ACCESS_VIOLATION);
    assert_null(seen.stack.DeviceObject);
    bench_stop(&bench);
}

/* ---- read and write
 * ---------------------------------------------------------------------------------- */

static NTSTATUS read_at(FILE_OBJECT *file, void *buffer, ULONG length, LONGLONG offset,
                        IO_STATUS_BLOCK *block)
{
    return io_test_send(file,
                        (struct io_request){.major = IRP_MJ_READ,
                                            .output = buffer,
                                            .output_length = length,
                                            .offset.QuadPart = offset},
                        block);
}

static NTSTATUS write_at(FILE_OBJECT *file, void *buffer, ULONG length, LONGLONG offset,
                         IO_STATUS_BLOCK *block)
{
    return io_test_send(file,
                        (struct io_request){.major = IRP_MJ_WRITE,
                                            .input = buffer,
                                            .input_length = length,
                                            .offset.QuadPart = offset},
                        block);
}

static void read_write_by(ULONG flags)
{
    struct bench bench = bench_start(flags);
    IO_STATUS_BLOCK block = {0};
    char *buffer = bench.buffer;
    memset(buffer, '.', 16);
    assert_int_equal(read_at(bench.file, buffer, 8, 0x123456789, &block), STATUS_SUCCESS);
    assert_memory_equal(buffer, "RRRRRRR.........", 16);
    assert_int_equal(block.Information, 7);
    assert_int_equal(seen.stack.Parameters.Read.Length, 8);
    assert_int_equal(seen.stack.Parameters.Read.ByteOffset.QuadPart, 0x123456789);
    memcpy(buffer, "written", 7);
    assert_int_equal(write_at(bench.file, buffer, 7, 5, &block), STATUS_SUCCESS);
    assert_int_equal(block.Information, 7);
    assert_int_equal(seen.stack.Parameters.Write.ByteOffset.QuadPart, 5);
    /* Nothing to transfer: no buffer of any kind. */
    assert_int_equal(read_at(bench.file, buffer, 0, 0, &block), STATUS_SUCCESS);
    assert_int_equal(block.Information, 0);
    if (flags != 0) {
        assert_null(seen.system_buffer);
        assert_null(seen.mdl);
    }
    bench_stop(&bench);
}

static void read_write_buffered(void)
{
    read_write_by(DO_BUFFERED_IO);
}

static void read_write_direct(void)
{
    read_write_by(DO_DIRECT_IO);
}

static void read_write_neither(void)
{
    read_write_by(0);
}

static void position(void)
{
    struct bench bench = bench_start(DO_BUFFERED_IO);
    IO_STATUS_BLOCK block;
    FILE_POSITION_INFORMATION place = {.CurrentByteOffset.QuadPart = 4711};
    struct io_request set = {.major = IRP_MJ_SET_INFORMATION,
                             .information_class = FilePositionInformation,
                             .input = &place,
                             .input_length = sizeof(place)};
    assert_int_equal(io_test_send(bench.file, set, &block), STATUS_SUCCESS);
    /* "Wherever the file stands". */
    LARGE_INTEGER here = {.LowPart = FILE_USE_FILE_POINTER_POSITION, .HighPart = -1};
    read_at(bench.file, bench.buffer, 4, here.QuadPart, &block);
    assert_int_equal(seen.stack.Parameters.Read.ByteOffset.QuadPart, 4711);
    place.CurrentByteOffset.QuadPart = 0;
    struct io_request query = {.major = IRP_MJ_QUERY_INFORMATION,
                               .information_class = FilePositionInformation,
                               .output = &place,
                               .output_length = sizeof(place)};
    assert_int_equal(io_test_send(bench.file, query, &block), STATUS_SUCCESS);
    assert_int_equal(place.CurrentByteOffset.QuadPart, 4711);
    assert_int_equal(block.Information, sizeof(place));
    query.output_length = 4;
    assert_int_equal(io_test_send(bench.file, query, &block), STATUS_INFO_LENGTH_MISMATCH);
    place.CurrentByteOffset.QuadPart = -1;
    assert_int_equal(io_test_send(bench.file, set, &block), STATUS_INVALID_PARAMETER);
    assert_int_equal(read_at(bench.file, bench.buffer, 4, -5, &block), STATUS_INVALID_PARAMETER);
    bench_stop(&bench);
}

/* What no driver has taken on. */
static void invalid_request(void)
{
    struct bench bench = bench_start(0);
    IO_STATUS_BLOCK block;
    assert_int_equal(
        io_test_send(bench.file, (struct io_request){.major = IRP_MJ_FLUSH_BUFFERS}, &block),
        STATUS_INVALID_DEVICE_REQUEST);
    FILE_BASIC_INFORMATION basic;
    assert_int_equal(io_test_send(bench.file,
                                  (struct io_request){.major = IRP_MJ_QUERY_INFORMATION,
                                                      .information_class = FileBasicInformation,
                                                      .output = &basic,
                                                      .output_length = sizeof(basic)},
                                  &block),
                     STATUS_INVALID_DEVICE_REQUEST);
    bench_stop(&bench);
}

IO_TEST(buffered)
IO_TEST(buffered_edges)
IO_TEST(direct)
IO_TEST(neither)
IO_TEST(bad_user_buffer)
IO_TEST(read_write_buffered)
IO_TEST(read_write_direct)
IO_TEST(read_write_neither)
IO_TEST(position)
IO_TEST(invalid_request)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffered_test),
        cmocka_unit_test(buffered_edges_test),
        cmocka_unit_test(direct_test),
        cmocka_unit_test(neither_test),
        cmocka_unit_test(bad_user_buffer_test),
        cmocka_unit_test(read_write_buffered_test),
        cmocka_unit_test(read_write_direct_test),
        cmocka_unit_test(read_write_neither_test),
        cmocka_unit_test(position_test),
        cmocka_unit_test(invalid_request_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
