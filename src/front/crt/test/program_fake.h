/* SPDX-License-Identifier: MIT */
/* program_fake.h - a program's surroundings for tests of the C run-times, without a machine.
 *
 * Files live in memory, the heap counts its blocks, ends of the process jump back to the test.
 * One test program includes it once; program_begin before and program_end after each test.
 */
#ifndef PROGRAM_FAKE_H
#define PROGRAM_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crt_internal.h"
#include "host/host.h"
#include "ntdll/exception.h"
#include "ntdll/process.h"
#include "ntdll/thread.h"

/* ---- heap ------------------------------------------------------------------------------------ */

struct fake_block {
    struct fake_block *next, **link;
    size_t size, unused;
};
static struct fake_block *fake_blocks_first;
static int fake_blocks;    /* taken and not given back */
static int fake_heap_left; /* allocations until the heap is empty; -1: never */

struct heap *heap_process(void)
{
    return (struct heap *)&fake_blocks;
}

void *heap_allocate(struct heap *heap, ULONG flags, size_t size)
{
    if (!fake_heap_left || size > SIZE_MAX / 2)
        return NULL;
    if (fake_heap_left > 0)
        fake_heap_left--;
    struct fake_block *block = malloc(sizeof *block + size);
    *block = (struct fake_block){fake_blocks_first, &fake_blocks_first, size, 0};
    if (block->next)
        block->next->link = &block->next;
    fake_blocks_first = block;
    fake_blocks++;
    return memset(block + 1, flags & HEAP_ZERO_MEMORY ? 0 : 0xcd, size);
}

void *heap_take(size_t size)
{
    return heap_allocate(heap_process(), 0, size);
}

size_t heap_size(struct heap *heap, ULONG flags, const void *block)
{
    return ((const struct fake_block *)block - 1)->size;
}

void heap_give(void *block)
{
    struct fake_block *fake = (struct fake_block *)block - 1;
    if (!block)
        return;
    *fake->link = fake->next;
    if (fake->next)
        fake->next->link = fake->link;
    free(fake);
    fake_blocks--;
}

void *heap_resize(struct heap *heap, ULONG flags, void *block, size_t size)
{
    void *made = heap_allocate(heap, flags, size);
    if (made) {
        size_t old = heap_size(heap, 0, block);
        memcpy(made, block, old < size ? old : size);
        heap_give(block);
    }
    return made;
}

bool heap_check(struct heap *heap, const void *block)
{
    return true;
}

/* ---- files ----------------------------------------------------------------------------------- */

#define FAKE_FILES 16

struct fake_file {
    char name[64];
    char *bytes;
    size_t size, position; /* one position: a file is opened once at a time */
    int writes;            /* calls of WriteFile */
    bool is_there, is_open, is_pipe, is_full;
};
static struct fake_file fake_files[FAKE_FILES];
static int fake_handles; /* open */

static struct fake_file *fake_file(const char *name)
{
    for (int i = 0; i < FAKE_FILES; i++) {
        if (fake_files[i].is_there && !strcmp(fake_files[i].name, name))
            return &fake_files[i];
    }
    return NULL;
}

static struct fake_file *fake_file_make(const char *name, const char *text)
{
    struct fake_file *file = fake_file(name);
    for (int i = 0; !file; i++) {
        assert_true(i < FAKE_FILES);
        if (!fake_files[i].is_there)
            file = &fake_files[i];
    }
    free(file->bytes);
    *file = (struct fake_file){.is_there = true, .size = strlen(text), .is_open = file->is_open};
    strcpy(file->name, name);
    file->bytes = strdup(text);
    return file;
}

HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, SECURITY_ATTRIBUTES *security,
                          DWORD disposition, DWORD flags, HANDLE template_file)
{
    enum { NEW = 1, ALWAYS, EXISTING, OPEN_ALWAYS, TRUNCATE };
    char narrow[64];
    crt_utf8_from_string(name, narrow, sizeof narrow);
    struct fake_file *file = fake_file(narrow);
    if (file ? disposition == NEW : disposition == EXISTING || disposition == TRUNCATE) {
        error_set(file ? ERROR_FILE_EXISTS : ERROR_FILE_NOT_FOUND);
        return INVALID_HANDLE_VALUE;
    }
    if (!file || disposition == ALWAYS || disposition == TRUNCATE)
        file = fake_file_make(narrow, "");
    assert_false(file->is_open);
    file->is_open = true;
    file->position = 0;
    fake_handles++;
    return file;
}

BOOL WINAPI CloseHandle(HANDLE handle)
{
    struct fake_file *file = handle;
    assert_true(file->is_open);
    file->is_open = false;
    fake_handles--;
    return TRUE;
}

BOOL WINAPI ReadFile(HANDLE handle, LPVOID buffer, DWORD length, DWORD *done,
                     OVERLAPPED *overlapped)
{
    struct fake_file *file = handle;
    size_t left = file->position < file->size ? file->size - file->position : 0;
    if (!left && file->is_pipe)
        return error_fail(ERROR_BROKEN_PIPE);
    *done = left < length ? (DWORD)left : length;
    memcpy(buffer, file->bytes + file->position, *done);
    file->position += *done;
    return TRUE;
}

BOOL WINAPI WriteFile(HANDLE handle, LPCVOID buffer, DWORD length, DWORD *done,
                      OVERLAPPED *overlapped)
{
    struct fake_file *file = handle;
    if (file->is_full)
        return error_fail(112 /* ERROR_DISK_FULL */);
    if (file->position + length > file->size) {
        file->bytes = realloc(file->bytes, file->position + length + 1);
        if (file->position > file->size)
            memset(file->bytes + file->size, 0, file->position - file->size);
        file->size = file->position + length;
        file->bytes[file->size] = 0;
    }
    memcpy(file->bytes + file->position, buffer, length);
    file->position += length;
    file->writes++;
    *done = length;
    return TRUE;
}

BOOL WINAPI SetFilePointerEx(HANDLE handle, LARGE_INTEGER distance, LARGE_INTEGER *position,
                             DWORD method)
{
    struct fake_file *file = handle;
    int64_t from[] = {0, (int64_t)file->position, (int64_t)file->size};
    int64_t to = from[method] + distance.QuadPart;
    if (to < 0)
        return error_fail(ERROR_NEGATIVE_SEEK);
    file->position = (size_t)to;
    if (position)
        position->QuadPart = to;
    return TRUE;
}

BOOL WINAPI GetFileSizeEx(HANDLE handle, LARGE_INTEGER *size)
{
    size->QuadPart = (int64_t)((struct fake_file *)handle)->size;
    return TRUE;
}

BOOL WINAPI SetEndOfFile(HANDLE handle)
{
    struct fake_file *file = handle;
    file->bytes = realloc(file->bytes, file->position + 1);
    if (file->position > file->size)
        memset(file->bytes + file->size, 0, file->position - file->size);
    file->size = file->position;
    return TRUE;
}

BOOL WINAPI FlushFileBuffers(HANDLE handle)
{
    return TRUE;
}

DWORD WINAPI GetFileType(HANDLE handle)
{
    return ((struct fake_file *)handle)->is_pipe ? 3 : 1;
}

void console_keys_begin(void)
{
}
void console_keys_end(void)
{
}
DWORD console_bytes_waiting(void)
{
    return 0;
}

BOOL WINAPI GetConsoleMode(HANDLE handle, DWORD *mode)
{
    return error_fail(ERROR_INVALID_HANDLE);
}

BOOL WINAPI DeleteFileW(LPCWSTR name)
{
    char narrow[64];
    crt_utf8_from_string(name, narrow, sizeof narrow);
    struct fake_file *file = fake_file(narrow);
    if (!file)
        return error_fail(ERROR_FILE_NOT_FOUND);
    free(file->bytes);
    *file = (struct fake_file){0};
    return TRUE;
}

