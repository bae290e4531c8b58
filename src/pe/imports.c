/* SPDX-License-Identifier: MIT */
/* imports.c - what an image needs from others: import and delay-import tables, and binding.
 *
 * Names come from the lookup table, slots are in the address table. Tables end with a zero
 * entry, so the number of entries is capped against tables that overlap themselves.
 */
#include "pe_internal.h"

#include "pe/tables.h"

#define IMPORT_LIMIT 65536

struct import_walk {
    const struct pe_view *view;
    int (*visit)(void *context, const struct pe_import *import);
    void *context;
    uint32_t visited;
    struct pe_error *error;
};

/* One lookup entry into import; PE_ABSENT at the terminator. */
static int read_entry(struct import_walk *walk, uint32_t rva, struct pe_import *import)
{
    const struct pe_image *image = walk->view->image;
    uint32_t width = pe_pointer_size(image);
    uint64_t offset = pe_view_offset(walk->view, rva);
    const void *at = pe_view_at(walk->view, rva, width);

    if (!at)
        return pe_fail(walk->error, "ImportLookupTable", offset, rva,
                       "the table for %.40s leaves the image", import->module);
    uint64_t entry = pe_load_pointer(image, at);
    if (entry == 0)
        return PE_ABSENT;
    if (++walk->visited > IMPORT_LIMIT)
        return pe_fail(walk->error, "ImportLookupTable", offset, walk->visited,
                       "more than %d imports", IMPORT_LIMIT);
    import->by_ordinal = entry >> (width * 8 - 1);
    if (import->by_ordinal) {
        import->name = NULL;
        import->ordinal_or_hint = (uint16_t)entry;
        return PE_OK;
    }
    const uint8_t *hint = entry <= INT32_MAX ? pe_view_at(walk->view, (uint32_t)entry, 2) : NULL;
    import->name = hint ? pe_view_string(walk->view, (uint32_t)entry + 2) : NULL;
    if (!import->name || !import->name[0])
        return pe_fail(walk->error, "ImportLookupTable", offset, entry,
                       "no name there (imported from %.40s)", import->module);
    import->ordinal_or_hint = load16(hint);
    return PE_OK;
}

/* All entries of one module. */
static int walk_module(struct import_walk *walk, uint32_t lookup, uint32_t slots,
                       struct pe_import *import)
{
    uint32_t width = pe_pointer_size(walk->view->image);
    for (uint32_t at = 0;; at += width) {
        if (lookup + at < at || slots + at < at)
            return pe_fail(walk->error, "ImportLookupTable", lookup, at, "the table wraps around");
        int result = read_entry(walk, lookup + at, import);
        if (result == PE_ABSENT)
            return PE_OK;
        if (result)
            return result;
        import->slot_rva = slots + at;
        if (!pe_view_at(walk->view, import->slot_rva, width))
            return pe_fail(walk->error, "ImportAddressTable",
                           pe_view_offset(walk->view, import->slot_rva), import->slot_rva,
                           "the slot for %.60s is not within the image",
                           import->name ? import->name : "an ordinal");
        result = walk->visit(walk->context, import);
        if (result)
            return result;
    }
}

/* Calls walk_module for each descriptor of size bytes until one with no name. */
static int walk_descriptors(struct import_walk *walk, uint32_t table, bool is_delayed)
{
    uint32_t size = is_delayed ? 32 : 20;
    const char *field = is_delayed ? "DelayImportDescriptor" : "ImportDescriptor";

    for (uint32_t rva = table;; rva += size) {
        uint64_t offset = pe_view_offset(walk->view, rva);
        const uint8_t *at = rva >= table ? pe_view_at(walk->view, rva, size) : NULL;
        if (!at)
            return pe_fail(walk->error, field, offset, rva, "the table leaves the image");
        uint32_t name = load32(at + (is_delayed ? 4 : 12));
        uint32_t lookup = load32(at + (is_delayed ? 16 : 0));
        uint32_t slots = load32(at + (is_delayed ? 12 : 16));
        if (name == 0 && (is_delayed || slots == 0))
            return PE_OK;
        if (is_delayed && !(load32(at) & 1))
            return pe_fail(walk->error, field, offset, load32(at),
                           "holds addresses, not RVAs (a linker before 2002)");
        if (++walk->visited > IMPORT_LIMIT)
            return pe_fail(walk->error, field, offset, walk->visited, "too many descriptors");
        struct pe_import import = {.module = pe_view_string(walk->view, name),
                                   .is_delayed = is_delayed};
        if (!import.module || !import.module[0])
            return pe_fail(walk->error, "Name", offset + (is_delayed ? 4 : 12), name,
                           "no module name there");
        int result = walk_module(walk, lookup ? lookup : slots, slots, &import);
        if (result)
            return result;
    }
}

static int walk_directory(const struct pe_view *view, enum pe_directory_index index,
                          struct import_walk *walk)
{
    const struct pe_directory *directory = &view->image->directories[index];
    if (directory->rva == 0 || directory->size == 0)
        return PE_ABSENT;
    return walk_descriptors(walk, directory->rva, index == PE_DIR_DELAY_IMPORT);
}

int pe_imports_each(const struct pe_view *view,
                    int (*visit)(void *context, const struct pe_import *import), void *context,
                    struct pe_error *out_error)
{
    struct import_walk walk = {
        .view = view, .visit = visit, .context = context, .error = out_error};
    return walk_directory(view, PE_DIR_IMPORT, &walk);
}

int pe_delay_imports_each(const struct pe_view *view,
                          int (*visit)(void *context, const struct pe_import *import),
                          void *context, struct pe_error *out_error)
{
    struct import_walk walk = {
        .view = view, .visit = visit, .context = context, .error = out_error};
    return walk_directory(view, PE_DIR_DELAY_IMPORT, &walk);
}

struct binding {
    const struct pe_image *image;
    uint8_t *mapped;
    void *(*resolve)(void *context, const char *module, const char *name, uint16_t ordinal_or_hint,
                     bool by_ordinal);
    void *context;
    struct pe_error *error;
};

static int bind_one(void *context, const struct pe_import *import)
{
    struct binding *binding = context;
    uint64_t address = (uintptr_t)binding->resolve(binding->context, import->module, import->name,
                                                   import->ordinal_or_hint, import->by_ordinal);
    if (address == 0 && import->by_ordinal)
        return pe_fail(binding->error, "ImportAddressTable", import->slot_rva,
                       import->ordinal_or_hint, "%.40s has no ordinal %u", import->module,
                       import->ordinal_or_hint);
    if (address == 0)
        return pe_fail(binding->error, "ImportAddressTable", import->slot_rva,
                       import->ordinal_or_hint, "%.30s does not export %.60s", import->module,
                       import->name);
    if (binding->image->is_pe32 && address > UINT32_MAX)
        return pe_fail(binding->error, "ImportAddressTable", import->slot_rva, address,
                       "does not fit a PE32 image");
    memcpy(binding->mapped + import->slot_rva, &address, pe_pointer_size(binding->image));
    return PE_OK;
}

int pe_imports_bind(const struct pe_image *image, void *mapped, size_t size_bytes,
                    void *(*resolve)(void *context, const char *module, const char *name,
                                     uint16_t ordinal_or_hint, bool by_ordinal),
                    void *context, struct pe_error *out_error)
{
    struct pe_view view = pe_view_mapped(image, mapped, size_bytes);
    struct binding binding = {image, mapped, resolve, context, out_error};
    return pe_imports_each(&view, bind_one, &binding, out_error);
}
