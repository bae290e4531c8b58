/* SPDX-License-Identifier: MIT */
/* dispatcher_types.h - types of the objects that are nothing but something to wait on.
 *
 * Rules of use. The body is the dispatcher object of wdm.h (KEVENT, KSEMAPHORE, KMUTANT,
 * KTIMER); whoever creates one with ob_create initialises it with KeInitialize… before
 * it is inserted.
 */
#ifndef OB_DISPATCHER_TYPES_H
#define OB_DISPATCHER_TYPES_H

#include "ob/ob.h"

extern struct object_type *ob_event_type, *ob_semaphore_type, *ob_mutant_type, *ob_timer_type;

/* ob_init's; nobody else calls it. */
NTSTATUS dispatcher_types_create(void);

#endif
