/* SPDX-License-Identifier: MIT */
/* cc_msvc.c - words as Microsoft's compiler takes them, and files of words.
 *
 * In: words of the command line, out: words as this program takes them. `/D NAME` becomes
 * -DNAME; what only concerns Microsoft's tools (precompiled headers, warnings, the calling
 * convention) is dropped; @FILE stands for the words in it.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cc.h"

/* Slash options that mean nothing here, by their beginning. */
static const char *const ignored[] = {
    "W",           "w",      "Y",         "Fp",           "Fd",           "FS",
    "G",           "nologo", "Zc",        "Zp8",          "Zl",           "Gm",
    "MP",          "EH",     "kernel",    "analyze",      "RTC",          "hotpatch",
    "errorReport", "std:",   "d1",        "d2",           "Oy",           "Oi",
    "Ob",          "Oa",     "GL",        "bigobj",       "showIncludes", "wd",
    "we",          "sdl",    "utf-8",     "fp:",          "arch:",        "cbstring",
    "typedil",     "Brepro", "external:", "diagnostics:", NULL,
};

/* Slash options and what is said instead; the value follows in the same word or the next. */
static const struct {
    const char *slash;
    const char *own;
    bool has_value;
} spelled[] = {
    {"FI", "-include", true}, {"Fo", "-o", true},   {"D", "-D", true},
    {"I", "-I", true},        {"U", "-U", true},    {"Od", "-O0", false},
    {"O1", "-Os", false},     {"O2", "-O2", false}, {"Ox", "-O2", false},
    {"Os", "-Os", false},     {"Ot", "-O2", false}, {"Zi", "-g", false},
    {"ZI", "-g", false},      {"Z7", "-g", false},  {"TP", "-xc++", false},
    {"TC", "-xc", false},     {"c", "-c", false},   {"X", "-nostdinc", false},
};

static bool is_ignored(const char *option)
{
    for (const char *const *at = ignored; *at != NULL; at++)
        if (strncmp(option, *at, strlen(*at)) == 0)
            return true;
    return false;
}

/* Adds what stands for a slash option. False: it is none, perhaps a file. */
static bool slash_add(struct words *words, const char *option, const char *next, bool *out_used)
{
    for (size_t i = 0; i < sizeof(spelled) / sizeof(spelled[0]); i++) {
        size_t length = strlen(spelled[i].slash);
        const char *value = option + length;
        if (strncmp(option, spelled[i].slash, length) != 0 ||
            (!spelled[i].has_value && *value != '\0'))
            continue;
        words_add(words, spelled[i].own);
        if (!spelled[i].has_value)
            return true;
        *out_used = *value == '\0' && next != NULL;
        words_add(words, *out_used ? next : value);
        return true;
    }
    /* A path that leads nowhere is for somebody else to say so. */
    return strchr(option, '/') == NULL && is_ignored(option);
}

/* Words of a file: blanks part them, double quotes hold them together. */
static bool file_words(struct words *words, const char *path)
{
    FILE *file = fopen(path, "r");
    char word[4096];
    size_t length = 0;
    bool is_quoted = false, is_word = false;
    int c;

    if (file == NULL)
        return false;
    while ((c = fgetc(file)) != EOF) {
        if (c == '"') {
            is_quoted = !is_quoted;
            is_word = true;
        } else if (isspace(c) && !is_quoted) {
            if (is_word)
                words_addf(words, "%.*s", (int)length, word);
            length = 0;
            is_word = false;
        } else if (c != 0xef && c != 0xbb && c != 0xbf && length < sizeof(word)) {
            word[length++] = (char)c;
            is_word = true;
        }
    }
    if (is_word)
        words_addf(words, "%.*s", (int)length, word);
    fclose(file);
    return true;
}

bool cc_words_read(int argc, char **argv, struct words *out_words)
{
    struct words plain = {0};

    for (int i = 0; i < argc; i++) {
        if (argv[i][0] != '@' || i == 0) {
            words_add(&plain, argv[i]);
        } else if (!file_words(&plain, argv[i] + 1)) {
            fprintf(stderr, "cove cc: %s cannot be read\n", argv[i] + 1);
            return false;
        }
    }
    for (size_t i = 0; i < plain.count; i++) {
        const char *word = plain.items[i];
        const char *next = i + 1 < plain.count ? plain.items[i + 1] : NULL;
        bool is_used = false;
        if (word[0] == '/' && strcmp(word, "/link") == 0) {
            for (i++; i < plain.count; i++) {
                words_add(out_words, "-Xlinker");
                words_add(out_words, plain.items[i]);
            }
        } else if (i == 0 || word[0] != '/' || access(word, F_OK) == 0 ||
                   !slash_add(out_words, word + 1, next, &is_used)) {
            words_add(out_words, word);
        }
        i += is_used;
    }
    return true;
}
