/* SPDX-License-Identifier: MIT */
/* mm_ddi.h - contract functions of this room that no header of the driver kit declares, and
 * exported variables.
 */
#ifndef MM_MM_DDI_H
#define MM_MM_DDI_H

#include "mm/mm.h"

extern BOOLEAN Mm64BitPhysicalAddress;

#endif
