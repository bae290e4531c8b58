/* SPDX-License-Identifier: MIT */
/* exports.c - what an image offers: by name, by ordinal, forwarded.
 *
 * The three arrays are bounds-checked once when the directory is opened; names are found by
 * binary search, as the format promises them sorted, and compared whole.
 */
#include "pe_internal.h"

#include "pe/tables.h"

struct export_table {
    const struct pe_view *view;
    struct pe_directory directory;
    uint32_t base;
    uint32_t function_count, name_count;
    const uint8_t *functions, *names, *ordinals;
    uint32_t functions_rva, names_rva, ordinals_rva, name_rva;
    struct pe_error *error;
};

/* An array of the directory; NULL with an error when it is not all there. */
static const uint8_t *open_array(struct export_table *table, const char *field, uint64_t offset,
                                 uint32_t rva, uint32_t count, uint32_t width)
{
    static const uint8_t nothing;
    if (count == 0)
        return &nothing;
    const uint8_t *array = pe_view_at(table->view, rva, count * width);
    if (!array)
        pe_fail(table->error, field, offset, rva, "%u entries are not within the image", count);
    return array;
}

static int table_open(const struct pe_view *view, struct export_table *table,
                      struct pe_error *out_error)
{
    struct pe_directory directory = view->image->directories[PE_DIR_EXPORT];
    if (directory.rva == 0 || directory.size == 0)
        return PE_ABSENT;
    uint64_t at = pe_view_offset(view, directory.rva);
    const uint8_t *header = pe_view_at(view, directory.rva, 40);
    if (!header)
        return pe_fail(out_error, "ExportTable", at, directory.rva, "not within the image");
    *table = (struct export_table){
        .view = view,
        .directory = directory,
        .name_rva = load32(header + 12),
        .base = load32(header + 16),
        .function_count = load32(header + 20),
        .name_count = load32(header + 24),
        .functions_rva = load32(header + 28),
        .names_rva = load32(header + 32),
        .ordinals_rva = load32(header + 36),
        .error = out_error,
    };
    if (table->function_count > 65536)
        return pe_fail(out_error, "NumberOfFunctions", at + 20, table->function_count,
                       "more than 65536");
    if (table->base > 65535 || table->base + table->function_count > 65536)
        return pe_fail(out_error, "OrdinalBase", at + 16, table->base,
                       "ordinals do not fit 16 bits");
    if (table->name_count > 65536)
        return pe_fail(out_error, "NumberOfNames", at + 24, table->name_count, "more than 65536");
    table->functions = open_array(table, "AddressOfFunctions", at + 28, table->functions_rva,
                                  table->function_count, 4);
    table->names =
        open_array(table, "AddressOfNames", at + 32, table->names_rva, table->name_count, 4);
    table->ordinals = open_array(table, "AddressOfNameOrdinals", at + 36, table->ordinals_rva,
                                 table->name_count, 2);
    return table->functions && table->names && table->ordinals ? PE_OK : PE_DAMAGED;
}

static const char *name_at(const struct export_table *table, uint32_t index)
{
    const char *name = pe_view_string(table->view, load32(table->names + 4 * index));
    if (!name)
        pe_fail(table->error, "AddressOfNames",
                pe_view_offset(table->view, table->names_rva + 4 * index),
                load32(table->names + 4 * index), "no string there");
    return name;
}

/* Fills in the function of an index (ordinal less base); PE_ABSENT for a hole. */
static int export_at(const struct export_table *table, uint32_t index, const char *name,
                     struct pe_export *out)
{
    uint64_t offset = pe_view_offset(table->view, table->functions_rva + 4 * index);
    uint32_t rva = load32(table->functions + 4 * index);

    if (rva == 0)
        return PE_ABSENT;
    if (rva >= table->view->image->image_size)
        return pe_fail(table->error, "AddressOfFunctions", offset, rva, "outside the image");
    *out = (struct pe_export){.name = name, .ordinal = (uint16_t)(table->base + index), .rva = rva};
    if (rva - table->directory.rva < table->directory.size) {
        out->forwarder = pe_view_string(table->view, rva);
        if (!out->forwarder || !strchr(out->forwarder, '.'))
            return pe_fail(table->error, "AddressOfFunctions", offset, rva,
                           "a forwarder without MODULE.Name");
        out->rva = 0;
    }
    return PE_OK;
}

