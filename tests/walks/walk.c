/* SPDX-License-Identifier: MIT */
/* walk.c - makes the requests whose way through the machine is written down.
 *
 *   walk ioctl     one DeviceIoControl, and the open and close around it; driver wdm1.sys
 *   walk pending   a request that waits and the one that answers it; driver pending.sys */
#include <stdio.h>
#include <string.h>

#include <windows.h>
#include <winioctl.h>

#include "../../examples/pending/pending_ioctl.h"
#include "../../examples/wdm1/wdm1_ioctl.h"

static HANDLE Open(const char *Path, DWORD Flags)
{
    return CreateFileA(Path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, Flags, NULL);
}

static int Ioctl(void)
{
    DWORD size = 0, count = 0;
    HANDLE device = Open(WDM1_DEVICE_PATH, 0);
    BOOL good = DeviceIoControl(device, IOCTL_WDM1_GET_BUFFER_SIZE, NULL, 0, &size, sizeof size,
                                &count, NULL);
    return CloseHandle(device) && good && count == 4 ? 0 : 1;
}

static int Pending(void)
{
    OVERLAPPED overlapped = {0};
    DWORD count = 0;
    char message[8] = "";
    HANDLE waiting = Open(PENDING_DEVICE_PATH, FILE_FLAG_OVERLAPPED), sending;
    sending = Open(PENDING_DEVICE_PATH, 0);
    overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    DeviceIoControl(waiting, IOCTL_PENDING_WAIT, NULL, 0, message, sizeof message, NULL,
                    &overlapped);
    DeviceIoControl(sending, IOCTL_PENDING_SEND, "hello", 6, NULL, 0, &count, NULL);
    return GetOverlappedResult(waiting, &overlapped, &count, TRUE) && count == 6 &&
                   !strcmp(message, "hello")
               ? 0
               : 1;
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "ioctl"))
        return Ioctl();
    if (argc > 1 && !strcmp(argv[1], "pending"))
        return Pending();
    return 2;
}
