/* SPDX-License-Identifier: MIT */
/*
 * Wait locks, spin locks and the lock of an object.
 */
#ifndef _WDFSYNC_H_
#define _WDFSYNC_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

#include "calls/wdfsync_calls.h"

WDF_EXTERN_C_END

#endif
