/* SPDX-License-Identifier: MIT */
/*
 * Entry points of the co-installer, as setup programs (user mode) know them.
 * Wants: <windows.h> before it.
 */
#ifndef _WDFINSTALLER_H_
#define _WDFINSTALLER_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

typedef struct _WDF_COINSTALLER_INSTALL_OPTIONS {
    ULONG Size;
    BOOL ShowRebootPrompt;
} WDF_COINSTALLER_INSTALL_OPTIONS, *PWDF_COINSTALLER_INSTALL_OPTIONS;

__inline VOID WDF_COINSTALLER_INSTALL_OPTIONS_INIT(PWDF_COINSTALLER_INSTALL_OPTIONS ClientOptions)
{
    ClientOptions->Size = sizeof(*ClientOptions);
    ClientOptions->ShowRebootPrompt = FALSE;
}

ULONG WINAPI WdfPreDeviceInstall(LPCWSTR InfPath, LPCWSTR InfSectionName);
typedef ULONG(WINAPI *PFN_WDFPREDEVICEINSTALL)(LPCWSTR InfPath, LPCWSTR InfSectionName);
ULONG WINAPI WdfPreDeviceInstallEx(LPCWSTR InfPath, LPCWSTR InfSectionName,
                                   PWDF_COINSTALLER_INSTALL_OPTIONS ClientOptions);
typedef ULONG(WINAPI *PFN_WDFPREDEVICEINSTALLEX)(LPCWSTR InfPath, LPCWSTR InfSectionName,
                                                 PWDF_COINSTALLER_INSTALL_OPTIONS ClientOptions);
ULONG WINAPI WdfPostDeviceInstall(LPCWSTR InfPath, LPCWSTR InfSectionName);
typedef ULONG(WINAPI *PFN_WDFPOSTDEVICEINSTALL)(LPCWSTR InfPath, LPCWSTR InfSectionName);
ULONG WINAPI WdfPreDeviceRemove(LPCWSTR InfPath, LPCWSTR InfSectionName);
typedef ULONG(WINAPI *PFN_WDFPREDEVICEREMOVE)(LPCWSTR InfPath, LPCWSTR InfSectionName);
ULONG WINAPI WdfPostDeviceRemove(LPCWSTR InfPath, LPCWSTR InfSectionName);
typedef ULONG(WINAPI *PFN_WDFPOSTDEVICEREMOVE)(LPCWSTR InfPath, LPCWSTR InfSectionName);

WDF_EXTERN_C_END

#endif
