/* SPDX-License-Identifier: MIT */
/* sixteen.c - a 16-bit program's file becomes the task of this process. */
#include "sixteen.h"

#include <stdlib.h>
#include <string.h>

#include "crt/utf.h"
#include "dos16/dos16.h"
#include "dos16/windows.h"
#include "flat16/flat16.h"
#include "loader16/file16.h"
#include "ntdll/error.h"
#include "task16/task16.h"
#include "toolhelp16/toolhelp16.h"

static bool fault_answer(struct cpu16_fault *fault, struct cpu16_registers *registers)
{
    return toolhelp16_fault(fault, registers) || dos16_fault(fault, registers);
}

#define VARIABLES_MOST 512u

bool sixteen_is_here(void)
{
    return true;
}

/* What follows the program's name on the command line. */
static const char *line_tail(const char *line)
{
    bool is_quoted = false;
    while (*line && (is_quoted || *line != ' ')) {
        is_quoted ^= *line == '"';
        line++;
    }
    while (*line == ' ')
        line++;
    return line;
}

/* "NAME=value" strings of the process's block, narrow; kept. */
static const char *const *environment_make(void)
{
    static const char *variables[VARIABLES_MOST + 1];
    const wchar_t *at = GetEnvironmentStringsW();
    size_t count = 0;
    while (at && *at && count < VARIABLES_MOST) {
        size_t length = 0;
        while (at[length])
            length++;
        size_t size = length * 3 + 1;
        char *text = malloc(size);
        if (!text)
            break;
        crt_utf8_from_string(at, text, size);
        variables[count++] = text;
        at += length + 1;
    }
    return variables;
}

DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR out, DWORD size);

#define PLATFORM_NT 2u

static struct {
    const char *folder, *host_folder; /* of a 32-bit program */
} beside;

/* FLAT_EDG of flat_edges.exe: as a module would be called. */
static const char *beside_name(void)
{
    static char name[9];
    wchar_t path[260];
    DWORD length = GetModuleFileNameW(NULL, path, 260), at = length;
    while (at && path[at - 1] != '\\')
        at--;
    for (unsigned i = 0; i < 8 && at < length && path[at] != '.'; i++, at++)
        name[i] = (char)(path[at] >= 'a' && path[at] <= 'z' ? path[at] - 'a' + 'A' : path[at]);
    return name;
}

static bool beside_begin(void)
{
    static struct task16_start start; /* lives as long as the task */
    const char *reason;
    if (!beside.folder)
        return false;
    start = (struct task16_start){.path = beside.folder,
                                  .name = beside_name(),
                                  .line = line_tail(GetCommandLineA()),
                                  .environment = environment_make(),
                                  .fault = fault_answer};
    file16_folders_set(beside.folder, beside.host_folder);
    dos16_init();
    toolhelp16_init();
    return task16_beside(&start, &reason);
}

static void flat_offer(void)
{
    if (peb_current()->OSPlatformId != PLATFORM_NT)
        flat16_init(beside_begin);
}

void sixteen_offer(const char *folder, const char *host_folder)
{
    beside.folder = folder;
    beside.host_folder = host_folder;
    flat_offer();
}

void sixteen_run(void *bytes, size_t size, const char *path, const char *folder,
                 const char *host_folder)
{
    struct task16_start start = {.bytes = bytes,
                                 .size = size,
                                 .path = path,
                                 .line = line_tail(GetCommandLineA()),
                                 .environment = environment_make(),
                                 .fault = fault_answer,
                                 .is_shared = getenv("COVE_SHARED16") != NULL};
    file16_folders_set(folder, host_folder);
    dos16_init();
    toolhelp16_init();
    flat_offer();
    task16_run(&start);
}
