/* SPDX-License-Identifier: MIT */
/* inf_fuzz.c - the INF parser, checker and stamper against damaged files.
 *
 *   inf_fuzz [--seed N] [--from I] [--count N] FILE.inf…
 *   inf_fuzz --read FILE…            each as it is: one line for each that is refused
 *
 * Each round takes a good INF, changes bytes, words and lines, joins it with another or cuts it. It
 * must be refused with a line that names file and place, or answer every question that an
 * installation asks. What a round does depends on seed and its number alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_rounds.h"
#include "inf/check.h"
#include "inf/inf.h"
#include "inf/stamp.h"
#include "inf_fuzz_ask.h"
#include "loader_fuzz_mutate.h"

#define CHANGES_MAX  12
#define SIZE_MAX_INF (1u << 18)

static uint64_t parsed, refused, answered_with_error, findings;

/* A message is one line: the file's name, where, what, and what to do. */
static void error_check(const struct inf_error *error)
{
    char place[40];
    size_t length = strlen(error->text);
    if (error->line)
        snprintf(place, sizeof place, "fuzz.inf:%u: ", error->line);
    else
        snprintf(place, sizeof place, "fuzz.inf: ");
    if (strncmp(error->text, place, strlen(place)) != 0 || length < strlen(place) + 10 ||
        strpbrk(error->text, "\r\n"))
        fuzz_fail("names no place: \"%s\" (line %u)", error->text, error->line);
}

static void on_refusal(const struct inf_error *error)
{
    answered_with_error++;
    error_check(error);
}

static void on_finding(void *context, const struct inf_finding *finding)
{
    uint32_t *last = context;
    if (finding->line < *last || !finding->rule || !finding->text)
        fuzz_fail("finding %u is out of order", finding->rule->code);
    *last = finding->line;
    findings++;
}

/* Everything that is handed out lies in the INF and is text. */
static void text_walk(const struct inf *inf)
{
    for (uint32_t i = 0; inf_section_at(inf, i); i++) {
        const struct inf_section *section = inf_section_at(inf, i);
        if (section->index != i || inf_section_find(inf, section->name) == NULL)
            fuzz_fail("section %u is not found by its name", i);
        for (uint32_t k = 0; k < section->line_count; k++) {
            const struct inf_line *line = &section->lines[k];
            if (line->number < section->number)
                fuzz_fail("line %u of a section that begins at %u", line->number, section->number);
            for (uint32_t f = 0; f < line->field_count; f++)
                if (strlen(line->fields[f].text) >= INF_FIELD_BYTES)
                    fuzz_fail("field %u of line %u is too long", f, line->number);
        }
    }
}

static void stamp_try(const uint8_t *bytes, size_t size)
{
    static const struct inf_stamp stamp = {.architecture = "amd64",
                                           .date = "1/2/2026",
                                           .version = "1.2.3.4",
                                           .catalog = "a.cat",
                                           .kmdf = "1.15",
                                           .umdf = "2.0.0"};
    struct inf_error error = {0};
    uint8_t *out = NULL;
    size_t length;
    if (inf_stamp(bytes, size, "fuzz.inf", &stamp, &out, &length, &error))
        error_check(&error);
    free(out);
}

static void bytes_try(const uint8_t *bytes, size_t size, uint64_t random)
{
    const struct inf_options options = {.language = (uint16_t)(random & 0xfff),
                                        .is_template = (random >> 12 & 1) != 0};
    struct inf_error error = {0};
    struct inf_answers answers;
    struct inf *inf = NULL;
    stamp_try(bytes, size);
    if (inf_parse(bytes, size, "fuzz.inf", &options, &inf, &error)) {
        refused++;
        error_check(&error);
        return;
    }
    parsed++;
    text_walk(inf);
    inf_ask(inf, &answers, on_refusal);
    for (int mode = 0; mode < INF_CHECK_MODES; mode += INF_CHECK_MODES - 1) {
        const struct inf_check_options check = {.mode = (enum inf_check_mode)mode};
        uint32_t last = 0;
        inf_check(inf, &check, on_finding, &last);
    }
    inf_destroy(inf);
}

/* ---- damage -------------------------------------------------------------------------------- */

static const char *const words[] = {
    "[",
    "]",
    "\"",
    "\"\"",
    "%",
    "%%",
    ";",
    "\\",
    "\\\n",
    "=",
    ",",
    "\n",
    "\r\n",
    "\t",
    "[Strings]\n",
    "@",
    "%13%",
    "%12%\\",
    "NT",
    ".NTamd64",
    ".Services",
    "Needs=",
    "Include=a.inf\n",
    "AddReg",
    "HKR,,x,0x10001,",
    "0x",
    "-1",
    "4294967296",
    "[Version]\n",
    "Needs = Install\n",
    "{78A1C341-4539-11d3-B88D-00C04FAD5171}",
    "LogConfig=",
    "IOConfig=8@300-32F%FF8\n",
    "\xff\xfe",
    "\xef\xbb\xbf",
    "\xe9",
    "\xed\xa0\x80",
    "CopyFiles=@a\n",
    "[DefaultInstall.NTamd64]\n",
};

static size_t line_start(const uint8_t *bytes, size_t size, size_t at)
{
    while (at > 0 && at < size && bytes[at - 1] != '\n')
        at--;
    return at;
}

static size_t insert(uint8_t *bytes, size_t size, size_t at, const void *what, size_t length)
{
    if (size + length > SIZE_MAX_INF)
        return size;
    memmove(bytes + at + length, bytes + at, size - at);
    memcpy(bytes + at, what, length);
    return size + length;
}

