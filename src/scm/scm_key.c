/* SPDX-License-Identifier: MIT */
/* scm_key.c - a service's configuration as registry values.
 *
 * The value names (Type, Start, ErrorControl, Tag, ImagePath, DisplayName, Group,
 * ObjectName, DeleteFlag) are those that the documentation of the Services tree lists.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cm/cm.h"
#include "rtl/rtl.h"
#include "scm_internal.h"

#define SERVICES_PATH "\\Registry\\Machine\\System\\CurrentControlSet\\Services"

static uint32_t win32_of(NTSTATUS status)
{
    return NT_SUCCESS(status) ? NO_ERROR : RtlNtStatusToDosError(status);
}

uint32_t scm_key_path(const char *name, UNICODE_STRING *out_path)
{
    char path[512];
    snprintf(path, sizeof path, SERVICES_PATH "%s%s", *name ? "\\" : "", name);
    return win32_of(rtl_unicode_of(path, out_path));
}

uint32_t scm_key_open(const char *name, bool create, void **out_key)
{
    UNICODE_STRING path;
    uint32_t error = scm_key_path(name, &path);
    if (error)
        return error;
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    ULONG disposition = 0;
    NTSTATUS status =
        cm_key_open(&attributes, KEY_ALL_ACCESS, KernelMode, create, 0, &disposition, out_key);
    RtlFreeUnicodeString(&path);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND)
        return ERROR_SERVICE_DOES_NOT_EXIST;
    if (!NT_SUCCESS(status))
        return win32_of(status);
    if (create && disposition == REG_OPENED_EXISTING_KEY) {
        error =
            scm_key_is_marked(*out_key) ? ERROR_SERVICE_MARKED_FOR_DELETE : ERROR_SERVICE_EXISTS;
        ObDereferenceObject(*out_key);
        return error;
    }
    return NO_ERROR;
}

static uint32_t number_write(void *key, PCWSTR name, uint32_t value)
{
    UNICODE_STRING value_name;
    RtlInitUnicodeString(&value_name, name);
    return win32_of(cm_value_set(key, &value_name, REG_DWORD, &value, sizeof value));
}

static uint32_t text_write(void *key, PCWSTR name, ULONG type, const char *text)
{
    if (!*text)
        return NO_ERROR;
    UNICODE_STRING value_name, value;
    RtlInitUnicodeString(&value_name, name);
    NTSTATUS status = rtl_unicode_of(text, &value);
    if (!NT_SUCCESS(status))
        return win32_of(status);
    /* rtl_unicode_of terminates its result; registry strings count the terminator. */
    status =
        cm_value_set(key, &value_name, type, value.Buffer, value.Length + (ULONG)sizeof(WCHAR));
    RtlFreeUnicodeString(&value);
    return win32_of(status);
}

/* One value of services, one of groups; a list without names takes the value away. */
static uint32_t names_write(void *key, PCWSTR value, const char *names, bool are_groups)
{
    UNICODE_STRING value_name, text;
    WCHAR list[sizeof((struct scm_config *)0)->dependencies + 1];
    ULONG used = 0;
    RtlInitUnicodeString(&value_name, value);
    for (; *names; names += strlen(names) + 1) {
        if ((*names == '+') != are_groups || !NT_SUCCESS(rtl_unicode_of(names + are_groups, &text)))
            continue;
        ULONG count = text.Length / (ULONG)sizeof(WCHAR) + 1;
        if (used + count < sizeof list / sizeof *list) {
            memcpy(list + used, text.Buffer, count * sizeof(WCHAR));
            used += count;
        }
        RtlFreeUnicodeString(&text);
    }
    list[used] = 0;
    if (used)
        return win32_of(
            cm_value_set(key, &value_name, REG_MULTI_SZ, list, (used + 1) * (ULONG)sizeof(WCHAR)));
    cm_value_delete(key, &value_name);
    return NO_ERROR;
}

