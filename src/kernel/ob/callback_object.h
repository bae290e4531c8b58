/* SPDX-License-Identifier: MIT */
/* callback_object.h - the type Callback and the objects the system itself has. */
#ifndef OB_CALLBACK_OBJECT_H
#define OB_CALLBACK_OBJECT_H

#include <ntifs.h>

/* ob_init's: the type and \Callback\SetSystemTime, PowerState and ProcessorAdd. */
NTSTATUS callback_objects_create(void);

#endif
