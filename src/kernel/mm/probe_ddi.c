/* SPDX-License-Identifier: MIT */
/* probe_ddi.c - probes, and the variables that say where user space ends. */
#include "ke/ke.h"
#include "mm_ddi.h"

PVOID MmHighestUserAddress = (PVOID)(MM_USER_END - 1);
PVOID MmSystemRangeStart = (PVOID)MM_USER_END;
ULONG64 MmUserProbeAddress = MM_USER_END;
BOOLEAN Mm64BitPhysicalAddress = TRUE;

static void probe(const volatile void *address, SIZE_T length, ULONG alignment, bool for_write)
{
    NTSTATUS status;

    if (alignment == 0 || (alignment & (alignment - 1)) != 0)
        ke_raise(STATUS_INVALID_PARAMETER_3);
    status = mm_user_probe(address, length, alignment, for_write);
    if (!NT_SUCCESS(status))
        ke_raise(status);
}

/* IRQL:    <= APC_LEVEL
 * Errors:  raises STATUS_ACCESS_VIOLATION, STATUS_DATATYPE_MISALIGNMENT
 * Doc:     nf-wdm-probeforread; the memory is not touched
 */
VOID NTAPI ProbeForRead(const void *Address, SIZE_T Length, ULONG Alignment)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    probe(Address, Length, Alignment, false);
}

/* IRQL:    <= APC_LEVEL
 * Errors:  raises STATUS_ACCESS_VIOLATION, STATUS_DATATYPE_MISALIGNMENT
 * Doc:     nf-wdm-probeforwrite; every page is written to, with what it holds
 */
VOID NTAPI ProbeForWrite(PVOID Address, SIZE_T Length, ULONG Alignment)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    probe(Address, Length, Alignment, true);
}
