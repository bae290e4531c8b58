/* SPDX-License-Identifier: MIT */
/*
 * Everything of wdm.h and what older and non-PnP drivers use besides: the shared data
 * page, the public part of the processor control region, more of the executive.
 */
#ifndef _NTDDK_
#define _NTDDK_

#include "wdm.h"
#include "ntddk/shared_data.h"
#include "ntddk/processor.h"
#include "ntddk/pci_express.h"
#include "ntddk/file_system.h"
#include "ntddk/boot_driver.h"

#include <ntiologc.h>

#endif
