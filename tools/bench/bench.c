/* SPDX-License-Identifier: MIT */
/* bench.c - `make bench`: what a request costs, beside baselines measured in the same run.
 *
 * The baseline is a bare hand-over between two processes by the same wait that the gate uses
 * (wire/turn.h), on one core and on two. Figures are medians over rounds; what counts is the
 * ratio, because machines differ.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client/client.h"
#include "cove/cove.h"
#include "wire/turn.h"

#define CALLS  1000
#define ROUNDS 60

static const char *folder; /* of the build: bin, drivers, apps */

static double now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return count ? values[count / 2] : 0;
}

static void pin(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

/* ---- baselines --------------------------------------------------------------------------------
 */

/* One bare round trip; other: the core of the answering process. */
static double bare_round_trip(int cpu, int other)
{
    struct wire_channel *channel =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = fork();
    if (!pid) {
        pin(other);
        while (wire_turn_wait(channel, WIRE_TURN_PROGRAM, &channel->kernel_sleeps) ==
               WIRE_TURN_KERNEL)
            wire_turn_give(channel, WIRE_TURN_PROGRAM, &channel->program_sleeps);
        _exit(0);
    }
    cpu_set_t before;
    sched_getaffinity(0, sizeof before, &before);
    pin(cpu);
    double rounds[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        double began = now_ns();
        for (int i = 0; i < CALLS; i++) {
            wire_turn_give(channel, WIRE_TURN_KERNEL, &channel->kernel_sleeps);
            wire_turn_wait(channel, WIRE_TURN_KERNEL, &channel->program_sleeps);
        }
        rounds[round] = (now_ns() - began) / CALLS;
    }
    wire_turn_give(channel, WIRE_TURN_CLOSED, &channel->kernel_sleeps);
    waitpid(pid, NULL, 0);
    munmap(channel, 4096);
    sched_setaffinity(0, sizeof before, &before);
    return median(rounds, ROUNDS);
}

/* ---- a program on a machine ---------------------------------------------------------------------
 */

/* Runs a command line and gives its output to read; returns the exit code. */
static int command(const char *line, char *out, size_t size)
{
    FILE *pipe = popen(line, "r");
    if (!pipe)
        return -1;
    size_t length = fread(out, 1, size - 1, pipe);
    out[length] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Reads the numbers at text, at most ROUNDS, into their median; *out_end is where they end. */
static double median_of_text(char *text, char **out_end)
{
    double rounds[ROUNDS];
    int count = 0;
    for (char *end; count < ROUNDS; text = end) {
        rounds[count] = strtod(text, &end);
        if (end == text)
            break;
        count++;
    }
    *out_end = text;
    return median(rounds, count);
}

/* Median of the numbers a benchapp prints; cores: a taskset list. 0 when it failed. */
static double program_call(const char *cores)
{
    char line[PATH_MAX * 3], *out = malloc(1 << 16);
    snprintf(
        line, sizeof line,
        "taskset -c %s %s/bin/cove run --quiet %s/bench/benchdrv.sys -- %s/bench/benchapp.exe %d",
        cores, folder, folder, folder, ROUNDS);
    double value = 0;
    char *end;
    if (!command(line, out, 1 << 16))
        value = median_of_text(out, &end);
    free(out);
    return value;
}

/* Milliseconds from the start of `cove run` to the first answered call. */
static double first_call_ms(void)
{
    char line[PATH_MAX * 3], out[256];
    double starts[11];
    int count = 0;
    snprintf(line, sizeof line,
             "%s/bin/cove run --quiet %s/bench/benchdrv.sys -- %s/bench/benchapp.exe first", folder,
             folder, folder);
    for (int i = 0; i < 11; i++) {
        long long counter, frequency;
        double began = now_ns();
        /* The program's counter is the host's monotonic clock. */
        if (!command(line, out, sizeof out) && sscanf(out, "%lld %lld", &counter, &frequency) == 2)
            starts[count++] = ((double)counter * 1e9 / (double)frequency - began) / 1e6;
    }
    return median(starts, count);
}

static double idle_mib(void)
{
    char name[32], path[64], line[256];
    snprintf(name, sizeof name, "bench-%d", (int)getpid());
    struct client_boot boot = {.name = name};
    pid_t pid;
    long kib = 0;
    if (client_boot(&boot, &pid)) {
        fprintf(stderr, "cove-bench: %s\n", client_error());
        return 0;
    }
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof line, status))
        sscanf(line, "VmRSS: %ld", &kib);
    if (status)
        fclose(status);
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    client_forget(name);
    return (double)kib / 1024;
}

