/* SPDX-License-Identifier: MIT */
/* machine.c - `cove boot`, `cove shutdown`, `cove ps`: machines that stay. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli.h"
#include "client/client.h"
#include "options.h"

static const char boot_usage[] =
    "usage: cove boot [NAME] [--fresh] [--windows VERSION] [--processors N] [--signing "
    "test|on|off] "
    "[--json]\n"
    "Starts a machine that stays until `cove shutdown`. NAME is 'default' or "
    "$COVE_MACHINE.\n"
    "Its registry and drive C: are kept and found again by the next boot of the name; --fresh\n"
    "throws them away first.\n" OPTIONS_SIGNING_HELP OPTIONS_WINDOWS_HELP;

static int number_of(const char *text, unsigned least, unsigned most, unsigned *out_number)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno || *end || end == text || value < least || value > most)
        return EINVAL;
    *out_number = (unsigned)value;
    return 0;
}

int cli_boot(int argc, char **argv)
{
    static const struct option options[] = {{"processors", required_argument, NULL, 'p'},
                                            {"fresh", no_argument, NULL, 'f'},
                                            {"windows", required_argument, NULL, 'w'},
                                            {"machine", required_argument, NULL, 'm'},
                                            {"signing", required_argument, NULL, 's'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct client_boot boot = {.stays = true, .is_kept = true};
    const char *name = NULL;
    bool is_json = false, is_fresh = false;
    for (int c; (c = getopt_long(argc, argv, "m:", options, NULL)) != -1;) {
        if (c == 'm')
            name = optarg;
        else if (c == 's') {
            unsigned signing;
            int error = options_signing(optarg, &signing);
            if (error)
                return error;
            boot.signing = (enum client_signing)signing;
        } else if (c == 'j')
            is_json = true;
        else if (c == 'f')
            is_fresh = true;
        else if (c == 'w') {
            int error = options_windows(optarg, &boot.windows_build);
            if (error)
                return error;
        } else if (c != 'p' || number_of(optarg, 1, 64, &boot.processors))
            return c == 'h' ? (fputs(boot_usage, stdout), 0) : options_usage(boot_usage);
    }
    if (argc - optind > 1)
        return options_usage(boot_usage);
    boot.name = options_machine(optind < argc ? argv[optind] : name);
    int forgotten = is_fresh ? client_state_forget(boot.name) : 0;
    if (forgotten && forgotten != ENOENT)
        return options_client_failed();
    char log[PATH_MAX];
    if (client_socket_path(boot.name, log, sizeof log - 1))
        return options_client_failed();
    strcpy(strrchr(log, '.'), ".log");
    boot.log_path = log;
    pid_t pid;
    if (client_boot(&boot, &pid))
        return options_client_failed();
    if (is_json)
        printf("{\"machine\": \"%s\", \"pid\": %d}\n", boot.name, (int)pid);
    else
        printf("machine '%s' is running (pid %d)\n", boot.name, (int)pid);
    return 0;
}

static const char forget_usage[] =
    "usage: cove forget NAME\n"
    "Throws away what a machine keeps: its registry and its drive C:. It must not run.\n";

int cli_forget(int argc, char **argv)
{
    static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;)
        return c == 'h' ? (fputs(forget_usage, stdout), 0) : options_usage(forget_usage);
    if (argc - optind != 1)
        return options_usage(forget_usage);
    const char *name = argv[optind];
    int error = client_state_forget(name);
    if (error == ENOENT) {
        char path[PATH_MAX];
        if (!client_state_path(name, path, sizeof path))
            fprintf(stderr, "cove: machine '%s' keeps nothing: there is no %s\n", name, path);
        return EXIT_FAILED;
    }
    if (error)
        return options_client_failed();
    printf("machine '%s' is forgotten\n", name);
    return 0;
}

static const char shutdown_usage[] = "usage: cove shutdown [NAME | --all] [--json]\n"
                                     "Unloads the drivers of a machine and ends it.\n";

static bool is_gone(const char *text, size_t length, void *unused)
{
    return true;
}

#define LAST_MS 10000

/* The process holds the machine's state until its very end. */
static void process_wait(pid_t pid)
{
    struct pollfd gone = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
    if (gone.fd < 0)
        return; /* it has gone already */
    while (poll(&gone, 1, LAST_MS) < 0 && errno == EINTR)
        ;
    close(gone.fd);
}

