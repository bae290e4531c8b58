/* SPDX-License-Identifier: MIT */
/* mapping_ddi.c - file mappings: sections of files or of memory, and their views.
 *
 * Doc: memoryapi.h. Differs: no images (SEC_IMAGE), no large pages.
 */
#include "win32_internal.h"

#define SEC_FLAGS 0xff800000u /* of flProtect: the kinds of section; the rest is protection */

/* FILE_MAP_… */
#define MAP_COPY    0x0001u
#define MAP_WRITE   0x0002u
#define MAP_READ    0x0004u
#define MAP_EXECUTE 0x0020u

static ACCESS_MASK section_access(DWORD protect)
{
    ACCESS_MASK access = STANDARD_RIGHTS_REQUIRED | SECTION_QUERY | SECTION_MAP_READ;
    if (protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE))
        access |= SECTION_MAP_WRITE;
    if (protect &
        (PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY))
        access |= SECTION_MAP_EXECUTE | SECTION_MAP_EXECUTE_EXPLICIT;
    return access;
}

EXPORT(HANDLE, CreateFileMappingW,
       (HANDLE file, SECURITY_ATTRIBUTES *security, DWORD protect, DWORD high, DWORD low,
        LPCWSTR name))
{
    struct object_name object;
    LARGE_INTEGER size = {.QuadPart = (LONGLONG)((ULONG64)high << 32 | low)};
    ULONG kind = protect & SEC_FLAGS;
    HANDLE handle = NULL;
    if (!object_name(&object, name, security, OBJ_OPENIF | OBJ_CASE_INSENSITIVE))
        return NULL;
    if (file == INVALID_HANDLE_VALUE) {
        file = NULL;
        if (!size.QuadPart)
            return error_set(ERROR_INVALID_PARAMETER), NULL;
    }
    NTSTATUS status = NtCreateSection(&handle, section_access(protect), &object.attributes,
                                      size.QuadPart ? &size : NULL, protect & ~SEC_FLAGS,
                                      kind ? kind : SEC_COMMIT, file);
    return object_created(status, handle);
}

EXPORT(HANDLE, OpenFileMappingW, (DWORD access, BOOL inherit, LPCWSTR name))
{
    struct object_name object;
    HANDLE handle = NULL;
    if (!name)
        return error_set(ERROR_INVALID_PARAMETER), NULL;
    if (!object_name(&object, name, NULL, OBJ_CASE_INSENSITIVE | (inherit ? OBJ_INHERIT : 0)))
        return NULL;
    if (access == MAP_COPY)
        access = SECTION_MAP_READ;
    else if (access & MAP_EXECUTE)
        access = (access & ~MAP_EXECUTE) | SECTION_MAP_EXECUTE;
    return error_result(NtOpenSection(&handle, access, &object.attributes)) ? handle : NULL;
}

/* The protection of a view with FILE_MAP_… rights. */
static ULONG view_protect(DWORD access)
{
    bool executes = access & MAP_EXECUTE;
    if (access & MAP_WRITE)
        return executes ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
    if (access & MAP_READ)
        return executes ? PAGE_EXECUTE_READ : PAGE_READONLY;
    if (access & MAP_COPY)
        return executes ? PAGE_EXECUTE_WRITECOPY : PAGE_WRITECOPY;
    return PAGE_NOACCESS;
}

EXPORT(LPVOID, MapViewOfFileEx,
       (HANDLE mapping, DWORD access, DWORD high, DWORD low, SIZE_T size, LPVOID address))
{
    LARGE_INTEGER offset = {.QuadPart = (LONGLONG)((ULONG64)high << 32 | low)};
    PVOID base = address;
    SIZE_T length = size;
    NTSTATUS status = NtMapViewOfSection(mapping, ZwCurrentProcess(), &base, 0, 0, &offset, &length,
                                         ViewShare, 0, view_protect(access));
    return error_result(status) ? base : NULL;
}

EXPORT(LPVOID, MapViewOfFile, (HANDLE mapping, DWORD access, DWORD high, DWORD low, SIZE_T size))
{
    return MapViewOfFileEx(mapping, access, high, low, size, NULL);
}

EXPORT(BOOL, UnmapViewOfFile, (LPCVOID address))
{
    return error_result(NtUnmapViewOfSection(ZwCurrentProcess(), (PVOID)address));
}

EXPORT(BOOL, FlushViewOfFile, (LPCVOID address, SIZE_T size))
{
    PVOID base = (PVOID)address;
    SIZE_T length = size;
    IO_STATUS_BLOCK done;
    return error_result(NtFlushVirtualMemory(ZwCurrentProcess(), &base, &length, &done));
}

/* ---- names of eight-bit characters --------------------------------------------------------- */

EXPORT(HANDLE, CreateFileMappingA,
       (HANDLE file, SECURITY_ATTRIBUTES *security, DWORD protect, DWORD high, DWORD low,
        LPCSTR name))
{
    WITH_WIDE_HANDLE(name, CreateFileMappingW(file, security, protect, high, low, wide.text));
}

EXPORT(HANDLE, OpenFileMappingA, (DWORD access, BOOL inherit, LPCSTR name))
{
    WITH_WIDE_HANDLE(name, OpenFileMappingW(access, inherit, wide.text));
}
