/* SPDX-License-Identifier: MIT */
/* cc_generate.c - sources that are made before compiling: trace headers, messages, classes.
 *
 * In: the driver's sources; out: headers, a .rc and message tables in the temporary folder,
 * which every compilation searches. The generators are Python programs of the driver kit.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cc.h"

#define PYTHON "python3"

/* The name of the file that a line includes, out_length characters; NULL: it includes none. */
static const char *line_included(const char *line, size_t *out_length)
{
    while (isspace((unsigned char)*line))
        line++;
    if (*line++ != '#')
        return NULL;
    while (*line == ' ' || *line == '\t')
        line++;
    if (strncmp(line, "include", 7) != 0)
        return NULL;
    line = strpbrk(line, "\"<");
    *out_length = line != NULL ? strcspn(line + 1, "\">") : 0;
    return line != NULL ? line + 1 : NULL;
}

/* Does the line include a file whose name ends in .tmh? */
static bool line_includes_trace(const char *line)
{
    size_t length;
    const char *name = line_included(line, &length);

    return name != NULL && length > 4 && strncasecmp(name + length - 4, ".tmh", 4) == 0;
}

static bool source_is_traced(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[1024];
    bool is_traced = false;

    while (file != NULL && !is_traced && fgets(line, sizeof(line), file) != NULL)
        is_traced = line_includes_trace(line);
    if (file != NULL)
        fclose(file);
    return is_traced;
}

void cc_generator_start(struct words *command, const char *wdk, const char *script)
{
    words_add(command, PYTHON);
    words_add(command, "-B");
    words_addf(command, "%s/bin/%s", wdk, script);
}

int cc_trace_header_make(const struct cc_options *options, const char *wdk, const char *temporary,
                         const char *source)
{
    struct words command = {0};

    if (!source_is_traced(source))
        return 0;
    cc_generator_start(&command, wdk, "wpp/wpp.py");
    words_add(&command, "-o");
    words_add(&command, temporary);
    for (size_t i = 0; i < options->resource.count; i++)
        if (strncmp(options->resource.items[i], "-I", 2) == 0)
            words_add(&command, options->resource.items[i]);
    words_join(&command, &options->wpp);
    words_add(&command, source);
    return cc_run(options, &command);
}

static bool script_includes(const char *path, const char *wanted)
{
    FILE *file = fopen(path, "r");
    size_t wanted_length = strlen(wanted), length;
    char line[1024];
    bool is_found = false;

    while (file != NULL && !is_found && fgets(line, sizeof(line), file) != NULL) {
        const char *name = line_included(line, &length);
        is_found = name != NULL && length >= wanted_length &&
                   strncasecmp(name + length - wanted_length, wanted, wanted_length) == 0 &&
                   (length == wanted_length || strchr("/\\", name[length - wanted_length - 1]));
    }
    if (file != NULL)
        fclose(file);
    return is_found;
}

bool cc_script_is_included(const struct cc_options *options, const char *name)
{
    for (size_t i = 0; i < options->source_count; i++)
        if (options->sources[i].language == CC_RESOURCE &&
            script_includes(options->sources[i].path, name))
            return true;
    return false;
}

int cc_messages_make(const struct cc_options *options, const char *wdk, const char *temporary,
                     const char *source)
{
    struct words command = {0};

    cc_generator_start(&command, wdk, "mc/mc.py");
    words_add(&command, "-km");
    words_add(&command, "-h");
    words_add(&command, temporary);
    words_add(&command, "-r");
    words_add(&command, temporary);
    words_add(&command, source);
    return cc_run(options, &command);
}

int cc_classes_make(const struct cc_options *options, const char *wdk, const char *temporary,
                    const char *source)
{
    struct words command = {0};

    cc_generator_start(&command, wdk, "mof/mof.py");
    words_add(&command, "-h");
    words_add(&command, temporary);
    words_add(&command, "-b");
    words_add(&command, temporary);
    words_add(&command, source);
    return cc_run(options, &command);
}

int cli_generator(const char *wdk, const char *script, int argc, char **argv)
{
    struct cc_options options = {0};
    struct words command = {0};

    cc_generator_start(&command, wdk, script);
    for (int i = 1; i < argc; i++)
        words_add(&command, argv[i]);
    return cc_run(&options, &command);
}
