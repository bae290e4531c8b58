/* SPDX-License-Identifier: MIT */
/* wdm1test.c - writes, reads and controls the Wdm1 device, and checks each answer. */
#include <stdio.h>
#include <string.h>

#include <windows.h>
#include <winioctl.h>

#include "wdm1_ioctl.h"

static int Failures;

static void Check(const char *What, int IsRight)
{
    printf("%-52s %s\n", What, IsRight ? "ok" : "FAILED");
    if (!IsRight) {
        printf("    (GetLastError %lu)\n", GetLastError());
        Failures++;
    }
}

static DWORD ReadAt(HANDLE Device, LONG Position, void *Buffer, DWORD Length)
{
    DWORD count = 0xffffffff;
    if (SetFilePointer(Device, Position, NULL, FILE_BEGIN) == INVALID_SET_FILE_POINTER)
        return 0xffffffff;
    return ReadFile(Device, Buffer, Length, &count, NULL) ? count : 0xffffffff;
}

static DWORD WriteAt(HANDLE Device, LONG Position, const void *Buffer, DWORD Length)
{
    DWORD count = 0xffffffff;
    if (SetFilePointer(Device, Position, NULL, FILE_BEGIN) == INVALID_SET_FILE_POINTER)
        return 0xffffffff;
    return WriteFile(Device, Buffer, Length, &count, NULL) ? count : 0xffffffff;
}

static DWORD BufferSize(HANDLE Device)
{
    DWORD size = 0, count = 0;
    if (!DeviceIoControl(Device, IOCTL_WDM1_GET_BUFFER_SIZE, NULL, 0, &size, sizeof size, &count,
                         NULL))
        return 0xffffffff;
    return count == sizeof size ? size : 0xffffffff;
}

static void CheckTransfers(HANDLE Device)
{
    DWORD value = 0, count;
    Check("a fresh device reads nothing", ReadAt(Device, 0, &value, sizeof value) == 0);
    value = 0x12345678;
    Check("write 4 bytes at 0", WriteAt(Device, 0, &value, sizeof value) == 4);
    value = 0;
    Check("read them back", ReadAt(Device, 0, &value, sizeof value) == 4 && value == 0x12345678);
    Check("the file position moved on", SetFilePointer(Device, 0, NULL, FILE_CURRENT) == 4 &&
                                            ReadFile(Device, &value, 4, &count, NULL) &&
                                            count == 0);
    Check("a read over the end comes back short", ReadAt(Device, 2, &value, 4) == 2);
    Check("write at 3", WriteAt(Device, 3, "\xab\xcd", 2) == 2);
    Check("the buffer has grown to 5", BufferSize(Device) == 5);
}

static void CheckControls(HANDLE Device)
{
    unsigned char bytes[16];
    DWORD count = 0;
    Check("get the buffer", DeviceIoControl(Device, IOCTL_WDM1_GET_BUFFER, NULL, 0, bytes,
                                            sizeof bytes, &count, NULL) &&
                                count == 5 && !memcmp(bytes, "\x78\x56\x34\xab\xcd", 5));
    Check("get as much as fits",
          DeviceIoControl(Device, IOCTL_WDM1_GET_BUFFER, NULL, 0, bytes, 3, &count, NULL) &&
              count == 3);
    Check("zero the buffer",
          DeviceIoControl(Device, IOCTL_WDM1_ZERO_BUFFER, NULL, 0, NULL, 0, &count, NULL));
    Check("its bytes are zero",
          ReadAt(Device, 0, bytes, 5) == 5 && !memcmp(bytes, "\0\0\0\0\0", 5));
    Check("remove the buffer",
          DeviceIoControl(Device, IOCTL_WDM1_REMOVE_BUFFER, NULL, 0, NULL, 0, &count, NULL));
    Check("its size is 0", BufferSize(Device) == 0);
    Check("no room for the size is refused",
          !DeviceIoControl(Device, IOCTL_WDM1_GET_BUFFER_SIZE, NULL, 0, bytes, 2, &count, NULL) &&
              GetLastError() == ERROR_INVALID_PARAMETER);
    Check("an unknown control code is refused",
          !DeviceIoControl(Device,
                           CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_ANY_ACCESS),
                           NULL, 0, NULL, 0, &count, NULL) &&
              GetLastError() == ERROR_NOT_SUPPORTED);
}

int main(void)
{
    HANDLE device = CreateFileA(WDM1_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    if (device == INVALID_HANDLE_VALUE) {
        printf("cannot open %s: error %lu\n", WDM1_DEVICE_PATH, GetLastError());
        return 2;
    }
    CheckTransfers(device);
    CheckControls(device);
    Check("close", CloseHandle(device));
    printf(Failures ? "%d checks failed\n" : "all checks passed\n", Failures);
    return Failures ? 1 : 0;
}
