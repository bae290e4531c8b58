/* SPDX-License-Identifier: MIT */
/* bench.c - `make bench`: what a request costs, beside baselines measured in the same run.
 *
 * The baseline is a bare hand-over between two processes by the same wait that the gate uses
 * (wire/turn.h), on one core and on two. Figures are medians over rounds; what counts is the
 * ratio, because machines differ.
 */
#include "bench.h"

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "wire/turn.h"

const char *bench_folder;

double bench_now_ns(void)
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

double bench_median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return count ? values[count / 2] : 0;
}

void bench_pin(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

/* ---- baselines ----------------------------------------------------------------------- */

/* One bare round trip; other: the core of the answering process. */
static double bare_round_trip(int cpu, int other)
{
    struct wire_channel *channel =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = fork();
    if (!pid) {
        bench_pin(other);
        while (wire_turn_wait(channel, WIRE_TURN_PROGRAM, &channel->kernel_sleeps) ==
               WIRE_TURN_KERNEL)
            wire_turn_give(channel, WIRE_TURN_PROGRAM, &channel->program_sleeps);
        _exit(0);
    }
    cpu_set_t before;
    sched_getaffinity(0, sizeof before, &before);
    bench_pin(cpu);
    double rounds[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        double began = bench_now_ns();
        for (int i = 0; i < CALLS; i++) {
            wire_turn_give(channel, WIRE_TURN_KERNEL, &channel->kernel_sleeps);
            wire_turn_wait(channel, WIRE_TURN_KERNEL, &channel->program_sleeps);
        }
        rounds[round] = (bench_now_ns() - began) / CALLS;
    }
    wire_turn_give(channel, WIRE_TURN_CLOSED, &channel->kernel_sleeps);
    waitpid(pid, NULL, 0);
    munmap(channel, 4096);
    sched_setaffinity(0, sizeof before, &before);
    return bench_median(rounds, ROUNDS);
}

/* ---- the table -------------------------------------------------------------------------- */

static int failures;
static char both[16] = "0"; /* taskset list of two cores, where there are two */

static void line(const char *what, double value, const char *unit, bool is_good, const char *text)
{
    failures += !is_good;
    printf("%-54s %11.1f %-5s  %-40s %s\n", what, value, unit, text,
           is_good ? "" : "<-- not reached");
    fflush(stdout);
}

static void baseline(const char *what, double value, const char *unit)
{
    line(what, value, unit, value > 0, "baseline");
}

/* At most limit. */
static void row_most(const char *what, double value, const char *unit, double limit)
{
    char text[64];
    snprintf(text, sizeof text, "wanted <= %.0f %s", limit, unit);
    line(what, value, unit, value > 0 && value <= limit, text);
}

/* At most factor times what it is compared with. */
static void row_times(const char *what, double value, const char *unit, double with,
                      const char *name, double factor)
{
    char text[96];
    snprintf(text, sizeof text, "%.2f x %s (wanted <= %.1f x)", with > 0 ? value / with : 0, name,
             factor);
    line(what, value, unit, value > 0 && with > 0 && value <= with * factor, text);
}

/* ---- what is measured ----------------------------------------------------------------------- */

/* How fast a line of memory goes from core to core depends on where it happens to lie: each pair
 * of processes has its own speed for as long as it lives. So these are medians of several pairs. */
#define PAIRS 9

static void pairs_measure(int last, double *out_bare, double *out_program)
{
    double bare[PAIRS], program[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
        bare[i] = bare_round_trip(0, last);
        program[i] = program_call(both);
    }
    *out_bare = bench_median(bare, PAIRS);
    *out_program = bench_median(program, PAIRS);
}

static void calls_of_programs(double *out_one, double *out_two)
{
    int last = strcmp(both, "0") ? 1 : 0;
    double bare_one = bare_round_trip(0, 0), bare_two;
    pairs_measure(last, &bare_two, out_two);
    baseline("bare round trip of two processes, one core", bare_one, "ns");
    baseline("bare round trip of two processes, two cores", bare_two, "ns");
    *out_one = program_call("0");
    row_times("DeviceIoControl of a program, one core", *out_one, "ns", bare_one, "bare", 1.3);
    row_times("DeviceIoControl of a program, two cores", *out_two, "ns", bare_two, "bare", 4);
    struct bench_wakes wakes = {0};
    char text[96];
    int error = program_wakes(both, &wakes);
    snprintf(text, sizeof text, "%.0f in %.0f calls (wanted 0 a ms)", wakes.wakes, wakes.calls);
    line("... sleepers woken in a millisecond of calls, median", wakes.median, "",
         !error && wakes.median == 0, text);
}

static void in_process(void)
{
    struct bench_machine machine;
    machine_measure(&machine);
    row_most("DeviceIoControl in-process (libcove)", machine.small, "ns", 120);
    row_times("... 1 MiB METHOD_OUT_DIRECT, not touched", machine.direct, "ns", machine.small,
              "8 bytes", 2);
    baseline("copying 64 KiB there and back", machine.copy, "ns");
    row_times("... 64 KiB METHOD_BUFFERED, echoed", machine.echo, "ns", machine.copy, "the copies",
              1.2);
    row_most("a driver's inlined KeGetCurrentIrql", machine.irql_read, "ns", 20);
    row_most("a driver's inlined KeRaiseIrql and KeLowerIrql", machine.irql_change, "ns", 40);
    row_most("a driver's read of the shared-data page", machine.time_read, "ns", 20);
    row_most("a driver's read of a registry value (1,000,000 a second)", machine.value_read, "ns",
             1000);
}

static void framework(void)
{
    struct bench_framework figures;
    char text[64];
    framework_measure(&figures);
    double more = figures.forward - figures.queue;
    baseline("an IOCTL to a bare WDM dispatch routine", figures.bare, "ns");
    row_times("... through a parallel queue of the Framework", figures.queue, "ns", figures.bare,
              "bare", 2.5);
    snprintf(text, sizeof text, "%.0f ns more (wanted <= 100 ns)", more);
    line("... forwarded to a manual queue and retrieved", figures.forward, "ns",
         figures.forward > 0 && more <= 100, text);
    row_most("an object of the Framework made and deleted", figures.object, "ns", 120);
    baseline("a stack of bare WDM drivers, AddDevice to started", figures.start_bare, "us");
    double times = figures.start_bare > 0 ? figures.start_hello / figures.start_bare : 0;
    snprintf(text, sizeof text, "%.2f x bare (wanted <= 300 us)", times);
    line("... with the hello driver in it, AddDevice to D0", figures.start_hello, "us",
         figures.start_hello > 0 && figures.start_hello <= 300, text);
    row_most("memory that the Framework and a client take", figures.resident_kib, "KiB", 2048);
}

static void many(void)
{
    double single = programs_per_second("0", 1) / 1e3, four = programs_per_second(both, 4) / 1e3;
    char text[64];
    baseline("calls a second of one program kept on one core", single, "k/s");
    snprintf(text, sizeof text, "%.2f x one (wanted >= 1.6 x)", single > 0 ? four / single : 0);
    line("calls a second of 4 programs on two cores", four, "k/s",
         single > 0 && four >= 1.6 * single, text);
    double lone = program_outstanding(1, 0);
    baseline("1 outstanding request: sent, completed, reaped", lone, "ns");
    static const int counts[] = {100, 10000, 100000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        snprintf(text, sizeof text, "... each of %d outstanding", counts[i]);
        row_times(text, program_outstanding(counts[i], 0), "ns", lone, "of one", 2);
    }
    lone = program_outstanding(100, 1);
    baseline("100 outstanding requests, cancelled, each", lone, "ns");
    row_times("... each of 100000, cancelled", program_outstanding(100000, 1), "ns", lone, "of 100",
              2);
}

static void wine(double one, double two)
{
    double wine_one, wine_two;
    wine_call(&wine_one, &wine_two);
    if (wine_one <= 0) {
        puts("Wine is not installed: nothing to compare with");
        return;
    }
    char text[64];
    snprintf(text, sizeof text, "%.0f x ours (wanted >= 20 x)", one > 0 ? wine_one / one : 0);
    line("the same driver and program under Wine, one core", wine_one, "ns",
         one > 0 && wine_one >= 20 * one, text);
    snprintf(text, sizeof text, "%.0f x ours (wanted >= 20 x)", two > 0 ? wine_two / two : 0);
    line("the same driver and program under Wine, two cores", wine_two, "ns",
         two > 0 && wine_two >= 20 * two, text);
}

static void folder_find(const char *argument)
{
    static char self[PATH_MAX];
    if (argument) {
        bench_folder = argument;
        return;
    }
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length < 0 ? 0 : length] = '\0';
    for (int up = 0; up < 2 && strrchr(self, '/'); up++)
        *strrchr(self, '/') = '\0';
    bench_folder = self;
}

