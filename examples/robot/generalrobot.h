/* SPDX-License-Identifier: MIT */
/* generalrobot.h - what a specific robot's driver hands to the general one.
 *
 * The general driver owns the dispatch table and everything that all robots have in common; a
 * specific driver knows its own hardware and is called where robots differ.
 */
#ifndef GENERALROBOT_H
#define GENERALROBOT_H

#include <ntddk.h>

#ifdef GENERALROBOT_EXPORTS
#define ROBOTAPI DECLSPEC_EXPORT
#else
#define ROBOTAPI DECLSPEC_IMPORT
#endif

/* The robot's own memory, ROBOT_CALLBACKS.MachineBytes of it, zeroed. All at PASSIVE_LEVEL. */
typedef NTSTATUS ROBOT_START(PVOID Machine, PDEVICE_OBJECT Physical);
typedef NTSTATUS ROBOT_MOVE(PVOID Machine, LONG Steps, LONG *Position);
typedef VOID ROBOT_STOP(PVOID Machine);

typedef struct _ROBOT_CALLBACKS {
    ULONG Size; /* of this structure: newer general drivers accept older ones */
    ULONG MachineBytes;
    const WCHAR *Maker;
    ROBOT_START *Start;
    ROBOT_MOVE *Move;
    ROBOT_STOP *Stop;
} ROBOT_CALLBACKS, *PROBOT_CALLBACKS;

/* Called by a specific driver's DriverEntry, which returns what this returns. */
ROBOTAPI NTSTATUS NTAPI GeneralRobotInitialize(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath,
                                               const ROBOT_CALLBACKS *Callbacks);

#endif
