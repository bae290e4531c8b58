/* SPDX-License-Identifier: MIT */
/* object_name.c - from an object to its full name.
 *
 * The way goes up from directory to directory under the namespace lock. Invariant: the
 * answer was true at one moment; an object that lost its name has none.
 */
#include "ob_internal.h"

#include <string.h>

static size_t path_bytes_locked(const struct object_header *header)
{
    size_t bytes = 0;
    for (; header != namespace_root; header = header->name->directory) {
        if (!header->name)
            return 0; /* a directory above has been taken off the name space */
        bytes += sizeof(WCHAR) + header->name->text.Length;
    }
    return bytes;
}

static void path_fill_locked(const struct object_header *header, char *end)
{
    for (; header != namespace_root; header = header->name->directory) {
        end -= header->name->text.Length;
        memcpy(end, header->name->text.Buffer, header->name->text.Length);
        end -= sizeof(WCHAR);
        *(WCHAR *)end = '\\';
    }
}

NTSTATUS ob_name_of(const void *body, UNICODE_STRING *out_name)
{
    const struct object_header *header = header_of(body);
    NTSTATUS status = STATUS_SUCCESS;
    UNICODE_STRING name = {0};
    if (header->type->ops.query_name)
        return header->type->ops.query_name(body, out_name);
    host_lock_take(&namespace_lock);
    bool is_root = header == namespace_root;
    size_t bytes = is_root ? sizeof(WCHAR) : header->name ? path_bytes_locked(header) : 0;
    if (bytes > 0xfffc) {
        status = STATUS_NAME_TOO_LONG;
    } else if (bytes > 0) {
        name.Buffer = ExAllocatePool2(POOL_FLAG_PAGED, bytes + sizeof(WCHAR), OB_TAG_NAME);
        if (name.Buffer) {
            name.Length = (USHORT)bytes;
            name.MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
            name.Buffer[0] = '\\';
            path_fill_locked(header, (char *)name.Buffer + bytes);
        } else {
            status = STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    host_lock_give(&namespace_lock);
    if (NT_SUCCESS(status))
        *out_name = name;
    return status;
}