/* ---- what no test needs: present so that win32's own, and the gate behind it, stay out ------- */

#define FAKE_ABSENT(type, name, params)  \
    type WINAPI name params              \
    {                                    \
        fail_msg(#name " is not faked"); \
        return (type)0;                  \
    }

FAKE_ABSENT(HANDLE, CreateThread,
            (SECURITY_ATTRIBUTES * security, SIZE_T stack, LPTHREAD_START_ROUTINE start,
             LPVOID argument, DWORD flags, DWORD *id))
FAKE_ABSENT(DWORD, ResumeThread, (HANDLE thread))
FAKE_ABSENT(BOOL, MoveFileW, (LPCWSTR from, LPCWSTR to))
FAKE_ABSENT(BOOL, CreateDirectoryW, (LPCWSTR name, SECURITY_ATTRIBUTES *security))
FAKE_ABSENT(BOOL, RemoveDirectoryW, (LPCWSTR name))
FAKE_ABSENT(BOOL, SetCurrentDirectoryW, (LPCWSTR name))
FAKE_ABSENT(DWORD, GetCurrentDirectoryW, (DWORD count, LPWSTR out))
FAKE_ABSENT(DWORD, GetFullPathNameW, (LPCWSTR path, DWORD count, LPWSTR out, LPWSTR *part))

DWORD WINAPI GetTempPathW(DWORD count, LPWSTR out)
{
    return (DWORD)crt_utf16_from_string("T:\\", out, count);
}

DWORD WINAPI GetFileAttributesW(LPCWSTR name)
{
    char narrow[64];
    crt_utf8_from_string(name, narrow, sizeof narrow);
    if (fake_file(narrow))
        return FILE_ATTRIBUTE_NORMAL;
    error_set(ERROR_FILE_NOT_FOUND);
    return INVALID_FILE_ATTRIBUTES;
}

FAKE_ABSENT(BOOL, SetFileAttributesW, (LPCWSTR name, DWORD attributes))
FAKE_ABSENT(BOOL, GetFileAttributesExW, (LPCWSTR name, DWORD level, LPVOID out))
FAKE_ABSENT(BOOL, GetFileInformationByHandle, (HANDLE handle, BY_HANDLE_FILE_INFORMATION *out))
FAKE_ABSENT(BOOL, SetFileTime,
            (HANDLE handle, const FILETIME *created, const FILETIME *accessed,
             const FILETIME *written))
struct find_data;
HANDLE WINAPI FindFirstFileW(LPCWSTR name, struct find_data *out);
FAKE_ABSENT(HANDLE, FindFirstFileW, (LPCWSTR name, struct find_data *out))
BOOL WINAPI FindNextFileW(HANDLE handle, struct find_data *out);
FAKE_ABSENT(BOOL, FindNextFileW, (HANDLE handle, struct find_data *out))
BOOL WINAPI FindClose(HANDLE handle);
FAKE_ABSENT(BOOL, FindClose, (HANDLE handle))
FAKE_ABSENT(BOOL, DuplicateHandle,
            (HANDLE from, HANDLE handle, HANDLE to, HANDLE *out, DWORD access, BOOL inherit,
             DWORD options))

void WINAPI ExitThread(DWORD code)
{
    fail_msg("ExitThread is not faked");
}

static wchar_t fake_variable[64]; /* the last one that was set: "NAME=value" or "NAME" */

BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value)
{
    crt_wcscpy(fake_variable, name);
    if (value) {
        static const wchar_t sign[] = {'=', 0};
        crt_wcscat(crt_wcscat(fake_variable, sign), value);
    }
    return TRUE;
}

/* ---- errors, exceptions and ends ------------------------------------------------------------- */

void error_set(ULONG error)
{
    teb_current()->LastErrorValue = error;
}

