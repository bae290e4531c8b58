/* SPDX-License-Identifier: MIT */
/* ntdditest.c - asks the Ntddi driver what it found, and checks it against this Windows. */
#include <stdio.h>

#include <windows.h>
#include <winioctl.h>

#include "ntddi_ioctl.h"

static int Failures;

static void Check(const char *What, int IsRight)
{
    printf("%-52s %s\n", What, IsRight ? "ok" : "FAILED");
    Failures += !IsRight;
}

static int Ask(HANDLE Device, DWORD Code, void *Buffer, DWORD In, DWORD Out)
{
    DWORD count = 0;
    return DeviceIoControl(Device, Code, Buffer, In, Buffer, Out, &count, NULL) && count == Out;
}

/* GetVersionEx tells programs without a manifest less than the truth on some versions. */
static void TrueVersion(OSVERSIONINFOEXW *Version)
{
    typedef LONG(WINAPI * GET_VERSION)(OSVERSIONINFOEXW *);
    GET_VERSION get =
        (GET_VERSION)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlGetVersion");
    Version->dwOSVersionInfoSize = sizeof *Version;
    get(Version);
}

static void CheckChoices(HANDLE Device)
{
    OSVERSIONINFOEXW version;
    NTDDI_CHOICES choices;
    TrueVersion(&version);
    DWORD build = version.dwBuildNumber;
    printf("Windows %lu.%lu.%lu\n", version.dwMajorVersion, version.dwMinorVersion, build);
    Check("the driver answers", Ask(Device, IOCTL_NTDDI_GET_CHOICES, &choices, 0, sizeof choices));
    Check("both sides say the same version", choices.Major == version.dwMajorVersion &&
                                                 choices.Minor == version.dwMinorVersion &&
                                                 choices.Build == build);
    Check("queued spin locks are used everywhere", choices.HasQueuedLock);
    Check("the precise clock is there from Windows 8", choices.HasPreciseTime == (build >= 9200));
    Check("ExAllocateTimer is there from Windows 8.1", choices.HasTimer == (build >= 9600));
    Check("ExAllocatePool2 is there from Windows 10 2004", choices.HasPool2 == (build >= 19041));
}

static void CheckWork(HANDLE Device)
{
    ULONG value = 40;
    LARGE_INTEGER first, second;
    Check("adding 40 to zeroed memory",
          Ask(Device, IOCTL_NTDDI_ADD, &value, sizeof value, sizeof value) && value == 40);
    value = 2;
    Check("adding 2",
          Ask(Device, IOCTL_NTDDI_ADD, &value, sizeof value, sizeof value) && value == 42);
    Check("the clock goes forward",
          Ask(Device, IOCTL_NTDDI_GET_TIME, &first, 0, sizeof first) &&
              Ask(Device, IOCTL_NTDDI_GET_TIME, &second, 0, sizeof second) &&
              second.QuadPart >= first.QuadPart && first.QuadPart > 0);
}

int main(void)
{
    HANDLE device = CreateFileA(NTDDI_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    if (device == INVALID_HANDLE_VALUE) {
        printf("cannot open %s: error %lu\n", NTDDI_DEVICE_PATH, GetLastError());
        return 2;
    }
    CheckChoices(device);
    CheckWork(device);
    CloseHandle(device);
    printf(Failures ? "%d checks failed\n" : "all checks passed\n", Failures);
    return Failures ? 1 : 0;
}
