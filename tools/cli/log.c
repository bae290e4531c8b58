/* SPDX-License-Identifier: MIT */
/* log.c - `cove log` and `cove trace`: what a machine says, line by line. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "client/client.h"
#include "options.h"

static bool line_print(const char *text, size_t length, void *is_json)
{
    if (!length)
        return true;
    if (*(bool *)is_json) {
        char line[2048];
        snprintf(line, sizeof line, "%.*s", (int)length, text);
        cJSON *string = cJSON_CreateString(line);
        char *quoted = cJSON_PrintUnformatted(string);
        printf("{\"line\": %s}\n", quoted ? quoted : "\"\"");
        cJSON_free(quoted);
        cJSON_Delete(string);
    } else {
        printf("%.*s\n", (int)length, text);
    }
    return !fflush(stdout);
}

#define RULES_MOST 16

/* Tells the machine which providers to switch; what it says when it refuses is printed. */
static int events_switch(const char *machine, const char **rules, unsigned count)
{
    const char *words[RULES_MOST + 2] = {"events"};
    uint32_t code;
    for (unsigned i = 0; i < count; i++)
        words[1 + i] = rules[i];
    cJSON *reply = options_ask(machine, words, &code);
    if (!reply)
        return EXIT_FAILED;
    if (code)
        fprintf(stderr, "cove log: %s\n", json_text(reply, "text"));
    cJSON_Delete(reply);
    return code ? EXIT_FAILED : 0;
}

static int stream(int argc, char **argv, const char *usage, const char *verb, const char *word)
{
    static const struct option options[] = {{"machine", required_argument, NULL, 'm'},
                                            {"new", no_argument, NULL, 'n'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"enable", required_argument, NULL, 'e'},
                                            {"disable", required_argument, NULL, 'd'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *name = NULL;
    bool is_json = false;
    const char *rules[RULES_MOST];
    char disabled[RULES_MOST][128];
    unsigned count = 0;
    for (int c; (c = getopt_long(argc, argv, "m:", options, NULL)) != -1;) {
        if (c == 'm')
            name = optarg;
        else if (c == 'j')
            is_json = true;
        else if (c == 'n')
            word = NULL;
        else if ((c == 'e' || c == 'd') && count < RULES_MOST && !strcmp(verb, "log")) {
            snprintf(disabled[count], sizeof disabled[count], "-%s", optarg);
            rules[count] = c == 'e' ? optarg : disabled[count];
            count++;
        } else
            return c == 'h' ? (fputs(usage, stdout), 0) : options_usage(usage);
    }
    if (optind < argc)
        return options_usage(usage);
    if (count)
        return events_switch(options_machine(name), rules, count);
    const char *words[] = {verb, word, NULL}, *machine = options_machine(name);
    int error = client_stream(machine, words, line_print, &is_json);
    if (error == EHOSTDOWN && !strcmp(verb, "log") && word) {
        if (!client_last_log(machine, line_print, &is_json)) {
            fprintf(stderr, "cove log: machine '%s' has ended; this was its log\n", machine);
            return 0;
        }
    }
    return error ? options_client_failed() : 0;
}

int cli_log(int argc, char **argv)
{
    return stream(
        argc, argv,
        "usage: cove log [-m NAME] [--new] [--json]\n"
        "Prints what drivers print, from the oldest line kept (--new: from now on), until the\n"
        "machine ends or Ctrl-C. Of a machine that has ended: the lines it had kept and its\n"
        "report, until it is booted again.\n"
        "\n"
        "       cove log [-m NAME] --enable PROVIDER[:LEVEL[:FLAGS]] | --disable PROVIDER ...\n"
        "Switches trace events. PROVIDER is a GUID, a name or * for all, LEVEL a number or\n"
        "critical, error, warning, information, verbose. A machine starts with all of them on.\n",
        "log", "all");
}

int cli_trace(int argc, char **argv)
{
    return stream(argc, argv,
                  "usage: cove trace [-m NAME] [--json]\n"
                  "Prints every step of every request until the machine ends or Ctrl-C.\n",
                  "trace", NULL);
}
