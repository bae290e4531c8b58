/* SPDX-License-Identifier: MIT */
/* run.c - `cove run`: a fresh machine, drivers, a program, and everything away again.
 *
 * What the machine does on the way out (unload, leaks, a bug check) is part of the result,
 * so the order is fixed: boot, load, run, unload, shut down, wait for the machine's word.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "client/client.h"
#include "exec.h"
#include "image.h"
#include "options.h"
#include "run.h"
#include "run_package.h"

static const char usage[] =
    "usage: cove run [--windows VERSION] [--processors N] [--quiet] [--fail-allocation N]\n"
    "                [--signing test|on|off] [--shared] DRIVER.sys|PACKAGE.inf… [-- APP.exe "
    "ARGS…]\n"
    "       cove run --windows all|VERSION,VERSION… [--json] … DRIVER.sys… [-- APP.exe ARGS…]\n"
    "Boots a fresh machine, loads the drivers, runs the program, unloads, shuts down.\n"
    "A package is put into the driver store, each of its Root\\ hardware IDs gets a device, and\n"
    "both are removed in the end.\n"
    "What drivers print goes to standard error. The exit code is the program's; 70 after a\n"
    "bug check; 1 when a driver could not be loaded.\n"
    "--shared: 16-bit programs that a 16-bit one starts become tasks of its process.\n"
    "--fail-allocation lets the N-th allocation of memory or of an IRP fail, counted from before\n"
    "the first driver, whoever makes it: the driver, or the kernel for it or for a "
    "program.\n" OPTIONS_SIGNING_HELP OPTIONS_WINDOWS_HELP
    "all is 7, 8, 8.1, 10 and 11. With several versions each gets a machine of its own, one\n"
    "after the other; what programs print goes to standard error, then a row per version to\n"
    "standard output. The exit code is 1 unless every run ended with 0.\n";

struct run_item {
    bool is_package;
    char service[256]; /* of a .sys */
    struct run_package package;
};

struct run {
    struct run_request request;
    char name[32]; /* of the machine */
    pid_t machine;
    int loaded;
    struct run_item items[RUN_DRIVERS_MAX];
    bool is_lost; /* the machine stopped by itself: it answers nothing more */
    struct run_report *report;
};

/* Rung when the machine has begun to send its log, or will not. */
static sem_t log_began;

static bool log_print(const char *text, size_t length, void *context)
{
    bool *has_begun = context;
    if (!*has_begun)
        sem_post(&log_began);
    *has_begun = true;
    if (length)
        fprintf(stderr, "dbg| %.*s\n", (int)length, text);
    return true;
}

static void *log_follow(void *context)
{
    const struct run *run = context;
    const char *words[] = {"log", "all", NULL};
    bool has_begun = false;
    client_stream(run->name, words, log_print, &has_begun);
    if (!has_begun)
        sem_post(&log_began);
    return NULL;
}

static bool is_package(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && !strcasecmp(dot, ".inf");
}

/* "dir/wdm1.sys" is the service wdm1. */
static int service_name(const char *path, char *out_name, size_t size)
{
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    const char *dot = strrchr(base, '.');
    if (!dot || strcasecmp(dot, ".sys") || dot == base) {
        fprintf(stderr, "cove: %s is no driver: its name does not end in .sys or .inf\n", path);
        return EXIT_USAGE;
    }
    snprintf(out_name, size, "%.*s", (int)(dot - base), base);
    return 0;
}

static bool is_done_already(uint32_t code)
{
    return code == 1060 /* ERROR_SERVICE_DOES_NOT_EXIST */ ||
           code == 1062 /* ERROR_SERVICE_NOT_ACTIVE */;
}

static void failure_say(struct run *run, const char *text)
{
    fprintf(stderr, "cove: %s\n", text);
    if (!*run->report->text)
        snprintf(run->report->text, sizeof run->report->text, "%s", text);
}

static int request(struct run *run, const char *const *words, const char *what, const char *path,
                   bool may_be_done)
{
    uint32_t code;
    cJSON *reply = options_ask(run->name, words, &code);
    if (!reply) {
        run->is_lost = true;
        return EXIT_FAILED;
    }
    if (may_be_done && is_done_already(code))
        code = 0;
    if (code) {
        const char *text = json_text(reply, "text");
        char line[512];
        if (*text)
            snprintf(line, sizeof line, "%s", text); /* it names the file */
        else
            snprintf(line, sizeof line, "%s: cannot %s it: Windows error %u", path, what, code);
        failure_say(run, line);
    }
    cJSON_Delete(reply);
    return code ? EXIT_FAILED : 0;
}

