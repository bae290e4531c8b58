/* SPDX-License-Identifier: MIT */
/* Skeletontest.c - looks whether a device with the driver's hardware ID works. */
#define _WIN32_WINNT 0x0A00
#include <stdio.h>
#include <wchar.h>

#include <windows.h>

#include <cfgmgr32.h>
#include <setupapi.h>

static const WCHAR HardwareId[] = L"Root\\Skeleton";

/* The device, in a set of all that are present; or none. */
static BOOL DeviceFind(HDEVINFO Set, SP_DEVINFO_DATA *Device)
{
    WCHAR id[200];

    Device->cbSize = sizeof *Device;
    for (DWORD i = 0; SetupDiEnumDeviceInfo(Set, i, Device); i++)
        if (SetupDiGetDeviceRegistryPropertyW(Set, Device, SPDRP_HARDWAREID, NULL, (PBYTE)id,
                                              sizeof id, NULL) &&
            _wcsicmp(id, HardwareId) == 0)
            return TRUE;
    return FALSE;
}

int main(void)
{
    HDEVINFO set = SetupDiGetClassDevsW(NULL, NULL, NULL, DIGCF_ALLCLASSES | DIGCF_PRESENT);
    SP_DEVINFO_DATA device;
    ULONG status = 0, problem = 0;
    BOOL isThere = DeviceFind(set, &device);
    BOOL isStarted = isThere &&
                     CM_Get_DevNode_Status(&status, &problem, device.DevInst, 0) == CR_SUCCESS &&
                     (status & DN_STARTED);

    printf("%-40s %s\n", "the device is there", isThere ? "ok" : "FAILED");
    printf("%-40s %s\n", "its driver is loaded, and it works", isStarted ? "ok" : "FAILED");
    if (isThere && !isStarted)
        printf("    status 0x%lx, problem %lu\n", status, problem);
    SetupDiDestroyDeviceInfoList(set);
    return !isStarted;
}
