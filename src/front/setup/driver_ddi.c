/* SPDX-License-Identifier: MIT */
/* driver_ddi.c - setupapi: the drivers that fit a device. Doc: setupapi.h
 *
 * Differs: lists of compatible drivers; of a whole class, only the installed driver is listed.
 */
#include "driver.h"

#include <string.h>

#include "crt/string.h"

#define COMPATIBLE     2u /* SPDIT_COMPATDRIVER */
#define INSTALLED_ONLY 0x04000000u
#define LINE_LENGTH    256u

#include "pack_begin.h"
struct driver_data_w { /* SP_DRVINFO_DATA_V2_W; V1 ends behind provider */
    DWORD size, type;
    ULONG_PTR reserved;
    wchar_t description[LINE_LENGTH], manufacturer[LINE_LENGTH], provider[LINE_LENGTH];
    FILETIME date;
    uint64_t version;
};
struct driver_data_a {
    DWORD size, type;
    ULONG_PTR reserved;
    char description[LINE_LENGTH], manufacturer[LINE_LENGTH], provider[LINE_LENGTH];
    FILETIME date;
    uint64_t version;
};
_Static_assert(sizeof(struct driver_data_w) == BY_WIDTH(1568, 1564), "SP_DRVINFO_DATA_V2_W");

struct driver_detail_w { /* SP_DRVINFO_DETAIL_DATA_W */
    DWORD size;
    FILETIME date;
    DWORD compatible_offset, compatible_length;
    ULONG_PTR reserved;
    wchar_t section[LINE_LENGTH], inf[MAX_PATH], description[LINE_LENGTH], hardware_id[1];
};
struct driver_detail_a {
    DWORD size;
    FILETIME date;
    DWORD compatible_offset, compatible_length;
    ULONG_PTR reserved;
    char section[LINE_LENGTH], inf[MAX_PATH], description[LINE_LENGTH], hardware_id[1];
};
#include "pack_end.h"
_Static_assert(sizeof(struct driver_detail_w) == BY_WIDTH(1584, 1570), "SP_DRVINFO_DETAIL_DATA_W");

bool drivers_read(struct device_element *element)
{
    struct plug plug;
    if (element->has_drivers)
        return true;
    struct wire_plugplay *in = plug_input(element->instance);
    if (!in)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_DRIVERS, in, NULL, 0, &plug);
    heap_give(in);
    if (!NT_SUCCESS(status)) {
        plug_free(&plug);
        return setup_result(status);
    }
    const struct wire_driver *found = plug.data;
    uint32_t count = plug.reply->problem ? 0 : plug.reply->length / (uint32_t)sizeof *found;
    for (uint32_t i = 0; i < count; i++) {
        if (element->params.flags_ex & INSTALLED_ONLY && !(found[i].flags & WIRE_DRIVER_INSTALLED))
            continue;
        struct driver_element *one = heap_take(sizeof *one);
        if (!one)
            break;
        one->driver = found[i];
        list_push_back(&element->drivers, &one->link);
    }
    plug_free(&plug);
    element->has_drivers = true;
    return true;
}

static struct driver_element *driver_find(struct device_element *element, ULONG_PTR reserved)
{
    list_for_each(node, &element->drivers)
    {
        struct driver_element *one = list_entry(node, struct driver_element, link);
        if ((ULONG_PTR)one == reserved)
            return one;
    }
    return error_fail(ERROR_INVALID_PARAMETER), NULL;
}

EXPORT(BOOL, SetupDiBuildDriverInfoList, (HDEVINFO handle, struct devinfo_data *data, DWORD type))
{
    struct device_element *element = element_of(handle, data, true);
    if (!element)
        return FALSE;
    bool is_wanted = type == COMPATIBLE || element->params.flags_ex & INSTALLED_ONLY;
    return !data || !is_wanted || drivers_read(element);
}
EXPORT(BOOL, SetupDiDestroyDriverInfoList, (HDEVINFO handle, struct devinfo_data *data, DWORD type))
{
    struct device_element *element = element_of(handle, data, true);
    if (element)
        drivers_free(element);
    return element != NULL;
}