static int package_load(struct run *run, const char *path)
{
    char text[512] = "";
    struct run_item *item = &run->items[run->loaded++];
    item->is_package = true;
    int error = run_package_install(run->name, path, &item->package, text, sizeof text);
    if (error == EXIT_LOST)
        run->is_lost = true;
    else if (error)
        failure_say(run, text);
    return error ? EXIT_FAILED : 0;
}

static int driver_load(struct run *run, const char *path)
{
    if (is_package(path))
        return package_load(run, path);
    char absolute[PATH_MAX], image[PATH_MAX + 8];
    char *service = run->items[run->loaded].service;
    int error = service_name(path, service, sizeof run->items[0].service);
    if (error)
        return error;
    if (!realpath(path, absolute)) {
        fprintf(stderr, "cove: cannot find the driver file %s: %s\n", path, strerror(errno));
        return EXIT_FAILED;
    }
    snprintf(image, sizeof image, "\\Host%s", absolute);
    if (client_lend(run->name, absolute))
        return options_client_failed();
    const char *create[] = {"service-create", service, image, NULL};
    error = request(run, create, "install", path, false);
    if (error)
        return error;
    run->loaded++;
    if (!run->request.is_quiet) {
        char line[640];
        image_line(absolute, line, sizeof line);
        fprintf(stderr, "img| %s.sys: %s\n", service, line);
    }
    const char *start[] = {"service-start", service, NULL};
    return request(run, start, "start", path, false);
}

/* Newest first: filters go before what they stand on. Words about a failure come from the
 * machine; the result of the run stays the program's, which may have stopped and removed the
 * services itself. */
static void drivers_unload(struct run *run)
{
    while (run->loaded > 0) {
        struct run_item *item = &run->items[--run->loaded];
        if (item->is_package && !run->is_lost)
            run->is_lost = run_package_remove(run->name, &item->package) == EXIT_LOST;
        if (item->is_package)
            run_package_forget(&item->package);
        if (item->is_package || run->is_lost)
            continue;
        const char *service = item->service;
        const char *stop[] = {"service-stop", service, NULL},
                   *delete[] = {"service-delete", service, NULL};
        request(run, stop, "stop", service, true);
        if (!run->is_lost)
            request(run, delete, "remove", service, true);
    }
}

static int program_run(const struct run *run)
{
    pid_t pid;
    if (client_program_start(run->name, run->request.program, &pid))
        return options_client_failed();
    return exec_wait(pid);
}

/* 70: it has stopped with a bug check, whose report it has printed itself. */
static int machine_wait(const struct run *run)
{
    int status;
    while (waitpid(run->machine, &status, 0) < 0) {
        if (errno != EINTR)
            return EXIT_FAILED;
    }
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    fprintf(stderr, "cove: the machine process was ended by signal %d (%s)\n", WTERMSIG(status),
            strsignal(WTERMSIG(status)));
    return EXIT_BUGCHECK;
}

static bool machine_is_alive(const struct run *run)
{
    siginfo_t info = {0};
    return !waitid(P_PID, (id_t)run->machine, &info, WEXITED | WNOHANG | WNOWAIT) && !info.si_pid;
}

/* A machine with a bug check stops listening before it ends its programs; its process may take
 * a little longer. */
static bool machine_answers(const struct run *run)
{
    struct client_reply reply;
    const char *words[] = {"ps", NULL};
    if (!machine_is_alive(run) || client_request(run->name, words, &reply))
        return false;
    free(reply.text);
    return true;
}

static int run_all(struct run *run)
{
    int result = 0;
    for (int i = 0; i < run->request.driver_count && !result; i++)
        result = driver_load(run, run->request.drivers[i]);
    run->report->is_loaded = !result;
    if (!result && run->request.program)
        result = program_run(run);
    if (!machine_answers(run))
        run->is_lost = true;
    drivers_unload(run);
    if (!run->is_lost) {
        uint32_t code;
        const char *words[] = {"shutdown", NULL};
        cJSON_Delete(options_ask(run->name, words, &code));
    }
    int machine = machine_wait(run);
    client_forget(run->name);
    return machine == EXIT_BUGCHECK ? EXIT_BUGCHECK : result;
}

