/* SPDX-License-Identifier: MIT */
/* cc.h - inside of `cove cc`: lists of words, running a tool, the command line read.
 *
 * cc_msvc.c translates words that Microsoft's compiler takes, cc_options.c reads the command
 * line into struct cc_options, cc_overlay.c looks at the driver's own headers, cc_generate.c
 * has trace headers and messages made, cc_lenient.c compiles, cc_run.c starts tools and keeps the
 * temporary folder, cc.c knows what clang and lld-link must be told.
 */
#ifndef CLI_CC_H
#define CLI_CC_H

#include <stdbool.h>
#include <stddef.h>

/* Memory that lasts until the program ends; where there is none, the program ends. */
void *memory_keep(size_t size);

/* A growing list of words, always ended by NULL. The words are borrowed. */
struct words {
    const char **items;
    size_t count;
    size_t room;
};

void words_add(struct words *words, const char *word);
void words_addf(struct words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));
void words_join(struct words *words, const struct words *others);
/* Adds the words of a literal list that ends with NULL. */
void words_list(struct words *words, const char *const *list);

/* A text that lasts until the program ends. */
char *text_copyf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define KMDF_MINOR_FIRST 9
#define KMDF_MINOR_LAST  33 /* what --kmdf without a version means */

enum cc_mode {
    CC_LINK,    /* sources to a driver */
    CC_COMPILE, /* -c: sources to objects */
    CC_CLANG,   /* -E, -S, -M, -fsyntax-only: clang's own business */
};

enum cc_language {
    CC_C,
    CC_CXX,
    CC_ASSEMBLER,
    CC_MASM,
    CC_RESOURCE,
    CC_MESSAGES, /* .mc, .man: a header and a resource script are made of them */
    CC_CLASSES,  /* .mof: a header and a file for a resource script */
};

struct cc_source {
    const char *path;
    const char *forced; /* clang's language after -x, or NULL */
    enum cc_language language;
};

/* The command line, sorted by who must hear it. */
struct cc_options {
    enum cc_mode mode;
    const char *output; /* NULL: made from the first source */
    bool is_verbose;
    bool is_dry;        /* -###: print and do nothing */
    bool has_debug;     /* unless -g0: CodeView and a .pdb */
    bool has_dwarf;     /* -gdwarf: DWARF inside the image */
    bool has_protector; /* -fstack-protector: the cookie is set up at entry */
    int kmdf_minor;     /* --kmdf: a driver of the Framework 1.this; 0: WDM */
    bool is_optimized;  /* -O1 and up: a free build */
    const char *standard_c;
    const char *standard_cxx;
    const char *entry;
    struct cc_source *sources;
    size_t source_count;
    struct words clang;    /* for every compilation */
    struct words defines;  /* names after -D and -U, values cut off */
    struct words resource; /* -I, -D, -U: for the resource compiler, too */
    struct words inputs;   /* objects, .res and libraries in their order */
    struct words linker;   /* -Wl, -L, .def */
    struct words wpp;      /* --wpp=: for the generator of trace headers */
};

/* Words as cc_options_read takes them: response files opened, /D and its like respelled. */
bool cc_words_read(int argc, char **argv, struct words *out_words);

/* Reads the command line. Errors: prints what is wrong and answers false. */
bool cc_options_read(int count, const char *const *items, struct cc_options *out_options);

/* Runs a tool and waits. Answers its exit code; 127 if it is not there (and says which
 * package brings it), 128 + n after signal n.
 */
int cc_run(const struct cc_options *options, const struct words *command);
/* The same; what the tool says on standard error goes to a file. */
int cc_run_kept(const struct cc_options *options, const struct words *command, const char *said);
/* Shows such a file. */
void cc_said_show(const char *said);

/* A private folder for one run; NULL on failure, with a message. */
const char *cc_temporary_create(void);
void cc_temporary_remove(const char *folder);

/* Writes the overlay that makes the driver's own headers, and those made for it in temporary,
 * match in any case. Answers its path inside temporary, or NULL if it could not be written.
 */
const char *cc_overlay_write(const struct cc_options *options, const char *temporary);

/* Has the .tmh made that a source includes; nothing for one that includes none. */
int cc_trace_header_make(const struct cc_options *options, const char *wdk, const char *temporary,
                         const char *source);
/* Begins the command of a generator: a Python program of the driver kit. */
void cc_generator_start(struct words *command, const char *wdk, const char *script);
/* Compiles a source; one in C that clang refuses and Microsoft's compiler takes, and one that clang
 * dies of, a second time, as changed for that. Answers clang's exit code.
 */
int cc_code_compile(const struct cc_options *options, const char *wdk, const char *temporary,
                    const struct cc_source *source, const struct words *command);
/* Has header, STEM.rc and message tables made of a message file or manifest. */
int cc_messages_make(const struct cc_options *options, const char *wdk, const char *temporary,
                     const char *source);
/* Does a resource script among the sources include one of this name? Then what is made by that
 * name is compiled with it.
 */
bool cc_script_is_included(const struct cc_options *options, const char *name);
/* Has NAMEmof.h and NAME.bmf made of WMI classes. */
int cc_classes_make(const struct cc_options *options, const char *wdk, const char *temporary,
                    const char *source);
/* A generator as a verb: the words go to it unchanged. */
int cli_generator(const char *wdk, const char *script, int argc, char **argv);

#endif
