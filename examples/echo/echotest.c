/* SPDX-License-Identifier: MIT */
/* echotest.c - writes, reads, cancels: what was asked for comes in turn, and once. */
#define _WIN32_WINNT 0x0A00
#include <stdio.h>
#include <string.h>

#include <windows.h>

#include <cfgmgr32.h>
#include <winioctl.h>

#include <initguid.h>

#include "echo_ioctl.h"

static int Failures;
static WCHAR Path[1024];

static void Check(const char *What, int IsRight)
{
    printf("%-52s %s\n", What, IsRight ? "ok" : "FAILED");
    if (!IsRight) {
        printf("    (GetLastError %lu)\n", GetLastError());
        Failures++;
    }
}

static HANDLE Open(void)
{
    return CreateFileW(Path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                       OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
}

static void Begin(OVERLAPPED *Overlapped)
{
    memset(Overlapped, 0, sizeof *Overlapped);
    Overlapped->hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
}

/* The error of a request that has been sent, once it is over; its bytes in *Count. */
static DWORD End(HANDLE Device, OVERLAPPED *Overlapped, DWORD *Count)
{
    DWORD error = GetOverlappedResult(Device, Overlapped, Count, TRUE) ? 0 : GetLastError();

    CloseHandle(Overlapped->hEvent);
    return error;
}

static DWORD Control(HANDLE Device, DWORD Code)
{
    OVERLAPPED overlapped;
    DWORD number = 0, count;

    Begin(&overlapped);
    DeviceIoControl(Device, Code, NULL, 0, &number, sizeof number, NULL, &overlapped);
    if (End(Device, &overlapped, &count) != 0)
        Check("a control of the timer", 0);
    return number;
}

static BOOL Transfer(HANDLE Device, BOOL IsWrite, void *Data, DWORD Length, DWORD *Count)
{
    OVERLAPPED overlapped;

    Begin(&overlapped);
    if (IsWrite)
        WriteFile(Device, Data, Length, NULL, &overlapped);
    else
        ReadFile(Device, Data, Length, NULL, &overlapped);
    return End(Device, &overlapped, Count) == 0;
}

static void WriteAndRead(HANDLE Device)
{
    static char big[ECHO_MAX + 1];
    char text[32] = "";
    DWORD count = 0;

    Check("a write is kept", Transfer(Device, TRUE, "hello, echo", 11, &count) && count == 11);
    Check("a read gives it back", Transfer(Device, FALSE, text, sizeof text, &count) &&
                                      count == 11 && strcmp(text, "hello, echo") == 0);
    Check("as often as one likes, and less of it",
          Transfer(Device, FALSE, text, 5, &count) && count == 5);
    Check("too much is refused", !Transfer(Device, TRUE, big, sizeof big, &count));
}

#define MANY 8

static void InTurn(HANDLE Device)
{
    OVERLAPPED overlapped[MANY];
    char text[MANY][4];
    DWORD count;
    int isRight = 1;

    Control(Device, IOCTL_ECHO_PAUSE);
    for (int i = 0; i < MANY; i++) {
        Begin(&overlapped[i]);
        snprintf(text[i], sizeof text[i], "%d", i);
        if (i % 2)
            ReadFile(Device, text[i], 1, NULL, &overlapped[i]);
        else
            WriteFile(Device, text[i], 1, NULL, &overlapped[i]);
        isRight &= GetLastError() == ERROR_IO_PENDING;
    }
    Check("requests wait while the timer is paused", isRight);
    Control(Device, IOCTL_ECHO_RESUME);
    for (int i = 0; i < MANY; i++)
        isRight &= End(Device, &overlapped[i], &count) == 0 && count == 1;
    for (int i = 1; i < MANY; i += 2)
        isRight &= text[i][0] == text[i - 1][0]; /* what the write before it wrote */
    Check("they are served one after the other", isRight);
}

static void Cancel(HANDLE Device)
{
    DWORD before = Control(Device, IOCTL_ECHO_CANCELLED), count;
    OVERLAPPED first, second, third;
    char text[4];

    Control(Device, IOCTL_ECHO_PAUSE);
    Begin(&first);
    Begin(&second);
    Begin(&third);
    ReadFile(Device, text, 1, NULL, &first);
    ReadFile(Device, text, 1, NULL, &second);
    ReadFile(Device, text, 1, NULL, &third);
    Check("a request with the driver is cancelled",
          CancelIoEx(Device, &first) && End(Device, &first, &count) == ERROR_OPERATION_ABORTED);
    Check("by the driver's own routine", Control(Device, IOCTL_ECHO_CANCELLED) == before + 1);
    Check("one that waits in the queue, too",
          CancelIoEx(Device, &third) && End(Device, &third, &count) == ERROR_OPERATION_ABORTED);
    Check("the Framework has done that itself",
          Control(Device, IOCTL_ECHO_CANCELLED) == before + 1);
    Control(Device, IOCTL_ECHO_RESUME);
    Check("the one between them is served", End(Device, &second, &count) == 0 && count == 1);
}

/* Cancellation and the timer at about the same time: each request ends once, one way or the
 * other. */
static void Race(HANDLE Device)
{
    int isRight = 1;

    for (int i = 0; i < 200; i++) {
        OVERLAPPED overlapped;
        DWORD count, error;
        char byte;

        Begin(&overlapped);
        ReadFile(Device, &byte, 1, NULL, &overlapped);
        if (i % 4 == 0)
            WaitForSingleObject(overlapped.hEvent, 2);
        CancelIoEx(Device, &overlapped);
        error = End(Device, &overlapped, &count);
        isRight &= error == 0 || error == ERROR_OPERATION_ABORTED;
    }
    Check("cancelled at any moment, each ends once", isRight);
}

static void CloseWhilePending(HANDLE Other)
{
    DWORD before = Control(Other, IOCTL_ECHO_CANCELLED);
    HANDLE device = Open();
    OVERLAPPED overlapped;
    char byte;

    Control(Other, IOCTL_ECHO_PAUSE);
    Begin(&overlapped);
    ReadFile(device, &byte, 1, NULL, &overlapped);
    CancelIo(device);
    CloseHandle(device);
    WaitForSingleObject(overlapped.hEvent, INFINITE);
    CloseHandle(overlapped.hEvent);
    Control(Other, IOCTL_ECHO_RESUME);
    Check("a handle is closed with a request pending",
          Control(Other, IOCTL_ECHO_CANCELLED) == before + 1);
}

int main(void)
{
    HANDLE device;

    if (CM_Get_Device_Interface_ListW((LPGUID)&GUID_DEVINTERFACE_ECHO, NULL, Path, ARRAYSIZE(Path),
                                      CM_GET_DEVICE_INTERFACE_LIST_PRESENT) != CR_SUCCESS)
        Path[0] = 0;
    device = Open();
    Check("the device is there", device != INVALID_HANDLE_VALUE);
    if (device == INVALID_HANDLE_VALUE)
        return 1;
    WriteAndRead(device);
    InTurn(device);
    Cancel(device);
    Race(device);
    CloseWhilePending(device);
    CloseHandle(device);
    return Failures != 0;
}
