/* SPDX-License-Identifier: MIT */
/*
 * Collections of framework objects.
 */
#ifndef _WDFCOLLECTION_H_
#define _WDFCOLLECTION_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

#include "calls/wdfcollection_calls.h"

WDF_EXTERN_C_END

#endif
