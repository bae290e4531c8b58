/* SPDX-License-Identifier: MIT */
/* thunk_fuzz.c - the thunk compiler against damaged scripts and headers.
 *
 *   thunk_fuzz [--seed N] [--from I] [--count N] FILE.thk… FILE.h…
 *
 * Each round damages a script: bytes, words of other places, cuts. It must be refused with a line
 * that names file and place, or everything that is made of it must come out whole. What a round
 * does depends on seed and its number alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_rounds.h"
#include "loader_fuzz_mutate.h"
#include "thunk/thunk.h"

#define CHANGES_MAX   8
#define SIZE_MAX_TEXT 0x10000u

static uint64_t read_well, refused;

static void refusal_check(const struct thunk_error *error)
{
    char place[60];
    snprintf(place, sizeof place, "fuzz.thk:%u:%u: ", error->line, error->column);
    refused++;
    if (strncmp(error->text, place, strlen(place)) != 0 ||
        strlen(error->text) < strlen(place) + 10 || strchr(error->text, '\n'))
        fuzz_fail("%s", error->text);
}

/* A text that was made; the caller says what it must have. */
static bool is_header(const struct fuzz_file *file)
{
    size_t length = strlen(file->name);
    return length > 2 && !strcmp(file->name + length - 2, ".h");
}

static void text_check(char *text, const char *must_have)
{
    if (!text || !strstr(text, must_have))
        fuzz_fail("%s", text ? text : "no text");
    free(text);
}

static const char *const words[] = {"int",    "long",  "char *",     "struct",
                                    "{",      "}",     "typedef",    ";",
                                    "[3]",    "inout", "output",     "= true;",
                                    "bool",   "void",  "*",          "(",
                                    ")",      "short", "unsigned",   "(int a)",
                                    "near",   "0x10",  "-1",         "preload32=true;",
                                    "/*",     "*/",    "//",         "HANDLE",
                                    "SIZE_T", "union", "...",        "faulterrorcode=1;",
                                    "float",  "[999]", "struct s {", "};",
                                    ",",      "enum",  "long long",  "enablemapdirect3216=true;"};

static size_t insert(char *out, size_t size, size_t at, const char *what, size_t length)
{
    if (size + length > SIZE_MAX_TEXT)
        return size;
    memmove(out + at + length, out + at, size - at);
    memcpy(out + at, what, length);
    return size + length;
}

static size_t damage(const struct fuzz_file *file, char *out, struct fuzz_random *random)
{
    static char piece[256];
    size_t size = file->size;
    memcpy(out, file->bytes, size);
    for (uint64_t n = fuzz_below(random, CHANGES_MAX); size && n; n--) {
        size_t at = fuzz_below(random, size), length;
        switch (fuzz_below(random, 6)) {
        case 0:
            out[at] = (char)fuzz_next(random);
            break;
        case 1: { /* a word that means something */
            const char *word = words[fuzz_below(random, sizeof words / sizeof *words)];
            size = insert(out, size, at, word, strlen(word));
            break;
        }
        case 2: /* a piece goes */
            length = fuzz_below(random, 40);
            length = length < size - at ? length : size - at;
            memmove(out + at, out + at + length, size - at - length);
            size -= length;
            break;
        case 3: /* a piece once more, elsewhere */
            length = fuzz_below(random, sizeof piece);
            length = length < size - at ? length : size - at;
            memcpy(piece, out + at, length);
            size = insert(out, size, fuzz_below(random, size), piece, length);
            break;
        case 4:
            out[at] = "{}()*;,=[]/ \n"[fuzz_below(random, 13)];
            break;
        default:
            size = fuzz_below(random, 10) ? size : at;
        }
    }
    return size;
}

static void round_run(uint64_t round)
{
    static char buffer[SIZE_MAX_TEXT];
    struct fuzz_random random = fuzz_random_make(fuzz_seed, round);
    const struct fuzz_file *file = &fuzz_files[fuzz_below(&random, fuzz_file_count)];
    size_t size = damage(file, buffer, &random);
    struct thunk_options options = {.language = is_header(file) ? THUNK_IOCTL : THUNK_FLAT,
                                    .is_masm = fuzz_below(&random, 2)};
    struct thunk_script script;
    struct thunk_error error;
    /* From the heap, at its own size: a sanitizer sees each byte too many. */
    char *exact = malloc(size ? size : 1);
    memcpy(exact, buffer, size);
    if (thunk_read(exact, size, "fuzz.thk", &options, &script, &error)) {
        refusal_check(&error);
        free(exact);
        return;
    }
    free(exact); /* nothing points into it */
    read_well++;
    if (is_header(file)) {
        text_check(thunk_ioctl(&script, "fuzz.h"), "_Get(");
        text_check(thunk_ioctl_test(&script, "fuzz.h", "fuzz_32.h"), "int main(void)");
    } else {
        text_check(thunk_assembly(&script, &options), "_ThunkData32");
        text_check(thunk_explain(&script), "a flat thunk");
    }
    thunk_free(&script);
}

static int summary(uint64_t count)
{
    printf("thunk_fuzz: %llu rounds: %llu read, %llu refused\n", (unsigned long long)count,
           (unsigned long long)read_well, (unsigned long long)refused);
    if (count < 1000 || (read_well && refused))
        return 0;
    fprintf(stderr, "thunk_fuzz: the damage is too great or too small to say anything\n");
    return 1;
}

int main(int argc, char **argv)
{
    return fuzz_rounds(argc, argv, "thunk_fuzz", SIZE_MAX_TEXT / 2, round_run, summary);
}
