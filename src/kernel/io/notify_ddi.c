/* SPDX-License-Identifier: MIT */
/* notify_ddi.c - what drivers tell or want to be told: shutdown, the error log.
 */
#include "shutdown.h"

#include <string.h>

/* ---- shutdown ------------------------------------------------------------------------------- */

/* Doc:     wdm.h IoRegisterShutdownNotification */
NTSTATUS NTAPI IoRegisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return shutdown_register(DeviceObject, false);
}

/* Doc:     wdm.h IoRegisterLastChanceShutdownNotification */
NTSTATUS NTAPI IoRegisterLastChanceShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return shutdown_register(DeviceObject, true);
}

/* Doc:     wdm.h IoUnregisterShutdownNotification */
VOID NTAPI IoUnregisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    shutdown_forget(DeviceObject);
}

/* ---- the error log ------------------------------------------------------------------------------
 */

struct error_entry {
    const char *driver; /* whose it is; the driver outlives its entry */
    UCHAR size;
    _Alignas(16) unsigned char packet[];
};

static const char *error_driver(PVOID object)
{
    PDEVICE_OBJECT device = object;
    if (device->Type == IO_TYPE_DEVICE)
        return driver_of(device->DriverObject)->name;
    return driver_of(object)->name;
}

/* Doc:     wdm.h IoAllocateErrorLogEntry */
PVOID NTAPI IoAllocateErrorLogEntry(PVOID IoObject, UCHAR EntrySize)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (IoObject == NULL || EntrySize < sizeof(IO_ERROR_LOG_PACKET) ||
        EntrySize > ERROR_LOG_LIMIT_SIZE)
        return NULL;
    struct error_entry *entry =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*entry) + EntrySize, IO_TAG);
    if (entry == NULL)
        return NULL;
    entry->driver = error_driver(IoObject);
    entry->size = EntrySize;
    return entry->packet;
}

static struct error_entry *error_entry_of(PVOID packet)
{
    return CONTAINING_RECORD(packet, struct error_entry, packet);
}

/* The entry goes to the debug log, which is where this machine keeps events.
 * Doc:     wdm.h IoWriteErrorLogEntry
 */
VOID NTAPI IoWriteErrorLogEntry(PVOID ElEntry)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    struct error_entry *entry = error_entry_of(ElEntry);
    const IO_ERROR_LOG_PACKET *packet = ElEntry;
    rtl_debug_printf("event log: %s: code 0x%08x, final status %s, unique value %u, major %u\n",
                     entry->driver, (unsigned)packet->ErrorCode,
                     rtl_status_text(packet->FinalStatus), packet->UniqueErrorValue,
                     packet->MajorFunctionCode);
    ExFreePoolWithTag(entry, IO_TAG);
}

/* Doc:     wdm.h IoFreeErrorLogEntry */
VOID NTAPI IoFreeErrorLogEntry(PVOID ElEntry)
{
    ExFreePoolWithTag(error_entry_of(ElEntry), IO_TAG);
}
