/* SPDX-License-Identifier: MIT */
/* memory_test.c - reserving, committing, protecting and giving back address space.
 *
 * Whether a page may be read or written is asked of the kernel (a pipe), so that a
 * wrong answer is a failed check and not a signal.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/host.h"

static int pipe_ends[2];

static bool can_read(const void *address)
{
    char byte;

    if (write(pipe_ends[1], address, 1) != 1) {
        assert_int_equal(errno, EFAULT);
        return false;
    }
    assert_int_equal(read(pipe_ends[0], &byte, 1), 1);
    return true;
}

static bool can_write(void *address)
{
    char byte = 0x5a;

    assert_int_equal(write(pipe_ends[1], &byte, 1), 1);
    if (read(pipe_ends[0], address, 1) != 1) {
        assert_int_equal(errno, EFAULT);
        assert_int_equal(read(pipe_ends[0], &byte, 1), 1);
        return false;
    }
    return true;
}

static void reserved_memory_has_no_access(void **state)
{
    void *address;

    assert_int_equal(host_memory_reserve(NULL, 16 * HOST_PAGE, &address), 0);
    assert_false(can_read(address));
    assert_false(can_write((char *)address + 15 * HOST_PAGE));
    host_memory_release(address, 16 * HOST_PAGE);
}

static void an_exact_address_is_taken_or_refused(void **state)
{
    void *first, *second = (void *)1, *again;

    assert_int_equal(host_memory_reserve(NULL, 4 * HOST_PAGE, &first), 0);
    assert_int_equal(host_memory_reserve((char *)first + HOST_PAGE, HOST_PAGE, &second), EEXIST);
    assert_ptr_equal(second, (void *)1);
    host_memory_release(first, 4 * HOST_PAGE);
    assert_int_equal(host_memory_reserve(first, 4 * HOST_PAGE, &again), 0);
    assert_ptr_equal(again, first);
    host_memory_release(again, 4 * HOST_PAGE);
}

static void too_much_is_ENOMEM(void **state)
{
    void *address = (void *)1;

    assert_int_equal(host_memory_reserve(NULL, (size_t)1 << 62, &address), ENOMEM);
    assert_ptr_equal(address, (void *)1);
}

static void committed_pages_are_zero_each_time(void **state)
{
    char *address;

    assert_int_equal(host_memory_reserve(NULL, 4 * HOST_PAGE, (void **)&address), 0);
    assert_int_equal(host_memory_commit(address + HOST_PAGE, HOST_PAGE, HOST_READ | HOST_WRITE), 0);
    assert_false(can_read(address));
    assert_false(can_read(address + 2 * HOST_PAGE));
    for (size_t i = 0; i < HOST_PAGE; i++)
        assert_int_equal(address[HOST_PAGE + i], 0);
    memset(address + HOST_PAGE, 0xcc, HOST_PAGE);
    host_memory_decommit(address + HOST_PAGE, HOST_PAGE);
    assert_false(can_read(address + HOST_PAGE));
    assert_int_equal(host_memory_commit(address + HOST_PAGE, HOST_PAGE, HOST_READ | HOST_WRITE), 0);
    assert_int_equal(address[HOST_PAGE], 0);
    host_memory_release(address, 4 * HOST_PAGE);
}

static void protection_is_the_one_asked_for(void **state)
{
    char *address;

    assert_int_equal(host_memory_reserve(NULL, HOST_PAGE, (void **)&address), 0);
    assert_int_equal(host_memory_commit(address, HOST_PAGE, HOST_READ | HOST_WRITE), 0);
    assert_true(can_write(address));
    assert_int_equal(host_memory_protect(address, HOST_PAGE, HOST_READ), 0);
    assert_true(can_read(address));
    assert_false(can_write(address));
    assert_int_equal(address[0], 0x5a);
    assert_int_equal(host_memory_protect(address, HOST_PAGE, HOST_NONE), 0);
    assert_false(can_read(address));
    host_memory_release(address, HOST_PAGE);
    assert_int_equal(host_memory_protect(address, HOST_PAGE, HOST_READ), ENOMEM);
}

static void committed_code_runs(void **state)
{
    static const unsigned char code[] = {0xb8, 0x2a, 0, 0, 0, 0xc3}; /* mov eax, 42; ret */
    void *address;
    int (*function)(void);

    assert_int_equal(host_memory_reserve(NULL, HOST_PAGE, &address), 0);
    assert_int_equal(host_memory_commit(address, HOST_PAGE, HOST_READ | HOST_WRITE), 0);
    memcpy(address, code, sizeof(code));
    assert_int_equal(host_memory_protect(address, HOST_PAGE, HOST_READ | HOST_EXECUTE), 0);
    function = (int (*)(void))address;
    assert_int_equal(function(), 42);
    host_memory_release(address, HOST_PAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reserved_memory_has_no_access),
        cmocka_unit_test(an_exact_address_is_taken_or_refused),
        cmocka_unit_test(too_much_is_ENOMEM),
        cmocka_unit_test(committed_pages_are_zero_each_time),
        cmocka_unit_test(protection_is_the_one_asked_for),
        cmocka_unit_test(committed_code_runs),
    };

    if (pipe(pipe_ends) != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
