/* SPDX-License-Identifier: MIT */
/* mm_test.h - how the room's tests run: a kernel of their own each, with a fault hook that
 * knows mm_user_fixup and turns other faults of the test into a jump.
 *
 * After a test no block of pool, no window, mapping, lock or thread may be left.
 */
#ifndef MM_TEST_H
#define MM_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/assert.h"
#include "ex/ex.h"
#include "host/host.h"
#include "ke/ke.h"
#include "mm/mm.h"

#define MM_TEST_TAG 0x74736554u

struct mm_test {
    const char *name;
    void (*run)(void);
};
#define MM_TEST(function) {#function, function}

static jmp_buf catch_jump __attribute__((unused));
static NTSTATUS catch_status __attribute__((unused));
static bool catch_is_on __attribute__((unused));

static inline void catch_raise(NTSTATUS status)
{
    catch_status = status;
    longjmp(catch_jump, 1);
}

static void catch_fault(void)
{
    catch_raise(STATUS_ACCESS_VIOLATION);
}

static bool test_fault(const struct host_fault *fault, struct host_registers *registers)
{
    uint64_t rip = mm_user_fixup(registers->rip);

    if (rip == 0 && catch_is_on) {
        catch_is_on = false;
        registers->rsp = (registers->rsp - 256) & ~15ull;
        registers->rsp -= 8;
        rip = (uintptr_t)catch_fault;
    }
    registers->rip = rip;
    return rip != 0;
}

/* The exception or fault of statement, or STATUS_SUCCESS. */
#define CATCH(statement)                                                           \
    (ke_raise_set(catch_raise), catch_is_on = true, catch_status = STATUS_SUCCESS, \
     setjmp(catch_jump) == 0 ? (void)(statement) : (void)0, catch_is_on = false, catch_status)

static inline void mm_test_entry(void **state)
{
    const struct mm_test *test = *state;
    struct ke_options options = {.processors = 2};
    struct thread thread = {0};
    struct ex_pool_counts pool;
    struct mm_counts mm;

    assert_int_equal(ke_init(&options), STATUS_SUCCESS);
    host_fault_install(test_fault);
    ke_thread_init(&thread, "test", NULL);
    ke_thread_adopt(&thread);
    ke_processor_enter();
    assert_int_equal(ex_init(), STATUS_SUCCESS);
    assert_int_equal(mm_init(), STATUS_SUCCESS);
    test->run();
    mm_current_window_set(NULL);
    mm_counts(&mm);
    assert_int_equal(mm.mdls_locked, 0);
    assert_int_equal(mm.pages_locked, 0);
    assert_int_equal(mm.mappings, 0);
    assert_int_equal(mm.windows, 0);
    assert_int_equal(mm.stores, 0);
    assert_int_equal(mm.views, 0);
    mm_fini();
    ex_pool_counts(&pool);
    assert_int_equal(pool.blocks, 0);
    ex_fini();
    ke_processor_leave();
    ke_thread_release(&thread);
    ke_fini();
}

static inline int mm_test_run(const struct mm_test *tests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct CMUnitTest units[] = {{.name = tests[i].name,
                                            .test_func = mm_test_entry,
                                            .initial_state = (void *)(uintptr_t)&tests[i]}};

        if (_cmocka_run_group_tests(tests[i].name, units, 1, NULL, NULL) != 0)
            return 1;
    }
    return 0;
}
#define MM_TEST_RUN(tests) mm_test_run(tests, sizeof(tests) / sizeof((tests)[0]))

/* The window that counts as the calling thread's. */
static struct mm_window *test_window __attribute__((unused));
static inline struct mm_window *test_window_current(void)
{
    return test_window;
}

static inline uint64_t window_alloc(struct mm_window *window, uint64_t size, ULONG protect)
{
    uint64_t address = 0;

    assert_int_equal(mm_window_allocate(window, &address, &size, MEM_RESERVE | MEM_COMMIT, protect),
                     STATUS_SUCCESS);
    return address;
}

static inline void window_release(struct mm_window *window, uint64_t address)
{
    uint64_t size = 0;

    assert_int_equal(mm_window_free(window, &address, &size, MEM_RELEASE), STATUS_SUCCESS);
}

#endif
