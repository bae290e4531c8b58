/* SPDX-License-Identifier: MIT */
/* path.c - keys by RelativeTo and Path, as the Rtl registry functions name them.
 *
 * A path becomes an absolute name, or a key given by handle. Creating makes what is
 * missing on the way below the place that RelativeTo names.
 */
#include "cm_internal.h"

#include <string.h>

static const WCHAR *const places[] = {
    [RTL_REGISTRY_ABSOLUTE] = L"",
    [RTL_REGISTRY_SERVICES] = L"\\Registry\\Machine\\System\\CurrentControlSet\\Services",
    [RTL_REGISTRY_CONTROL] = L"\\Registry\\Machine\\System\\CurrentControlSet\\Control",
    [RTL_REGISTRY_WINDOWS_NT] =
        L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion",
    [RTL_REGISTRY_DEVICEMAP] = L"\\Registry\\Machine\\Hardware\\DeviceMap",
    [RTL_REGISTRY_USER] = L"\\Registry\\User\\.Default",
};

static NTSTATUS key_open_at(const UNICODE_STRING *name, bool create, void **out_key)
{
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, (UNICODE_STRING *)name, OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    return cm_key_open(&attributes, KEY_ALL_ACCESS, KernelMode, create, 0, NULL, out_key);
}

/* Opens name; what is missing is created from the first component that is. */
static NTSTATUS key_create_path(const UNICODE_STRING *name, void **out_key)
{
    NTSTATUS status = key_open_at(name, true, out_key);
    if (status != STATUS_OBJECT_NAME_NOT_FOUND)
        return status;
    for (USHORT at = 1; at < name->Length / sizeof(WCHAR); at++) {
        UNICODE_STRING part = {(USHORT)(at * sizeof(WCHAR)), (USHORT)(at * sizeof(WCHAR)),
                               name->Buffer};
        void *key;
        if (name->Buffer[at] != '\\')
            continue;
        status = key_open_at(&part, true, &key);
        if (NT_SUCCESS(status))
            ob_dereference(key);
        else if (status != STATUS_OBJECT_TYPE_MISMATCH) /* \Registry itself is no key below one */
            return status;
    }
    return key_open_at(name, true, out_key);
}

NTSTATUS relative_key_open(ULONG relative_to, PCWSTR path, ACCESS_MASK access, bool create,
                           void **out_key)
{
    UNICODE_STRING name, tail;
    if (relative_to & RTL_REGISTRY_HANDLE)
        return ob_handle_reference((HANDLE)path, 0, cm_key_type, KernelMode, out_key, NULL);
    ULONG place = relative_to & ~(ULONG)RTL_REGISTRY_OPTIONAL;
    if (place >= sizeof places / sizeof places[0] || (place == RTL_REGISTRY_ABSOLUTE && !path))
        return STATUS_INVALID_PARAMETER;
    RtlInitUnicodeString(&name, places[place]);
    RtlInitUnicodeString(&tail, path);
    size_t bytes = (size_t)name.Length + sizeof(WCHAR) + tail.Length;
    if (bytes > 0xfffe)
        return STATUS_NAME_TOO_LONG;
    UNICODE_STRING full = {0, (USHORT)bytes, ExAllocatePool2(POOL_FLAG_PAGED, bytes, CM_TAG)};
    if (!full.Buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyUnicodeString(&full, &name);
    if (name.Length && tail.Length)
        RtlAppendUnicodeToString(&full, L"\\");
    RtlAppendUnicodeStringToString(&full, &tail);
    NTSTATUS status = create ? key_create_path(&full, out_key) : key_open_at(&full, false, out_key);
    ExFreePoolWithTag(full.Buffer, CM_TAG);
    return status;
}

NTSTATUS sub_key_open(void *key, const UNICODE_STRING *path, bool create, void **out_key)
{
    UNICODE_STRING above, full;
    NTSTATUS status = ob_name_of(key, &above);
    if (!NT_SUCCESS(status))
        return status;
    size_t bytes = (size_t)above.Length + sizeof(WCHAR) + path->Length;
    full = (UNICODE_STRING){0, (USHORT)bytes, NULL};
    if (bytes > 0xfffe)
        status = STATUS_NAME_TOO_LONG;
    else if (!(full.Buffer = ExAllocatePool2(POOL_FLAG_PAGED, bytes, CM_TAG)))
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (NT_SUCCESS(status)) {
        RtlCopyUnicodeString(&full, &above);
        RtlAppendUnicodeToString(&full, L"\\");
        RtlAppendUnicodeStringToString(&full, path);
        status = create ? key_create_path(&full, out_key) : key_open_at(&full, false, out_key);
        ExFreePoolWithTag(full.Buffer, CM_TAG);
    }
    RtlFreeUnicodeString(&above);
    return status;
}
