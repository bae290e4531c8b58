/* SPDX-License-Identifier: MIT */
/* module_ddi.c - modules and their functions and resources. Doc: libloaderapi.h */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "ntdll/ldr.h"
#include "pe/resource.h"
#include "win32_internal.h"

#define LOAD_AS_DATA  0x00000062u /* LOAD_LIBRARY_AS_DATAFILE and its kin */
#define GET_UNCHANGED 0x2u        /* GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT */
#define GET_ADDRESS   0x4u        /* …_FROM_ADDRESS */

static struct ldr_module *module_named(LPCWSTR name)
{
    char narrow[300];
    const wchar_t *base = name;
    for (const wchar_t *at = name; *at; at++) {
        if (*at == '\\' || *at == '/')
            base = at + 1;
    }
    size_t length = crt_utf8_from_string(base, narrow, sizeof narrow - 4);
    if (!strchr(narrow, '.'))
        strcpy(narrow + length, ".dll");
    ldr_lock();
    struct ldr_module *module = ldr_find(narrow);
    ldr_unlock();
    return module;
}

static struct ldr_module *module_of(HMODULE module)
{
    if (!module)
        return ldr_program();
    return ldr_by_base((void *)((ULONG_PTR)module & ~(ULONG_PTR)3));
}

EXPORT(HMODULE, GetModuleHandleW, (LPCWSTR name))
{
    struct ldr_module *module = name ? module_named(name) : ldr_program();
    if (!module)
        return error_fail(ERROR_MOD_NOT_FOUND), NULL;
    return (HMODULE)module->base;
}

EXPORT(HMODULE, GetModuleHandleA, (LPCSTR name))
{
    struct wide wide;
    wide_of(&wide, name);
    HMODULE module = GetModuleHandleW(wide.text);
    wide_drop(&wide);
    return module;
}

EXPORT(BOOL, GetModuleHandleExW, (DWORD flags, LPCWSTR name, HMODULE *out))
{
    struct ldr_module *module;
    *out = NULL;
    if (!name)
        module = ldr_program();
    else
        module = flags & GET_ADDRESS ? ldr_by_address((uint64_t)name) : module_named(name);
    if (!module)
        return error_fail(ERROR_MOD_NOT_FOUND);
    ldr_lock();
    if (!(flags & GET_UNCHANGED) && module->references != UINT32_MAX)
        module->references++;
    ldr_unlock();
    *out = (HMODULE)module->base;
    return TRUE;
}

EXPORT(BOOL, GetModuleHandleExA, (DWORD flags, LPCSTR name, HMODULE *out))
{
    struct wide wide;
    if (flags & GET_ADDRESS)
        return GetModuleHandleExW(flags, (LPCWSTR)name, out);
    wide_of(&wide, name);
    BOOL answer = GetModuleHandleExW(flags, wide.text, out);
    wide_drop(&wide);
    return answer;
}

EXPORT(HMODULE, LoadLibraryExW, (LPCWSTR name, HANDLE file, DWORD flags))
{
    struct ldr_module *module;
    if (flags & LOAD_AS_DATA)
        return error_fail(ERROR_NOT_SUPPORTED), NULL;
    NTSTATUS status = name ? ldr_load(name, &module) : STATUS_INVALID_PARAMETER;
    if (status == STATUS_DLL_NOT_FOUND)
        return error_fail(ERROR_MOD_NOT_FOUND), NULL;
    return error_result(status) ? (HMODULE)module->base : NULL;
}

EXPORT(HMODULE, LoadLibraryW, (LPCWSTR name))
{
    return LoadLibraryExW(name, NULL, 0);
}

EXPORT(HMODULE, LoadLibraryExA, (LPCSTR name, HANDLE file, DWORD flags))
{
    struct wide wide;
    wide_of(&wide, name);
    HMODULE module = LoadLibraryExW(wide.text, file, flags);
    wide_drop(&wide);
    return module;
}

EXPORT(HMODULE, LoadLibraryA, (LPCSTR name))
{
    return LoadLibraryExA(name, NULL, 0);
}

EXPORT(BOOL, FreeLibrary, (HMODULE handle))
{
    struct ldr_module *module = handle ? module_of(handle) : NULL;
    if (!module)
        return error_fail(ERROR_MOD_NOT_FOUND);
    ldr_unload(module);
    return TRUE;
}

