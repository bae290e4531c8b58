/* SPDX-License-Identifier: MIT */
/* child_ddi.c - CreateProcess and anonymous pipes. Doc: processthreadsapi.h, namedpipeapi.h
 *
 * The child is another process of the host, started by this one; the kernel is told first what
 * it inherits, by a ticket. Differs: a batch file or a program of the host is not started;
 * priority and console flags change nothing.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "door/door.h"
#include "host/host.h"
#include "ntdll/ldr.h"
#include "ntdll/path.h"
#include "win32_internal.h"

#define CREATE_SUSPENDED           0x4u
#define CREATE_UNICODE_ENVIRONMENT 0x400u
#define STARTF_USESTDHANDLES       0x100u
#define COLLECT_100NS              200000 /* between two looks at whether it still lives */
#define COLLECT_LOOKS              1000u

struct startup { /* STARTUPINFO */
    DWORD size;
    PVOID reserved, desktop, title;
    DWORD x, y, width, height, columns, rows, fill, flags;
    WORD show, reserved_size;
    PVOID reserved_bytes;
    HANDLE standard[3];
};

struct process_information {
    HANDLE process, thread;
    DWORD process_id, thread_id;
};

/* ---- which file ------------------------------------------------------------------------------ */

static bool is_file(const wchar_t *path)
{
    DWORD attributes = GetFileAttributesW(path);
    return attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY);
}

/* With .exe behind it where it has no extension. */
static bool file_try(const wchar_t *folder, const wchar_t *name, wchar_t *out)
{
    out[0] = 0;
    if (crt_wcscpy_s(out, MAX_PATH, folder) || crt_wcscat_s(out, MAX_PATH - 4, name))
        return false;
    if (is_file(out))
        return true;
    const wchar_t *base = crt_wcsrchr(name, '\\');
    if (crt_wcschr(base ? base : name, '.'))
        return false;
    crt_wcscat_s(out, MAX_PATH, L".exe");
    return is_file(out);
}

/* A name without a folder: beside this program, then in the current directory. */
static bool file_search(const wchar_t *name, wchar_t *out)
{
    wchar_t folder[MAX_PATH];
    if (crt_wcspbrk(name, L"\\/:"))
        return file_try(L"", name, out);
    const UNICODE_STRING *image = &peb_current()->ProcessParameters->ImagePathName;
    crt_wcsncpy(folder, image->Buffer, MAX_PATH - 1);
    folder[MAX_PATH - 1] = 0;
    wchar_t *slash = crt_wcsrchr(folder, '\\');
    if (slash)
        slash[1] = 0;
    return (slash && file_try(folder, name, out)) || file_try(L"", name, out);
}

/* The first word of a command line; one without quotes may go on over blanks until a file of
 * that name is found, as documented. */
static bool file_of_line(const wchar_t *line, wchar_t *out)
{
    wchar_t name[MAX_PATH];
    size_t length = 0;
    if (*line == '"') {
        for (line++; line[length] && line[length] != '"' && length < MAX_PATH - 1; length++)
            name[length] = line[length];
        name[length] = 0;
        return file_search(name, out);
    }
    for (; length < MAX_PATH - 1; length++) {
        bool is_end = !line[length] || line[length] == ' ' || line[length] == '\t';
        name[length] = 0;
        if (is_end && length && file_search(name, out))
            return true;
        if (!line[length])
            return false;
        name[length] = line[length];
    }
    return false;
}

/* ---- the host's side ---------------------------------------------------------------------------
 */

static char *narrow_copy(const wchar_t *text, size_t length)
{
    size_t bytes = crt_utf16_to_utf8(text, length, 0, NULL, 0).written;
    char *copy = malloc(bytes + 1);
    if (copy) {
        crt_utf16_to_utf8(text, length, 0, copy, bytes);
        copy[bytes] = '\0';
    }
    return copy;
}

static void environment_free(char **environment)
{
    for (char **at = environment; at && *at; at++)
        free(*at);
    free(environment);
}

