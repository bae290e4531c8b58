/* SPDX-License-Identifier: MIT */
/* prosewarerobot.c - the specific half: a robot on a rail of a hundred steps.
 *
 * Knows this robot and nothing of requests, devices or power; that is the general driver's.
 */
#include "generalrobot.h"

#define RAIL 100

typedef struct _RAIL_ROBOT {
    LONG Position;
} RAIL_ROBOT, *PRAIL_ROBOT;

DRIVER_INITIALIZE DriverEntry;
static ROBOT_START RailStart;
static ROBOT_MOVE RailMove;
static ROBOT_STOP RailStop;

static NTSTATUS RailStart(PVOID Machine, PDEVICE_OBJECT Physical)
{
    PRAIL_ROBOT robot = Machine;

    UNREFERENCED_PARAMETER(Physical);
    robot->Position = RAIL / 2;
    return STATUS_SUCCESS;
}

static NTSTATUS RailMove(PVOID Machine, LONG Steps, LONG *Position)
{
    PRAIL_ROBOT robot = Machine;

    if (Steps < -robot->Position || Steps > RAIL - robot->Position)
        return STATUS_DATA_ERROR;
    robot->Position += Steps;
    *Position = robot->Position;
    return STATUS_SUCCESS;
}

static VOID RailStop(PVOID Machine)
{
    ((PRAIL_ROBOT)Machine)->Position = RAIL / 2;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    static const ROBOT_CALLBACKS callbacks = {sizeof callbacks, sizeof(RAIL_ROBOT), L"Proseware",
                                              RailStart,        RailMove,           RailStop};

    return GeneralRobotInitialize(Driver, RegistryPath, &callbacks);
}
