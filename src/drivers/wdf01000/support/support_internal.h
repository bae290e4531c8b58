/* SPDX-License-Identifier: MIT */
/* support_internal.h - what the files of this room share and nobody else sees. */
#ifndef WDF01000_SUPPORT_INTERNAL_H
#define WDF01000_SUPPORT_INTERNAL_H

#include "../device/device.h"
#include "../object/object.h"
#include "support.h"

extern const struct fx_type fx_type_memory_preallocated;

/* Frees the MDL that fx_memory_mdl made, if it made one. */
void fx_memory_mdl_drop(struct fx_memory *memory);

/* Is the caller's IRQL too high? Says so (what: the entry's name): the caller answers
 * STATUS_INVALID_DEVICE_REQUEST, or nothing where nothing can be answered.
 */
static inline BOOLEAN fx_irql_above(struct fx_globals *globals, KIRQL allowed, const char *what)
{
    KIRQL irql = KeGetCurrentIrql();

    if (irql <= allowed)
        return FALSE;
    fx_log(globals, FX_LOG_ERROR, "%s at IRQL %u: call it at %u or below", what, irql, allowed);
    return TRUE;
}

/* Well formed: even lengths, room for what it holds, a buffer when it is not empty.
 * Errors: STATUS_INVALID_PARAMETER, logged */
NTSTATUS fx_string_check(struct fx_globals *globals, PCUNICODE_STRING string);

/* The lock over callbacks of an object below parent, by the rules of AutomaticSerialization.
 *
 * Gives:  *out_holder: whose callback lock to enter; NULL: none
 * Errors: STATUS_INVALID_DEVICE_REQUEST (no device above), STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL
 */
NTSTATUS fx_serialize(struct fx_object *parent, BOOLEAN automatic, BOOLEAN is_passive,
                      struct fx_object **out_holder);

#endif