/* cove-bench [BUILD-FOLDER [calls | flat | generic | machine | framework | many |
 * setup | width32 | wine]] */
static void measure_devices(void)
{
    struct bench_plug plug;
    plug_measure(&plug);
    row_most("plug and start of a stack of three loaded drivers", plug.loaded, "us", 1000);
    row_most("... of three that are loaded from their files", plug.from_file, "us", 1000);
    row_most("boot of a machine with 200 devices and their stacks", boot_ms(), "ms", 250);
    row_most("cove devcon install of a small package", install_ms(), "ms", 100);
}

static void flat(void)
{
    row_most("flat thunk from 32 to 16 bits, three parameters, one a string", flat_call_ns(), "ns",
             350);
}

static void generic(void)
{
    double one, ladder;
    row_most("generic thunk (CallProc32W), three parameters", generic_call_ns(), "ns", 300);
    double emulated = emulated_call_ns();
    if (emulated > 0)
        row_most("... with the 16-bit code emulated", emulated, "ns", 5000);
    else
        puts("... with the 16-bit code emulated: not measured, libunicorn2:i386 is not installed");
    ladder_calls(&one, &ladder);
    baseline("DeviceIoControl of a 64-bit program, in turn with the ladder", one, "ns");
    row_most("the ladder: 16-bit program, 32-bit DLL, driver, and back", ladder, "ns", one + 1000);
}

