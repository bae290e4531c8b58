/* SPDX-License-Identifier: MIT */
/* low_test.c - windows of 32-bit programs: the same addresses, and each thread sees its own. */
#include "mm_test.h"

#define WHERE 0x400000ull

static struct mm_window *low_window(char mark)
{
    struct mm_window *window;
    uint64_t at = WHERE, size = 0x3000;

    assert_int_equal(mm_window_create_low(&window), STATUS_SUCCESS);
    assert_int_equal(
        mm_window_allocate(window, &at, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE),
        STATUS_SUCCESS);
    assert_int_equal(at, WHERE);
    *(char *)mm_window_here(window, (void *)WHERE) = mark;
    return window;
}

static void who_runs_sees_his_own(void)
{
    struct mm_window *one = low_window('1'), *two = low_window('2');
    volatile char *bytes = (volatile char *)WHERE;

    assert_non_null(mm_window_space(one));
    ke_space_change(mm_window_space(one));
    assert_int_equal(bytes[0], '1');
    bytes[1] = 'a';
    ke_space_change(mm_window_space(two));
    assert_int_equal(bytes[0], '2');
    assert_int_equal(bytes[1], 0);
    ke_space_change(mm_window_space(one));
    assert_int_equal(bytes[1], 'a');
    ke_space_change(NULL);
    mm_window_destroy(one);
    mm_window_destroy(two);
    assert_int_equal(CATCH(bytes[0] = 1), STATUS_ACCESS_VIOLATION);
}

/* Changes made while another window is shown are there when this one is. */
static void what_changed_meanwhile_is_shown(void)
{
    struct mm_window *one = low_window('1'), *two = low_window('2');
    volatile char *bytes = (volatile char *)WHERE;
    uint64_t at = WHERE + 0x1000, size = 0x1000;
    ULONG old;

    ke_space_change(mm_window_space(two));
    assert_int_equal(mm_window_protect(one, &at, &size, PAGE_READONLY, &old), STATUS_SUCCESS);
    at = WHERE + 0x2000;
    size = 0x1000;
    assert_int_equal(mm_window_free(one, &at, &size, MEM_DECOMMIT), STATUS_SUCCESS);
    bytes[0x1000] = bytes[0x2000] = 'x'; /* two's */
    ke_space_change(mm_window_space(one));
    assert_int_equal(bytes[0x1000], 0);
    assert_int_equal(CATCH(bytes[0x1000] = 1), STATUS_ACCESS_VIOLATION);
    assert_int_equal(CATCH(bytes[0x2000] = 1), STATUS_ACCESS_VIOLATION);
    assert_int_equal(mm_user_probe((void *)(WHERE + 0x1000), 1, 1, true), STATUS_ACCESS_VIOLATION);
    assert_int_equal(mm_user_probe((void *)WHERE, 1, 1, true), STATUS_SUCCESS);
    /* What was found writable is not believed of the other window's page. */
    ke_space_change(mm_window_space(two));
    assert_int_equal(mm_user_probe((void *)(WHERE + 0x1000), 1, 1, true), STATUS_SUCCESS);
    ke_space_change(mm_window_space(one));
    assert_int_equal(mm_user_probe((void *)(WHERE + 0x1000), 1, 1, true), STATUS_ACCESS_VIOLATION);
    ke_space_change(NULL);
    mm_window_destroy(one);
    mm_window_destroy(two);
}

static void addresses_end_at_2_gib(void)
{
    struct mm_window *window = low_window('1');
    uint64_t at = 0x7fff0000, size = 0x1000;

    assert_int_equal(mm_window_allocate(window, &at, &size, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_CONFLICTING_ADDRESSES);
    at = 0x7ffe0000;
    assert_int_equal(mm_window_allocate(window, &at, &size, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_SUCCESS);
    at = 0;
    assert_int_equal(mm_window_allocate(window, &at, &size, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_SUCCESS);
    assert_int_equal(at, 0x10000);
    assert_int_equal(mm_window_bytes(window), 0x7fff0000);
    mm_window_destroy(window);
}

/* A status block has the 32-bit shape, and nothing behind it is touched. */
static void status_blocks_are_narrow(void)
{
    struct mm_window *window = low_window('1');
    uint32_t *here = mm_window_here(window, (void *)WHERE);

    here[2] = here[3] = 0x11111111;
    assert_int_equal(mm_user_status_write((IO_STATUS_BLOCK *)here, STATUS_BUFFER_OVERFLOW, 77,
                                          mm_address_is_low((void *)WHERE)),
                     STATUS_SUCCESS);
    assert_int_equal(here[0], (uint32_t)STATUS_BUFFER_OVERFLOW);
    assert_int_equal(here[1], 77);
    assert_int_equal(here[2], 0x11111111);
    mm_window_destroy(window);
}

struct other {
    struct thread thread;
    struct mm_window *window;
    _Atomic uint32_t rounds;
    char mark;
    bool is_wrong;
};

#define ROUNDS 2000u

static void other_run(void *context)
{
    struct other *other = context;
    volatile char *bytes = (volatile char *)WHERE;

    ke_space_change(mm_window_space(other->window));
    for (; other->rounds < ROUNDS; other->rounds++) {
        if (bytes[0] != other->mark)
            other->is_wrong = true;
        bytes[1] = (char)other->rounds;
        if (other->rounds % 16 == 0) { /* lets the other one in */
            ke_processor_leave();
            host_thread_yield();
            ke_processor_enter();
        }
        if (bytes[1] != (char)other->rounds)
            other->is_wrong = true;
    }
    ke_space_change(NULL);
}

static void two_programs_take_turns(void)
{
    struct other others[2] = {{.mark = '1'}, {.mark = '2'}};

    for (unsigned i = 0; i < 2; i++) {
        others[i].window = low_window(others[i].mark);
        ke_thread_init(&others[i].thread, "other", NULL);
        assert_int_equal(ke_thread_start(&others[i].thread, other_run, &others[i], NULL),
                         STATUS_SUCCESS);
    }
    for (unsigned i = 0; i < 2; i++) {
        KeWaitForSingleObject(&others[i].thread.header, Executive, KernelMode, FALSE, NULL);
        assert_false(others[i].is_wrong);
        assert_int_equal(others[i].rounds, ROUNDS);
        mm_window_destroy(others[i].window);
    }
}

int main(void)
{
    static const struct mm_test tests[] = {
        MM_TEST(who_runs_sees_his_own),   MM_TEST(what_changed_meanwhile_is_shown),
        MM_TEST(addresses_end_at_2_gib),  MM_TEST(status_blocks_are_narrow),
        MM_TEST(two_programs_take_turns),
    };
    return MM_TEST_RUN(tests);
}