/* The host's form of an environment block. */
static char **environment_make(const void *block, bool is_wide)
{
    size_t count = 0, room = 16;
    char **list = malloc(room * sizeof *list);
    const char *narrow = block;
    const wchar_t *wide = block;
    while (list && (is_wide ? *wide : *narrow)) {
        size_t length = is_wide ? crt_wcslen(wide) : strlen(narrow);
        if (count + 2 > room) {
            room *= 2;
            char **larger = realloc(list, room * sizeof *list);
            if (!larger)
                break;
            list = larger;
        }
        list[count] = is_wide ? narrow_copy(wide, length) : strdup(narrow);
        count += list[count] != NULL;
        wide += is_wide ? length + 1 : 0;
        narrow += is_wide ? 0 : length + 1;
    }
    if (list)
        list[count] = NULL;
    return list;
}

static void child_reap(void *context)
{
    waitpid((pid_t)(intptr_t)context, NULL, 0);
}

/* Starts the host's process. Its descriptors 0 to 2 are ours, or nothing where the child has
 * handles of its own. */
static int child_spawn(const struct wire_child *child, const char *line, char **environment,
                       bool has_standard, pid_t *out_pid)
{
    char ticket[24];
    snprintf(ticket, sizeof ticket, "%llx", (unsigned long long)child->ticket);
    char *arguments[] = {
        "cove-program", "--socket",   (char *)door_socket_path(), "--ticket", ticket,
        "--line",       (char *)line, (char *)child->image,       NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, child->directory);
    for (int n = 0; has_standard && n < 2; n++)
        posix_spawn_file_actions_addopen(&actions, n, "/dev/null", n ? O_WRONLY : O_RDONLY, 0);
    int error = posix_spawn(out_pid, "/proc/self/exe", &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Until the child has come in, or has died before it could. */
static NTSTATUS child_collect(uint64_t ticket, pid_t pid, struct process_information *out)
{
    NTSTATUS status = STATUS_TIMEOUT;
    HANDLE process, thread;
    CLIENT_ID id;
    for (unsigned look = 0; look < COLLECT_LOOKS && status == STATUS_TIMEOUT; look++) {
        LARGE_INTEGER timeout = {.QuadPart = -COLLECT_100NS};
        status = NtCoveChildCollect(ticket, &process, &thread, &id, &timeout);
        if (status == STATUS_TIMEOUT && waitpid(pid, NULL, WNOHANG) == pid) {
            status = STATUS_INVALID_IMAGE_FORMAT;
            pid = 0;
        }
    }
    if (status != STATUS_SUCCESS) {
        NtCoveChildDrop(ticket);
        status = status == STATUS_TIMEOUT ? STATUS_IO_TIMEOUT : status;
    }
    struct host_thread_options options = {.name = "reap", .detached = true};
    struct host_thread *reaper;
    if (pid)
        host_thread_create(&options, child_reap, (void *)(intptr_t)pid, &reaper);
    if (status == STATUS_SUCCESS)
        *out = (struct process_information){process, thread, (DWORD)(ULONG_PTR)id.UniqueProcess,
                                            (DWORD)(ULONG_PTR)id.UniqueThread};
    return status;
}

/* ---- the door
 * -------------------------------------------------------------------------------------- */

struct plan {
    wchar_t file[MAX_PATH];
    UNICODE_STRING image, directory;
    uint64_t standard[3];
    uint32_t flags;
    char *line;
    char **environment;
};

static NTSTATUS plan_make(struct plan *plan, const wchar_t *file, const wchar_t *line,
                          const wchar_t *directory, DWORD flags, BOOL inherit,
                          const void *environment, const struct startup *startup)
{
    wchar_t current[MAX_PATH];
    if (!(file ? file_try(L"", file, plan->file) : file_of_line(line, plan->file)))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    path_current_get(current, MAX_PATH);
    NTSTATUS status = path_nt_current(plan->file, &plan->image);
    if (NT_SUCCESS(status))
        status = path_nt_current(directory ? directory : current, &plan->directory);
    plan->flags =
        (inherit ? WIRE_CHILD_INHERITS : 0) | (flags & CREATE_SUSPENDED ? WIRE_CHILD_SUSPENDED : 0);
    if (startup && startup->flags & STARTF_USESTDHANDLES) {
        plan->flags |= WIRE_CHILD_STANDARD;
        for (int n = 0; n < 3; n++)
            plan->standard[n] = (uint64_t)(intptr_t)startup->standard[n];
    }
    const wchar_t *shown = line ? line : plan->file;
    plan->line = narrow_copy(shown, crt_wcslen(shown));
    bool is_wide = !environment || flags & CREATE_UNICODE_ENVIRONMENT;
    plan->environment = environment_make(
        environment ? environment : peb_current()->ProcessParameters->Environment, is_wide);
    if (NT_SUCCESS(status) && (!plan->line || !plan->environment))
        status = STATUS_NO_MEMORY;
    return status;
}

EXPORT(BOOL, CreateProcessW,
       (LPCWSTR file, LPWSTR line, SECURITY_ATTRIBUTES *process_security,
        SECURITY_ATTRIBUTES *thread_security, BOOL inherit, DWORD flags, LPVOID environment,
        LPCWSTR directory, const struct startup *startup, struct process_information *out))
{
    pid_t pid;
    if (!file && !line)
        return error_fail(ERROR_INVALID_PARAMETER);
    struct plan *plan = heap_allocate(heap_process(), HEAP_ZERO_MEMORY, sizeof *plan);
    struct wire_child *child = heap_take(sizeof *child);
    NTSTATUS status =
        plan && child ? plan_make(plan, file, line, directory, flags, inherit, environment, startup)
                      : STATUS_NO_MEMORY;
    if (NT_SUCCESS(status))
        status =
            NtCoveChildAnnounce(&plan->image, &plan->directory, plan->standard, plan->flags, child);
    if (NT_SUCCESS(status)) {
        if (child_spawn(child, plan->line, plan->environment, plan->flags & WIRE_CHILD_STANDARD,
                        &pid)) {
            NtCoveChildDrop(child->ticket);
            status = STATUS_INSUFFICIENT_RESOURCES;
        } else {
            status = child_collect(child->ticket, pid, out);
        }
    }
    if (plan) {
        heap_give(plan->image.Buffer);
        heap_give(plan->directory.Buffer);
        free(plan->line);
        environment_free(plan->environment);
    }
    heap_give(child);
    heap_give(plan);
    return error_result(status);
}

EXPORT(BOOL, CreateProcessA,
       (LPCSTR file, LPSTR line, SECURITY_ATTRIBUTES *process_security,
        SECURITY_ATTRIBUTES *thread_security, BOOL inherit, DWORD flags, LPVOID environment,
        LPCSTR directory, const struct startup *startup, struct process_information *out))
{
    struct wide wide_file, wide_line, wide_directory;
    wide_of(&wide_file, file);
    wide_of(&wide_line, line);
    wide_of(&wide_directory, directory);
    BOOL is_done = CreateProcessW(wide_file.text, wide_line.text, process_security, thread_security,
                                  inherit, flags, environment, wide_directory.text, startup, out);
    wide_drop(&wide_directory);
    wide_drop(&wide_line);
    wide_drop(&wide_file);
    return is_done;
}

EXPORT(BOOL, CreatePipe, (HANDLE * read, HANDLE *write, SECURITY_ATTRIBUTES *security, DWORD size))
{
    HANDLE ends[2];
    ULONG attributes = security && security->bInheritHandle ? OBJ_INHERIT : 0;
    NTSTATUS status = NtCovePipeCreate(&ends[0], &ends[1], attributes);
    if (NT_SUCCESS(status)) {
        *read = ends[0];
        *write = ends[1];
    }
    return error_result(status);
}

#define WINEXEC_STARTED 33u /* anything above 31 */

EXPORT(UINT, WinExec, (LPCSTR line, UINT show))
{
    struct startup startup = {.size = sizeof startup, .flags = 1 /* show counts */};
    struct process_information started;
    struct wide wide;
    (void)show; /* there is nothing to be seen */
    wide_of(&wide, line);
    BOOL is_done =
        CreateProcessW(NULL, wide.text, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &started);
    wide_drop(&wide);
    if (is_done) {
        CloseHandle(started.thread);
        CloseHandle(started.process);
        return WINEXEC_STARTED;
    }
    UINT error = error_get();
    return error < 32 ? error : 0;
}
