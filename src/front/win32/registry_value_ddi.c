/* SPDX-License-Identifier: MIT */
/* registry_value_ddi.c - the registry: values. Doc: winreg.h
 *
 * …A forms store text as UTF-16 and give it back as UTF-8, as on Windows.
 */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "registry.h"

static UNICODE_STRING name_of(LPCWSTR name)
{
    size_t bytes = name ? crt_wcslen(name) * sizeof *name : 0;
    return (UNICODE_STRING){(USHORT)bytes, (USHORT)bytes, (PWSTR)name};
}

static bool is_text(DWORD type)
{
    return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ;
}

/* ---- set and deleted --------------------------------------------------------------------------
 */

EXPORT(LSTATUS, RegSetValueExW,
       (HKEY key, LPCWSTR name, DWORD reserved, DWORD type, const BYTE *data, DWORD size))
{
    HANDLE handle;
    bool is_own;
    UNICODE_STRING string = name_of(name);
    LSTATUS error = registry_handle(key, KEY_SET_VALUE, &handle, &is_own);
    if (error)
        return error;
    NTSTATUS status = NtSetValueKey(handle, &string, 0, type, (PVOID)data, size);
    if (is_own)
        NtClose(handle);
    return (LSTATUS)error_of_status(status);
}

EXPORT(LSTATUS, RegSetValueExA,
       (HKEY key, LPCSTR name, DWORD reserved, DWORD type, const BYTE *data, DWORD size))
{
    struct wide wide;
    wchar_t *text = NULL;
    wide_of(&wide, name);
    if (is_text(type) && data) {
        text = heap_take((size + 1) * sizeof *text);
        if (!text)
            return (LSTATUS)ERROR_NOT_ENOUGH_MEMORY;
        size = (DWORD)(crt_utf8_to_utf16((const char *)data, size, 0, text, size).written *
                       sizeof *text);
        data = (const BYTE *)text;
    }
    LSTATUS error = RegSetValueExW(key, wide.text, 0, type, data, size);
    heap_give(text);
    wide_drop(&wide);
    return error;
}

EXPORT(LSTATUS, RegDeleteValueW, (HKEY key, LPCWSTR name))
{
    HANDLE handle;
    bool is_own;
    UNICODE_STRING string = name_of(name);
    LSTATUS error = registry_handle(key, KEY_SET_VALUE, &handle, &is_own);
    if (error)
        return error;
    NTSTATUS status = NtDeleteValueKey(handle, &string);
    if (is_own)
        NtClose(handle);
    return (LSTATUS)error_of_status(status);
}

EXPORT(LSTATUS, RegDeleteValueA, (HKEY key, LPCSTR name))
{
    struct wide wide;
    wide_of(&wide, name);
    LSTATUS error = RegDeleteValueW(key, wide.text);
    wide_drop(&wide);
    return error;
}

/* ---- asked for
 * -------------------------------------------------------------------------------------- */

/* The value whole, on the process heap. */
static LSTATUS value_get(HKEY key, LPCWSTR name, KEY_VALUE_PARTIAL_INFORMATION **out_value)
{
    HANDLE handle;
    bool is_own;
    UNICODE_STRING string = name_of(name);
    ULONG room = 512, needed = 0;
    LSTATUS error = registry_handle(key, KEY_QUERY_VALUE, &handle, &is_own);
    if (error)
        return error;
    KEY_VALUE_PARTIAL_INFORMATION *value = NULL;
    NTSTATUS status;
    do {
        heap_give(value);
        room = needed > room ? needed : room;
        value = heap_take(room);
        status = value ? NtQueryValueKey(handle, &string, KeyValuePartialInformation, value, room,
                                         &needed)
                       : STATUS_NO_MEMORY;
    } while ((status == STATUS_BUFFER_OVERFLOW || status == STATUS_BUFFER_TOO_SMALL) &&
             needed > room);
    if (is_own)
        NtClose(handle);
    if (!NT_SUCCESS(status)) {
        heap_give(value);
        return (LSTATUS)error_of_status(status);
    }
    *out_value = value;
    return ERROR_SUCCESS;
}

/* What of bytes a caller gets, by the rules that all the query functions share. */
static LSTATUS data_answer(const void *bytes, DWORD length, void *data, DWORD *size)
{
    DWORD room = size ? *size : 0;
    if (data && !size)
        return (LSTATUS)ERROR_INVALID_PARAMETER;
    if (size)
        *size = length;
    if (!data)
        return ERROR_SUCCESS;
    if (room < length)
        return (LSTATUS)ERROR_MORE_DATA;
    memcpy(data, bytes, length);
    return ERROR_SUCCESS;
}

EXPORT(LSTATUS, RegQueryValueExW,
       (HKEY key, LPCWSTR name, DWORD *reserved, DWORD *type, BYTE *data, DWORD *size))
{
    KEY_VALUE_PARTIAL_INFORMATION *value;
    LSTATUS error = value_get(key, name, &value);
    if (error)
        return error;
    if (type)
        *type = value->Type;
    error = data_answer(value->Data, value->DataLength, data, size);
    heap_give(value);
    return error;
}

