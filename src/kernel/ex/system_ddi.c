/* SPDX-License-Identifier: MIT */
/* system_ddi.c - the executive's small questions and answers: raising, modes, time zones,
 * unique numbers, processor features, firmware, zones.
 */
#include "ex_ddi.h"
#include "host/host.h"
#include "ke/ke.h"

/* IRQL:    <= APC_LEVEL
 * Errors:  does not return: the exception is raised at the driver's call
 * Doc:     nf-ntddk-exraisestatus
 */
VOID NTAPI ExRaiseStatus(NTSTATUS Status)
{
    ke_raise(Status);
}

/* Doc: nf-ntddk-exraiseaccessviolation */
VOID NTAPI ExRaiseAccessViolation(VOID)
{
    ke_raise(STATUS_ACCESS_VIOLATION);
}

/* Doc: nf-ntddk-exraisedatatypemisalignment */
VOID NTAPI ExRaiseDatatypeMisalignment(VOID)
{
    ke_raise(STATUS_DATATYPE_MISALIGNMENT);
}

/* Doc: nf-ntddk-exgetpreviousmode */
KPROCESSOR_MODE NTAPI ExGetPreviousMode(VOID)
{
    return ke_previous_mode();
}

/* Doc: nf-wdm-exisprocessorfeaturepresent */
BOOLEAN NTAPI ExIsProcessorFeaturePresent(ULONG ProcessorFeature)
{
    if (ProcessorFeature >= PROCESSOR_FEATURE_MAX)
        return FALSE;
    return ke_shared_data()->ProcessorFeatures[ProcessorFeature];
}

static LONGLONG zone_bias_100ns(void)
{
    const volatile KSYSTEM_TIME *bias = &ke_shared_data()->TimeZoneBias;

    return (LONGLONG)bias->High1Time << 32 | bias->LowPart;
}

/* Doc: nf-wdm-exsystemtimetolocaltime */
VOID NTAPI ExSystemTimeToLocalTime(PLARGE_INTEGER SystemTime, PLARGE_INTEGER LocalTime)
{
    LocalTime->QuadPart = SystemTime->QuadPart - zone_bias_100ns();
}

/* Doc: nf-wdm-exlocaltimetosystemtime */
VOID NTAPI ExLocalTimeToSystemTime(PLARGE_INTEGER LocalTime, PLARGE_INTEGER SystemTime)
{
    SystemTime->QuadPart = LocalTime->QuadPart + zone_bias_100ns();
}

/* A random GUID (version 4).
 *
 * IRQL:    PASSIVE_LEVEL
 * Doc:     nf-ntddk-exuuidcreate
 */
NTSTATUS NTAPI ExUuidCreate(UUID *Uuid)
{
    uint64_t random[2] = {host_random64(), host_random64()};

    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    __builtin_memcpy(Uuid, random, sizeof(*Uuid));
    Uuid->Data3 = (USHORT)((Uuid->Data3 & 0x0fff) | 0x4000);
    Uuid->Data4[0] = (UCHAR)((Uuid->Data4[0] & 0x3f) | 0x80);
    return STATUS_SUCCESS;
}

/* Doc: nf-wdm-exverifysuite; a workstation without suites but "single user terminal server" */
BOOLEAN NTAPI ExVerifySuite(SUITE_TYPE SuiteType)
{
    return SuiteType == SingleUserTS;
}

/* Doc: nf-wdm-exgetfirmwaretype */
FIRMWARE_TYPE NTAPI ExGetFirmwareType(VOID)
{
    return FirmwareTypeBios;
}

/* Errors:  STATUS_NOT_IMPLEMENTED: firmware without variables, as documented
 * Doc:     nf-wdm-exgetfirmwareenvironmentvariable
 */
NTSTATUS NTAPI ExGetFirmwareEnvironmentVariable(PUNICODE_STRING VariableName, LPGUID VendorGuid,
                                                PVOID Value, PULONG ValueLength, PULONG Attributes)
{
    return STATUS_NOT_IMPLEMENTED;
}

/* Doc: nf-wdm-exsetfirmwareenvironmentvariable */
NTSTATUS NTAPI ExSetFirmwareEnvironmentVariable(PUNICODE_STRING VariableName, LPGUID VendorGuid,
                                                PVOID Value, ULONG ValueLength, ULONG Attributes)
{
    return STATUS_NOT_IMPLEMENTED;
}

/* ---- zones: blocks of one size cut from segments ------------------------------------------------
 */

static NTSTATUS zone_extend(ZONE_HEADER *zone, void *segment, ULONG bytes)
{
    SINGLE_LIST_ENTRY *head = segment;
    char *at = (char *)segment + sizeof(ZONE_SEGMENT_HEADER);
    char *end = (char *)segment + bytes;

    if (((uintptr_t)segment & 7) != 0 || bytes < sizeof(ZONE_SEGMENT_HEADER) ||
        (zone->BlockSize & 7) != 0 || zone->BlockSize > bytes - sizeof(ZONE_SEGMENT_HEADER))
        return STATUS_INVALID_PARAMETER;
    PushEntryList(&zone->SegmentList, head);
    zone->TotalSegmentSize += bytes;
    for (; at + zone->BlockSize <= end; at += zone->BlockSize)
        PushEntryList(&zone->FreeList, (SINGLE_LIST_ENTRY *)at);
    return STATUS_SUCCESS;
}

/* Doc: nf-wdm-exinitializezone */
NTSTATUS NTAPI ExInitializeZone(PZONE_HEADER Zone, ULONG BlockSize, PVOID InitialSegment,
                                ULONG InitialSegmentSize)
{
    *Zone = (ZONE_HEADER){.BlockSize = BlockSize};
    return zone_extend(Zone, InitialSegment, InitialSegmentSize);
}

/* Doc: nf-wdm-exextendzone */
NTSTATUS NTAPI ExExtendZone(PZONE_HEADER Zone, PVOID Segment, ULONG SegmentSize)
{
    return zone_extend(Zone, Segment, SegmentSize);
}

/* Doc: nf-wdm-exinterlockedextendzone */
NTSTATUS NTAPI ExInterlockedExtendZone(PZONE_HEADER Zone, PVOID Segment, ULONG SegmentSize,
                                       PKSPIN_LOCK Lock)
{
    KIRQL irql = KeAcquireSpinLockRaiseToDpc(Lock);
    NTSTATUS status = zone_extend(Zone, Segment, SegmentSize);

    KeReleaseSpinLock(Lock, irql);
    return status;
}
