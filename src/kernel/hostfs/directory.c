/* SPDX-License-Identifier: MIT */
/* directory.c - listing a folder, entry by entry, in the documented shapes.
 *
 * The first query (or a restart) takes a snapshot of the folder, sorted by name; queries then
 * hand it out as far as their buffers go. The pattern of the first query stays.
 */
#include "hostfs_internal.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct directory_entry {
    char *utf8;          /* malloc'ed */
    UNICODE_STRING name; /* RtlFreeUnicodeString */
};

struct hostfs_directory {
    struct directory_entry *entries; /* malloc'ed */
    size_t count, capacity, at;
    UNICODE_STRING pattern; /* pool */
    bool has_answered;
};

void hostfs_directory_free(struct hostfs_directory *directory)
{
    for (size_t i = 0; i < directory->count; i++) {
        RtlFreeUnicodeString(&directory->entries[i].name);
        free(directory->entries[i].utf8);
    }
    free(directory->entries);
    if (directory->pattern.Buffer != NULL)
        ExFreePoolWithTag(directory->pattern.Buffer, HOSTFS_TAG);
    ExFreePoolWithTag(directory, HOSTFS_TAG);
}

/* ---- the snapshot
 * -------------------------------------------------------------------------------- */

static bool directory_add(const char *name, void *context)
{
    struct hostfs_directory *directory = context;
    UNICODE_STRING wide;
    if (!NT_SUCCESS(rtl_unicode_of(name, &wide)))
        return true; /* a name that is no UTF-8 cannot be said */
    if (!hostfs_name_matches(&directory->pattern, &wide)) {
        RtlFreeUnicodeString(&wide);
        return true;
    }
    if (directory->count == directory->capacity) {
        size_t capacity = directory->capacity != 0 ? directory->capacity * 2 : 32;
        void *grown = realloc(directory->entries, capacity * sizeof(struct directory_entry));
        if (grown == NULL) {
            RtlFreeUnicodeString(&wide);
            return false;
        }
        directory->entries = grown;
        directory->capacity = capacity;
    }
    directory->entries[directory->count].utf8 = strdup(name);
    directory->entries[directory->count++].name = wide;
    return true;
}

static int directory_compare(const void *a, const void *b)
{
    const struct directory_entry *left = a, *right = b;
    return RtlCompareUnicodeString((PUNICODE_STRING)&left->name, (PUNICODE_STRING)&right->name,
                                   TRUE);
}

