/* SPDX-License-Identifier: MIT */
/* exportstest.c - counts through two drivers and sees that both ways lead to one counter. */
#include <stdio.h>

#include <windows.h>
#include <winioctl.h>

#include "exports_ioctl.h"

static int Failures;

static void Check(const char *What, int IsRight)
{
    printf("%-52s %s\n", What, IsRight ? "ok" : "FAILED");
    if (!IsRight) {
        printf("    (GetLastError %lu)\n", GetLastError());
        Failures++;
    }
}

static LONG Next(HANDLE Device, DWORD Code)
{
    LONG number = -1;
    DWORD count;

    DeviceIoControl(Device, Code, NULL, 0, &number, sizeof number, &count, NULL);
    return number;
}

int main(void)
{
    HANDLE device = CreateFileA(EXPORTS_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                OPEN_EXISTING, 0, NULL);
    LONG start = 1000;
    DWORD count;

    if (device == INVALID_HANDLE_VALUE) {
        printf("cannot open %s: error %lu\n", EXPORTS_DEVICE_PATH, GetLastError());
        return 2;
    }
    Check("the count begins at 1", Next(device, IOCTL_EXPORTS_NEXT) == 1);
    Check("and goes on", Next(device, IOCTL_EXPORTS_NEXT) == 2);
    Check("it is set through an ordinal", DeviceIoControl(device, IOCTL_EXPORTS_RESET, &start,
                                                          sizeof start, NULL, 0, &count, NULL));
    Check("and goes on from there", Next(device, IOCTL_EXPORTS_NEXT) == 1001);
    Check("the interface leads to the same counter",
          Next(device, IOCTL_EXPORTS_NEXT_BY_INTERFACE) == 1002);
    Check("which both ways count", Next(device, IOCTL_EXPORTS_NEXT) == 1003);
    CloseHandle(device);
    printf(Failures ? "%d checks failed\n" : "all checks passed\n", Failures);
    return Failures ? 1 : 0;
}
