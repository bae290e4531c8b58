/* SPDX-License-Identifier: MIT */
/*
 * Registry keys as framework objects.
 */
#ifndef _WDFREGISTRY_H_
#define _WDFREGISTRY_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START
#define WDF_REGKEY_DEVICE_SUBKEY 0
#define WDF_REGKEY_DRIVER_SUBKEY 0

#include "calls/wdfregistry_calls.h"

WDF_EXTERN_C_END

#endif