/* "11/20/2026" and "1.2.3.4" as the structure has them. */
static uint64_t version_of(const uint16_t *text)
{
    uint64_t version = 0, part = 0;
    unsigned shift = 48;
    for (;; text++) {
        if (*text >= '0' && *text <= '9') {
            part = part * 10 + (*text - '0');
            continue;
        }
        version |= (part & 0xffff) << shift;
        if (*text != '.' || !shift)
            return version;
        shift -= 16;
        part = 0;
    }
}

static FILETIME date_of(const uint16_t *text)
{
    unsigned part[3] = {0}, at = 0;
    for (; *text && at < 3; text++) {
        if (*text >= '0' && *text <= '9')
            part[at] = part[at] * 10 + (*text - '0');
        else
            at++;
    }
    /* Days since 1601, by the proleptic Gregorian calendar. */
    int64_t year = part[2], month = part[0], day = part[1];
    if (year < 1601 || month < 1 || month > 12)
        return (FILETIME){0};
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 584694;
    uint64_t time = (uint64_t)days * 864000000000ull;
    return (FILETIME){(DWORD)time, (DWORD)(time >> 32)};
}

#define FIELD(to, from, wide) \
    (void)text_answer((const wchar_t *)(from), (wide), (to), sizeof(to) / sizeof *(to), NULL)

#define DRIVER_FILL(name, data_type, wide)                                     \
    static void name(struct data_type *out, const struct driver_element *from) \
    {                                                                          \
        out->type = COMPATIBLE;                                                \
        out->reserved = (ULONG_PTR)from;                                       \
        FIELD(out->description, from->driver.description, wide);               \
        FIELD(out->manufacturer, from->driver.manufacturer, wide);             \
        FIELD(out->provider, from->driver.provider, wide);                     \
        if (out->size < sizeof *out)                                           \
            return;                                                            \
        out->date = date_of(from->driver.date);                                \
        out->version = version_of(from->driver.version);                       \
    }
DRIVER_FILL(fill_w, driver_data_w, true)
DRIVER_FILL(fill_a, driver_data_a, false)