static int named_export(const struct export_table *table, uint32_t index, const char *name,
                        struct pe_export *out)
{
    uint32_t function = load16(table->ordinals + 2 * index);
    if (function >= table->function_count)
        return pe_fail(table->error, "AddressOfNameOrdinals",
                       pe_view_offset(table->view, table->ordinals_rva + 2 * index), function,
                       "%.60s: only %u functions", name, table->function_count);
    return export_at(table, function, name, out);
}

int pe_export_by_name(const struct pe_view *view, const char *name, struct pe_export *out_export,
                      struct pe_error *out_error)
{
    struct export_table table;
    int result = table_open(view, &table, out_error);
    if (result)
        return result;
    uint32_t low = 0, high = table.name_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const char *candidate = name_at(&table, middle);
        if (!candidate)
            return PE_DAMAGED;
        int order = strcmp(name, candidate);
        if (order == 0)
            return named_export(&table, middle, candidate, out_export);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return PE_ABSENT;
}

int pe_export_by_ordinal(const struct pe_view *view, uint16_t ordinal, struct pe_export *out_export,
                         struct pe_error *out_error)
{
    struct export_table table;
    int result = table_open(view, &table, out_error);
    if (result)
        return result;
    if (ordinal < table.base || ordinal - table.base >= table.function_count)
        return PE_ABSENT;
    return export_at(&table, ordinal - table.base, NULL, out_export);
}

int pe_exports_each(const struct pe_view *view,
                    int (*visit)(void *context, const struct pe_export *export), void *context,
                    struct pe_error *out_error)
{
    struct export_table table;
    struct pe_export export;
    uint8_t named[65536 / 8] = {0};
    int result = table_open(view, &table, out_error);

    for (uint32_t i = 0; result == PE_OK && i < table.name_count; i++) {
        const char *name = name_at(&table, i);
        result = name ? named_export(&table, i, name, &export) : PE_DAMAGED;
        if (result == PE_ABSENT) {
            result = PE_OK;
            continue;
        }
        if (result)
            return result;
        uint32_t function = load16(table.ordinals + 2 * i);
        named[function / 8] |= (uint8_t)(1u << function % 8);
        result = visit(context, &export);
    }
    for (uint32_t i = 0; result == PE_OK && i < table.function_count; i++) {
        if (named[i / 8] & 1u << i % 8)
            continue;
        result = export_at(&table, i, NULL, &export);
        result = result == PE_OK ? visit(context, &export) : result == PE_ABSENT ? PE_OK : result;
    }
    return result;
}

int pe_export_module(const struct pe_view *view, const char **out_name, struct pe_error *out_error)
{
    struct export_table table;
    int result = table_open(view, &table, out_error);
    if (result)
        return result;
    const char *name = pe_view_string(view, table.name_rva);
    if (!name)
        return pe_fail(out_error, "Name", pe_view_offset(view, table.directory.rva) + 12,
                       table.name_rva, "no module name there");
    *out_name = name;
    return PE_OK;
}

static int visit_nothing(void *context, const struct pe_export *export)
{
    (void)context;
    (void)export;
    return PE_OK;
}

int pe_exports_check(const struct pe_view *view, struct pe_error *out_error)
{
    struct export_table table;
    const char *module;
    int result = table_open(view, &table, out_error);
    if (result == PE_OK)
        result = pe_export_module(view, &module, out_error);
    if (result == PE_OK)
        result = pe_exports_each(view, visit_nothing, NULL, out_error);
    if (result)
        return result;
    const char *before = NULL;
    for (uint32_t i = 0; i < table.name_count; i++) {
        const char *name = name_at(&table, i);
        if (!name)
            return PE_DAMAGED;
        if (before && strcmp(before, name) > 0)
            return pe_fail(out_error, "AddressOfNames",
                           pe_view_offset(view, table.names_rva + 4 * i),
                           load32(table.names + 4 * i), "%.50s is not in order", name);
        before = name;
    }
    return PE_OK;
}
