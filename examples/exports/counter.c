/* SPDX-License-Identifier: MIT */
/* counter.c - an export driver: it counts for others.
 *
 * Drivers that import from it make the system load it before they start; DllInitialize runs once,
 * DllUnload when the last of them has gone. It has no device and no driver object.
 */
#define COUNTER_BUILD
#include "counter.h"

/* Every driver must have one; that of an export driver is never called when others bring it in. */
DRIVER_INITIALIZE DriverEntry;

NTSTATUS DllInitialize(PUNICODE_STRING RegistryPath);
NTSTATUS DllUnload(void);

static LONG *Count; /* its own memory shows that both routines run */

NTSTATUS DllInitialize(PUNICODE_STRING RegistryPath)
{
    DbgPrint("counter: DllInitialize %wZ\n", RegistryPath);
    Count = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Count), 'tnuC');
    return Count ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS DllUnload(void)
{
    DbgPrint("counter: DllUnload, the count was %d\n", *Count);
    ExFreePoolWithTag(Count, 'tnuC');
    return STATUS_SUCCESS;
}

LONG CounterNext(void)
{
    return InterlockedIncrement(Count);
}

LONG CounterValue(void)
{
    return *Count;
}

VOID CounterReset(LONG Value)
{
    InterlockedExchange(Count, Value);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
