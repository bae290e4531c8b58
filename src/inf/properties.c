/* SPDX-License-Identifier: MIT */
/* properties.c - AddProperty and DelProperty: device properties by GUID and number, or by name. */
#include <stdlib.h>
#include <string.h>

#include "entry_internal.h"

/* DEVPROP_TYPE_... */
#define TYPE_UINT32      0x00000007u
#define TYPE_BOOLEAN     0x00000011u
#define TYPE_STRING      0x00000012u
#define TYPE_BINARY      0x00001003u
#define TYPE_STRING_LIST 0x00002012u

#define DELETE_STRING 0x00000001u
#define PID_FIRST     2

/* DEVPKEY_DrvPkg_...: {cf73bb51-3abf-44a2-85e0-9a3dc7a12132} */
static const uint8_t package[16] = {0x51, 0xbb, 0x73, 0xcf, 0xbf, 0x3a, 0xa2, 0x44,
                                    0x85, 0xe0, 0x9a, 0x3d, 0xc7, 0xa1, 0x21, 0x32};

static const struct {
    const char *name;
    uint32_t pid; /* 0: of the container; no public key */
    uint32_t type;
} names[] = {
    {"DeviceModel", 2, TYPE_STRING},
    {"DeviceVendorWebsite", 3, TYPE_STRING},
    {"DeviceDetailedDescription", 4, TYPE_STRING},
    {"DeviceDocumentationLink", 5, TYPE_STRING},
    {"DeviceIcon", 6, TYPE_STRING_LIST},
    {"DeviceBrandingIcon", 7, TYPE_STRING_LIST},
    {"ContainerModelName", 0, TYPE_STRING},
    {"ContainerManufacturer", 0, TYPE_STRING},
    {"ContainerCategories", 0, TYPE_STRING_LIST},
    {"ContainerIcon", 0, TYPE_STRING},
};

struct walk {
    inf_visit_property *visit;
    void *context;
    struct inf_error *error;
    bool is_delete;
};

static int boolean_read(struct inf_property *property, uint32_t field, uint8_t **out_data,
                        struct inf_error *out_error)
{
    int64_t value;
    if (field_number(&property->place, field, 0, UINT32_MAX, &value, out_error))
        return INF_DAMAGED;
    *out_data = malloc(1);
    if (!*out_data)
        return inf_fail_memory(property->place.inf, out_error);
    **out_data = value ? 0xff : 0; /* DEVPROP_TRUE */
    property->data_length = 1;
    return INF_OK;
}

static int value_read(struct inf_property *property, uint32_t field, uint8_t **out_data,
                      struct inf_error *out_error)
{
    const struct inf_place *place = &property->place;
    uint32_t *length = &property->data_length;
    switch (property->type) {
    case TYPE_STRING:
    case TYPE_STRING_LIST:
        return data_texts(place, field, property->type == TYPE_STRING_LIST, out_data, length,
                          out_error);
    case TYPE_BINARY:
        return data_bytes(place, field, out_data, length, out_error);
    case TYPE_UINT32:
        return data_number(place, field, 4, out_data, length, out_error);
    case TYPE_BOOLEAN:
        return boolean_read(property, field, out_data, out_error);
    default:
        return inf_fail(place->inf, place->line->number, out_error,
                        "0x%x is none of the property types that an INF may set; use 18 (text), "
                        "8210 (texts), 4099 (bytes), 17 (boolean) or 7 (number)",
                        property->type);
    }
}

static int key_read(struct inf_property *property, struct inf_error *out_error)
{
    const struct inf_place *place = &property->place;
    const char *first = inf_text(place->line, 0);
    int64_t pid;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!inf_same(first, names[i].name))
            continue;
        property->name = names[i].name;
        property->has_key = names[i].pid != 0;
        property->pid = names[i].pid;
        property->type = names[i].type;
        memcpy(property->fmtid, package, sizeof package);
        return INF_OK;
    }
    if (inf_guid_parse(first, property->fmtid))
        return inf_fail(place->inf, place->line->number, out_error,
                        "\"%.60s\" is no property; write {guid},number or a documented name",
                        first);
    if (field_number(place, 1, 0, UINT32_MAX, &pid, out_error))
        return INF_DAMAGED;
    if (pid < PID_FIRST)
        return inf_fail(place->inf, place->line->number, out_error,
                        "a property's number is 2 or more");
    property->has_key = true;
    property->pid = (uint32_t)pid;
    return INF_OK;
}

/* Adding: key, number, type, flags, value; deleting has no type. */
static int line_read(const struct walk *walk, struct inf_property *property)
{
    const struct inf_place *place = &property->place;
    uint32_t flags_field;
    int64_t flags, type;
    uint8_t *data = NULL;
    int result = INF_OK;
    if (key_read(property, walk->error))
        return INF_DAMAGED;
    flags_field = walk->is_delete && !property->name ? 2 : 3;
    if (field_number(place, flags_field, 0, UINT32_MAX, &flags, walk->error))
        return INF_DAMAGED;
    property->flags = (uint32_t)flags;
    if (!property->name && !walk->is_delete) {
        if (field_number(place, 2, 0, UINT32_MAX, &type, walk->error))
            return INF_DAMAGED;
        property->type = (uint32_t)type;
    }
    if (walk->is_delete && flags & DELETE_STRING)
        property->type = TYPE_STRING;
    if (!walk->is_delete || flags & DELETE_STRING)
        result = value_read(property, flags_field + 1, &data, walk->error);
    property->data = data;
    if (result == INF_OK)
        result = walk->visit(walk->context, property);
    free(data);
    return result;
}

static int section_read(void *context, const struct inf_place *directive, const char *name,
                        const struct inf_section *named)
{
    const struct walk *walk = context;
    int result = INF_OK;
    if (!named)
        return inf_fail(directive->inf, directive->line->number, walk->error,
                        "\"%.60s\": @ names a file; name a section", name);
    for (uint32_t i = 0; result == INF_OK && i < named->line_count; i++) {
        struct inf_property property = {.is_delete = walk->is_delete,
                                        .place = {directive->inf, named, &named->lines[i]}};
        result = line_read(walk, &property);
    }
    return result;
}

int inf_properties_visit(const struct inf *inf, const struct inf_section *section,
                         inf_visit_property *visit, void *context, struct inf_error *out_error)
{
    struct walk walk = {.visit = visit, .context = context, .error = out_error, .is_delete = true};
    int result = names_visit(inf, section, "DelProperty", section_read, &walk, out_error);
    walk.is_delete = false;
    if (result == INF_OK)
        result = names_visit(inf, section, "AddProperty", section_read, &walk, out_error);
    return result;
}
