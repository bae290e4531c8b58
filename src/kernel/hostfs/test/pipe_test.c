/* SPDX-License-Identifier: MIT */
/* pipe_test.c - descriptors as files: bytes both ways, the end, and a blocked reader that is
 * asked to end.
 */
#include "hostfs_test.h"

#include <fcntl.h>

static void both_ways(void)
{
    int fds[2];
    FILE_OBJECT *reader, *writer;
    char buffer[16] = {0};
    ULONG_PTR done;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(hostfs_file_of_descriptor(fds[0], true, false, &reader), STATUS_SUCCESS);
    assert_int_equal(hostfs_file_of_descriptor(fds[1], false, true, &writer), STATUS_SUCCESS);
    assert_int_equal(test_write(writer, "hello", test_here), STATUS_SUCCESS);
    assert_int_equal(test_read(reader, buffer, 16, test_here, &done), STATUS_SUCCESS);
    assert_int_equal(done, 5);
    assert_string_equal(buffer, "hello");
    assert_int_equal(test_write(reader, "x", test_here), STATUS_ACCESS_DENIED);
    assert_int_equal(test_read(writer, buffer, 1, test_here, &done), STATUS_ACCESS_DENIED);
    FILE_FS_DEVICE_INFORMATION device;
    assert_int_equal(test_query(reader, IRP_MJ_QUERY_VOLUME_INFORMATION, FileFsDeviceInformation,
                                &device, sizeof(device), NULL),
                     STATUS_SUCCESS);
    assert_int_equal(device.DeviceType, FILE_DEVICE_NAMED_PIPE);
    ob_dereference(writer);
    assert_int_equal(test_read(reader, buffer, 16, test_here, &done), STATUS_PIPE_BROKEN);
    ob_dereference(reader);
    assert_int_equal(fcntl(fds[0], F_GETFD), -1);
    /* The other end gone: a write says so and does not kill anybody. */
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(hostfs_file_of_descriptor(fds[1], false, true, &writer), STATUS_SUCCESS);
    close(fds[0]);
    assert_int_equal(test_write(writer, "x", test_here), STATUS_PIPE_BROKEN);
    ob_dereference(writer);
    assert_false(NT_SUCCESS(hostfs_file_of_descriptor(9999, true, true, &writer)));
}

static void file_descriptor(void)
{
    FILE_OBJECT *file;
    char buffer[16] = {0};
    ULONG_PTR done;
    test_host_write("in", "line");
    int fd = open(test_path("in"), O_RDONLY);
    assert_int_equal(hostfs_file_of_descriptor(fd, true, false, &file), STATUS_SUCCESS);
    assert_int_equal(test_read(file, buffer, 2, test_here, &done), STATUS_SUCCESS);
    assert_int_equal(test_read(file, buffer + 2, 8, test_here, &done), STATUS_SUCCESS);
    assert_string_equal(buffer, "line");
    assert_int_equal(test_read(file, buffer, 8, test_here, &done), STATUS_END_OF_FILE);
    ob_dereference(file);
}

static _Atomic int read_status;

static void reader_main(void *context)
{
    char byte;
    ULONG_PTR done;
    read_status = test_read(context, &byte, 1, test_here, &done);
}

static void blocked(void)
{
    int fds[2];
    FILE_OBJECT *reader;
    struct process_thread *thread;
    LARGE_INTEGER moment = {.QuadPart = -10000};
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(hostfs_file_of_descriptor(fds[0], true, false, &reader), STATUS_SUCCESS);
    for (int i = 0; i < 20; i++) {
        struct io_counts counts;
        assert_int_equal(
            ps_thread_create(ps_system_process, "reader", reader_main, reader, KernelMode, &thread),
            STATUS_SUCCESS);
        for (io_counts(&counts); counts.irps == 0; io_counts(&counts))
            KeDelayExecutionThread(KernelMode, FALSE, &moment);
        ps_thread_terminate(thread, STATUS_SUCCESS);
        KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
        assert_int_equal(read_status, STATUS_CANCELLED);
        ob_dereference(thread);
    }
    /* A reader that waits gets what is written later. */
    assert_int_equal(
        ps_thread_create(ps_system_process, "reader", reader_main, reader, KernelMode, &thread),
        STATUS_SUCCESS);
    assert_int_equal(write(fds[1], "x", 1), 1);
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(read_status, STATUS_SUCCESS);
    ob_dereference(thread);
    ob_dereference(reader);
    close(fds[1]);
}

HOSTFS_TEST(both_ways)
HOSTFS_TEST(file_descriptor)
HOSTFS_TEST(blocked)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_test),
        cmocka_unit_test(file_descriptor_test),
        cmocka_unit_test(blocked_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
