/* SPDX-License-Identifier: MIT */
/* hold.c - leaves requests of every kind with the driver pending.sys and waits to be killed.
 *
 * After each step one byte goes to standard output, so that whoever kills it can do so at
 * every stage. */
#include <windows.h>
#include <winioctl.h>

#include "../../examples/pending/pending_ioctl.h"

#define WAITS   6
#define SQUARES 8

static OVERLAPPED Waits[WAITS], Squares[SQUARES];
static DWORD In[SQUARES], Out[SQUARES];
static char Messages[WAITS][16];

static void Step(void)
{
    DWORD count;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), ".", 1, &count, NULL);
}

static HANDLE Open(DWORD Flags)
{
    HANDLE device = CreateFileA(PENDING_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                OPEN_EXISTING, Flags, NULL);
    if (device == INVALID_HANDLE_VALUE)
        ExitProcess(2);
    return device;
}

static DWORD WINAPI WaitingThread(void *Device)
{
    char message[16];
    DWORD count;
    Step();
    DeviceIoControl(Device, IOCTL_PENDING_WAIT, NULL, 0, message, sizeof message, &count, NULL);
    return 0;
}

int main(void)
{
    DWORD number = 3, square, count;
    HANDLE device, second, port;

    Step();
    device = Open(FILE_FLAG_OVERLAPPED);
    Step();
    for (int i = 0; i < WAITS; i++) {
        if (i & 1)
            Waits[i].hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
        DeviceIoControl(device, IOCTL_PENDING_WAIT, NULL, 0, Messages[i], sizeof Messages[i], NULL,
                        &Waits[i]);
        Step();
    }
    second = Open(0);
    Step();
    CreateThread(NULL, 0, WaitingThread, second, 0, NULL);
    Step();
    port = CreateIoCompletionPort(Open(FILE_FLAG_OVERLAPPED), NULL, 1, 0);
    Step();
    for (int i = 0; i < SQUARES; i++) {
        In[i] = (DWORD)i;
        DeviceIoControl(device, IOCTL_PENDING_SQUARE, &In[i], 4, &Out[i], 4, NULL, &Squares[i]);
        Step();
    }
    CancelIoEx(device, &Waits[0]);
    Step();
    CloseHandle(port);
    Step();
    /* Never the same moment twice. */
    for (;;)
        DeviceIoControl(Open(0), IOCTL_PENDING_SQUARE, &number, 4, &square, 4, &count, NULL);
}
