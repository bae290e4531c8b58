/* SPDX-License-Identifier: MIT */
/* object_internal.h - shared inside the object room: memory, contexts, tracked references. */
#ifndef WDF01000_OBJECT_INTERNAL_H
#define WDF01000_OBJECT_INTERNAL_H

#include "object.h"

/* Zeroed nonpaged memory in the client's name; fails as the client's verifier says.
 * Freed with the tag globals->abi.DriverTag.
 */
PVOID fx_allocate(struct fx_globals *globals, ULONG_PTR bytes);

/* Bytes of a context as attributes want it, 0 if they want none; and its beginning. */
ULONG_PTR fx_context_bytes(const WDF_OBJECT_ATTRIBUTES *attributes);
void fx_context_init(struct fx_context *context, const WDF_OBJECT_ATTRIBUTES *attributes);

/* References with tags (TrackHandles). begin looks whether the object's type is to be tracked; end
 * forgets, and lists tags that were not given back.
 */
void fx_track_begin(struct fx_object *object);
void fx_track_end(struct fx_object *object);

/* Deletion at PASSIVE_LEVEL. */
IO_WORKITEM_ROUTINE fx_dispose_run;
NTSTATUS fx_dispose_create(struct fx_globals *globals);
void fx_dispose_destroy(struct fx_globals *globals);

#endif
