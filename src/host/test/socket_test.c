/* SPDX-License-Identifier: MIT */
/* socket_test.c - messages with descriptors, hang-ups, names that are taken or stale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/socket.h"

static char folder[64], path[96];

static int make_folder(void **state)
{
    strcpy(folder, "/tmp/cove-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.sock", folder);
    return 0;
}

static int remove_folder(void **state)
{
    unlink(path);
    return rmdir(folder);
}

static void pair(int *out_listener, int *out_near, int *out_far)
{
    assert_int_equal(host_socket_listen(path, out_listener), 0);
    assert_int_equal(host_socket_connect(path, out_near), 0);
    assert_int_equal(host_socket_accept(*out_listener, out_far), 0);
}

static void messages_keep_their_bounds_and_descriptors(void **state)
{
    int listener, near, far, pipe_ends[2], got[4];
    unsigned count = 4;
    size_t length;
    char text[16];
    pair(&listener, &near, &far);
    assert_int_equal(pipe(pipe_ends), 0);
    assert_int_equal(host_message_send(near, "one", 3, pipe_ends, 2), 0);
    assert_int_equal(host_message_send(near, "three", 5, NULL, 0), 0);
    assert_int_equal(host_message_receive(far, text, sizeof text, &length, got, &count, 1000), 0);
    assert_int_equal(length, 3);
    assert_int_equal(count, 2);
    assert_int_equal(write(got[1], "x", 1), 1);
    assert_int_equal(read(pipe_ends[0], text, 1), 1);
    count = 4;
    assert_int_equal(host_message_receive(far, text, sizeof text, &length, got, &count, 1000), 0);
    assert_int_equal(length, 5);
    assert_int_equal(count, 0);
    const int all[] = {listener, near, far, pipe_ends[0], pipe_ends[1], got[0], got[1]};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        close(all[i]);
}

static void a_long_message_and_silence_are_told(void **state)
{
    int listener, near, far;
    size_t length;
    char text[4];
    pair(&listener, &near, &far);
    assert_int_equal(host_message_receive(far, text, sizeof text, &length, NULL, NULL, 1),
                     ETIMEDOUT);
    assert_int_equal(host_message_send(near, "too long", 8, NULL, 0), 0);
    assert_int_equal(host_message_receive(far, text, sizeof text, &length, NULL, NULL, 1000),
                     EMSGSIZE);
    close(near);
    assert_int_equal(host_message_receive(far, text, sizeof text, &length, NULL, NULL, 1000),
                     EPIPE);
    assert_int_equal(host_message_send(far, "x", 1, NULL, 0), EPIPE);
    close(far);
    close(listener);
}

static void a_name_is_taken_once_and_a_stale_one_replaced(void **state)
{
    int first, second;
    assert_int_equal(host_socket_listen(path, &first), 0);
    assert_int_equal(host_socket_listen(path, &second), EADDRINUSE);
    close(first); /* the file stays: a machine that was killed */
    assert_int_equal(host_socket_listen(path, &second), 0);
    host_socket_shut(second);
    assert_int_equal(host_socket_accept(second, &first), ECANCELED);
    close(second);
    char *deep = malloc(300);
    memset(deep, 'a', 299);
    deep[299] = '\0';
    assert_int_equal(host_socket_connect(deep, &first), ENAMETOOLONG);
    free(deep);
}

static void the_runtime_folder_is_ours_alone(void **state)
{
    char found[128], wanted[96];
    struct stat status;
    snprintf(wanted, sizeof wanted, "%s/run", folder);
    setenv("COVE_RUNTIME_DIR", wanted, 1);
    assert_int_equal(host_runtime_folder(found, sizeof found), 0);
    assert_string_equal(found, wanted);
    assert_int_equal(stat(found, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(host_runtime_folder(found, 4), ENAMETOOLONG);
    rmdir(wanted);
    assert_int_equal(symlink("/", wanted), 0);
    assert_int_equal(host_runtime_folder(found, sizeof found), EPERM);
    unlink(wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(messages_keep_their_bounds_and_descriptors, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_long_message_and_silence_are_told, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_name_is_taken_once_and_a_stale_one_replaced, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(the_runtime_folder_is_ours_alone, make_folder,
                                        remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
