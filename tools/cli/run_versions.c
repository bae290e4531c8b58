/* SPDX-License-Identifier: MIT */
/* run_versions.c - `cove run --windows all`: the same run on one machine per version.
 *
 * Each run is a child process, so that nothing of one version's machine is there for the next;
 * it says how it went through a pipe. Rows go to standard output, everything else to standard
 * error.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/windows.h"
#include "options.h"
#include "run.h"

#define VERSIONS_MAX 64
#define VERSIONS_ALL "7,8,8.1,10,11"

bool run_names_several(const char *windows)
{
    return !strcmp(windows, "all") || strchr(windows, ',');
}

/* Reads the list. 0, or an exit code after it has said what is wrong. */
static int list_parse(const char *windows, uint32_t builds[VERSIONS_MAX], int *out_count)
{
    char list[512], *rest = list;
    *out_count = 0;
    snprintf(list, sizeof list, "%s", strcmp(windows, "all") ? windows : VERSIONS_ALL);
    for (char *word; (word = strsep(&rest, ",")) != NULL;) {
        if (*out_count == VERSIONS_MAX)
            return fprintf(stderr, "cove: --windows: more than %d versions\n", VERSIONS_MAX),
                   EXIT_USAGE;
        int error = options_windows(word, &builds[*out_count]);
        if (error)
            return error;
        ++*out_count;
    }
    return 0;
}

/* In the child: programs and messages share standard error. */
[[noreturn]] static void child_run(const struct run_request *request, int report_fd)
{
    struct run_report report;
    dup2(STDERR_FILENO, STDOUT_FILENO);
    run_once(request, &report);
    _exit(write(report_fd, &report, sizeof report) == sizeof report ? 0 : EXIT_FAILED);
}

static void version_run(const struct run_request *request, struct run_report *out_report)
{
    int ends[2], status;
    *out_report = (struct run_report){.exit_code = EXIT_FAILED};
    if (pipe(ends)) {
        snprintf(out_report->text, sizeof out_report->text, "no pipe: %s", strerror(errno));
        return;
    }
    pid_t pid = fork();
    if (pid == 0)
        child_run(request, ends[1]);
    close(ends[1]);
    if (pid < 0 || read(ends[0], out_report, sizeof *out_report) != sizeof *out_report)
        *out_report =
            (struct run_report){.exit_code = EXIT_FAILED, .text = "the run ended without a result"};
    close(ends[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
}

static const char *result_text(const struct run_report *report)
{
    if (*report->text)
        return report->text;
    if (report->exit_code == EXIT_BUGCHECK)
        return "bug check; its report is above";
    if (!report->is_loaded)
        return "not loaded; the reason is above";
    return report->exit_code ? "the program failed" : "good";
}

static void row_print(const char *name, const struct run_report *report)
{
    printf("%-38s %-7s %-5d %s\n", name, report->is_loaded ? "yes" : "no", report->exit_code,
           result_text(report));
    fflush(stdout);
}

static void row_add(cJSON *rows, const struct run_request *request, const char *name,
                    const struct run_report *report)
{
    const struct windows_version version = windows_of_build(request->windows_build);
    char numbers[32];
    snprintf(numbers, sizeof numbers, "%u.%u.%u", version.major, version.minor, version.build);
    cJSON *row = cJSON_CreateObject();
    cJSON_AddStringToObject(row, "windows", name);
    cJSON_AddStringToObject(row, "version", numbers);
    cJSON_AddBoolToObject(row, "loaded", report->is_loaded);
    cJSON_AddNumberToObject(row, "exit_code", report->exit_code);
    cJSON_AddStringToObject(row, "result", result_text(report));
    cJSON_AddItemToArray(rows, row);
}

int run_versions(const struct run_request *request, const char *windows)
{
    uint32_t builds[VERSIONS_MAX];
    int count, result = 0;
    int error = list_parse(windows, builds, &count);
    if (error)
        return error;
    cJSON *rows = request->is_json ? cJSON_CreateArray() : NULL;
    if (!rows)
        printf("%-38s %-7s %-5s %s\n", "WINDOWS", "LOADED", "EXIT", "RESULT");
    fflush(stdout);
    for (int i = 0; i < count; i++) {
        struct run_request one = *request;
        struct run_report report;
        char name[80];
        one.windows_build = builds[i];
        windows_text(builds[i], name, sizeof name);
        fprintf(stderr, "cove: %s\n", name);
        version_run(&one, &report);
        if (rows)
            row_add(rows, &one, name, &report);
        else
            row_print(name, &report);
        if (report.exit_code || !report.is_loaded)
            result = EXIT_FAILED;
    }
    if (rows)
        options_print_json(rows);
    return result;
}
