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

#define CRT_DDI __attribute__((ms_abi))
#define DDI(type, name, params) \
    type CRT_DDI name params;   \
    type CRT_DDI name params
