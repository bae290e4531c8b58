/* SPDX-License-Identifier: MIT */
/*
 * The kernel-mode driver framework, for drivers built for 1.KMDF_VERSION_MINOR (9 to 33).
 *
 * One set of headers for all versions: what a version lacks, its drivers do not see. A driver calls
 * the Framework by index through WdfFunctions, which its entry library has bound. The Framework
 * itself is built with FX_FRAMEWORK: structures and inlines of the newest version, no table.
 * Wants: <ntddk.h> or <wdm.h> before it.
 */
#ifndef _WDF_H_
#define _WDF_H_

#include "wdfexternc.h"

#if !defined(KMDF_VERSION_MAJOR)
#define KMDF_VERSION_MAJOR 1
#endif
#if !defined(KMDF_VERSION_MINOR)
#define KMDF_VERSION_MINOR 33
#endif
#if KMDF_VERSION_MAJOR != 1
#error "KMDF_VERSION_MAJOR is 1"
#endif
#if KMDF_VERSION_MINOR < 9 || KMDF_VERSION_MINOR > 33
#error "KMDF_VERSION_MINOR is one of 9, 11, 13 ... 33"
#endif

#ifndef _Dispatch_type_
#include <driverspecs.h>
#endif

WDF_EXTERN_C_START

typedef VOID (*WDFFUNC)(VOID);

#if !defined(FX_FRAMEWORK)
#if KMDF_VERSION_MINOR >= 15
/* Two objects of different versions do not link: the name says for which one it was compiled. */
#define WDF_TABLE_OF_(minor) WdfFunctions_010##minor
#define WDF_TABLE_OF(minor)  WDF_TABLE_OF_(minor)
#define WdfFunctions         WDF_TABLE_OF(KMDF_VERSION_MINOR)
extern const WDFFUNC *WdfFunctions;
#else
extern WDFFUNC WdfFunctions[];
#endif
extern WDFFUNC WdfDriverMiniportUnloadOverride;
#endif

WDF_EXTERN_C_END

#include "wdftypes.h"
#include "wdfglobals.h"
#include "wdffuncenum.h"
#include "wdfstatus.h"
#include "wdfassert.h"
#include "wdfverifier.h"
#include "wdfpool.h"

#include "wdfobject.h"
#include "wdfsync.h"
#include "wdfcore.h"
#include "wdfdriver.h"

#include "wdfqueryinterface.h"
#include "wdfmemory.h"
#include "wdfchildlist.h"
#include "wdffileobject.h"
#include "wdfdevice.h"
#include "wdfcollection.h"
#include "wdfdpc.h"
#include "wdftimer.h"
#include "wdfworkitem.h"
#include "wdfinterrupt.h"
#include "wdfresource.h"

#include "wdfrequest.h"
#include "wdfiotarget.h"
#include "wdfio.h"

#include "wdffdo.h"
#include "wdfpdo.h"
#include "wdfcontrol.h"
#include "wdfwmi.h"
#include "wdfstring.h"
#include "wdfregistry.h"

#include "wdfdmaenabler.h"
#include "wdfdmatransaction.h"
#include "wdfcommonbuffer.h"

#include "wdfbugcodes.h"
#include "wdfroletypes.h"
#include "wdfhwaccess.h"
#if KMDF_VERSION_MINOR >= 23
#include "wdfcompaniontarget.h"
#endif

#endif
