/* SPDX-License-Identifier: MIT */
/* lookaside.h - a lookaside list with a handle. */
#ifndef WDF01000_LOOKASIDE_H
#define WDF01000_LOOKASIDE_H

#include "support_internal.h"

struct fx_lookaside {
    struct fx_object object;
    LOOKASIDE_LIST_EX objects; /* entries: object, context, buffer if it is not paged */
    LOOKASIDE_LIST_EX buffers; /* paged buffers */
    BOOLEAN paged, has_objects, has_buffers;
    SIZE_T object_bytes, buffer_offset, buffer_bytes;
    const struct fx_type *memory_type;
    WDF_OBJECT_ATTRIBUTES memory_attributes; /* without its parent */
    struct fx_object *memory_parent;         /* referenced; NULL: the driver */
};

/* A list whose memory objects get memory_attributes (may be NULL).
 *
 * IRQL:   <= DISPATCH_LEVEL; <= APC_LEVEL for paged pool
 * Errors: those of attributes; STATUS_INVALID_PARAMETER: the two are of different devices
 */
NTSTATUS fx_lookaside_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                             SIZE_T buffer_bytes, POOL_TYPE pool,
                             PWDF_OBJECT_ATTRIBUTES memory_attributes, ULONG tag,
                             struct fx_lookaside **out_lookaside);

/* One memory object of it; its deletion gives it back. */
NTSTATUS fx_lookaside_take(struct fx_lookaside *lookaside, struct fx_memory **out_memory);

#endif
