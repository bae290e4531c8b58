/* SPDX-License-Identifier: MIT */
/* pipe_ddi.c - named pipes. Doc: namedpipeapi.h, winbase.h
 *
 * Pipes are the kernel's (`\Device\NamedPipe`), files like others; here are the functions that
 * only pipes have. Differs: security attributes only say whether the handle is inherited.
 */
#include <string.h>

#include "ntdll/path.h"
#include "win32_internal.h"

#define OPEN_DUPLEX         3u
#define OPEN_FIRST          0x00080000u
#define OPEN_OVERLAPPED     0x40000000u
#define OPEN_WRITE_THROUGH  0x80000000u
#define MODE_NO_WAIT        0x1u
#define MODE_READ_MESSAGES  0x2u
#define MODE_TYPE_MESSAGE   0x4u
#define MODE_REJECT_REMOTE  0x8u
#define INSTANCES_UNLIMITED 255u
#define WAIT_DEFAULT        0u
#define WAIT_DEFAULT_MS     50u
#define DATA_OFFSET         ((ULONG)FIELD_OFFSET(FILE_PIPE_PEEK_BUFFER, Data))

/* ---- a server's end ---------------------------------------------------------------------------
 */

EXPORT(HANDLE, CreateNamedPipeW,
       (LPCWSTR name, DWORD open, DWORD mode, DWORD maximum, DWORD out_quota, DWORD in_quota,
        DWORD timeout_ms, SECURITY_ATTRIBUTES *security))
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    UNICODE_STRING path;
    HANDLE handle = NULL;
    LARGE_INTEGER timeout;
    ULONG inherit = security && security->bInheritHandle ? OBJ_INHERIT : 0;
    DWORD duplex = open & OPEN_DUPLEX;
    if (!name || !duplex || !maximum || maximum > INSTANCES_UNLIMITED ||
        (mode & MODE_READ_MESSAGES && !(mode & MODE_TYPE_MESSAGE)))
        return error_fail(ERROR_INVALID_PARAMETER), INVALID_HANDLE_VALUE;
    NTSTATUS status = path_nt_current(name, &path);
    if (!NT_SUCCESS(status))
        return error_result(status), INVALID_HANDLE_VALUE;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE | inherit, NULL, NULL);
    timeout.QuadPart = -10000ll * (timeout_ms ? timeout_ms : WAIT_DEFAULT_MS);
    ACCESS_MASK access = SYNCHRONIZE | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES |
                         (duplex & 1 ? GENERIC_READ : 0) | (duplex & 2 ? GENERIC_WRITE : 0);
    /* What clients may do is the other direction's. */
    ULONG share = (duplex & 1 ? FILE_SHARE_WRITE : 0) | (duplex & 2 ? FILE_SHARE_READ : 0);
    status = NtCreateNamedPipeFile(
        &handle, access, &attributes, &block, share, open & OPEN_FIRST ? FILE_CREATE : FILE_OPEN_IF,
        (open & OPEN_OVERLAPPED ? 0 : FILE_SYNCHRONOUS_IO_NONALERT) |
            (open & OPEN_WRITE_THROUGH ? FILE_WRITE_THROUGH : 0),
        (mode & MODE_TYPE_MESSAGE ? FILE_PIPE_MESSAGE_TYPE : FILE_PIPE_BYTE_STREAM_TYPE) |
            (mode & MODE_REJECT_REMOTE ? FILE_PIPE_REJECT_REMOTE_CLIENTS : 0),
        mode & MODE_READ_MESSAGES ? FILE_PIPE_MESSAGE_MODE : FILE_PIPE_BYTE_STREAM_MODE,
        mode & MODE_NO_WAIT ? FILE_PIPE_COMPLETE_OPERATION : FILE_PIPE_QUEUE_OPERATION,
        maximum == INSTANCES_UNLIMITED ? ~0u : maximum, in_quota, out_quota, &timeout);
    heap_give(path.Buffer);
    return error_result(status) ? handle : INVALID_HANDLE_VALUE;
}

