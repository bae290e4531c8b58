/* SPDX-License-Identifier: MIT */
/* wmi.c - `cove wmi`: the instrumentation blocks that devices of a running machine provide. */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "options.h"

static const char usage[] =
    "usage: cove wmi [-m NAME] [--json] VERB …\n"
    "  list                      every block: its GUID, driver, number of instances\n"
    "  query GUID                the data of each instance\n"
    "  set GUID INSTANCE BYTES   new data for one; BYTES as 01ff… or \"01 ff …\"\n"
    "What the bytes mean is in the driver's schema (.mof).\n";

static void blocks_print(const cJSON *list)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
        printf("%s  %-24s %.0f %s\n", json_text(item, "guid"), json_text(item, "driver"),
               json_number(item, "instances"),
               cJSON_IsTrue(cJSON_GetObjectItem(item, "is_event")) ? "(event)" : "instances");
    if (!cJSON_GetArraySize(list))
        puts("no device provides any");
}

/* Sixteen bytes a line, and what of them is text. */
static void data_print(const char *hex)
{
    size_t bytes = strlen(hex) / 2;

    for (size_t at = 0; at < bytes; at += 16) {
        printf("  %04zx ", at);
        for (size_t i = at; i < at + 16; i++)
            printf(i < bytes ? " %.2s" : "   ", i < bytes ? hex + i * 2 : "");
        fputs("  ", stdout);
        for (size_t i = at; i < at + 16 && i < bytes; i++) {
            char digits[3] = {hex[i * 2], hex[i * 2 + 1]};
            int byte = (int)strtol(digits, NULL, 16);
            putchar(isprint(byte) ? byte : '.');
        }
        putchar('\n');
    }
}

static void instances_print(const cJSON *list)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
    {
        printf("%s\n", json_text(item, "instance"));
        data_print(json_text(item, "data"));
    }
}

/* Pairs of hexadecimal digits without what stands between; NULL: something else does. */
static char *bytes_of(const char *text)
{
    char *digits = malloc(strlen(text) + 1), *to = digits;

    for (; digits && *text; text++) {
        if (isxdigit((unsigned char)*text)) {
            *to++ = *text;
        } else if (!isspace((unsigned char)*text)) {
            free(digits);
            return NULL;
        }
    }
    if (!digits || (to - digits) % 2) {
        free(digits);
        return NULL;
    }
    *to = '\0';
    return digits;
}

int cli_wmi(int argc, char **argv)
{
    static const struct option options[] = {
        {"machine", required_argument, NULL, 'm'},
        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    const char *machine = NULL, *words[6] = {"wmi"};
    char *digits = NULL;
    bool is_json = false;
    uint32_t code;

    for (int c; (c = getopt_long(argc, argv, "+m:h", options, NULL)) != -1;) {
        if (c == 'm')
            machine = optarg;
        else if (c == 'j')
            is_json = true;
        else
            return c == 'h' ? (fputs(usage, stdout), 0) : options_usage(usage);
    }
    argv += optind;
    argc -= optind;
    static const struct {
        const char *name;
        int words;
    } verbs[] = {{"list", 1}, {"query", 2}, {"set", 4}};
    bool is_known = false;
    for (size_t i = 0; argc && i < sizeof verbs / sizeof *verbs; i++)
        is_known |= !strcmp(argv[0], verbs[i].name) && argc == verbs[i].words;
    if (!is_known)
        return options_usage(usage);
    for (int i = 0; i < argc; i++)
        words[1 + i] = argv[i];
    if (argc == 4 && !(words[4] = digits = bytes_of(argv[3]))) {
        fputs("cove wmi: BYTES are pairs of hexadecimal digits\n", stderr);
        return EXIT_USAGE;
    }
    cJSON *reply = options_ask(options_machine(machine), words, &code);
    free(digits);
    if (!reply)
        return EXIT_FAILED;
    if (code)
        fprintf(stderr, "cove wmi: %s\n", json_text(reply, "text"));
    else if (is_json)
        return options_print_json(reply), 0;
    else if (argc == 1)
        blocks_print(reply);
    else if (argc == 2)
        instances_print(reply);
    cJSON_Delete(reply);
    return code ? EXIT_FAILED : 0;
}
