/* SPDX-License-Identifier: MIT */
/* cc_options.c - reads the command line of `cove cc`.
 *
 * Every word goes to exactly one of: ourselves, clang, the resource compiler, the
 * linker. What is not known here is clang's; clang then says what it thinks of it.
 */
#include "cc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* clang options whose value is the next word. */
static const char *const clang_pairs[] = {
    "-include", "-imacros",       "-isystem",    "-iquote", "-idirafter", "-ivfsoverlay",
    "-Xclang",  "-mllvm",         "-MF",         "-MT",     "-MQ",        "-iwithprefix",
    "-target",  "-Xpreprocessor", "-Xassembler", "--param", "-arch",      "-iprefix",
    NULL,
};

/* clang options after which there is nothing to link. */
static const char *const clang_modes[] = {
    "-E", "-S", "-M", "-MM", "-fsyntax-only", "-emit-llvm", "--analyze", NULL,
};

static bool is_listed(const char *word, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static bool starts(const char *word, const char *prefix)
{
    return strncmp(word, prefix, strlen(prefix)) == 0;
}

static bool fail(const char *format, const char *word)
{
    fputs("cove cc: ", stderr);
    fprintf(stderr, format, word);
    fputc('\n', stderr);
    return false;
}

/* The words that have not been read yet. */
struct reader {
    int at, count;
    const char *const *items;
    const char *forced; /* language after -x */
};

/* The value of an option: the rest of its word or, where there is none, the next word. */
static const char *value_of(struct reader *reader, const char *word, size_t length)
{
    if (word[length] != '\0')
        return word + length;
    if (reader->at >= reader->count)
        return NULL;
    return reader->items[reader->at++];
}

/* ---- files ------------------------------------------------------------------- */

static bool source_add(struct cc_options *options, const struct reader *reader, const char *path,
                       enum cc_language language)
{
    /* There are never more sources than words. */
    if (options->sources == NULL)
        options->sources = memory_keep((size_t)reader->count * sizeof(*options->sources));
    options->sources[options->source_count++] =
        (struct cc_source){.path = path, .forced = reader->forced, .language = language};
    return true;
}

/* Is the extension one of the words of list, in any case? */
static bool is_one_of(const char *extension, const char *list)
{
    size_t length = strlen(extension);

    while (*list != '\0') {
        size_t word = strcspn(list, " ");
        if (word == length && strncasecmp(list, extension, length) == 0)
            return true;
        list += word + strspn(list + word, " ");
    }
    return false;
}

/* C or C++ by the extension in any case, as file systems of Windows mean it; clang, which
 * takes .C for C++, is told.
 */
static bool code_add(struct cc_options *options, const struct reader *reader, const char *path,
                     const char *extension)
{
    enum cc_language language = is_one_of(extension, "c i") ? CC_C : CC_CXX;

    source_add(options, reader, path, language);
    if (strpbrk(extension, "CIPX") != NULL)
        options->sources[options->source_count - 1].forced = language == CC_C ? "c" : "c++";
    return true;
}

static bool file_read(struct cc_options *options, const struct reader *reader, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash != NULL ? slash : path, '.');
    const char *extension = dot != NULL ? dot + 1 : "";

    if (reader->forced != NULL)
        return source_add(options, reader, path, strstr(reader->forced, "++") ? CC_CXX : CC_C);
    if (is_one_of(extension, "c i") || is_one_of(extension, "cpp cc cxx c++ ii"))
        return code_add(options, reader, path, extension);
    if (is_one_of(extension, "s"))
        return source_add(options, reader, path, CC_ASSEMBLER);
    if (is_one_of(extension, "rc"))
        return source_add(options, reader, path, CC_RESOURCE);
    if (is_one_of(extension, "obj o res lib a")) {
        words_add(&options->inputs, path);
        return true;
    }
    if (is_one_of(extension, "def")) {
        words_addf(&options->linker, "/def:%s", path);
        return true;
    }
    if (is_one_of(extension, "asm"))
        return source_add(options, reader, path, CC_MASM);
    if (is_one_of(extension, "mc man xml"))
        return source_add(options, reader, path, CC_MESSAGES);
    if (is_one_of(extension, "mof"))
        return source_add(options, reader, path, CC_CLASSES);
    return fail("%s: not a source, object, library, .def, .mc, .man, .mof, .rc or .res by its name",
                path);
}

/* ---- options ----------------------------------------------------------------- */

/* -D, -U and -I also reach the resource compiler. */
static bool preprocessor_read(struct cc_options *options, struct reader *reader, const char *word)
{
    const char *value = value_of(reader, word, 2);

    if (value == NULL)
        return fail("%s needs a value", word);
    words_addf(&options->clang, "-%c%s", word[1], value);
    words_addf(&options->resource, "-%c%s", word[1], value);
    if (word[1] != 'I')
        words_addf(&options->defines, "%.*s", (int)strcspn(value, "=("), value);
    return true;
}

static void linker_words(struct cc_options *options, const char *list)
{
    while (*list != '\0') {
        size_t length = strcspn(list, ",");
        words_addf(&options->linker, "%.*s", (int)length, list);
        list += length + (list[length] == ',');
    }
}

/* Options whose letter takes a value: -o -x -l -L -D -U -I. */
static bool letter_read(struct cc_options *options, struct reader *reader, const char *word)
{
    if (strchr("DUI", word[1]) != NULL)
        return preprocessor_read(options, reader, word);

    const char *value = value_of(reader, word, 2);
    if (value == NULL)
        return fail("%s needs a value", word);
    switch (word[1]) {
    case 'o':
        options->output = value;
        break;
    case 'x':
        reader->forced = strcmp(value, "none") == 0 ? NULL : value;
        break;
    case 'l':
        words_addf(&options->inputs, "%s.lib", value);
        break;
    default:
        words_addf(&options->linker, "/libpath:%s", value);
        break;
    }
    return true;
}

