/* SPDX-License-Identifier: MIT */
/* forgets.c - a driver that never takes back its registration. */
#include <ntddk.h>

DRIVER_UNLOAD ForgetsUnload;
DRIVER_INITIALIZE DriverEntry;

VOID ForgetsUnload(PDRIVER_OBJECT driver)
{
    UNREFERENCED_PARAMETER(driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    static const GUID guid = {
        0x51a0cc01, 0x1d3e, 0x4a4f, {0xb0, 0x21, 0x37, 0x6e, 0x11, 0x90, 0xab, 0x5c}};
    REGHANDLE handle;

    UNREFERENCED_PARAMETER(path);
    driver->DriverUnload = ForgetsUnload;
    return EtwRegister(&guid, NULL, NULL, &handle);
}
