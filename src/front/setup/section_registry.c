/* SPDX-License-Identifier: MIT */
/* section_registry.c - AddReg, DelReg and BitReg of a section, done to the program's registry.
 *
 * Names and data are copied to the program's heap, where the registry's services can read them.
 * Differs: security descriptors of [add-registry-section.Security] are not set.
 */
#include "section.h"

#include <stdlib.h>
#include <string.h>

#include "crt/string.h"

#define KEY_ALL    0x3001fu /* read, write, delete */
#define VIEW_64    0x100u   /* KEY_WOW64_64KEY */
#define VIEW_32    0x200u
#define VALUE_MOST 0x10000u

LSTATUS WINAPI RegSetValueExW(HKEY key, LPCWSTR name, DWORD reserved, DWORD type, const BYTE *data,
                              DWORD length);
LSTATUS WINAPI RegDeleteValueW(HKEY key, LPCWSTR name);
LSTATUS WINAPI RegDeleteKeyExW(HKEY key, LPCWSTR sub_key, ACCESS_MASK view, DWORD reserved);

struct walk {
    struct inf_handle *handle;
    HKEY relative;
    unsigned parts;
    DWORD error;
};

/* Of a value: what it is, and what it becomes; all on the heap. */
struct value {
    HKEY key;
    wchar_t *name;
    void *data;
    DWORD length, type;
};

static HKEY root_of(const struct walk *walk, const char *root)
{
    static const char *const names[] = {"HKCR", "HKCU", "HKLM", "HKU"};
    for (unsigned i = 0; i < 4; i++)
        if (inf_same(root, names[i]))
            return (HKEY)(ULONG_PTR)(0x80000000u + i);
    return walk->relative;
}

static ACCESS_MASK view_of(const struct inf_registry *entry)
{
    return entry->flags & INF_ADDREG_64BITKEY   ? VIEW_64
           : entry->flags & INF_ADDREG_32BITKEY ? VIEW_32
                                                : 0;
}

static LSTATUS key_open(HKEY root, const wchar_t *path, ACCESS_MASK view, bool creates,
                        HKEY *out_key)
{
    return creates ? RegCreateKeyExW(root, path, 0, NULL, 0, KEY_ALL | view, NULL, out_key, NULL)
                   : RegOpenKeyExW(root, path, 0, KEY_ALL | view, out_key);
}

/* What the value holds now; ERROR_FILE_NOT_FOUND: it is not there. */
static LSTATUS value_read(struct value *value)
{
    value->length = VALUE_MOST;
    value->data = heap_take(VALUE_MOST + 2 * sizeof(wchar_t));
    if (!value->data)
        return (LSTATUS)ERROR_NOT_ENOUGH_MEMORY;
    LSTATUS status =
        RegQueryValueExW(value->key, value->name, NULL, &value->type, value->data, &value->length);
    if (!status)
        memset((char *)value->data + value->length, 0, 2 * sizeof(wchar_t));
    return status;
}

static LSTATUS value_write(const struct value *value)
{
    return RegSetValueExW(value->key, value->name, 0, value->type, value->data, value->length);
}

static LSTATUS entry_set(struct value *value, const struct inf_registry *entry)
{
    if (entry->if_absent || entry->if_present) {
        DWORD length = 0;
        bool is_there = !RegQueryValueExW(value->key, value->name, NULL, NULL, NULL, &length);
        if (is_there ? entry->if_absent : entry->if_present)
            return 0;
    }
    value->data = heap_take(entry->data_length + 1);
    if (!value->data)
        return (LSTATUS)ERROR_NOT_ENOUGH_MEMORY;
    memcpy(value->data, entry->data, entry->data_length);
    value->length = entry->data_length;
    value->type = entry->type;
    return value_write(value);
}

/* The place of a text in a list of texts; NULL: it is not in it. */
static wchar_t *string_find(wchar_t *list, const wchar_t *text)
{
    for (wchar_t *at = list; *at; at += crt_wcslen(at) + 1)
        if (!crt_wcsicmp(at, text))
            return at;
    return NULL;
}

