/* SPDX-License-Identifier: MIT */
/*
 * A driver under a port driver: the Framework without its dispatch routines.
 */
#ifndef _WDFMINIPORT_H_
#define _WDFMINIPORT_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

#include "calls/wdfminiport_calls.h"

/* Called before the miniport's unload goes on; the entry library sets what it leads to. */
#if !defined(FX_FRAMEWORK)
FORCEINLINE VOID WdfDriverMiniportUnload(WDFDRIVER Driver)
{
    ((PFN_WDFDRIVERMINIPORTUNLOAD)WdfDriverMiniportUnloadOverride)(WdfDriverGlobals, Driver);
}
#endif

WDF_EXTERN_C_END

#endif
