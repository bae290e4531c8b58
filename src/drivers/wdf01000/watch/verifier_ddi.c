/* SPDX-License-Identifier: MIT */
/* verifier_ddi.c - what a client tells a debugger or the machine about itself. */
#include "watch.h"

#include "../object/object.h"
#include "wdf_entries.h"

/* Stops in the debugger if there is one; without, a note in the recorder is all.
 * Doc: WdfVerifierDbgBreakPoint
 */
VOID NTAPI imp_WdfVerifierDbgBreakPoint(PWDF_DRIVER_GLOBALS globals)
{
    struct fx_globals *client = fx_globals_of(globals);

    fx_log(client, FX_LOG_NOTE, "WdfVerifierDbgBreakPoint");
    if (client->verifier.break_on_error && KD_DEBUGGER_ENABLED && !KD_DEBUGGER_NOT_PRESENT)
        DbgBreakPoint();
}

/* Doc: WdfVerifierKeBugCheck */
VOID NTAPI imp_WdfVerifierKeBugCheck(PWDF_DRIVER_GLOBALS globals, ULONG BugCheckCode,
                                     ULONG_PTR BugCheckParameter1, ULONG_PTR BugCheckParameter2,
                                     ULONG_PTR BugCheckParameter3, ULONG_PTR BugCheckParameter4)
{
    fx_log(fx_globals_of(globals), FX_LOG_ERROR,
           "WdfVerifierKeBugCheck: the driver stops the "
           "machine itself with 0x%x",
           BugCheckCode);
    KeBugCheckEx(BugCheckCode, BugCheckParameter1, BugCheckParameter2, BugCheckParameter3,
                 BugCheckParameter4);
}

/* A class extension stops the machine because of its client, whose object is given.
 * Doc: wdfcx.h
 */
VOID NTAPI imp_WdfCxVerifierKeBugCheck(PWDF_DRIVER_GLOBALS globals, WDFOBJECT Object,
                                       ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
                                       ULONG_PTR BugCheckParameter2, ULONG_PTR BugCheckParameter3,
                                       ULONG_PTR BugCheckParameter4)
{
    struct fx_globals *client = fx_globals_of(globals);

    if (Object != NULL)
        client = fx_object_of(client, Object, &fx_type_any)->globals;
    fx_log(client, FX_LOG_ERROR, "class extension %s stops the machine with 0x%x",
           globals->DriverName, BugCheckCode);
    KeBugCheckEx(BugCheckCode, BugCheckParameter1, BugCheckParameter2, BugCheckParameter3,
                 BugCheckParameter4);
}
