/* SPDX-License-Identifier: MIT */
/* process.c - the process block and what hangs from it, made before anything else runs. */
#include "ntdll/process.h"

#include <stdlib.h>
#include <string.h>

#include "base/width.h"
#include "base/windows.h"
#include "crt/string.h"
#include "crt/utf.h"
#include "host/host.h"
#include "ntdll/heap.h"
#include "ntdll/ldr.h"
#include "ntdll/nt.h"
#include "ntdll/sync.h"

#define DIRECTORY_CHARS 1024u
#define PLATFORM_NT     2u
#define PLATFORM_9X     1u

NTSTATUS process_block_create(const struct process_start *start, struct peb **out_peb)
{
    void *memory;
    NTSTATUS status = memory_allocate(sizeof(struct peb), PAGE_READWRITE, &memory);
    if (!NT_SUCCESS(status))
        return status;
    struct peb *peb = memory;
    peb->Mutant = INVALID_HANDLE_VALUE;
    peb->NumberOfProcessors = (ULONG)host_cpu_count();
    peb->OSMajorVersion = start->windows_major;
    peb->OSMinorVersion = start->windows_minor;
    peb->OSBuildNumber = (USHORT)start->windows_build;
    peb->OSCSDVersion = (USHORT)(windows_of_build(start->windows_build).service_pack << 8);
    peb->OSPlatformId = windows_is_9x(start->windows_build) ? PLATFORM_9X : PLATFORM_NT;
    peb->ImageSubsystem = start->subsystem;
    *out_peb = peb;
    return STATUS_SUCCESS;
}

/* ---- the command line
 * ---------------------------------------------------------------------------- */

static char *command_line(const struct process_start *start)
{
    if (start->line)
        return strdup(start->line);
    size_t size = argument_quote(start->image_path, NULL, 0) + 2;
    for (int i = 0; i < start->argument_count; i++)
        size += argument_quote(start->arguments[i], NULL, 0) + 1;
    char *line = malloc(size);
    if (!line)
        return NULL;
    size_t at = argument_quote(start->image_path, line, size);
    for (int i = 0; i < start->argument_count; i++) {
        line[at++] = ' ';
        at += argument_quote(start->arguments[i], line + at, size - at);
    }
    return line;
}

/* ---- text into the window
 * ------------------------------------------------------------------------ */

static NTSTATUS text_set(const char *text, size_t room_chars, UNICODE_STRING *out)
{
    size_t count = crt_utf8_to_utf16(text, strlen(text), CRT_UTF_KEEP, NULL, 0).written;
    if (room_chars < count + 2)
        room_chars = count + 2;
    wchar_t *buffer = heap_take(room_chars * sizeof *buffer);
    if (!buffer || room_chars * sizeof *buffer > 0xffff)
        return STATUS_NO_MEMORY;
    crt_utf8_to_utf16(text, strlen(text), CRT_UTF_KEEP, buffer, count);
    buffer[count] = 0;
    *out = (UNICODE_STRING){(USHORT)(count * sizeof *buffer), (USHORT)(room_chars * sizeof *buffer),
                            buffer};
    return STATUS_SUCCESS;
}

static int variable_order(const void *a, const void *b)
{
    return strcasecmp(*(char *const *)a, *(char *const *)b);
}

/* What a Windows program looks for beside the host's variables. */
static const char *const windows_variables[] = {
    "ComSpec=C:\\Windows\\System32\\cmd.exe",
    "OS=Windows_NT",
    "PATHEXT=.COM;.EXE;.BAT;.CMD",
    BY_WIDTH("PROCESSOR_ARCHITECTURE=AMD64", "PROCESSOR_ARCHITECTURE=x86"),
    "SystemDrive=C:",
    "SystemRoot=C:\\Windows",
    "windir=C:\\Windows",
};
#define WINDOWS_VARIABLES (sizeof windows_variables / sizeof *windows_variables)

/* By a program that started this one. */
static bool variable_is_given(char **host, size_t count, const char *variable)
{
    size_t length = (size_t)(strchr(variable, '=') - variable) + 1;
    for (size_t i = 0; i < count; i++) {
        if (!strncasecmp(host[i], variable, length))
            return true;
    }
    return false;
}

