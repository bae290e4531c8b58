/* SPDX-License-Identifier: MIT */
/* ke_test.h - how the room's tests run: a kernel of their own each, on both grounds.
 *
 * A test is called on an adopted thread that holds a processor at PASSIVE_LEVEL; after it,
 * counts must be zero again. On the simulated ground each is run for many seeds.
 */
#ifndef KE_TEST_H
#define KE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ke/ke.h"
#include "base/assert.h"

VOID NTAPI KeStallExecutionProcessor(ULONG MicroSeconds);
LARGE_INTEGER NTAPI KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency);

#define KE_TEST_SEEDS 120

#define MS_100NS (-10000ll)

struct ke_test {
    const char *name;
    void (*run)(void);
    unsigned processors; /* on linux; 0: 2 */
};

#define KE_TEST(function, count) {#function, function, count}

static uint64_t ke_test_seed __attribute__((unused));

static inline void ke_test_body(const struct ke_test *test)
{
    struct ke_options options = {.processors = test->processors != 0 ? test->processors : 2};
    struct thread thread = {0};
    struct ke_counts counts;

    assert_int_equal(ke_init(&options), STATUS_SUCCESS);
    ke_thread_init(&thread, "test", NULL);
    ke_thread_adopt(&thread);
    ke_processor_enter();
    test->run();
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    KeFlushQueuedDpcs();
    ke_counts(&counts);
    assert_int_equal(counts.threads, 1);
    assert_int_equal(counts.timers_set, 0);
    assert_int_equal(counts.dpcs_queued, 0);
    assert_int_equal(thread.kernel_apc_disable, 0);
    ke_processor_leave();
    ke_thread_release(&thread);
    ke_fini();
}

static inline void ke_test_entry(void **state)
{
    const struct ke_test *test = *state;

    if (!host_is_sim()) {
        ke_test_body(test);
        return;
    }
    for (ke_test_seed = 1; ke_test_seed <= KE_TEST_SEEDS; ke_test_seed++) {
        host_sim_seed(ke_test_seed);
        ke_test_body(test);
    }
}

static inline int ke_test_run(const struct ke_test *tests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct CMUnitTest unit = {.name = tests[i].name,
                                  .test_func = ke_test_entry,
                                  .initial_state = (void *)(uintptr_t)&tests[i]};
        const struct CMUnitTest units[] = {unit};

        /* What a failed test leaves behind is no ground for another. */
        if (_cmocka_run_group_tests(tests[i].name, units, 1, NULL, NULL) != 0) {
            if (host_is_sim())
                fprintf(stderr, "%s: seed %llu\n", tests[i].name, (unsigned long long)ke_test_seed);
            return 1;
        }
    }
    return 0;
}
#define KE_TEST_RUN(tests) ke_test_run(tests, sizeof(tests) / sizeof((tests)[0]))

static inline LARGE_INTEGER due_in_ms(LONGLONG ms)
{
    LARGE_INTEGER due = {.QuadPart = ms * MS_100NS};

    return due;
}

static inline NTSTATUS wait_for(void *object)
{
    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, NULL);
}

static inline NTSTATUS wait_ms(void *object, LONGLONG ms)
{
    LARGE_INTEGER timeout = due_in_ms(ms);

    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &timeout);
}

static inline void start(struct thread *thread, void (*entry)(void *), void *context)
{
    memset(thread, 0, sizeof(*thread));
    ke_thread_init(thread, "worker", NULL);
    COVE_ASSERT(ke_thread_start(thread, entry, context, NULL) == STATUS_SUCCESS);
}

/* Lets others run until the condition holds. */
#define UNTIL(condition)                                       \
    do {                                                       \
        while (!(condition)) {                                 \
            LARGE_INTEGER turn_ = {.QuadPart = -1000};         \
            KeDelayExecutionThread(KernelMode, FALSE, &turn_); \
        }                                                      \
    } while (0)

/* An expected exception: CATCH(statement) is its status, or STATUS_SUCCESS. */
static jmp_buf catch_jump;
static NTSTATUS catch_status;
static inline void catch_raise(NTSTATUS status)
{
    catch_status = status;
    longjmp(catch_jump, 1);
}
#define CATCH(statement)                                       \
    (ke_raise_set(catch_raise), catch_status = STATUS_SUCCESS, \
     setjmp(catch_jump) == 0 ? (void)(statement) : (void)0, catch_status)

#endif
