/* SPDX-License-Identifier: MIT */
/* cove_machine.c - the program that is one machine: starts it, waits, stops it.
 *
 * The command starts it; people need not. It says "ready" (or why not) on the descriptor it
 * is given, then serves its socket until it is told to shut down by a control request or a
 * signal. Exit codes: 0, 70 after a bug check, 1 when it could not start, 3 when something
 * was left behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "boot/boot.h"
#include "control/control.h"
#include "host/confine.h"
#include "host/files.h"
#include "host/host.h"
#include "host/socket.h"
#include "host/starter.h"
#include "ke/ke.h"
#include "wire/log_ring.h"

#define EXIT_NOT_STARTED 1
#define EXIT_LEAKS       3

static _Atomic uint32_t is_ending;

static void machine_end(void)
{
    is_ending = 1;
    host_wake(&is_ending, 1);
}

static void on_signal(int number)
{
    machine_end();
}

static void wait_for_end(void *unused)
{
    while (!is_ending)
        host_wait(&is_ending, 0, HOST_FOREVER);
}

static void report_line(const char *line, void *unused)
{
    fprintf(stderr, "cove: %s\n", line);
}

static void say(int fd, const char *text)
{
    if (fd >= 0) {
        (void)!write(fd, text, strlen(text));
        close(fd);
    }
}

/* NULL: it cannot be had; the machine's own memory must do. */
static struct wire_log_ring *ring_map(const char *path)
{
    void *ring = MAP_FAILED;
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file >= 0 && !ftruncate(file, sizeof(struct wire_log_ring)))
        ring =
            mmap(NULL, sizeof(struct wire_log_ring), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (ring == MAP_FAILED)
        fprintf(stderr, "cove: the log will not outlive the machine: %s: %s\n", path,
                strerror(errno));
    if (file >= 0)
        close(file);
    return ring != MAP_FAILED ? ring : NULL;
}

struct arguments {
    struct boot_options boot;
    const char *name;
    const char *state; /* the folder of a machine that is kept; NULL: fresh */
    int ready_fd;
};

static int arguments_parse(int argc, char **argv, struct arguments *out)
{
    static const struct option options[] = {
        {"name", required_argument, NULL, 'n'},
        {"socket", required_argument, NULL, 's'},
        {"folder", required_argument, NULL, 'f'},
        {"state", required_argument, NULL, 'k'},
        {"ready-fd", required_argument, NULL, 'r'},
        {"processors", required_argument, NULL, 'p'},
        {"build", required_argument, NULL, 'b'},
        {"fail-allocation", required_argument, NULL, 'a'},
        {"signing", required_argument, NULL, 'g'},
        {"log-ring", required_argument, NULL, 'l'},
        {0},
    };
    *out = (struct arguments){.name = "machine", .ready_fd = -1};
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'n':
            out->name = optarg;
            break;
        case 's':
            out->boot.socket_path = optarg;
            break;
        case 'f':
            out->boot.host_folder = optarg;
            break;
        case 'k':
            out->state = optarg;
            break;
        case 'r':
            out->ready_fd = atoi(optarg);
            break;
        case 'p':
            out->boot.processors = (unsigned)atoi(optarg);
            break;
        case 'l':
            out->boot.log_ring = *optarg ? ring_map(optarg) : NULL;
            break;
        case 'g':
            out->boot.signing = (unsigned)atoi(optarg);
            break;
        case 'a':
            out->boot.fail_allocation = strtoull(optarg, NULL, 10);
            break;
        case 'b':
            out->boot.windows_build = (uint32_t)strtoul(optarg, NULL, 10);
            break;
        default:
            return EINVAL;
        }
    }
    return out->boot.socket_path ? 0 : EINVAL;
}

static int folder_lend(const char *path)
{
    int folder = path ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    int error = folder >= 0 ? host_opener_lend(path, folder) : 0;
    if (folder >= 0)
        close(folder);
    return error;
}

/* The folders and files that the machine needs from the start. */
static int lend(const struct arguments *arguments)
{
    const char *report = getenv("COVE_CRASH_FILE");
    int error = host_opener_lend_file(arguments->boot.socket_path); /* taken away at the end */
    if (!error && report)
        error = host_opener_lend_file(report);
    if (!error)
        error = folder_lend(arguments->boot.host_folder);
    return error ? error : folder_lend(boot_drivers_folder());
}

/* Programs that are services are started by another process; it knows their host, beside this
 * one, and nothing else. Without it services of programs do not start, and say so. */
static void starter_begin(const char *socket_path)
{
    static char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 32);
    if (length <= 0)
        return;
    program[length] = '\0';
    strcpy(strrchr(program, '/') + 1, "cove-program");
    int error = host_starter_start(program, socket_path);
    if (error)
        fprintf(stderr, "cove: services of programs cannot start: %s\n", strerror(error));
}

/* Before there is a thread: what the machine may reach from here on. A host that cannot do it,
 * an old container say, is told about and lived with. */
static int shut_in(struct arguments *arguments)
{
    tzset();            /* reads the time zone */
    host_thread_self(); /* reads where the first thread's stack lies */
    int error = host_socket_listen(arguments->boot.socket_path, &arguments->boot.listener);
    if (error)
        return error;
    starter_begin(arguments->boot.socket_path);
    int refusal = host_opener_start();
    if (!refusal) {
        error = lend(arguments);
        refusal = error ? 0 : host_confine();
    }
    if (refusal)
        fprintf(stderr, "cove: drivers are not kept from the host here: %s\n", strerror(refusal));
    return error;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    if (arguments_parse(argc, argv, &arguments)) {
        fprintf(stderr, "cove-machine: is started by `cove boot` and `cove run`\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    struct control_options control = {.name = arguments.name, .shutdown = machine_end};
    control_start(&control);
    char error[512] = "";
    if (arguments.state && cm_store_open(arguments.state, &arguments.boot.registry, error)) {
        fprintf(stderr, "cove: %s\n", error);
        say(arguments.ready_fd, error);
        return EXIT_NOT_STARTED;
    }
    int refusal = shut_in(&arguments);
    if (refusal) {
        snprintf(error, sizeof error, "the machine could not start: %s",
                 refusal == EADDRINUSE ? "somebody listens on its socket" : strerror(refusal));
        fprintf(stderr, "cove: %s\n", error);
        say(arguments.ready_fd, error);
        return EXIT_NOT_STARTED;
    }
    if (!NT_SUCCESS(boot_start(&arguments.boot, error))) {
        fprintf(stderr, "cove: %s\n", error);
        say(arguments.ready_fd, error);
        return EXIT_NOT_STARTED;
    }
    say(arguments.ready_fd, "ready");
    ke_block_on_host(wait_for_end, NULL);
    /* At once: threads that a driver keeps for ever may still be there. */
    host_exit(boot_stop(report_line, NULL) ? EXIT_LEAKS : 0);
}
