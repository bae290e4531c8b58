/* SPDX-License-Identifier: MIT */
/*
 * Lists of resource requirements and of assigned resources.
 */
#ifndef _WDFRESOURCE_H_
#define _WDFRESOURCE_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START
#define WDF_INSERT_AT_END ((ULONG) - 1)

#include "calls/wdfresource_calls.h"

WDF_EXTERN_C_END

#endif
