/* SPDX-License-Identifier: MIT */
/* inf_internal.h - what the files of this room share: the parsed INF's inside, memory, errors. */
#pragma once

#include <stdarg.h>

#include "inf/inf.h"

#define INF_MEMORY_MAX (UINT32_C(192) << 20) /* texts and lines of one INF */
#define INF_NEEDS_MAX  256                   /* sections that one section may need */

struct inf_memory {
    struct inf_chunk *chunks;
    size_t used, total;
};

/* Things that are read all the same, kept for the checker. */
enum inf_oddity_kind {
    INF_ODD_BEFORE,    /* text before the first section: no one reads it */
    INF_ODD_QUOTE,     /* a quotation mark without its fellow on the line */
    INF_ODD_HEADER,    /* text behind a section's header */
    INF_ODD_PERCENT,   /* a percent sign alone */
    INF_ODD_DUPLICATE, /* a string defined twice: the first is taken */
    INF_ODD_BYTES,     /* bytes that are no text in the file's encoding */
};

struct inf_oddity {
    enum inf_oddity_kind kind;
    uint32_t number;
    const char *text;
};

/* A list of anything; grows by doubling. */
struct inf_list {
    void *items;
    uint32_t count, capacity;
};

struct inf_string {
    const char *key, *value;
    uint32_t number;
    bool is_used;
};

struct inf {
    const char *name;
    enum inf_encoding encoding;
    struct inf_options options;
    struct inf_memory memory;
    struct inf_section *sections;
    const struct inf_section **by_name; /* sorted */
    uint32_t section_count;
    struct inf_string *strings; /* sorted by key; of the one [Strings] section that is taken */
    uint32_t string_count;
    struct inf_list unresolved; /* struct inf_token */
    struct inf_list oddities;   /* struct inf_oddity */
    inf_include_find *include;
    void *include_context;
};

/* A line as it stands in the file: quotation marks are gone, percent signs are not. */
struct raw_line {
    uint32_t number;
    uint32_t first, count; /* of the raw fields */
    bool has_key;
    bool is_header; /* its one field is the section's name */
};

struct raw_inf {
    struct inf_list lines;  /* struct raw_line */
    struct inf_list fields; /* struct inf_field */
};

/* NULL: no memory, or above INF_MEMORY_MAX. */
void *memory_take(struct inf_memory *memory, size_t size);
char *memory_text(struct inf_memory *memory, const char *text, size_t length);
void memory_give(struct inf_memory *memory);

/* The place of one more item; NULL: no memory. */
void *list_add(struct inf_list *list, size_t item_size);
void list_free(struct inf_list *list);

int inf_fail_name(const char *name, uint32_t line, struct inf_error *out_error, const char *format,
                  va_list arguments);
int inf_fail_memory(const struct inf *inf, struct inf_error *out_error);
void inf_odd(struct inf *inf, enum inf_oddity_kind kind, uint32_t number, const char *text);

/* text.c: bytes to UTF-8 with a NUL at its end. */
int text_decode(struct inf *inf, const uint8_t *bytes, size_t length, char **out_text,
                size_t *out_length, struct inf_error *out_error);
/* UTF-16 units that the UTF-8 text makes; out_units may be NULL. */
size_t text_utf16(const char *text, size_t length, uint8_t *out_units);

/* The other way; *out_bytes is the caller's to free(). INF_DAMAGED: no memory. */
int text_encode(enum inf_encoding encoding, const char *text, size_t length, uint8_t **out_bytes,
                size_t *out_length);

/* lines.c: text to raw lines. */
int raw_read(struct inf *inf, const char *text, size_t length, struct raw_inf *raw,
             struct inf_error *out_error);

/* strings.c */
int strings_collect(struct inf *inf, const struct raw_inf *raw, struct inf_error *out_error);
struct inf_string *strings_find(const struct inf *inf, const char *key, size_t length);
/* out_text holds INF_FIELD_BYTES bytes. */
int strings_expand(struct inf *inf, const char *text, uint32_t number, char *out_text,
                   struct inf_error *out_error);
bool section_is_strings(const char *name);

/* The section that a line names, in this INF or an included one. INF_ABSENT: not in this one, and
 * included ones cannot be asked. INF_DAMAGED: nowhere. */
int section_named(const struct inf_place *place, const char *name, const struct inf **out_inf,
                  const struct inf_section **out_section);

int name_compare(const char *a, const char *b);
int name_compare_length(const char *a, const char *b, size_t b_length);
bool is_blank(char c);
/* Decimal or 0x hexadecimal, nothing behind it. */
int number_parse(const char *text, int64_t *out_value);
