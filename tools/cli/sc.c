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
    "  create SERVICE binPath= FILE [type= kernel|filesys|own|share] [start= "
    "boot|system|auto|demand|disabled]\n"
    "         [depend= A/B] [DisplayName= TEXT] [group= GROUP]\n"
    "  start SERVICE [ARGUMENT...]       stop SERVICE      delete SERVICE\n"
    "  pause SERVICE      continue SERVICE      interrogate SERVICE      control SERVICE CODE\n"
    "  query, queryex [SERVICE] [type= driver|service|all]      qc SERVICE\n"
    "FILE is a file of this host (a driver; a program with its arguments) or a path of the "
    "machine\n"
    "(C:\\…, \\??\\…, \\SystemRoot\\…). A .exe is type own unless it is said.\n";

struct sc {
    const char *machine;
    bool is_json;
    unsigned types; /* of services that are shown; 0: all */
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

/* A file of the host becomes the \Host\… form that the loader knows; what follows a program's name
 * stays behind it. */
static int image_path(const char *given, char *out_path, size_t size)
{
    char file[PATH_MAX], absolute[PATH_MAX];
    const char *extension = strcasestr(given, ".exe");
    size_t length = extension ? (size_t)(extension - given) + 4 : strlen(given);
    if (*given == '\\' || *given == '%' || *given == '"' || (*given && given[1] == ':')) {
        snprintf(out_path, size, "%s", given);
        return 0;
    }
    snprintf(file, sizeof file, "%.*s", (int)length, given);
    if (!realpath(file, absolute)) {
        fprintf(stderr, "cove: cannot find the file %s; give the path of a .sys or .exe file\n",
                file);
        return EXIT_FAILED;
    }
    const char *quote = extension ? "\"" : ""; /* its path may have blanks */
    snprintf(out_path, size, "%s\\Host%s%s%s", quote, absolute, quote, given + length);
    return 0;
}

/* The host's file in such a path; NULL: it has none. */
static const char *host_file(const char *path, char *out_file, size_t size)
{
    bool is_quoted = *path == '"';
    path += is_quoted;
    if (strncmp(path, "\\Host", 5))
        return NULL;
    snprintf(out_file, size, "%.*s", (int)strcspn(path + 5, is_quoted ? "\"" : ""), path + 5);
    return out_file;
}

/* The number of a word, which is its place; -1: it is none of them. */
static int word_number(const char *word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++) {
        if (!strcasecmp(word, words[i]))
            return i;
    }
    return -1;
}

