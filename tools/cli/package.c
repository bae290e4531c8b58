/* SPDX-License-Identifier: MIT */
/* package.c - handing a driver package to a machine.
 *
 * In: an INF on the host; out: its package in the machine's driver store, and with it those that
 * its CopyINF directives name, theirs too, each once.
 */
#include "package.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "inf_file.h"
#include "options.h"

/* Packages that one INF brings along, with those that they bring. */
#define COPIED_MAX 64

struct adding {
    const char *machine;
    char *paths[COPIED_MAX]; /* the first is the INF that was asked for */
    unsigned count;
};

static cJSON *failure(unsigned code, const char *text)
{
    cJSON *reply = cJSON_CreateObject();
    cJSON_AddNumberToObject(reply, "error", code);
    cJSON_AddStringToObject(reply, "text", text);
    return reply;
}

static void expect(struct adding *adding, const char *path)
{
    for (unsigned i = 0; i < adding->count; i++)
        if (strcmp(adding->paths[i], path) == 0)
            return;
    if (adding->count < COPIED_MAX && (adding->paths[adding->count] = strdup(path)) != NULL)
        adding->count++;
}

/* The INFs that a CopyINF line names, beside or below the INF it stands in. */
static void copied_expect(struct adding *adding, const char *inf, const struct inf_line *line)
{
    char folder[PATH_MAX], path[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", inf);
    *strrchr(folder, '/') = 0;
    for (uint32_t i = 0; i < line->field_count; i++) {
        if (inf_file_find(folder, inf_text(line, i), path, sizeof path))
            expect(adding, path);
        else
            fprintf(stderr, "cove: %s:%u: CopyINF names %s, which is not there; put it into %s\n",
                    inf, (unsigned)line->number, inf_text(line, i), folder);
    }
}

static void copies_expect(struct adding *adding, const char *path)
{
    size_t length;
    struct inf *inf;
    struct inf_error error;
    uint8_t *bytes = inf_file_read("package", path, &length);
    if (bytes && inf_parse(bytes, length, path, NULL, &inf, &error) == INF_OK) {
        const struct inf_section *section;
        for (uint32_t i = 0; (section = inf_section_at(inf, i)) != NULL; i++) {
            const struct inf_line *line;
            for (uint32_t at = 0; (line = inf_line_next(section, "CopyINF", &at)) != NULL;)
                copied_expect(adding, path, line);
        }
        inf_destroy(inf);
    }
    free(bytes);
}

static cJSON *one_add(const char *machine, const char *path, unsigned *out_code)
{
    static const char *const names[] = {
        [PACKAGE_UNSIGNED] = "none",
        [PACKAGE_TEST] = "test",
        [PACKAGE_TRUSTED] = "trusted",
        [PACKAGE_BAD] = "bad",
    };
    struct package_trust trust;
    if (client_lend(machine, path)) {
        options_client_failed();
        return NULL;
    }
    package_trust_read(path, &trust);
    if (trust.signature == PACKAGE_BAD)
        fprintf(stderr, "cove: %s\n", trust.problem);
    const char *words[] = {"package-add", path, names[trust.signature], trust.signer, NULL};
    uint32_t code;
    cJSON *reply = options_ask(machine, words, &code);
    *out_code = code;
    return reply;
}

/* The packages that the first one's CopyINF directives brought; the first refusal is the answer. */
static cJSON *copies_add(struct adding *adding, cJSON *reply, unsigned *out_code)
{
    for (unsigned i = 1; i < adding->count && reply && !*out_code; i++) {
        cJSON *copied = one_add(adding->machine, adding->paths[i], out_code);
        if (copied && !*out_code)
            copies_expect(adding, adding->paths[i]);
        if (!copied || *out_code) {
            cJSON_Delete(reply);
            reply = copied;
        } else {
            cJSON_Delete(copied);
        }
    }
    return reply;
}

cJSON *package_add(const char *machine, const char *inf, unsigned *out_code)
{
    char path[PATH_MAX], text[PATH_MAX + 200];
    struct adding adding = {.machine = machine};
    if (!realpath(inf, path)) {
        snprintf(text, sizeof text, "%s: %s", inf, strerror(errno));
        *out_code = 2; /* ERROR_FILE_NOT_FOUND */
        return failure(*out_code, text);
    }
    cJSON *reply = one_add(machine, path, out_code);
    if (reply && !*out_code) {
        expect(&adding, path);
        copies_expect(&adding, path);
        reply = copies_add(&adding, reply, out_code);
    }
    for (unsigned i = 0; i < adding.count; i++)
        free(adding.paths[i]);
    return reply;
}
