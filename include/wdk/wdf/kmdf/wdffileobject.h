/* SPDX-License-Identifier: MIT */
/*
 * File objects: who opened a device.
 */
#ifndef _WDFFILEOBJECT_H_
#define _WDFFILEOBJECT_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

#include "calls/wdffileobject_calls.h"

WDF_EXTERN_C_END

#endif
