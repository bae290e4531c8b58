/* SPDX-License-Identifier: MIT */
/* support_internal.h - what the files of this room share and nobody else sees. */
#ifndef WDF01000_SUPPORT_INTERNAL_H
#define WDF01000_SUPPORT_INTERNAL_H

#include "../device/device.h"
#include "../object/object.h"
#include "support.h"

extern const struct fx_type fx_type_memory_preallocated;

/* The lock over callbacks of an object below parent, by the rules of AutomaticSerialization.
 *
 * Gives:  *out_holder: whose callback lock to enter; NULL: none
 * Errors: STATUS_INVALID_DEVICE_REQUEST (no device above), STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL
 */
NTSTATUS fx_serialize(struct fx_object *parent, BOOLEAN automatic, BOOLEAN is_passive,
                      struct fx_object **out_holder);

#endif
