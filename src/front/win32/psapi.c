/* SPDX-License-Identifier: MIT */
/* psapi.c - looking at drivers, processes and modules.
 *
 * The kernel lists drivers and processes. Modules are read out of the process's own blocks, as
 * on Windows: whoever may read its memory sees them.
 */
#include "psapi.h"

#include <string.h>

#include "ntdll/ldr.h"

#define CLASS_PROCESSES 5u
#define CLASS_DRIVERS   11u
#define MODULES_MOST    4096u
#define PROCESS_WOW64   26
#ifndef ERROR_PARTIAL_COPY
#define ERROR_PARTIAL_COPY 299
#endif

static void *system_see(ULONG class)
{
    ULONG length = 0x4000;
    for (;;) {
        ULONG needed = 0;
        void *answer = heap_take(length);
        if (!answer)
            return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
        NTSTATUS status = NtQuerySystemInformation(class, answer, length, &needed);
        if (NT_SUCCESS(status))
            return answer;
        heap_give(answer);
        if (status != STATUS_INFO_LENGTH_MISMATCH)
            return error_result(status), NULL;
        length = (needed > length ? needed : length) + 0x4000;
    }
}

struct seen_drivers *drivers_see(void)
{
    return system_see(CLASS_DRIVERS);
}

struct seen_process *processes_see(void)
{
    return system_see(CLASS_PROCESSES);
}

struct seen_process *process_after(struct seen_process *process)
{
    return process->next ? (struct seen_process *)((char *)process + process->next) : NULL;
}

/* ---- a process's own blocks ------------------------------------------------------------------ */

static bool bytes_read(HANDLE process, const void *address, void *out, size_t size)
{
    SIZE_T done = 0;
    NTSTATUS status = NtReadVirtualMemory(process, (PVOID)address, out, size, &done);
    return error_result(status) && done == size;
}

static bool text_read(HANDLE process, const UNICODE_STRING *text, wchar_t *out, size_t count)
{
    size_t length = text->Length / sizeof *out;
    if (length >= count)
        length = count - 1;
    out[length] = 0;
    return !length || bytes_read(process, text->Buffer, out, length * sizeof *out);
}

/* Where a process's blocks lie, and whether they are those of the other width. */
struct blocks {
    const void *peb;
    bool is_other;
};

static bool blocks_find(HANDLE process, struct blocks *out_blocks)
{
    struct {
        ULONG_PTR exit_status;
        const void *peb;
        ULONG_PTR rest[4];
    } basic;
    if (!error_result(NtQueryInformationProcess(process, 0, &basic, sizeof basic, NULL)))
        return false;
    if (!basic.peb)
        return error_fail(ERROR_INVALID_HANDLE); /* the system's own process */
    ULONG_PTR peb32 = 0;
    if (!error_result(
            NtQueryInformationProcess(process, PROCESS_WOW64, &peb32, sizeof peb32, NULL)))
        return false;
    *out_blocks = (struct blocks){basic.peb, !peb32 != (sizeof peb32 == sizeof(uint64_t))};
    return true;
}

static bool modules_visit_own(HANDLE process, const void *at_peb,
                              bool (*visit)(const struct seen_module *, void *context),
                              void *context)
{
    struct peb peb;
    struct ldr_data data;
    struct ldr_entry entry;
    if (!bytes_read(process, at_peb, &peb, sizeof peb) ||
        !bytes_read(process, peb.Ldr, &data, sizeof data))
        return false;
    const void *head = (char *)peb.Ldr + offsetof(struct ldr_data, InLoadOrderModuleList);
    const void *at = data.InLoadOrderModuleList.Flink;
    for (unsigned i = 0; at != head && i < MODULES_MOST; i++) {
        struct seen_module module = {0};
        if (!bytes_read(process, at, &entry, sizeof entry) ||
            !text_read(process, &entry.BaseDllName, module.name, 128) ||
            !text_read(process, &entry.FullDllName, module.path, MAX_PATH))
            return false;
        module.base = (uint64_t)entry.DllBase;
        module.entry = (uint64_t)entry.EntryPoint;
        module.size_bytes = entry.SizeOfImage;
        if (!visit(&module, context))
            break;
        at = entry.InLoadOrderLinks.Flink;
    }
    return true;
}

/* The same blocks as a 32-bit process has them, for those who are none. */
#define PEB32_LDR          0x0c
#define PEB32_PARAMETERS   0x10
#define LDR32_LIST         0x0c
#define PARAMETERS32_IMAGE 0x38
struct text32 {
    USHORT length, maximum;
    uint32_t buffer;
};
struct ldr_entry32 {
    uint32_t next, links[5];
    uint32_t base, entry, size_bytes;
    struct text32 path, name;
};

static bool text_read32(HANDLE process, struct text32 text, wchar_t *out, size_t count)
{
    UNICODE_STRING wide = {text.length, text.maximum, (wchar_t *)(uintptr_t)text.buffer};
    return text_read(process, &wide, out, count);
}

static bool modules_visit_32(HANDLE process, const void *peb, bool is_program_alone,
                             bool (*visit)(const struct seen_module *, void *context),
                             void *context)
{
    uint32_t data, at;
    if (!bytes_read(process, (const char *)peb + PEB32_LDR, &data, sizeof data) ||
        !bytes_read(process, (void *)(uintptr_t)(data + LDR32_LIST), &at, sizeof at))
        return false;
    for (unsigned i = 0; at != data + LDR32_LIST && i < MODULES_MOST; i++) {
        struct seen_module module = {0};
        struct ldr_entry32 entry;
        if (!bytes_read(process, (void *)(uintptr_t)at, &entry, sizeof entry) ||
            !text_read32(process, entry.name, module.name, 128) ||
            !text_read32(process, entry.path, module.path, MAX_PATH))
            return false;
        module.base = entry.base;
        module.entry = entry.entry;
        module.size_bytes = entry.size_bytes;
        if (!visit(&module, context) || is_program_alone)
            break;
        at = entry.next;
    }
    return true;
}

bool modules_visit(HANDLE process, unsigned which,
                   bool (*visit)(const struct seen_module *, void *context), void *context)
{
    struct blocks blocks;
    if (!blocks_find(process, &blocks))
        return false;
    if (!blocks.is_other)
        return !(which & SEE_NATIVE) || modules_visit_own(process, blocks.peb, visit, context);
    if (sizeof(void *) == sizeof(uint32_t))
        return error_fail(ERROR_PARTIAL_COPY);
    return modules_visit_32(process, blocks.peb, !(which & SEE_32), visit, context);
}

bool process_path(HANDLE process, wchar_t path[MAX_PATH])
{
    struct blocks blocks;
    struct process_parameters parameters;
    struct peb peb;
    struct text32 text;
    uint32_t at;
    if (!blocks_find(process, &blocks))
        return false;
    if (!blocks.is_other)
        return bytes_read(process, blocks.peb, &peb, sizeof peb) &&
               bytes_read(process, peb.ProcessParameters, &parameters, sizeof parameters) &&
               text_read(process, &parameters.ImagePathName, path, MAX_PATH);
    if (sizeof(void *) == sizeof(uint32_t))
        return error_fail(ERROR_PARTIAL_COPY);
    return bytes_read(process, (const char *)blocks.peb + PEB32_PARAMETERS, &at, sizeof at) &&
           bytes_read(process, (void *)(uintptr_t)(at + PARAMETERS32_IMAGE), &text, sizeof text) &&
           text_read32(process, text, path, MAX_PATH);
}
