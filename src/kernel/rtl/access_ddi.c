/* SPDX-License-Identifier: MIT */
/* access_ddi.c - generic access rights turned into an object's own. */
#include "rtl_ddi.h"

/* Doc: nf-wdm-rtlmapgenericmask */
VOID NTAPI RtlMapGenericMask(PACCESS_MASK AccessMask, PGENERIC_MAPPING GenericMapping)
{
    ACCESS_MASK mask = *AccessMask;

    if ((mask & GENERIC_READ) != 0)
        mask |= GenericMapping->GenericRead;
    if ((mask & GENERIC_WRITE) != 0)
        mask |= GenericMapping->GenericWrite;
    if ((mask & GENERIC_EXECUTE) != 0)
        mask |= GenericMapping->GenericExecute;
    if ((mask & GENERIC_ALL) != 0)
        mask |= GenericMapping->GenericAll;
    *AccessMask =
        mask & ~(ACCESS_MASK)(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL);
}
