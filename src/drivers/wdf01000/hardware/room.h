/* SPDX-License-Identifier: MIT */
/* room.h - what the files of this room share and no other room sees. */
#ifndef WDF01000_HARDWARE_ROOM_H
#define WDF01000_HARDWARE_ROOM_H

#include "../device/device.h"
#include "../object/object.h"
#include "../queue/queue.h"
#include "../support/support.h"
#include "hardware.h"

#include <intrin.h>

/* This room's half of a device: device->hardware, made when it is first needed. */
struct fx_hardware {
    struct fx_resource_list *raw, *translated; /* referenced; NULL: not started */
    BOOLEAN interrupts_up;                     /* no interrupt may be created any more */
};

/* ---- descriptors.c --------------------------------------------------------------------------- */

void fx_descriptors_init(struct fx_descriptors *list, ULONG bytes);
/* Copies in front of index; WDF_INSERT_AT_END or the count: at the end.
 * Errors: STATUS_ARRAY_BOUNDS_EXCEEDED, STATUS_INSUFFICIENT_RESOURCES
 */
NTSTATUS fx_descriptors_insert(struct fx_globals *globals, struct fx_descriptors *list, ULONG index,
                               const void *descriptor);
/* Where the copy lies until it is removed; NULL past the end. */
void *fx_descriptors_at(const struct fx_descriptors *list, ULONG index);
BOOLEAN fx_descriptors_remove(struct fx_descriptors *list, ULONG index);
/* The first that equals it byte for byte; MAXULONG: none. */
ULONG fx_descriptors_find(const struct fx_descriptors *list, const void *descriptor);
void fx_descriptors_clear(struct fx_descriptors *list);

/* The next in order; NULL begins, and ends. */
void *fx_descriptors_next(const struct fx_descriptors *list, const void *descriptor);

/* ---- requirements.c -------------------------------------------------------------------------- */

/* An alternative that is in no list yet. */
NTSTATUS fx_io_list_create(struct fx_requirements *owner, PWDF_OBJECT_ATTRIBUTES attributes,
                           struct fx_io_list **out_list);
/* Errors: STATUS_ARRAY_BOUNDS_EXCEEDED */
NTSTATUS fx_requirements_insert(struct fx_requirements *requirements, ULONG index,
                                struct fx_io_list *list);
void fx_requirements_remove(struct fx_requirements *requirements, struct fx_io_list *list);
struct fx_io_list *fx_requirements_at(const struct fx_requirements *requirements, ULONG index);

#endif
