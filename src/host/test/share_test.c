/* SPDX-License-Identifier: MIT */
/* share_test.c - memory and waiting between two processes.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/host.h"

static void two_mappings_are_one_memory(void **state)
{
    uint32_t *first, *second;
    int fd;

    assert_int_equal(host_share_create("share-test", 8 * HOST_PAGE, &fd), 0);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(
        host_share_map(fd, 0, 8 * HOST_PAGE, HOST_READ | HOST_WRITE, NULL, (void **)&first), 0);
    assert_int_equal(
        host_share_map(fd, 4 * HOST_PAGE, HOST_PAGE, HOST_READ, NULL, (void **)&second), 0);
    assert_int_equal(second[3], 0);
    first[4 * HOST_PAGE / 4 + 3] = 77;
    assert_int_equal(second[3], 77);
    host_memory_release(first, 8 * HOST_PAGE);
    assert_int_equal(second[3], 77);
    host_memory_release(second, HOST_PAGE);
    close(fd);
}

static void a_mapping_replaces_a_reservation_exactly(void **state)
{
    char *reserved, *mapped;
    void *other;
    int fd;

    assert_int_equal(host_memory_reserve(NULL, 4 * HOST_PAGE, (void **)&reserved), 0);
    assert_int_equal(host_share_create("share-test", HOST_PAGE, &fd), 0);
    assert_int_equal(host_share_map(fd, 0, HOST_PAGE, HOST_READ | HOST_WRITE, reserved + HOST_PAGE,
                                    (void **)&mapped),
                     0);
    assert_ptr_equal(mapped, reserved + HOST_PAGE);
    mapped[5] = 5;
    /* the rest is reserved still */
    assert_int_equal(host_memory_reserve(reserved, HOST_PAGE, &other), EEXIST);
    host_memory_decommit(mapped, HOST_PAGE);
    assert_int_equal(host_memory_commit(mapped, HOST_PAGE, HOST_READ), 0);
    assert_int_equal(mapped[5], 0);
    host_memory_release(reserved, 4 * HOST_PAGE);
    close(fd);
}

static void punched_pages_are_zero_and_cost_nothing(void **state)
{
    struct stat before, after;
    char *memory;
    int fd;

    assert_int_equal(host_share_create("share-test", 1ull << 32, &fd), 0);
    assert_int_equal(host_share_map(fd, 1ull << 31, 4 * HOST_PAGE, HOST_READ | HOST_WRITE, NULL,
                                    (void **)&memory),
                     0);
    for (int i = 0; i < 4; i++)
        memory[i * HOST_PAGE] = 1;
    fstat(fd, &before);
    host_share_punch(fd, (1ull << 31) + HOST_PAGE, 2 * HOST_PAGE);
    fstat(fd, &after);
    assert_int_equal(memory[0], 1);
    assert_int_equal(memory[HOST_PAGE], 0);
    assert_int_equal(memory[2 * HOST_PAGE], 0);
    assert_int_equal(memory[3 * HOST_PAGE], 1);
    assert_int_equal((before.st_blocks - after.st_blocks) * 512, 2 * HOST_PAGE);
    assert_int_equal(after.st_size, 1ll << 32);
    host_memory_release(memory, 4 * HOST_PAGE);
    close(fd);
}

static void a_bad_descriptor_is_an_error(void **state)
{
    void *address = (void *)1;

    assert_int_equal(host_share_map(-1, 0, HOST_PAGE, HOST_READ, NULL, &address), EBADF);
    assert_ptr_equal(address, (void *)1);
}

#define ROUNDS 2000

/* Each side waits for its own parity and hands the word on. */
static bool take_turns(_Atomic uint32_t *word, uint32_t parity)
{
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t mine = 2 * i + parity;
        uint32_t seen;

        while ((seen = *word) != mine)
            if (host_wait_shared(word, seen, host_clock_ns() + 20000000000ull) != 0)
                return false;
        *word = mine + 1;
        host_wake_shared(word, INT_MAX);
    }
    return true;
}

static void two_processes_take_turns(void **state)
{
    _Atomic uint32_t *word;
    int fd, status;
    pid_t child;

    assert_int_equal(host_share_create("share-test", HOST_PAGE, &fd), 0);
    assert_int_equal(host_share_map(fd, 0, HOST_PAGE, HOST_READ | HOST_WRITE, NULL, (void **)&word),
                     0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        host_exit(take_turns(word, 1) ? 0 : 1);
    assert_true(take_turns(word, 0));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(*word, 2 * ROUNDS);
    host_memory_release((void *)word, HOST_PAGE);
    close(fd);
}

static void a_shared_wait_times_out(void **state)
{
    _Atomic uint32_t word = 5;

    assert_int_equal(host_wait_shared(&word, 4, HOST_FOREVER), 0);
    assert_int_equal(host_wait_shared(&word, 5, host_clock_ns() + 1000000), ETIMEDOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_mappings_are_one_memory),
        cmocka_unit_test(a_mapping_replaces_a_reservation_exactly),
        cmocka_unit_test(punched_pages_are_zero_and_cost_nothing),
        cmocka_unit_test(a_bad_descriptor_is_an_error),
        cmocka_unit_test(two_processes_take_turns),
        cmocka_unit_test(a_shared_wait_times_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
