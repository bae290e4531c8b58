/* SPDX-License-Identifier: MIT */
/* etw_internal.h - what the files of the room share: lines, descriptions, a provider's face.
 *
 * A line is built on the stack of the thread that traces and cut when it is full.
 */
#ifndef ETW_INTERNAL_H
#define ETW_INTERNAL_H

#include "etw/etw.h"

/* ---- a line in the making -------------------------------------------------------------- */

#define ETW_LINE_BYTES 1000u

struct etw_line {
    size_t length;
    char text[ETW_LINE_BYTES];
};

void line_put(struct etw_line *line, const char *text, size_t length);
void line_text(struct etw_line *line, const char *text);
void line_printf(struct etw_line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void line_guid(struct etw_line *line, const GUID *guid);
/* count UTF-16 units, as UTF-8; control characters become spaces. */
void line_wide(struct etw_line *line, const void *units, size_t count);
/* The same for narrow text. */
void line_narrow(struct etw_line *line, const char *text, size_t length);
void line_hex(struct etw_line *line, const uint8_t *bytes, size_t count);
void line_level(struct etw_line *line, uint8_t level);
void line_send(const struct etw_line *line);

/* ---- bytes in the reading -------------------------------------------------------------- */

struct etw_bytes {
    const uint8_t *at;
    size_t left;
};
/* count bytes, or NULL when there are fewer; then nothing is left. */
const void *bytes_take(struct etw_bytes *bytes, size_t count);
/* A terminated string; *out_length without the terminator, in units of unit_size. */
const void *bytes_string(struct etw_bytes *bytes, size_t unit_size, size_t *out_length);
/* A 16-bit count of bytes and as many bytes. */
const void *bytes_counted(struct etw_bytes *bytes, size_t *out_size);

/* ---- descriptions in a driver's image --------------------------------------------------- */

enum etw_record_kind {
    ETW_RECORD_PROVIDER = 1, /* texts: name */
    ETW_RECORD_MESSAGE = 2,  /* texts: function, file, level, flags, template */
    ETW_RECORD_EVENT = 3,    /* texts: name, message, fields */
};

#define ETW_RECORD_TEXTS 5

struct etw_record {
    uint32_t line;
    const char *texts[ETW_RECORD_TEXTS]; /* never NULL */
};

/* Looks in the section ".covetrc" of the image around code. Any IRQL. */
bool record_find(uint64_t code, enum etw_record_kind kind, const GUID *guid, uint32_t number,
                 uint32_t version, struct etw_record *out_record);

/* ---- decoding --------------------------------------------------------------------------- */

/* Puts a message's template with its arguments into the line. */
void template_put(struct etw_line *line, const struct etw_record *record,
                  struct etw_bytes *arguments);
/* One value of a type letter (README.md); spec is printf's, or the names of an enumeration. */
void value_put(struct etw_line *line, char type, const char *spec, size_t spec_length,
               struct etw_bytes *arguments);
/* name=value … of a manifest's event: "name:type:spec" separated by commas. */
void fields_put(struct etw_line *line, const char *fields, struct etw_bytes *arguments);
/* A self-describing event: metadata is what its second descriptor points at. */
void tracelogging_put(struct etw_line *line, struct etw_bytes metadata,
                      struct etw_bytes *arguments);

/* ---- a provider, as the writing side sees it --------------------------------------------- */

struct etw_face {
    GUID guid;
    uint64_t code;
    char name[ETW_NAME_BYTES];
};
/* False: the handle is none, or nobody wants such events. */
bool provider_wants(REGHANDLE handle, uint8_t level, uint64_t keywords, struct etw_face *out_face);
void line_begin(struct etw_line *line, const struct etw_face *face);

#endif
