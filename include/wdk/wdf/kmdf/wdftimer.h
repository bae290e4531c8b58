/* SPDX-License-Identifier: MIT */
/*
 * Timers as framework objects.
 */
#ifndef _WDFTIMER_H_
#define _WDFTIMER_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START
#define TolerableDelayUnlimited ((ULONG) - 1)

typedef VOID NTAPI EVT_WDF_TIMER(WDFTIMER Timer);
typedef EVT_WDF_TIMER *PFN_WDF_TIMER;

typedef struct _WDF_TIMER_CONFIG {
    ULONG Size;
    PFN_WDF_TIMER EvtTimerFunc;
    ULONG Period;
    BOOLEAN AutomaticSerialization;
    ULONG TolerableDelay;
#if KMDF_VERSION_MINOR >= 13
    DECLSPEC_ALIGN(8) BOOLEAN UseHighResolutionTimer;
#endif
} WDF_TIMER_CONFIG, *PWDF_TIMER_CONFIG;

FORCEINLINE VOID WDF_TIMER_CONFIG_INIT(PWDF_TIMER_CONFIG Config, PFN_WDF_TIMER EvtTimerFunc)
{
    WDF_INIT_SIZED(Config, WDF_TIMER_CONFIG);
    Config->EvtTimerFunc = EvtTimerFunc;
    Config->AutomaticSerialization = TRUE;
}

FORCEINLINE VOID WDF_TIMER_CONFIG_INIT_PERIODIC(PWDF_TIMER_CONFIG Config,
                                                PFN_WDF_TIMER EvtTimerFunc, LONG Period)
{
    WDF_TIMER_CONFIG_INIT(Config, EvtTimerFunc);
    Config->Period = Period;
}

#include "calls/wdftimer_calls.h"

WDF_EXTERN_C_END

#endif
