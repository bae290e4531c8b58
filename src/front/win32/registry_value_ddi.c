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

#define GET_NO_EXPAND       0x10000000u /* RRF_NOEXPAND */
#define GET_ZERO_ON_FAILURE 0x20000000u

/* A text with an end, which the registry does not promise; a list gets two. */
static LSTATUS text_end(KEY_VALUE_PARTIAL_INFORMATION **value)
{
    KEY_VALUE_PARTIAL_INFORMATION *old = *value;
    size_t ends = old->Type == REG_MULTI_SZ ? 2 : 1, count = old->DataLength / sizeof(wchar_t);
    wchar_t *text = (wchar_t *)old->Data;
    size_t zeros = 0;
    while (zeros < ends && zeros < count && text[count - 1 - zeros] == 0)
        zeros++;
    if (zeros == ends)
        return ERROR_SUCCESS;
    size_t head = offsetof(KEY_VALUE_PARTIAL_INFORMATION, Data);
    KEY_VALUE_PARTIAL_INFORMATION *made = heap_take(head + (count + ends) * sizeof *text);
    if (!made)
        return (LSTATUS)ERROR_NOT_ENOUGH_MEMORY;
    memcpy(made, old, head + count * sizeof *text);
    memset((wchar_t *)made->Data + count, 0, ends * sizeof *text);
    made->DataLength = (ULONG)((count + ends - zeros) * sizeof *text);
    heap_give(old);
    *value = made;
    return ERROR_SUCCESS;
}

/* Environment strings put in place of their names: the value is then a REG_SZ. */
static LSTATUS text_expand(KEY_VALUE_PARTIAL_INFORMATION **value)
{
    DWORD WINAPI ExpandEnvironmentStringsW(LPCWSTR from, LPWSTR to, DWORD count);
    KEY_VALUE_PARTIAL_INFORMATION *old = *value;
    size_t head = offsetof(KEY_VALUE_PARTIAL_INFORMATION, Data);
    DWORD count = ExpandEnvironmentStringsW((wchar_t *)old->Data, NULL, 0);
    KEY_VALUE_PARTIAL_INFORMATION *made = heap_take(head + count * sizeof(wchar_t));
    if (!made)
        return (LSTATUS)ERROR_NOT_ENOUGH_MEMORY;
    *made = (KEY_VALUE_PARTIAL_INFORMATION){.Type = REG_SZ,
                                            .DataLength = count * (DWORD)sizeof(wchar_t)};
    ExpandEnvironmentStringsW((wchar_t *)old->Data, (wchar_t *)made->Data, count);
    heap_give(old);
    *value = made;
    return ERROR_SUCCESS;
}

static bool is_expanded(DWORD type, DWORD flags)
{
    return type == REG_EXPAND_SZ && !(flags & GET_NO_EXPAND);
}

/* The value as it is wanted: of an allowed type, with its end, expanded. */
static LSTATUS value_want(HKEY key, LPCWSTR sub_key, LPCWSTR name, DWORD flags,
                          KEY_VALUE_PARTIAL_INFORMATION **out_value)
{
    LSTATUS WINAPI RegOpenKeyExW(HKEY, LPCWSTR, DWORD, ACCESS_MASK, HKEY *);
    LSTATUS WINAPI RegCloseKey(HKEY);
    HKEY opened = NULL;
    LSTATUS error = sub_key ? RegOpenKeyExW(key, sub_key, 0, KEY_QUERY_VALUE, &opened) : 0;
    if (error)
        return error;
    error = value_get(opened ? opened : key, name, out_value);
    if (opened)
        RegCloseKey(opened);
    if (error)
        return error;
    DWORD type = (*out_value)->Type;
    if (is_text(type))
        error = text_end(out_value);
    if (!error && is_expanded(type, flags))
        error = text_expand(out_value);
    if (!error && !type_is_wanted((*out_value)->Type, flags))
        error = 1630; /* ERROR_UNSUPPORTED_TYPE */
    if (error)
        heap_give(*out_value);
    return error;
}

static LSTATUS get_value(HKEY key, LPCWSTR sub_key, LPCWSTR name, DWORD flags, DWORD *type,
                         PVOID data, DWORD *size, bool is_narrow)
{
    KEY_VALUE_PARTIAL_INFORMATION *value;
    DWORD room = size ? *size : 0;
    LSTATUS error = value_want(key, sub_key, name, flags, &value);
    if (!error) {
        if (type)
            *type = value->Type;
        error = is_narrow
                    ? value_answer_narrow(value->Data, value->DataLength, value->Type, data, size)
                    : data_answer(value->Data, value->DataLength, data, size);
        heap_give(value);
    }
    if (error && data && flags & GET_ZERO_ON_FAILURE)
        memset(data, 0, room);
    return error;
}

EXPORT(LSTATUS, RegGetValueW,
       (HKEY key, LPCWSTR sub_key, LPCWSTR name, DWORD flags, DWORD *type, PVOID data, DWORD *size))
{
    return get_value(key, sub_key, name, flags, type, data, size, false);
}

EXPORT(LSTATUS, RegGetValueA,
       (HKEY key, LPCSTR sub_key, LPCSTR name, DWORD flags, DWORD *type, PVOID data, DWORD *size))
{
    struct wide wide_key, wide_name;
    wide_of(&wide_key, sub_key);
    wide_of(&wide_name, name);
    LSTATUS error = get_value(key, wide_key.text, wide_name.text, flags, type, data, size, true);
    wide_drop(&wide_key);
    wide_drop(&wide_name);
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