/* What an option that goes on to clang means for the rest of the build. */
static void clang_note(struct cc_options *options, const char *word)
{
    if (starts(word, "-std=")) {
        if (strstr(word, "++") != NULL)
            options->standard_cxx = word;
        else
            options->standard_c = word;
        return; /* given to the sources of its language only */
    }
    if (is_listed(word, clang_modes))
        options->mode = CC_CLANG;
    if (starts(word, "-O"))
        options->is_optimized = strcmp(word, "-O0") != 0;
    if (starts(word, "-gdwarf") || strcmp(word, "-ggdb") == 0)
        options->has_dwarf = true;
    if (starts(word, "-fstack-protector"))
        options->has_protector = true;
    if (strcmp(word, "-fno-stack-protector") == 0)
        options->has_protector = false;
    words_add(&options->clang, word);
}

/* Minor versions of the Framework that there are headers and an entry library for. */
static bool is_kmdf_minor(long minor)
{
    return minor >= KMDF_MINOR_FIRST && minor <= KMDF_MINOR_LAST && minor % 2 == 1;
}

static bool kmdf_read(struct cc_options *options, const char *word)
{
    char *end = "";
    long minor = KMDF_MINOR_LAST;

    if (starts(word, "--kmdf="))
        minor = starts(word, "--kmdf=1.") ? strtol(word + strlen("--kmdf=1."), &end, 10) : 0;
    if (*end != '\0' || !is_kmdf_minor(minor))
        return fail("%s: versions are 1.9, 1.11, 1.13 and so on to 1.33", word);
    options->kmdf_minor = (int)minor;
    return true;
}

/* -DKMDF_VERSION_MINOR=15 says the version, too, as a project's own properties do. */
static bool kmdf_define_read(struct cc_options *options)
{
    static const char minor_define[] = "-DKMDF_VERSION_MINOR=";

    for (size_t i = 0; options->kmdf_minor != 0 && i < options->clang.count; i++) {
        const char *word = options->clang.items[i];
        if (!starts(word, minor_define))
            continue;
        long minor = strtol(word + strlen(minor_define), NULL, 0);
        if (!is_kmdf_minor(minor))
            return fail("%s: versions are 9, 11, 13 and so on to 33", word);
        options->kmdf_minor = (int)minor;
    }
    return true;
}

static bool own_read(struct cc_options *options, const char *word, bool *out_known)
{
    *out_known = true;
    if (strcmp(word, "-c") == 0)
        options->mode = CC_COMPILE;
    else if (strcmp(word, "--verbose") == 0 || strcmp(word, "-v") == 0)
        options->is_verbose = true;
    else if (strcmp(word, "-###") == 0)
        options->is_dry = true;
    else if (strcmp(word, "-g") == 0 || strcmp(word, "-g0") == 0)
        options->has_debug = word[2] != '0';
    else if (strcmp(word, "--wdm") == 0)
        ; /* what is built anyway */
    else if (strcmp(word, "--kmdf") == 0 || starts(word, "--kmdf="))
        return kmdf_read(options, word);
    else if (strcmp(word, "--umdf") == 0)
        return fail("%s: user-mode framework drivers cannot be built yet; WDM and KMDF can", word);
    else if (starts(word, "--entry="))
        options->entry = word + strlen("--entry=");
    else if (starts(word, "--wpp="))
        words_add(&options->wpp, word + strlen("--wpp="));
    else if (starts(word, "--export="))
        words_addf(&options->linker, "/export:%s", word + strlen("--export="));
    else if (starts(word, "-Wl,"))
        linker_words(options, word + strlen("-Wl,"));
    else
        *out_known = false;
    return true;
}

static bool option_read(struct cc_options *options, struct reader *reader, const char *word)
{
    bool is_known;

    if (!own_read(options, word, &is_known))
        return false;
    if (is_known)
        return true;
    if (strcmp(word, "-Xlinker") == 0) {
        const char *value = value_of(reader, word, strlen(word));
        if (value == NULL)
            return fail("%s needs a value", word);
        words_add(&options->linker, value);
        return true;
    }
    if (strchr("oxlLDUI", word[1]) != NULL)
        return letter_read(options, reader, word);
    if (word[1] == '\0')
        return fail("%s: sources are not read from standard input", word);
    clang_note(options, word);
    if (is_listed(word, clang_pairs)) {
        if (reader->at >= reader->count)
            return fail("%s needs a value", word);
        words_add(&options->clang, reader->items[reader->at++]);
    }
    return true;
}

static bool check(const struct cc_options *options)
{
    if (options->source_count == 0 && options->inputs.count == 0)
        return fail("%s", "no input files; `cove cc --help` shows how it is used");
    if (options->mode != CC_LINK && options->output != NULL && options->source_count > 1)
        return fail("-o %s names one file, but there are several sources", options->output);
    if (options->mode != CC_LINK && options->source_count == 0)
        return fail("%s: nothing to compile", options->inputs.items[0]);
    return true;
}

bool cc_options_read(int count, const char *const *items, struct cc_options *out_options)
{
    struct cc_options options = {.mode = CC_LINK, .has_debug = true};
    struct reader reader = {.at = 1, .count = count, .items = items};

    while (reader.at < reader.count) {
        const char *word = reader.items[reader.at++];
        bool is_read = word[0] == '-' ? option_read(&options, &reader, word)
                                      : file_read(&options, &reader, word);
        if (!is_read)
            return false;
    }
    if (!kmdf_define_read(&options) || !check(&options))
        return false;
    *out_options = options;
    return true;
}
