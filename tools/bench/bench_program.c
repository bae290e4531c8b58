/* SPDX-License-Identifier: MIT */
/* bench_program.c - what a call costs a Windows program in a process of its own.
 *
 * In: benchapp.exe and benchdrv.sys, run by the command as a user would; out: what the program
 * prints, or what the machine's process shows from outside.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "client/client.h"
#include "wire/wire.h"

#define WINE_ROUNDS   7
#define FIRST_ROUNDS  11
#define WIDTH_PAIRS   9
#define WIDTH_ROUNDS  "20"
#define WAKES_ROUNDS  1000
#define WAKES_WINDOWS 4000
#define PROGRAMS_MOST 8

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
    return bench_median(rounds, count);
}

/* Median of the numbers a benchapp prints; bench or bench32 is the folder of its width. */
static double program_median(const char *folder, const char *cores, const char *arguments)
{
    char line[PATH_MAX * 3], *out = malloc(1 << 16), *end;
    snprintf(line, sizeof line,
             "taskset -c %s %s/bin/cove run --quiet %s/bench/benchdrv.sys -- %s/%s/benchapp.exe %s",
             cores, bench_folder, bench_folder, bench_folder, folder, arguments);
    double value = command(line, out, 1 << 16) ? 0 : median_of_text(out, &end);
    free(out);
    return value;
}

double program_call(const char *cores)
{
    char arguments[16];
    snprintf(arguments, sizeof arguments, "%d", ROUNDS);
    return program_median("bench", cores, arguments);
}

/* Each pair of processes has a speed of its own for as long as it lives, so the widths take turns,
 * and whose turn is first as well. */
void program_calls_of_widths(double *out_64, double *out_32)
{
    static const char *const folders[] = {"bench", "bench32"};
    double of[2][WIDTH_PAIRS];
    for (int i = 0; i < 2 * WIDTH_PAIRS; i++) {
        int width = (i + i / 2) % 2;
        of[width][i / 2] = program_median(folders[width], "0", WIDTH_ROUNDS);
    }
    *out_64 = bench_median(of[0], WIDTH_PAIRS);
    *out_32 = bench_median(of[1], WIDTH_PAIRS);
}

int conversions_measure(void (*tell)(const char *service, double ns))
{
    char line[PATH_MAX * 2], out[2048], service[64];
    double ns;
    int length;
    snprintf(line, sizeof line, "taskset -c 0 %s/bench/cove-convert32", bench_folder);
    if (command(line, out, sizeof out))
        return -1;
    for (const char *at = out; sscanf(at, "%63s %lf\n%n", service, &ns, &length) == 2; at += length)
        tell(service, ns);
    return 0;
}

double program_outstanding(int count, int is_cancelled)
{
    char arguments[32];
    snprintf(arguments, sizeof arguments, "%s %d", is_cancelled ? "cancel" : "pend", count);
    return program_median("bench", "0", arguments);
}

double flat_call_ns(void)
{
    char line[PATH_MAX * 3], out[256];
    snprintf(line, sizeof line,
             "taskset -c 0 %s/bin/cove run --quiet --windows 98 %s/bench/benchdrv.sys -- "
             "%s/flat/downtest.exe 5000",
             bench_folder, bench_folder, bench_folder);
    return command(line, out, sizeof out) ? 0 : strtod(out, NULL);
}

/* Median of what thunkbench prints; 0: it did not run. */
static double thunkbench(const char *processor, char what)
{
    char line[PATH_MAX * 3], out[512], *end;
    snprintf(line, sizeof line,
             "%s taskset -c 0 %s/bin/cove run --quiet %s/bench/benchdrv.sys -- "
             "%s/bench/thunkbench.exe %c",
             processor, bench_folder, bench_folder, bench_folder, what);
    return command(line, out, sizeof out) ? 0 : median_of_text(out, &end);
}

double generic_call_ns(void)
{
    return thunkbench("", 't');
}

double emulated_call_ns(void)
{
    return thunkbench("COVE_CPU16=unicorn", 't');
}

