/* SPDX-License-Identifier: MIT */
/* version_ddi.c - which Windows this claims to be, and comparisons with it.
 *
 * The numbers come from whoever sets up the machine (rtl_version_set); Windows 10 22H2 until
 * then.
 */
#include <stdbool.h>
#include <string.h>

#include "base/windows.h"
#include "rtl_ddi.h"

#define VERSION_BITS_MAX 8 /* kinds of question, three bits of condition each */

static RTL_OSVERSIONINFOEXW version = {
    .dwOSVersionInfoSize = sizeof(version),
    .dwMajorVersion = 10,
    .dwMinorVersion = 0,
    .dwBuildNumber = 19045,
    .dwPlatformId = VER_PLATFORM_WIN32_NT,
    .wSuiteMask = 0x0100, /* VER_SUITE_SINGLEUSERTS */
    .wProductType = VER_NT_WORKSTATION,
}; /* set once at boot */
static ULONG newest_ntddi = NTDDI_WIN10_VB; /* of that version; set with it */

void rtl_version_set(ULONG major, ULONG minor, ULONG build)
{
    static const WCHAR service_pack[] = L"Service Pack 1";
    struct windows_version windows = windows_of_build(build);

    version.dwMajorVersion = major;
    version.dwMinorVersion = minor;
    version.dwBuildNumber = build;
    version.wServicePackMajor = (USHORT)windows.service_pack;
    memset(version.szCSDVersion, 0, sizeof(version.szCSDVersion));
    if (windows.service_pack != 0)
        memcpy(version.szCSDVersion, service_pack, sizeof(service_pack));
    newest_ntddi = windows.ntddi;
}

const WCHAR *rtl_service_pack(void)
{
    return version.szCSDVersion[0] != 0 ? version.szCSDVersion : NULL;
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     nf-wdm-rtlgetversion; the longer structure is known by its size
 */
NTSTATUS NTAPI RtlGetVersion(PRTL_OSVERSIONINFOW lpVersionInformation)
{
    ULONG bytes = lpVersionInformation->dwOSVersionInfoSize;

    memcpy(lpVersionInformation, &version,
           bytes == sizeof(version) ? sizeof(version) : sizeof(*lpVersionInformation));
    lpVersionInformation->dwOSVersionInfoSize = bytes;
    return STATUS_SUCCESS;
}

/* Doc: nf-wdm-rtlisntddiversionavailable; a value without a service pack */
BOOLEAN NTAPI RtlIsNtDdiVersionAvailable(ULONG Version)
{
    return SPVER(Version) == 0 && newest_ntddi >= Version;
}

/* Doc: nf-wdm-rtlisservicepackversioninstalled; only of the version that runs */
BOOLEAN NTAPI RtlIsServicePackVersionInstalled(ULONG Version)
{
    ULONG mine = version.dwMajorVersion << 24 | version.dwMinorVersion << 16 |
                 (ULONG)version.wServicePackMajor << 8;

    return (Version & 0xffff0000) == (mine & 0xffff0000) && mine >= Version;
}

static bool condition_holds(LONGLONG mine, LONGLONG asked, ULONG condition)
{
    switch (condition) {
    case VER_EQUAL:
        return mine == asked;
    case VER_GREATER:
        return mine > asked;
    case VER_GREATER_EQUAL:
        return mine >= asked;
    case VER_LESS:
        return mine < asked;
    case VER_LESS_EQUAL:
        return mine <= asked;
    default:
        return false;
    }
}

/* Bit number of a VER_ type, which is where its condition stands in the mask. */
static ULONG condition_of(ULONGLONG mask, ULONG type)
{
    return (ULONG)(mask >> (ULONG)__builtin_ctz(type) * VER_NUM_BITS_PER_CONDITION_MASK) &
           VER_CONDITION_MASK;
}

/* The parts of a version compare like digits of one number: the next only when equal so far. */
static bool version_holds(const RTL_OSVERSIONINFOEXW *asked, ULONG types, ULONGLONG mask)
{
    const struct {
        ULONG type;
        LONGLONG mine, asked;
    } parts[] = {
        {VER_MAJORVERSION, version.dwMajorVersion, asked->dwMajorVersion},
        {VER_MINORVERSION, version.dwMinorVersion, asked->dwMinorVersion},
        {VER_SERVICEPACKMAJOR, version.wServicePackMajor, asked->wServicePackMajor},
        {VER_SERVICEPACKMINOR, version.wServicePackMinor, asked->wServicePackMinor},
    };
    ULONG condition = 0;

    for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        bool is_last = true;
        if ((types & parts[i].type) == 0)
            continue;
        if (condition == 0)
            condition = condition_of(mask, parts[i].type);
        for (unsigned j = i + 1; j < sizeof(parts) / sizeof(parts[0]); j++)
            is_last = is_last && (types & parts[j].type) == 0;
        if (is_last || condition == VER_EQUAL
                ? !condition_holds(parts[i].mine, parts[i].asked, condition)
                : false)
            return false;
        if (parts[i].mine != parts[i].asked)
            return condition_holds(parts[i].mine, parts[i].asked, condition);
    }
    return true;
}