static NTSTATUS directory_snapshot(const struct hostfs_file *file, const UNICODE_STRING *pattern,
                                   struct hostfs_directory **out_directory)
{
    struct hostfs_directory *directory =
        ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*directory), HOSTFS_TAG);
    if (directory == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (pattern != NULL && pattern->Length != 0) {
        directory->pattern.Buffer = ExAllocatePool2(POOL_FLAG_PAGED, pattern->Length, HOSTFS_TAG);
        if (directory->pattern.Buffer == NULL) {
            hostfs_directory_free(directory);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        memcpy(directory->pattern.Buffer, pattern->Buffer, pattern->Length);
        directory->pattern.Length = directory->pattern.MaximumLength = pattern->Length;
    }
    if (strcmp(file->path, file->drive->root[0] != '\0' ? file->drive->root : "/") != 0) {
        directory_add(".", directory);
        directory_add("..", directory);
    }
    int error = hostfs_host_directory_visit(file->path, directory_add, directory);
    if (error != 0) {
        hostfs_directory_free(directory);
        return hostfs_status_of_errno(error);
    }
    if (directory->count != 0)
        qsort(directory->entries, directory->count, sizeof(*directory->entries), directory_compare);
    *out_directory = directory;
    return STATUS_SUCCESS;
}

/* ---- one entry in its shape
 * ------------------------------------------------------------------------- */

/* The classes share their beginning; what differs is where the name lies. 0: no such class. */
static ULONG name_offset(ULONG kind)
{
    switch (kind) {
    case FileDirectoryInformation:
        return offsetof(FILE_DIRECTORY_INFORMATION, FileName);
    case FileFullDirectoryInformation:
        return offsetof(FILE_FULL_DIR_INFORMATION, FileName);
    case FileBothDirectoryInformation:
        return offsetof(FILE_BOTH_DIR_INFORMATION, FileName);
    case FileIdBothDirectoryInformation:
        return offsetof(FILE_ID_BOTH_DIR_INFORMATION, FileName);
    case FileIdFullDirectoryInformation:
        return offsetof(FILE_ID_FULL_DIR_INFORMATION, FileName);
    case FileNamesInformation:
        return offsetof(FILE_NAMES_INFORMATION, FileName);
    default:
        return 0;
    }
}

static void entry_fill(ULONG kind, const struct hostfs_stat *stat, ULONG index, ULONG name_bytes,
                       void *at)
{
    if (kind == FileNamesInformation) {
        FILE_NAMES_INFORMATION *names = at;
        names->NextEntryOffset = 0;
        names->FileIndex = index;
        names->FileNameLength = name_bytes;
        return;
    }
    memset(at, 0, name_offset(kind));
    FILE_DIRECTORY_INFORMATION *entry = at;
    entry->FileIndex = index;
    entry->CreationTime.QuadPart = stat->create_100ns;
    entry->LastAccessTime.QuadPart = stat->access_100ns;
    entry->LastWriteTime.QuadPart = stat->write_100ns;
    entry->ChangeTime.QuadPart = stat->change_100ns;
    entry->EndOfFile.QuadPart = (LONGLONG)stat->size_bytes;
    entry->AllocationSize.QuadPart = (LONGLONG)stat->allocated_bytes;
    entry->FileAttributes = hostfs_attributes(stat);
    entry->FileNameLength = name_bytes;
    if (kind == FileIdBothDirectoryInformation)
        ((FILE_ID_BOTH_DIR_INFORMATION *)at)->FileId.QuadPart = (LONGLONG)stat->inode;
    if (kind == FileIdFullDirectoryInformation)
        ((FILE_ID_FULL_DIR_INFORMATION *)at)->FileId.QuadPart = (LONGLONG)stat->inode;
}

static bool entry_stat(const struct hostfs_file *file, const struct directory_entry *entry,
                       struct hostfs_stat *out_stat)
{
    size_t length = strlen(file->path) + 1 + strlen(entry->utf8) + 1;
    char *path = malloc(length);
    if (path == NULL)
        return false;
    strcpy(path, file->path);
    strcat(path, "/");
    strcat(path, entry->utf8);
    bool exists = hostfs_host_stat(path, out_stat) == 0;
    free(path);
    return exists;
}

/* ---- a buffer full
 * ------------------------------------------------------------------------------------- */

struct directory_fill {
    unsigned char *buffer;
    ULONG length, used;
    ULONG kind;
    ULONG *link; /* NextEntryOffset of the entry before */
    ULONG link_at;
};

/* STATUS_BUFFER_OVERFLOW: the entry did not fit and was not put in. */
static NTSTATUS directory_put(struct directory_fill *fill, const struct hostfs_file *file,
                              const struct directory_entry *entry, ULONG index)
{
    struct hostfs_stat stat;
    ULONG start = (fill->used + 7) & ~7u;
    ULONG head = name_offset(fill->kind);
    if (start + head + entry->name.Length > fill->length)
        return STATUS_BUFFER_OVERFLOW;
    if (!entry_stat(file, entry, &stat))
        memset(&stat, 0, sizeof(stat)); /* gone meanwhile, or a link that leads nowhere */
    entry_fill(fill->kind, &stat, index, entry->name.Length, fill->buffer + start);
    memcpy(fill->buffer + start + head, entry->name.Buffer, entry->name.Length);
    if (fill->link != NULL)
        *fill->link = start - fill->link_at;
    fill->link = (ULONG *)(fill->buffer + start);
    fill->link_at = start;
    fill->used = start + head + entry->name.Length;
    return STATUS_SUCCESS;
}

static NTSTATUS directory_restart(struct hostfs_file *file, const UNICODE_STRING *pattern)
{
    UNICODE_STRING kept = {0};
    struct hostfs_directory *fresh;
    if (file->directory != NULL && (pattern == NULL || pattern->Length == 0))
        kept = file->directory->pattern;
    NTSTATUS status =
        directory_snapshot(file, pattern != NULL && pattern->Length != 0 ? pattern : &kept, &fresh);
    if (!NT_SUCCESS(status))
        return status;
    if (file->directory != NULL)
        hostfs_directory_free(file->directory);
    file->directory = fresh;
    return STATUS_SUCCESS;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_NO_SUCH_FILE: nothing matches, first query; STATUS_NO_MORE_FILES;
 *          STATUS_BUFFER_OVERFLOW: not even one entry fits; STATUS_INVALID_INFO_CLASS
 * Doc:     ntifs.h NtQueryDirectoryFile
 * Differs: a first entry that does not fit is not cut but refused
 */
NTSTATUS hostfs_query_directory(FILE_OBJECT *object, const UNICODE_STRING *pattern, ULONG kind,
                                UCHAR flags, void *buffer, ULONG length, ULONG_PTR *out_length)
{
    struct hostfs_file *file = hostfs_file_of(object);
    struct directory_fill fill = {.buffer = buffer, .length = length, .kind = kind};
    NTSTATUS status = STATUS_SUCCESS;
    if (!file->is_directory)
        return STATUS_INVALID_PARAMETER;
    if (name_offset(kind) == 0)
        return STATUS_INVALID_INFO_CLASS;
    if (length < name_offset(kind))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (file->directory == NULL || (flags & SL_RESTART_SCAN))
        status = directory_restart(file, pattern);
    if (!NT_SUCCESS(status))
        return status;
    struct hostfs_directory *directory = file->directory;
    while (directory->at < directory->count) {
        status = directory_put(&fill, file, &directory->entries[directory->at],
                               (ULONG)directory->at + 1);
        if (!NT_SUCCESS(status))
            break;
        directory->at++;
        if (flags & SL_RETURN_SINGLE_ENTRY)
            break;
    }
    if (fill.used == 0 && status == STATUS_BUFFER_OVERFLOW)
        return status;
    bool is_first = !directory->has_answered;
    directory->has_answered = true;
    if (fill.used == 0)
        return is_first ? STATUS_NO_SUCH_FILE : STATUS_NO_MORE_FILES;
    *out_length = fill.used;
    return STATUS_SUCCESS;
}
