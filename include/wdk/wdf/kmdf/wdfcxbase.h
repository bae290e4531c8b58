/* SPDX-License-Identifier: MIT */
/*
 * How a client says which class extension it uses, and how it is bound.
 * Wants: <wdf.h> before it.
 */
#ifndef _WDFCXBASE_H_
#define _WDFCXBASE_H_

#include "wdfldr.h"

#endif
