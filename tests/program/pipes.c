/* SPDX-License-Identifier: MIT */
/* pipes.c - named pipes: both modes, waiting, overlapped, peeking, disconnecting, closing. */
#include "check.h"

#define NAME "\\\\.\\pipe\\cove test"

static HANDLE Server(DWORD Open, DWORD Mode, DWORD Maximum)
{
    return CreateNamedPipeA(NAME, Open, Mode, Maximum, 64, 64, 0, NULL);
}

static HANDLE Client(DWORD Access)
{
    return CreateFileA("\\\\.\\PIPE\\Cove Test", Access, 0, NULL, OPEN_EXISTING, 0, NULL);
}

static BOOL Put(HANDLE Pipe, const char *Text)
{
    DWORD count = 0, length = (DWORD)strlen(Text);
    return WriteFile(Pipe, Text, length, &count, NULL) && count == length;
}

/* What a read of Room bytes brings, as text. */
static const char *Get(HANDLE Pipe, DWORD Room)
{
    static char text[8192];
    DWORD count = 0;
    text[0] = 0;
    if (!ReadFile(Pipe, text, Room, &count, NULL) && GetLastError() != ERROR_MORE_DATA)
        return "(failed)";
    text[count] = 0;
    return text;
}

static void CheckNames(void)
{
    CheckFails("no such pipe", Client(GENERIC_READ) != INVALID_HANDLE_VALUE, ERROR_FILE_NOT_FOUND);
    CheckFails("nor to wait for", WaitNamedPipeA(NAME, 1), ERROR_FILE_NOT_FOUND);
    CheckFails("it takes a direction", Server(0, PIPE_TYPE_BYTE, 1) != INVALID_HANDLE_VALUE,
               ERROR_INVALID_PARAMETER);
    CheckFails("messages are read of messages only",
               Server(PIPE_ACCESS_DUPLEX, PIPE_READMODE_MESSAGE, 1) != INVALID_HANDLE_VALUE,
               ERROR_INVALID_PARAMETER);
    HANDLE one = Server(PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE, PIPE_TYPE_BYTE, 2);
    Check("a pipe", one != INVALID_HANDLE_VALUE && GetFileType(one) == FILE_TYPE_PIPE);
    CheckFails("it is not the first any more",
               Server(PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE, PIPE_TYPE_BYTE, 2) !=
                   INVALID_HANDLE_VALUE,
               ERROR_ACCESS_DENIED);
    CheckFails("instances go the same ways",
               Server(PIPE_ACCESS_INBOUND, PIPE_TYPE_BYTE, 2) != INVALID_HANDLE_VALUE,
               ERROR_ACCESS_DENIED);
    HANDLE two = Server(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 2);
    Check("a second instance", two != INVALID_HANDLE_VALUE);
    CheckFails("but no third",
               Server(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 2) != INVALID_HANDLE_VALUE,
               ERROR_PIPE_BUSY);
    Check("one listens", WaitNamedPipeA(NAME, NMPWAIT_WAIT_FOREVER));
    HANDLE first = Client(GENERIC_READ | GENERIC_WRITE), second = Client(GENERIC_WRITE);
    Check("two clients", first != INVALID_HANDLE_VALUE && second != INVALID_HANDLE_VALUE);
    CheckFails("a third finds it busy", Client(GENERIC_READ) != INVALID_HANDLE_VALUE,
               ERROR_PIPE_BUSY);
    CheckFails("waiting takes its time", WaitNamedPipeA(NAME, 1), ERROR_SEM_TIMEOUT);
    CheckFails("a client has come already", ConnectNamedPipe(one, NULL), ERROR_PIPE_CONNECTED);
    DWORD flags, in, out, maximum, mode, instances;
    Check("what it is", GetNamedPipeInfo(one, &flags, &out, &in, &maximum) &&
                            flags == PIPE_SERVER_END && out && in && maximum == 2);
    Check("the client's end", GetNamedPipeInfo(first, &flags, NULL, NULL, NULL) && !flags);
    Check("its mode", GetNamedPipeHandleStateW(first, &mode, &instances, NULL, NULL, NULL, 0) &&
                          !mode && instances == 2);
    CloseHandle(one);
    CloseHandle(two);
    CheckFails("its server is gone", Put(first, "x"), ERROR_NO_DATA);
    CloseHandle(first);
    CloseHandle(second);
    CheckFails("and so is the name", Client(GENERIC_READ) != INVALID_HANDLE_VALUE,
               ERROR_FILE_NOT_FOUND);
    one = Server(PIPE_ACCESS_OUTBOUND, PIPE_TYPE_BYTE, 1);
    CheckFails("a client cannot write to an outbound pipe",
               Client(GENERIC_WRITE) != INVALID_HANDLE_VALUE, ERROR_ACCESS_DENIED);
    first = Client(GENERIC_READ);
    Check("but read",
          first != INVALID_HANDLE_VALUE && Put(one, "out") && !strcmp(Get(first, 9), "out"));
    CloseHandle(first);
    CloseHandle(one);
}

