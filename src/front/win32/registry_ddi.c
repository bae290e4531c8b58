/* SPDX-License-Identifier: MIT */
/* registry_ddi.c - the registry: keys. Values are in registry_value_ddi.c. Doc: winreg.h
 *
 * A predefined key is a name, not a handle; it is joined with the sub-key and opened as one
 * NT name. Functions answer errors instead of setting them.
 */
#include "registry.h"

#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"

#define PREDEFINED(handle) ((uint32_t)(uintptr_t)(handle) & 0x80000000u)
#define VIEWS              0x300u /* KEY_WOW64_32KEY, KEY_WOW64_64KEY */

static const wchar_t *predefined_path(HKEY key)
{
    switch ((uint32_t)(uintptr_t)key) {
    case 0x80000000u: /* HKEY_CLASSES_ROOT */
        return L"\\Registry\\Machine\\Software\\Classes";
    case 0x80000001u: /* HKEY_CURRENT_USER */
        return L"\\Registry\\User\\.Default";
    case 0x80000002u: /* HKEY_LOCAL_MACHINE */
        return L"\\Registry\\Machine";
    case 0x80000003u: /* HKEY_USERS */
        return L"\\Registry\\User";
    case 0x80000005u: /* HKEY_CURRENT_CONFIG */
        return L"\\Registry\\Machine\\System\\CurrentControlSet\\Hardware Profiles\\Current";
    default:
        return NULL;
    }
}

LSTATUS registry_name(HKEY key, LPCWSTR sub_key, struct registry_name *out)
{
    HANDLE root = NULL;
    out->text[0] = 0;
    if (PREDEFINED(key)) {
        const wchar_t *path = predefined_path(key);
        if (!path)
            return ERROR_INVALID_HANDLE;
        crt_wcscpy(out->text, path);
        if (sub_key && *sub_key)
            crt_wcscat(out->text, L"\\");
    } else {
        root = key;
    }
    if (sub_key && crt_wcscat_s(out->text, sizeof out->text / sizeof *out->text, sub_key))
        return ERROR_INVALID_PARAMETER;
    size_t count = crt_wcslen(out->text);
    while (count && out->text[count - 1] == '\\')
        out->text[--count] = 0;
    out->name = (UNICODE_STRING){(USHORT)(count * sizeof(wchar_t)),
                                 (USHORT)((count + 1) * sizeof(wchar_t)), out->text};
    InitializeObjectAttributes(&out->attributes, &out->name, OBJ_CASE_INSENSITIVE, root, NULL);
    return ERROR_SUCCESS;
}

LSTATUS registry_handle(HKEY key, ACCESS_MASK access, HANDLE *out_handle, bool *out_is_own)
{
    *out_is_own = PREDEFINED(key);
    if (!*out_is_own) {
        *out_handle = key;
        return ERROR_SUCCESS;
    }
    struct registry_name name;
    LSTATUS error = registry_name(key, NULL, &name);
    if (error)
        return error;
    return (LSTATUS)error_of_status(NtOpenKey(out_handle, access, &name.attributes));
}

/* ---- opened and made --------------------------------------------------------------------------
 */

EXPORT(LSTATUS, RegOpenKeyExW,
       (HKEY key, LPCWSTR sub_key, DWORD options, ACCESS_MASK access, HKEY *out))
{
    struct registry_name name;
    LSTATUS error = registry_name(key, sub_key, &name);
    if (error)
        return error;
    /* An open key without a sub-key opens itself again. */
    if (!name.name.Length && !PREDEFINED(key) && !(access & VIEWS))
        return (LSTATUS)error_of_status(NtDuplicateObject(
            ZwCurrentProcess(), key, ZwCurrentProcess(), out, 0, 0, DUPLICATE_SAME_ACCESS));
    return (LSTATUS)error_of_status(NtOpenKey(out, access, &name.attributes));
}

EXPORT(LSTATUS, RegOpenKeyW, (HKEY key, LPCWSTR sub_key, HKEY *out))
{
    return RegOpenKeyExW(key, sub_key, 0, MAXIMUM_ALLOWED, out);
}

/* The path is made a component at a time, as Windows does. */
static NTSTATUS key_create(struct registry_name *name, size_t from, ULONG options,
                           ACCESS_MASK access, HKEY *out, DWORD *disposition)
{
    size_t count = name->name.Length / sizeof(wchar_t);
    for (size_t i = from; i < count; i++) {
        if (name->text[i] != '\\' || i == from)
            continue;
        HANDLE parent;
        name->name.Length = (USHORT)(i * sizeof(wchar_t));
        NTSTATUS status = NtCreateKey(&parent, KEY_CREATE_SUB_KEY | (access & VIEWS),
                                      &name->attributes, 0, NULL, options, NULL);
        if (!NT_SUCCESS(status))
            return status;
        NtClose(parent);
    }
    name->name.Length = (USHORT)(count * sizeof(wchar_t));
    return NtCreateKey(out, access, &name->attributes, 0, NULL, options, disposition);
}