#define DRIVERS(letter, data_type, detail_type, fill, wide)                                      \
    EXPORT(BOOL, SetupDiEnumDriverInfo##letter,                                                  \
           (HDEVINFO handle, struct devinfo_data * data, DWORD type, DWORD index,                \
            struct data_type * out))                                                             \
    {                                                                                            \
        struct device_element *element = element_of(handle, data, true);                         \
        if (!element)                                                                            \
            return FALSE;                                                                        \
        if (!out || (out->size != sizeof *out && out->size != offsetof(struct data_type, date))) \
            return error_fail(ERROR_INVALID_USER_BUFFER);                                        \
        list_for_each(node, &element->drivers)                                                   \
        {                                                                                        \
            if (index--)                                                                         \
                continue;                                                                        \
            fill(out, list_entry(node, struct driver_element, link));                            \
            return TRUE;                                                                         \
        }                                                                                        \
        return error_fail(ERROR_NO_MORE_ITEMS);                                                  \
    }                                                                                            \
    EXPORT(BOOL, SetupDiSetSelectedDriver##letter,                                               \
           (HDEVINFO handle, struct devinfo_data * data, struct data_type * driver))             \
    {                                                                                            \
        struct device_element *element = element_of(handle, data, true);                         \
        if (!element)                                                                            \
            return FALSE;                                                                        \
        element->selected = driver ? driver_find(element, driver->reserved) : NULL;              \
        return !driver || element->selected;                                                     \
    }                                                                                            \
    EXPORT(BOOL, SetupDiGetSelectedDriver##letter,                                               \
           (HDEVINFO handle, struct devinfo_data * data, struct data_type * out))                \
    {                                                                                            \
        struct device_element *element = element_of(handle, data, true);                         \
        if (!element)                                                                            \
            return FALSE;                                                                        \
        if (!element->selected)                                                                  \
            return error_fail(ERROR_NO_DRIVER_SELECTED);                                         \
        fill(out, element->selected);                                                            \
        return TRUE;                                                                             \
    }                                                                                            \
    EXPORT(BOOL, SetupDiGetDriverInfoDetail##letter,                                             \
           (HDEVINFO handle, struct devinfo_data * data, struct data_type * driver,              \
            struct detail_type * out, DWORD room, DWORD * needed))                               \
    {                                                                                            \
        struct device_element *element = element_of(handle, data, true);                         \
        struct driver_element *found =                                                           \
            element && driver ? driver_find(element, driver->reserved) : NULL;                   \
        if (!found)                                                                              \
            return FALSE;                                                                        \
        DWORD head = offsetof(struct detail_type, hardware_id), count;                           \
        DWORD space = out && room > head ? (room - head) / (DWORD)sizeof *out->hardware_id : 0;  \
        bool fits =                                                                              \
            text_answer((const wchar_t *)found->driver.matching_id, wide,                        \
                        out && space ? out->hardware_id : NULL, space ? space - 1 : 0, &count);  \
        if (needed)                                                                              \
            *needed = head + (count + 1) * (DWORD)sizeof *out->hardware_id;                      \
        if (!out)                                                                                \
            return error_fail(ERROR_INSUFFICIENT_BUFFER);                                        \
        if (out->size != sizeof *out || room < sizeof *out)                                      \
            return error_fail(ERROR_INVALID_USER_BUFFER);                                        \
        out->date = date_of(found->driver.date);                                                 \
        out->compatible_offset = 0;                                                              \
        out->compatible_length = 0;                                                              \
        out->reserved = 0;                                                                       \
        wchar_t inf[64] = L"C:\\Windows\\INF\\";                                                 \
        crt_wcscat(inf, (const wchar_t *)found->driver.published);                               \
        FIELD(out->section, found->driver.section, wide);                                        \
        FIELD(out->inf, inf, wide);                                                              \
        FIELD(out->description, found->driver.description, wide);                                \
        out->hardware_id[fits ? count : 0] = 0;                                                  \
        return fits ? TRUE : error_fail(ERROR_INSUFFICIENT_BUFFER);                              \
    }
DRIVERS(W, driver_data_w, driver_detail_w, fill_w, true)
DRIVERS(A, driver_data_a, driver_detail_a, fill_a, false)

struct driver_params { /* SP_DRVINSTALL_PARAMS */
    DWORD size, rank, flags;
    ULONG_PTR private;
    DWORD reserved;
};

EXPORT(BOOL, SetupDiGetDriverInstallParamsW,
       (HDEVINFO handle, struct devinfo_data *data, struct driver_data_w *driver,
        struct driver_params *out))
{
    struct device_element *element = element_of(handle, data, true);
    struct driver_element *found =
        element && driver ? driver_find(element, driver->reserved) : NULL;
    if (!found)
        return FALSE;
    if (!out || out->size != sizeof *out)
        return error_fail(ERROR_INVALID_USER_BUFFER);
    out->rank = found->driver.rank;
    out->flags =
        found->driver.flags & WIRE_DRIVER_INSTALLED ? 0x40000u : 0; /* DNF_INSTALLEDDRIVER */
    out->private = 0;
    return TRUE;
}
EXPORT(BOOL, SetupDiGetDriverInstallParamsA,
       (HDEVINFO handle, struct devinfo_data *data, struct driver_data_w *driver,
        struct driver_params *out))
{
    return SetupDiGetDriverInstallParamsW(handle, data, driver, out);
}
