/* SPDX-License-Identifier: MIT */
/*
 * Work items as framework objects.
 */
#ifndef _WDFWORKITEM_H_
#define _WDFWORKITEM_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

typedef VOID NTAPI EVT_WDF_WORKITEM(WDFWORKITEM WorkItem);
typedef EVT_WDF_WORKITEM *PFN_WDF_WORKITEM;

typedef struct _WDF_WORKITEM_CONFIG {
    ULONG Size;
    PFN_WDF_WORKITEM EvtWorkItemFunc;
    BOOLEAN AutomaticSerialization;
} WDF_WORKITEM_CONFIG, *PWDF_WORKITEM_CONFIG;

FORCEINLINE VOID WDF_WORKITEM_CONFIG_INIT(PWDF_WORKITEM_CONFIG Config,
                                          PFN_WDF_WORKITEM EvtWorkItemFunc)
{
    WDF_INIT_SIZED(Config, WDF_WORKITEM_CONFIG);
    Config->EvtWorkItemFunc = EvtWorkItemFunc;
    Config->AutomaticSerialization = TRUE;
}

#include "calls/wdfworkitem_calls.h"

WDF_EXTERN_C_END

#endif