EXPORT(LSTATUS, RegCreateKeyExW,
       (HKEY key, LPCWSTR sub_key, DWORD reserved, LPWSTR class, DWORD options, ACCESS_MASK access,
        SECURITY_ATTRIBUTES *security, HKEY *out, DWORD *disposition))
{
    struct registry_name name;
    ULONG how;
    LSTATUS error = registry_name(key, sub_key, &name);
    if (error)
        return error;
    size_t from = PREDEFINED(key) ? crt_wcslen(predefined_path(key)) : 0;
    NTSTATUS status = key_create(&name, from, options & REG_OPTION_VOLATILE, access, out, &how);
    if (NT_SUCCESS(status) && disposition)
        *disposition = how;
    return (LSTATUS)error_of_status(status);
}

EXPORT(LSTATUS, RegCreateKeyW, (HKEY key, LPCWSTR sub_key, HKEY *out))
{
    return RegCreateKeyExW(key, sub_key, 0, NULL, 0, MAXIMUM_ALLOWED, NULL, out, NULL);
}

EXPORT(LSTATUS, RegCloseKey, (HKEY key))
{
    return PREDEFINED(key) ? ERROR_SUCCESS : (LSTATUS)error_of_status(NtClose(key));
}

EXPORT(LSTATUS, RegFlushKey, (HKEY key))
{
    return PREDEFINED(key) ? ERROR_SUCCESS : (LSTATUS)error_of_status(NtFlushKey(key));
}

EXPORT(LSTATUS, RegDeleteKeyExW, (HKEY key, LPCWSTR sub_key, ACCESS_MASK view, DWORD reserved))
{
    HKEY handle;
    LSTATUS error = RegOpenKeyExW(key, sub_key, 0, DELETE | (view & VIEWS), &handle);
    if (error)
        return error;
    NTSTATUS status = NtDeleteKey(handle);
    NtClose(handle);
    return (LSTATUS)error_of_status(status);
}

EXPORT(LSTATUS, RegDeleteKeyW, (HKEY key, LPCWSTR sub_key))
{
    return RegDeleteKeyExW(key, sub_key, 0, 0);
}

/* Children first; a NULL sub_key empties the key and keeps it. */
EXPORT(LSTATUS, RegDeleteTreeW, (HKEY key, LPCWSTR sub_key))
{
    LSTATUS WINAPI RegEnumKeyExW(HKEY, DWORD, LPWSTR, DWORD *, DWORD *, LPWSTR, DWORD *,
                                 FILETIME *);
    HKEY handle;
    wchar_t child[256];
    LSTATUS error =
        RegOpenKeyExW(key, sub_key, 0, KEY_ENUMERATE_SUB_KEYS | KEY_QUERY_VALUE | DELETE, &handle);
    while (!error) {
        DWORD count = 256;
        error = RegEnumKeyExW(handle, 0, child, &count, NULL, NULL, NULL, NULL);
        if (!error)
            error = RegDeleteTreeW(handle, child);
    }
    if (error != (LSTATUS)ERROR_NO_MORE_ITEMS)
        return error;
    NTSTATUS status = sub_key && *sub_key ? NtDeleteKey(handle) : STATUS_SUCCESS;
    NtClose(handle);
    return (LSTATUS)error_of_status(status);
}

/* ---- asked about --------------------------------------------------------------------------------
 */

EXPORT(LSTATUS, RegEnumKeyExW,
       (HKEY key, DWORD index, LPWSTR out, DWORD *count, DWORD *reserved, LPWSTR class,
        DWORD *class_count, FILETIME *written))
{
    union {
        KEY_BASIC_INFORMATION basic;
        char bytes[sizeof(KEY_BASIC_INFORMATION) + 256 * sizeof(wchar_t)];
    } found;
    HANDLE handle;
    ULONG returned;
    bool is_own;
    LSTATUS error = registry_handle(key, KEY_ENUMERATE_SUB_KEYS, &handle, &is_own);
    if (error)
        return error;
    NTSTATUS status =
        NtEnumerateKey(handle, index, KeyBasicInformation, &found, sizeof found, &returned);
    if (is_own)
        NtClose(handle);
    if (!NT_SUCCESS(status))
        return (LSTATUS)error_of_status(status);
    DWORD length = found.basic.NameLength / sizeof(wchar_t);
    if (length >= *count)
        return (LSTATUS)ERROR_MORE_DATA;
    memcpy(out, found.basic.Name, found.basic.NameLength);
    out[length] = 0;
    *count = length;
    if (class_count)
        *class_count = 0;
    if (written)
        *written = filetime_of((uint64_t)found.basic.LastWriteTime.QuadPart);
    return ERROR_SUCCESS;
}

