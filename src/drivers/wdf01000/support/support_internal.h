/* SPDX-License-Identifier: MIT */
/* support_internal.h - what the files of this room share and nobody else sees. */
#ifndef WDF01000_SUPPORT_INTERNAL_H
#define WDF01000_SUPPORT_INTERNAL_H

#include "../device/device.h"
#include "../object/object.h"
#include "support.h"

extern const struct fx_type fx_type_memory_preallocated;

#endif
