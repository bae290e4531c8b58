/* SPDX-License-Identifier: MIT */
/* service.h - other drivers, loaded and unloaded by a test driver through services of their own.
 *
 * The file lies beside the test driver's own. Each function says in a check that it went wrong.
 */
#ifndef TESTS_FRAMEWORK_SERVICE_H
#define TESTS_FRAMEWORK_SERVICE_H

#include "drivertest.h"

#include <ntstrsafe.h>

#define SERVICE_CHARS 512

/* \Registry\Machine\System\CurrentControlSet\Services\NAME */
static inline void service_path(PCWSTR name, WCHAR path[SERVICE_CHARS], PUNICODE_STRING out_path)
{
    (void)RtlStringCchPrintfW(path, SERVICE_CHARS,
                              L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\%ws",
                              name);
    RtlInitUnicodeString(out_path, path);
}

/* Our own ImagePath with another file's name. */
static inline NTSTATUS service_image(PCWSTR file, WCHAR image[SERVICE_CHARS])
{
    UNICODE_STRING value = {0, SERVICE_CHARS * sizeof(WCHAR), image};
    RTL_QUERY_REGISTRY_TABLE table[2] = {0};
    NTSTATUS status;
    USHORT end;

    table[0].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_NOEXPAND;
    table[0].Name = L"ImagePath";
    table[0].EntryContext = &value;
    status = RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, drivertest_registry_path.Buffer, table,
                                    NULL, NULL);
    if (!NT_SUCCESS(status))
        return status;
    end = value.Length / sizeof(WCHAR);
    while (end > 0 && image[end - 1] != '\\' && image[end - 1] != '/')
        end--;
    image[end] = 0;
    return RtlStringCchCatW(image, SERVICE_CHARS, file);
}

static inline void service_value(HANDLE key, PCWSTR name, ULONG type, const void *data, ULONG bytes)
{
    UNICODE_STRING wide;

    RtlInitUnicodeString(&wide, name);
    expect_status(ZwSetValueKey(key, &wide, 0, type, (PVOID)data, bytes), STATUS_SUCCESS);
}

/* A key below a service's; NULL below: the service's own. The caller closes it. */
static inline HANDLE service_key(PCWSTR name, PCWSTR below)
{
    OBJECT_ATTRIBUTES attributes;
    WCHAR path[SERVICE_CHARS];
    UNICODE_STRING wide;
    HANDLE key = NULL;

    service_path(name, path, &wide);
    if (below != NULL) {
        (void)RtlStringCchCatW(path, SERVICE_CHARS, L"\\");
        (void)RtlStringCchCatW(path, SERVICE_CHARS, below);
        RtlInitUnicodeString(&wide, path);
    }
    InitializeObjectAttributes(&attributes, &wide, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    expect_status(ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, 0, NULL), STATUS_SUCCESS);
    return key;
}

static inline void service_make(PCWSTR name, PCWSTR file)
{
    WCHAR image[SERVICE_CHARS];
    HANDLE key = service_key(name, NULL);
    ULONG one = 1, three = 3;

    expect_status(service_image(file, image), STATUS_SUCCESS);
    service_value(key, L"ImagePath", REG_EXPAND_SZ, image,
                  (ULONG)((wcslen(image) + 1) * sizeof(WCHAR)));
    service_value(key, L"Type", REG_DWORD, &one, sizeof(one));
    service_value(key, L"Start", REG_DWORD, &three, sizeof(three));
    service_value(key, L"ErrorControl", REG_DWORD, &one, sizeof(one));
    ZwClose(key);
}

static inline void service_delete(PCWSTR name, PCWSTR below)
{
    HANDLE key = service_key(name, below);

    expect_status(ZwDeleteKey(key), STATUS_SUCCESS);
    ZwClose(key);
}

static inline NTSTATUS service_load(PCWSTR name)
{
    WCHAR path[SERVICE_CHARS];
    UNICODE_STRING wide;

    service_path(name, path, &wide);
    return ZwLoadDriver(&wide);
}

static inline NTSTATUS service_unload(PCWSTR name)
{
    WCHAR path[SERVICE_CHARS];
    UNICODE_STRING wide;

    service_path(name, path, &wide);
    return ZwUnloadDriver(&wide);
}

/* Unloads, and waits until the driver is gone: who has just closed its device may be ahead of it.
 */
static inline void service_end(PCWSTR name)
{
    LARGE_INTEGER moment = {.QuadPart = -10000};
    NTSTATUS status = service_unload(name);

    for (int ms = 0; ms < 5000 && status != STATUS_OBJECT_NAME_NOT_FOUND; ms++) {
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
        status = service_unload(name);
    }
    expect_status(status, STATUS_OBJECT_NAME_NOT_FOUND);
}

#endif
