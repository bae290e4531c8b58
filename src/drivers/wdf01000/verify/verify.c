/* SPDX-License-Identifier: MIT */
/* verify.c - the rules at the door of every entry: the IRQL, and whose handle it is. */
#include "verify.h"

void fx_verify_break(struct fx_globals *globals)
{
    if (globals->verifier.break_on_error && KD_DEBUGGER_ENABLED && !KD_DEBUGGER_NOT_PRESENT)
        DbgBreakPoint();
}

static const char *level_name(KIRQL irql)
{
    return irql == PASSIVE_LEVEL    ? "PASSIVE_LEVEL"
           : irql == APC_LEVEL      ? "APC_LEVEL"
           : irql == DISPATCH_LEVEL ? "DISPATCH_LEVEL"
                                    : "a device's IRQL";
}

/* Another driver's object: a class extension may, a driver may not. */
static void owner_check(struct fx_globals *globals, ULONG index, const void *handle, PVOID caller)
{
    const struct fx_object *object = (const struct fx_object *)(~(ULONG_PTR)handle);

    if (((ULONG_PTR)handle & 7) != 7 || !MmIsAddressValid((PVOID)object) ||
        object->magic != FX_OBJECT_MAGIC || object->globals == globals)
        return; /* the entry itself knows what to do with no handle at all */
    fx_log(globals, FX_LOG_ERROR, "%s is given %s %p, which belongs to %s, at +0x%Ix of the driver",
           fx_entry_names[index], object->type->name, handle, object->globals->abi.DriverName,
           (ULONG_PTR)caller - (ULONG_PTR)globals->image);
    fx_verify_break(globals);
}

BOOLEAN fx_verify_call(struct fx_globals *globals, ULONG index, KIRQL highest, const void *handle,
                       PVOID caller)
{
    KIRQL irql = KeGetCurrentIrql();

    if (irql > highest) {
        fx_log(globals, FX_LOG_ERROR,
               "%s is called at %s, it is for %s%s, at +0x%Ix of the driver%s",
               fx_entry_names[index], level_name(irql), level_name(highest),
               highest == PASSIVE_LEVEL ? "" : " at most",
               (ULONG_PTR)caller - (ULONG_PTR)globals->image,
               highest < DISPATCH_LEVEL ? "; the call fails" : "");
        fx_verify_break(globals);
        if (highest < DISPATCH_LEVEL)
            return FALSE;
    }
    if (handle != NULL)
        owner_check(globals, index, handle, caller);
    return TRUE;
}