static void CheckBytes(void)
{
    HANDLE server = Server(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_NOWAIT, 1);
    CheckFails("nobody is there", ConnectNamedPipe(server, NULL), ERROR_PIPE_LISTENING);
    CheckFails("to write to", Put(server, "x"), ERROR_PIPE_LISTENING);
    HANDLE client = Client(GENERIC_READ | GENERIC_WRITE);
    DWORD available = 9, count = 9;
    char text[16] = "";
    CheckFails("nothing to read, no wait", ReadFile(server, text, 9, &count, NULL), ERROR_NO_DATA);
    Check("nothing to see", PeekNamedPipe(server, NULL, 0, NULL, &available, NULL) && !available);
    Check("two writes", Put(client, "abc") && Put(client, "defg"));
    Check("peeked as one", PeekNamedPipe(server, text, 16, &count, &available, NULL) &&
                               count == 7 && available == 7 && !memcmp(text, "abcdefg", 7));
    Check("and in part",
          PeekNamedPipe(server, text, 2, &count, &available, NULL) && count == 2 && available == 7);
    Check("read as bytes", !strcmp(Get(server, 5), "abcde") && !strcmp(Get(server, 9), "fg"));
    Check("the other way", Put(server, "back") && !strcmp(Get(client, 9), "back"));
    DWORD mode = PIPE_READMODE_MESSAGE;
    CheckFails("of bytes no messages are made", SetNamedPipeHandleState(client, &mode, NULL, NULL),
               ERROR_INVALID_PARAMETER);
    Check("the last words", Put(client, "end"));
    CloseHandle(client);
    Check("are read", !strcmp(Get(server, 9), "end"));
    CheckFails("then it is broken", ReadFile(server, text, 9, &count, NULL), ERROR_BROKEN_PIPE);
    CheckFails("to a peek, too", PeekNamedPipe(server, NULL, 0, NULL, &available, NULL),
               ERROR_BROKEN_PIPE);
    CheckFails("a new client must wait", Client(GENERIC_READ) != INVALID_HANDLE_VALUE,
               ERROR_PIPE_BUSY);
    Check("until it is disconnected", DisconnectNamedPipe(server));
    CheckFails("once", DisconnectNamedPipe(server), ERROR_PIPE_NOT_CONNECTED);
    CheckFails("and listens", ConnectNamedPipe(server, NULL), ERROR_PIPE_LISTENING);
    client = Client(GENERIC_READ | GENERIC_WRITE);
    Check("the next one", client != INVALID_HANDLE_VALUE && Put(client, "lost"));
    DisconnectNamedPipe(server);
    ConnectNamedPipe(server, NULL);
    HANDLE other = Client(GENERIC_READ | GENERIC_WRITE);
    CheckFails("what was let go hears so", Put(client, "x"), ERROR_PIPE_NOT_CONNECTED);
    Check("and does not disturb the next", Put(other, "new") && !strcmp(Get(server, 9), "new"));
    CloseHandle(client);
    Check("not even when it closes", Put(other, "more") && !strcmp(Get(server, 9), "more"));
    CloseHandle(other);
    CloseHandle(server);
}

static void CheckMessages(void)
{
    HANDLE server = Server(PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1);
    HANDLE client = Client(GENERIC_READ | GENERIC_WRITE);
    DWORD left = 0, available = 0, count = 0, mode = PIPE_READMODE_MESSAGE, flags;
    char text[16];
    Check("two messages", Put(client, "first") && Put(client, "second"));
    Check("peeked", PeekNamedPipe(server, text, 2, &count, &available, &left) && count == 2 &&
                        available == 11 && left == 3);
    CheckFails("a part of one", ReadFile(server, text, 2, &count, NULL), ERROR_MORE_DATA);
    Check("it is the part", count == 2 && !memcmp(text, "fi", 2));
    Check("the rest of it", !strcmp(Get(server, 16), "rst"));
    Check("the next one", !strcmp(Get(server, 16), "second"));
    Check("an empty one", Put(client, "") && Put(client, "x") && !strcmp(Get(server, 9), "") &&
                              !strcmp(Get(server, 9), "x"));
    Check("read as bytes",
          Put(server, "ab") && Put(server, "cd") && !strcmp(Get(client, 9), "abcd"));
    CheckFails("asking takes messages", TransactNamedPipe(client, text, 1, text, 9, &count, NULL),
               ERROR_BAD_PIPE);
    Check("the client changes its mind", SetNamedPipeHandleState(client, &mode, NULL, NULL) &&
                                             GetNamedPipeInfo(client, &flags, NULL, NULL, NULL) &&
                                             flags == PIPE_TYPE_MESSAGE);
    Check("messages there, too",
          Put(server, "ab") && Put(server, "cd") && !strcmp(Get(client, 9), "ab"));
    Check("asked and answered", TransactNamedPipe(client, "q", 1, text, 9, &count, NULL) &&
                                    count == 2 && !memcmp(text, "cd", 2) &&
                                    !strcmp(Get(server, 9), "q"));
    CloseHandle(client);
    CloseHandle(server);
}