/* Each text of the entry that is not in the list yet goes to its end; or each is taken out. */
static LSTATUS entry_strings(struct value *value, const struct inf_registry *entry, bool is_delete)
{
    LSTATUS status = value_read(value);
    if (status == (LSTATUS)ERROR_FILE_NOT_FOUND && is_delete)
        return 0;
    if (status == (LSTATUS)ERROR_FILE_NOT_FOUND) {
        memset(value->data, 0, 2 * sizeof(wchar_t));
        value->type = REG_MULTI_SZ;
    } else if (status) {
        return status;
    }
    wchar_t *list = value->data;
    const wchar_t *from = (const wchar_t *)entry->data;
    const wchar_t *end = from + entry->data_length / sizeof *from;
    for (; from < end && *from; from += crt_wcslen(from) + 1) {
        size_t count = list_count(list), length = crt_wcslen(from) + 1;
        wchar_t *at = string_find(list, from);
        if (at && is_delete)
            memmove(at, at + length, (count - (size_t)(at - list) - length) * sizeof *list);
        if (at || is_delete)
            continue;
        if ((count + length) * sizeof *list > VALUE_MOST)
            return (LSTATUS)ERROR_NOT_ENOUGH_MEMORY;
        memcpy(list + count - 1, from, length * sizeof *list);
        list[count - 1 + length] = 0;
    }
    value->length = (DWORD)(list_count(list) * sizeof *list);
    return value_write(value);
}

static LSTATUS entry_bits(struct value *value, const struct inf_registry *entry)
{
    LSTATUS status = value_read(value);
    if (status == (LSTATUS)ERROR_FILE_NOT_FOUND)
        return 0;
    if (status || value->type != REG_BINARY || entry->bit_byte >= value->length)
        return status;
    uint8_t *byte = (uint8_t *)value->data + entry->bit_byte;
    *byte = entry->action == INF_REGISTRY_BITS_SET ? *byte | entry->bit_mask
                                                   : *byte & (uint8_t)~entry->bit_mask;
    return value_write(value);
}

static LSTATUS key_delete(HKEY root, const wchar_t *path, ACCESS_MASK view)
{
    HKEY key;
    LSTATUS status = key_open(root, path, view, false, &key);
    if (status)
        return status;
    status = RegDeleteTreeW(key, NULL);
    RegCloseKey(key);
    return status || !*path ? status : RegDeleteKeyExW(root, path, view, 0);
}

static bool is_wanted(const struct walk *walk, const struct inf_registry *entry)
{
    bool is_bits =
        entry->action == INF_REGISTRY_BITS_SET || entry->action == INF_REGISTRY_BITS_CLEAR;
    return walk->parts & (is_bits ? SECTION_BITS : SECTION_VALUES);
}

static LSTATUS entry_do(struct value *value, const struct inf_registry *entry)
{
    switch (entry->action) {
    case INF_REGISTRY_SET:
        return entry_set(value, entry);
    case INF_REGISTRY_APPEND:
        return entry_strings(value, entry, false);
    case INF_REGISTRY_DELETE_STRING:
        return entry_strings(value, entry, true);
    case INF_REGISTRY_DELETE_VALUE:
        return RegDeleteValueW(value->key, value->name);
    case INF_REGISTRY_BITS_SET:
    case INF_REGISTRY_BITS_CLEAR:
        return entry_bits(value, entry);
    default:
        return 0; /* the key alone */
    }
}

static int entry_take(void *context, const struct inf_registry *entry)
{
    struct walk *walk = context;
    if (!is_wanted(walk, entry))
        return 0;
    HKEY root = root_of(walk, entry->root);
    wchar_t *path = section_text(entry->subkey);
    struct value value = {.name = section_text(entry->name)};
    bool creates = entry->action <= INF_REGISTRY_APPEND && !entry->if_present;
    LSTATUS status = (LSTATUS)(root ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_PARAMETER);
    if (root && path && value.name && entry->action == INF_REGISTRY_DELETE_KEY) {
        status = key_delete(root, path, view_of(entry));
    } else if (root && path && value.name) {
        status = key_open(root, path, view_of(entry), creates, &value.key);
        if (!status) {
            status = entry_do(&value, entry);
            RegCloseKey(value.key);
        }
    }
    /* What is to be deleted or changed and is not there needs nothing. */
    if (!creates && status == (LSTATUS)ERROR_FILE_NOT_FOUND)
        status = 0;
    heap_give(value.data);
    heap_give(value.name);
    heap_give(path);
    walk->error = (DWORD)status;
    return status != 0;
}

DWORD section_registry_do(struct inf_handle *handle, const struct inf_section *section,
                          HKEY relative, unsigned parts)
{
    struct walk walk = {.handle = handle, .relative = relative, .parts = parts};
    struct inf_error why;
    int result = inf_registry_visit(handle->inf, section, entry_take, &walk, &why);
    return walk.error ? walk.error : result == INF_DAMAGED ? ERROR_GENERAL_SYNTAX : 0;
}
