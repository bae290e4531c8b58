/* SPDX-License-Identifier: MIT */
/* reg.h - what the files of `cove reg` share: its words, keys read from a machine and sent to it.
 */
#ifndef CLI_REG_H
#define CLI_REG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "regfile/regfile.h"

enum {
    REG_NONE,
    REG_SZ,
    REG_EXPAND_SZ,
    REG_BINARY,
    REG_DWORD,
    REG_DWORD_BIG_ENDIAN,
    REG_LINK,
    REG_MULTI_SZ,
    REG_QWORD = 11,
};

#define REG_DEPTH_ALL 512

/* The words of the line; a NULL was not said. */
struct reg_words {
    const char *machine;
    const char *places[2]; /* keys or files; keys with their long root */
    const char *value;     /* /v; "" for /ve */
    const char *type, *data, *find, *separator;
    bool is_json, is_deep, is_forced, is_all_values, is_hive, shows_type_number;
    bool finds_keys, finds_data, finds_case, finds_exact;
    char compare_shows; /* a, d, s, n */
};

/* Says "ERROR: …" and answers 1. */
int reg_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int reg_not_found(void);
int reg_done(void); /* "The operation completed successfully." */

/* A key and depth levels below it; of the level after that the names. 0, or it has said why. */
int reg_read(const struct reg_words *words, const char *key, unsigned depth,
             struct reg_file *out_file);
/* The same; ENOENT, in silence: there is no such key. */
int reg_read_if_there(const struct reg_words *words, const char *key, unsigned depth,
                      struct reg_file *out_file);
/* Sends a text or a file's bytes; takes neither. */
int reg_send(const struct reg_words *words, const struct reg_text *text);
int reg_send_bytes(const struct reg_words *words, const void *bytes, size_t length,
                   const char *file);
/* "Question (Yes/No)? " on the terminal; /f answers. */
bool reg_agrees(const struct reg_words *words, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* reg_value.c */
const char *reg_type_name(uint32_t type, char *room, size_t size);
/* By name or number. false: no type. */
bool reg_type_parse(const char *text, uint32_t *out_type);
/* The bytes that text stands for as a value of the type; malloc'd. NULL: it has said why. */
uint8_t *reg_data_parse(uint32_t type, const char *text, const char *separator,
                        uint32_t *out_length);
/* As the original tool shows it; malloc'd. */
char *reg_data_text(const struct reg_value *value, const char *separator);
char *reg_utf8(const uint16_t *wide, size_t count); /* malloc'd */
bool reg_names_equal(const uint16_t *left, size_t left_count, const uint16_t *right,
                     size_t right_count);

/* The verbs: 0, 1 failed, 2 for compare: different. */
int reg_query(const struct reg_words *words);
int reg_compare(const struct reg_words *words);
int reg_hive_save(const struct reg_words *words);
int reg_hive_load(const struct reg_words *words, bool replace);

#endif
