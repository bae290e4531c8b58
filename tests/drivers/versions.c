/* SPDX-License-Identifier: MIT */
/* versions.c - a driver that asks everything which Windows it runs on, and says so.
 *
 * DriverEntry fails when two answers differ; the test reads the printed ones and compares them
 * with what it booted.
 */
#include <ntifs.h>

__declspec(dllimport) extern ULONG NtBuildNumber;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD VersionsUnload;

static VOID VersionsUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

static PVOID Find(PCWSTR Name)
{
    UNICODE_STRING name;
    RtlInitUnicodeString(&name, Name);
    return MmGetSystemRoutineAddress(&name);
}

static NTSTATUS Verify(const RTL_OSVERSIONINFOEXW *Version, UCHAR Condition)
{
    RTL_OSVERSIONINFOEXW asked = *Version;
    ULONGLONG mask = 0;
    VER_SET_CONDITION(mask, VER_MAJORVERSION, Condition);
    VER_SET_CONDITION(mask, VER_MINORVERSION, Condition);
    VER_SET_CONDITION(mask, VER_SERVICEPACKMAJOR, Condition);
    return RtlVerifyVersionInfo(&asked, VER_MAJORVERSION | VER_MINORVERSION | VER_SERVICEPACKMAJOR,
                                mask);
}

/* A block that was dirty, asked for again with the flag that newer systems clear it for. */
static BOOLEAN IsZeroed(VOID)
{
    PUCHAR block;
    BOOLEAN zeroed = TRUE;
    ULONG i;

    block = ExAllocatePoolWithTag((POOL_TYPE)(NonPagedPoolNx | POOL_ZERO_ALLOCATION), 200, 'sreV');
    if (!block)
        return FALSE;
    for (i = 0; i < 200; i++)
        zeroed = zeroed && block[i] == 0;
    ExFreePoolWithTag(block, 'sreV');
    return zeroed;
}

/* Which not every version has, so it is looked for. */
static NTSTATUS PathOf(PDRIVER_OBJECT Driver)
{
    NTSTATUS(NTAPI * query)(PDRIVER_OBJECT, PUNICODE_STRING) = Find(L"IoQueryFullDriverPath");
    UNICODE_STRING path = {0};
    NTSTATUS status = query ? query(Driver, &path) : STATUS_NOT_FOUND;

    if (NT_SUCCESS(status))
        ExFreePool(path.Buffer);
    return status;
}

/* The path of a driver that the test has loaded before this one. */
static NTSTATUS OthersPath(VOID)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Pending");
    PDEVICE_OBJECT device;
    PFILE_OBJECT file;
    NTSTATUS status = IoGetDeviceObjectPointer(&name, FILE_READ_ATTRIBUTES, &file, &device);

    if (!NT_SUCCESS(status))
        return status;
    status = PathOf(device->DriverObject);
    ObDereferenceObject(file);
    return status;
}

#define AGREE(expression)                                    \
    do {                                                     \
        if (!(expression)) {                                 \
            DbgPrint("versions: not so: %s\n", #expression); \
            return STATUS_REVISION_MISMATCH;                 \
        }                                                    \
    } while (0)

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    static const struct {
        ULONG Ntddi;
        const char *Name;
    } known[] = {{NTDDI_WIN7, "7"},      {NTDDI_WIN8, "8"},        {NTDDI_WINBLUE, "8.1"},
                 {NTDDI_WIN10, "10"},    {NTDDI_WIN10_RS5, "RS5"}, {NTDDI_WIN10_VB, "VB"},
                 {NTDDI_WIN10_CO, "CO"}, {NTDDI_WIN10_NI, "NI"},   {NTDDI_WIN11_GE, "GE"}};
    RTL_OSVERSIONINFOEXW version = {.dwOSVersionInfoSize = sizeof(version)};
    ULONG major = 0, minor = 0, build = 0;
    UNICODE_STRING pack;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = VersionsUnload;
    AGREE(RtlGetVersion((PRTL_OSVERSIONINFOW)&version) == STATUS_SUCCESS);
    PsGetVersion(&major, &minor, &build, &pack);
    DbgPrint("versions: %u.%u.%u.%u\n", (int)version.dwMajorVersion, (int)version.dwMinorVersion,
             (int)version.dwBuildNumber, (int)version.wServicePackMajor);
    AGREE(major == version.dwMajorVersion && minor == version.dwMinorVersion);
    AGREE(build == version.dwBuildNumber);
    AGREE((pack.Length != 0) == (version.wServicePackMajor != 0));
    AGREE(pack.Length == 0 || wcscmp(pack.Buffer, version.szCSDVersion) == 0);
    AGREE((NtBuildNumber & 0xffff) == build && (NtBuildNumber & 0xf0000000) == 0xf0000000);
    AGREE(SharedUserData->NtMajorVersion == major && SharedUserData->NtMinorVersion == minor);
    AGREE(SharedUserData->NtBuildNumber == build);
    AGREE(SharedUserData->NtProductType == NtProductWinNt && SharedUserData->ProductTypeIsValid);
    AGREE(version.wProductType == VER_NT_WORKSTATION);
    AGREE(Verify(&version, VER_GREATER_EQUAL) == STATUS_SUCCESS);
    AGREE(Verify(&version, VER_GREATER) == STATUS_REVISION_MISMATCH);
    AGREE(IoIsWdmVersionAvailable(6, 0) && IoIsWdmVersionAvailable(1, 0x30));
    AGREE(!IoIsWdmVersionAvailable(6, 1) && !IoIsWdmVersionAvailable(7, 0));
    AGREE(!RtlIsNtDdiVersionAvailable(0x06010100)); /* asks for a service pack: never */
    AGREE(RtlIsServicePackVersionInstalled(0x06010100) == (build == 7601));
    for (ULONG i = 0; i < RTL_NUMBER_OF(known); i++)
        DbgPrint("versions: ntddi %s %d\n", known[i].Name,
                 RtlIsNtDdiVersionAvailable(known[i].Ntddi));
    DbgPrint("versions: precise %d pool2 %d timer %d spinlock %d\n",
             Find(L"KeQuerySystemTimePrecise") != NULL, Find(L"ExAllocatePool2") != NULL,
             Find(L"ExAllocateTimer") != NULL, Find(L"KeAcquireSpinLockRaiseToDpc") != NULL);
    DbgPrint("versions: zeroed %d own path %08x others %08x\n", IsZeroed(), PathOf(Driver),
             OthersPath());
    return STATUS_SUCCESS;
}
