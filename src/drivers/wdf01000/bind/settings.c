/* SPDX-License-Identifier: MIT */
/* settings.c - what Parameters\Wdf of a client's service asks the Framework for.
 *
 * Doc: "Registry Values for Debugging WDF Drivers (KMDF and UMDF)"
 */
#include "bind.h"

#include <ntstrsafe.h>

#define WAIT_SECONDS 60u

static ULONG number(PCWSTR path, PCWSTR name, ULONG otherwise)
{
    RTL_QUERY_REGISTRY_TABLE table[2] = {0};
    ULONG value = otherwise;

    table[0].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK;
    table[0].Name = (PWSTR)name;
    table[0].EntryContext = &value;
    table[0].DefaultType = (REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_DWORD;
    table[0].DefaultData = &otherwise;
    table[0].DefaultLength = sizeof(otherwise);
    if (!NT_SUCCESS(RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, path, table, NULL, NULL)))
        return otherwise;
    return value;
}

/* TrackHandles: a REG_MULTI_SZ of names of types, kept as it is. */
static PCZZWSTR names(PCWSTR path, PCWSTR name)
{
    union {
        KEY_VALUE_PARTIAL_INFORMATION value;
        UCHAR bytes[1024];
    } buffer;
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING string;
    HANDLE key;
    ULONG length;
    PWSTR copy = NULL;
    NTSTATUS status;

    RtlInitUnicodeString(&string, path);
    InitializeObjectAttributes(&attributes, &string, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    if (!NT_SUCCESS(ZwOpenKey(&key, KEY_READ, &attributes)))
        return NULL;
    RtlInitUnicodeString(&string, name);
    status =
        ZwQueryValueKey(key, &string, KeyValuePartialInformation, &buffer, sizeof(buffer), &length);
    ZwClose(key);
    if (!NT_SUCCESS(status) || (buffer.value.Type != REG_MULTI_SZ && buffer.value.Type != REG_SZ))
        return NULL;
    copy =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, buffer.value.DataLength + 2 * sizeof(WCHAR), FX_TAG);
    if (copy != NULL)
        RtlCopyMemory(copy, buffer.value.Data, buffer.value.DataLength);
    return copy;
}

void fx_settings_read(struct fx_globals *globals, ULONG *out_log_pages)
{
    struct fx_verifier *verifier = &globals->verifier;
    WCHAR path[300];
    ULONG count;

    *out_log_pages = 0;
    verifier->wait_seconds = WAIT_SECONDS;
    if (!NT_SUCCESS(RtlStringCbPrintfW(path, sizeof(path), L"%wZ\\Parameters\\Wdf",
                                       &globals->registry_path)))
        return;
    *out_log_pages = number(path, L"LogPages", 0);
    verifier->on = number(path, L"VerifierOn", 0) != 0;
    verifier->break_on_error = number(path, L"DbgBreakOnError", verifier->on) != 0;
    if (verifier->on || number(path, L"VerifyOn", 0) != 0)
        globals->abi.DriverFlags |= WdfVerifyOn; /* WDFVERIFY looks there */
    if (!verifier->on)
        return;
    globals->abi.DriverFlags |= WdfVerifierOn;
    if (verifier->break_on_error)
        verifier->wait_seconds = number(path, L"DbgWaitForSignalTimeoutInSec", WAIT_SECONDS);
    verifier->options = number(path, L"EnhancedVerifierOptions", 0);
    verifier->downlevel = number(path, L"VerifyDownLevel", 0) != 0;
    verifier->tracked = names(path, L"TrackHandles");
    verifier->track_handles = verifier->tracked != NULL;
    count = number(path, L"VerifierAllocateFailCount", MAXULONG);
    verifier->count_allocations = count != MAXULONG;
    verifier->allocations_left = (LONG)min(count, MAXLONG);
}

void fx_settings_free(struct fx_globals *globals)
{
    if (globals->verifier.tracked != NULL)
        ExFreePoolWithTag((PVOID)globals->verifier.tracked, FX_TAG);
    globals->verifier.tracked = NULL;
}
