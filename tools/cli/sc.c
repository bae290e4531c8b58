/* SPDX-License-Identifier: MIT */
/* sc.c - `cove sc`: the tool of that name, its verbs and the shape of its output. */
#include <ctype.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/abi_names.h"
#include "cli.h"
#include "client/client.h"
#include "image.h"
#include "options.h"

static const char usage[] =
    "usage: cove sc [-m NAME] [--json] VERB …\n"
    "  create SERVICE binPath= FILE.sys [type= kernel] [start= demand|disabled]\n"
    "  start SERVICE      stop SERVICE      delete SERVICE\n"
    "  query [SERVICE]    qc SERVICE\n"
    "FILE.sys is a file of this host or an NT path (\\??\\…, \\SystemRoot\\…).\n";

struct sc {
    const char *machine;
    bool is_json;
    int argc;
    char **argv; /* the verb's own arguments */
};

static int failed(const char *what, uint32_t code, const cJSON *reply)
{
    const char *text = json_text(reply, "text"), *meaning = abi_win32_text(code);
    printf("[SC] %s FAILED %u:\n\n%s\n", what, code, meaning ? meaning : "An error of Windows.");
    if (*text)
        fprintf(stderr, "cove: %s\n", text);
    return (int)(code & 0xff) ? (int)(code & 0xff) : EXIT_FAILED;
}

static int plain_request(const struct sc *sc, const char *const *words, const char *what)
{
    uint32_t code;
    cJSON *reply = options_ask(sc->machine, words, &code);
    if (!reply)
        return EXIT_FAILED;
    if (sc->is_json) {
        options_print_json(reply);
        return code ? EXIT_FAILED : 0;
    }
    int result = code ? failed(what, code, reply) : (printf("[SC] %s SUCCESS\n", what), 0);
    cJSON_Delete(reply);
    return result;
}

/* "binPath= value" and "binPath=value" are both accepted, in any case. */
static const char *option_value(const struct sc *sc, const char *name)
{
    size_t length = strlen(name);
    for (int i = 1; i < sc->argc; i++) {
        if (strncasecmp(sc->argv[i], name, length) || sc->argv[i][length] != '=')
            continue;
        if (sc->argv[i][length + 1])
            return sc->argv[i] + length + 1;
        return i + 1 < sc->argc ? sc->argv[i + 1] : "";
    }
    return NULL;
}

/* A file of the host becomes the \Host\… form that the loader knows. */
static int image_path(const char *given, char *out_path, size_t size)
{
    if (*given == '\\') {
        snprintf(out_path, size, "%s", given);
        return 0;
    }
    char absolute[PATH_MAX];
    if (!realpath(given, absolute)) {
        fprintf(stderr, "cove: cannot find the driver file %s; give the path of a .sys file\n",
                given);
        return EXIT_FAILED;
    }
    snprintf(out_path, size, "\\Host%s", absolute);
    return 0;
}

static int sc_create(const struct sc *sc)
{
    const char *file = option_value(sc, "binPath"), *start = option_value(sc, "start"),
               *type = option_value(sc, "type");
    if (sc->argc < 2 || !file || (type && strcasecmp(type, "kernel")))
        return options_usage(usage);
    char path[PATH_MAX + 8];
    if (image_path(file, path, sizeof path))
        return EXIT_FAILED;
    if (!strncmp(path, "\\Host", 5) && client_lend(sc->machine, path + 5))
        return options_client_failed();
    bool is_disabled = start && !strcasecmp(start, "disabled");
    const char *words[] = {"service-create", sc->argv[0], path, is_disabled ? "4" : "3", NULL};
    return plain_request(sc, words, "CreateService");
}

static int sc_delete(const struct sc *sc)
{
    const char *words[] = {"service-delete", sc->argv[0], NULL};
    return plain_request(sc, words, "DeleteService");
}

static const char *state_name(double state)
{
    static const char *const names[] = {
        "?",       "STOPPED",          "START_PENDING", "STOP_PENDING",
        "RUNNING", "CONTINUE_PENDING", "PAUSE_PENDING", "PAUSED"};
    return state >= 1 && state <= 7 ? names[(int)state] : "?";
}

static void status_print(const cJSON *item)
{
    double type = json_number(item, "type"), state = json_number(item, "state");
    printf("\nSERVICE_NAME: %s\n", json_text(item, "service"));
    if (*json_text(item, "display_name"))
        printf("DISPLAY_NAME: %s\n", json_text(item, "display_name"));
    printf("        TYPE               : %.0f  %s\n", type,
           type == 2 ? "FILE_SYSTEM_DRIVER" : "KERNEL_DRIVER");
    printf("        STATE              : %.0f  %s\n", state, state_name(state));
    printf("                                (%s, NOT_PAUSABLE, IGNORES_SHUTDOWN)\n",
           json_number(item, "controls_accepted") ? "STOPPABLE" : "NOT_STOPPABLE");
    uint32_t code = (uint32_t)json_number(item, "win32_exit_code");
    printf("        WIN32_EXIT_CODE    : %u  (0x%x)\n", code, code);
    code = (uint32_t)json_number(item, "service_exit_code");
    printf("        SERVICE_EXIT_CODE  : %u  (0x%x)\n", code, code);
    printf("        CHECKPOINT         : 0x%x\n", (uint32_t)json_number(item, "check_point"));
    printf("        WAIT_HINT          : 0x%x\n", (uint32_t)json_number(item, "wait_hint"));
}

