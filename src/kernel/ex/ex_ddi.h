/* SPDX-License-Identifier: MIT */
/* ex_ddi.h - contract functions of this room that no header of the driver kit declares. */
#ifndef EX_EX_DDI_H
#define EX_EX_DDI_H

#include "ex/ex.h"

SIZE_T NTAPI ExQueryPoolBlockSize(PVOID PoolBlock, PBOOLEAN QuotaCharged);

#endif