/* What can be refused before a machine is started for it. */
static int files_check(const struct run *run)
{
    char service[256];
    for (int i = 0; i < run->request.driver_count; i++) {
        int error = is_package(run->request.drivers[i])
                        ? 0
                        : service_name(run->request.drivers[i], service, sizeof service);
        if (error)
            return error;
        if (access(run->request.drivers[i], R_OK)) {
            fprintf(stderr, "cove: cannot read the driver file %s: %s\n", run->request.drivers[i],
                    strerror(errno));
            return EXIT_FAILED;
        }
    }
    if (run->request.program && access(run->request.program[0], R_OK)) {
        fprintf(stderr, "cove: cannot read the program %s: %s\n", run->request.program[0],
                strerror(errno));
        return EXIT_FAILED;
    }
    return 0;
}

static int run_machine(struct run *run)
{
    int error = files_check(run);
    if (error)
        return error;
    struct client_boot boot = {.name = run->name,
                               .processors = run->request.processors,
                               .windows_build = run->request.windows_build,
                               .fail_allocation = run->request.fail_allocation,
                               .signing = (enum client_signing)run->request.signing};
    if (client_boot(&boot, &run->machine))
        return options_client_failed();
    pthread_t follower;
    sem_init(&log_began, 0, 0);
    bool follows = !run->request.is_quiet && !pthread_create(&follower, NULL, log_follow, run);
    while (follows && sem_wait(&log_began) && errno == EINTR)
        ;
    int result = run_all(run);
    if (follows)
        pthread_join(follower, NULL);
    return result;
}

int run_once(const struct run_request *request, struct run_report *out_report)
{
    struct run run = {.request = *request, .report = out_report};
    *out_report = (struct run_report){0};
    snprintf(run.name, sizeof run.name, "run-%d", (int)getpid());
    signal(SIGINT, SIG_IGN); /* Ctrl-C ends the program; the rest is cleared away */
    signal(SIGPIPE, SIG_IGN);
    return out_report->exit_code = run_machine(&run);
}

/* The words before "--". 0, or an exit code; -1 when help was asked for. */
static int arguments_parse(int argc, char **argv, struct run_request *out, const char **out_windows)
{
    static const struct option options[] = {{"processors", required_argument, NULL, 'p'},
                                            {"windows", required_argument, NULL, 'w'},
                                            {"quiet", no_argument, NULL, 'q'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"fail-allocation", required_argument, NULL, 'a'},
                                            {"signing", required_argument, NULL, 's'},
                                            {"shared", no_argument, NULL, '1'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    for (int c; (c = getopt_long(argc, argv, "+", options, NULL)) != -1;) {
        if (c == 'q')
            out->is_quiet = true;
        else if (c == 'j')
            out->is_json = true;
        else if (c == '1')
            setenv("COVE_SHARED16", "1", 1);
        else if (c == 'a')
            out->fail_allocation = strtoull(optarg, NULL, 10);
        else if (c == 's' && options_signing(optarg, &out->signing) == 0)
            ;
        else if (c == 'w')
            *out_windows = optarg;
        else if (c == 'p' && atoi(optarg) >= 1 && atoi(optarg) <= 64)
            out->processors = (unsigned)atoi(optarg);
        else
            return c == 'h' ? -1 : EXIT_USAGE;
    }
    return 0;
}

int cli_run(int argc, char **argv)
{
    struct run_request request = {0};
    struct run_report report;
    const char *windows = NULL;
    int split = argc; /* where "--" stands */
    for (int i = 1; i < argc && split == argc; i++)
        split = strcmp(argv[i], "--") ? argc : i;
    int error = arguments_parse(split, argv, &request, &windows);
    if (error)
        return error < 0 ? (fputs(usage, stdout), 0) : options_usage(usage);
    request.drivers = argv + optind;
    request.driver_count = split - optind;
    if (request.driver_count < 1 || request.driver_count > RUN_DRIVERS_MAX || split == argc - 1)
        return options_usage(usage);
    request.program = split < argc ? argv + split + 1 : NULL;
    if (windows && run_names_several(windows))
        return run_versions(&request, windows);
    if (request.is_json) {
        fputs("cove: --json is for several versions: --windows all\n", stderr);
        return EXIT_USAGE;
    }
    error = windows ? options_windows(windows, &request.windows_build) : 0;
    return error ? error : run_once(&request, &report);
}
