/* SPDX-License-Identifier: MIT */
/*
 * String objects.
 */
#ifndef _WDFSTRING_H_
#define _WDFSTRING_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

#include "calls/wdfstring_calls.h"

WDF_EXTERN_C_END

#endif
