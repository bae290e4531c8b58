/* SPDX-License-Identifier: MIT */
/* thunk_internal.h - what the files of this room share: memory, words, types. */
#ifndef THUNK_INTERNAL_H
#define THUNK_INTERNAL_H

#include "thunk/thunk.h"

/* ---- memory of a script, freed together; texts that grow ------------------------------------- */

struct thunk_block {
    struct thunk_block *next;
    _Alignas(16) char bytes[];
};

/* Zeroed. NULL: none left. */
void *thunk_take(struct thunk_script *script, size_t bytes);

struct thunk_text {
    char *bytes; /* NULL after a failure, which stays */
    size_t length, capacity;
    bool has_failed;
};

__attribute__((format(printf, 2, 3))) void thunk_put(struct thunk_text *text, const char *format,
                                                     ...);

/* ---- words ----------------------------------------------------------------------------------- */

enum thunk_word_kind { WORD_END, WORD_NAME, WORD_NUMBER, WORD_SIGN };

struct thunk_word {
    enum thunk_word_kind kind;
    const char *text; /* in the script */
    uint32_t length, line, column;
    uint64_t number;
};

struct thunk_reader {
    struct thunk_script *script;
    const struct thunk_options *options;
    const char *name;
    struct thunk_error *error;
    bool has_failed;
    const char *at, *end, *line_start;
    uint32_t line;
    struct thunk_word word; /* the one that is looked at */
    uint32_t depth;
    /* what is known so far */
    struct thunk_type_name *names;
    uint32_t type_capacity, function_capacity, warning_capacity, type_number;
    uint32_t pack[THUNK_WIDTHS];
};

/* Looks at the next word. */
void thunk_next(struct thunk_reader *reader);
bool thunk_is(const struct thunk_reader *reader, const char *text);
bool thunk_accept(struct thunk_reader *reader, const char *text);
bool thunk_expect(struct thunk_reader *reader, const char *text, const char *after);
/* The word is a name that is not a keyword of C. what: "a type's name". NULL after the error. */
const char *thunk_name(struct thunk_reader *reader, const char *what);
char *thunk_copy(struct thunk_reader *reader, const char *text, size_t length);
/* Refuses at the word that is looked at, or at a place. Returns false. */
__attribute__((format(printf, 2, 3))) bool thunk_fail(struct thunk_reader *reader,
                                                      const char *reason, ...);
__attribute__((format(printf, 4, 5))) bool thunk_fail_at(struct thunk_reader *reader, uint32_t line,
                                                         uint32_t column, const char *reason, ...);
__attribute__((format(printf, 4, 5))) void thunk_warn(struct thunk_reader *reader, uint32_t line,
                                                      uint32_t column, const char *reason, ...);
bool thunk_word_is(const struct thunk_word *word, const char *text);
/* Room for one more of a list. */
void *thunk_grow(struct thunk_reader *reader, void *items, uint32_t count, uint32_t *capacity,
                 size_t item_bytes);

/* ---- types ----------------------------------------------------------------------------------- */

struct thunk_type_name {
    struct thunk_type_name *next;
    const char *name;
    bool is_tag;
    struct thunk_type *type;
};

#define THUNK_STRUCT_MAX 0xffffu /* a 16-bit segment holds it */

bool thunk_types_begin(struct thunk_reader *reader);
struct thunk_type *thunk_type_find(struct thunk_reader *reader, const char *name, size_t length,
                                   bool is_tag);
bool thunk_type_define(struct thunk_reader *reader, const char *name, bool is_tag,
                       struct thunk_type *type);
struct thunk_type *thunk_type_make(struct thunk_reader *reader, enum thunk_kind kind);
struct thunk_type *thunk_type_pointer(struct thunk_reader *reader, const struct thunk_type *target);
struct thunk_type *thunk_type_array(struct thunk_reader *reader, const struct thunk_type *element,
                                    uint64_t count);
/* Places the fields and finishes the type. */
bool thunk_type_lay_out(struct thunk_reader *reader, struct thunk_type *type);
/* "unsigned long", "long long" …: the words of C that stand in a row. */
const struct thunk_type *thunk_type_builtin(struct thunk_reader *reader);
/* What a reader of the script calls it. */
void thunk_type_print(struct thunk_text *text, const struct thunk_type *type);

/* A whole declaration of a type, up to the name; NULL after the error. */
struct thunk_type *thunk_type_read(struct thunk_reader *reader);
/* Stars and the words of 16-bit C between them. */
struct thunk_type *thunk_stars_read(struct thunk_reader *reader, struct thunk_type *type);
struct thunk_type *thunk_dimensions_read(struct thunk_reader *reader, struct thunk_type *type);

/* What can be said only when a function is whole. */
bool thunk_function_check(struct thunk_reader *reader, struct thunk_function *function);
bool thunk_script_check(struct thunk_reader *reader);
/* A parameter lies on the stack in units of a word. */
uint32_t thunk_argument_bytes(const struct thunk_type *type, enum thunk_width width);

#endif
