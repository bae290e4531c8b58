/* SPDX-License-Identifier: MIT */
/* schedules_main.c - batches of schedules on a machine above the simulated ground.
 *
 *   fx_schedules DRIVER.sys [FIRST-SEED [BATCHES [SECONDS]]]
 *
 * Every lock of the kernel is a point at which another thread may go on, drawn from the seed. The
 * last line says how many schedules have run; a failure names its seed: the same first seed and
 * driver fail at the same place again. A machine that stops exits with 70 and its report.
 * SECONDS: what the power manager gives an IRP, where the usual time is not meant.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cove/cove.h"
#include "host/host.h"
#include "host/points.h"
#include "po/po.h"

#define IOCTL_RUN  0x00222340u /* as tests/driver/driver_test.c */
#define TEXT_BYTES 8192u
#define SCHEDULES  50 /* in a batch: schedules.c */

static void log_print(const char *line, void *context)
{
    (void)context;
    fprintf(stderr, "%s\n", line);
}

static int batch_run(cove_file file, uint64_t seed, void *memory)
{
    struct {
        uint32_t index, reserved;
        uint64_t user_memory;
    } request = {.user_memory = (uint64_t)memory};
    static char text[TEXT_BYTES + 1];
    uint32_t count = 0;
    memcpy(memory, &seed, sizeof(uint32_t));
    printf("seed %llu\r", (unsigned long long)seed); /* the last one, if the machine stops */
    fflush(stdout);
    host_sim_seed(seed);
    host_points = true;
    int32_t status =
        cove_ioctl(file, IOCTL_RUN, &request, sizeof request, text, TEXT_BYTES, &count);
    host_points = false;
    text[count < TEXT_BYTES ? count : TEXT_BYTES] = '\0';
    char *failures = strchr(text, '\n');
    if (status == 0 && !(failures && failures[1]))
        return 0;
    printf("seed %llu: %s\n%s\n", (unsigned long long)seed, cove_status_name(status), text);
    return 1;
}

int main(int argc, char **argv)
{
    struct cove_options options = {.processors = 4, .log = log_print};
    uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
    uint64_t batches = argc > 3 ? strtoull(argv[3], NULL, 0) : 1, done = 0;
    struct cove_machine *machine;
    char error[400] = "";
    cove_file file;
    int failed = 0;
    if (argc < 2 || !host_is_sim())
        return 2;
    host_sim_seed(first);
    host_points = true; /* so that the four processors are four */
    if (cove_boot(&options, &machine) < 0 || cove_load(machine, argv[1], error, sizeof error) < 0 ||
        cove_open(machine, "\\\\.\\DriverTest", COVE_READ | COVE_WRITE, &file) < 0) {
        printf("cannot begin: %s\n", error);
        return 2;
    }
    if (argc > 4)
        po_watchdog_set((ULONG)strtoul(argv[4], NULL, 0));
    void *memory = cove_memory_allocate(machine, 0x2000);
    for (; done < batches && !failed; done++)
        failed = batch_run(file, first + done, memory);
    cove_memory_free(machine, memory);
    cove_close(file);
    unsigned left = cove_shutdown(machine);
    printf("%llu schedules, %d failed, %u kinds of things left\n",
           (unsigned long long)done * SCHEDULES, failed, left);
    return failed || left;
}
