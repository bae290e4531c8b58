/* SPDX-License-Identifier: MIT */
/* system_ddi.c - the system's version and shape, drives, debug output, error modes.
 *
 * Doc: sysinfoapi.h, debugapi.h, fileapi.h
 */
#include <stdio.h>
#include <string.h>

#include "base/width.h"
#include "crt/string.h"
#include "crt/utf.h"
#include "host/host.h"
#include "win32_internal.h"

#define PLATFORM_NT 2u

/* ---- version -------------------------------------------------------------------------------- */

EXPORT(DWORD, GetVersion, (void))
{
    const struct peb *peb = peb_current();
    DWORD version = peb->OSMajorVersion | peb->OSMinorVersion << 8;
    /* Windows 95 and 98: the highest bit; they have no build here. */
    return version |
           (peb->OSPlatformId == PLATFORM_NT ? (DWORD)peb->OSBuildNumber << 16 : 0xc0000000u);
}

/* Fills by hand: the caller's size says which of the structures it is. */
static void version_numbers(DWORD *head)
{
    const struct peb *peb = peb_current();
    memset(head + 1, 0, head[0] - sizeof *head);
    head[1] = peb->OSMajorVersion;
    head[2] = peb->OSMinorVersion;
    head[3] = peb->OSBuildNumber;
    if (peb->OSPlatformId != PLATFORM_NT) /* there the version stands in the upper half once more */
        head[3] |= peb->OSMajorVersion << 24 | peb->OSMinorVersion << 16;
    head[4] = peb->OSPlatformId;
}

EXPORT(BOOL, GetVersionExW, (DWORD * version))
{
    if (version[0] != sizeof(RTL_OSVERSIONINFOW) && version[0] != sizeof(RTL_OSVERSIONINFOEXW))
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    version_numbers(version);
    if (peb_current()->OSCSDVersion != 0)
        memcpy(version + 5, L"Service Pack 1", sizeof L"Service Pack 1");
    if (version[0] == sizeof(RTL_OSVERSIONINFOEXW)) {
        ((RTL_OSVERSIONINFOEXW *)version)->wServicePackMajor = peb_current()->OSCSDVersion >> 8;
        ((RTL_OSVERSIONINFOEXW *)version)->wProductType = 1;
    }
    return TRUE;
}

EXPORT(BOOL, GetVersionExA, (DWORD * version))
{
    if (version[0] != 148 && version[0] != 156) /* OSVERSIONINFOA, OSVERSIONINFOEXA */
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    version_numbers(version);
    if (peb_current()->OSCSDVersion != 0)
        memcpy(version + 5, "Service Pack 1", sizeof "Service Pack 1");
    if (version[0] == 156) { /* wServicePackMajor follows the text, wProductType the suites */
        ((BYTE *)version)[148] = (BYTE)(peb_current()->OSCSDVersion >> 8);
        ((BYTE *)version)[154] = 1;
    }
    return TRUE;
}

EXPORT(BOOL, VerifyVersionInfoW, (RTL_OSVERSIONINFOEXW * wanted, DWORD types, DWORDLONG conditions))
{
    const struct peb *peb = peb_current();
    uint64_t have = (uint64_t)peb->OSMajorVersion << 32 | peb->OSMinorVersion << 16;
    uint64_t want = (uint64_t)wanted->dwMajorVersion << 32 | wanted->dwMinorVersion << 16;
    if (types & 0x4) { /* VER_BUILDNUMBER */
        have |= peb->OSBuildNumber;
        want |= wanted->dwBuildNumber;
    }
    if (!(types & 0x2)) { /* VER_MAJORVERSION not asked for */
        have &= 0xffffffff;
        want &= 0xffffffff;
    }
    return have >= want ? TRUE : error_fail(1150); /* ERROR_OLD_WIN_VERSION */
}