void ladder_calls(double *out_one, double *out_ladder)
{
    double one[WIDTH_PAIRS], ladder[WIDTH_PAIRS];
    for (int i = 0; i < WIDTH_PAIRS; i++) {
        one[i] = program_median("bench", "0", WIDTH_ROUNDS);
        ladder[i] = thunkbench("", 'l');
    }
    *out_one = bench_median(one, WIDTH_PAIRS);
    *out_ladder = bench_median(ladder, WIDTH_PAIRS);
}

/* Milliseconds from now to the answer that a benchapp tells of; false: it told nothing. */
static bool first_answered(const char *line, double *out_ms)
{
    char out[256];
    long long counter, frequency;
    double began = bench_now_ns();
    /* The program's counter is the host's monotonic clock. */
    if (command(line, out, sizeof out) || sscanf(out, "%lld %lld", &counter, &frequency) != 2)
        return false;
    *out_ms = ((double)counter * 1e9 / (double)frequency - began) / 1e6;
    return true;
}

double first_call_ms(void)
{
    char line[PATH_MAX * 3];
    double starts[FIRST_ROUNDS];
    int count = 0;
    snprintf(line, sizeof line,
             "%s/bin/cove run --quiet %s/bench/benchdrv.sys -- %s/bench/benchapp.exe first",
             bench_folder, bench_folder, bench_folder);
    for (int i = 0; i < FIRST_ROUNDS; i++)
        count += first_answered(line, &starts[count]);
    return bench_median(starts, count);
}

void wine_call(double *out_one, double *out_two)
{
    char line[PATH_MAX * 2], out[4096], *end;
    *out_one = *out_two = 0;
    snprintf(line, sizeof line, "%s/wine.sh %s %d 2>/dev/null", COVE_BENCH_SOURCE, bench_folder,
             WINE_ROUNDS);
    if (command(line, out, sizeof out) || !*out)
        return;
    *out_one = median_of_text(out, &end);
    char *second = strstr(end, "--");
    if (second)
        *out_two = median_of_text(second + 2, &end);
}

/* ---- a machine that stays ------------------------------------------------------------------ */

static char machine_name[32];

/* Starts a machine, with the driver if one is wanted; its threads stay on the caller's cores. */
static int machine_start(const char *driver, pid_t *out_pid)
{
    snprintf(machine_name, sizeof machine_name, "bench-%d", (int)getpid());
    struct client_boot boot = {.name = machine_name};
    if (client_boot(&boot, out_pid)) {
        fprintf(stderr, "cove-bench: %s\n", client_error());
        return -1;
    }
    if (!driver)
        return 0;
    char line[PATH_MAX * 4];
    snprintf(line, sizeof line,
             "%s/bin/cove sc -m %s create bench binPath= %s >/dev/null && "
             "%s/bin/cove sc -m %s start bench >/dev/null",
             bench_folder, machine_name, driver, bench_folder, machine_name);
    return system(line) ? -1 : 0;
}

static void machine_stop(pid_t pid)
{
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    client_forget(machine_name);
}

double first_call32_ms(void)
{
    char driver[PATH_MAX], line[PATH_MAX * 2];
    double starts[FIRST_ROUNDS];
    int count = 0;
    pid_t pid;
    snprintf(driver, sizeof driver, "%s/bench/benchdrv.sys", bench_folder);
    if (machine_start(driver, &pid))
        return 0;
    snprintf(line, sizeof line, "%s/bin/cove exec -m %s %s/bench32/benchapp.exe first",
             bench_folder, machine_name, bench_folder);
    for (int i = 0; i < FIRST_ROUNDS; i++)
        count += first_answered(line, &starts[count]);
    machine_stop(pid);
    return bench_median(starts, count);
}

double idle_mib(void)
{
    char path[64], line[256];
    pid_t pid;
    long kib = 0;
    if (machine_start(NULL, &pid))
        return 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof line, status))
        sscanf(line, "VmRSS: %ld", &kib);
    if (status)
        fclose(status);
    machine_stop(pid);
    return (double)kib / 1024;
}

/* ---- several programs at once -----------------------------------------------------------------
 */

/* A benchapp whose output can be read; NULL: not started. */
static FILE *program_start(const char *cores, const char *arguments)
{
    char line[PATH_MAX * 2];
    snprintf(line, sizeof line, "taskset -c %s %s/bin/cove exec -m %s %s/bench/benchapp.exe %s",
             cores, bench_folder, machine_name, bench_folder, arguments);
    return popen(line, "r");
}

