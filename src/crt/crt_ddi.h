/* SPDX-License-Identifier: MIT */
/* crt_ddi.h - how the run-time functions that ntoskrnl exports are written down.
 *
 * The exported C names (memcpy, strlen …) belong to the native C library in this process, so the
 * functions drivers reach are called ddi_<name>; abi/exports/crt.tsv says which is which.
 * DDI() declares before it defines: nobody but the generated thunks calls these.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "crt/abi.h"

#define CRT_DDI CRT_MS_ABI
#define DDI(type, name, params) \
    type CRT_DDI name params;   \
    type CRT_DDI name params
