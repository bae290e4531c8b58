/* SPDX-License-Identifier: MIT */
/* benchstart.h - benchdrv.sys in a stack whose start is timed: what its dispatch routines call. */
#ifndef BENCHSTART_H
#define BENCHSTART_H

#include <ntddk.h>

#include "benchdrv.h"

DRIVER_ADD_DEVICE StartAdd;
DRIVER_DISPATCH StartPnp, StartPass;
/* A device of a stack, or the one that controls are sent to? */
BOOLEAN StartIsStack(PDEVICE_OBJECT Device);
/* sum: nanoseconds that the last start took; turns: how many starts there were. */
VOID StartTell(struct bench_loop *Loop);

#endif
