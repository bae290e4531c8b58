/* SPDX-License-Identifier: MIT */
/* error_ddi.c - last errors under the names programs call. */
#include "ntdll/error.h"
#include "ntdll/teb.h"

EXPORT(DWORD, GetLastError, (void))
{
    return teb_current()->LastErrorValue;
}

EXPORT(void, SetLastError, (DWORD error))
{
    teb_current()->LastErrorValue = error;
}

EXPORT(ULONG, RtlNtStatusToDosErrorNoTeb, (NTSTATUS status))
{
    return error_of_status(status);
}

EXPORT(ULONG, RtlNtStatusToDosError, (NTSTATUS status))
{
    teb_current()->LastStatusValue = status;
    return error_of_status(status);
}

EXPORT(NTSTATUS, RtlGetLastNtStatus, (void))
{
    return teb_current()->LastStatusValue;
}

EXPORT(void, RtlSetLastWin32ErrorAndNtStatusFromNtStatus, (NTSTATUS status))
{
    teb_current()->LastStatusValue = status;
    teb_current()->LastErrorValue = error_of_status(status);
}
