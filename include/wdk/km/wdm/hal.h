/* SPDX-License-Identifier: MIT */
/*
 * The hardware abstraction layer's routines; registers and ports are in ports.h.
 */
#ifndef _WDM_HAL_H_
#define _WDM_HAL_H_

#include "dma.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef BOOLEAN NTAPI HAL_RESET_DISPLAY_PARAMETERS(ULONG, ULONG);
typedef HAL_RESET_DISPLAY_PARAMETERS *PHAL_RESET_DISPLAY_PARAMETERS;

typedef enum _PHYSICAL_COUNTER_RESOURCE_DESCRIPTOR_TYPE {
    ResourceTypeSingle,
    ResourceTypeRange,
    ResourceTypeExtendedCounterConfiguration,
    ResourceTypeOverflow,
    ResourceTypeMax
} PHYSICAL_COUNTER_RESOURCE_DESCRIPTOR_TYPE;

typedef struct _PHYSICAL_COUNTER_RESOURCE_DESCRIPTOR {
    PHYSICAL_COUNTER_RESOURCE_DESCRIPTOR_TYPE Type;
    ULONG Flags;
    union {
        ULONG CounterIndex;
        ULONG ExtendedRegisterAddress;
        struct {
            ULONG Begin;
            ULONG End;
        } Range;
    } u;
} PHYSICAL_COUNTER_RESOURCE_DESCRIPTOR, *PPHYSICAL_COUNTER_RESOURCE_DESCRIPTOR;

typedef struct _PHYSICAL_COUNTER_RESOURCE_LIST {
    ULONG Count;
    PHYSICAL_COUNTER_RESOURCE_DESCRIPTOR Descriptors[1];
} PHYSICAL_COUNTER_RESOURCE_LIST, *PPHYSICAL_COUNTER_RESOURCE_LIST;

typedef struct _WHEA_ERROR_SOURCE_DESCRIPTOR *PWHEA_ERROR_SOURCE_DESCRIPTOR;

typedef struct _WHEA_ERROR_RECORD *PWHEA_ERROR_RECORD;

/* ---- Routines ---- */

NTHALAPI VOID NTAPI
HalAcquireDisplayOwnership(PHAL_RESET_DISPLAY_PARAMETERS ResetDisplayParameters);
NTHALAPI PVOID NTAPI HalAllocateCrashDumpRegisters(PADAPTER_OBJECT AdapterObject,
                                                   PULONG NumberOfMapRegisters);
NTHALAPI VOID NTAPI HalBugCheckSystem(PWHEA_ERROR_SOURCE_DESCRIPTOR ErrorSource,
                                      PWHEA_ERROR_RECORD ErrorRecord);
NTHALAPI VOID NTAPI HalExamineMBR(PDEVICE_OBJECT DeviceObject, ULONG SectorSize,
                                  ULONG MBRTypeIdentifier, PVOID *Buffer);
NTHALAPI PADAPTER_OBJECT NTAPI HalGetAdapter(PDEVICE_DESCRIPTION DeviceDescription,
                                             PULONG NumberOfMapRegisters);
NTHALAPI NTSTATUS NTAPI HalAssignSlotResources(PUNICODE_STRING RegistryPath,
                                               PUNICODE_STRING DriverClassName,
                                               PDRIVER_OBJECT DriverObject,
                                               PDEVICE_OBJECT DeviceObject, INTERFACE_TYPE BusType,
                                               ULONG BusNumber, ULONG SlotNumber,
                                               PCM_RESOURCE_LIST *AllocatedResources);
NTHALAPI ULONG NTAPI HalGetBusData(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                                   PVOID Buffer, ULONG Length);
NTHALAPI ULONG NTAPI HalGetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber,
                                           ULONG SlotNumber, PVOID Buffer, ULONG Offset,
                                           ULONG Length);
NTHALAPI ULONG NTAPI HalGetInterruptVector(INTERFACE_TYPE InterfaceType, ULONG BusNumber,
                                           ULONG BusInterruptLevel, ULONG BusInterruptVector,
                                           PKIRQL Irql, PKAFFINITY Affinity);
NTHALAPI NTSTATUS NTAPI HalGetScatterGatherList(PADAPTER_OBJECT DmaAdapter,
                                                PDEVICE_OBJECT DeviceObject, PMDL Mdl,
                                                PVOID CurrentVa, ULONG Length,
                                                PDRIVER_LIST_CONTROL ExecutionRoutine,
                                                PVOID Context, BOOLEAN WriteToDevice);
NTHALAPI BOOLEAN NTAPI HalMakeBeep(ULONG Frequency);
NTHALAPI VOID NTAPI HalPutDmaAdapter(PADAPTER_OBJECT DmaAdapter);
NTHALAPI VOID NTAPI HalPutScatterGatherList(PADAPTER_OBJECT DmaAdapter,
                                            PSCATTER_GATHER_LIST ScatterGather,
                                            BOOLEAN WriteToDevice);
NTHALAPI ULONG NTAPI HalSetBusData(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                                   PVOID Buffer, ULONG Length);
NTHALAPI ULONG NTAPI HalSetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber,
                                           ULONG SlotNumber, PVOID Buffer, ULONG Offset,
                                           ULONG Length);
NTHALAPI BOOLEAN NTAPI HalTranslateBusAddress(INTERFACE_TYPE InterfaceType, ULONG BusNumber,
                                              PHYSICAL_ADDRESS BusAddress, PULONG AddressSpace,
                                              PPHYSICAL_ADDRESS TranslatedAddress);

#if (NTDDI_VERSION >= NTDDI_WIN7)
NTHALAPI NTSTATUS NTAPI HalAllocateHardwareCounters(PGROUP_AFFINITY GroupAffinty, ULONG GroupCount,
                                                    PPHYSICAL_COUNTER_RESOURCE_LIST ResourceList,
                                                    PHANDLE CounterSetHandle);
NTHALAPI NTSTATUS NTAPI HalFreeHardwareCounters(HANDLE CounterSetHandle);
#endif

#ifdef __cplusplus
}
#endif

#endif