ULONG error_get(void)
{
    return teb_current()->LastErrorValue;
}

BOOL error_fail(ULONG error)
{
    error_set(error);
    return FALSE;
}

static char fake_complaint[256];

void program_complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(fake_complaint, sizeof fake_complaint, format, args);
    va_end(args);
}

static uint64_t fake_forgotten;

void exception_forget_below(uint64_t rsp)
{
    fake_forgotten = rsp;
}

void exception_unwind_jump(uint64_t rsp, uint64_t rip, const void *buffer)
{
    fake_forgotten = rsp;
}

bool thread_reserve_close(void)
{
    return true;
}

LONG exception_unhandled(EXCEPTION_POINTERS *pointers)
{
    return EXCEPTION_EXECUTE_HANDLER;
}

static jmp_buf fake_end; /* if (!setjmp(fake_end)) exit(…); then fake_code */
static ULONG fake_code;
static bool fake_is_terminated; /* at once, without detaching */

void process_exit(ULONG code)
{
    fake_code = code;
    fake_is_terminated = false;
    stream_flush_end();
    longjmp(fake_end, 1);
}

void process_terminate(ULONG code)
{
    fake_code = code;
    fake_is_terminated = true;
    longjmp(fake_end, 1);
}

void process_end_register(void (*end)(void))
{
    assert_ptr_equal(end, stream_flush_end);
}

void thread_end_register(void (*end)(struct teb *teb))
{
    assert_ptr_equal(end, crt_thread_end);
}

/* ---- begin and end of a test ----------------------------------------------------------------- */

static struct teb *fake_teb;
static struct peb fake_peb;
static struct process_parameters fake_parameters;
static wchar_t fake_line[300], fake_environment[200];

static void program_begin_with(const char *line, const char *const *variables)
{
    fake_teb = calloc(1, sizeof *fake_teb);
    fake_teb->Self = fake_teb;
    fake_teb->UniqueThread = (HANDLE)44;
    fake_teb->UniqueProcess = (HANDLE)40;
    fake_teb->ProcessEnvironmentBlock = &fake_peb;
    fake_peb = (struct peb){.ProcessParameters = &fake_parameters, .OSMajorVersion = 10};
    fake_parameters = (struct process_parameters){0};
    fake_heap_left = -1;
    fake_blocks = fake_handles = 0;
    fake_complaint[0] = 0;
    crt_utf16_from_string(line, fake_line, 300);
    fake_parameters.CommandLine = (UNICODE_STRING){0, 0, fake_line};
    fake_parameters.ImagePathName = (UNICODE_STRING){0, 0, fake_line};
    wchar_t *at = fake_environment;
    for (; *variables; variables++)
        at += crt_utf16_from_string(*variables, at, 64) + 1;
    *at = 0;
    fake_parameters.Environment = fake_environment;
    static const char *const names[] = {"stdin", "stdout", "stderr"};
    HANDLE *standard = &fake_parameters.StandardInput;
    for (int i = 0; i < 3; i++) {
        struct fake_file *file = fake_file_make(names[i], "");
        file->is_open = true;
        standard[i] = file;
        fake_handles++;
    }
    host_gs_set(fake_teb);
    frontcrt_init();
}

static void program_begin(void)
{
    static const char *const none[] = {NULL};
    program_begin_with("app.exe", none);
}

static void program_end(void)
{
    for (int i = 0; i < FAKE_FILES; i++) {
        free(fake_files[i].bytes);
        fake_files[i] = (struct fake_file){0};
    }
    crt_thread_end(fake_teb);
    while (fake_blocks_first)
        heap_give(fake_blocks_first + 1);
    host_gs_set(NULL);
    free(fake_teb);
}

static inline const char *fake_text(const char *name)
{
    struct fake_file *file = fake_file(name);
    assert_non_null(file);
    return file->bytes;
}

#endif
