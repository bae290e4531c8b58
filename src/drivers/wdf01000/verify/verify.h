/* SPDX-License-Identifier: MIT */
/* verify.h - what the verified table calls before an entry. */
#ifndef WDF01000_VERIFY_H
#define WDF01000_VERIFY_H

#include "../fx.h"
#include "wdf_entries.h"

/* May the entry be called here, and with this handle (NULL: it has none)? What is wrong is said.
 * FALSE: the call fails.
 */
BOOLEAN fx_verify_call(struct fx_globals *globals, ULONG index, KIRQL highest, const void *handle,
                       PVOID caller);

/* Into the debugger, if there is one and the client's settings say so. */
void fx_verify_break(struct fx_globals *globals);

/* Between the check and the entry (check "own" in rules.tsv). */
NTSTATUS NTAPI verify_WdfDriverCreate(PWDF_DRIVER_GLOBALS globals, PDRIVER_OBJECT DriverObject,
                                      PCUNICODE_STRING RegistryPath,
                                      PWDF_OBJECT_ATTRIBUTES DriverAttributes,
                                      PWDF_DRIVER_CONFIG DriverConfig, WDFDRIVER *Driver);
NTSTATUS NTAPI verify_WdfIoQueueCreate(PWDF_DRIVER_GLOBALS globals, WDFDEVICE Device,
                                       PWDF_IO_QUEUE_CONFIG Config,
                                       PWDF_OBJECT_ATTRIBUTES QueueAttributes, WDFQUEUE *Queue);

#endif
