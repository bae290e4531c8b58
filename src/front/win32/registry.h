/* SPDX-License-Identifier: MIT */
/* registry.h - names and handles of registry keys, between the two registry files. */
#ifndef REGISTRY_H
#define REGISTRY_H

#include "win32_internal.h"

struct registry_name {
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    wchar_t text[1024];
};

/* The NT name of a sub-key (NULL: the key itself). */
LSTATUS registry_name(HKEY key, LPCWSTR sub_key, struct registry_name *out);
/* A handle of the key; out_is_own: the caller closes it. */
LSTATUS registry_handle(HKEY key, ACCESS_MASK access, HANDLE *out_handle, bool *out_is_own);

#endif
