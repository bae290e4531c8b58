/* SPDX-License-Identifier: MIT */
/* start_io_ddi.c - the contract of StartIo.
 */
#include "start_io.h"

/* Doc:     ntddk.h IoStartPacket */
VOID NTAPI IoStartPacket(PDEVICE_OBJECT DeviceObject, PIRP Irp, PULONG Key,
                         PDRIVER_CANCEL CancelFunction)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    start_io_packet(DeviceObject, Irp, Key, CancelFunction);
}

/* Doc:     ntddk.h IoStartNextPacket */
VOID NTAPI IoStartNextPacket(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    start_io_next(DeviceObject, Cancelable != FALSE, NULL);
}

/* Doc:     ntddk.h IoStartNextPacketByKey */
VOID NTAPI IoStartNextPacketByKey(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable, ULONG Key)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    start_io_next(DeviceObject, Cancelable != FALSE, &Key);
}

/* Doc:     ntddk.h IoSetStartIoAttributes */
VOID NTAPI IoSetStartIoAttributes(PDEVICE_OBJECT DeviceObject, BOOLEAN DeferredStartIo,
                                  BOOLEAN NonCancelable)
{
    device_of(DeviceObject)->is_start_io_deferred = DeferredStartIo != FALSE;
    device_of(DeviceObject)->is_start_io_not_cancelable = NonCancelable != FALSE;
}
