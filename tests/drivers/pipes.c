/* SPDX-License-Identifier: MIT */
/* pipes.c - tests of named pipes from inside a driver: a server's end that it makes itself, a
 * client's that it opens by name, and what passes between them. */
#include "drivertest.h"

#define WHOLE (GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE)

static NTSTATUS server_open(PCWSTR text, ULONG type, PHANDLE out)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    NAMED_PIPE_CREATE_PARAMETERS parameters = {.NamedPipeType = type,
                                               .ReadMode = type,
                                               .CompletionMode = FILE_PIPE_COMPLETE_OPERATION,
                                               .MaximumInstances = 1,
                                               .InboundQuota = 64,
                                               .OutboundQuota = 64};

    RtlInitUnicodeString(&name, text);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    return IoCreateFile(
        out, WHOLE, &attributes, &block, NULL, 0, FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_CREATE,
        FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0, CreateFileTypeNamedPipe, &parameters, 0);
}

static NTSTATUS client_open(PCWSTR text, PHANDLE out)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;

    RtlInitUnicodeString(&name, text);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    return ZwCreateFile(out, WHOLE, &attributes, &block, NULL, 0, 0, FILE_OPEN,
                        FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
}

static NTSTATUS put(HANDLE pipe, PCSTR text)
{
    IO_STATUS_BLOCK block;

    return ZwWriteFile(pipe, NULL, NULL, NULL, &block, (PVOID)text, (ULONG)strlen(text), NULL,
                       NULL);
}

static ULONG get(HANDLE pipe, PCHAR out, ULONG room, NTSTATUS *status)
{
    IO_STATUS_BLOCK block = {0};

    *status = ZwReadFile(pipe, NULL, NULL, NULL, &block, out, room, NULL, NULL);
    return (ULONG)block.Information;
}

static void messages_of_drivers(void)
{
    HANDLE server = NULL, client = NULL, other = NULL;
    IO_STATUS_BLOCK block;
    FILE_PIPE_LOCAL_INFORMATION local;
    CHAR text[16];
    NTSTATUS status;

    expect_status(client_open(L"\\Device\\NamedPipe\\driver", &client),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(server_open(L"\\Device\\NamedPipe\\driver", FILE_PIPE_MESSAGE_TYPE, &server),
                  STATUS_SUCCESS);
    expect_status(server_open(L"\\??\\pipe\\Driver", FILE_PIPE_MESSAGE_TYPE, &other),
                  STATUS_ACCESS_DENIED);
    expect_status(put(server, "early"), STATUS_PIPE_LISTENING);
    expect_status(client_open(L"\\??\\PIPE\\Driver", &client), STATUS_SUCCESS);
    expect_status(client_open(L"\\??\\PIPE\\Driver", &other), STATUS_PIPE_NOT_AVAILABLE);
    expect_status(put(client, "one"), STATUS_SUCCESS);
    expect_status(put(client, "two"), STATUS_SUCCESS);
    expect_status(
        ZwQueryInformationFile(server, &block, &local, sizeof(local), FilePipeLocalInformation),
        STATUS_SUCCESS);
    expect(local.ReadDataAvailable == 6 && local.NamedPipeState == FILE_PIPE_CONNECTED_STATE &&
           local.NamedPipeEnd == FILE_PIPE_SERVER_END && local.CurrentInstances == 1);
    expect(get(server, text, 2, &status) == 2 && status == STATUS_BUFFER_OVERFLOW);
    expect(get(server, text, 16, &status) == 1 && NT_SUCCESS(status) && text[0] == 'e');
    expect(get(server, text, 16, &status) == 3 && NT_SUCCESS(status) && text[0] == 't');
    get(server, text, 16, &status);
    expect_status(status, STATUS_PIPE_EMPTY);
    ZwClose(client);
    get(server, text, 16, &status);
    expect_status(status, STATUS_PIPE_BROKEN);
    expect_status(put(server, "late"), STATUS_PIPE_CLOSING);
    ZwClose(server);
    expect_status(client_open(L"\\??\\PIPE\\Driver", &client), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void controls_of_drivers(void)
{
    HANDLE server = NULL, client = NULL;
    IO_STATUS_BLOCK block;
    struct {
        FILE_PIPE_PEEK_BUFFER peek;
        CHAR more[8];
    } seen = {0};

    expect_status(server_open(L"\\Device\\NamedPipe\\bytes", FILE_PIPE_BYTE_STREAM_TYPE, &server),
                  STATUS_SUCCESS);
    expect_status(
        ZwFsControlFile(server, NULL, NULL, NULL, &block, FSCTL_PIPE_LISTEN, NULL, 0, NULL, 0),
        STATUS_PIPE_LISTENING);
    expect_status(client_open(L"\\Device\\NamedPipe\\bytes", &client), STATUS_SUCCESS);
    expect_status(put(client, "abc"), STATUS_SUCCESS);
    expect_status(ZwFsControlFile(server, NULL, NULL, NULL, &block, FSCTL_PIPE_PEEK, NULL, 0, &seen,
                                  sizeof(seen)),
                  STATUS_SUCCESS);
    expect(seen.peek.ReadDataAvailable == 3 && !memcmp(seen.peek.Data, "abc", 3) &&
           block.Information == FIELD_OFFSET(FILE_PIPE_PEEK_BUFFER, Data) + 3);
    expect_status(
        ZwFsControlFile(client, NULL, NULL, NULL, &block, FSCTL_PIPE_DISCONNECT, NULL, 0, NULL, 0),
        STATUS_ILLEGAL_FUNCTION);
    expect_status(
        ZwFsControlFile(server, NULL, NULL, NULL, &block, FSCTL_PIPE_DISCONNECT, NULL, 0, NULL, 0),
        STATUS_SUCCESS);
    expect_status(put(client, "x"), STATUS_PIPE_DISCONNECTED);
    ZwClose(client);
    ZwClose(server);
}

DRIVERTEST_LIST = {
    DRIVERTEST(messages_of_drivers),
    DRIVERTEST(controls_of_drivers),
    DRIVERTEST_END,
};
