/* SPDX-License-Identifier: MIT */
/*
 * Names of states for trace messages.
 */
#ifndef _WDFTRACEENUMS_H_
#define _WDFTRACEENUMS_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

WDF_EXTERN_C_END

#endif