static DWORD WINAPI Answer(void *Pipe)
{
    char text[16];
    DWORD count;
    if (!ConnectNamedPipe(Pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
        return 1;
    if (!ReadFile(Pipe, text, 16, &count, NULL) || count != 5 || !Put(Pipe, "to you"))
        return 2;
    return !FlushFileBuffers(Pipe) || !DisconnectNamedPipe(Pipe);
}

static DWORD WINAPI Open(void *Unused)
{
    (void)Unused;
    HANDLE client = INVALID_HANDLE_VALUE;
    if (WaitNamedPipeA(NAME, NMPWAIT_WAIT_FOREVER))
        client = Client(GENERIC_READ | GENERIC_WRITE);
    return client != INVALID_HANDLE_VALUE && CloseHandle(client);
}

static void CheckWaiting(void)
{
    HANDLE server = Server(PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1);
    HANDLE thread = CreateThread(NULL, 0, Answer, server, 0, NULL);
    char text[16] = "";
    DWORD count = 0, code = 9;
    Check("a call", CallNamedPipeA(NAME, "hello", 5, text, 16, &count, NMPWAIT_WAIT_FOREVER) &&
                        count == 6 && !memcmp(text, "to you", 6));
    WaitForSingleObject(thread, INFINITE);
    Check("answered", GetExitCodeThread(thread, &code) && !code);
    CloseHandle(thread);
    thread = CreateThread(NULL, 0, Open, NULL, 0, NULL);
    Check("a client that waited comes",
          ConnectNamedPipe(server, NULL) || GetLastError() == ERROR_PIPE_CONNECTED);
    WaitForSingleObject(thread, INFINITE);
    Check("and was let in", GetExitCodeThread(thread, &code) && code == 1);
    CloseHandle(thread);
    CloseHandle(server);
}

static void CheckOverlapped(void)
{
    static char large[8192], got[8192];
    OVERLAPPED in = {0}, out = {0};
    DWORD count = 0;
    in.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    out.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE server = Server(PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1);
    CheckFails("listening goes on", ConnectNamedPipe(server, &in), ERROR_IO_PENDING);
    HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                                FILE_FLAG_OVERLAPPED, NULL);
    Check("until a client comes", GetOverlappedResult(server, &in, &count, TRUE));
    CheckFails("a read waits", ReadFile(server, got, 100, NULL, &in), ERROR_IO_PENDING);
    Check("for what is written", Put(client, "now") &&
                                     GetOverlappedResult(server, &in, &count, TRUE) && count == 3 &&
                                     !memcmp(got, "now", 3));
    for (int i = 0; i < (int)sizeof large; i++)
        large[i] = (char)(i % 251);
    CheckFails("a write beyond the quota waits", WriteFile(client, large, sizeof large, NULL, &out),
               ERROR_IO_PENDING);
    Check("half is read", ReadFile(server, got, 4096, NULL, &in) &&
                              GetOverlappedResult(server, &in, &count, TRUE) && count == 4096);
    CheckFails("it still waits", GetOverlappedResult(client, &out, &count, FALSE),
               ERROR_IO_INCOMPLETE);
    Check("the rest", ReadFile(server, got + 4096, 4096, NULL, &in) &&
                          GetOverlappedResult(client, &out, &count, TRUE) &&
                          count == sizeof large && !memcmp(large, got, sizeof large));
    CheckFails("a read to be cancelled", ReadFile(server, got, 1, NULL, &in), ERROR_IO_PENDING);
    Check("is", CancelIoEx(server, &in));
    CheckFails("and says so", GetOverlappedResult(server, &in, &count, TRUE),
               ERROR_OPERATION_ABORTED);
    CheckFails("a write to be cancelled", WriteFile(client, large, sizeof large, NULL, &out),
               ERROR_IO_PENDING);
    Check("takes its bytes along", CancelIoEx(client, &out) &&
                                       !GetOverlappedResult(client, &out, &count, TRUE) &&
                                       Put(client, "z"));
    Check("nothing of it is left", ReadFile(server, got, 9, NULL, &in) &&
                                       GetOverlappedResult(server, &in, &count, TRUE) &&
                                       count == 1 && got[0] == 'z');
    CheckFails("a read of a client that leaves", ReadFile(server, got, 1, NULL, &in),
               ERROR_IO_PENDING);
    CloseHandle(client);
    CheckFails("ends", GetOverlappedResult(server, &in, &count, TRUE), ERROR_BROKEN_PIPE);
    CloseHandle(server);
    CloseHandle(in.hEvent);
    CloseHandle(out.hEvent);
}

int main(void)
{
    CheckNames();
    CheckBytes();
    CheckMessages();
    CheckWaiting();
    CheckOverlapped();
    return Result();
}
