/* SPDX-License-Identifier: MIT */
/* version.c - the version resource: numbers and strings.
 *
 * A tree of nodes {length, value length, type, key, value, children}, each aligned to four bytes
 * from the resource's start. A node that leaves its parent is damage.
 */
#include "pe_internal.h"

#include "pe/resource.h"

#define FIXED_SIGNATURE 0xfeef04bdu

struct node {
    const uint8_t *bytes; /* of the whole resource */
    uint32_t key;         /* offsets into it */
    uint32_t key_count;
    uint32_t value;
    uint32_t value_size;
    uint32_t children;
    uint32_t end;
};

struct version_file {
    const uint8_t *bytes;
    uint32_t size;
    uint64_t offset;
    struct pe_error *error;
};

static int bad_node(const struct version_file *file, uint32_t at, uint32_t value)
{
    return pe_fail(file->error, "VersionInfo.wLength", file->offset + at, value,
                   "a version node that leaves its parent");
}

/* Reads the node at an offset; it must end at or before limit. */
static int node_read(const struct version_file *file, uint32_t at, uint32_t limit,
                     struct node *node)
{
    if (limit > file->size || at > limit || limit - at < 8)
        return bad_node(file, at, limit);
    uint32_t length = load16(file->bytes + at);
    if (length < 8 || length > limit - at)
        return bad_node(file, at, length);
    *node = (struct node){.bytes = file->bytes, .key = at + 6, .end = at + length};
    while (node->key + 2 * node->key_count + 2 <= node->end &&
           load16(file->bytes + node->key + 2 * node->key_count))
        node->key_count++;
    uint32_t key_end = node->key + 2 * node->key_count + 2;
    if (key_end > node->end)
        return bad_node(file, at, length);
    node->value = (uint32_t)round_up(key_end, 4);
    /* Text values are counted in characters. */
    uint32_t unit = load16(file->bytes + at + 4) == 1 ? 2 : 1;
    node->value_size = load16(file->bytes + at + 2) * unit;
    if (node->value > node->end)
        node->value = node->end;
    if (node->value_size > node->end - node->value)
        node->value_size = node->end - node->value;
    node->children = (uint32_t)round_up(node->value + node->value_size, 4);
    return PE_OK;
}

static bool key_is(const struct node *node, const wchar_t *key)
{
    for (uint32_t i = 0; i < node->key_count; i++)
        if (key[i] == 0 || load16(node->bytes + node->key + 2 * i) != key[i])
            return false;
    return key[node->key_count] == 0;
}

/* The first child with the key, or the first at all when key is NULL. */
static int child_find(const struct version_file *file, const struct node *parent,
                      const wchar_t *key, struct node *out_child)
{
    uint32_t at = parent->children;
    while (at < parent->end) {
        if (node_read(file, at, parent->end, out_child))
            return PE_DAMAGED;
        if (!key || key_is(out_child, key))
            return PE_OK;
        at = (uint32_t)round_up(out_child->end, 4);
    }
    return PE_ABSENT;
}

static int open_version(const struct pe_view *view, struct version_file *file, struct node *root,
                        struct pe_error *out_error)
{
    struct pe_resource resource;
    int result = pe_resource_find(view, (struct pe_resource_id){.number = PE_RT_VERSION},
                                  (struct pe_resource_id){.number = 1}, PE_LANGUAGE_ANY, &resource,
                                  out_error);
    if (result)
        return result;
    *file = (struct version_file){.bytes = pe_view_at(view, resource.rva, resource.size_bytes),
                                  .size = resource.size_bytes,
                                  .offset = pe_view_offset(view, resource.rva),
                                  .error = out_error};
    if (!file->bytes)
        return bad_node(file, 0, resource.size_bytes);
    return node_read(file, 0, file->size, root);
}

int pe_version_read(const struct pe_view *view, struct pe_version *out_version,
                    struct pe_error *out_error)
{
    struct version_file file;
    struct node root;
    int result = open_version(view, &file, &root, out_error);
    if (result)
        return result;
    const uint8_t *fixed = file.bytes + root.value;
    if (root.value_size < 52)
        return PE_ABSENT;
    if (load32(fixed) != FIXED_SIGNATURE)
        return pe_fail(out_error, "dwSignature", file.offset + root.value, load32(fixed),
                       "not a fixed version block");
    *out_version = (struct pe_version){
        .file = (uint64_t)load32(fixed + 8) << 32 | load32(fixed + 12),
        .product = (uint64_t)load32(fixed + 16) << 32 | load32(fixed + 20),
        .flags = load32(fixed + 24) & load32(fixed + 28),
        .file_type = load32(fixed + 36),
    };
    return PE_OK;
}

int pe_version_string(const struct pe_view *view, const wchar_t *key, wchar_t *out_text,
                      size_t out_count, struct pe_error *out_error)
{
    struct version_file file;
    struct node root, strings, table, string;
    int result = open_version(view, &file, &root, out_error);
    if (result == PE_OK)
        result = child_find(&file, &root, L"StringFileInfo", &strings);
    if (result == PE_OK)
        result = child_find(&file, &strings, NULL, &table);
    if (result == PE_OK)
        result = child_find(&file, &table, key, &string);
    if (result || out_count == 0)
        return result;
    size_t n = 0;
    for (; n + 1 < out_count && 2 * n + 2 <= string.value_size; n++) {
        out_text[n] = load16(file.bytes + string.value + 2 * n);
        if (out_text[n] == 0)
            break;
    }
    out_text[n] = 0;
    return PE_OK;
}