static LSTATUS value_answer_narrow(const void *bytes, DWORD length, DWORD type, void *data,
                                   DWORD *size)
{
    if (!is_text(type))
        return data_answer(bytes, length, data, size);
    size_t count = length / sizeof(wchar_t);
    size_t room = count * 3 + 1;
    char *text = heap_take(room);
    if (!text)
        return (LSTATUS)ERROR_NOT_ENOUGH_MEMORY;
    size_t stored = crt_utf16_to_utf8(bytes, count, 0, text, room).written;
    LSTATUS error = data_answer(text, (DWORD)stored, data, size);
    heap_give(text);
    return error;
}

EXPORT(LSTATUS, RegQueryValueExA,
       (HKEY key, LPCSTR name, DWORD *reserved, DWORD *type, BYTE *data, DWORD *size))
{
    struct wide wide;
    KEY_VALUE_PARTIAL_INFORMATION *value;
    wide_of(&wide, name);
    LSTATUS error = value_get(key, wide.text, &value);
    wide_drop(&wide);
    if (error)
        return error;
    if (type)
        *type = value->Type;
    error = value_answer_narrow(value->Data, value->DataLength, value->Type, data, size);
    heap_give(value);
    return error;
}

/* RRF_RT_… bits of a type; 0x10 to 0x18 are dword and qword with binary. */
static bool type_is_wanted(DWORD type, DWORD flags)
{
    static const DWORD bits[] = {0x1, 0x2, 0x4, 0x8, 0x10, 0, 0, 0x20, 0, 0, 0, 0x40};
    DWORD bit = type < sizeof bits / sizeof *bits ? bits[type] : 0;
    return (flags & 0xffff) == 0xffff || flags & bit;
}

EXPORT(LSTATUS, RegGetValueW,
       (HKEY key, LPCWSTR sub_key, LPCWSTR name, DWORD flags, DWORD *type, PVOID data, DWORD *size))
{
    LSTATUS WINAPI RegOpenKeyExW(HKEY, LPCWSTR, DWORD, ACCESS_MASK, HKEY *);
    LSTATUS WINAPI RegCloseKey(HKEY);
    HKEY opened = NULL;
    LSTATUS error = sub_key ? RegOpenKeyExW(key, sub_key, 0, KEY_QUERY_VALUE, &opened) : 0;
    if (error)
        return error;
    KEY_VALUE_PARTIAL_INFORMATION *value;
    error = value_get(opened ? opened : key, name, &value);
    if (opened)
        RegCloseKey(opened);
    if (error)
        return error;
    if (type)
        *type = value->Type;
    if (!type_is_wanted(value->Type, flags))
        error = 1630; /* ERROR_UNSUPPORTED_TYPE */
    else
        error = data_answer(value->Data, value->DataLength, data, size);
    heap_give(value);
    return error;
}

/* ---- enumerated
 * -------------------------------------------------------------------------------------- */

static LSTATUS value_enumerate(HKEY key, DWORD index, KEY_VALUE_FULL_INFORMATION **out_value)
{
    HANDLE handle;
    bool is_own;
    ULONG room = 1024, needed = 0;
    LSTATUS error = registry_handle(key, KEY_QUERY_VALUE, &handle, &is_own);
    if (error)
        return error;
    KEY_VALUE_FULL_INFORMATION *value = NULL;
    NTSTATUS status;
    do {
        heap_give(value);
        room = needed > room ? needed : room;
        value = heap_take(room);
        status = value ? NtEnumerateValueKey(handle, index, KeyValueFullInformation, value, room,
                                             &needed)
                       : STATUS_NO_MEMORY;
    } while ((status == STATUS_BUFFER_OVERFLOW || status == STATUS_BUFFER_TOO_SMALL) &&
             needed > room);
    if (is_own)
        NtClose(handle);
    if (!NT_SUCCESS(status)) {
        heap_give(value);
        return (LSTATUS)error_of_status(status);
    }
    *out_value = value;
    return ERROR_SUCCESS;
}

EXPORT(LSTATUS, RegEnumValueW,
       (HKEY key, DWORD index, LPWSTR name, DWORD *count, DWORD *reserved, DWORD *type, BYTE *data,
        DWORD *size))
{
    KEY_VALUE_FULL_INFORMATION *value;
    LSTATUS error = value_enumerate(key, index, &value);
    if (error)
        return error;
    DWORD length = value->NameLength / sizeof(wchar_t);
    if (length >= *count) {
        error = (LSTATUS)ERROR_MORE_DATA;
    } else {
        memcpy(name, value->Name, value->NameLength);
        name[length] = 0;
        *count = length;
        if (type)
            *type = value->Type;
        error = data_answer((char *)value + value->DataOffset, value->DataLength, data, size);
    }
    heap_give(value);
    return error;
}

EXPORT(LSTATUS, RegEnumValueA,
       (HKEY key, DWORD index, LPSTR name, DWORD *count, DWORD *reserved, DWORD *type, BYTE *data,
        DWORD *size))
{
    KEY_VALUE_FULL_INFORMATION *value;
    LSTATUS error = value_enumerate(key, index, &value);
    if (error)
        return error;
    size_t length = value->NameLength / sizeof(wchar_t);
    struct crt_utf made = crt_utf16_to_utf8(value->Name, length, 0, name, *count);
    if (made.consumed < length || made.written >= *count) {
        error = (LSTATUS)ERROR_MORE_DATA;
    } else {
        name[made.written] = '\0';
        *count = (DWORD)made.written;
        if (type)
            *type = value->Type;
        error = value_answer_narrow((char *)value + value->DataOffset, value->DataLength,
                                    value->Type, data, size);
    }
    heap_give(value);
    return error;
}
