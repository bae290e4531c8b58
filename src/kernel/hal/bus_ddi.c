/* SPDX-License-Identifier: MIT */
/* bus_ddi.c - what drivers of old ask about buses: there is one PC bus, and nothing on it.
 */
#include "hal/hal.h"

#include "ke/ke.h"

VOID NTAPI ddi_KeFlushWriteBuffer(VOID);

/* Reads a device's configuration. The one PCI bus has no device: the vendor id is all ones.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Errors:  0: there is no such bus; 2: there is no such device
 * Doc:     ntddk.h HalGetBusDataByOffset
 */
ULONG NTAPI HalGetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                                  PVOID Buffer, ULONG Offset, ULONG Length)
{
    USHORT vendor = PCI_INVALID_VENDORID;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)SlotNumber;
    if (BusDataType != PCIConfiguration || BusNumber != 0)
        return 0;
    if (Offset == 0 && Length >= sizeof(vendor))
        __builtin_memcpy(Buffer, &vendor, sizeof(vendor));
    return sizeof(vendor);
}

/* As HalGetBusDataByOffset. Doc: ntddk.h HalSetBusDataByOffset */
ULONG NTAPI HalSetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                                  PVOID Buffer, ULONG Offset, ULONG Length)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)BusDataType, (void)BusNumber, (void)SlotNumber, (void)Buffer, (void)Offset, (void)Length;
    return 0;
}

/* Doc: ntddk.h HalGetBusDataByOffset, with offset 0 */
ULONG NTAPI HalGetBusData(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                          PVOID Buffer, ULONG Length)
{
    return HalGetBusDataByOffset(BusDataType, BusNumber, SlotNumber, Buffer, 0, Length);
}

/* Doc: ntddk.h HalSetBusDataByOffset, with offset 0 */
ULONG NTAPI HalSetBusData(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                          PVOID Buffer, ULONG Length)
{
    return HalSetBusDataByOffset(BusDataType, BusNumber, SlotNumber, Buffer, 0, Length);
}

/* Addresses of the PC's own buses are the processor's.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Errors:  FALSE: there is no such bus
 * Doc:     ntddk.h HalTranslateBusAddress
 */
BOOLEAN NTAPI HalTranslateBusAddress(INTERFACE_TYPE InterfaceType, ULONG BusNumber,
                                     PHYSICAL_ADDRESS BusAddress, PULONG AddressSpace,
                                     PPHYSICAL_ADDRESS TranslatedAddress)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)AddressSpace; /* ports stay ports, memory stays memory */
    if (BusNumber != 0 || (InterfaceType != Internal && InterfaceType != Isa &&
                           InterfaceType != Eisa && InterfaceType != PCIBus))
        return FALSE;
    *TranslatedAddress = BusAddress;
    return TRUE;
}

/* The vector of an interrupt line of the PC's buses, as IoConnectInterrupt takes it. No page.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Errors:  0: there is no such line
 */
ULONG NTAPI HalGetInterruptVector(INTERFACE_TYPE InterfaceType, ULONG BusNumber,
                                  ULONG BusInterruptLevel, ULONG BusInterruptVector, PKIRQL Irql,
                                  PKAFFINITY Affinity)
{
    ULONG vector;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)BusInterruptVector; /* a line has one, the same as its level */
    if (BusNumber != 0 ||
        (InterfaceType != Internal && InterfaceType != Isa && InterfaceType != Eisa &&
         InterfaceType != PCIBus) ||
        !hal_interrupt_vector(BusInterruptLevel, &vector, Irql))
        return 0;
    *Affinity = KeQueryActiveProcessors();
    return vector;
}

/* What the device in a slot uses: there is none in any. No page. */
NTSTATUS NTAPI HalAssignSlotResources(PUNICODE_STRING RegistryPath, PUNICODE_STRING DriverClassName,
                                      PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT DeviceObject,
                                      INTERFACE_TYPE BusType, ULONG BusNumber, ULONG SlotNumber,
                                      PCM_RESOURCE_LIST *AllocatedResources)
{
    (void)RegistryPath, (void)DriverClassName, (void)DriverObject, (void)DeviceObject;
    (void)BusType, (void)BusNumber, (void)SlotNumber, (void)AllocatedResources;
    return STATUS_NO_SUCH_DEVICE;
}

/* There is no speaker. */
BOOLEAN NTAPI HalMakeBeep(ULONG Frequency)
{
    (void)Frequency;
    return FALSE;
}

/* Doc: wdm.h KeFlushWriteBuffer */
VOID NTAPI ddi_KeFlushWriteBuffer(VOID)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* Doc: ntddk.h HalAllocateHardwareCounters: what a machine without counters answers. */
NTSTATUS NTAPI HalAllocateHardwareCounters(PGROUP_AFFINITY GroupAffinty, ULONG GroupCount,
                                           PPHYSICAL_COUNTER_RESOURCE_LIST ResourceList,
                                           PHANDLE CounterSetHandle)
{
    (void)GroupAffinty, (void)GroupCount, (void)ResourceList, (void)CounterSetHandle;
    return STATUS_NOT_SUPPORTED;
}

/* Doc: ntddk.h HalFreeHardwareCounters */
NTSTATUS NTAPI HalFreeHardwareCounters(HANDLE CounterSetHandle)
{
    (void)CounterSetHandle;
    return STATUS_INVALID_HANDLE;
}
