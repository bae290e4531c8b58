/* SPDX-License-Identifier: MIT */
/* profile.h - initialization files: sections of `key=value` lines, in memory.
 *
 * Text keeps what nobody asked to change: comments, blank lines, the order. Names are compared
 * without case. A file is UTF-8, or UTF-16 behind its mark, and is written back as it was.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include <stdbool.h>

#include "ntdll/teb.h"

struct profile {
    wchar_t *text; /* heap_take */
    size_t length;
    bool is_wide; /* the file is UTF-16 */
};

/* A part of a profile's text, or of a caller's string. */
struct profile_piece {
    const wchar_t *text;
    size_t length;
};

/* From and to a file. False with the last error set. */
bool profile_read(HANDLE file, struct profile *out_profile);
bool profile_write(HANDLE file, const struct profile *profile);
void profile_drop(struct profile *profile);

/* The names of sections, the names of a section's keys, or its lines without comments: calls
 * visit for each in turn. False: there is no such section. */
enum profile_list { PROFILE_SECTIONS, PROFILE_KEYS, PROFILE_LINES };
bool profile_each(const struct profile *profile, enum profile_list what, const wchar_t *section,
                  void (*visit)(void *context, struct profile_piece piece), void *context);
/* A key's value without blanks around it. */
bool profile_find(const struct profile *profile, const wchar_t *section, const wchar_t *key,
                  struct profile_piece *out_value);

/* value NULL: the key goes; key NULL: the section goes. False: no memory. */
bool profile_set(struct profile *profile, const wchar_t *section, const wchar_t *key,
                 const wchar_t *value);
/* Everything of a section becomes these lines, a list that ends with an empty one. */
bool profile_section_set(struct profile *profile, const wchar_t *section, const wchar_t *lines);

#endif
