/* SPDX-License-Identifier: MIT */
/* log.c - `cove log` and `cove trace`: what a machine says, line by line. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "client/client.h"
#include "options.h"

static bool line_print(const char *text, size_t length, void *is_json)
{
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

static int stream(int argc, char **argv, const char *usage, const char *verb, const char *word)
{
    static const struct option options[] = {{"machine", required_argument, NULL, 'm'},
                                            {"new", no_argument, NULL, 'n'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *name = NULL;
    bool is_json = false;
    for (int c; (c = getopt_long(argc, argv, "m:", options, NULL)) != -1;) {
        if (c == 'm')
            name = optarg;
        else if (c == 'j')
            is_json = true;
        else if (c == 'n')
            word = NULL;
        else
            return c == 'h' ? (fputs(usage, stdout), 0) : options_usage(usage);
    }
    if (optind < argc)
        return options_usage(usage);
    const char *words[] = {verb, word, NULL};
    return client_stream(options_machine(name), words, line_print, &is_json)
               ? options_client_failed()
               : 0;
}

int cli_log(int argc, char **argv)
{
    return stream(
        argc, argv,
        "usage: cove log [-m NAME] [--new] [--json]\n"
        "Prints what drivers print, from the oldest line kept (--new: from now on), until the\n"
        "machine ends or Ctrl-C.\n",
        "log", "all");
}

int cli_trace(int argc, char **argv)
{
    return stream(argc, argv,
                  "usage: cove trace [-m NAME] [--json]\n"
                  "Prints every step of every request until the machine ends or Ctrl-C.\n",
                  "trace", NULL);
}
