/* SPDX-License-Identifier: MIT */
/*
 * Names of pool allocation as drivers of the Framework write them.
 */
#ifndef _WDFPOOL_H_
#define _WDFPOOL_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

WDF_EXTERN_C_END

#endif
