/* SPDX-License-Identifier: MIT */
/*
 * The user-mode companion of a driver as a target of tasks.
 */
#ifndef _WDFCOMPANIONTARGET_H_
#define _WDFCOMPANIONTARGET_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

typedef enum _WDF_TASK_SEND_OPTIONS_FLAGS {
    WDF_TASK_SEND_OPTION_TIMEOUT = 0x00000001,
    WDF_TASK_SEND_OPTION_SYNCHRONOUS = 0x00000002,
} WDF_TASK_SEND_OPTIONS_FLAGS;
#define WDF_TRACE_ID ('TRAC')

typedef struct _WDF_TASK_SEND_OPTIONS {
    ULONG Size;
    ULONG Flags;
    LONGLONG Timeout;
} WDF_TASK_SEND_OPTIONS, *PWDF_TASK_SEND_OPTIONS;

FORCEINLINE VOID WDF_TASK_SEND_OPTIONS_INIT(PWDF_TASK_SEND_OPTIONS Options, ULONG Flags)
{
    WDF_INIT_SIZED(Options, WDF_TASK_SEND_OPTIONS);
    Options->Flags = Flags;
}

#include "calls/wdfcompaniontarget_calls.h"

WDF_EXTERN_C_END

#endif