static size_t change(uint8_t *bytes, size_t size, struct fuzz_random *random)
{
    size_t at = size ? fuzz_below(random, size) : 0;
    size_t length = size ? 1 + fuzz_below(random, size - at < 64 ? size - at : 64) : 0;
    uint8_t copy[SIZE_MAX_INF / 4];
    switch (fuzz_below(random, 9)) {
    case 0:
        if (size)
            bytes[at] = (uint8_t)fuzz_next(random);
        return size;
    case 1:
        if (size)
            bytes[at] ^= (uint8_t)(1u << fuzz_below(random, 8));
        return size;
    case 2: /* a piece goes */
        memmove(bytes + at, bytes + at + length, size - at - length);
        return size - length;
    case 3: /* a piece comes twice */
        memcpy(copy, bytes + at, length);
        return insert(bytes, size, at, copy, length);
    case 4:
    case 5: { /* a word comes in */
        const char *word = words[fuzz_below(random, sizeof words / sizeof words[0])];
        return insert(bytes, size, at, word, strlen(word));
    }
    case 6: { /* a line moves */
        size_t from = line_start(bytes, size, at), end = from;
        while (end < size && bytes[end] != '\n' && end - from < sizeof copy - 1)
            end++;
        end += end < size;
        memcpy(copy, bytes + from, end - from);
        memmove(bytes + from, bytes + end, size - end);
        size -= end - from;
        size_t to = size ? line_start(bytes, size, fuzz_below(random, size)) : 0;
        return insert(bytes, size, to, copy, end - from);
    }
    case 7: { /* a piece of another file */
        const struct fuzz_file *other = &fuzz_files[fuzz_below(random, fuzz_file_count)];
        size_t from = other->size ? fuzz_below(random, other->size) : 0;
        size_t take = other->size - from < 2000 ? other->size - from : 2000;
        return insert(bytes, size, at, other->bytes + from, take);
    }
    default: /* a cut, seldom */
        return fuzz_below(random, 4) ? size : at;
    }
}

/* The same text in UTF-16. */
static size_t widen(uint8_t *bytes, size_t size)
{
    if (2 * size + 2 > SIZE_MAX_INF)
        return size;
    for (size_t i = size; i > 0; i--) {
        bytes[2 * i] = bytes[i - 1];
        bytes[2 * i + 1] = 0;
    }
    bytes[0] = 0xff;
    bytes[1] = 0xfe;
    return 2 * size + 2;
}

static void round_run(uint64_t round)
{
    static uint8_t bytes[SIZE_MAX_INF];
    struct fuzz_random random = fuzz_random_make(fuzz_seed, round);
    const struct fuzz_file *from = &fuzz_files[fuzz_below(&random, fuzz_file_count)];
    size_t size = from->size < SIZE_MAX_INF ? from->size : SIZE_MAX_INF;
    memcpy(bytes, from->bytes, size);
    for (uint64_t left = 1 + fuzz_below(&random, CHANGES_MAX); left > 0; left--)
        size = change(bytes, size, &random);
    if (fuzz_below(&random, 5) == 0) {
        size = widen(bytes, size);
        size = change(bytes, size, &random);
    }
    /* Of its exact size, so that a sanitizer sees a read behind it. */
    uint8_t *exact = malloc(size ? size : 1);
    memcpy(exact, bytes, size);
    bytes_try(exact, size, fuzz_next(&random));
    free(exact);
}

static void ignore(const struct inf_error *error)
{
    (void)error;
}

/* Good files, as they are. */
static int files_say(void)
{
    unsigned bad = 0, installable = 0;
    uint64_t models = 0, registry = 0, copied = 0, services = 0;
    for (unsigned i = 0; i < fuzz_file_count; i++) {
        const struct fuzz_file *file = &fuzz_files[i];
        const struct inf_options options = {
            .is_template = memmem(file->bytes, file->size, "$ARCH$", 6) ||
                           memmem(file->bytes, file->size, "$\0A\0R\0C\0H\0$", 11)};
        struct inf_error error;
        struct inf_answers answers = {0};
        struct inf *inf = NULL;
        int result = inf_parse(file->bytes, file->size, file->name, &options, &inf, &error);
        if (result == INF_OK)
            inf_ask(inf, &answers, ignore);
        inf_destroy(inf);
        if (result || answers.refused) {
            printf("%s\n", result ? error.text : answers.first.text);
            bad++;
        }
        installable += answers.is_installable;
        models += answers.models;
        registry += answers.registry;
        copied += answers.files;
        services += answers.services;
    }
    printf("%u files: %u refused, %u serve a target; %llu models, %llu files, %llu registry "
           "lines, %llu services\n",
           fuzz_file_count, bad, installable, (unsigned long long)models,
           (unsigned long long)copied, (unsigned long long)registry, (unsigned long long)services);
    return bad != 0;
}

static int summary(uint64_t count)
{
    printf("%llu damaged INFs: %llu refused, %llu read and asked (%llu answers were errors, %llu "
           "findings)\n",
           (unsigned long long)count, (unsigned long long)refused, (unsigned long long)parsed,
           (unsigned long long)answered_with_error, (unsigned long long)findings);
    /* Any of them missing would mean that the others prove nothing. */
    return count > 1000 && (parsed < count / 50 || refused < count / 200 || !answered_with_error);
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--read") != 0)
        return fuzz_rounds(argc, argv, "inf_fuzz", INF_FILE_MAX, round_run, summary);
    for (int at = 2; at < argc; at++)
        if (fuzz_file_read(argv[at], INF_FILE_MAX))
            return 2;
    return files_say();
}
