/* SPDX-License-Identifier: MIT */
/* directory_services_ddi.c - NtQueryDirectoryObject: what a directory of names holds.
 *
 * The answer grows from both ends of the buffer: entries from the front, their texts from the
 * back; an empty entry ends the list.
 */
#include <string.h>

#include "ex/ex.h"
#include "services.h"

#define TAG_DIRECTORY 'iDtG'

/* OBJECT_DIRECTORY_INFORMATION */
struct directory_entry {
    UNICODE_STRING name, type;
};

struct directory_walk {
    char *buffer;
    uint64_t base; /* where the caller will see the buffer */
    ULONG room, entries_end, text_begin;
    ULONG skip, index, count;
    bool is_single, is_full;
};

static UNICODE_STRING text_put(struct directory_walk *walk, const UNICODE_STRING *text)
{
    ULONG bytes = text->Length + (ULONG)sizeof(WCHAR);
    walk->text_begin -= bytes;
    memcpy(walk->buffer + walk->text_begin, text->Buffer, text->Length);
    memset(walk->buffer + walk->text_begin + text->Length, 0, sizeof(WCHAR));
    return (UNICODE_STRING){text->Length, (USHORT)bytes, (PWCH)(walk->base + walk->text_begin)};
}

static bool entry_put(const UNICODE_STRING *name, void *body, void *context)
{
    struct directory_walk *walk = context;
    const UNICODE_STRING *type = ob_type_wide_name(ob_type_of(body));
    if (walk->skip > 0) {
        walk->skip--;
        return true;
    }
    if (walk->is_single && walk->count == 1)
        return false;
    ULONG needed = 2 * (ULONG)sizeof(struct directory_entry) + name->Length + type->Length +
                   2 * (ULONG)sizeof(WCHAR);
    if (walk->text_begin - walk->entries_end < needed) {
        walk->is_full = true;
        return false;
    }
    struct directory_entry entry = {text_put(walk, name), text_put(walk, type)};
    memcpy(walk->buffer + walk->entries_end, &entry, sizeof entry);
    walk->entries_end += sizeof entry;
    walk->count++;
    walk->index++;
    return true;
}

static NTSTATUS answer_give(const struct directory_walk *walk, PVOID buffer, PULONG context,
                            PULONG return_length)
{
    NTSTATUS status = gate_copy_out(buffer, walk->buffer, walk->room);
    if (NT_SUCCESS(status))
        status = gate_copy_out(context, &walk->index, sizeof walk->index);
    if (NT_SUCCESS(status))
        status = gate_length_tell(return_length, walk->entries_end);
    return status;
}

/* Doc:     "NtQueryDirectoryObject function" (Microsoft Learn)
 * Errors:  STATUS_NO_MORE_ENTRIES, STATUS_MORE_ENTRIES (a success), STATUS_BUFFER_TOO_SMALL
 */
SERVICE NtQueryDirectoryObject(HANDLE Handle, PVOID Buffer, ULONG Length, BOOLEAN Single,
                               BOOLEAN Restart, PULONG Context, PULONG ReturnLength)
{
    struct directory_walk walk = {.base = (uint64_t)Buffer,
                                  .room = Length < 0x10000 ? Length & ~1u : 0x10000,
                                  .is_single = Single};
    void *directory;
    NTSTATUS status = gate_probe_write(Context, sizeof *Context, sizeof(ULONG));
    if (NT_SUCCESS(status) && Length)
        status = gate_probe_write(Buffer, Length, 1);
    if (NT_SUCCESS(status))
        status = gate_copy_in(&walk.skip, Context, sizeof walk.skip);
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Handle, DIRECTORY_QUERY, ob_directory_type, gate_mode(),
                                     &directory, NULL);
    if (!NT_SUCCESS(status))
        return status;
    if (Restart)
        walk.skip = 0;
    walk.index = walk.skip;
    walk.text_begin = walk.room;
    walk.buffer = ExAllocatePool2(POOL_FLAG_PAGED, walk.room ? walk.room : 1, TAG_DIRECTORY);
    status = walk.buffer ? ob_directory_visit_body(directory, entry_put, &walk)
                         : STATUS_INSUFFICIENT_RESOURCES;
    ob_dereference(directory);
    if (NT_SUCCESS(status) && walk.count == 0)
        status = walk.is_full ? STATUS_BUFFER_TOO_SMALL : STATUS_NO_MORE_ENTRIES;
    if (NT_SUCCESS(status)) {
        status = answer_give(&walk, Buffer, Context, ReturnLength);
        if (NT_SUCCESS(status) && walk.is_full)
            status = STATUS_MORE_ENTRIES;
    }
    if (walk.buffer)
        ExFreePoolWithTag(walk.buffer, TAG_DIRECTORY);
    return status;
}
