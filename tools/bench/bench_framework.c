/* SPDX-License-Identifier: MIT */
/* bench_framework.c - what the Framework's queues cost, beside a bare dispatch routine.
 *
 * In: benchdrv.sys and kmdfbench.sys in one machine of libcove, the same call to each in turn.
 * Every answer is counted: a call that fails spoils the figures.
 */
#include <limits.h>
#include <stdio.h>

#include "bench.h"
#include "benchdrv.h"
#include "cove/cove.h"

static int failures;

static double round_of(cove_file file, uint32_t code, uint64_t *value)
{
    double began = bench_now_ns();
    for (int i = 0; i < CALLS; i++) {
        uint32_t count = 0;
        if (cove_ioctl(file, code, value, sizeof *value, value, sizeof *value, &count) < 0 ||
            count != sizeof *value)
            failures++;
    }
    return (bench_now_ns() - began) / CALLS;
}

#define OBJECTS 1000u

/* An object with a context, made and deleted, in ns. */
static double objects_round(cove_file queued)
{
    struct bench_loop loop = {.turns = OBJECTS};
    uint32_t count = 0;
    double began = bench_now_ns();
    if (cove_ioctl(queued, IOCTL_BENCH_OBJECTS, &loop, sizeof loop, &loop, sizeof loop, &count) <
            0 ||
        loop.sum != OBJECTS)
        failures++;
    return (bench_now_ns() - began) / OBJECTS;
}

static void measure(cove_file bare, cove_file queued, uint64_t *value,
                    struct bench_framework *out_framework)
{
    static double rounds[4][ROUNDS];
    *value = 0;
    for (int i = 0; i < ROUNDS; i++) {
        rounds[0][i] = round_of(bare, IOCTL_BENCH, value);
        rounds[1][i] = round_of(queued, IOCTL_BENCH, value);
        rounds[2][i] = round_of(queued, IOCTL_BENCH_FORWARD, value);
        rounds[3][i] = objects_round(queued);
    }
    failures += *value != 3ull * ROUNDS * CALLS;
    *out_framework = (struct bench_framework){bench_median(rounds[0], ROUNDS),
                                              bench_median(rounds[1], ROUNDS),
                                              bench_median(rounds[2], ROUNDS),
                                              bench_median(rounds[3], ROUNDS),
                                              0,
                                              0,
                                              0};
}

static int driver_load(struct cove_machine *machine, const char *name, const char *device,
                       cove_file *out_file)
{
    char path[PATH_MAX], error[400] = "";
    snprintf(path, sizeof path, "%s/bench/%s.sys", bench_folder, name);
    if (cove_load(machine, path, error, sizeof error) < 0 ||
        cove_open(machine, device, COVE_READ | COVE_WRITE, out_file) < 0) {
        fprintf(stderr, "cove-bench: %s: %s\n", name, error);
        return -1;
    }
    return 0;
}

/* ---- from AddDevice to D0 ------------------------------------------------------------------ */

/* A device below the root whose function driver, and nobody else, is in the machine already. */
static int stack_make(struct cove_machine *machine, const char *function, const char *id,
                      char out_instance[COVE_INSTANCE_MAX])
{
    static const char *const filter[] = {"benchdrv", NULL};
    struct cove_stack keeps = {.function = function}, timed = {function, filter, filter};
    char error[400] = "";
    if (cove_device_create(machine, id, &keeps, out_instance, error, sizeof error) < 0 ||
        cove_device_create(machine, id, &timed, out_instance, error, sizeof error) < 0) {
        fprintf(stderr, "cove-bench: %s: %s\n", id, error);
        return -1;
    }
    return 0;
}

/* Microseconds of one start. */
static double start_round(struct cove_machine *machine, cove_file bare, const char *instance)
{
    struct bench_loop before = {0}, after = {0};
    uint32_t count;
    failures +=
        cove_ioctl(bare, IOCTL_BENCH_STARTED, NULL, 0, &before, sizeof before, &count) < 0 ||
        cove_device_restart(machine, instance) < 0 || cove_devices_wait(machine) < 0 ||
        cove_ioctl(bare, IOCTL_BENCH_STARTED, NULL, 0, &after, sizeof after, &count) < 0 ||
        after.turns <= before.turns;
    return (double)after.sum / 1e3;
}

static void starts_measure(struct cove_machine *machine, cove_file bare,
                           struct bench_framework *out_framework)
{
    static double rounds[2][ROUNDS];
    char of_bare[COVE_INSTANCE_MAX], of_hello[COVE_INSTANCE_MAX], path[PATH_MAX], error[400] = "";
    snprintf(path, sizeof path, "%s/drivers/KmdfHelloWorld.sys", bench_folder);
    if (cove_driver(machine, path, error, sizeof error) < 0 ||
        stack_make(machine, "benchdrv", "Root\\BenchBare", of_bare) ||
        stack_make(machine, "KmdfHelloWorld", "Root\\BenchHello", of_hello)) {
        fprintf(stderr, "%s\n", error);
        failures++;
        return;
    }
    for (int i = 0; i < ROUNDS; i++) {
        rounds[0][i] = start_round(machine, bare, of_bare);
        rounds[1][i] = start_round(machine, bare, of_hello);
    }
    out_framework->start_bare = bench_median(rounds[0], ROUNDS);
    out_framework->start_hello = bench_median(rounds[1], ROUNDS);
    failures += cove_device_remove(machine, of_hello) < 0;
    failures += cove_device_remove(machine, of_bare) < 0;
}

/* What the process has more of once the Framework is there and has a client, in KiB. */
static double resident_kib(void)
{
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%ld %ld", &pages, &resident) != 2)
        resident = 0;
    fclose(file);
    return (double)resident * 4;
}

int framework_measure(struct bench_framework *out_framework)
{
    struct cove_machine *machine;
    cove_file bare, queued;
    *out_framework = (struct bench_framework){0};
    if (cove_boot(NULL, &machine) < 0)
        return -1;
    failures = 0;
    int failed = driver_load(machine, "benchdrv", "\\\\.\\CoveBench", &bare);
    double resident = resident_kib();
    if (failed || driver_load(machine, "kmdfbench", "\\\\.\\CoveBenchFx", &queued)) {
        failures++;
    } else {
        resident = resident_kib() - resident;
        uint64_t *value = cove_memory_allocate(machine, 4096);
        if (value)
            measure(bare, queued, value, out_framework);
        else
            failures++;
        out_framework->resident_kib = resident;
        cove_memory_free(machine, value);
        starts_measure(machine, bare, out_framework);
        cove_close(bare);
        cove_close(queued);
    }
    cove_shutdown(machine);
    if (failures)
        fprintf(stderr, "cove-bench: %d calls through the Framework failed\n", failures);
    return failures ? -1 : 0;
}