/* ---- in-process
 * ------------------------------------------------------------------------------------ */

#define WINE_ROUNDS 7

/* The same files under Wine, where it is installed; 0 where it is not. */
static void wine_call(double *out_one, double *out_two)
{
    char line[PATH_MAX * 2], out[4096], *end;
    *out_one = *out_two = 0;
    snprintf(line, sizeof line, "%s/wine.sh %s %d 2>/dev/null", COVE_BENCH_SOURCE, folder,
             WINE_ROUNDS);
    if (command(line, out, sizeof out) || !*out)
        return;
    *out_one = median_of_text(out, &end);
    char *second = strstr(end, "--");
    if (second)
        *out_two = median_of_text(second + 2, &end);
}

static double inprocess_call(void)
{
    struct cove_machine *machine;
    cove_file file;
    char driver[PATH_MAX], error[400];
    double rounds[ROUNDS] = {0};
    snprintf(driver, sizeof driver, "%s/bench/benchdrv.sys", folder);
    if (cove_boot(NULL, &machine) < 0)
        return 0;
    if (cove_load(machine, driver, error, sizeof error) < 0) {
        fprintf(stderr, "cove-bench: %s\n", error);
    } else if (cove_open(machine, "\\\\.\\CoveBench", COVE_READ | COVE_WRITE, &file) >= 0) {
        for (int round = 0; round < ROUNDS; round++) {
            double began = now_ns();
            for (int i = 0; i < CALLS; i++) {
                uint64_t value = 41;
                uint32_t count;
                if (cove_ioctl(file, 0x2220c0, &value, sizeof value, &value, sizeof value, &count) <
                        0 ||
                    value != 42) {
                    fprintf(stderr, "cove-bench: the in-process call failed\n");
                    return 0;
                }
            }
            rounds[round] = (now_ns() - began) / CALLS;
        }
        cove_close(file);
    }
    cove_shutdown(machine);
    return median(rounds, ROUNDS);
}

/* ---- the table
 * ------------------------------------------------------------------------------------- */

static int failures;

static void row(const char *what, double value, const char *unit, double limit,
                const char *limit_text)
{
    bool good = value > 0 && (limit <= 0 || value <= limit);
    if (!good)
        failures++;
    printf("%-52s %10.1f %-4s  %-34s %s\n", what, value, unit, limit_text,
           good ? "" : "<-- not reached");
}

static void call_rows(const char *what, double value, double baseline, double factor)
{
    char text[64];
    snprintf(text, sizeof text, "%.1f x bare (wanted <= %.0f x)",
             baseline > 0 ? value / baseline : 0, factor);
    row(what, value, "ns", baseline * factor, text);
}

int main(int argc, char **argv)
{
    static char self[PATH_MAX];
    if (argc > 1) {
        folder = argv[1];
    } else {
        ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
        self[length < 0 ? 0 : length] = '\0';
        for (int up = 0; up < 2 && strrchr(self, '/'); up++)
            *strrchr(self, '/') = '\0';
        folder = self;
    }
    int last = sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 1 : 0;
    char both[16];
    snprintf(both, sizeof both, "0-%d", last);
    double bare_one = bare_round_trip(0, 0), bare_two = bare_round_trip(0, last);
    printf("medians of %d rounds of %d calls; 8 bytes in, 8 bytes out, METHOD_BUFFERED\n\n", ROUNDS,
           CALLS);
    row("bare round trip of two processes, one core", bare_one, "ns", 0, "baseline");
    row("bare round trip of two processes, two cores", bare_two, "ns", 0, "baseline");
    call_rows("DeviceIoControl of a program, one core", program_call("0"), bare_one, 2);
    call_rows("DeviceIoControl of a program, two cores", program_call(both), bare_two, 8);
    row("DeviceIoControl in-process (libcove)", inprocess_call(), "ns", 250, "wanted <= 250 ns");
    row("cove run to the first answered DeviceIoControl", first_call_ms(), "ms", 80,
        "wanted <= 80 ms");
    row("resident memory of an idle machine", idle_mib(), "MiB", 32, "wanted <= 32 MiB");
    double wine_one, wine_two;
    wine_call(&wine_one, &wine_two);
    if (wine_one > 0) {
        row("the same driver and program under Wine, one core", wine_one, "ns", 0, "peer");
        row("the same driver and program under Wine, two cores", wine_two, "ns", 0, "peer");
    } else {
        puts("Wine is not installed: nothing to compare with");
    }
    if (failures)
        printf("%d figures were not reached\n", failures);
    return 0;
}
