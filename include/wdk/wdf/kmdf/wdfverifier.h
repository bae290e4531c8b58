/* SPDX-License-Identifier: MIT */
/*
 * Telling a debugger or the system about a broken driver.
 */
#ifndef _WDFVERIFIER_H_
#define _WDFVERIFIER_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

#include "calls/wdfverifier_calls.h"

WDF_EXTERN_C_END

#endif
