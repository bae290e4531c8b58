/* SPDX-License-Identifier: MIT */
/* driver_test.c - runs the tests inside one driver on a machine in this process.
 *
 *   driver_test FILE.sys [TEST…]
 *
 * Boots, loads, opens, asks for each test (or those named) and prints what failed. The
 * driver is loaded twice: after the second time everything must be counted as after the
 * first. Exit code 0 when all is well, 1 when a check failed, 2 when it could not be run.
 */
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "cove/cove.h"

#define DEVICE_PATH       "\\\\.\\DriverTest"
#define IOCTL_RUN         0x00222340u /* CTL_CODE(0x22, 0x8d0, METHOD_BUFFERED, FILE_ANY_ACCESS) */
#define TEXT_BYTES        8192u
#define USER_BYTES        0x2000u
#define STATUS_NO_ENTRIES ((int32_t)0x8000001a)

struct request {
    uint32_t index, reserved;
    uint64_t user_memory;
};

struct suite {
    struct cove_machine *machine;
    const char *path;
    char name[256]; /* of the service */
    char **wanted;
    int wanted_count;
    void *user_memory;
    char reported[COVE_INSTANCE_MAX];
    unsigned tests, failures, gaps;
    bool is_second; /* the second time through */
};

static void log_line(const char *line, void *unused)
{
    printf("dbg| %s\n", line);
}

static int give_up(const char *what, int32_t status, const char *text)
{
    printf("cannot %s: %s (0x%08x) %s\n", what, cove_status_name(status), (uint32_t)status, text);
    return 2;
}

static bool is_wanted(const struct suite *suite, const char *name)
{
    for (int i = 0; i < suite->wanted_count; i++)
        if (!strcmp(suite->wanted[i], name))
            return true;
    return !suite->wanted_count;
}

/* Prints the lines behind the first; counts what they say. */
static void report_print(struct suite *suite, char *text)
{
    unsigned failures = 0;
    char *rest = strchr(text, '\n');
    if (rest)
        *rest++ = '\0';
    if (!is_wanted(suite, text))
        return;
    for (char *line = strtok(rest, "\n"); line; line = strtok(NULL, "\n")) {
        bool is_gap = !strncmp(line, "gap: ", 5);
        if (!is_gap || suite->is_second)
            printf("    %s\n", line);
        suite->gaps += is_gap;
        failures += !is_gap;
    }
    printf("%-48s %s\n", text, failures ? "FAILED" : "ok");
    suite->tests++;
    suite->failures += failures;
}

static int tests_run(struct suite *suite, cove_file file)
{
    static char text[TEXT_BYTES + 1];
    for (struct request request = {.user_memory = (uint64_t)suite->user_memory};; request.index++) {
        uint32_t count = 0;
        int32_t status =
            cove_ioctl(file, IOCTL_RUN, &request, sizeof request, text, TEXT_BYTES, &count);
        if (status == STATUS_NO_ENTRIES)
            return 0;
        if (status < 0)
            return give_up("run a test", status, "");
        text[count < TEXT_BYTES ? count : TEXT_BYTES] = '\0';
        report_print(suite, text);
        fflush(stdout);
    }
}

/* Devices that the driver has found itself and reported: ROOT\<service>\<number>. */
static void reported_find(const char *instance, void *context)
{
    struct suite *suite = context;
    size_t length = strlen(suite->name);
    if (!strncasecmp(instance, "ROOT\\", 5) && !strncasecmp(instance + 5, suite->name, length) &&
        instance[5 + length] == '\\')
        snprintf(suite->reported, sizeof suite->reported, "%s", instance);
}

static int reported_remove(struct suite *suite)
{
    for (;;) {
        suite->reported[0] = '\0';
        cove_device_visit(suite->machine, reported_find, suite);
        if (!suite->reported[0])
            return 0;
        int32_t status = cove_device_remove(suite->machine, suite->reported);
        if (status < 0)
            return give_up("remove the device that the driver reported", status, "");
    }
}

static int driver_pass(struct suite *suite)
{
    char error[400] = "";
    cove_file file;
    int32_t status = cove_load(suite->machine, suite->path, error, sizeof error);
    if (status < 0)
        return give_up("load the driver", status, error);
    status = cove_open(suite->machine, DEVICE_PATH, COVE_READ | COVE_WRITE, &file);
    if (status < 0)
        return give_up("open the driver's device", status, "");
    int result = tests_run(suite, file);
    status = cove_close(file);
    if (status < 0)
        return give_up("close the device", status, "");
    if (!result)
        result = reported_remove(suite);
    status = cove_unload(suite->machine, suite->name);
    if (status < 0)
        return give_up("unload the driver", status, "");
    return result;
}

