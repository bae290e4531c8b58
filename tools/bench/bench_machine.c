/* SPDX-License-Identifier: MIT */
/* bench_machine.c - what a call costs when the machine is in the caller's own process.
 *
 * In: benchdrv.sys in a machine of libcove. Buffers lie in the program's memory, so that
 * nothing but the kernel copies them.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "benchdrv.h"
#include "cove/cove.h"

#define LARGE_CALLS  50
#define DIRECT_BYTES (1u << 20)
#define ECHO_BYTES   (64u << 10)
#define LOOP_TURNS   10000u

static cove_file file;
static int failures;

/* One call; counts what fails or answers another number of bytes. */
static void call(uint32_t code, const void *input, uint32_t input_length, void *output,
                 uint32_t output_length)
{
    uint32_t count = 0;
    if (cove_ioctl(file, code, input, input_length, output, output_length, &count) < 0 ||
        count != output_length)
        failures++;
}

/* Nanoseconds a call of one round. */
static double round_of(int calls, uint32_t code, void *input, uint32_t input_length, void *output,
                       uint32_t output_length)
{
    double began = bench_now_ns();
    for (int i = 0; i < calls; i++)
        call(code, input, input_length, output, output_length);
    return (bench_now_ns() - began) / calls;
}

/* The copies that a buffered call cannot avoid: program to system buffer, and back. */
static double copies_of_round(void *user, void *system)
{
    double began = bench_now_ns();
    for (int i = 0; i < LARGE_CALLS; i++) {
        memcpy(system, user, ECHO_BYTES);
        __asm__ volatile("" : : "r"(system) : "memory");
        memcpy(user, system, ECHO_BYTES);
        __asm__ volatile("" : : "r"(user) : "memory");
    }
    return (bench_now_ns() - began) / LARGE_CALLS;
}

/* Nanoseconds a turn of the driver's loop. */
static double loop_round(uint32_t what)
{
    struct bench_loop loop = {.what = what, .turns = LOOP_TURNS};
    double began = bench_now_ns();
    call(IOCTL_BENCH_LOOP, &loop, sizeof loop, &loop, sizeof loop);
    failures += what == BENCH_LOOP_VALUE && loop.sum != LOOP_TURNS;
    return (bench_now_ns() - began) / LOOP_TURNS;
}

static void measure(uint8_t *memory, uint8_t *system, struct bench_machine *out_machine)
{
    enum { SMALL, DIRECT, ECHO, COPY, LOOP, READ, CHANGE, TIME, VALUE, KINDS };
    static double rounds[KINDS][ROUNDS];
    uint64_t *value = (uint64_t *)memory;
    *value = 0;
    for (int i = 0; i < ROUNDS; i++) {
        rounds[SMALL][i] = round_of(CALLS, IOCTL_BENCH, value, sizeof *value, value, sizeof *value);
        rounds[DIRECT][i] =
            round_of(CALLS, IOCTL_BENCH_DIRECT, NULL, 0, memory + 4096, DIRECT_BYTES);
        rounds[ECHO][i] = round_of(LARGE_CALLS, IOCTL_BENCH_ECHO, memory + 4096, ECHO_BYTES,
                                   memory + 4096, ECHO_BYTES);
        rounds[COPY][i] = copies_of_round(memory + 4096, system);
        rounds[LOOP][i] = loop_round(BENCH_LOOP_EMPTY);
        rounds[READ][i] = loop_round(BENCH_LOOP_IRQL);
        rounds[CHANGE][i] = loop_round(BENCH_LOOP_RAISE);
        rounds[TIME][i] = loop_round(BENCH_LOOP_TIME);
        rounds[VALUE][i] = loop_round(BENCH_LOOP_VALUE);
    }
    if (*value != (uint64_t)ROUNDS * CALLS)
        failures++;
    double loop = bench_median(rounds[LOOP], ROUNDS);
    *out_machine = (struct bench_machine){
        .small = bench_median(rounds[SMALL], ROUNDS),
        .direct = bench_median(rounds[DIRECT], ROUNDS),
        .echo = bench_median(rounds[ECHO], ROUNDS),
        .copy = bench_median(rounds[COPY], ROUNDS),
        .irql_read = bench_median(rounds[READ], ROUNDS) - loop,
        .irql_change = bench_median(rounds[CHANGE], ROUNDS) - loop,
        .time_read = bench_median(rounds[TIME], ROUNDS) - loop,
        .value_read = bench_median(rounds[VALUE], ROUNDS),
        .loop = loop,
    };
}

int machine_measure(struct bench_machine *out_machine)
{
    struct cove_machine *machine;
    char driver[PATH_MAX], error[400];
    snprintf(driver, sizeof driver, "%s/bench/benchdrv.sys", bench_folder);
    *out_machine = (struct bench_machine){0};
    if (cove_boot(NULL, &machine) < 0)
        return -1;
    failures = 0;
    if (cove_load(machine, driver, error, sizeof error) < 0) {
        fprintf(stderr, "cove-bench: %s\n", error);
        failures++;
    } else if (cove_open(machine, "\\\\.\\CoveBench", COVE_READ | COVE_WRITE, &file) >= 0) {
        uint8_t *memory = cove_memory_allocate(machine, DIRECT_BYTES + 4096);
        uint8_t *system = cove_memory_allocate(machine, ECHO_BYTES);
        if (memory && system)
            measure(memory, system, out_machine);
        else
            failures++;
        cove_memory_free(machine, memory);
        cove_memory_free(machine, system);
        cove_close(file);
    } else {
        failures++;
    }
    cove_shutdown(machine);
    if (failures)
        fprintf(stderr, "cove-bench: %d in-process calls failed\n", failures);
    return failures ? -1 : 0;
}
