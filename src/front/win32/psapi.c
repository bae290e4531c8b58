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

static bool peb_read(HANDLE process, struct peb *out_peb)
{
    struct {
        ULONG_PTR exit_status;
        struct peb *peb;
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
    if (!peb32 != (sizeof peb32 == sizeof(uint64_t)))
        return error_fail(ERROR_PARTIAL_COPY); /* its blocks are of another width */
    return bytes_read(process, basic.peb, out_peb, sizeof *out_peb);
}

bool modules_visit(HANDLE process, bool (*visit)(const struct seen_module *, void *context),
                   void *context)
{
    struct peb peb;
    struct ldr_data data;
    struct ldr_entry entry;
    if (!peb_read(process, &peb) || !bytes_read(process, peb.Ldr, &data, sizeof data))
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

bool process_path(HANDLE process, wchar_t path[MAX_PATH])
{
    struct peb peb;
    struct process_parameters parameters;
    return peb_read(process, &peb) &&
           bytes_read(process, peb.ProcessParameters, &parameters, sizeof parameters) &&
           text_read(process, &parameters.ImagePathName, path, MAX_PATH);
}