/* Asks for one service's (NULL: all services') rows and lets print show each. */
static int rows_print(const struct sc *sc, const char *service, const char *what,
                      void (*print)(const cJSON *item))
{
    const char *words[] = {"service-query", service, NULL};
    uint32_t code;
    cJSON *list = options_ask(sc->machine, words, &code);
    if (!list)
        return EXIT_FAILED;
    if (sc->is_json) {
        options_print_json(list);
        return code ? EXIT_FAILED : 0;
    }
    int result = code ? failed(what, code, list) : 0;
    const cJSON *item;
    if (!code)
        cJSON_ArrayForEach(item, list) print(item);
    cJSON_Delete(list);
    return result;
}

static int sc_query(const struct sc *sc)
{
    return rows_print(sc, sc->argc ? sc->argv[0] : NULL, "EnumQueryServicesStatus:OpenService",
                      status_print);
}

static void config_print(const cJSON *item)
{
    static const char *const starts[] = {"BOOT_START", "SYSTEM_START", "AUTO_START", "DEMAND_START",
                                         "DISABLED"};
    static const char *const errors[] = {"IGNORE", "NORMAL", "SEVERE", "CRITICAL"};
    unsigned start = (unsigned)json_number(item, "start") % 5,
             error = (unsigned)json_number(item, "error_control") % 4;
    printf("[SC] QueryServiceConfig SUCCESS\n\nSERVICE_NAME: %s\n", json_text(item, "service"));
    printf("        TYPE               : %.0f  %s\n", json_number(item, "type"),
           json_number(item, "type") == 2 ? "FILE_SYSTEM_DRIVER" : "KERNEL_DRIVER");
    printf("        START_TYPE         : %u   %s\n", start, starts[start]);
    printf("        ERROR_CONTROL      : %u   %s\n", error, errors[error]);
    printf("        BINARY_PATH_NAME   : %s\n", json_text(item, "image_path"));
    printf("        DISPLAY_NAME       : %s\n", json_text(item, "display_name"));
}

static int sc_qc(const struct sc *sc)
{
    return rows_print(sc, sc->argv[0], "OpenService", config_print);
}

/* What the driver's file says about itself, as `cove run` prints it. */
static void driver_image_print(const cJSON *item)
{
    const char *path = json_text(item, "image_path");
    char line[640];
    if (strncmp(path, "\\Host", 5))
        return;
    image_line(path + 5, line, sizeof line);
    fprintf(stderr, "img| %s: %s\n", strrchr(path, '/') ? strrchr(path, '/') + 1 : path, line);
}

/* A machine that was booted again does not have the folder of a driver of this host any more. */
static void driver_folder_lend(const struct sc *sc)
{
    const char *words[] = {"service-query", sc->argv[0], NULL};
    uint32_t code;
    cJSON *list = options_ask(sc->machine, words, &code);
    const cJSON *item;
    if (list && !code) {
        cJSON_ArrayForEach(item, list)
        {
            const char *path = json_text(item, "image_path");
            if (!strncmp(path, "\\Host", 5))
                client_lend(sc->machine, path + 5); /* if not, the start says so */
        }
    }
    cJSON_Delete(list);
}

static int sc_start(const struct sc *sc)
{
    driver_folder_lend(sc);
    const char *words[] = {"service-start", sc->argv[0], NULL};
    uint32_t code;
    cJSON *reply = options_ask(sc->machine, words, &code);
    if (!reply)
        return EXIT_FAILED;
    int result = 0;
    if (code && sc->is_json)
        result = EXIT_FAILED;
    else if (code)
        result = failed("StartService", code, reply);
    if (sc->is_json)
        options_print_json(reply);
    else
        cJSON_Delete(reply);
    if (code || sc->is_json)
        return result;
    rows_print(sc, sc->argv[0], "OpenService", driver_image_print);
    return sc_query(sc);
}

static int sc_stop(const struct sc *sc)
{
    const char *words[] = {"service-stop", sc->argv[0], NULL};
    uint32_t code;
    cJSON *reply = options_ask(sc->machine, words, &code);
    if (!reply)
        return EXIT_FAILED;
    if (sc->is_json) {
        options_print_json(reply);
        return code ? EXIT_FAILED : 0;
    }
    int result = code ? failed("ControlService", code, reply) : (status_print(reply), 0);
    cJSON_Delete(reply);
    return result;
}

static const struct {
    const char *name;
    int least; /* arguments behind the verb */
    int (*run)(const struct sc *sc);
} verbs[] = {
    {"create", 2, sc_create}, {"start", 1, sc_start}, {"stop", 1, sc_stop},
    {"delete", 1, sc_delete}, {"query", 0, sc_query}, {"qc", 1, sc_qc},
};

int cli_sc(int argc, char **argv)
{
    static const struct option options[] = {{"machine", required_argument, NULL, 'm'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct sc sc = {0};
    const char *name = NULL;
    for (int c; (c = getopt_long(argc, argv, "+m:", options, NULL)) != -1;) {
        if (c == 'm')
            name = optarg;
        else if (c == 'j')
            sc.is_json = true;
        else
            return c == 'h' ? (fputs(usage, stdout), 0) : options_usage(usage);
    }
    sc.machine = options_machine(name);
    for (size_t i = 0; optind < argc && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcasecmp(argv[optind], verbs[i].name))
            continue;
        sc.argc = argc - optind - 1;
        sc.argv = argv + optind + 1;
        /* --json may also stand last. */
        while (sc.argc && !strcmp(sc.argv[sc.argc - 1], "--json")) {
            sc.is_json = true;
            sc.argc--;
        }
        return sc.argc < verbs[i].least ? options_usage(usage) : verbs[i].run(&sc);
    }
    return options_usage(usage);
}