static int sc_create(const struct sc *sc)
{
    static const char *const starts[] = {"boot", "system", "auto", "demand", "disabled"},
                             *const types[] = {"kernel", "filesys", "own", "share"},
                             *const numbers[] = {"1", "2", "16", "32"};
    const char *file = option_value(sc, "binPath"), *start = option_value(sc, "start"),
               *type = option_value(sc, "type"), *depend = option_value(sc, "depend"),
               *display = option_value(sc, "DisplayName"), *group = option_value(sc, "group");
    if (sc->argc < 2 || !file)
        return options_usage(usage);
    int start_number = start ? word_number(start, starts, 5) : 3;
    int type_number = type ? word_number(type, types, 4) : strcasestr(file, ".exe") ? 2 : 0;
    if (start_number < 0 || type_number < 0)
        return options_usage(usage);
    char path[2 * PATH_MAX], host[PATH_MAX], digit[2] = {(char)('0' + start_number), '\0'};
    if (image_path(file, path, sizeof path))
        return EXIT_FAILED;
    if (host_file(path, host, sizeof host) && client_lend(sc->machine, host))
        return options_client_failed();
    const char *words[] = {"service-create",
                           sc->argv[0],
                           path,
                           digit,
                           numbers[type_number],
                           depend ? depend : "",
                           display ? display : "",
                           group ? group : "",
                           NULL};
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

static const char *type_name(unsigned type)
{
    switch (type & 0xff) {
    case 1:
        return "KERNEL_DRIVER";
    case 2:
        return "FILE_SYSTEM_DRIVER";
    case 0x10:
        return "WIN32_OWN_PROCESS";
    case 0x20:
        return "WIN32_SHARE_PROCESS";
    default:
        return "?";
    }
}

static void status_print(const cJSON *item)
{
    unsigned type = (unsigned)json_number(item, "type"),
             accepts = (unsigned)json_number(item, "controls_accepted");
    double state = json_number(item, "state");
    printf("\nSERVICE_NAME: %s\n", json_text(item, "service"));
    if (*json_text(item, "display_name"))
        printf("DISPLAY_NAME: %s\n", json_text(item, "display_name"));
    printf("        TYPE               : %x  %s\n", type, type_name(type));
    printf("        STATE              : %.0f  %s\n", state, state_name(state));
    printf("                                (%s, %s, %s)\n",
           accepts & 1 ? "STOPPABLE" : "NOT_STOPPABLE", accepts & 2 ? "PAUSABLE" : "NOT_PAUSABLE",
           accepts & 0x100 ? "ACCEPTS_PRESHUTDOWN"
           : accepts & 4   ? "ACCEPTS_SHUTDOWN"
                           : "IGNORES_SHUTDOWN");
    uint32_t code = (uint32_t)json_number(item, "win32_exit_code");
    printf("        WIN32_EXIT_CODE    : %u  (0x%x)\n", code, code);
    code = (uint32_t)json_number(item, "service_exit_code");
    printf("        SERVICE_EXIT_CODE  : %u  (0x%x)\n", code, code);
    printf("        CHECKPOINT         : 0x%x\n", (uint32_t)json_number(item, "check_point"));
    printf("        WAIT_HINT          : 0x%x\n", (uint32_t)json_number(item, "wait_hint"));
}

static void status_print_ex(const cJSON *item)
{
    status_print(item);
    printf("        PID                : %u\n", (uint32_t)json_number(item, "process_id"));
    printf("        FLAGS              : \n");
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
        cJSON_ArrayForEach(item, list)
        {
            if (!sc->types || (unsigned)json_number(item, "type") & sc->types)
                print(item);
        }
    cJSON_Delete(list);
    return result;
}

static int query(const struct sc *sc, void (*print)(const cJSON *item))
{
    static const char *const kinds[] = {"driver", "service", "all"};
    static const unsigned masks[] = {0x0b, 0x30, 0};
    struct sc asked = *sc;
    const char *name = sc->argc && !strchr(sc->argv[0], '=') ? sc->argv[0] : NULL;
    const char *type = NULL;
    for (int i = 0; i < sc->argc && !type; i++) {
        if (!strncasecmp(sc->argv[i], "type=", 5))
            type = sc->argv[i][5] ? sc->argv[i] + 5 : i + 1 < sc->argc ? sc->argv[i + 1] : "";
    }
    int kind = type ? word_number(type, kinds, 3) : 2;
    if (kind < 0)
        return options_usage(usage);
    asked.types = masks[kind];
    return rows_print(&asked, name, "EnumQueryServicesStatus:OpenService", print);
}

static int sc_query(const struct sc *sc)
{
    return query(sc, status_print);
}

static int sc_queryex(const struct sc *sc)
{
    return query(sc, status_print_ex);
}

static void config_print(const cJSON *item)
{
    static const char *const starts[] = {"BOOT_START", "SYSTEM_START", "AUTO_START", "DEMAND_START",
                                         "DISABLED"};
    static const char *const errors[] = {"IGNORE", "NORMAL", "SEVERE", "CRITICAL"};
    unsigned start = (unsigned)json_number(item, "start") % 5,
             error = (unsigned)json_number(item, "error_control") % 4;
    printf("[SC] QueryServiceConfig SUCCESS\n\nSERVICE_NAME: %s\n", json_text(item, "service"));
    printf("        TYPE               : %x  %s\n", (unsigned)json_number(item, "type"),
           type_name((unsigned)json_number(item, "type")));
    printf("        START_TYPE         : %u   %s\n", start, starts[start]);
    printf("        ERROR_CONTROL      : %u   %s\n", error, errors[error]);
    printf("        BINARY_PATH_NAME   : %s\n", json_text(item, "image_path"));
    printf("        LOAD_ORDER_GROUP   : %s\n", json_text(item, "group"));
    printf("        TAG                : %.0f\n", json_number(item, "tag"));
    printf("        DISPLAY_NAME       : %s\n", json_text(item, "display_name"));
    const cJSON *dependency, *list = cJSON_GetObjectItem(item, "dependencies");
    const char *head = "DEPENDENCIES       ";
    if (!cJSON_GetArraySize(list))
        printf("        %s: \n", head);
    cJSON_ArrayForEach(dependency, list)
    {
        printf("        %s: %s\n", head, cJSON_GetStringValue(dependency));
        head = "                   ";
    }
    printf("        SERVICE_START_NAME : %s\n", json_text(item, "account"));
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
        return; /* a program's is between quotes */
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
            char file[PATH_MAX];
            if (host_file(json_text(item, "image_path"), file, sizeof file))
                client_lend(sc->machine, file); /* if not, the start says so */
        }
    }
    cJSON_Delete(list);
}

static int sc_start(const struct sc *sc)
{
    driver_folder_lend(sc);
    const char *words[17] = {"service-start"};
    for (int i = 0; i < sc->argc && i < 15; i++)
        words[i + 1] = sc->argv[i];
    struct sc alone = *sc;
    alone.argc = 1;
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
    return sc_query(&alone);
}

static int control_send(const struct sc *sc, const char *control)
{
    const char *words[] = {control ? "service-control" : "service-stop", sc->argv[0], control,
                           NULL};
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

static int sc_stop(const struct sc *sc)
{
    return control_send(sc, NULL);
}

static int sc_pause(const struct sc *sc)
{
    return control_send(sc, "2");
}

static int sc_continue(const struct sc *sc)
{
    return control_send(sc, "3");
}

static int sc_interrogate(const struct sc *sc)
{
    return control_send(sc, "4");
}

static int sc_control(const struct sc *sc)
{
    static const char *const words[] = {"paramchange", "netbindadd", "netbindremove",
                                        "netbindenable", "netbinddisable"};
    int number = word_number(sc->argv[1], words, 5);
    char code[8];
    snprintf(code, sizeof code, "%d", number + 6);
    return control_send(sc, number < 0 ? sc->argv[1] : code);
}

static const struct {
    const char *name;
    int least; /* arguments behind the verb */
    int (*run)(const struct sc *sc);
} verbs[] = {
    {"create", 2, sc_create},           {"start", 1, sc_start},     {"stop", 1, sc_stop},
    {"delete", 1, sc_delete},           {"query", 0, sc_query},     {"qc", 1, sc_qc},
    {"queryex", 0, sc_queryex},         {"pause", 1, sc_pause},     {"continue", 1, sc_continue},
    {"interrogate", 1, sc_interrogate}, {"control", 2, sc_control},
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
