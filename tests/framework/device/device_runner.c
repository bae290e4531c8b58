/* SPDX-License-Identifier: MIT */
/* device_runner.c - runs the tests inside the driver fxdevice_test.sys and prints what failed. */
#include <stdio.h>
#include <string.h>

#include <windows.h>

#include <winioctl.h>

#define IOCTL_DRIVERTEST_RUN CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8d0, METHOD_BUFFERED, FILE_ANY_ACCESS)

int main(void)
{
    HANDLE driver = CreateFileA("\\\\.\\FxDeviceTest", GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                OPEN_EXISTING, 0, NULL);
    static char text[8192];
    int failed = 0, count = 0;

    if (driver == INVALID_HANDLE_VALUE) {
        printf("no driver: error %lu\n", GetLastError());
        return 2;
    }
    for (ULONG index = 0;; index++) {
        struct {
            ULONG index, reserved;
            ULONG64 user_memory;
        } request = {.index = index};
        DWORD bytes = 0;
        char *checks;

        memset(text, 0, sizeof text);
        if (!DeviceIoControl(driver, IOCTL_DRIVERTEST_RUN, &request, sizeof request, text,
                             sizeof text, &bytes, NULL)) {
            if (GetLastError() != ERROR_NO_MORE_ITEMS) {
                printf("test %lu: error %lu\n", index, GetLastError());
                failed++;
            }
            break;
        }
        checks = strchr(text, '\n');
        if (checks == NULL)
            checks = text;
        else
            *checks++ = 0;
        count++;
        printf("%-40s %s\n%s", text, *checks ? "FAILED" : "ok", checks);
        fflush(stdout);
        failed += *checks != 0;
    }
    CloseHandle(driver);
    printf("%d tests, %d failed\n", count, failed);
    return failed != 0 || count < 20;
}
