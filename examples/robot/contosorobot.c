/* SPDX-License-Identifier: MIT */
/* contosorobot.c - another specific half above the same general driver: a robot on a turntable.
 *
 * How many steps a turn has is read from its device's own registry key when it starts.
 */
#include "generalrobot.h"

#define STEPS_USUAL 360

typedef struct _TURN_ROBOT {
    LONG Position, Steps;
} TURN_ROBOT, *PTURN_ROBOT;

DRIVER_INITIALIZE DriverEntry;
static ROBOT_START TurnStart;
static ROBOT_MOVE TurnMove;
static ROBOT_STOP TurnStop;

static LONG StepsOfKey(PDEVICE_OBJECT Physical)
{
    UCHAR buffer[sizeof(KEY_VALUE_PARTIAL_INFORMATION) + sizeof(ULONG)];
    PKEY_VALUE_PARTIAL_INFORMATION value = (PKEY_VALUE_PARTIAL_INFORMATION)buffer;
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"StepsPerTurn");
    LONG steps = STEPS_USUAL;
    ULONG length;
    HANDLE key;

    if (!NT_SUCCESS(IoOpenDeviceRegistryKey(Physical, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key)))
        return steps;
    if (NT_SUCCESS(ZwQueryValueKey(key, &name, KeyValuePartialInformation, buffer, sizeof buffer,
                                   &length)) &&
        value->Type == REG_DWORD && value->DataLength == sizeof(ULONG) && *(PLONG)value->Data > 0)
        steps = *(PLONG)value->Data;
    ZwClose(key);
    return steps;
}

static NTSTATUS TurnStart(PVOID Machine, PDEVICE_OBJECT Physical)
{
    PTURN_ROBOT robot = Machine;

    robot->Steps = StepsOfKey(Physical);
    robot->Position = 0;
    return STATUS_SUCCESS;
}

static NTSTATUS TurnMove(PVOID Machine, LONG Steps, LONG *Position)
{
    PTURN_ROBOT robot = Machine;
    LONGLONG to = ((LONGLONG)robot->Position + Steps) % robot->Steps;

    robot->Position = (LONG)(to < 0 ? to + robot->Steps : to);
    *Position = robot->Position;
    return STATUS_SUCCESS;
}

static VOID TurnStop(PVOID Machine)
{
    UNREFERENCED_PARAMETER(Machine);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    static const ROBOT_CALLBACKS callbacks = {sizeof callbacks, sizeof(TURN_ROBOT), L"Contoso",
                                              TurnStart,        TurnMove,           TurnStop};

    return GeneralRobotInitialize(Driver, RegistryPath, &callbacks);
}