EXPORT(LSTATUS, RegQueryInfoKeyW,
       (HKEY key, LPWSTR class, DWORD *class_count, DWORD *reserved, DWORD *sub_keys,
        DWORD *longest_key, DWORD *longest_class, DWORD *values, DWORD *longest_name,
        DWORD *longest_value, DWORD *security, FILETIME *written))
{
    union {
        KEY_FULL_INFORMATION full;
        char bytes[sizeof(KEY_FULL_INFORMATION) + 256];
    } found;
    HANDLE handle;
    ULONG returned;
    bool is_own;
    LSTATUS error = registry_handle(key, KEY_QUERY_VALUE, &handle, &is_own);
    if (error)
        return error;
    NTSTATUS status = NtQueryKey(handle, KeyFullInformation, &found, sizeof found, &returned);
    if (is_own)
        NtClose(handle);
    if (!NT_SUCCESS(status))
        return (LSTATUS)error_of_status(status);
    const struct {
        DWORD *out, value;
    } answers[] = {{class_count, 0},
                   {sub_keys, found.full.SubKeys},
                   {longest_key, found.full.MaxNameLen / (DWORD)sizeof(wchar_t)},
                   {longest_class, 0},
                   {values, found.full.Values},
                   {longest_name, found.full.MaxValueNameLen / (DWORD)sizeof(wchar_t)},
                   {longest_value, found.full.MaxValueDataLen},
                   {security, 0}};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        if (answers[i].out)
            *answers[i].out = answers[i].value;
    }
    if (written)
        *written = filetime_of((uint64_t)found.full.LastWriteTime.QuadPart);
    return ERROR_SUCCESS;
}

/* Lengths are those in the program's code page, of which a unit of UTF-16 takes up to three. */
EXPORT(LSTATUS, RegQueryInfoKeyA,
       (HKEY key, LPSTR class, DWORD *class_count, DWORD *reserved, DWORD *sub_keys,
        DWORD *longest_key, DWORD *longest_class, DWORD *values, DWORD *longest_name,
        DWORD *longest_value, DWORD *security, FILETIME *written))
{
    enum { UNIT_MOST = 3 };
    LSTATUS error =
        RegQueryInfoKeyW(key, NULL, class_count, reserved, sub_keys, longest_key, longest_class,
                         values, longest_name, longest_value, security, written);
    if (error)
        return error;
    if (class && class_count)
        class[0] = '\0';
    if (longest_key)
        *longest_key *= UNIT_MOST;
    if (longest_name)
        *longest_name *= UNIT_MOST;
    if (longest_value)
        *longest_value = *longest_value / sizeof(wchar_t) * UNIT_MOST + UNIT_MOST;
    return ERROR_SUCCESS;
}

/* ---- …A forms
 * --------------------------------------------------------------------------------------- */

#define WITH_SUB_KEY(call)       \
    do {                         \
        struct wide wide;        \
        wide_of(&wide, sub_key); \
        LSTATUS answer = call;   \
        wide_drop(&wide);        \
        return answer;           \
    } while (0)

EXPORT(LSTATUS, RegOpenKeyExA,
       (HKEY key, LPCSTR sub_key, DWORD options, ACCESS_MASK access, HKEY *out))
{
    WITH_SUB_KEY(RegOpenKeyExW(key, wide.text, options, access, out));
}

EXPORT(LSTATUS, RegOpenKeyA, (HKEY key, LPCSTR sub_key, HKEY *out))
{
    return RegOpenKeyExA(key, sub_key, 0, MAXIMUM_ALLOWED, out);
}

EXPORT(LSTATUS, RegCreateKeyExA,
       (HKEY key, LPCSTR sub_key, DWORD reserved, LPSTR class, DWORD options, ACCESS_MASK access,
        SECURITY_ATTRIBUTES *security, HKEY *out, DWORD *disposition))
{
    WITH_SUB_KEY(
        RegCreateKeyExW(key, wide.text, 0, NULL, options, access, security, out, disposition));
}

EXPORT(LSTATUS, RegCreateKeyA, (HKEY key, LPCSTR sub_key, HKEY *out))
{
    return RegCreateKeyExA(key, sub_key, 0, NULL, 0, MAXIMUM_ALLOWED, NULL, out, NULL);
}

EXPORT(LSTATUS, RegDeleteKeyA, (HKEY key, LPCSTR sub_key))
{
    WITH_SUB_KEY(RegDeleteKeyW(key, wide.text));
}

EXPORT(LSTATUS, RegDeleteKeyExA, (HKEY key, LPCSTR sub_key, ACCESS_MASK view, DWORD reserved))
{
    WITH_SUB_KEY(RegDeleteKeyExW(key, wide.text, view, reserved));
}

EXPORT(LSTATUS, RegDeleteTreeA, (HKEY key, LPCSTR sub_key))
{
    WITH_SUB_KEY(RegDeleteTreeW(key, wide.text));
}

EXPORT(LSTATUS, RegEnumKeyExA,
       (HKEY key, DWORD index, LPSTR out, DWORD *count, DWORD *reserved, LPSTR class,
        DWORD *class_count, FILETIME *written))
{
    wchar_t name[256];
    DWORD length = 256;
    LSTATUS error = RegEnumKeyExW(key, index, name, &length, NULL, NULL, NULL, written);
    if (error)
        return error;
    DWORD stored = narrow_answer(name, out, *count);
    if (stored >= *count)
        return (LSTATUS)ERROR_MORE_DATA;
    *count = stored;
    return ERROR_SUCCESS;
}