EXPORT(ULONGLONG, VerSetConditionMask, (ULONGLONG mask, DWORD types, BYTE condition))
{
    for (unsigned bit = 0; bit < 8; bit++) {
        if (types >> bit & 1)
            mask |= (ULONGLONG)(condition & 7) << (bit * 3);
    }
    return mask;
}

/* ---- shape --------------------------------------------------------------------------------------
 */

struct system_info { /* SYSTEM_INFO */
    WORD architecture, reserved;
    DWORD page_bytes;
    PVOID lowest, highest;
    ULONG_PTR processors_mask;
    DWORD processors, type, granularity;
    WORD level, revision;
};

#define ARCHITECTURE_INTEL 0
#define ARCHITECTURE_AMD64 9

EXPORT(void, GetSystemInfo, (struct system_info * out))
{
    DWORD count = (DWORD)host_cpu_count();
    *out = (struct system_info){.architecture = BY_WIDTH(ARCHITECTURE_AMD64, ARCHITECTURE_INTEL),
                                .page_bytes = HOST_PAGE,
                                .lowest = (PVOID)(ULONG_PTR)BY_WIDTH(0x200000000000, 0x10000),
                                .highest = (PVOID)(ULONG_PTR)BY_WIDTH(0x3fffffffffff, 0x7ffeffff),
                                .processors_mask = ((ULONG_PTR)1 << count) - 1,
                                .processors = count,
                                .type = BY_WIDTH(8664, 586),
                                .granularity = 0x10000,
                                .level = 6};
}

/* The system's own, whatever the program is. */
EXPORT(void, GetNativeSystemInfo, (struct system_info * out))
{
    GetSystemInfo(out);
    out->architecture = ARCHITECTURE_AMD64;
    out->type = 8664;
}

EXPORT(DWORD, GetActiveProcessorCount, (WORD group))
{
    return (DWORD)host_cpu_count();
}

EXPORT(WORD, GetActiveProcessorGroupCount, (void))
{
    return 1;
}

EXPORT(BOOL, GetComputerNameW, (LPWSTR out, DWORD *count))
{
    static const wchar_t name[] = L"COVE";
    DWORD room = *count;
    *count = 4;
    return room > 4 ? (memcpy(out, name, sizeof name), TRUE) : (*count = 5, error_fail(111));
}

EXPORT(BOOL, GetComputerNameA, (LPSTR out, DWORD *size))
{
    DWORD room = *size;
    *size = 4;
    return room > 4 ? (memcpy(out, "COVE", 5), TRUE) : (*size = 5, error_fail(111));
}

/* ---- drives
 * -------------------------------------------------------------------------------------- */

/* The target of \??\name in out; 0 and the last error when there is none. */
static DWORD link_query(LPCWSTR name, wchar_t *out, DWORD count)
{
    wchar_t path[300];
    UNICODE_STRING string, target = {0, (USHORT)((count - 2) * sizeof *out), out};
    OBJECT_ATTRIBUTES attributes;
    HANDLE link;
    ULONG returned;
    crt_wcscpy(path, L"\\??\\");
    if (crt_wcscat_s(path, 300, name))
        return error_fail(ERROR_INVALID_NAME), 0;
    string = (UNICODE_STRING){(USHORT)(crt_wcslen(path) * sizeof *path), sizeof path, path};
    InitializeObjectAttributes(&attributes, &string, OBJ_CASE_INSENSITIVE, NULL, NULL);
    NTSTATUS status = NtOpenSymbolicLinkObject(&link, SYMBOLIC_LINK_QUERY, &attributes);
    if (!NT_SUCCESS(status)) {
        error_result(status);
        return 0;
    }
    status = NtQuerySymbolicLinkObject(link, &target, &returned);
    NtClose(link);
    if (!NT_SUCCESS(status)) {
        error_set(ERROR_INSUFFICIENT_BUFFER);
        return 0;
    }
    DWORD length = target.Length / sizeof *out;
    out[length] = out[length + 1] = 0;
    return length + 2;
}

struct directory_entry { /* OBJECT_DIRECTORY_INFORMATION */
    UNICODE_STRING name, type;
};

