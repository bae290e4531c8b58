/* SPDX-License-Identifier: MIT */
/* refuse_ddi.c - what this machine has not, answered as documented: a verifier that watches,
 * memory that comes and goes, banked video memory; and MDLs of device memory. */
#include "mdl.h"
#include "mm_ddi.h"

/* Doc: nf-wdm-mmisdriververifying; no driver is being verified */
LOGICAL NTAPI MmIsDriverVerifying(struct _DRIVER_OBJECT *DriverObject)
{
    return FALSE;
}

/* Doc: nf-wdm-mmisdriververifyingbyaddress */
LOGICAL NTAPI MmIsDriverVerifyingByAddress(PVOID AddressWithinSection)
{
    return FALSE;
}

/* Errors:  STATUS_NOT_SUPPORTED: memory cannot be added while the machine runs
 * Doc:     nf-ntddk-mmaddphysicalmemory
 */
NTSTATUS NTAPI MmAddPhysicalMemory(PPHYSICAL_ADDRESS StartAddress, PLARGE_INTEGER NumberOfBytes)
{
    return STATUS_NOT_SUPPORTED;
}

/* Errors:  STATUS_NOT_SUPPORTED
 * Doc:     as MmAddPhysicalMemory
 */
NTSTATUS NTAPI MmRemovePhysicalMemory(PPHYSICAL_ADDRESS StartAddress, PLARGE_INTEGER NumberOfBytes)
{
    return STATUS_NOT_SUPPORTED;
}

static bool ranges_are_io(const MM_PHYSICAL_ADDRESS_LIST *ranges, SIZE_T count, uint64_t *out_bytes)
{
    *out_bytes = 0;
    for (SIZE_T i = 0; i < count; i++) {
        uint64_t base = (uint64_t)ranges[i].PhysicalAddress.QuadPart;
        struct frame frame;

        if ((base & 4095) != 0 || (ranges[i].NumberOfBytes & 4095) != 0 ||
            ranges[i].NumberOfBytes == 0 || ranges[i].NumberOfBytes > UINT32_MAX)
            return false;
        for (uint64_t at = 0; at < ranges[i].NumberOfBytes; at += frame.bytes) {
            frame_describe((base + at) >> 12, &frame);
            if (frame.kind != FRAME_NONE)
                return false;
        }
        *out_bytes += ranges[i].NumberOfBytes;
    }
    return *out_bytes != 0 && *out_bytes <= UINT32_MAX - 4095;
}

/* IRQL:    <= DISPATCH_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER_1: not whole pages, or memory; STATUS_INSUFFICIENT_RESOURCES
 * Doc:     nf-wdm-mmallocatemdlforiospace
 */
NTSTATUS NTAPI MmAllocateMdlForIoSpace(PMM_PHYSICAL_ADDRESS_LIST PhysicalAddressList,
                                       SIZE_T NumberOfEntries, PMDL *NewMdl)
{
    uint64_t bytes;
    size_t page = 0;
    MDL *mdl;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (!ranges_are_io(PhysicalAddressList, NumberOfEntries, &bytes))
        return STATUS_INVALID_PARAMETER_1;
    mdl = mdl_allocate(NULL, bytes);
    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (SIZE_T i = 0; i < NumberOfEntries; i++)
        for (uint64_t at = 0; at < PhysicalAddressList[i].NumberOfBytes; at += HOST_PAGE)
            mdl_frames(mdl)[page++] =
                ((uint64_t)PhysicalAddressList[i].PhysicalAddress.QuadPart + at) >> 12;
    mdl->MdlFlags |= MDL_IO_SPACE;
    *NewMdl = mdl;
    return STATUS_SUCCESS;
}
