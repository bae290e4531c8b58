/* SPDX-License-Identifier: MIT */
/* registry_hive_ddi.c - keys saved to hive files and restored, hives loaded. Doc: winreg.h
 *
 * Names of files are the program's, names of keys are joined as everywhere in the registry.
 */
#include "registry.h"

#include "ntdll/path.h"

/* The open or created file. */
static LSTATUS named_file_open(LPCWSTR name, ACCESS_MASK access, ULONG disposition,
                               HANDLE *out_file)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    UNICODE_STRING path;
    NTSTATUS status = name ? path_nt_current(name, &path) : STATUS_INVALID_PARAMETER;
    if (!NT_SUCCESS(status))
        return (LSTATUS)error_of_status(status);
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtCreateFile(out_file, access | SYNCHRONIZE, &attributes, &block, NULL,
                          FILE_ATTRIBUTE_NORMAL, 0, disposition,
                          FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, NULL, 0);
    heap_give(path.Buffer);
    if (status == STATUS_OBJECT_NAME_COLLISION)
        return ERROR_ALREADY_EXISTS;
    return (LSTATUS)error_of_status(status);
}

/* An empty file that a failure leaves behind would be in the way of the next try. */
EXPORT(LSTATUS, RegSaveKeyExW,
       (HKEY key, LPCWSTR file_name, SECURITY_ATTRIBUTES *security, DWORD flags))
{
    FILE_DISPOSITION_INFORMATION away = {TRUE};
    IO_STATUS_BLOCK block;
    HANDLE handle, file;
    bool is_own;
    LSTATUS error = registry_handle(key, KEY_READ, &handle, &is_own);
    if (error)
        return error;
    error = named_file_open(file_name, GENERIC_WRITE | DELETE, FILE_CREATE, &file);
    if (!error) {
        NTSTATUS status = NtSaveKeyEx(handle, file, flags);
        if (!NT_SUCCESS(status))
            NtSetInformationFile(file, &block, &away, sizeof away, FileDispositionInformation);
        NtClose(file);
        error = (LSTATUS)error_of_status(status);
    }
    if (is_own)
        NtClose(handle);
    return error;
}

EXPORT(LSTATUS, RegSaveKeyW, (HKEY key, LPCWSTR file_name, SECURITY_ATTRIBUTES *security))
{
    return RegSaveKeyExW(key, file_name, security, 1 /* REG_STANDARD_FORMAT */);
}

EXPORT(LSTATUS, RegRestoreKeyW, (HKEY key, LPCWSTR file_name, DWORD flags))
{
    HANDLE handle, file;
    bool is_own;
    LSTATUS error = registry_handle(key, KEY_READ, &handle, &is_own);
    if (error)
        return error;
    error = named_file_open(file_name, GENERIC_READ, FILE_OPEN, &file);
    if (!error) {
        error = (LSTATUS)error_of_status(NtRestoreKey(handle, file, flags));
        NtClose(file);
    }
    if (is_own)
        NtClose(handle);
    return error;
}

EXPORT(LSTATUS, RegLoadKeyW, (HKEY key, LPCWSTR sub_key, LPCWSTR file_name))
{
    struct registry_name name;
    OBJECT_ATTRIBUTES file;
    UNICODE_STRING path;
    LSTATUS error = sub_key ? registry_name(key, sub_key, &name) : ERROR_INVALID_PARAMETER;
    if (error)
        return error;
    NTSTATUS status = file_name ? path_nt_current(file_name, &path) : STATUS_INVALID_PARAMETER;
    if (!NT_SUCCESS(status))
        return (LSTATUS)error_of_status(status);
    InitializeObjectAttributes(&file, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtLoadKey(&name.attributes, &file);
    heap_give(path.Buffer);
    return (LSTATUS)error_of_status(status);
}

EXPORT(LSTATUS, RegUnLoadKeyW, (HKEY key, LPCWSTR sub_key))
{
    struct registry_name name;
    LSTATUS error = sub_key ? registry_name(key, sub_key, &name) : ERROR_INVALID_PARAMETER;
    return error ? error : (LSTATUS)error_of_status(NtUnloadKey(&name.attributes));
}

EXPORT(LSTATUS, RegReplaceKeyW, (HKEY key, LPCWSTR sub_key, LPCWSTR new_file, LPCWSTR old_file))
{
    struct registry_name name;
    OBJECT_ATTRIBUTES fresh, old;
    UNICODE_STRING fresh_path, old_path;
    HANDLE handle;
    LSTATUS error = registry_name(key, sub_key, &name);
    if (error || !new_file || !old_file)
        return error ? error : ERROR_INVALID_PARAMETER;
    NTSTATUS status = NtOpenKey(&handle, KEY_READ, &name.attributes);
    if (!NT_SUCCESS(status))
        return (LSTATUS)error_of_status(status);
    status = path_nt_current(new_file, &fresh_path);
    if (NT_SUCCESS(status)) {
        status = path_nt_current(old_file, &old_path);
        if (NT_SUCCESS(status)) {
            InitializeObjectAttributes(&fresh, &fresh_path, OBJ_CASE_INSENSITIVE, NULL, NULL);
            InitializeObjectAttributes(&old, &old_path, OBJ_CASE_INSENSITIVE, NULL, NULL);
            status = NtReplaceKey(&fresh, handle, &old);
            heap_give(old_path.Buffer);
        }
        heap_give(fresh_path.Buffer);
    }
    NtClose(handle);
    return (LSTATUS)error_of_status(status);
}

/* ---- names in the program's code page
 * ------------------------------------------------------------ */

EXPORT(LSTATUS, RegSaveKeyExA,
       (HKEY key, LPCSTR file_name, SECURITY_ATTRIBUTES *security, DWORD flags))
{
    struct wide file;
    wide_of(&file, file_name);
    LSTATUS error = RegSaveKeyExW(key, file.text, security, flags);
    wide_drop(&file);
    return error;
}

EXPORT(LSTATUS, RegSaveKeyA, (HKEY key, LPCSTR file_name, SECURITY_ATTRIBUTES *security))
{
    return RegSaveKeyExA(key, file_name, security, 1);
}

EXPORT(LSTATUS, RegRestoreKeyA, (HKEY key, LPCSTR file_name, DWORD flags))
{
    struct wide file;
    wide_of(&file, file_name);
    LSTATUS error = RegRestoreKeyW(key, file.text, flags);
    wide_drop(&file);
    return error;
}

EXPORT(LSTATUS, RegLoadKeyA, (HKEY key, LPCSTR sub_key, LPCSTR file_name))
{
    struct wide name, file;
    wide_of(&name, sub_key);
    wide_of(&file, file_name);
    LSTATUS error = RegLoadKeyW(key, name.text, file.text);
    wide_drop(&name);
    wide_drop(&file);
    return error;
}

EXPORT(LSTATUS, RegUnLoadKeyA, (HKEY key, LPCSTR sub_key))
{
    struct wide name;
    wide_of(&name, sub_key);
    LSTATUS error = RegUnLoadKeyW(key, name.text);
    wide_drop(&name);
    return error;
}
