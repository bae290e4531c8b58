/* SPDX-License-Identifier: MIT */
/* key.c - the registry by paths and texts in UTF-8, as INFs give them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cm/cm.h"
#include "rtl/rtl.h"
#include "setup_internal.h"

static NTSTATUS key_open_last(const char *path, bool create, void **out_key)
{
    UNICODE_STRING name;
    NTSTATUS status = rtl_unicode_of(path, &name);
    if (!NT_SUCCESS(status))
        return status;
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = cm_key_open(&attributes, KEY_ALL_ACCESS, KernelMode, create, 0, NULL, out_key);
    RtlFreeUnicodeString(&name);
    return status;
}

/* create: with all that is missing above it. */
NTSTATUS setup_key_open(const char *path, bool create, void **out_key)
{
    NTSTATUS status = key_open_last(path, create, out_key);
    if (status != STATUS_OBJECT_NAME_NOT_FOUND || !create)
        return status;
    const char *slash = strrchr(path, '\\');
    char *above = slash > path ? strndup(path, (size_t)(slash - path)) : NULL;
    void *parent;
    if (!above)
        return status;
    status = setup_key_open(above, true, &parent);
    free(above);
    if (!NT_SUCCESS(status))
        return status;
    ObDereferenceObject(parent);
    return key_open_last(path, true, out_key);
}

bool setup_key_exists(const char *path)
{
    void *key;
    if (!NT_SUCCESS(setup_key_open(path, false, &key)))
        return false;
    ObDereferenceObject(key);
    return true;
}

void setup_key_value(const char *path, const char *name, uint32_t *out_type, uint8_t **out_data,
                     uint32_t *out_length)
{
    void *key, *data;
    UNICODE_STRING value;
    ULONG type, length;
    *out_data = NULL;
    if (!NT_SUCCESS(setup_key_open(path, false, &key)))
        return;
    if (NT_SUCCESS(rtl_unicode_of(name, &value))) {
        if (NT_SUCCESS(cm_value_get(key, &value, &type, &data, &length))) {
            *out_data = malloc(length ? length : 1);
            if (*out_data) {
                memcpy(*out_data, data, length);
                *out_type = type;
                *out_length = length;
            }
            ExFreePool(data);
        }
        RtlFreeUnicodeString(&value);
    }
    ObDereferenceObject(key);
}

char *text_of_wide(const void *data, uint32_t length)
{
    const WCHAR *wide = data;
    uint32_t units = 0;
    while (units < length / sizeof(WCHAR) && units < 0x7ff0 && wide[units])
        units++;
    UNICODE_STRING string = {.Buffer = (PWSTR)wide,
                             .Length = (USHORT)(units * sizeof(WCHAR)),
                             .MaximumLength = (USHORT)(units * sizeof(WCHAR))};
    char *text = rtl_utf8_of(&string), *own = text ? strdup(text) : NULL;
    rtl_free(text);
    return own;
}

uint8_t *text_wide(const char *text, uint32_t *out_length)
{
    UNICODE_STRING string;
    if (!NT_SUCCESS(rtl_unicode_of(text, &string)))
        return NULL;
    uint32_t length = string.Length;
    uint8_t *wide = malloc(length + sizeof(WCHAR));
    if (wide) {
        memcpy(wide, string.Buffer, length);
        memset(wide + length, 0, sizeof(WCHAR));
        *out_length = length + (uint32_t)sizeof(WCHAR);
    }
    RtlFreeUnicodeString(&string);
    return wide;
}

char *text_format(const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return length < 0 ? NULL : text;
}

char *setup_key_text(const char *path, const char *name)
{
    uint32_t type, length;
    uint8_t *data;
    setup_key_value(path, name, &type, &data, &length);
    char *text = data && (type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ)
                     ? text_of_wide(data, length)
                     : NULL;
    free(data);
    return text;
}

uint32_t setup_key_number(const char *path, const char *name, uint32_t absent)
{
    uint32_t type, length, number = absent;
    uint8_t *data;
    setup_key_value(path, name, &type, &data, &length);
    if (data && type == REG_DWORD && length == sizeof number)
        memcpy(&number, data, sizeof number);
    free(data);
    return number;
}

/* Grows by one; NULL behind the last. */
struct text_list {
    char **texts;
    size_t count;
};

static bool list_add(struct text_list *list, char *text)
{
    char **grown = text ? realloc(list->texts, (list->count + 2) * sizeof *grown) : NULL;
    if (!grown) {
        free(text);
        return false;
    }
    list->texts = grown;
    grown[list->count++] = text;
    grown[list->count] = NULL;
    return true;
}

char **setup_key_list(const char *path, const char *name)
{
    uint32_t type, length;
    uint8_t *data;
    struct text_list list = {0};
    setup_key_value(path, name, &type, &data, &length);
    bool is_many = type == REG_MULTI_SZ;
    for (uint32_t at = 0; data && at + sizeof(WCHAR) <= length;) {
        const WCHAR *wide = (const WCHAR *)(data + at);
        uint32_t units = 0;
        while ((units + 1) * sizeof(WCHAR) <= length - at && wide[units])
            units++;
        if (!units || !list_add(&list, text_of_wide(wide, length - at)) || !is_many)
            break;
        at += (units + 1) * (uint32_t)sizeof(WCHAR);
    }
    free(data);
    return list.texts;
}

static char *subkey_name(void *key, ULONG index)
{
    struct {
        KEY_BASIC_INFORMATION information;
        WCHAR rest[256];
    } buffer;
    ULONG length;
    if (!NT_SUCCESS(
            cm_key_enumerate(key, index, KeyBasicInformation, &buffer, sizeof buffer, &length)))
        return NULL;
    return text_of_wide(buffer.information.Name, buffer.information.NameLength);
}

char **setup_key_names(const char *path)
{
    struct text_list list = {0};
    void *key;
    if (!NT_SUCCESS(setup_key_open(path, false, &key)))
        return NULL;
    while (list_add(&list, subkey_name(key, (ULONG)list.count)))
        ;
    ObDereferenceObject(key);
    return list.texts;
}

void setup_key_list_free(char **list)
{
    for (size_t i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
}

NTSTATUS setup_key_delete_tree(const char *path)
{
    char **names = setup_key_names(path);
    NTSTATUS status = STATUS_SUCCESS;
    for (size_t i = 0; names && names[i] && NT_SUCCESS(status); i++) {
        char *below = text_format("%s\\%s", path, names[i]);
        status = below ? setup_key_delete_tree(below) : STATUS_INSUFFICIENT_RESOURCES;
        free(below);
    }
    setup_key_list_free(names);
    void *key;
    if (NT_SUCCESS(status))
        status = setup_key_open(path, false, &key);
    if (!NT_SUCCESS(status))
        return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : status;
    status = cm_key_delete(key);
    ObDereferenceObject(key);
    return status;
}
