/* SPDX-License-Identifier: MIT */
/* dump.c - `cove dump`: shows an NE file or an object module; PE files are `cove image`'s. */
#include "dump.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "bytes.h"
#include "cli.h"
#include "ne/ne.h"
#include "omf/omf.h"
#include "options.h"

static const char usage[] =
    "usage: cove dump [--json] FILE…\n"
    "Shows what a file says about itself: a 16-bit Windows program, library or font (NE), an\n"
    "object module or library (OMF), or a PE file (as `cove image` does).\n";

/* 1: it is a PE file, for somebody else. */
static int dump_one(const char *path, cJSON *list, char *error, size_t error_size)
{
    uint8_t *bytes;
    size_t size;
    if (bytes_read(path, &bytes, &size, error, error_size))
        return -1;
    bool is_ne = ne_is(bytes, size), is_omf = !is_ne && omf_is(bytes, size);
    cJSON *json = NULL;
    if (is_ne)
        json = dump_ne(bytes, size, path, error, error_size);
    else if (is_omf)
        json = dump_omf(bytes, size, path, error, error_size);
    free(bytes);
    if (!is_ne && !is_omf)
        return 1;
    if (!json)
        return -1;
    if (list) {
        cJSON_AddItemToArray(list, json);
        return 0;
    }
    if (is_ne)
        dump_ne_print(json);
    else
        dump_omf_print(json);
    cJSON_Delete(json);
    return 0;
}

static int image_show(char *path, bool is_json)
{
    char *words[] = {"image", is_json ? "--json" : path, is_json ? path : NULL, NULL};
    optind = 0;
    return cli_image(is_json ? 3 : 2, words);
}

int cli_dump(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    bool is_json = false;
    int result = 0;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c != 'j')
            return c == 'h' ? (fputs(usage, stdout), 0) : options_usage(usage);
        is_json = true;
    }
    int first = optind;
    if (first == argc)
        return options_usage(usage);
    cJSON *list = is_json ? cJSON_CreateArray() : NULL;
    for (int i = first; i < argc; i++) {
        char error[512];
        int one = dump_one(argv[i], list, error, sizeof error);
        if (one < 0)
            fprintf(stderr, "cove dump: %s\n", error);
        if (one > 0)
            one = image_show(argv[i], is_json);
        result |= one != 0;
    }
    if (list && cJSON_GetArraySize(list))
        options_print_json(list);
    else
        cJSON_Delete(list);
    return result ? EXIT_FAILED : 0;
}
