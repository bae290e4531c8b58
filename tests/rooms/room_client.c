/* SPDX-License-Identifier: MIT */
/* room_client.c - what a loader must get right, seen from inside the image.
 *
 * Imports from the kernel (a function, a variable, a name that the test's table lacks) and from
 * an export driver beside it.
 */
#define ROOM_DRIVER
#include <ntddk.h>

#include "room_report.h"

#define COOKIE_DEFAULT 0x00002b992ddfa232ull

__declspec(dllimport) ULONG LibraryValue;
__declspec(dllimport) ULONG LibraryAdd(ULONG a, ULONG b);
extern ULONG_PTR __security_cookie;
__declspec(dllimport) extern USHORT NtBuildNumber;

static int number = 5;
static int *const relocated = &number;
static int (*volatile function)(int);
static char zeroes[20000];

static int twice(int value)
{
    return 2 * value;
}

DRIVER_INITIALIZE DriverEntry;
#pragma alloc_text(INIT, DriverEntry)

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    unsigned sum = 0;
    UNREFERENCED_PARAMETER(RegistryPath);
    room = (struct room_report *)DriverObject;
    function = twice;
    for (unsigned i = 0; i < sizeof(zeroes); i++)
        sum += zeroes[i];
    CHECK_IS(sum, 0);
    CHECK(*relocated == 5 && relocated == &number);
    CHECK_IS(function(21), 42);
    CHECK_IS(LibraryValue, 77);
    CHECK_IS(LibraryAdd(1, 2), 80);
    CHECK_IS(RtlCompareMemory(zeroes, zeroes + 1, 9), 9);
    CHECK_IS(NtBuildNumber, 1234);
    CHECK(__security_cookie != COOKIE_DEFAULT && __security_cookie != 0);
    CHECK_IS(__security_cookie >> 48, 0);
    if (room->part == 1)
        IoAllocateIrp(1, FALSE); /* in no table of the test */
    return (NTSTATUS)room->failed;
}
