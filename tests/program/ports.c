/* SPDX-License-Identifier: MIT */
/* ports.c - completion ports: posted packets, several files, several waiting threads.
 * Driver: pending.sys. */
#include "check.h"

#include "../../examples/pending/pending_ioctl.h"

#define THREADS 3
#define PACKETS 300

static HANDLE Port;
static LONG volatile Taken, Sum;

static DWORD WINAPI Taking(void *Unused)
{
    DWORD count;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
    (void)Unused;
    while (GetQueuedCompletionStatus(Port, &count, &key, &overlapped, INFINITE) && key != 99) {
        InterlockedIncrement(&Taken);
        InterlockedExchangeAdd(&Sum, (LONG)count);
    }
    return 0;
}

static void CheckPosts(void)
{
    HANDLE threads[THREADS];
    DWORD count = 0;
    ULONG_PTR key = 0;
    OVERLAPPED *overlapped = NULL, mine;
    Check("a packet is posted", PostQueuedCompletionStatus(Port, 11, 22, &mine));
    Check("and taken", GetQueuedCompletionStatus(Port, &count, &key, &overlapped, 0) &&
                           count == 11 && key == 22 && overlapped == &mine);
    CheckFails("nothing is left", GetQueuedCompletionStatus(Port, &count, &key, &overlapped, 1),
               WAIT_TIMEOUT);
    Check("and nothing was given", overlapped == NULL);
    for (int i = 0; i < THREADS; i++)
        threads[i] = CreateThread(NULL, 0, Taking, NULL, 0, NULL);
    for (int i = 0; i < PACKETS; i++)
        PostQueuedCompletionStatus(Port, (DWORD)i, 1, NULL);
    for (int i = 0; i < THREADS; i++)
        PostQueuedCompletionStatus(Port, 0, 99, NULL);
    Check("threads take them",
          WaitForMultipleObjects(THREADS, threads, TRUE, 30000) == WAIT_OBJECT_0);
    Check("each packet once", Taken == PACKETS && Sum == PACKETS * (PACKETS - 1) / 2);
    for (int i = 0; i < THREADS; i++)
        CloseHandle(threads[i]);
}

static void CheckDevice(void)
{
    OVERLAPPED square = {0}, wait = {0}, *done = NULL;
    DWORD number = 12, result = 0, count = 0;
    ULONG_PTR key = 0;
    char message[16];
    HANDLE device = CreateFileA(PENDING_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    Check("a device joins", CreateIoCompletionPort(device, Port, 7, 0) == Port);
    CheckFails("not twice", CreateIoCompletionPort(device, Port, 8, 0) != NULL,
               ERROR_INVALID_PARAMETER);
    DeviceIoControl(device, IOCTL_PENDING_SQUARE, &number, 4, &result, 4, NULL, &square);
    Check("its answer comes through the port",
          GetQueuedCompletionStatus(Port, &count, &key, &done, 30000) && key == 7 && count == 4 &&
              done == &square && result == 144);
    DeviceIoControl(device, IOCTL_PENDING_WAIT, NULL, 0, message, sizeof message, NULL, &wait);
    CancelIoEx(device, &wait);
    CheckFails("so does a cancelled one",
               GetQueuedCompletionStatus(Port, &count, &key, &done, 30000),
               ERROR_OPERATION_ABORTED);
    Check("with its own OVERLAPPED", done == &wait && key == 7);
    OVERLAPPED_ENTRY entries[4];
    ULONG removed = 0;
    for (ULONG_PTR i = 0; i < 3; i++)
        PostQueuedCompletionStatus(Port, 0, i, NULL);
    Check("several at once",
          GetQueuedCompletionStatusEx(Port, entries, 4, &removed, 30000, FALSE) && removed == 3 &&
              entries[2].lpCompletionKey == 2);
    CloseHandle(device);
}

int main(void)
{
    Port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    Check("a port", Port != NULL);
    CheckPosts();
    CheckDevice();
    Check("close", CloseHandle(Port));
    return Result();
}
