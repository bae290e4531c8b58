/* SPDX-License-Identifier: MIT */
/* regfile.h - .reg files: text to keys and values, and back.
 *
 * Reads version 5 (UTF-16 or UTF-8) and REGEDIT4, writes version 5 as UTF-16 with a mark. Knows
 * nothing of a registry: paths are as they stand in the file. Names and strings are UTF-16.
 */
#ifndef REGFILE_REGFILE_H
#define REGFILE_REGFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reg_value {
    const uint16_t *name; /* count 0: the default value */
    uint32_t name_count;
    uint32_t type; /* REG_* by number */
    const uint8_t *data;
    uint32_t length;
    bool is_deleted; /* "name"=- */
};

struct reg_key {
    const uint16_t *path;
    uint32_t path_count;
    uint32_t line;
    bool is_deleted; /* [-path] */
    struct reg_value *values;
    uint32_t value_count;
};

struct reg_file {
    struct reg_key *keys; /* in the file's order; a path may come again */
    uint32_t key_count;
    struct reg_block *blocks; /* what all of it lies in */
};

struct reg_error {
    uint32_t line; /* from 1 */
    char text[120];
};

/* Errors: EINVAL, *out_error says where and what; ENOMEM. Nothing is kept then. */
int regfile_parse(const void *bytes, size_t length, struct reg_file *out_file,
                  struct reg_error *out_error);
void regfile_free(struct reg_file *file);

/* A text that grows; an allocation that fails makes it failed, for good. */
struct reg_text {
    uint16_t *chars;
    size_t count, room;
    bool has_failed;
};
void regfile_begin(struct reg_text *text); /* the mark and the header */
void regfile_key(struct reg_text *text, const uint16_t *path, size_t count, bool is_deleted);
void regfile_value(struct reg_text *text, const struct reg_value *value);
void regfile_text_free(struct reg_text *text);

/* UTF-8 into UTF-16 of whoever writes a text by hand: room for strlen + 1. Returns the count. What
 * is no UTF-8 becomes the replacement character. */
size_t regfile_widen(const char *utf8, uint16_t *out_wide);
/* And back; room for 3 * count + 1. */
size_t regfile_narrow(const uint16_t *wide, size_t count, char *out_utf8);

#endif