EXPORT(HANDLE, CreateNamedPipeA,
       (LPCSTR name, DWORD open, DWORD mode, DWORD maximum, DWORD out_quota, DWORD in_quota,
        DWORD timeout_ms, SECURITY_ATTRIBUTES *security))
{
    struct wide wide;
    wide_of(&wide, name);
    HANDLE handle = INVALID_HANDLE_VALUE;
    if (name && !wide.text)
        error_set(ERROR_NOT_ENOUGH_MEMORY);
    else
        handle = CreateNamedPipeW(wide.text, open, mode, maximum, out_quota, in_quota, timeout_ms,
                                  security);
    wide_drop(&wide);
    return handle;
}

/* A control of the pipe that an OVERLAPPED may wait for. */
static BOOL pipe_control(HANDLE pipe, ULONG code, OVERLAPPED *overlapped)
{
    _Alignas(64) IO_STATUS_BLOCK own;
    IO_STATUS_BLOCK *block = overlapped ? (IO_STATUS_BLOCK *)overlapped : &own;
    HANDLE event = NULL;
    if (overlapped) {
        overlapped->Internal = (ULONG)STATUS_PENDING;
        event = (HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)1);
    }
    PVOID context = overlapped && !((ULONG_PTR)overlapped->hEvent & 1) ? overlapped : NULL;
    NTSTATUS status = NtFsControlFile(pipe, event, NULL, context, block, code, NULL, 0, NULL, 0);
    if (status == STATUS_PENDING && !overlapped) {
        NtWaitForSingleObject(pipe, FALSE, NULL);
        status = own.Status;
    }
    return status == STATUS_PENDING ? error_fail(ERROR_IO_PENDING) : error_result(status);
}

EXPORT(BOOL, ConnectNamedPipe, (HANDLE pipe, OVERLAPPED *overlapped))
{
    return pipe_control(pipe, FSCTL_PIPE_LISTEN, overlapped);
}

EXPORT(BOOL, DisconnectNamedPipe, (HANDLE pipe))
{
    return pipe_control(pipe, FSCTL_PIPE_DISCONNECT, NULL);
}

/* ---- either end -------------------------------------------------------------------------------
 */

EXPORT(BOOL, PeekNamedPipe,
       (HANDLE pipe, void *out, DWORD length, DWORD *read, DWORD *available, DWORD *message_left))
{
    IO_STATUS_BLOCK block;
    struct heap *heap = heap_process();
    FILE_PIPE_PEEK_BUFFER *peek = heap_allocate(heap, 0, DATA_OFFSET + length);
    if (!peek)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    NTSTATUS status = NtFsControlFile(pipe, NULL, NULL, NULL, &block, FSCTL_PIPE_PEEK, NULL, 0,
                                      peek, DATA_OFFSET + length);
    if (!NT_ERROR(status)) {
        DWORD count = (DWORD)block.Information - DATA_OFFSET;
        if (out)
            memcpy(out, peek->Data, count);
        if (read)
            *read = count;
        if (available)
            *available = peek->ReadDataAvailable;
        if (message_left)
            *message_left = peek->MessageLength > count ? peek->MessageLength - count : 0;
        status = STATUS_SUCCESS;
    }
    heap_give(peek);
    return error_result(status);
}

EXPORT(BOOL, SetNamedPipeHandleState, (HANDLE pipe, DWORD *mode, DWORD *collect, DWORD *timeout))
{
    IO_STATUS_BLOCK block;
    if (!mode)
        return collect || timeout ? error_fail(ERROR_INVALID_PARAMETER) : TRUE;
    FILE_PIPE_INFORMATION information = {
        *mode & MODE_READ_MESSAGES ? FILE_PIPE_MESSAGE_MODE : FILE_PIPE_BYTE_STREAM_MODE,
        *mode & MODE_NO_WAIT ? FILE_PIPE_COMPLETE_OPERATION : FILE_PIPE_QUEUE_OPERATION};
    return error_result(
        NtSetInformationFile(pipe, &block, &information, sizeof information, FilePipeInformation));
}

