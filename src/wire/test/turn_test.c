/* SPDX-License-Identifier: MIT */
/* turn_test.c - the hand-over between two processes loses no turn, asleep or awake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/host.h"
#include "wire/turn.h"

#define CALLS 20000

static struct wire_channel *channel_create(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
    return memory;
}

/* Answers each request with argument + 1 until the channel is closed. */
[[noreturn]] static void answer(struct wire_channel *channel)
{
    while (wire_turn_wait(channel, WIRE_TURN_PROGRAM, &channel->kernel_sleeps) ==
           WIRE_TURN_KERNEL) {
        channel->result = channel->arguments[0] + 1;
        wire_turn_give(channel, WIRE_TURN_PROGRAM, &channel->program_sleeps);
    }
    _exit(0);
}

static void ask(struct wire_channel *channel, uint64_t value)
{
    channel->arguments[0] = value;
    wire_turn_give(channel, WIRE_TURN_KERNEL, &channel->kernel_sleeps);
    assert_int_equal(wire_turn_wait(channel, WIRE_TURN_KERNEL, &channel->program_sleeps),
                     WIRE_TURN_PROGRAM);
    assert_int_equal(channel->result, value + 1);
}

static void every_call_is_answered(void **state)
{
    struct wire_channel *channel = channel_create();
    pid_t pid = fork();
    if (!pid)
        answer(channel);
    for (uint64_t i = 0; i < CALLS; i++) {
        ask(channel, i);
        /* Now and then long enough for the other side to go to sleep. */
        if (i % 997 == 0)
            host_stall_ns(2 * WIRE_SPIN_NS);
    }
    wire_turn_give(channel, WIRE_TURN_CLOSED, &channel->kernel_sleeps);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(channel->kernel_sleeps, 0);
    assert_int_equal(channel->program_sleeps, 0);
    munmap(channel, 4096);
}

static void a_closed_channel_ends_the_wait_at_once(void **state)
{
    struct wire_channel *channel = channel_create();
    channel->turn = WIRE_TURN_CLOSED;
    assert_int_equal(wire_turn_wait(channel, WIRE_TURN_KERNEL, &channel->program_sleeps),
                     WIRE_TURN_CLOSED);
    munmap(channel, 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_is_answered),
        cmocka_unit_test(a_closed_channel_ends_the_wait_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
