/* SPDX-License-Identifier: MIT */
/* pendingtest.c - requests that wait: overlapped, cancelled, in order, through a completion
 * port, and left behind when the handle is closed. */
#include <stdio.h>
#include <string.h>

#include <windows.h>
#include <winioctl.h>

#include "pending_ioctl.h"

static int Failures;

static void Check(const char *What, int IsRight)
{
    printf("%-52s %s\n", What, IsRight ? "ok" : "FAILED");
    if (!IsRight) {
        printf("    (GetLastError %lu)\n", GetLastError());
        Failures++;
    }
}

static HANDLE Open(DWORD Flags)
{
    return CreateFileA(PENDING_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                       Flags, NULL);
}

static DWORD Waiting(HANDLE Device)
{
    DWORD number = 0xffffffff, count;
    DeviceIoControl(Device, IOCTL_PENDING_COUNT, NULL, 0, &number, sizeof number, &count, NULL);
    return number;
}

static void CheckOverlapped(HANDLE Device, HANDLE Control)
{
    OVERLAPPED overlapped = {0};
    char message[16] = "";
    DWORD count = 0;
    overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    Check("a wait is pending", !DeviceIoControl(Device, IOCTL_PENDING_WAIT, NULL, 0, message,
                                                sizeof message, NULL, &overlapped) &&
                                   GetLastError() == ERROR_IO_PENDING);
    Check("its result is incomplete", !GetOverlappedResult(Device, &overlapped, &count, FALSE) &&
                                          GetLastError() == ERROR_IO_INCOMPLETE);
    Check("one request waits", Waiting(Control) == 1);
    Check("a message goes to it",
          DeviceIoControl(Control, IOCTL_PENDING_SEND, "hello", 6, NULL, 0, &count, NULL));
    Check("the event is signalled", WaitForSingleObject(overlapped.hEvent, 5000) == WAIT_OBJECT_0);
    Check("the message has come", GetOverlappedResult(Device, &overlapped, &count, FALSE) &&
                                      count == 6 && !strcmp(message, "hello"));
    DeviceIoControl(Device, IOCTL_PENDING_WAIT, NULL, 0, message, sizeof message, NULL,
                    &overlapped);
    BOOL isAsked = CancelIoEx(Device, &overlapped);
    Check("a wait is cancelled", isAsked);
    Check("its error says so", isAsked && !GetOverlappedResult(Device, &overlapped, &count, TRUE) &&
                                   GetLastError() == ERROR_OPERATION_ABORTED);
    Check("nobody waits", Waiting(Control) == 0);
    Check("there is nothing to cancel",
          !CancelIoEx(Device, &overlapped) && GetLastError() == ERROR_NOT_FOUND);
    CloseHandle(overlapped.hEvent);
}

static DWORD WINAPI WaitingThread(void *Result)
{
    HANDLE device = Open(0);
    DWORD count = 0;
    char message[16] = "";
    BOOL done =
        DeviceIoControl(device, IOCTL_PENDING_WAIT, NULL, 0, message, sizeof message, &count, NULL);
    *(DWORD *)Result = done ? count : GetLastError();
    CloseHandle(device);
    return 7;
}

static void CheckThreads(HANDLE Control)
{
    DWORD result = 0, code = 0, count;
    HANDLE thread = CreateThread(NULL, 0, WaitingThread, &result, 0, NULL);
    while (Waiting(Control) == 0 && WaitForSingleObject(thread, 0) == WAIT_TIMEOUT)
        Sleep(0);
    DeviceIoControl(Control, IOCTL_PENDING_SEND, "four", 4, NULL, 0, &count, NULL);
    Check("a thread that waits synchronously is woken",
          WaitForSingleObject(thread, 5000) == WAIT_OBJECT_0 && result == 4);
    Check("its exit code is kept", GetExitCodeThread(thread, &code) && code == 7);
    CloseHandle(thread);
}

#define SQUARES 20

static void CheckSquares(HANDLE Device)
{
    OVERLAPPED overlapped[SQUARES];
    DWORD in[SQUARES], out[SQUARES], count;
    int right = 0;
    HANDLE port = CreateIoCompletionPort(Device, NULL, 42, 0);
    memset(overlapped, 0, sizeof overlapped);
    for (DWORD i = 0; i < SQUARES; i++) {
        in[i] = i;
        DeviceIoControl(Device, IOCTL_PENDING_SQUARE, &in[i], 4, &out[i], 4, NULL, &overlapped[i]);
    }
    for (DWORD i = 0; i < SQUARES; i++) {
        ULONG_PTR key = 0;
        OVERLAPPED *done = NULL;
        if (GetQueuedCompletionStatus(port, &count, &key, &done, 5000) && key == 42 && count == 4 &&
            done == &overlapped[i] && out[i] == i * i)
            right++;
        if (right != (int)i + 1)
            break; /* what follows may never come */
    }
    Check("20 squares come through a completion port, in order", right == SQUARES);
    CloseHandle(port);
}

int main(void)
{
    HANDLE device = Open(FILE_FLAG_OVERLAPPED), control = Open(0);
    if (device == INVALID_HANDLE_VALUE || control == INVALID_HANDLE_VALUE) {
        printf("cannot open %s: error %lu\n", PENDING_DEVICE_PATH, GetLastError());
        return 2;
    }
    OVERLAPPED left = {0};
    char message[16];
    CheckOverlapped(device, control);
    CheckThreads(control);
    DeviceIoControl(device, IOCTL_PENDING_WAIT, NULL, 0, message, sizeof message, NULL, &left);
    Check("one request is left behind", Waiting(control) == 1);
    Check("close", CloseHandle(device));
    Check("cleanup has cancelled it", Waiting(control) == 0);
    device = Open(FILE_FLAG_OVERLAPPED);
    CheckSquares(device);
    CloseHandle(device);
    CloseHandle(control);
    printf(Failures ? "%d checks failed\n" : "all checks passed\n", Failures);
    return Failures ? 1 : 0;
}
