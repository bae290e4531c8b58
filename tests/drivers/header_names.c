/* SPDX-License-Identifier: MIT */
/* header_names.c - names of the kit's headers as drivers built elsewhere use them. */
#include <wdm.h>

#include "drivertest.h"

static int __CRTDECL compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The tag is no macro: it can be pasted and declared again. */
struct _IMAGE_RUNTIME_FUNCTION_ENTRY;
typedef struct _IMAGE_RUNTIME_FUNCTION_ENTRY OWN_FUNCTION_ENTRY;

static void names(void)
{
    static const int one = 1, two = 2;
    OWN_FUNCTION_ENTRY entry = {.BeginAddress = 0x1000, .EndAddress = 0x1010};
    RUNTIME_FUNCTION *same = &entry;
    expect(compare(&one, &two) < 0 && same->EndAddress == 0x1010);
}

static void versions(void)
{
    RTL_OSVERSIONINFOEXW wanted = {.dwOSVersionInfoSize = sizeof wanted, .dwMajorVersion = 6};
    ULONGLONG mask = 0;
    VER_SET_CONDITION(mask, VER_MAJORVERSION, VER_GREATER_EQUAL);
    expect_status(RtlVerifyVersionInfo(&wanted, VER_MAJORVERSION, mask), STATUS_SUCCESS);
    wanted.dwMajorVersion = 1000;
    expect_status(RtlVerifyVersionInfo(&wanted, VER_MAJORVERSION, mask), STATUS_REVISION_MISMATCH);
}

static void error_log(void)
{
    PIO_ERROR_LOG_PACKET packet;
    expect_number(ERROR_LOG_MAXIMUM_SIZE, 240);
    packet = IoAllocateErrorLogEntry(drivertest_device, ERROR_LOG_MAXIMUM_SIZE);
    expect(packet != NULL);
    if (packet)
        IoFreeErrorLogEntry(packet);
    expect(!IoAllocateErrorLogEntry(drivertest_device, (UCHAR)(ERROR_LOG_MAXIMUM_SIZE + 1)));
}

DRIVERTEST_LIST = {DRIVERTEST(names), DRIVERTEST(versions), DRIVERTEST(error_log), DRIVERTEST_END};
