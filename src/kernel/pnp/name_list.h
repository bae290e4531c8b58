/* SPDX-License-Identifier: MIT */
/* name_list.h - a list of strings that grows: each terminated, the whole ended by an empty one. */
#ifndef PNP_NAME_LIST_H
#define PNP_NAME_LIST_H

#include "key_path.h"
#include "ob/ob.h"

struct name_list { /* begins zeroed */
    NTSTATUS status;
    WCHAR *list; /* pool */
    ULONG bytes, room;
};

/* False, and status says why: no memory. */
bool name_list_add(struct name_list *names, const UNICODE_STRING *name);
/* Gives the list (ExFreePool), or frees it when something has failed. */
NTSTATUS name_list_end(struct name_list *names, WCHAR **out_list, ULONG *out_bytes);

#endif