/* Appends the names of a list to out, a plus before each of groups. */
static void names_read(void *key, PCWSTR value, bool are_groups, char *out, size_t size)
{
    UNICODE_STRING value_name;
    ULONG type, length;
    void *data;
    size_t used = 0;
    while (out[used])
        used += strlen(out + used) + 1;
    RtlInitUnicodeString(&value_name, value);
    if (!NT_SUCCESS(cm_value_get(key, &value_name, &type, &data, &length)))
        return;
    const WCHAR *at = data, *end = at + length / sizeof(WCHAR);
    while (type == REG_MULTI_SZ && at < end && *at) {
        const WCHAR *stop = at;
        while (stop < end && *stop)
            stop++;
        UNICODE_STRING name = {.Buffer = (PWSTR)at,
                               .Length = (USHORT)((stop - at) * (ptrdiff_t)sizeof(WCHAR)),
                               .MaximumLength = (USHORT)((stop - at) * (ptrdiff_t)sizeof(WCHAR))};
        char *text = rtl_utf8_of(&name);
        if (text && used + strlen(text) + 3 < size) {
            used += (size_t)snprintf(out + used, size - used, "%s%s", are_groups ? "+" : "", text);
            out[++used] = '\0';
        }
        if (text)
            rtl_free(text);
        at = stop + 1;
    }
    ExFreePool(data);
}

uint32_t scm_key_write(void *key, const struct scm_config *config)
{
    uint32_t error = number_write(key, L"Type", config->type);
    if (!error)
        error = number_write(key, L"Start", config->start);
    if (!error)
        error = number_write(key, L"ErrorControl", config->error_control);
    if (!error && config->tag)
        error = number_write(key, L"Tag", config->tag);
    if (!error)
        error = text_write(key, L"ImagePath", REG_EXPAND_SZ, config->image_path);
    if (!error)
        error = text_write(key, L"DisplayName", REG_SZ, config->display_name);
    if (!error)
        error = text_write(key, L"Group", REG_SZ, config->group);
    if (!error)
        error = text_write(key, L"ObjectName", REG_SZ, config->account);
    if (!error)
        error = names_write(key, L"DependOnService", config->dependencies, false);
    if (!error)
        error = names_write(key, L"DependOnGroup", config->dependencies, true);
    return error;
}

uint32_t scm_key_number(void *key, PCWSTR name, uint32_t absent)
{
    UNICODE_STRING value_name;
    RtlInitUnicodeString(&value_name, name);
    ULONG type, length;
    void *data;
    if (!NT_SUCCESS(cm_value_get(key, &value_name, &type, &data, &length)))
        return absent;
    uint32_t value = absent;
    if (type == REG_DWORD && length == sizeof value)
        memcpy(&value, data, sizeof value);
    ExFreePool(data);
    return value;
}

void scm_key_text(void *key, PCWSTR name, char *out_text, size_t size)
{
    *out_text = '\0';
    UNICODE_STRING value_name;
    RtlInitUnicodeString(&value_name, name);
    ULONG type, length;
    void *data;
    if (!NT_SUCCESS(cm_value_get(key, &value_name, &type, &data, &length)))
        return;
    if (type == REG_SZ || type == REG_EXPAND_SZ) {
        UNICODE_STRING value = {
            .Buffer = data, .Length = (USHORT)length, .MaximumLength = (USHORT)length};
        while (value.Length >= sizeof(WCHAR) && !value.Buffer[value.Length / sizeof(WCHAR) - 1])
            value.Length -= sizeof(WCHAR);
        char *text = rtl_utf8_of(&value);
        if (text) {
            snprintf(out_text, size, "%s", text);
            rtl_free(text);
        }
    }
    ExFreePool(data);
}

ULONG scm_key_bytes(void *key, PCWSTR name, void *out_bytes, ULONG size)
{
    UNICODE_STRING value_name;
    ULONG type, length;
    void *data;
    RtlInitUnicodeString(&value_name, name);
    if (!NT_SUCCESS(cm_value_get(key, &value_name, &type, &data, &length)))
        return 0;
    length = length <= size ? length : 0;
    memcpy(out_bytes, data, length);
    ExFreePool(data);
    return length;
}

uint32_t scm_control_number(PCWSTR name, uint32_t absent)
{
    UNICODE_STRING path =
        RTL_CONSTANT_STRING(L"\\Registry\\Machine\\System\\CurrentControlSet\\Control");
    OBJECT_ATTRIBUTES attributes;
    void *key;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (!NT_SUCCESS(cm_key_open(&attributes, KEY_READ, KernelMode, false, 0, NULL, &key)))
        return absent;
    uint32_t number = scm_key_number(key, name, absent);
    if (number == absent) { /* some are written as text */
        char text[32];
        scm_key_text(key, name, text, sizeof text);
        if (*text >= '0' && *text <= '9')
            number = (uint32_t)strtoul(text, NULL, 10);
    }
    ObDereferenceObject(key);
    return number;
}

