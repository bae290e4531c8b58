/* SPDX-License-Identifier: MIT */
/* transferstest.c - sends the same text by all four transfer methods, then lies to the
 * driver about its addresses. */
#include <stdio.h>
#include <string.h>

#include <windows.h>
#include <winioctl.h>

#include "transfers_ioctl.h"

static int Failures;

static void Check(const char *What, int IsRight)
{
    printf("%-52s %s\n", What, IsRight ? "ok" : "FAILED");
    if (!IsRight) {
        printf("    (GetLastError %lu)\n", GetLastError());
        Failures++;
    }
}

static int Capitals(HANDLE Device, DWORD Code)
{
    char in[] = "four ways through one door", out[64] = "";
    DWORD count = 0;
    return DeviceIoControl(Device, Code, in, sizeof in, out, sizeof out, &count, NULL) &&
           count == sizeof in && !strcmp(out, "FOUR WAYS THROUGH ONE DOOR");
}

static void CheckLies(HANDLE Device)
{
    char text[8] = "lies";
    DWORD count;
    Check("neither: a null input is refused by the driver",
          !DeviceIoControl(Device, IOCTL_TRANSFERS_NEITHER, NULL, 8, text, 8, &count, NULL) &&
              GetLastError() == ERROR_NOACCESS);
    Check("neither: a system address is refused by the probe",
          !DeviceIoControl(Device, IOCTL_TRANSFERS_NEITHER, text, 8, (void *)0xffff800000000000ull,
                           8, &count, NULL) &&
              GetLastError() == ERROR_NOACCESS);
    char *gone = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    VirtualFree(gone, 0, MEM_RELEASE);
    Check("neither: freed memory raises in the driver",
          !DeviceIoControl(Device, IOCTL_TRANSFERS_NEITHER, text, 8, gone, 8, &count, NULL) &&
              GetLastError() == ERROR_NOACCESS);
    Check("out direct: freed memory is refused before the driver",
          !DeviceIoControl(Device, IOCTL_TRANSFERS_OUT_DIRECT, text, 8, gone, 8, &count, NULL) &&
              GetLastError() == ERROR_NOACCESS);
    char *constant = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY);
    Check(
        "out direct: read-only memory is refused",
        !DeviceIoControl(Device, IOCTL_TRANSFERS_OUT_DIRECT, text, 8, constant, 8, &count, NULL) &&
            GetLastError() == ERROR_NOACCESS);
    Check("in direct: read-only memory is fine",
          DeviceIoControl(Device, IOCTL_TRANSFERS_IN_DIRECT, text, 8, constant, 8, &count, NULL));
    VirtualFree(constant, 0, MEM_RELEASE);
    Check(
        "buffered: a bad input address is refused before the driver",
        !DeviceIoControl(Device, IOCTL_TRANSFERS_BUFFERED, (void *)16, 8, text, 8, &count, NULL) &&
            GetLastError() == ERROR_NOACCESS);
}

int main(void)
{
    HANDLE device = CreateFileA(TRANSFERS_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                OPEN_EXISTING, 0, NULL);
    if (device == INVALID_HANDLE_VALUE) {
        printf("cannot open %s: error %lu\n", TRANSFERS_DEVICE_PATH, GetLastError());
        return 2;
    }
    char in[4] = "abcd";
    unsigned char more[3] = {1, 2, 250}, bytes[5000];
    DWORD count = 0;
    Check("buffered", Capitals(device, IOCTL_TRANSFERS_BUFFERED));
    Check("out direct", Capitals(device, IOCTL_TRANSFERS_OUT_DIRECT));
    Check("neither", Capitals(device, IOCTL_TRANSFERS_NEITHER));
    Check("in direct: the second buffer is input too",
          DeviceIoControl(device, IOCTL_TRANSFERS_IN_DIRECT, in, sizeof in, more, sizeof more,
                          &count, NULL) &&
              count == 253);
    Check("direct read over a page's end", ReadFile(device, bytes, sizeof bytes, &count, NULL) &&
                                               count == sizeof bytes &&
                                               bytes[4999] == (unsigned char)4999);
    Check("direct write",
          WriteFile(device, bytes, sizeof bytes, &count, NULL) && count == sizeof bytes);
    Check("nothing to transfer", ReadFile(device, bytes, 0, &count, NULL) && count == 0);
    CheckLies(device);
    CloseHandle(device);
    printf(Failures ? "%d checks failed\n" : "all checks passed\n", Failures);
    return Failures ? 1 : 0;
}
