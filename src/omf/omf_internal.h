/* SPDX-License-Identifier: MIT */
/* omf_internal.h - the reader's state while one module is read: bytes, memory, indices. */
#ifndef OMF_INTERNAL_H
#define OMF_INTERNAL_H

#include "omf/omf.h"

#define OMF_MEMORY_MAX (UINT32_C(128) << 20) /* of one file: what a damaged one may ask for */

enum omf_record {
    OMF_THEADR = 0x80,
    OMF_LHEADR = 0x82,
    OMF_COMENT = 0x88,
    OMF_MODEND = 0x8a,
    OMF_EXTDEF = 0x8c,
    OMF_PUBDEF = 0x90,
    OMF_LINNUM = 0x94,
    OMF_LNAMES = 0x96,
    OMF_SEGDEF = 0x98,
    OMF_GRPDEF = 0x9a,
    OMF_FIXUPP = 0x9c,
    OMF_LEDATA = 0xa0,
    OMF_LIDATA = 0xa2,
    OMF_COMDEF = 0xb0,
    OMF_LEXTDEF = 0xb4,
    OMF_LPUBDEF = 0xb6,
    OMF_LCOMDEF = 0xb8,
    OMF_LIBHDR = 0xf0,
    OMF_LIBEND = 0xf1,
};

/* A list of anything in the file's memory; grows by doubling, is never shrunk. */
struct omf_list {
    void *items;
    uint32_t count, capacity;
};

/* One run of an LIDATA record's bytes: where it came from and where it went. */
struct omf_run {
    uint32_t from, to, bytes;
};

struct omf_thread {
    bool is_set;
    enum omf_datum method;
    uint32_t index;
};

struct omf_reader {
    const uint8_t *bytes;
    uint32_t size, at;           /* of the file */
    uint32_t record, record_end; /* end: before the checksum */
    uint8_t type;                /* low bit taken off */
    bool is_wide;                /* the low bit: 32-bit fields */
    const char *name;
    struct omf_file *file;
    struct omf_module *module; /* being read */
    struct omf_list modules, names, segments, groups, externals, publics, fixups, imports, exports,
        libraries;
    /* The last data record, which fixups refer to. */
    uint32_t data_segment; /* OMF_NONE: none */
    uint32_t data_offset, data_bytes;
    bool is_iterated;
    struct omf_list runs;
    struct omf_thread frames[4], targets[4];
    struct omf_error *error;
    int result;
};

/* Fails once; the first reason stays. Returns false, so that it ends a read in one line. */
__attribute__((format(printf, 2, 3))) bool omf_fail(struct omf_reader *reader, const char *reason,
                                                    ...);
void *omf_take(struct omf_reader *reader, size_t bytes); /* zeroed; NULL: has failed */
void *omf_add(struct omf_reader *reader, struct omf_list *list, size_t item_bytes);

/* Reads within the record; past its end they fail and answer 0. */
uint32_t omf_left(const struct omf_reader *reader);
uint8_t omf_u8(struct omf_reader *reader);
uint16_t omf_u16(struct omf_reader *reader);
uint32_t omf_u32(struct omf_reader *reader);
uint32_t omf_offset(struct omf_reader *reader); /* 16 or 32 bits, as the record is */
uint32_t omf_index(struct omf_reader *reader);  /* as in the file: from 1, 0 none */
const char *omf_text(struct omf_reader *reader);

/* data.c and fixup.c */
bool omf_data_read(struct omf_reader *reader);
bool omf_iterated_read(struct omf_reader *reader);
bool omf_fixups_read(struct omf_reader *reader);
bool omf_start_read(struct omf_reader *reader);

#endif
