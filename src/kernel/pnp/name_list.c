/* SPDX-License-Identifier: MIT */
/* name_list.c - a list of strings that grows. */
#include "name_list.h"

#include <string.h>

#include "pnp_internal.h"

bool name_list_add(struct name_list *names, const UNICODE_STRING *name)
{
    ULONG needed = names->bytes + name->Length + 2u * (ULONG)sizeof(WCHAR);
    if (needed > names->room) {
        ULONG room = needed * 2;
        WCHAR *grown = ExAllocatePool2(POOL_FLAG_PAGED, room, PNP_TAG);
        if (!grown) {
            names->status = STATUS_INSUFFICIENT_RESOURCES;
            return false;
        }
        if (names->list) {
            memcpy(grown, names->list, names->bytes);
            ExFreePool(names->list);
        }
        names->list = grown;
        names->room = room;
    }
    char *at = (char *)names->list + names->bytes;
    if (name->Length)
        memcpy(at, name->Buffer, name->Length);
    memset(at + name->Length, 0, 2 * sizeof(WCHAR));
    names->bytes += name->Length + (ULONG)sizeof(WCHAR);
    return true;
}

NTSTATUS name_list_end(struct name_list *names, WCHAR **out_list, ULONG *out_bytes)
{
    static const UNICODE_STRING nothing;
    if (NT_SUCCESS(names->status) && name_list_add(names, &nothing)) {
        *out_list = names->list;
        *out_bytes = names->bytes;
    } else if (names->list) {
        ExFreePool(names->list);
    }
    return names->status;
}