/* Errors:  STATUS_REVISION_MISMATCH: it is another version; STATUS_INVALID_PARAMETER
 * Doc:     nf-wdm-rtlverifyversioninfo
 */
NTSTATUS NTAPI RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask,
                                    ULONGLONG ConditionMask)
{
    if (TypeMask == 0 || ConditionMask == 0)
        return STATUS_INVALID_PARAMETER;
    if ((TypeMask & VER_SUITENAME) != 0) {
        ULONG condition = condition_of(ConditionMask, VER_SUITENAME);
        USHORT has = version.wSuiteMask & VersionInfo->wSuiteMask;
        if (condition == VER_AND ? has != VersionInfo->wSuiteMask
                                 : (has == 0 && VersionInfo->wSuiteMask != 0))
            return STATUS_REVISION_MISMATCH;
    }
    if ((TypeMask & VER_PRODUCT_TYPE) != 0 &&
        !condition_holds(version.wProductType, VersionInfo->wProductType,
                         condition_of(ConditionMask, VER_PRODUCT_TYPE)))
        return STATUS_REVISION_MISMATCH;
    if ((TypeMask & VER_PLATFORMID) != 0 &&
        !condition_holds(version.dwPlatformId, VersionInfo->dwPlatformId,
                         condition_of(ConditionMask, VER_PLATFORMID)))
        return STATUS_REVISION_MISMATCH;
    if ((TypeMask & VER_BUILDNUMBER) != 0 &&
        !condition_holds(version.dwBuildNumber, VersionInfo->dwBuildNumber,
                         condition_of(ConditionMask, VER_BUILDNUMBER)))
        return STATUS_REVISION_MISMATCH;
    return version_holds(VersionInfo, TypeMask, ConditionMask) ? STATUS_SUCCESS
                                                               : STATUS_REVISION_MISMATCH;
}

/* Doc: nf-winnt-versetconditionmask */
ULONGLONG NTAPI VerSetConditionMask(ULONGLONG ConditionMask, ULONG TypeMask, UCHAR Condition)
{
    for (ULONG bit = 0; bit < VERSION_BITS_MAX; bit++) {
        ULONG shift = bit * VER_NUM_BITS_PER_CONDITION_MASK;
        if ((TypeMask >> bit & 1) == 0)
            continue;
        ConditionMask &= ~((ULONGLONG)VER_CONDITION_MASK << shift);
        ConditionMask |= (ULONGLONG)(Condition & VER_CONDITION_MASK) << shift;
        break;
    }
    return ConditionMask;
}

/* Doc: nf-wdm-rtlgetproductinfo; "Professional" */
BOOLEAN NTAPI RtlGetProductInfo(ULONG OSMajorVersion, ULONG OSMinorVersion, ULONG SpMajorVersion,
                                ULONG SpMinorVersion, PULONG ReturnedProductType)
{
    *ReturnedProductType = 0x30;
    return TRUE;
}

/* Doc: nf-wdm-rtlgetenabledextendedfeatures; what the processor has of what is asked */
ULONG64 NTAPI RtlGetEnabledExtendedFeatures(ULONG64 FeatureMask)
{
    ULONG low, high;

    /* CPUID 1, ECX bit 27: the system lets XGETBV in. */
    ULONG a = 1, b, c, d;
    __asm__("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
    if ((c >> 27 & 1) == 0)
        return 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return ((ULONG64)high << 32 | low) & FeatureMask;
}
