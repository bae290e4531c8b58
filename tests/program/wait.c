/* SPDX-License-Identifier: MIT */
/* wait.c - says that it is there, then waits in a request of pending.sys for ever. */
#include <windows.h>
#include <winioctl.h>

#include "../../examples/pending/pending_ioctl.h"

int main(void)
{
    char message[16];
    DWORD count;
    HANDLE device = CreateFileA(PENDING_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                OPEN_EXISTING, 0, NULL);
    if (device == INVALID_HANDLE_VALUE)
        return 2;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), ".", 1, &count, NULL);
    return DeviceIoControl(device, IOCTL_PENDING_WAIT, NULL, 0, message, sizeof message, &count,
                           NULL)
               ? 0
               : 3;
}
