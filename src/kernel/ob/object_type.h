/* SPDX-License-Identifier: MIT */
/* object_type.h - starting and ending the set of types; for ob_start.c only. */
#ifndef OB_OBJECT_TYPE_H
#define OB_OBJECT_TYPE_H

#include "ob/ob.h"

NTSTATUS object_type_enter(struct object_type *type);
/* Enters the types that were made before \ObjectTypes was. */
NTSTATUS object_types_enter(void);
void object_types_fini(void);

#endif