/* The stream ends when the machine has. */
static int machine_shutdown(const char *name, bool is_json)
{
    uint32_t code;
    const char *words[] = {"shutdown", NULL}, *log[] = {"log", NULL};
    cJSON *reply = options_ask(name, words, &code);
    if (!reply)
        return EXIT_FAILED;
    client_stream(name, log, is_gone, NULL);
    process_wait((pid_t)json_number(reply, "pid"));
    client_forget(name);
    if (is_json)
        options_print_json(reply);
    else {
        printf("machine '%s' is down\n", name);
        cJSON_Delete(reply);
    }
    return 0;
}

struct shutdown_all {
    bool is_json;
    int result;
};

static void shutdown_each(const char *name, void *context)
{
    struct shutdown_all *all = context;
    if (machine_shutdown(name, all->is_json))
        all->result = EXIT_FAILED;
}

int cli_shutdown(int argc, char **argv)
{
    static const struct option options[] = {{"all", no_argument, NULL, 'a'},
                                            {"machine", required_argument, NULL, 'm'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *name = NULL;
    bool is_all = false, is_json = false;
    for (int c; (c = getopt_long(argc, argv, "m:", options, NULL)) != -1;) {
        if (c == 'm')
            name = optarg;
        else if (c == 'a')
            is_all = true;
        else if (c == 'j')
            is_json = true;
        else
            return c == 'h' ? (fputs(shutdown_usage, stdout), 0) : options_usage(shutdown_usage);
    }
    if (argc - optind > 1)
        return options_usage(shutdown_usage);
    if (!is_all)
        return machine_shutdown(options_machine(optind < argc ? argv[optind] : name), is_json);
    struct shutdown_all all = {.is_json = is_json};
    if (client_machines(shutdown_each, &all))
        return options_client_failed();
    return all.result;
}

static void machine_add(const char *name, void *list)
{
    uint32_t code;
    const char *words[] = {"ps", NULL};
    cJSON *reply = options_ask(name, words, &code);
    if (reply)
        cJSON_AddItemToArray(list, reply);
}

static void machine_print(const cJSON *machine)
{
    printf("machine %s (pid %.0f)\n", json_text(machine, "machine"), json_number(machine, "pid"));
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(machine, "drivers"))
    {
        if (*json_text(item, "image"))
            printf("  driver   %-28s %-20s %s\n", json_text(item, "name"), json_text(item, "image"),
                   json_text(item, "base"));
    }
    const cJSON *counts = cJSON_GetObjectItem(machine, "counts");
    if (json_number(counts, "patched") + json_number(counts, "unpatchable") > 0)
        printf("  patches  %.0f instructions replaced, %.0f trap each time\n",
               json_number(counts, "patched"), json_number(counts, "unpatchable"));
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(machine, "programs"))
    {
        printf("  program  %-28s id %-8.0f threads %.0f\n", json_text(item, "image"),
               json_number(item, "id"), json_number(item, "threads"));
    }
}

static const char ps_usage[] = "usage: cove ps [--json]\n"
                               "Lists the machines that run, with their drivers and programs.\n";

int cli_ps(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    bool is_json = false;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'j')
            is_json = true;
        else
            return c == 'h' ? (fputs(ps_usage, stdout), 0) : options_usage(ps_usage);
    }
    if (optind < argc)
        return options_usage(ps_usage);
    cJSON *list = cJSON_CreateArray();
    if (client_machines(machine_add, list)) {
        cJSON_Delete(list);
        return options_client_failed();
    }
    if (is_json) {
        options_print_json(list);
        return 0;
    }
    if (!cJSON_GetArraySize(list))
        puts("no machine is running; `cove boot` starts one");
    const cJSON *machine;
    cJSON_ArrayForEach(machine, list) machine_print(machine);
    cJSON_Delete(list);
    return 0;
}
