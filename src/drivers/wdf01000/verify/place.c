/* SPDX-License-Identifier: MIT */
/* place.c - where a callback was called and where it came back: it must return at the IRQL at which
 * it was called, and out of every critical region that it has entered (EnhancedVerifierOptions, bit
 * 0). A region inside another one is not seen: nothing documented counts them.
 *
 * Doc: "Registry Values for Debugging WDF Drivers"; "Bug Check 0x10D: WDF_VIOLATION", 0xE and 0xF
 */
#include "verify.h"

void fx_place_left(struct fx_globals *globals, struct fx_place before, const void *callback)
{
    KIRQL irql = KeGetCurrentIrql();
    ULONG_PTR offset = (ULONG_PTR)callback - (ULONG_PTR)globals->image;

    if (irql != before.irql) {
        fx_log(globals, FX_LOG_ERROR,
               "the callback at +0x%Ix of the driver was called at IRQL %u and returned at %u",
               offset, before.irql, irql);
        fx_violation(globals, WDF_VERIFIER_IRQL_MISMATCH, before.irql, irql, 0);
    }
    if (!before.in_region && KeAreApcsDisabled()) {
        fx_log(globals, FX_LOG_ERROR,
               "the callback at +0x%Ix of the driver returned in a critical region that it entered",
               offset);
        fx_violation(globals, WDF_VERIFIER_CRITICAL_REGION_MISMATCH, (ULONG_PTR)callback, 0, 0);
    }
}
