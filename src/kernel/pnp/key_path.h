/* SPDX-License-Identifier: MIT */
/* key_path.h - names of the registry put together piece by piece, and the keys behind them. */
#ifndef PNP_KEY_PATH_H
#define PNP_KEY_PATH_H

#include <stdbool.h>

#include <ntifs.h>

/* "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}" */
#define GUID_TEXT 38u

#define KEY_PATH_CHARS 768u
struct key_path {
    UNICODE_STRING name;
    bool is_too_long;
    WCHAR text[KEY_PATH_CHARS];
};

/* Begin with begin, which ends what was there; a name that grows too long is refused when it is
 * opened (STATUS_NAME_TOO_LONG). */
void key_path_begin(struct key_path *path, const WCHAR *text);
void key_path_add(struct key_path *path, const WCHAR *text);
void key_path_add_string(struct key_path *path, const UNICODE_STRING *string);
void key_path_add_guid(struct key_path *path, const GUID *guid);
void key_path_add_number(struct key_path *path, ULONG number, unsigned digits); /* hexadecimal */

/* A reference to a key object. create: every component that is missing; those after the first
 * stable (the length of a name in characters) are volatile. */
NTSTATUS key_path_open(const struct key_path *path, ACCESS_MASK access, void **out_key);
NTSTATUS key_path_create(struct key_path *path, size_t stable_chars, ACCESS_MASK access,
                         void **out_key);
/* Calls visit for each sub-key's name until it answers false; names are valid during the call. */
NTSTATUS subkeys_visit(void *key, bool (*visit)(const UNICODE_STRING *name, void *context),
                       void *context);
/* A value of text: pool, terminated, Length without the terminator; RtlFreeUnicodeString. */
NTSTATUS value_text_get(void *key, const WCHAR *name, UNICODE_STRING *out_text);
NTSTATUS value_text_set(void *key, const WCHAR *name, const UNICODE_STRING *text);
NTSTATUS value_number_get(void *key, const WCHAR *name, ULONG *out_number);
NTSTATUS value_number_set(void *key, const WCHAR *name, ULONG number);
/* The key and all below it; the reference is given back. */
NTSTATUS subkeys_delete(void *key);

NTSTATUS text_copy(const UNICODE_STRING *string, UNICODE_STRING *out_copy);

#endif
