/* SPDX-License-Identifier: MIT */
/* Skeletontest.c - opens the device by its interface and checks its answers. */
#define _WIN32_WINNT 0x0A00
#include <stdio.h>
#include <string.h>

#include <windows.h>

#include <cfgmgr32.h>
#include <winioctl.h>

#include <initguid.h>

#include "Skeleton_ioctl.h"

static int Failures;

static void Check(const char *What, int IsRight)
{
    printf("%-40s %s\n", What, IsRight ? "ok" : "FAILED");
    Failures += !IsRight;
}

static HANDLE DeviceOpen(void)
{
    static WCHAR paths[1024];

    if (CM_Get_Device_Interface_ListW((LPGUID)&GUID_DEVINTERFACE_SKELETON, NULL, paths,
                                      ARRAYSIZE(paths),
                                      CM_GET_DEVICE_INTERFACE_LIST_PRESENT) != CR_SUCCESS ||
        !paths[0])
        return INVALID_HANDLE_VALUE;
    return CreateFileW(paths, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                       NULL, OPEN_EXISTING, 0, NULL);
}

int main(void)
{
    HANDLE device = DeviceOpen();
    char text[SKELETON_TEXT_MAX + 1] = "";
    DWORD count = 0;

    Check("the device is there", device != INVALID_HANDLE_VALUE);
    Check("the filter has seen the answer",
          DeviceIoControl(device, IOCTL_SKELETON_REVERSE, "driver", 6, text, sizeof text, &count,
                          NULL) &&
              count == 6 && strcmp(text, "REVIRD") == 0);
    Check("too little room is an error",
          !DeviceIoControl(device, IOCTL_SKELETON_REVERSE, "driver", 6, text, 3, &count, NULL) &&
              GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    CloseHandle(device);
    return Failures != 0;
}
