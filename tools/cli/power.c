/* SPDX-License-Identifier: MIT */
/* power.c - `cove power`: puts a running machine to sleep and wakes it, and shows its devices. */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli.h"
#include "options.h"

static const char usage[] =
    "usage: cove power [-m NAME] [--json] VERB …\n"
    "  status              the system's state and its devices'\n"
    "  sleep [S1|S2|S3]    to sleep; S3 without a state\n"
    "  hibernate           as S4; the machine's memory stays where it is\n"
    "  wake                back to work\n"
    "  source ac           on mains\n"
    "  source battery [PERCENT]\n"
    "  watchdog SECONDS    how long a driver may keep a power request (600)\n";

static int status_print(cJSON *reply, bool is_json)
{
    static const char *const states[] = {"working (S0)", "asleep (S1)", "asleep (S2)",
                                         "asleep (S3)", "hibernated (S4)"};
    int system = (int)json_number(reply, "system");
    const cJSON *item;

    if (is_json) {
        options_print_json(reply);
        return 0;
    }
    printf("system %s\n", system >= 0 && system < 5 ? states[system] : "?");
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(reply, "devices"))
        printf("  D%d  %*s%s\n", (int)json_number(item, "state"),
               2 * ((int)json_number(item, "depth") - 1), "", json_text(item, "device"));
    cJSON_Delete(reply);
    return 0;
}

/* The words of the request; 0, or an exit code after what is wrong has been said. */
static int words_of(int argc, char **argv, const char **words)
{
    static const char *const plain[] = {"status", "wake"};
    const char *second = argc > 1 ? argv[1] : NULL;

    words[1] = argv[0];
    words[2] = NULL;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (!strcmp(argv[0], plain[i]))
            return second ? options_usage(usage) : 0;
    if (!strcmp(argv[0], "hibernate")) {
        words[1] = "sleep";
        words[2] = "4";
        return second ? options_usage(usage) : 0;
    }
    if (!strcmp(argv[0], "sleep")) {
        if (second &&
            (toupper(second[0]) != 'S' || second[1] < '1' || second[1] > '3' || second[2]))
            return options_usage(usage);
        words[2] = second ? second + 1 : "3";
        return 0;
    }
    if (!strcmp(argv[0], "source") && second) {
        if (!strcasecmp(second, "ac"))
            words[2] = "101";
        else if (!strcasecmp(second, "battery"))
            words[2] = argc > 2 ? argv[2] : "100";
    } else if (!strcmp(argv[0], "watchdog") && second) {
        words[2] = second;
    }
    return words[2] && isdigit((unsigned char)*words[2]) ? 0 : options_usage(usage);
}

int cli_power(int argc, char **argv)
{
    static const struct option long_options[] = {
        {"machine", required_argument, NULL, 'm'},
        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    const char *machine = NULL, *words[4] = {"power"};
    bool is_json = false;
    int option, error;
    uint32_t code;

    while ((option = getopt_long(argc, argv, "+m:h", long_options, NULL)) != -1) {
        if (option == 'm')
            machine = optarg;
        else if (option == 'j')
            is_json = true;
        else if (option == 'h')
            return fputs(usage, stdout), 0;
        else
            return options_usage(usage);
    }
    if (optind == argc)
        return options_usage(usage);
    error = words_of(argc - optind, argv + optind, words);
    if (error)
        return error;
    cJSON *reply = options_ask(options_machine(machine), words, &code);
    if (!reply)
        return EXIT_FAILED;
    if (!code)
        return status_print(reply, is_json);
    fprintf(stderr, "cove power: %s\n", json_text(reply, "text"));
    cJSON_Delete(reply);
    return EXIT_FAILED;
}
