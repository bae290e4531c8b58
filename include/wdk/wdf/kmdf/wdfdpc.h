/* SPDX-License-Identifier: MIT */
/*
 * Deferred procedure calls as framework objects.
 */
#ifndef _WDFDPC_H_
#define _WDFDPC_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

typedef VOID NTAPI EVT_WDF_DPC(WDFDPC Dpc);
typedef EVT_WDF_DPC *PFN_WDF_DPC;

typedef struct _WDF_DPC_CONFIG {
    ULONG Size;
    PFN_WDF_DPC EvtDpcFunc;
    BOOLEAN AutomaticSerialization;
} WDF_DPC_CONFIG, *PWDF_DPC_CONFIG;

FORCEINLINE VOID WDF_DPC_CONFIG_INIT(PWDF_DPC_CONFIG Config, PFN_WDF_DPC EvtDpcFunc)
{
    WDF_INIT_SIZED(Config, WDF_DPC_CONFIG);
    Config->EvtDpcFunc = EvtDpcFunc;
    Config->AutomaticSerialization = TRUE;
}

#include "calls/wdfdpc_calls.h"

WDF_EXTERN_C_END

#endif
