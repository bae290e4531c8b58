/* SPDX-License-Identifier: MIT */
/* ex_test.h - how the room's tests run: a kernel of their own each, on either ground.
 *
 * A test runs on an adopted thread that holds a processor at PASSIVE_LEVEL; after it no block
 * of pool and no thread may be left. On the simulated ground it runs for many seeds.
 */
#ifndef EX_TEST_H
#define EX_TEST_H

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

#define EX_TEST_SEEDS 40
#define EX_TEST_TAG   0x74736554u

struct ex_test {
    const char *name;
    void (*run)(void);
};
#define EX_TEST(function) {#function, function}

static jmp_buf catch_jump __attribute__((unused));
static NTSTATUS catch_status __attribute__((unused));
static struct bugcheck *caught_bugcheck __attribute__((unused)); /* both processes see it */

static inline void catch_bugcheck_hook(const struct bugcheck *bugcheck)
{
    *caught_bugcheck = *bugcheck;
    host_exit(0);
}

static inline void catch_raise(NTSTATUS status)
{
    catch_status = status;
    longjmp(catch_jump, 1);
}

/* The exception that statement raises, or STATUS_SUCCESS. */
#define CATCH(statement)                                       \
    (ke_raise_set(catch_raise), catch_status = STATUS_SUCCESS, \
     setjmp(catch_jump) == 0 ? (void)(statement) : (void)0, catch_status)

static inline bool bugcheck_fork(void)
{
    int status;
    pid_t child;

    if (caught_bugcheck == NULL)
        caught_bugcheck =
            mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *caught_bugcheck = (struct bugcheck){0};
    child = fork();
    if (child == 0) {
        ke_bugcheck_hook_set(catch_bugcheck_hook);
        return true;
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return false;
}

/* The bug check that statement leads to, in a process of its own; code 0: none. */
#define BUGCHECK(statement) \
    (bugcheck_fork() ? ((void)(statement), _exit(1)) : (void)0, caught_bugcheck)

static inline void ex_test_body(const struct ex_test *test)
{
    struct ke_options options = {.processors = 2};
    struct thread thread = {0};
    struct ex_pool_counts pool;
    struct ke_counts counts;

    assert_int_equal(ke_init(&options), STATUS_SUCCESS);
    ke_thread_init(&thread, "test", NULL);
    ke_thread_adopt(&thread);
    ke_processor_enter();
    assert_int_equal(ex_init(), STATUS_SUCCESS);
    test->run();
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    ex_work_drain();
    ex_pool_counts(&pool);
    assert_int_equal(pool.blocks, 0);
    assert_int_equal(pool.bytes, 0);
    ex_fini();
    ke_counts(&counts);
    assert_int_equal(counts.threads, 1);
    ke_processor_leave();
    ke_thread_release(&thread);
    ke_fini();
}

static inline void ex_test_entry(void **state)
{
    const struct ex_test *test = *state;

    if (!host_is_sim()) {
        ex_test_body(test);
        return;
    }
    for (uint64_t seed = 1; seed <= EX_TEST_SEEDS; seed++) {
        host_sim_seed(seed);
        ex_test_body(test);
    }
}

static inline int ex_test_run(const struct ex_test *tests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct CMUnitTest units[] = {{.name = tests[i].name,
                                            .test_func = ex_test_entry,
                                            .initial_state = (void *)(uintptr_t)&tests[i]}};

        /* What a failed test leaves behind is no ground for another. */
        if (_cmocka_run_group_tests(tests[i].name, units, 1, NULL, NULL) != 0)
            return 1;
    }
    return 0;
}
#define EX_TEST_RUN(tests) ex_test_run(tests, sizeof(tests) / sizeof((tests)[0]))

static inline void thread_run(struct thread *thread, void (*entry)(void *), void *context)
{
    memset(thread, 0, sizeof(*thread));
    ke_thread_init(thread, "side", NULL);
    COVE_ASSERT(ke_thread_start(thread, entry, context, NULL) == STATUS_SUCCESS);
}

static inline void thread_wait(struct thread *thread)
{
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
}

/* Lets others run until the condition holds. */
#define UNTIL(condition)                                       \
    do {                                                       \
        while (!(condition)) {                                 \
            LARGE_INTEGER turn_ = {.QuadPart = -1000};         \
            KeDelayExecutionThread(KernelMode, FALSE, &turn_); \
        }                                                      \
    } while (0)

#endif
