/* SPDX-License-Identifier: MIT */
/* inf.c - `cove inf check` and `cove inf show`: what is wrong with an INF, and what it would do.
 *
 * Only files are read; no machine is asked. Room inf knows what an INF says; here it is printed.
 */
#include "inf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "inf/check.h"
#include "inf_file.h"
#include "options.h"

#define CODE_UNREADABLE 1002

static const char usage[] =
    "usage: cove inf check [MODE] [--stampinf] [--provider NAME] [--json] FILE...\n"
    "       cove inf check --code CODE\n"
    "       cove inf show [--target ARCH[:MAJOR.MINOR.BUILD]] [--json] FILE...\n"
    "\n"
    "check says what is wrong, as FILE:LINE: LEVEL CODE NAME: what; what to do about it.\n"
    "Codes and levels are those of InfVerif. MODE is one of\n"
    "  --k   declarative driver\n"
    "  --u   universal driver\n"
    "  --w   Windows driver: the package is isolated\n"
    "  --h   what a signature by Microsoft asks for\n"
    "also with / for --. Without a mode only what keeps the package from installing is an error.\n"
    "--stampinf takes templates (.inx). The exit code is 1 when there was an error.\n"
    "\n"
    "show prints which devices the file serves on the target (else amd64:10.0.22621), and the\n"
    "files, services, filters and registry values that it would install for them.\n";

struct check_run {
    const char *path;
    cJSON *json; /* NULL: lines */
    unsigned errors;
};

static void finding_add(struct check_run *run, uint32_t line, const char *level, uint32_t code,
                        const char *name, const char *what, const char *text, const char *remedy)
{
    if (run->json) {
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "file", run->path);
        cJSON_AddNumberToObject(one, "line", line);
        cJSON_AddStringToObject(one, "level", level);
        cJSON_AddNumberToObject(one, "code", code);
        cJSON_AddStringToObject(one, "rule", name);
        cJSON_AddStringToObject(one, "what", what);
        cJSON_AddStringToObject(one, "text", text);
        cJSON_AddStringToObject(one, "remedy", remedy);
        cJSON_AddItemToArray(run->json, one);
        return;
    }
    printf("%s:", run->path);
    if (line)
        printf("%u:", line);
    printf(" %s %u %s: %s%s%s%s%s%s\n", level, code, name, what, *text ? " (" : "", text,
           *text ? ")" : "", *remedy ? "; " : "", remedy);
}

static void on_finding(void *context, const struct inf_finding *finding)
{
    struct check_run *run = context;
    const struct inf_rule *rule = finding->rule;
    finding_add(run, finding->line, finding->severity == INF_ERROR ? "error" : "warning",
                rule->code, rule->name, rule->what, finding->text, rule->remedy);
}

static void file_check(struct check_run *run, const struct inf_check_options *options)
{
    const struct inf_options parse = {.is_template = options->is_template};
    struct inf_error error;
    struct inf *inf;
    size_t length;
    uint8_t *bytes = inf_file_read("inf", run->path, &length);
    if (!bytes) {
        run->errors++;
        return;
    }
    if (inf_file_parse(run->path, bytes, length, &parse, &inf, &error)) {
        const char *text = strstr(error.text, ": ");
        finding_add(run, error.line, "error", CODE_UNREADABLE, "unreadable",
                    text ? text + 2 : error.text, "", "");
        run->errors++;
    } else {
        run->errors += inf_check(inf, options, on_finding, run);
        inf_destroy(inf);
    }
    free(bytes);
}

static int rule_print(const char *word)
{
    const struct inf_rule *rule = inf_rule_find((uint32_t)strtoul(word, NULL, 10));
    static const char *const modes[] = {"-", "/k", "/u", "/w", "/h"};
    static const char *const levels[] = {"none", "warning", "error"};
    if (!rule) {
        fprintf(stderr, "cove inf: no rule %s; the README of room inf lists them\n", word);
        return EXIT_FAILED;
    }
    printf("%u %s: %s; %s\n", rule->code, rule->name, rule->what, rule->remedy);
    for (int i = 0; i < INF_CHECK_MODES; i++)
        printf("  %-2s %s\n", modes[i], levels[rule->severity[i]]);
    return 0;
}

static const char *option_name(const char *word)
{
    if (strncmp(word, "--", 2) == 0)
        return word + 2;
    /* /w is an option, /tmp/x.inf is none. */
    return word[0] == '/' && !strchr(word + 1, '/') && !strchr(word, '.') ? word + 1 : NULL;
}

static int verb_check(int argc, char **argv)
{
    static const struct {
        const char *name;
        enum inf_check_mode mode;
    } modes[] = {{"k", INF_CHECK_DECLARATIVE},
                 {"u", INF_CHECK_UNIVERSAL},
                 {"w", INF_CHECK_WINDOWS},
                 {"h", INF_CHECK_SIGNATURE}};
    struct inf_check_options options = {0};
    struct check_run run = {0};
    int at = 1;
    for (const char *name; at < argc && (name = option_name(argv[at])); at++) {
        bool is_mode = false;
        for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
            if (strcmp(name, modes[i].name) == 0) {
                options.mode = modes[i].mode;
                is_mode = true;
            }
        if (is_mode)
            continue;
        if (strcmp(name, "json") == 0 && !run.json)
            run.json = cJSON_CreateArray();
        else if (strcmp(name, "stampinf") == 0)
            options.is_template = true;
        else if (strcmp(name, "provider") == 0 && at + 1 < argc)
            options.provider = argv[++at];
        else if (strcmp(name, "code") == 0 && at + 1 < argc)
            return rule_print(argv[at + 1]);
        else
            return options_usage(usage);
    }
    if (at == argc)
        return options_usage(usage);
    for (; at < argc; at++) {
        run.path = argv[at];
        file_check(&run, &options);
    }
    if (run.json)
        options_print_json(run.json);
    return run.errors ? EXIT_FAILED : 0;
}

static int verb_show(int argc, char **argv)
{
    struct inf_target target = {INF_AMD64, 10, 0, 22621, 1, 0x100};
    cJSON *json = NULL;
    int at = 1, failed = 0;
    for (const char *name; at < argc && (name = option_name(argv[at])); at++) {
        if (strcmp(name, "json") == 0 && !json)
            json = cJSON_CreateArray();
        else if (strcmp(name, "target") != 0 || at + 1 >= argc)
            return options_usage(usage);
        else if (inf_target_parse(argv[++at], &target))
            return fprintf(stderr,
                           "cove inf: \"%s\" is no target; write amd64:10.0.22621 or another of "
                           "x86, ia64, arm, arm64\n",
                           argv[at]),
                   EXIT_USAGE;
    }
    if (at == argc)
        return options_usage(usage);
    for (; at < argc; at++) {
        cJSON *file = inf_show(argv[at], &target);
        if (!file)
            failed = EXIT_FAILED;
        else if (json)
            cJSON_AddItemToArray(json, file);
        else
            inf_show_print(file);
        if (file && !json)
            cJSON_Delete(file);
    }
    if (json)
        options_print_json(json);
    return failed;
}

int cli_inf(int argc, char **argv)
{
    int code = EXIT_USAGE;
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc > 2 && strcmp(argv[1], "check") == 0)
        code = verb_check(argc - 1, argv + 1);
    else if (argc > 2 && strcmp(argv[1], "show") == 0)
        code = verb_show(argc - 1, argv + 1);
    else
        options_usage(usage);
    inf_file_close();
    return code;
}
