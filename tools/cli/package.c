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
#include <unistd.h>

#include "catalog.h"
#include "client/client.h"
#include "inf/entry.h"
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

/* A signed catalog in a folder of its own, which out_folder names. */
static int catalog_write(const uint8_t *bytes, size_t length, char *out_folder, char *out_path,
                         size_t size)
{
    const char *temporary = getenv("TMPDIR");
    snprintf(out_folder, size, "%s/cove-sign-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(out_folder)) {
        *out_folder = 0;
        return -1;
    }
    snprintf(out_path, size, "%s/test.cat", out_folder);
    FILE *file = fopen(out_path, "wb");
    bool is_written = file && fwrite(bytes, 1, length, file) == length;
    return file && fclose(file) == 0 && is_written ? 0 : -1;
}

/* What a developer's tools do with a package that is tried out: a catalog of its files as they
 * are, signed by a test certificate. */
static int test_sign(const char *inf, char *out_folder, char *out_path, size_t size)
{
    static const struct inf_target target = {INF_AMD64, 10, 0, 99999, 1, 0x100};
    struct package_catalog made = {.os = "2:10.0", .targets = &target, .target_count = 1};
    char problem[800] = "";
    uint8_t *bytes = NULL;
    size_t length;
    *out_folder = 0;
    int result = package_catalog_make(inf, &made, problem, sizeof problem);
    if (!result)
        result = catalog_sign_test(made.bytes, made.length, &bytes, &length);
    if (!result)
        result = catalog_write(bytes, length, out_folder, out_path, size);
    if (result && *problem)
        fprintf(stderr, "cove: %s\n", problem);
    free(made.bytes);
    free(bytes);
    return result;
}

static cJSON *test_signed_add(const char *machine, const char *path, uint32_t *out_code)
{
    char folder[PATH_MAX], catalog[PATH_MAX];
    cJSON *reply = NULL;
    if (!test_sign(path, folder, catalog, sizeof catalog) && !client_lend(machine, catalog)) {
        const char *words[] = {"package-add", path, "test", CATALOG_TEST_SIGNER, catalog, NULL};
        reply = options_ask(machine, words, out_code);
    }
    if (*folder) {
        unlink(catalog);
        rmdir(folder);
    }
    return reply;
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
    cJSON *reply = options_ask(machine, words, &code), *again = NULL;
    /* A machine in test-signing mode wants a test signature, as Windows does. */
    if (reply && code && cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(reply, "wants_test")))
        again = test_signed_add(machine, path, &code);
    if (again) {
        cJSON_Delete(reply);
        reply = again;
    }
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
