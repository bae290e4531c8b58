/* SPDX-License-Identifier: MIT */
/* gaps.c - what is known not to be there yet: names that many public drivers import, by the
 * work that will bring them. A gap that closes fails here, so that this list stays true. */
#include "drivertest.h"

static BOOLEAN is_there(PCWSTR name)
{
    UNICODE_STRING string;

    RtlInitUnicodeString(&string, name);
    return MmGetSystemRoutineAddress(&string) != NULL;
}

#define absent(name) todo("no " #name, is_there(L"" #name))

static void plug_and_play(void)
{
    expect(is_there(L"IoRegisterDeviceInterface"));
    expect(is_there(L"IoSetDeviceInterfaceState"));
    expect(is_there(L"IoGetDeviceInterfaces"));
    expect(is_there(L"IoInvalidateDeviceRelations"));
    expect(is_there(L"IoOpenDeviceRegistryKey"));
    expect(is_there(L"IoGetDeviceProperty"));
    expect(is_there(L"IoRegisterPlugPlayNotification"));
    expect(is_there(L"IoReportTargetDeviceChangeAsynchronous"));
}

static void power(void)
{
    absent(PoFxRegisterPlugin);
    absent(PoFxCompleteDirectedPowerDown);
}

static void file_systems(void)
{
    absent(CcCopyRead);
    absent(CcInitializeCacheMap);
    absent(FsRtlCheckOplock);
}

/* The list means something only if names that are there are found. */
static void what_is_there(void)
{
    expect(is_there(L"KeSetEvent") && is_there(L"IoCreateDevice") && is_there(L"ZwCreateFile"));
    expect(!is_there(L"NoSuchRoutine"));
}

DRIVERTEST_LIST = {
    DRIVERTEST(what_is_there),
    DRIVERTEST(plug_and_play),
    DRIVERTEST(power),
    DRIVERTEST(file_systems),
    DRIVERTEST_END,
};
