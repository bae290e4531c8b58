/* SPDX-License-Identifier: MIT */
/*
 * Register access that the compiler and the verifier can see.
 */
#ifndef _WDFHWACCESS_H_
#define _WDFHWACCESS_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

WDF_EXTERN_C_END

#endif
