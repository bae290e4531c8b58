/* SPDX-License-Identifier: MIT */
/* statistics_ddi.c - variables about the system that drivers import and that stand still here.
 *
 * Nothing counts input and output, no debugger is ever entered and no global flag is set: each
 * holds what it holds on a Windows where that is so.
 */
#include "io_internal.h"

extern ULONG IoReadOperationCount, IoWriteOperationCount, IoOtherOperationCount;
extern LARGE_INTEGER IoReadTransferCount, IoWriteTransferCount, IoOtherTransferCount;
extern ULONG KeDcacheFlushCount, KeIcacheFlushCount, NtGlobalFlag;
extern BOOLEAN KdEnteredDebugger;

ULONG IoReadOperationCount, IoWriteOperationCount, IoOtherOperationCount;
LARGE_INTEGER IoReadTransferCount, IoWriteTransferCount, IoOtherTransferCount;
ULONG KeDcacheFlushCount, KeIcacheFlushCount, NtGlobalFlag;
BOOLEAN KdEnteredDebugger;
