/* SPDX-License-Identifier: MIT */
/* resources.c - walking the resource tree: type, then name, then language, then data.
 *
 * Offsets count from the tree's start and may not leave its directory; data is found by RVA.
 */
#include "pe_internal.h"

#include "pe/resource.h"

#define SUBDIRECTORY  UINT32_C(0x80000000)
#define ENTRIES_LIMIT 65536

struct tree {
    const struct pe_view *view;
    const uint8_t *bytes;
    uint32_t size;
    uint64_t offset; /* of bytes, for error records */
    struct pe_error *error;
};

static int tree_open(const struct pe_view *view, struct tree *tree, struct pe_error *out_error)
{
    const struct pe_directory *directory = &view->image->directories[PE_DIR_RESOURCE];
    if (directory->rva == 0 || directory->size == 0)
        return PE_ABSENT;
    *tree = (struct tree){.view = view,
                          .bytes = pe_view_at(view, directory->rva, directory->size),
                          .size = directory->size,
                          .offset = pe_view_offset(view, directory->rva),
                          .error = out_error};
    return tree->bytes ? PE_OK
                       : pe_fail(out_error, "ResourceTable", tree->offset, directory->size,
                                 "the table at RVA 0x%x is not within the image", directory->rva);
}

/* size bytes at an offset of the tree, or NULL with an error. */
static const uint8_t *tree_at(const struct tree *tree, const char *field, uint32_t at,
                              uint32_t size)
{
    if (at <= tree->size && tree->size - at >= size)
        return tree->bytes + at;
    pe_fail(tree->error, field, tree->offset + at, at, "not within the resource table");
    return NULL;
}

/* A directory's entries and their number, names first. */
static const uint8_t *entries_at(const struct tree *tree, uint32_t at, uint32_t *out_count)
{
    const uint8_t *header = tree_at(tree, "ResourceDirectory", at, 16);
    if (!header)
        return NULL;
    *out_count = load16(header + 12) + (uint32_t)load16(header + 14);
    return tree_at(tree, "NumberOfIdEntries", at + 16, *out_count * 8);
}

static wchar_t fold(wchar_t c)
{
    return c >= 'a' && c <= 'z' ? (wchar_t)(c - 32) : c;
}

/* PE_OK when the entry is the one asked for, PE_ABSENT when not. */
static int entry_matches(const struct tree *tree, const uint8_t *entry, struct pe_resource_id id)
{
    uint32_t value = load32(entry);
    if (!(value & SUBDIRECTORY))
        return !id.name && value == id.number ? PE_OK : PE_ABSENT;
    if (!id.name)
        return PE_ABSENT;
    value &= ~SUBDIRECTORY;
    const uint8_t *name = tree_at(tree, "ResourceName", value, 2);
    if (!name)
        return PE_DAMAGED;
    uint32_t count = load16(name);
    if (!tree_at(tree, "ResourceName", value + 2, count * 2))
        return PE_DAMAGED;
    if (count != id.count)
        return PE_ABSENT;
    for (uint32_t i = 0; i < count; i++)
        if (fold(load16(name + 2 + 2 * i)) != fold(id.name[i]))
            return PE_ABSENT;
    return PE_OK;
}

static int level_find(const struct tree *tree, uint32_t at, struct pe_resource_id id,
                      const uint8_t **out_entry)
{
    uint32_t count;
    const uint8_t *entries = entries_at(tree, at, &count);
    if (!entries)
        return PE_DAMAGED;
    for (uint32_t i = 0; i < count; i++) {
        int result = entry_matches(tree, entries + 8 * i, id);
        if (result == PE_OK)
            *out_entry = entries + 8 * i;
        if (result != PE_ABSENT)
            return result;
    }
    return PE_ABSENT;
}

/* The offset of the level below an entry. */
static int level_below(const struct tree *tree, const uint8_t *entry, uint32_t *out_at)
{
    uint32_t target = load32(entry + 4);
    if (!(target & SUBDIRECTORY))
        return pe_fail(tree->error, "OffsetToDirectory",
                       tree->offset + (uint64_t)(entry - tree->bytes) + 4, target,
                       "data above the language level");
    *out_at = target & ~SUBDIRECTORY;
    return PE_OK;
}

static int read_data(const struct tree *tree, const uint8_t *entry, struct pe_resource *out)
{
    uint32_t target = load32(entry + 4);
    uint64_t offset = tree->offset + (uint64_t)(entry - tree->bytes) + 4;
    if (target & SUBDIRECTORY)
        return pe_fail(tree->error, "OffsetToData", offset, target,
                       "a fourth level of directories");
    const uint8_t *data = tree_at(tree, "OffsetToData", target, 16);
    if (!data)
        return PE_DAMAGED;
    *out = (struct pe_resource){.rva = load32(data),
                                .size_bytes = load32(data + 4),
                                .code_page = load32(data + 8),
                                .language = load32(entry)};
    if (out->size_bytes && !pe_view_at(tree->view, out->rva, out->size_bytes))
        return pe_fail(tree->error, "Resource.Size", tree->offset + target + 4, out->size_bytes,
                       "the data at RVA 0x%x is not within the image", out->rva);
    return PE_OK;
}

int pe_resource_find(const struct pe_view *view, struct pe_resource_id type,
                     struct pe_resource_id name, uint32_t language,
                     struct pe_resource *out_resource, struct pe_error *out_error)
{
    struct tree tree;
    const uint8_t *entry;
    uint32_t at = 0;
    int result = tree_open(view, &tree, out_error);
    if (result == PE_OK)
        result = level_find(&tree, 0, type, &entry);
    if (result == PE_OK)
        result = level_below(&tree, entry, &at);
    if (result == PE_OK)
        result = level_find(&tree, at, name, &entry);
    if (result == PE_OK)
        result = level_below(&tree, entry, &at);
    if (result)
        return result;
    uint32_t count;
    const uint8_t *entries = entries_at(&tree, at, &count);
    if (!entries)
        return PE_DAMAGED;
    for (uint32_t i = 0; i < count; i++)
        if (language == PE_LANGUAGE_ANY || load32(entries + 8 * i) == language)
            return read_data(&tree, entries + 8 * i, out_resource);
    return PE_ABSENT;
}

/* Checks the directory at an offset and what is below; levels counts down to the data. */
static int check_level(const struct tree *tree, uint32_t at, int levels, uint32_t *visited)
{
    uint32_t count, below;
    struct pe_resource resource;
    const uint8_t *entries = entries_at(tree, at, &count);
    if (!entries)
        return PE_DAMAGED;
    *visited += count + 1;
    if (*visited > ENTRIES_LIMIT)
        return pe_fail(tree->error, "NumberOfIdEntries", tree->offset + at + 14, *visited,
                       "more than %d resources", ENTRIES_LIMIT);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *entry = entries + 8 * i;
        if (entry_matches(tree, entry, (struct pe_resource_id){.name = L""}) == PE_DAMAGED)
            return PE_DAMAGED;
        if (levels == 0
                ? read_data(tree, entry, &resource)
                : level_below(tree, entry, &below) || check_level(tree, below, levels - 1, visited))
            return PE_DAMAGED;
    }
    return PE_OK;
}

int pe_resources_check(const struct pe_view *view, struct pe_error *out_error)
{
    struct tree tree;
    uint32_t visited = 0;
    int result = tree_open(view, &tree, out_error);
    return result ? result : check_level(&tree, 0, 2, &visited);
}
