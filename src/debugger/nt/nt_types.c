/* SPDX-License-Identifier: MIT */
/* nt_types.c - a driver image whose PDB holds every public type of the kernel, for `dt nt!…`.
 *
 * Never loaded. It is compiled with the driver kit, so that offsets are those drivers see.
 */
#include <ntifs.h>
#include <ntddk.h>
#include <wdm.h>
#include <csq.h>
#include <wmilib.h>
#include <aux_klib.h>
#include <ntimage.h>

DRIVER_INITIALIZE DriverEntry;

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    (void)Driver;
    (void)RegistryPath;
    return STATUS_NOT_SUPPORTED;
}
