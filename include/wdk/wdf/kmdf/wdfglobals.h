/* SPDX-License-Identifier: MIT */
/*
 * What the Framework shows of a client: first argument of every entry of the table.
 */
#ifndef _WDFGLOBALS_H_
#define _WDFGLOBALS_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

#define WDF_DRIVER_GLOBALS_NAME_LEN (32)

typedef struct _WDF_DRIVER_GLOBALS {
    WDFDRIVER Driver;
    ULONG DriverFlags; /* WDF_DRIVER_INIT_FLAGS that the driver was created with */
    ULONG DriverTag;   /* of pool that is allocated for the driver */
    CHAR DriverName[WDF_DRIVER_GLOBALS_NAME_LEN];
    BOOLEAN DisplaceDriverUnload; /* the entry library puts itself before DriverUnload */
} WDF_DRIVER_GLOBALS, *PWDF_DRIVER_GLOBALS;

WDF_EXTERN_C_END

#endif