static void conversion_tell(const char *service, double ns)
{
    char text[128];
    snprintf(text, sizeof text, "conversion of a 32-bit program's %s", service);
    row_most(text, ns, "ns", 30);
}

static void width32(void)
{
    double of_64, of_32;
    program_calls_of_widths(&of_64, &of_32);
    baseline("DeviceIoControl of a 64-bit program, one core", of_64, "ns");
    row_times("... of a 32-bit program", of_32, "ns", of_64, "the 64-bit one's", 1.1);
    if (conversions_measure(conversion_tell))
        row_most("conversion of a 32-bit program's calls", 0, "ns", 30);
    row_most("start of a 32-bit program to its first answered DeviceIoControl", first_call32_ms(),
             "ms", 30);
}

int main(int argc, char **argv)
{
    const char *part = argc > 2 ? argv[2] : "";
    double one, two, load[3] = {0};
    folder_find(argc > 1 ? argv[1] : NULL);
    char command[PATH_MAX];
    snprintf(command, sizeof command, "%s/bin/cove", bench_folder);
    if (access(command, X_OK)) {
        fprintf(
            stderr,
            "cove-bench: there is no %s\n"
            "usage: cove-bench [BUILD-FOLDER [calls|machine|framework|setup|flat|generic|width32|"
            "many|wine]]\n",
            command);
        return 2;
    }
    if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
        strcpy(both, "0-1");
    getloadavg(load, 3);
    printf("medians of %d rounds of %d calls; 8 bytes in, 8 bytes out, METHOD_BUFFERED, where "
           "nothing else is said\nload of the host when it began: %.1f\n\n",
           ROUNDS, CALLS, load[0]);
    if (!strcmp(part, "machine")) {
        in_process();
        return 0;
    }
    if (!strcmp(part, "framework")) {
        framework();
        return 0;
    }
    if (!strcmp(part, "setup")) {
        measure_devices();
        return 0;
    }
    if (!strcmp(part, "flat")) {
        flat();
        return 0;
    }
    if (!strcmp(part, "generic")) {
        generic();
        return 0;
    }
    if (!strcmp(part, "width32")) {
        width32();
        return 0;
    }
    if (!strcmp(part, "many")) {
        many();
        return 0;
    }
    calls_of_programs(&one, &two);
    if (!strcmp(part, "calls"))
        return 0;
    if (!strcmp(part, "wine")) {
        wine(one, two);
        return 0;
    }
    flat();
    generic();
    width32();
    in_process();
    framework();
    row_most("cove run to the first answered DeviceIoControl", first_call_ms(), "ms", 40);
    measure_devices();
    row_most("resident memory of an idle machine", idle_mib(), "MiB", 32);
    many();
    wine(one, two);
    if (failures)
        printf("%d figures were not reached\n", failures);
    return 0;
}
