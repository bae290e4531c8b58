/* SPDX-License-Identifier: MIT */
/* mm_ddi.h - contract functions of this room that no header of the driver kit declares, and
 * exported variables.
 */
#ifndef MM_MM_DDI_H
#define MM_MM_DDI_H

#include "mm/mm.h"

extern PVOID mm_highest_user_address, mm_system_range_start;
extern ULONG_PTR mm_user_probe_address;
extern BOOLEAN mm_64bit_physical_address;

#endif