EXPORT(FARPROC, GetProcAddress, (HMODULE handle, LPCSTR name))
{
    struct ldr_module *module = module_of(handle);
    bool by_ordinal = (ULONG_PTR)name < 0x10000;
    if (!module)
        return error_fail(ERROR_MOD_NOT_FOUND), NULL;
    ldr_lock();
    void *address = ldr_export(module, by_ordinal ? NULL : name, (uint16_t)(ULONG_PTR)name);
    ldr_unlock();
    if (!address)
        error_set(ERROR_PROC_NOT_FOUND);
    return (FARPROC)address;
}

EXPORT(DWORD, GetModuleFileNameW, (HMODULE handle, LPWSTR out, DWORD count))
{
    struct ldr_module *module = module_of(handle);
    if (!module)
        return error_fail(ERROR_MOD_NOT_FOUND), 0;
    const UNICODE_STRING *name = &module->entry->FullDllName;
    DWORD length = name->Length / sizeof(wchar_t);
    error_set(length < count ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER);
    if (length >= count && count)
        length = count - 1;
    memcpy(out, name->Buffer, length * sizeof *out);
    if (count)
        out[length] = 0;
    return error_get() ? count : length;
}

EXPORT(DWORD, GetModuleFileNameA, (HMODULE handle, LPSTR out, DWORD size))
{
    wchar_t path[1024];
    if (!GetModuleFileNameW(handle, path, 1024))
        return 0;
    size_t length = crt_utf16_to_utf8(path, crt_wcslen(path), 0, NULL, 0).written;
    if (size)
        crt_utf8_from_string(path, out, size);
    error_set(length < size ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER);
    return length < size ? (DWORD)length : size;
}

EXPORT(BOOL, DisableThreadLibraryCalls, (HMODULE handle))
{
    struct ldr_module *module = module_of(handle);
    if (!module)
        return error_fail(ERROR_INVALID_HANDLE);
    module->has_notifications = false;
    return TRUE;
}

/* ---- resources
 * ------------------------------------------------------------------------------------ */

/* A handle of a resource is the address of its entry; so that it needs no memory, that of its
 * bytes' size would be lost: small blocks on the heap keep both, for the program's life. */
struct found_resource {
    void *bytes;
    DWORD size;
};

static struct pe_resource_id id_of(LPCWSTR name)
{
    if ((ULONG_PTR)name < 0x10000)
        return (struct pe_resource_id){.number = (uint32_t)(ULONG_PTR)name};
    return (struct pe_resource_id){.name = name, .count = (uint32_t)crt_wcslen(name)};
}

EXPORT(PVOID, FindResourceExW, (HMODULE handle, LPCWSTR type, LPCWSTR name, WORD language))
{
    struct ldr_module *module = module_of(handle);
    struct pe_resource resource;
    if (!module || module->builtin)
        return error_fail(ERROR_RESOURCE_DATA_NOT_FOUND), NULL;
    struct pe_view view = ldr_view(module);
    uint32_t wanted = language ? language : PE_LANGUAGE_ANY;
    if (pe_resource_find(&view, id_of(type), id_of(name), wanted, &resource, NULL) != PE_OK)
        return error_fail(ERROR_RESOURCE_NAME_NOT_FOUND), NULL;
    struct found_resource *found = heap_take(sizeof *found);
    if (found)
        *found =
            (struct found_resource){(void *)(module->base + resource.rva), resource.size_bytes};
    return found;
}

EXPORT(PVOID, FindResourceW, (HMODULE handle, LPCWSTR name, LPCWSTR type))
{
    return FindResourceExW(handle, type, name, 0);
}

EXPORT(PVOID, FindResourceA, (HMODULE handle, LPCSTR name, LPCSTR type))
{
    struct wide wide_name, wide_type;
    bool has_name = (ULONG_PTR)name >= 0x10000, has_type = (ULONG_PTR)type >= 0x10000;
    wide_of(&wide_name, has_name ? name : NULL);
    wide_of(&wide_type, has_type ? type : NULL);
    PVOID found = FindResourceW(handle, has_name ? wide_name.text : (LPCWSTR)name,
                                has_type ? wide_type.text : (LPCWSTR)type);
    if (has_name)
        wide_drop(&wide_name);
    if (has_type)
        wide_drop(&wide_type);
    return found;
}

EXPORT(PVOID, LoadResource, (HMODULE handle, struct found_resource *found))
{
    return found ? found->bytes : NULL;
}

EXPORT(PVOID, LockResource, (PVOID bytes))
{
    return bytes;
}

EXPORT(DWORD, SizeofResource, (HMODULE handle, struct found_resource *found))
{
    return found ? found->size : 0;
}

EXPORT(BOOL, FreeResource, (PVOID bytes))
{
    return FALSE; /* as on Windows: nothing to free */
}