double programs_per_second(const char *cores, int programs)
{
    char driver[PATH_MAX], arguments[64];
    FILE *started[PROGRAMS_MOST];
    cpu_set_t before;
    pid_t pid;
    double calls = 0;
    snprintf(driver, sizeof driver, "%s/bench/benchdrv.sys", bench_folder);
    sched_getaffinity(0, sizeof before, &before);
    if (!strcmp(cores, "0"))
        bench_pin(0);
    int error = machine_start(driver, &pid);
    sched_setaffinity(0, sizeof before, &before);
    if (error)
        return 0;
    /* The program's counter has the unit of 100 ns; two seconds until all must have begun. */
    snprintf(arguments, sizeof arguments, "until %lld",
             (long long)(bench_now_ns() / 100) + 30000000);
    for (int i = 0; i < programs; i++)
        started[i] = program_start(cores, arguments);
    for (int i = 0; i < programs; i++) {
        double count;
        if (started[i] && fscanf(started[i], "%lf", &count) == 1)
            calls += count;
        if (started[i])
            pclose(started[i]);
    }
    machine_stop(pid);
    return calls;
}

/* ---- wakes -------------------------------------------------------------------------------------
 */

/* The machine's side of a link that is not ours, read only: the newest of its shared files. */
static const struct wire_link *link_map(pid_t pid)
{
    char folder[64], path[PATH_MAX], target[64];
    const struct wire_link *found = NULL;
    snprintf(folder, sizeof folder, "/proc/%d/fd", (int)pid);
    DIR *list = opendir(folder);
    for (struct dirent *entry; list && !found && (entry = readdir(list));) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        ssize_t length = readlink(path, target, sizeof target - 1);
        target[length < 0 ? 0 : length] = '\0';
        int fd = strstr(target, "memfd:") ? open(path, O_RDONLY) : -1;
        if (fd < 0)
            continue;
        struct wire_link *link = mmap(NULL, sizeof *link, PROT_READ, MAP_SHARED, fd, 0);
        close(fd);
        if (link != MAP_FAILED && link->magic == WIRE_MAGIC)
            found = link;
        else if (link != MAP_FAILED)
            munmap(link, sizeof *link);
    }
    if (list)
        closedir(list);
    return found;
}

/* Counts the wakes of each millisecond while the program calls. */
static void wakes_watch(const struct wire_link *link, FILE *program, struct bench_wakes *out_wakes)
{
    static double windows[WAKES_WINDOWS];
    const struct wire_channel *channel = &link->channel[0];
    const struct timespec window = {.tv_nsec = 1000000};
    int count = 0;
    uint32_t last = atomic_load(&channel->wakes), first = last;
    int fd = fileno(program);
    char text[1 << 15];
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (count < WAKES_WINDOWS && read(fd, text, sizeof text) < 0) {
        nanosleep(&window, NULL);
        uint32_t now = atomic_load(&channel->wakes);
        windows[count++] = now - last;
        last = now;
    }
    *out_wakes = (struct bench_wakes){
        .calls = (double)WAKES_ROUNDS * CALLS,
        .wakes = last - first,
        .median = bench_median(windows, count),
    };
}

int program_wakes(const char *cores, struct bench_wakes *out_wakes)
{
    char driver[PATH_MAX], arguments[16];
    const struct wire_link *link = NULL;
    pid_t pid;
    snprintf(driver, sizeof driver, "%s/bench/benchdrv.sys", bench_folder);
    if (machine_start(driver, &pid))
        return -1;
    snprintf(arguments, sizeof arguments, "%d", WAKES_ROUNDS);
    FILE *program = program_start(cores, arguments);
    for (int i = 0; program && !link && i < 1000; i++) {
        usleep(1000);
        link = link_map(pid);
    }
    if (link) {
        usleep(20000); /* the program's start is not its steady state */
        wakes_watch(link, program, out_wakes);
        munmap((void *)link, sizeof *link);
    }
    if (program)
        pclose(program);
    machine_stop(pid);
    return link ? 0 : -1;
}
