/* SPDX-License-Identifier: MIT */
/* soak.c - what a program does in the soak.
 *
 *   soak hold THREADS REQUESTS   so many threads, each with so many requests of its own that wait
 *                                in pending.sys; says "held", and cancels them when its standard
 *                                input ends
 *   soak open COUNT              opens and closes COUNT handles: devices, events, memory
 */
#include <stdlib.h>

#include "../program/check.h"

#include "../../examples/pending/pending_ioctl.h"

static LONG Held, Failed;
static DWORD Requests;
static HANDLE Go;

static DWORD WINAPI HoldThread(void *Unused)
{
    OVERLAPPED *overlapped = calloc(Requests, sizeof *overlapped);
    HANDLE device = CreateFileA("\\\\.\\Pending", GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    char message[16];
    DWORD count;

    (void)Unused;
    for (DWORD i = 0; i < Requests; i++) {
        overlapped[i].hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
        if (DeviceIoControl(device, IOCTL_PENDING_WAIT, NULL, 0, message, sizeof message, NULL,
                            &overlapped[i]) ||
            GetLastError() != ERROR_IO_PENDING)
            InterlockedIncrement(&Failed);
        InterlockedIncrement(&Held);
    }
    WaitForSingleObject(Go, INFINITE);
    CancelIoEx(device, NULL);
    for (DWORD i = 0; i < Requests; i++) {
        if (GetOverlappedResult(device, &overlapped[i], &count, TRUE) ||
            GetLastError() != ERROR_OPERATION_ABORTED)
            InterlockedIncrement(&Failed);
        CloseHandle(overlapped[i].hEvent);
    }
    CloseHandle(device);
    free(overlapped);
    return 0;
}

static int Hold(DWORD ThreadCount)
{
    HANDLE *threads = calloc(ThreadCount, sizeof *threads);
    char byte;
    DWORD count;

    Go = CreateEventA(NULL, TRUE, FALSE, NULL);
    for (DWORD i = 0; i < ThreadCount; i++)
        threads[i] = CreateThread(NULL, 0, HoldThread, NULL, 0, NULL);
    while (Held < (LONG)(ThreadCount * Requests))
        Sleep(10);
    printf("held\n");
    fflush(stdout);
    ReadFile(GetStdHandle(STD_INPUT_HANDLE), &byte, 1, &count, NULL);
    SetEvent(Go);
    for (DWORD i = 0; i < ThreadCount; i++)
        WaitForSingleObject(threads[i], INFINITE);
    return Failed != 0;
}

static int Open(DWORD Count)
{
    for (DWORD i = 0; i < Count; i++) {
        HANDLE handle = i % 8 == 7
                            ? CreateEventA(NULL, TRUE, FALSE, NULL)
                            : CreateFileA("\\\\.\\Pending", GENERIC_READ, 0, NULL, OPEN_EXISTING,
                                          i % 2 ? FILE_FLAG_OVERLAPPED : 0, NULL);
        if (handle == INVALID_HANDLE_VALUE || handle == NULL || !CloseHandle(handle)) {
            printf("handle %lu: error %lu\n", i, GetLastError());
            return 1;
        }
        if (i % 64 == 0) {
            void *memory = VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
            if (memory == NULL || !VirtualFree(memory, 0, MEM_RELEASE))
                return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "hold") == 0) {
        Requests = strtoul(argv[3], NULL, 10);
        return Hold(strtoul(argv[2], NULL, 10));
    }
    if (argc == 3 && strcmp(argv[1], "open") == 0)
        return Open(strtoul(argv[2], NULL, 10));
    return 2;
}
