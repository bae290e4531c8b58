/* SPDX-License-Identifier: MIT */
/* public_use.c - what published drivers take from the kit: the processor's instructions as
 * functions without intrin.h, requests to keyboards, mice, disks and the beep device.
 */
#include "drivertest.h"

#include <kbdmou.h>
#include <ntddbeep.h>
#include <ntdddisk.h>
#include <windef.h>

/* A driver's own declaration after the kit's. */
unsigned __int64 __readmsr(unsigned long);

/* Calls in a __try block are not inlined: the copy must be there. */
static void instructions_are_functions(void)
{
    int leaf[4] = {0};
    UCHAR bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8}, copy[8];
    expect_number(__readcr8(), PASSIVE_LEVEL);
    __try {
        __writecr8(DISPATCH_LEVEL);
        expect_number(__readcr8(), DISPATCH_LEVEL);
        __writecr8(PASSIVE_LEVEL);
        __movsb(copy, bytes, sizeof(copy));
        __cpuid(leaf, 0);
        expect(__readmsr(0x10) != 0); /* the time stamp counter */
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        expect_status(GetExceptionCode(), STATUS_SUCCESS);
    }
    expect_number(copy[7], 8);
    expect(leaf[0] >= 1);
    expect(__readcr0() & 1); /* protected mode, or this would not run */
    expect_number(__umulh(1ull << 63, 4), 2);
}

static void requests_are_numbered_as_published(void)
{
    expect_number(IOCTL_BEEP_SET, 0x10000);
    expect_number(IOCTL_INTERNAL_KEYBOARD_CONNECT, 0xb0203);
    expect_number(IOCTL_INTERNAL_MOUSE_CONNECT, 0xf0203);
    expect_number(IOCTL_KEYBOARD_SET_INDICATORS, 0xb0008);
    expect_number(IOCTL_DISK_VERIFY, 0x70014);
    expect_number(sizeof(KEYBOARD_INPUT_DATA), 12);
    expect_number(sizeof(MOUSE_INPUT_DATA), 24);
    expect_number(sizeof(KEYBOARD_ATTRIBUTES), 28);
    expect_number(sizeof(DRIVE_LAYOUT_INFORMATION_EX), 48 + sizeof(PARTITION_INFORMATION_EX));
    expect_number(sizeof(VERIFY_INFORMATION), 16);
    expect_number(MAKELONG(1, 2), 0x20001);
}

DRIVERTEST_LIST = {
    DRIVERTEST(instructions_are_functions),
    DRIVERTEST(requests_are_numbered_as_published),
    DRIVERTEST_END,
};