static NTSTATUS environment_set(char **host, struct process_parameters *parameters)
{
    size_t count = 0, bytes = 1;
    while (host[count])
        count++;
    const char **all = calloc(count + WINDOWS_VARIABLES, sizeof *all);
    if (!all)
        return STATUS_NO_MEMORY;
    memcpy(all, host, count * sizeof *all);
    size_t given = count;
    for (size_t i = 0; i < WINDOWS_VARIABLES; i++) {
        if (!variable_is_given(host, given, windows_variables[i]))
            all[count++] = windows_variables[i];
    }
    qsort(all, count, sizeof *all, variable_order);
    for (size_t i = 0; i < count; i++)
        bytes += strlen(all[i]) + 1;
    wchar_t *block = heap_take(bytes * sizeof *block + sizeof *block);
    wchar_t *at = block;
    for (size_t i = 0; block && i < count; i++) {
        size_t length = strlen(all[i]);
        at += crt_utf8_to_utf16(all[i], length, CRT_UTF_KEEP, at, length).written;
        *at++ = 0;
    }
    free(all);
    if (!block)
        return STATUS_NO_MEMORY;
    *at = 0;
    parameters->Environment = block;
    return STATUS_SUCCESS;
}

static NTSTATUS directory_set(const char *directory, UNICODE_STRING *out)
{
    NTSTATUS status = text_set(directory, DIRECTORY_CHARS, out);
    size_t count = out->Length / sizeof(wchar_t);
    if (NT_SUCCESS(status) && count && out->Buffer[count - 1] != '\\') {
        out->Buffer[count] = '\\';
        out->Buffer[count + 1] = 0;
        out->Length += sizeof(wchar_t);
    }
    return status;
}

static NTSTATUS parameters_create(const struct process_start *start)
{
    struct process_parameters *parameters =
        heap_allocate(heap_process(), HEAP_ZERO_MEMORY, sizeof *parameters);
    char *line = command_line(start);
    if (!parameters || !line) {
        free(line);
        return STATUS_NO_MEMORY;
    }
    parameters->MaximumLength = parameters->Length = sizeof *parameters;
    parameters->Flags = 1; /* normalised: pointers, not offsets */
    parameters->StandardInput = (HANDLE)start->standard_handle[0];
    parameters->StandardOutput = (HANDLE)start->standard_handle[1];
    parameters->StandardError = (HANDLE)start->standard_handle[2];
    NTSTATUS status = directory_set(start->current_directory, &parameters->CurrentDirectory);
    if (NT_SUCCESS(status))
        status = text_set(start->image_path, 0, &parameters->ImagePathName);
    if (NT_SUCCESS(status))
        status = text_set(line, 0, &parameters->CommandLine);
    if (NT_SUCCESS(status))
        status = text_set(start->image_path, 0, &parameters->WindowTitle);
    if (NT_SUCCESS(status))
        status = text_set("", 0, &parameters->DllPath);
    if (NT_SUCCESS(status))
        status = text_set("WinSta0\\Default", 0, &parameters->DesktopInfo);
    if (NT_SUCCESS(status))
        status = environment_set(start->environment, parameters);
    free(line);
    peb_current()->ProcessParameters = parameters;
    return status;
}

NTSTATUS process_init(const struct process_start *start)
{
    struct peb *peb = peb_current();
    peb->ProcessHeap = heap_create(HEAP_GROWABLE, 0);
    if (!peb->ProcessHeap)
        return STATUS_NO_MEMORY;
    peb->NumberOfHeaps = 1;
    peb->FastPebLock = heap_take(sizeof *peb->FastPebLock);
    if (!peb->FastPebLock)
        return STATUS_NO_MEMORY;
    section_init(peb->FastPebLock, 0);
    return parameters_create(start);
}

/* ---- the end
 * ---------------------------------------------------------------------------------------- */

void process_terminate(ULONG code)
{
    NtTerminateProcess(ZwCurrentProcess(), (NTSTATUS)code);
    host_exit((int)code);
}

static void (*process_end)(void); /* set at start */

void process_end_register(void (*end)(void))
{
    process_end = end;
}

void process_exit(ULONG code)
{
    ldr_detach();
    if (process_end)
        process_end();
    process_terminate(code);
}
