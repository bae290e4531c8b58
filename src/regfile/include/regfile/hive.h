/* SPDX-License-Identifier: MIT */
/* hive.h - hive files: the bytes of one read in place, and a tree written as one.
 *
 * The public layout: a base block, bins of cells, "nk" a key, "vk" a value, "sk" a descriptor.
 * Reading borrows the bytes, allocates nothing and believes nothing in them: whatever is damaged is
 * EINVAL. That cells refer to each other in a circle is the caller's to notice (no tree is deeper
 * than HIVE_DEPTH_MAX, none has more keys than hive_key_limit says).
 */
#ifndef REGFILE_HIVE_H
#define REGFILE_HIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HIVE_DEPTH_MAX 512

/* ---- reading ------------------------------------------------------------------------------ */

struct hive {
    const uint8_t *bins; /* borrowed */
    uint32_t length;
    uint32_t root; /* its cell */
    bool is_whole; /* what was written last was written to its end */
};

/* A name as it stands there: UTF-16, or the first 256 characters of it in one byte each. */
struct hive_text {
    const uint8_t *bytes;
    uint32_t length_bytes;
    bool is_narrow;
};

enum { HIVE_KEY_LINK = 0x10 };

struct hive_key {
    struct hive_text name, class_name;
    int64_t time_100ns;
    uint32_t flags;          /* HIVE_KEY_* */
    const uint8_t *security; /* self-relative; NULL: none */
    uint32_t security_bytes;
    uint32_t child_count, value_count;
    uint32_t child_list, value_list; /* cells */
};

struct hive_value {
    struct hive_text name;
    uint32_t type, length_bytes;
    const uint8_t *bytes; /* NULL: in pieces, from `pieces` on */
    uint32_t pieces;
};

int hive_open(const void *bytes, size_t length, struct hive *out_hive);
uint32_t hive_key_limit(const struct hive *hive);
int hive_key_read(const struct hive *hive, uint32_t cell, struct hive_key *out_key);
int hive_child_find(const struct hive *hive, const struct hive_key *key, uint32_t index,
                    uint32_t *out_cell);
int hive_value_read(const struct hive *hive, const struct hive_key *key, uint32_t index,
                    struct hive_value *out_value);
/* out_bytes: value->length_bytes */
int hive_value_copy(const struct hive *hive, const struct hive_value *value, void *out_bytes);
/* Characters of the name; room for them (length_bytes is enough) in out_wide, or NULL. */
uint32_t hive_text_widen(const struct hive_text *text, uint16_t *out_wide);

/* ---- writing ------------------------------------------------------------------------------ */

struct hive_writer {
    uint8_t *bytes; /* malloc'd; with the base block in front */
    size_t used, room;
    size_t bin, bin_end;          /* of the bin that has room left */
    uint32_t security;            /* the first descriptor's cell; 0: none yet */
    uint16_t (*upcase)(uint16_t); /* as names are compared */
    bool has_failed;              /* no memory, or too large: for good */
};

/* Names are UTF-16. A key says beforehand how many children and values it will get. */
struct hive_new_key {
    const uint16_t *name, *class_name;
    uint32_t name_count, class_count;
    uint32_t parent; /* its cell; ignored for the root */
    uint32_t flags;  /* HIVE_KEY_* */
    int64_t time_100ns;
    const void *security; /* self-relative */
    uint32_t security_bytes;
    uint32_t child_count, value_count;
};

void hive_begin(struct hive_writer *writer, uint16_t (*upcase)(uint16_t));
/* Returns the key's cell; the first key is the root. Children are added in the order of their
 * upcased names: child `index` of parent. */
uint32_t hive_root_add(struct hive_writer *writer, const struct hive_new_key *key);
uint32_t hive_child_add(struct hive_writer *writer, const struct hive_new_key *key, uint32_t index);
void hive_value_add(struct hive_writer *writer, uint32_t key, uint32_t index, const uint16_t *name,
                    uint32_t name_count, uint32_t type, const void *data, uint32_t length);
/* sequence: higher than that of what is overwritten. ENOMEM: it has failed. */
int hive_finish(struct hive_writer *writer, uint32_t root, uint32_t sequence, int64_t time_100ns);
void hive_writer_free(struct hive_writer *writer);
/* The base block of a hive that is being overwritten: not whole until the real one is written. */
void hive_mark_unfinished(uint8_t *base_block);
/* 0: no base block. */
uint32_t hive_sequence(const void *bytes, size_t length);

#define HIVE_BASE_BYTES 4096

#endif