static BOOL local_of(HANDLE pipe, FILE_PIPE_LOCAL_INFORMATION *out)
{
    IO_STATUS_BLOCK block;
    return error_result(
        NtQueryInformationFile(pipe, &block, out, sizeof *out, FilePipeLocalInformation));
}

EXPORT(BOOL, GetNamedPipeHandleStateW,
       (HANDLE pipe, DWORD *mode, DWORD *instances, DWORD *collect, DWORD *timeout, LPWSTR user,
        DWORD count))
{
    IO_STATUS_BLOCK block;
    FILE_PIPE_LOCAL_INFORMATION local;
    FILE_PIPE_INFORMATION now;
    NTSTATUS status = NtQueryInformationFile(pipe, &block, &now, sizeof now, FilePipeInformation);
    if (!error_result(status) || !local_of(pipe, &local))
        return FALSE;
    if (mode)
        *mode = (now.ReadMode ? MODE_READ_MESSAGES : 0) | (now.CompletionMode ? MODE_NO_WAIT : 0);
    if (instances)
        *instances = local.CurrentInstances;
    return !user || !count ? TRUE : error_fail(ERROR_CANNOT_IMPERSONATE);
}

EXPORT(BOOL, GetNamedPipeInfo,
       (HANDLE pipe, DWORD *flags, DWORD *out_quota, DWORD *in_quota, DWORD *maximum))
{
    FILE_PIPE_LOCAL_INFORMATION local;
    if (!local_of(pipe, &local))
        return FALSE;
    if (flags)
        *flags = (local.NamedPipeType ? MODE_TYPE_MESSAGE : 0) |
                 (local.NamedPipeEnd == FILE_PIPE_SERVER_END ? 1 : 0);
    if (out_quota)
        *out_quota = local.OutboundQuota;
    if (in_quota)
        *in_quota = local.InboundQuota;
    if (maximum)
        *maximum = local.MaximumInstances > INSTANCES_UNLIMITED ? INSTANCES_UNLIMITED
                                                                : local.MaximumInstances;
    return TRUE;
}

/* Differs: a write and a read, so another thread's may come between. */
EXPORT(BOOL, TransactNamedPipe,
       (HANDLE pipe, void *in, DWORD in_length, void *out, DWORD out_length, DWORD *done,
        OVERLAPPED *overlapped))
{
    DWORD mode, written;
    if (!GetNamedPipeHandleStateW(pipe, &mode, NULL, NULL, NULL, NULL, 0))
        return FALSE;
    if (!(mode & MODE_READ_MESSAGES))
        return error_fail(ERROR_BAD_PIPE);
    return WriteFile(pipe, in, in_length, &written, NULL) &&
           ReadFile(pipe, out, out_length, done, overlapped);
}

/* ---- a client's way in ------------------------------------------------------------------------
 */

/* The name below \\.\pipe\; NULL: not a pipe of this machine. */
static const wchar_t *pipe_name(const wchar_t *path)
{
    static const char beginning[] = "\\\\.\\pipe\\";
    for (size_t i = 0; i < sizeof beginning - 1; i++) {
        wchar_t c = path[i] == '/'                     ? '\\'
                    : path[i] >= 'A' && path[i] <= 'Z' ? path[i] + 32
                                                       : path[i];
        if (c != beginning[i] && !(i == 2 && c == '?'))
            return NULL;
    }
    return path + sizeof beginning - 1;
}

