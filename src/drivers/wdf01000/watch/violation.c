/* SPDX-License-Identifier: MIT */
/* violation.c - a client broke a rule that nobody can go on after; or called what is not there. */
#include "watch.h"

#include "wdf_entries.h"

/* Doc: "Bug Check 0x10D: WDF_VIOLATION"; parameter 4 is the client's globals where a kind of
 * violation has no meaning for it.
 */
void fx_violation(struct fx_globals *globals, ULONG code, ULONG_PTR parameter2,
                  ULONG_PTR parameter3, ULONG_PTR parameter4)
{
    fx_log(globals, FX_LOG_ERROR, "violation 0x%x: 0x%Ix, 0x%Ix, 0x%Ix", code, parameter2,
           parameter3, parameter4);
    KeBugCheckEx(WDF_VIOLATION, code, parameter2, parameter3,
                 parameter4 != 0 ? parameter4 : (ULONG_PTR)globals);
    __builtin_unreachable();
}

void fx_null_check_failed(struct fx_globals *globals, PVOID caller)
{
    fx_log(globals, FX_LOG_ERROR, "a parameter that may not be NULL is NULL, in the call from %p",
           caller);
    fx_violation(globals, WDF_REQUIRED_PARAMETER_IS_NULL, 0, (ULONG_PTR)caller, 0);
}

void fx_absent(struct fx_globals *globals, ULONG index, PVOID caller)
{
    LONG bit = 1L << (index % 32);

    if ((InterlockedOr(&globals->absent_seen[index / 32], bit) & bit) != 0)
        return;
    fx_log(globals, FX_LOG_ERROR,
           "%s is not there yet; the call from %p (+0x%Ix in the driver) fails",
           fx_entry_names[index], caller, (ULONG_PTR)caller - (ULONG_PTR)globals->image);
}
