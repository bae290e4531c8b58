/* SPDX-License-Identifier: MIT */
/* registry.c - AddReg, DelReg and BitReg: what is to be done to which value. */
#include <stdlib.h>
#include <string.h>

#include "entry_internal.h"

#define TYPE_MASK      0xffff0001u
#define TYPE_BINARY    0x00000001u
#define TYPE_MULTI_SZ  0x00010000u
#define TYPE_DWORD     0x00010001u
#define TYPE_EXPAND_SZ 0x00020000u
#define TYPE_NONE      0x00020001u

enum field { ROOT, SUBKEY, NAME, FLAGS, VALUE, BYTE };

struct walk {
    inf_visit_registry *visit;
    void *context;
    struct inf_error *error;
    int (*decode)(struct inf_registry *entry, uint8_t **out_data, struct inf_error *out_error);
};

static bool has(const struct inf_registry *entry, uint32_t field)
{
    return *inf_text(entry->place.line, field) != 0;
}

/* The data and type that the flags ask for. */
static int value_decode(struct inf_registry *entry, uint8_t **out_data, struct inf_error *out_error)
{
    const struct inf_place *place = &entry->place;
    uint32_t kind = entry->flags & TYPE_MASK, high = entry->flags >> 16;
    uint32_t *length = &entry->data_length;
    switch (kind) {
    case 0:
    case TYPE_EXPAND_SZ:
        entry->type = kind == 0 ? INF_REG_SZ : INF_REG_EXPAND_SZ;
        return data_texts(place, VALUE, false, out_data, length, out_error);
    case TYPE_MULTI_SZ:
        entry->type = INF_REG_MULTI_SZ;
        return data_texts(place, VALUE, true, out_data, length, out_error);
    case TYPE_DWORD:
        entry->type = INF_REG_DWORD;
        return data_number(place, VALUE, 4, out_data, length, out_error);
    case TYPE_BINARY:
        entry->type = INF_REG_BINARY;
        return data_bytes(place, VALUE, out_data, length, out_error);
    case TYPE_NONE:
        entry->type = INF_REG_NONE;
        return data_bytes(place, VALUE, out_data, length, out_error);
    default:
        break;
    }
    entry->type = high;
    if ((entry->flags & INF_ADDREG_BINVALUETYPE) == 0)
        return inf_fail(place->inf, place->line->number, out_error,
                        "flags 0x%x name no type of value; use one of the documented "
                        "FLG_ADDREG_TYPE values",
                        entry->flags);
    return high == INF_REG_QWORD ? data_number(place, VALUE, 8, out_data, length, out_error)
                                 : data_bytes(place, VALUE, out_data, length, out_error);
}

static int add_decode(struct inf_registry *entry, uint8_t **out_data, struct inf_error *out_error)
{
    entry->if_absent = (entry->flags & INF_ADDREG_NOCLOBBER) != 0;
    entry->if_present = (entry->flags & INF_ADDREG_OVERWRITEONLY) != 0;
    if (entry->flags & INF_ADDREG_DELVAL) {
        entry->action = has(entry, NAME) ? INF_REGISTRY_DELETE_VALUE : INF_REGISTRY_DELETE_KEY;
        return INF_OK;
    }
    bool is_key = (entry->flags & (INF_ADDREG_KEYONLY | INF_ADDREG_KEYONLY_COMMON)) != 0;
    if (is_key || (entry->place.line->field_count <= NAME + 1 && !has(entry, NAME))) {
        entry->action = INF_REGISTRY_KEY;
        return INF_OK;
    }
    bool is_list = (entry->flags & TYPE_MASK) == TYPE_MULTI_SZ;
    entry->action =
        entry->flags & INF_ADDREG_APPEND && is_list ? INF_REGISTRY_APPEND : INF_REGISTRY_SET;
    return value_decode(entry, out_data, out_error);
}