static NTSTATUS pipe_wait(HANDLE root, FILE_PIPE_WAIT_FOR_BUFFER *wait, ULONG length,
                          DWORD timeout_ms)
{
    _Alignas(64) IO_STATUS_BLOCK block;
    IO_STATUS_BLOCK cancelled;
    LARGE_INTEGER timeout;
    NTSTATUS status =
        NtFsControlFile(root, NULL, NULL, NULL, &block, FSCTL_PIPE_WAIT, wait, length, NULL, 0);
    if (status != STATUS_PENDING)
        return status;
    status = NtWaitForSingleObject(root, FALSE, timeout_of_ms(timeout_ms, &timeout));
    if (status == STATUS_TIMEOUT) {
        NtCancelIoFile(root, &cancelled);
        NtWaitForSingleObject(root, FALSE, NULL);
    }
    return block.Status == STATUS_CANCELLED ? STATUS_IO_TIMEOUT : block.Status;
}

EXPORT(BOOL, WaitNamedPipeW, (LPCWSTR name, DWORD timeout_ms))
{
    wchar_t root_text[] = {'\\', '?', '?', '\\', 'P', 'I', 'P', 'E', '\\', 0};
    UNICODE_STRING path = {18, 20, root_text};
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    HANDLE root;
    const wchar_t *wanted = name ? pipe_name(name) : NULL;
    size_t count = 0;
    while (wanted && wanted[count])
        count++;
    if (!count || count > 1024)
        return error_fail(ERROR_BAD_PATHNAME);
    ULONG length = (ULONG)(FIELD_OFFSET(FILE_PIPE_WAIT_FOR_BUFFER, Name) + count * 2);
    FILE_PIPE_WAIT_FOR_BUFFER *wait = heap_allocate(heap_process(), 0, length);
    if (!wait)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    wait->Timeout.QuadPart = 0;
    wait->TimeoutSpecified = FALSE;
    wait->NameLength = (ULONG)count * 2;
    memcpy(wait->Name, wanted, count * 2);
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    NTSTATUS status = NtOpenFile(&root, SYNCHRONIZE | FILE_READ_ATTRIBUTES, &attributes, &block,
                                 FILE_SHARE_READ | FILE_SHARE_WRITE, 0);
    if (NT_SUCCESS(status)) {
        status = pipe_wait(root, wait, length,
                           timeout_ms == WAIT_DEFAULT ? WAIT_DEFAULT_MS : timeout_ms);
        NtClose(root);
    }
    heap_give(wait);
    return error_result(status);
}

EXPORT(BOOL, WaitNamedPipeA, (LPCSTR name, DWORD timeout_ms))
{
    struct wide wide;
    wide_of(&wide, name);
    BOOL result = name && !wide.text ? error_fail(ERROR_NOT_ENOUGH_MEMORY)
                                     : WaitNamedPipeW(wide.text, timeout_ms);
    wide_drop(&wide);
    return result;
}

EXPORT(BOOL, CallNamedPipeW,
       (LPCWSTR name, void *in, DWORD in_length, void *out, DWORD out_length, DWORD *done,
        DWORD timeout_ms))
{
    DWORD mode = MODE_READ_MESSAGES;
    HANDLE pipe;
    for (;;) {
        pipe = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, 3, 0, NULL);
        if (pipe != INVALID_HANDLE_VALUE)
            break;
        if (error_get() != ERROR_PIPE_BUSY || timeout_ms == 1 || !WaitNamedPipeW(name, timeout_ms))
            return FALSE;
    }
    BOOL result = SetNamedPipeHandleState(pipe, &mode, NULL, NULL) &&
                  TransactNamedPipe(pipe, in, in_length, out, out_length, done, NULL);
    ULONG error = error_get();
    NtClose(pipe);
    error_set(error);
    return result;
}

EXPORT(BOOL, CallNamedPipeA,
       (LPCSTR name, void *in, DWORD in_length, void *out, DWORD out_length, DWORD *done,
        DWORD timeout_ms))
{
    struct wide wide;
    wide_of(&wide, name);
    BOOL result = name && !wide.text
                      ? error_fail(ERROR_NOT_ENOUGH_MEMORY)
                      : CallNamedPipeW(wide.text, in, in_length, out, out_length, done, timeout_ms);
    wide_drop(&wide);
    return result;
}