uint32_t scm_config_read(const char *name, struct scm_config *out_config)
{
    void *key;
    uint32_t error = scm_key_open(name, false, &key);
    if (error)
        return error;
    memset(out_config, 0, sizeof *out_config);
    snprintf(out_config->name, sizeof out_config->name, "%s", name);
    out_config->type = scm_key_number(key, L"Type", 0);
    out_config->start = scm_key_number(key, L"Start", SERVICE_DISABLED);
    out_config->error_control = scm_key_number(key, L"ErrorControl", 0);
    out_config->tag = scm_key_number(key, L"Tag", 0);
    scm_key_text(key, L"ImagePath", out_config->image_path, sizeof out_config->image_path);
    scm_key_text(key, L"DisplayName", out_config->display_name, sizeof out_config->display_name);
    scm_key_text(key, L"Group", out_config->group, sizeof out_config->group);
    scm_key_text(key, L"ObjectName", out_config->account, sizeof out_config->account);
    names_read(key, L"DependOnService", false, out_config->dependencies,
               sizeof out_config->dependencies);
    names_read(key, L"DependOnGroup", true, out_config->dependencies,
               sizeof out_config->dependencies);
    ObDereferenceObject(key);
    return NO_ERROR;
}

uint32_t scm_config_at(unsigned index, struct scm_config *out_config)
{
    void *services;
    uint32_t error = scm_key_open("", false, &services);
    if (error)
        return error;
    struct {
        KEY_BASIC_INFORMATION information;
        WCHAR rest[256];
    } buffer;
    ULONG length;
    NTSTATUS status =
        cm_key_enumerate(services, index, KeyBasicInformation, &buffer, sizeof buffer, &length);
    ObDereferenceObject(services);
    if (!NT_SUCCESS(status))
        return ERROR_NO_MORE_ITEMS;
    UNICODE_STRING name = {.Buffer = buffer.information.Name,
                           .Length = (USHORT)buffer.information.NameLength,
                           .MaximumLength = (USHORT)buffer.information.NameLength};
    char *text = rtl_utf8_of(&name);
    if (!text)
        return win32_of(STATUS_INSUFFICIENT_RESOURCES);
    error = scm_config_read(text, out_config);
    rtl_free(text);
    return error;
}

bool scm_key_is_marked(void *key)
{
    return scm_key_number(key, L"DeleteFlag", 0) != 0;
}

uint32_t scm_key_mark(void *key)
{
    return number_write(key, L"DeleteFlag", 1);
}

/* Drivers keep a Parameters key below theirs; the deepest keys go first. */
static NTSTATUS subkeys_remove(void *key)
{
    struct {
        KEY_BASIC_INFORMATION information;
        WCHAR rest[256];
    } buffer;
    ULONG length;
    while (NT_SUCCESS(
        cm_key_enumerate(key, 0, KeyBasicInformation, &buffer, sizeof buffer, &length))) {
        UNICODE_STRING name = {.Buffer = buffer.information.Name,
                               .Length = (USHORT)buffer.information.NameLength,
                               .MaximumLength = (USHORT)buffer.information.NameLength};
        HANDLE parent;
        NTSTATUS status = ob_handle_create(key, KEY_ALL_ACCESS, OBJ_KERNEL_HANDLE, &parent);
        if (!NT_SUCCESS(status))
            return status;
        OBJECT_ATTRIBUTES attributes;
        InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, parent, NULL);
        void *child;
        status = cm_key_open(&attributes, KEY_ALL_ACCESS, KernelMode, false, 0, NULL, &child);
        ob_handle_close(parent, KernelMode);
        if (!NT_SUCCESS(status))
            return status;
        status = subkeys_remove(child);
        if (NT_SUCCESS(status))
            status = cm_key_delete(child);
        ObDereferenceObject(child);
        if (!NT_SUCCESS(status))
            return status;
    }
    return STATUS_SUCCESS;
}

uint32_t scm_key_remove(void *key)
{
    NTSTATUS status = subkeys_remove(key);
    if (NT_SUCCESS(status))
        status = cm_key_delete(key);
    return win32_of(status);
}
