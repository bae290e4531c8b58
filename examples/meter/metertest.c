/* SPDX-License-Identifier: MIT */
/* metertest.c - lets the meter idle, and sees what brings it back. */
#define _WIN32_WINNT 0x0A00
#include <stdio.h>

#include <windows.h>

#include <cfgmgr32.h>
#include <winioctl.h>

#include <initguid.h>

#include "meter_ioctl.h"

static int Failures;
static WCHAR Path[1024];

static void Check(const char *What, int IsRight)
{
    printf("%-52s %s\n", What, IsRight ? "ok" : "FAILED");
    if (!IsRight)
        Failures++;
}

static METER_POWER Power(HANDLE Device)
{
    METER_POWER power = {0};
    DWORD count;

    DeviceIoControl(Device, IOCTL_METER_POWER, NULL, 0, &power, sizeof power, &count, NULL);
    return power;
}

static BOOL Control(HANDLE Device, DWORD Code)
{
    DWORD count;

    return DeviceIoControl(Device, Code, NULL, 0, NULL, 0, &count, NULL);
}

static DWORD Sample(HANDLE Device)
{
    DWORD sample = 0, count;

    return ReadFile(Device, &sample, sizeof sample, &count, NULL) && count == sizeof sample ? sample
                                                                                            : 0;
}

static void Idle(HANDLE Device)
{
    METER_POWER before, after;

    Check("waits until it is down", Control(Device, IOCTL_METER_WAIT_DOWN));
    before = Power(Device);
    Check("it is down, and looking at it changes nothing",
          before.IsUp == 0 && before.PoweredDown == before.PoweredUp);
    Check("a read brings it up; it has forgotten its count", Sample(Device) == 1);
    after = Power(Device);
    Check("it was powered up once for that", after.PoweredUp == before.PoweredUp + 1);
    Check("it goes down again", Control(Device, IOCTL_METER_WAIT_DOWN));
}

static void Hold(HANDLE Device)
{
    METER_POWER held;
    DWORD i;
    int counts = 1;

    Check("held: it comes up", Control(Device, IOCTL_METER_HOLD));
    held = Power(Device);
    Check("and is up", held.IsUp == 1);
    for (i = 1; i <= 1000; i++)
        counts &= Sample(Device) == i;
    Check("a thousand reads, counted without a gap", counts);
    Check("all that time it was not powered down", Power(Device).PoweredDown == held.PoweredDown);
    Check("let go", Control(Device, IOCTL_METER_RELEASE));
    Check("it idles again", Control(Device, IOCTL_METER_WAIT_DOWN));
    Check("once", Power(Device).PoweredDown == held.PoweredDown + 1);
}

int main(void)
{
    HANDLE device;

    if (CM_Get_Device_Interface_ListW((GUID *)&GUID_DEVINTERFACE_METER, NULL, Path, ARRAYSIZE(Path),
                                      CM_GET_DEVICE_INTERFACE_LIST_PRESENT) != CR_SUCCESS ||
        Path[0] == 0) {
        printf("there is no meter: is its driver installed?\n");
        return 1;
    }
    device = CreateFileW(Path, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (device == INVALID_HANDLE_VALUE) {
        printf("the meter cannot be opened: error %lu\n", GetLastError());
        return 1;
    }
    Idle(device);
    Hold(device);
    CloseHandle(device);
    printf("%d failures\n", Failures);
    return Failures != 0;
}
