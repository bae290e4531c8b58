/* SPDX-License-Identifier: MIT */
/* ldr_ddi.c - the loader under the names that ntdll exports. */
#include <string.h>

#include "ntdll/ldr.h"

static NTSTATUS name_copy(const UNICODE_STRING *name, wchar_t *out, size_t count)
{
    if (name->Length / sizeof *out >= count)
        return STATUS_NAME_TOO_LONG;
    memcpy(out, name->Buffer, name->Length);
    out[name->Length / sizeof *out] = 0;
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, LdrLoadDll, (PWSTR path, ULONG *flags, UNICODE_STRING *name, PVOID *base))
{
    wchar_t text[1024];
    struct ldr_module *module;
    NTSTATUS status = name_copy(name, text, 1024);
    if (NT_SUCCESS(status))
        status = ldr_load(text, &module);
    if (NT_SUCCESS(status))
        *base = (PVOID)module->base;
    return status;
}

EXPORT(NTSTATUS, LdrUnloadDll, (PVOID base))
{
    struct ldr_module *module = ldr_by_base(base);
    if (!module)
        return STATUS_DLL_NOT_FOUND;
    ldr_unload(module);
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, LdrGetProcedureAddress,
       (PVOID base, ANSI_STRING *name, ULONG ordinal, PVOID *address))
{
    char text[512];
    struct ldr_module *module = ldr_by_base(base);
    if (!module)
        return STATUS_DLL_NOT_FOUND;
    if (name && name->Length) {
        if (name->Length >= sizeof text)
            return STATUS_NAME_TOO_LONG;
        memcpy(text, name->Buffer, name->Length);
        text[name->Length] = '\0';
    }
    ldr_lock();
    void *found = ldr_export(module, name && name->Length ? text : NULL, (uint16_t)ordinal);
    ldr_unlock();
    if (!found)
        return name ? STATUS_PROCEDURE_NOT_FOUND : STATUS_ORDINAL_NOT_FOUND;
    *address = found;
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, LdrDisableThreadCalloutsForDll, (PVOID base))
{
    struct ldr_module *module = ldr_by_base(base);
    if (!module)
        return STATUS_DLL_NOT_FOUND;
    module->has_notifications = false;
    return STATUS_SUCCESS;
}

EXPORT(PVOID, front_RtlImageNtHeader, (PVOID base))
{
    const struct ldr_module *module = ldr_by_base(base);
    return module ? (char *)base + module->image.headers_offset : NULL;
}
