/* SPDX-License-Identifier: MIT */
/* inf/inf.h - the text of an INF file as sections of lines, read from untrusted bytes.
 *
 * Rules of use: inf_parse the file's bytes; everything handed out belongs to the struct inf and
 * lives until inf_destroy. A parsed INF never changes, so threads may share it. All texts are
 * UTF-8, ended by NUL, with %tokens% replaced; names are compared without regard to case.
 * What sections mean is asked with inf/model.h, inf/entry.h and inf/dirid.h; inf/check.h and
 * inf/stamp.h are the tools of the package's author. Nothing here touches a host: what must be
 * read from elsewhere (included INFs, folders of DIRIDs) the caller passes in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INF_OK      0
#define INF_ABSENT  1    /* the INF is fine and does not have what was asked for */
#define INF_DAMAGED (-1) /* refused: struct inf_error says why */

#define INF_FILE_MAX    (UINT32_C(16) << 20) /* bytes */
#define INF_LINES_MAX   UINT32_C(500000)
#define INF_FIELDS_MAX  UINT32_C(4096) /* in one line */
#define INF_FIELD_MAX   4096           /* UTF-16 units with the NUL: documented limit */
#define INF_FIELD_BYTES (3 * INF_FIELD_MAX)
#define INF_NAME_MAX    256 /* section names with the NUL: documented limit */
#define INF_NAME_BYTES  (3 * INF_NAME_MAX)
#define INF_LANGUAGE    UINT16_C(0x0409) /* when the caller has no wish */

/* What was wrong: file and line, what, and what to do about it; text holds it all as one line. */
struct inf_error {
    uint32_t line; /* 0: the file as a whole */
    char text[400];
};

enum inf_encoding { INF_ANSI, INF_UTF8, INF_UTF8_BOM, INF_UTF16_LE, INF_UTF16_BE };

struct inf_field {
    const char *text;
    bool is_quoted; /* some of it stood in quotation marks */
};

/* "key = field, field" or "field, field": then key is NULL and fields[0] the first of them. */
struct inf_line {
    const char *key;
    const struct inf_field *fields;
    uint32_t field_count;
    uint32_t number; /* of its first line in the file, from 1 */
};

/* Sections of one name are one: lines in the order of the file. */
struct inf_section {
    const char *name;
    const struct inf_line *lines;
    uint32_t line_count;
    uint32_t number; /* the line of its first header */
    uint32_t index;  /* among inf_section_at */
};

/* A %token% that no [Strings] section defines: it stays in the text as it stands. */
struct inf_token {
    const char *name;
    uint32_t number;
};

struct inf;

/* The folder of a DIRID, or NULL: unknown. Text with backslashes, none at the end. */
typedef const char *inf_dirid_path(void *context, uint32_t dirid);

/* All zero: the defaults. */
struct inf_options {
    uint16_t language;     /* LANGID whose [Strings.nnnn] is preferred; 0: INF_LANGUAGE */
    bool is_template;      /* an .inx: $ARCH$ and the like may stand everywhere */
    inf_dirid_path *dirid; /* replaces %13% and the like; NULL: they stay (inf_dirid_expand) */
    void *dirid_context;
};

/* Reads a whole file. name is what messages call it; options may be NULL.
 *
 * Errors:  INF_DAMAGED with *out_error
 * Doc:     "General Syntax Rules for INF Files", "INF Strings Section"
 * Differs: files above INF_FILE_MAX and more lines or fields than the limits are refused
 */
int inf_parse(const void *bytes, size_t length, const char *name, const struct inf_options *options,
              struct inf **out_inf, struct inf_error *out_error);
void inf_destroy(struct inf *inf);

const char *inf_name(const struct inf *inf);
enum inf_encoding inf_encoding(const struct inf *inf);
/* Lines whose token no section defines; NULL past the end. */
const struct inf_token *inf_unresolved_at(const struct inf *inf, uint32_t index);

uint32_t inf_section_count(const struct inf *inf);
const struct inf_section *inf_section_at(const struct inf *inf, uint32_t index);
/* NULL: there is none. */
const struct inf_section *inf_section_find(const struct inf *inf, const char *name);
/* printf into name: "%s.Services". NULL when there is none. */
const struct inf_section *inf_section_format(const struct inf *inf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The first line with the key at or after *inout_at, which moves behind it; NULL: no more. */
const struct inf_line *inf_line_next(const struct inf_section *section, const char *key,
                                     uint32_t *inout_at);
const struct inf_line *inf_line_find(const struct inf_section *section, const char *key);

/* The field's text; "" for one that is not there. */
const char *inf_text(const struct inf_line *line, uint32_t index);
/* Decimal or 0x hexadecimal, with a sign. INF_ABSENT: empty or not there; INF_DAMAGED: no number.
 */
int inf_number(const struct inf_line *line, uint32_t index, int64_t *out_value);
/* The field of the only line with the key: "Class" in [Version]. NULL: there is none. */
const char *inf_value(const struct inf *inf, const char *section, const char *key);
/* A string by its key, as %key% would give it. NULL: undefined. */
const char *inf_string(const struct inf *inf, const char *key);

/* Names without regard to case: ASCII as it is, other letters by their exact code points. */
bool inf_same(const char *a, const char *b);

/* Included INFs. The owner answers a parsed one that outlives this, or NULL: there is none such.
 * Set before the INF is shared; called by functions that follow Include and Needs. */
typedef const struct inf *inf_include_find(void *context, const char *name);
void inf_include_set(struct inf *inf, inf_include_find *find, void *context);

/* A line that takes part: of which INF (this or an included one) and section. */
struct inf_place {
    const struct inf *inf;
    const struct inf_section *section;
    const struct inf_line *line;
};
/* Nonzero stops and is the visit's answer. */
typedef int inf_visit_line(void *context, const struct inf_place *place);

/* All lines of a section, then those of the sections that its Needs names and so on, each section
 * once. Include and Needs themselves are not visited. Without inf_include_set only needed sections
 * of this INF take part.
 * Errors:  INF_DAMAGED and *out_error: an INF or section that is named is not there
 * Doc:     "INF DDInstall Section", Include and Needs; "INF AddProperty Directive" (their order)
 */
int inf_lines_visit(const struct inf *inf, const struct inf_section *section, inf_visit_line *visit,
                    void *context, struct inf_error *out_error);

/* An error of the caller's own about a place in this INF: "x.inf:12: what; what to do". */
int inf_fail(const struct inf *inf, uint32_t line, struct inf_error *out_error, const char *format,
             ...) __attribute__((format(printf, 4, 5)));