/* Every name of \GLOBAL??, each terminated, and one terminator more. */
static DWORD links_list(wchar_t *out, DWORD count)
{
    UNICODE_STRING string = RTL_CONSTANT_STRING(L"\\GLOBAL??");
    wchar_t path[] = L"\\GLOBAL??";
    _Alignas(8) char buffer[2048];
    OBJECT_ATTRIBUTES attributes;
    HANDLE directory;
    ULONG context = 0, returned;
    DWORD at = 0;
    string.Buffer = path;
    InitializeObjectAttributes(&attributes, &string, OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (!error_result(NtOpenDirectoryObject(&directory, DIRECTORY_QUERY, &attributes)))
        return 0;
    while (NtQueryDirectoryObject(directory, buffer, sizeof buffer, TRUE, !context, &context,
                                  &returned) == STATUS_SUCCESS) {
        const UNICODE_STRING *name = &((struct directory_entry *)buffer)->name;
        DWORD length = name->Length / sizeof *out;
        if (at + length + 2 > count) {
            NtClose(directory);
            return error_fail(ERROR_INSUFFICIENT_BUFFER), 0;
        }
        memcpy(out + at, name->Buffer, name->Length);
        at += length;
        out[at++] = 0;
    }
    NtClose(directory);
    out[at++] = 0;
    return at;
}

EXPORT(DWORD, QueryDosDeviceW, (LPCWSTR name, LPWSTR out, DWORD count))
{
    if (count < 3)
        return error_fail(ERROR_INSUFFICIENT_BUFFER), 0;
    return name ? link_query(name, out, count) : links_list(out, count);
}

EXPORT(DWORD, QueryDosDeviceA, (LPCSTR name, LPSTR out, DWORD size))
{
    struct wide wide;
    DWORD room = size < 0x8000 ? size : 0x8000;
    wchar_t *found = heap_take((room + 1) * sizeof *found);
    wide_of(&wide, name);
    DWORD count = found ? QueryDosDeviceW(wide.text, found, room) : 0;
    struct crt_utf made = {0};
    if (count)
        made = crt_utf16_to_utf8(found, count, 0, out, size);
    wide_drop(&wide);
    heap_give(found);
    if (count && made.consumed < count)
        return error_fail(ERROR_INSUFFICIENT_BUFFER), 0;
    return (DWORD)made.written;
}

#define DDD_RAW_TARGET_PATH   0x1u
#define DDD_REMOVE_DEFINITION 0x2u

/* Differs: a definition hides no older one: names that exist are refused. */
EXPORT(BOOL, DefineDosDeviceW, (DWORD flags, LPCWSTR name, LPCWSTR target))
{
    wchar_t path[300], to[600];
    UNICODE_STRING string, value;
    OBJECT_ATTRIBUTES attributes;
    HANDLE link;
    NTSTATUS status;
    crt_wcscpy(path, L"\\??\\");
    if (crt_wcscat_s(path, 300, name))
        return error_fail(ERROR_INVALID_NAME);
    string = (UNICODE_STRING){(USHORT)(crt_wcslen(path) * sizeof *path), sizeof path, path};
    if (flags & DDD_REMOVE_DEFINITION) {
        InitializeObjectAttributes(&attributes, &string, OBJ_CASE_INSENSITIVE, NULL, NULL);
        status = NtOpenSymbolicLinkObject(&link, DELETE, &attributes);
        if (NT_SUCCESS(status)) {
            status = NtMakeTemporaryObject(link);
            NtClose(link);
        }
        return error_result(status);
    }
    to[0] = 0;
    if (!(flags & DDD_RAW_TARGET_PATH))
        crt_wcscpy(to, L"\\??\\");
    if (crt_wcscat_s(to, 600, target))
        return error_fail(ERROR_INVALID_NAME);
    value = (UNICODE_STRING){(USHORT)(crt_wcslen(to) * sizeof *to), sizeof to, to};
    InitializeObjectAttributes(&attributes, &string, OBJ_CASE_INSENSITIVE | OBJ_PERMANENT, NULL,
                               NULL);
    status = NtCreateSymbolicLinkObject(&link, SYMBOLIC_LINK_ALL_ACCESS, &attributes, &value);
    if (NT_SUCCESS(status))
        NtClose(link);
    return error_result(status);
}

EXPORT(BOOL, DefineDosDeviceA, (DWORD flags, LPCSTR name, LPCSTR target))
{
    struct wide wide_name, wide_target;
    wide_of(&wide_name, name);
    wide_of(&wide_target, target);
    BOOL answer = wide_name.text && DefineDosDeviceW(flags, wide_name.text, wide_target.text);
    wide_drop(&wide_target);
    wide_drop(&wide_name);
    return answer;
}

EXPORT(UINT, GetDriveTypeW, (LPCWSTR root))
{
    wchar_t name[3] = L"?:", target[300];
    if (root && root[0] && root[1] == ':')
        name[0] = root[0];
    else
        name[0] = peb_current()->ProcessParameters->CurrentDirectory.Buffer[0];
    return link_query(name, target, 300) ? 3 : 1; /* DRIVE_FIXED, DRIVE_NO_ROOT_DIR */
}

EXPORT(UINT, GetDriveTypeA, (LPCSTR root))
{
    struct wide wide;
    wide_of(&wide, root);
    UINT type = GetDriveTypeW(wide.text);
    wide_drop(&wide);
    return type;
}

EXPORT(DWORD, GetLogicalDrives, (void))
{
    DWORD mask = 0;
    wchar_t name[3] = L"A:", target[300];
    for (unsigned letter = 0; letter < 26; letter++) {
        name[0] = (wchar_t)('A' + letter);
        if (link_query(name, target, 300))
            mask |= 1u << letter;
    }
    return mask;
}

/* ---- debugging, errors and noises
 * ------------------------------------------------------------------ */

EXPORT(void, OutputDebugStringA, (LPCSTR text))
{
    char line[600];
    size_t length = text ? strlen(text) : 0;
    while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
    int count =
        snprintf(line, sizeof line, "%.*s\n", (int)(length < 590 ? length : 590), text ? text : "");
    host_write_stderr(line, (size_t)count);
}

EXPORT(void, OutputDebugStringW, (LPCWSTR text))
{
    char narrow[600] = "";
    if (text)
        crt_utf8_from_string(text, narrow, sizeof narrow);
    OutputDebugStringA(narrow);
}

static _Atomic UINT error_mode;

EXPORT(UINT, SetErrorMode, (UINT mode))
{
    return atomic_exchange(&error_mode, mode);
}

EXPORT(UINT, GetErrorMode, (void))
{
    return atomic_load(&error_mode);
}

EXPORT(BOOL, SetThreadErrorMode, (DWORD mode, DWORD *old))
{
    DWORD before = atomic_exchange(&error_mode, mode);
    if (old)
        *old = before;
    return TRUE;
}

EXPORT(BOOL, Beep, (DWORD frequency, DWORD milliseconds))
{
    return TRUE;
}

EXPORT(PVOID, EncodePointer, (PVOID pointer))
{
    return (PVOID) ~(ULONG_PTR)pointer;
}

/* As many handles as there is memory for. */
EXPORT(UINT, SetHandleCount, (UINT count))
{
    return count;
}

/* number * numerator / denominator by way of 64 bits, rounded to the nearest; -1: does not fit. */
EXPORT(int, MulDiv, (int number, int numerator, int denominator))
{
    if (!denominator)
        return -1;
    int64_t product = (int64_t)number * numerator;
    int64_t half = denominator < 0 ? -((int64_t)denominator / 2) : (int64_t)denominator / 2;
    int64_t answer = (product < 0 ? product - half : product + half) / denominator;
    return answer < INT32_MIN || answer > INT32_MAX ? -1 : (int)answer;
}
