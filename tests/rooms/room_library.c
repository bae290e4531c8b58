/* SPDX-License-Identifier: MIT */
/* room_library.c - an export driver: functions and a variable for room_client.
 */
#include <ntddk.h>

__declspec(dllexport) ULONG LibraryValue = 77;

__declspec(dllexport) ULONG LibraryAdd(ULONG a, ULONG b)
{
    return a + b + LibraryValue;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
