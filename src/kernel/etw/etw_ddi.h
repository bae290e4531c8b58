/* SPDX-License-Identifier: MIT */
/* etw_ddi.h - the headers of the driver kit that declare this room's contract functions. */
#ifndef ETW_ETW_DDI_H
#define ETW_ETW_DDI_H

#include <ntifs.h>

#include <evntrace.h>

#include "etw/etw.h"

#endif
