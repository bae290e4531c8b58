/* SPDX-License-Identifier: MIT */
/* newer.c - a driver that imports a function of Windows 8 and one of Windows 10, version 2004. */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD NewerUnload;

static VOID NewerUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    LARGE_INTEGER time;
    PVOID memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 'eweN');
    UNREFERENCED_PARAMETER(RegistryPath);
    if (!memory)
        return STATUS_INSUFFICIENT_RESOURCES;
    ExFreePoolWithTag(memory, 'eweN');
    KeQuerySystemTimePrecise(&time);
    Driver->DriverUnload = NewerUnload;
    return STATUS_SUCCESS;
}
