/* SPDX-License-Identifier: MIT */
/* scheduler_sim_test.c - the simulated ground: a seed is an order of events, time is
 * virtual, and a standstill is found and told.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/host.h"

#define HOUR_NS 3600000000000ull

struct play {
    char trace[4096];
    size_t length;
    uint64_t steps, ns, chance;
    _Atomic uint32_t word;
    struct host_lock lock;
};

static struct play *stage;

struct actor {
    char letter;
    uint32_t number;
};

static void mark(char letter)
{
    stage->trace[stage->length++] = letter;
}

/* Every kind of scheduling point once a turn. */
static void act(void *argument)
{
    const struct actor *actor = argument;

    for (int i = 0; i < 12; i++) {
        mark(actor->letter);
        host_thread_yield();
        host_lock_take(&stage->lock);
        mark(actor->letter);
        host_spin_pause();
        host_lock_give(&stage->lock);
        host_wait(&stage->word, stage->word, host_clock_ns() + 1000 * (actor->number + 1));
        mark(actor->letter);
        stage->word++;
        host_wake(&stage->word, 1);
        stage->chance ^= host_random64();
    }
}

static void perform(struct play *play, uint64_t seed)
{
    struct actor actors[4];
    struct host_thread *threads[4];
    uint64_t steps, ns;

    memset(play, 0, sizeof(*play));
    stage = play;
    assert_int_equal(host_sim_seed(seed), 0);
    steps = host_sim_steps();
    ns = host_clock_ns();
    for (uint32_t i = 0; i < 4; i++) {
        actors[i] = (struct actor){.letter = (char)('a' + i), .number = i};
        assert_int_equal(host_thread_create(NULL, act, &actors[i], &threads[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        host_thread_join(threads[i]);
    play->steps = host_sim_steps() - steps;
    play->ns = host_clock_ns() - ns;
}

static void the_same_seed_is_the_same_run(void **state)
{
    static struct play first, again;

    for (uint64_t seed = 0; seed < 50; seed++) {
        perform(&first, seed);
        free(malloc(seed * 1000)); /* addresses must not matter */
        perform(&again, seed);
        assert_int_equal(first.length, 4 * 12 * 3);
        assert_string_equal(first.trace, again.trace);
        assert_int_equal(first.steps, again.steps);
        assert_int_equal(first.ns, again.ns);
        assert_int_equal(first.chance, again.chance);
        assert_true(first.steps > 4 * 12 * 4);
    }
}

static void other_seeds_are_other_runs(void **state)
{
    static struct play plays[20];
    int distinct = 0;

    for (int i = 0; i < 20; i++) {
        bool is_new = true;

        perform(&plays[i], (uint64_t)i);
        for (int j = 0; j < i; j++)
            is_new = is_new && strcmp(plays[i].trace, plays[j].trace) != 0;
        distinct += is_new;
    }
    assert_int_equal(distinct, 20);
}

static uint64_t real_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

static void an_hour_passes_at_once(void **state)
{
    _Atomic uint32_t word = 0;
    uint64_t real = real_ns(), start = host_clock_ns(), wall = host_wallclock_100ns();

    assert_int_equal(host_wait(&word, 0, start + HOUR_NS), ETIMEDOUT);
    assert_true(host_clock_ns() >= start + HOUR_NS);
    assert_true(host_clock_ns() < start + HOUR_NS + 1000000);
    assert_true(host_wallclock_100ns() - wall >= HOUR_NS / 100);
    assert_true(host_wallclock_100ns() - wall < (HOUR_NS + 1000000) / 100);
    assert_true(real_ns() - real < HOUR_NS / 60);
}

static void time_stands_still_while_somebody_can_run(void **state)
{
    uint64_t start = host_clock_ns();

    for (int i = 0; i < 1000; i++)
        host_thread_yield();
    assert_true(host_clock_ns() > start);
    assert_true(host_clock_ns() - start < 1000000);
    host_stall_ns(5000000);
    assert_true(host_clock_ns() - start >= 5000000);
}

static void polling_the_clock_ends(void **state)
{
    uint64_t end = host_clock_ns() + 1000000;

    while (host_clock_ns() < end)
        ;
}

static uint64_t woke_at[3];
static char woke_order[4];
static size_t woken;

static void sleep_for(void *argument)
{
    size_t index = (size_t)(uintptr_t)argument;
    _Atomic uint32_t word = 0;
    uint64_t deadline = host_clock_ns() + (3 - index) * 1000000;

    while (host_wait(&word, 0, deadline) != ETIMEDOUT)
        ;
    woke_at[index] = host_clock_ns();
    woke_order[woken++] = (char)('0' + index);
    assert_true(woke_at[index] >= deadline);
}

static void deadlines_come_in_order_whatever_the_seed(void **state)
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct host_thread *threads[3];

        host_sim_seed(seed);
        woken = 0;
        for (uintptr_t i = 0; i < 3; i++)
            assert_int_equal(host_thread_create(NULL, sleep_for, (void *)i, &threads[i]), 0);
        for (int i = 0; i < 3; i++)
            host_thread_join(threads[i]);
        assert_string_equal(woke_order, "210");
    }
}

static _Atomic uint32_t gate, through;

static void pass_the_gate(void *argument)
{
    /* no loop: here a wake is meant for whoever returns */
    assert_int_equal(host_wait(&gate, 0, HOST_FOREVER), 0);
    through++;
}

static void a_wake_is_for_as_many_as_it_says(void **state)
{
    struct host_thread *threads[5];

    gate = through = 0;
    for (int i = 0; i < 5; i++)
        assert_int_equal(host_thread_create(NULL, pass_the_gate, NULL, &threads[i]), 0);
    for (int i = 0; i < 200; i++)
        host_thread_yield();
    assert_int_equal(through, 0);
    host_wake(&gate, 2);
    for (int i = 0; i < 200; i++)
        host_thread_yield();
    assert_int_equal(through, 2);
    host_wake(&gate, INT_MAX);
    for (int i = 0; i < 5; i++)
        host_thread_join(threads[i]);
    assert_int_equal(through, 5);
}

struct counter {
    struct host_lock lock;
    uint32_t value;
    bool locked;
};

static void add_slowly(void *argument)
{
    struct counter *counter = argument;

    for (int i = 0; i < 20; i++) {
        uint32_t seen;

        if (counter->locked)
            host_lock_take(&counter->lock);
        seen = counter->value;
        host_thread_yield();
        counter->value = seen + 1;
        if (counter->locked)
            host_lock_give(&counter->lock);
    }
}

static uint32_t count_with(uint64_t seed, bool locked)
{
    struct counter counter = {.locked = locked};
    struct host_thread *threads[3];

    host_sim_seed(seed);
    for (int i = 0; i < 3; i++)
        assert_int_equal(host_thread_create(NULL, add_slowly, &counter, &threads[i]), 0);
    for (int i = 0; i < 3; i++)
        host_thread_join(threads[i]);
    assert_int_equal(counter.lock.word, 0);
    return counter.value;
}

static void the_lock_excludes_and_its_absence_is_seen(void **state)
{
    uint32_t lost = 0;

    for (uint64_t seed = 0; seed < 20; seed++) {
        assert_int_equal(count_with(seed, true), 60);
        lost += 60 - count_with(seed, false);
    }
    assert_true(lost > 0);
}

static void set_gate(void *argument)
{
    gate = 1;
}

static void a_spin_loop_lets_others_run(void **state)
{
    struct host_thread_options options = {.name = "setter", .detached = true};
    struct host_thread *thread;

    gate = 0;
    assert_int_equal(host_thread_create(&options, set_gate, NULL, &thread), 0);
    while (gate == 0)
        host_spin_pause();
}

static _Atomic uint32_t asked, hooked;
static bool answer;

static bool say(const struct host_registers *registers)
{
    asked++;
    assert_true(registers->rip != 0 && registers->rsp != 0);
    return answer;
}

static void wait_a_little(struct host_registers *registers)
{
    _Atomic uint32_t word = 0;

    hooked++;
    assert_int_equal(host_wait(&word, 0, host_clock_ns() + 1000), ETIMEDOUT);
}

static void an_interrupt_comes_at_the_next_point(void **state)
{
    _Atomic uint32_t word = 0;

    host_interrupt_install(say, wait_a_little);
    asked = hooked = 0;
    answer = false;
    host_thread_interrupt(host_thread_self());
    host_thread_interrupt(host_thread_self());
    assert_int_equal(asked, 0);
    host_thread_yield();
    assert_int_equal(asked, 1); /* coalesced */
    assert_int_equal(hooked, 0);
    host_thread_yield();
    assert_int_equal(asked, 1); /* refused is forgotten */
    answer = true;
    host_thread_interrupt(host_thread_self());
    /* the hook's own wait times out; this one's result is not disturbed */
    assert_int_equal(host_wait(&word, 1, HOST_FOREVER), 0);
    assert_int_equal(hooked, 1);
    host_interrupt_install(NULL, NULL);
}

static void *visit(void *argument)
{
    assert_non_null(host_thread_self());
    host_thread_yield();
    through = 1;
    return NULL;
}

static void a_foreign_thread_is_let_in(void **state)
{
    pthread_t handle;

    through = 0;
    assert_int_equal(pthread_create(&handle, NULL, visit, NULL), 0);
    while (through == 0)
        host_thread_yield();
    for (int i = 0; i < 100; i++)
        host_thread_yield(); /* its end needs a turn too */
    assert_int_equal(pthread_join(handle, NULL), 0);
}

static bool skip_hlt(const struct host_fault *fault, struct host_registers *registers)
{
    hooked++;
    registers->rip++;
    return fault->kind == HOST_FAULT_PRIVILEGED;
}

static void fault_here(void *argument)
{
    __asm__ volatile("hlt");
}

static void faults_are_real_here_too(void **state)
{
    struct host_thread *thread;

    hooked = 0;
    host_fault_install(skip_hlt);
    assert_int_equal(host_thread_create(NULL, fault_here, NULL, &thread), 0);
    host_thread_join(thread);
    assert_int_equal(hooked, 1);
}

static void what_the_ground_says_of_itself(void **state)
{
    _Atomic uint32_t word = 0;
    uint64_t first, second;

    assert_true(host_is_sim());
    assert_int_equal(host_cpu_count(), 1);
    assert_int_equal(host_wait_shared(&word, 0, 0), ENOTSUP);
    host_sim_seed(7);
    first = host_random64();
    second = host_random64();
    assert_true(first != second);
    host_sim_seed(7);
    assert_int_equal(host_random64(), first);
    /* scheduling draws do not disturb it */
    host_thread_yield();
    assert_int_equal(host_random64(), second);
}

static void sleep_forever(void *argument)
{
    static _Atomic uint32_t word = 17;

    host_wait(&word, 17, HOST_FOREVER);
}

static void a_standstill_is_told(void **state)
{
    char text[4096];
    size_t length = 0;
    ssize_t got;
    int ends[2], status;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct host_thread_options options = {.name = "sleeper"};
        struct host_thread *thread;

        dup2(ends[1], STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        host_thread_create(&options, sleep_forever, NULL, &thread);
        host_thread_join(thread);
        host_exit(0);
    }
    close(ends[1]);
    while (length < sizeof(text) - 1 &&
           (got = read(ends[0], text + length, sizeof(text) - 1 - length)) > 0)
        length += (size_t)got;
    text[length] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_non_null(strstr(text, "sim: deadlock after "));
    assert_non_null(strstr(text, "thread 0 '' joins thread "));
    assert_non_null(strstr(text, " 'sleeper' waits on word 0x"));
    assert_non_null(strstr(text, "(expects 17, holds 17)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_is_the_same_run),
        cmocka_unit_test(other_seeds_are_other_runs),
        cmocka_unit_test(an_hour_passes_at_once),
        cmocka_unit_test(time_stands_still_while_somebody_can_run),
        cmocka_unit_test(polling_the_clock_ends),
        cmocka_unit_test(deadlines_come_in_order_whatever_the_seed),
        cmocka_unit_test(a_wake_is_for_as_many_as_it_says),
        cmocka_unit_test(the_lock_excludes_and_its_absence_is_seen),
        cmocka_unit_test(a_spin_loop_lets_others_run),
        cmocka_unit_test(an_interrupt_comes_at_the_next_point),
        cmocka_unit_test(a_foreign_thread_is_let_in),
        cmocka_unit_test(faults_are_real_here_too),
        cmocka_unit_test(what_the_ground_says_of_itself),
        cmocka_unit_test(a_standstill_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