static int delete_decode(struct inf_registry *entry, uint8_t **out_data,
                         struct inf_error *out_error)
{
    if ((entry->flags & INF_DELREG_MULTI_SZ_DELSTRING) == INF_DELREG_MULTI_SZ_DELSTRING) {
        entry->action = INF_REGISTRY_DELETE_STRING;
        entry->type = INF_REG_MULTI_SZ;
        return data_texts(&entry->place, VALUE, false, out_data, &entry->data_length, out_error);
    }
    bool is_key = !has(entry, NAME) || (entry->flags & INF_ADDREG_KEYONLY_COMMON) != 0;
    entry->action = is_key ? INF_REGISTRY_DELETE_KEY : INF_REGISTRY_DELETE_VALUE;
    if (is_key && !has(entry, SUBKEY) && !inf_same(entry->root, "HKR"))
        return inf_fail(entry->place.inf, entry->place.line->number, out_error,
                        "this deletes all of %s; name a subkey or a value", entry->root);
    return INF_OK;
}

static int bits_decode(struct inf_registry *entry, uint8_t **out_data, struct inf_error *out_error)
{
    const struct inf_place *place = &entry->place;
    int64_t mask, byte;
    (void)out_data;
    if (field_number(place, VALUE, 0, 255, &mask, out_error) ||
        field_number(place, BYTE, 0, 255, &byte, out_error))
        return INF_DAMAGED;
    entry->action = entry->flags & 1 ? INF_REGISTRY_BITS_SET : INF_REGISTRY_BITS_CLEAR;
    entry->type = INF_REG_BINARY;
    entry->bit_mask = (uint8_t)mask;
    entry->bit_byte = (uint8_t)byte;
    return INF_OK;
}

static bool is_root(const char *text)
{
    static const char *const roots[] = {"HKR", "HKLM", "HKCR", "HKCU", "HKU"};
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (inf_same(text, roots[i]))
            return true;
    return false;
}

static int line_decode(const struct walk *walk, struct inf_registry *entry)
{
    const struct inf_place *place = &entry->place;
    uint8_t *data = NULL;
    int64_t flags;
    entry->root = inf_text(place->line, ROOT);
    entry->subkey = inf_text(place->line, SUBKEY);
    entry->name = inf_text(place->line, NAME);
    if (place->line->key || !is_root(entry->root))
        return inf_fail(place->inf, place->line->number, walk->error,
                        "\"%.60s\" is no root of the registry; begin the line with HKR, HKLM, "
                        "HKCR, HKCU or HKU",
                        place->line->key ? place->line->key : entry->root);
    if (field_number(place, FLAGS, 0, UINT32_MAX, &flags, walk->error))
        return INF_DAMAGED;
    entry->flags = (uint32_t)flags;
    int result = walk->decode(entry, &data, walk->error);
    entry->data = data;
    if (result == INF_OK)
        result = walk->visit(walk->context, entry);
    free(data);
    return result;
}

static int section_decode(void *context, const struct inf_place *directive, const char *name,
                          const struct inf_section *named)
{
    const struct walk *walk = context;
    const char *security = named ? security_find(directive->inf, named) : NULL;
    int result = INF_OK;
    if (!named)
        return inf_fail(directive->inf, directive->line->number, walk->error,
                        "\"%.60s\": @ names a file; name a section", name);
    for (uint32_t i = 0; result == INF_OK && i < named->line_count; i++) {
        struct inf_registry entry = {
            .place = {.inf = directive->inf, .section = named, .line = &named->lines[i]},
            .security = security};
        result = line_decode(walk, &entry);
    }
    return result;
}

int inf_registry_visit(const struct inf *inf, const struct inf_section *section,
                       inf_visit_registry *visit, void *context, struct inf_error *out_error)
{
    struct walk walk = {.visit = visit, .context = context, .error = out_error};
    walk.decode = delete_decode;
    int result = names_visit(inf, section, "DelReg", section_decode, &walk, out_error);
    walk.decode = add_decode;
    if (result == INF_OK)
        result = names_visit(inf, section, "AddReg", section_decode, &walk, out_error);
    walk.decode = bits_decode;
    if (result == INF_OK)
        result = names_visit(inf, section, "BitReg", section_decode, &walk, out_error);
    return result;
}
