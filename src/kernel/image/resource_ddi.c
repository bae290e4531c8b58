/* SPDX-License-Identifier: MIT */
/* resource_ddi.c - resources of a mapped image as drivers look for them: by type, name, language.
 *
 * The tree is read where it lies; every offset is held against the directory's size first, so
 * that a damaged tree is a status.
 */
#include <string.h>

#include "image_internal.h"

#include <ntimage.h>

PVOID NTAPI RtlImageDirectoryEntryToData(PVOID BaseAddress, BOOLEAN MappedAsImage, USHORT Directory,
                                         PULONG Size);
NTSTATUS NTAPI LdrFindResource_U(PVOID DllHandle, const ULONG_PTR *ResourceIdPath,
                                 ULONG ResourceIdPathLength,
                                 PIMAGE_RESOURCE_DATA_ENTRY *ResourceDataEntry);
NTSTATUS NTAPI LdrAccessResource(PVOID DllHandle,
                                 const IMAGE_RESOURCE_DATA_ENTRY *ResourceDataEntry, PVOID *Address,
                                 PULONG Size);

#define LEVELS       3u
#define IS_OFFSET    0x80000000u /* of an entry's name: a string; of its offset: a directory */
#define ID_MAX       0xffffu
#define ANY_LANGUAGE 0u
#define US_ENGLISH   0x409u

struct entry {
    ULONG name, offset;
};

struct tree {
    const UCHAR *base;
    ULONG size;
};

static WCHAR upper(WCHAR c)
{
    return c >= 'a' && c <= 'z' ? (WCHAR)(c - 'a' + 'A') : c;
}

static bool name_is(const struct tree *tree, ULONG offset, const WCHAR *wanted)
{
    USHORT length;
    if (offset > tree->size || tree->size - offset < sizeof(length))
        return false;
    memcpy(&length, tree->base + offset, sizeof(length));
    if ((tree->size - offset - sizeof(length)) / sizeof(WCHAR) < length)
        return false;
    const WCHAR *name = (const WCHAR *)(tree->base + offset + sizeof(length));
    for (USHORT i = 0; i < length; i++)
        if (wanted[i] == 0 || upper(name[i]) != upper(wanted[i]))
            return false;
    return wanted[length] == 0;
}

/* The entries of the directory at offset; NULL: damaged. */
static const struct entry *entries_of(const struct tree *tree, ULONG offset, ULONG *out_count)
{
    const IMAGE_RESOURCE_DIRECTORY *directory = (const void *)(tree->base + offset);
    if (offset > tree->size || tree->size - offset < sizeof(*directory))
        return NULL;
    *out_count = directory->NumberOfNamedEntries + directory->NumberOfIdEntries;
    ULONG room = tree->size - offset - (ULONG)sizeof(*directory);
    return *out_count <= room / sizeof(struct entry) ? (const struct entry *)(directory + 1) : NULL;
}

static const struct entry *entry_find(const struct tree *tree, const struct entry *entries,
                                      ULONG count, ULONG_PTR id)
{
    for (ULONG i = 0; i < count; i++) {
        bool is_named = entries[i].name & IS_OFFSET;
        if (is_named ? id > ID_MAX && name_is(tree, entries[i].name & ~IS_OFFSET, (PCWSTR)id)
                     : entries[i].name == id)
            return &entries[i];
    }
    return NULL;
}

/* A language that is not there is looked for as neutral, as English, and then any will do. */
static const struct entry *language_find(const struct tree *tree, const struct entry *entries,
                                         ULONG count, ULONG_PTR id)
{
    const struct entry *found = entry_find(tree, entries, count, id);
    if (found == NULL)
        found = entry_find(tree, entries, count, ANY_LANGUAGE);
    if (found == NULL)
        found = entry_find(tree, entries, count, US_ENGLISH);
    return found != NULL || count == 0 ? found : &entries[0];
}

static NTSTATUS resource_find(const struct tree *tree, const ULONG_PTR *path, ULONG length,
                              PIMAGE_RESOURCE_DATA_ENTRY *out_data)
{
    static const NTSTATUS missing[LEVELS] = {STATUS_RESOURCE_TYPE_NOT_FOUND,
                                             STATUS_RESOURCE_NAME_NOT_FOUND,
                                             STATUS_RESOURCE_LANG_NOT_FOUND};
    ULONG offset = 0, count;
    for (ULONG level = 0; level < LEVELS; level++) {
        const struct entry *entries = entries_of(tree, offset, &count), *entry;
        if (entries == NULL)
            return STATUS_INVALID_IMAGE_FORMAT;
        ULONG_PTR id = level < length ? path[level] : ANY_LANGUAGE;
        entry = level == LEVELS - 1 ? language_find(tree, entries, count, id)
                                    : entry_find(tree, entries, count, id);
        if (entry == NULL)
            return missing[level];
        bool is_directory = entry->offset & IS_OFFSET;
        if (is_directory != (level < LEVELS - 1))
            return STATUS_INVALID_IMAGE_FORMAT;
        offset = entry->offset & ~IS_OFFSET;
    }
    if (offset > tree->size || tree->size - offset < sizeof(**out_data))
        return STATUS_INVALID_IMAGE_FORMAT;
    *out_data = (PIMAGE_RESOURCE_DATA_ENTRY)(tree->base + offset);
    return STATUS_SUCCESS;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   ResourceIdPath: type, name and, when there are three, language
 * Errors:  STATUS_RESOURCE_DATA_NOT_FOUND without resources; STATUS_RESOURCE_…_NOT_FOUND
 * Doc:     as FindResourceEx (Microsoft Learn)
 * Differs: names compare without case in ASCII; paths that end in a directory are refused
 */
NTSTATUS NTAPI LdrFindResource_U(PVOID DllHandle, const ULONG_PTR *ResourceIdPath,
                                 ULONG ResourceIdPathLength,
                                 PIMAGE_RESOURCE_DATA_ENTRY *ResourceDataEntry)
{
    struct tree tree;
    tree.base =
        RtlImageDirectoryEntryToData(DllHandle, TRUE, IMAGE_DIRECTORY_ENTRY_RESOURCE, &tree.size);
    if (tree.base == NULL)
        return STATUS_RESOURCE_DATA_NOT_FOUND;
    if (ResourceIdPathLength < LEVELS - 1 || ResourceIdPathLength > LEVELS)
        return STATUS_INVALID_PARAMETER;
    return resource_find(&tree, ResourceIdPath, ResourceIdPathLength, ResourceDataEntry);
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_RESOURCE_DATA_NOT_FOUND
 * Doc:     as LoadResource, LockResource and SizeofResource (Microsoft Learn)
 */
NTSTATUS NTAPI LdrAccessResource(PVOID DllHandle,
                                 const IMAGE_RESOURCE_DATA_ENTRY *ResourceDataEntry, PVOID *Address,
                                 PULONG Size)
{
    ULONG size;
    UCHAR *base = (UCHAR *)((ULONG_PTR)DllHandle & ~(ULONG_PTR)3);
    if (RtlImageDirectoryEntryToData(base, TRUE, IMAGE_DIRECTORY_ENTRY_RESOURCE, &size) == NULL)
        return STATUS_RESOURCE_DATA_NOT_FOUND;
    if (Address != NULL)
        *Address = base + ResourceDataEntry->OffsetToData;
    if (Size != NULL)
        *Size = ResourceDataEntry->Size;
    return STATUS_SUCCESS;
}
