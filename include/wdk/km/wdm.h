/* SPDX-License-Identifier: MIT */
/*
 * The contract between the kernel and a WDM driver: types, structures with the exact
 * layouts of 64-bit Windows, routines, inline helpers. Each part is a header of its
 * own in wdm/, named after what it describes; this file puts them in order.
 * Compiles for the PE target and natively, in C and C++.
 */
#ifndef _WDMDDK_
#define _WDMDDK_
#define NT_INCLUDED      1
#define WDM_MAJORVERSION 0x06
#define WDM_MINORVERSION 0x00

#include "ntdef.h"
#include "ntstatus.h"
#include "bugcodes.h"
#include "ntcontext.h"
#ifdef _WIN32
#if __has_include(<excpt.h>)
#include <excpt.h>
#endif
#endif
#if __has_include("devioctl.h")
#include "devioctl.h"
#endif

#include "processor_intrinsics.h"
#include "wdm/types.h"
#include "wdm/security.h"
#include "wdm/dispatcher.h"
#include "wdm/exlist.h"
#include "wdm/list.h"
#include "wdm/interlocked.h"
#include "wdm/debug.h"
#include "wdm/irp.h"
#include "wdm/fastio.h"
#include "wdm/ke.h"
#include "wdm/mm.h"
#include "wdm/ex.h"
#include "wdm/ob.h"
#include "wdm/ps.h"
#include "wdm/se.h"
#include "wdm/cm.h"
#include "wdm/rtl.h"
#include "wdm/io.h"
#include "wdm/interrupt.h"
#include "wdm/dma.h"
#include "wdm/pnp.h"
#include "wdm/csq.h"
#include "wdm/po.h"
#include "wdm/zw.h"
#include "wdm/pci.h"
#include "wdm/hal.h"
#include "wdm/ports.h"
#include "wdm/wmi.h"
#include "wdm/tm.h"
#include "wdm/clfs.h"

#endif