struct count {
    const char *what;
    uint64_t began, ended;
};
#define COUNTS 7

/* Bytes are left out: workers of the system come and go, and each has some. */
static bool counts_take(struct suite *suite, const struct cove_counts *began,
                        struct count out_counts[COUNTS])
{
    struct cove_counts now;
    cove_counts(suite->machine, &now);
    const struct count counts[COUNTS] = {
        {"pool blocks", began->pool_blocks, now.pool_blocks},
        {"objects", began->objects, now.objects},
        {"handles", began->handles, now.handles},
        {"IRPs", began->irps, now.irps},
        {"files", began->files, now.files},
        {"devices", began->devices, now.devices},
        {"drivers", began->drivers, now.drivers},
    };
    memcpy(out_counts, counts, sizeof counts);
    for (int i = 0; i < COUNTS; i++)
        if (counts[i].began != counts[i].ended)
            return false;
    return true;
}

/* A thread that has ended may be on its last instructions: looks until all is well or the
 * time is up. */
static void counts_check(struct suite *suite, const struct cove_counts *began)
{
    struct count counts[COUNTS];
    time_t deadline = time(NULL) + 5;
    while (!counts_take(suite, began, counts) && time(NULL) < deadline)
        sched_yield();
    for (int i = 0; i < COUNTS; i++) {
        if (counts[i].began == counts[i].ended)
            continue;
        printf("%s: %llu before, %llu after the driver was there\n", counts[i].what,
               (unsigned long long)counts[i].began, (unsigned long long)counts[i].ended);
        suite->failures++;
    }
}

/* After the first pass things may still be on their way out: waits until they rest. */
static void counts_settle(struct suite *suite, struct cove_counts *out_counts)
{
    struct count counts[COUNTS];
    time_t deadline = time(NULL) + 2;
    int same = 0;
    cove_counts(suite->machine, out_counts);
    while (same < 2000 && time(NULL) < deadline) {
        if (counts_take(suite, out_counts, counts)) {
            same++;
        } else {
            cove_counts(suite->machine, out_counts);
            same = 0;
        }
        sched_yield();
    }
}

/* Twice: what is made once and kept is there after the first pass. */
static int suite_run(struct suite *suite)
{
    struct cove_counts began;
    int result = driver_pass(suite);
    if (result)
        return result;
    counts_settle(suite, &began);
    unsigned failures = suite->failures;
    suite->tests = suite->gaps = suite->failures = 0;
    suite->is_second = true;
    result = driver_pass(suite);
    counts_check(suite, &began);
    suite->failures += failures;
    return result;
}

static int machine_run(struct suite *suite)
{
    char folder[] = "/tmp/cove-driver-test-XXXXXX";
    struct cove_options options = {
        .processors = 2, .log = log_line, .folder = mkdtemp(folder) ? folder : NULL};
    int32_t status = cove_boot(&options, &suite->machine);
    if (status < 0)
        return give_up("boot", status, "");
    suite->user_memory = cove_memory_allocate(suite->machine, USER_BYTES);
    int result = suite->user_memory ? suite_run(suite) : give_up("have memory", 0, "");
    cove_memory_free(suite->machine, suite->user_memory);
    unsigned left = cove_shutdown(suite->machine);
    if (left)
        printf("%u kinds of things were left behind\n", left);
    if (options.folder && rmdir(folder))
        printf("files were left behind in %s\n", folder);
    return result ? result : left || suite->failures ? 1 : 0;
}

int main(int argc, char **argv)
{
    struct suite suite = {0};
    if (argc < 2) {
        fprintf(stderr, "usage: driver_test FILE.sys [TEST…]\n");
        return 2;
    }
    suite.path = argv[1];
    suite.wanted = argv + 2;
    suite.wanted_count = argc - 2;
    const char *base = strrchr(argv[1], '/');
    base = base ? base + 1 : argv[1];
    snprintf(suite.name, sizeof suite.name, "%.*s", (int)strcspn(base, "."), base);
    int result = machine_run(&suite);
    printf("%u tests, %u failures, %u known gaps\n", suite.tests, suite.failures, suite.gaps);
    return result;
}
