/* SPDX-License-Identifier: MIT */
/* robottest.c - finds every robot by its interface and moves it, whoever has made it. */
#include <stdio.h>
#include <string.h>

#include <windows.h>

#include <setupapi.h>
#include <winioctl.h>

#include <initguid.h>

#include "robot_ioctl.h"

static int Failures;

static void Check(const char *What, int IsRight)
{
    printf("%-52s %s\n", What, IsRight ? "ok" : "FAILED");
    if (!IsRight) {
        printf("    (GetLastError %lu)\n", GetLastError());
        Failures++;
    }
}

static HANDLE OpenInterface(HDEVINFO Devices, SP_DEVICE_INTERFACE_DATA *Interface)
{
    BYTE buffer[1024];
    SP_DEVICE_INTERFACE_DETAIL_DATA_W *detail = (SP_DEVICE_INTERFACE_DETAIL_DATA_W *)buffer;

    detail->cbSize = sizeof *detail;
    if (!SetupDiGetDeviceInterfaceDetailW(Devices, Interface, detail, sizeof buffer, NULL, NULL))
        return INVALID_HANDLE_VALUE;
    return CreateFileW(detail->DevicePath, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0,
                       NULL);
}

static BOOL Move(HANDLE Robot, LONG Steps, LONG *Position)
{
    DWORD count;
    return DeviceIoControl(Robot, IOCTL_ROBOT_MOVE, &Steps, sizeof Steps, Position,
                           sizeof *Position, &count, NULL) &&
           count == sizeof *Position;
}

static void CheckRail(HANDLE Robot)
{
    LONG position = 0;

    Check("Proseware's robot starts in the middle", Move(Robot, 0, &position) && position == 50);
    Check("it goes forward", Move(Robot, 30, &position) && position == 80);
    Check("it stops at the end of its rail",
          !Move(Robot, 30, &position) && GetLastError() == ERROR_CRC);
    Check("it goes back", Move(Robot, -80, &position) && position == 0);
}

static void CheckTurntable(HANDLE Robot)
{
    LONG position = 0;

    Check("Contoso's robot turns", Move(Robot, 5, &position) && position == 5);
    Check("a turn has the steps that its package says",
          Move(Robot, 10, &position) && position == 3);
    Check("it turns back", Move(Robot, -4, &position) && position == 11);
}

int main(void)
{
    SP_DEVICE_INTERFACE_DATA found = {.cbSize = sizeof found};
    HDEVINFO devices = SetupDiGetClassDevsW(&GUID_DEVINTERFACE_ROBOT, NULL, NULL,
                                            DIGCF_PRESENT | DIGCF_DEVICEINTERFACE);
    int rails = 0, turntables = 0;

    Check("robots can be looked for", devices != INVALID_HANDLE_VALUE);
    for (DWORD i = 0;
         SetupDiEnumDeviceInterfaces(devices, NULL, &GUID_DEVINTERFACE_ROBOT, i, &found); i++) {
        WCHAR maker[32] = L"";
        DWORD count;
        HANDLE robot = OpenInterface(devices, &found);

        Check("a robot opens", robot != INVALID_HANDLE_VALUE);
        Check("it says who has made it", DeviceIoControl(robot, IOCTL_ROBOT_MAKER, NULL, 0, maker,
                                                         sizeof maker, &count, NULL));
        if (!wcscmp(maker, L"Proseware")) {
            rails++;
            CheckRail(robot);
        } else if (!wcscmp(maker, L"Contoso")) {
            turntables++;
            CheckTurntable(robot);
        }
        CloseHandle(robot);
    }
    SetupDiDestroyDeviceInfoList(devices);
    Check("there is one of each", rails == 1 && turntables == 1);
    printf("%s\n", Failures ? "FAILED" : "passed");
    return Failures != 0;
}
