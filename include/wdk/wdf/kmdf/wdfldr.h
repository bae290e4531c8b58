/* SPDX-License-Identifier: MIT */
/*
 * The loader of framework libraries: how clients, the Framework and class extensions are bound.
 *
 * wdfldr.sys exports these functions. Structures begin with their Size; a longer form of one begins
 * with the shorter. Wants: <ntddk.h> or <wdm.h> before it.
 */
#ifndef _WDFLDR_H_
#define _WDFLDR_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

typedef ULONG WDF_MAJOR_VERSION;
typedef ULONG WDF_MINOR_VERSION;
typedef ULONG WDF_BUILD_NUMBER;

/* What a library hands to its client; the client does not look into it. */
typedef PVOID WDF_COMPONENT_GLOBALS, *PWDF_COMPONENT_GLOBALS;

typedef struct _WDF_BIND_INFO *PWDF_BIND_INFO;
typedef struct _WDF_CLASS_BIND_INFO *PWDF_CLASS_BIND_INFO;
typedef struct _WDF_CLASS_LIBRARY_INFO *PWDF_CLASS_LIBRARY_INFO;

typedef struct _WDF_INTERFACE_HEADER {
    const GUID *InterfaceType;
    ULONG InterfaceSize;
} WDF_INTERFACE_HEADER, *PWDF_INTERFACE_HEADER;

/* ---- class extensions ---------------------------------------------------------------------- */

typedef struct _WDF_CLASS_VERSION {
    WDF_MAJOR_VERSION Major;
    WDF_MINOR_VERSION Minor;
    WDF_BUILD_NUMBER Build;
} WDF_CLASS_VERSION;

typedef NTSTATUS(NTAPI *PFN_WDF_VERSION_BIND_CLASS)(PWDF_BIND_INFO BindInfo,
                                                    PWDF_COMPONENT_GLOBALS Globals,
                                                    PWDF_CLASS_BIND_INFO ClassBindInfo);
typedef VOID(NTAPI *PFN_WDF_VERSION_UNBIND_CLASS)(PWDF_BIND_INFO BindInfo,
                                                  PWDF_COMPONENT_GLOBALS Globals,
                                                  PWDF_CLASS_BIND_INFO ClassBindInfo);

/* A client may take its binding to a class into its own hands; it then calls the function. */
typedef NTSTATUS(NTAPI *PFN_CLIENT_BIND_CLASS)(PFN_WDF_VERSION_BIND_CLASS BindFunction,
                                               PWDF_BIND_INFO BindInfo,
                                               PWDF_COMPONENT_GLOBALS Globals,
                                               PWDF_CLASS_BIND_INFO ClassBindInfo);
typedef VOID(NTAPI *PFN_CLIENT_UNBIND_CLASS)(PFN_WDF_VERSION_UNBIND_CLASS UnbindFunction,
                                             PWDF_BIND_INFO BindInfo,
                                             PWDF_COMPONENT_GLOBALS Globals,
                                             PWDF_CLASS_BIND_INFO ClassBindInfo);

/* Lies in section .kmdfclassbind of the client, one for each class that it uses. */
typedef struct _WDF_CLASS_BIND_INFO {
    ULONG Size;
    PWCHAR ClassName;
    WDF_CLASS_VERSION Version;
    VOID (**FunctionTable)(VOID);
    ULONG FunctionTableCount;
    PVOID ClassBindInfo;
    PFN_CLIENT_BIND_CLASS ClientBindClass;
    PFN_CLIENT_UNBIND_CLASS ClientUnbindClass;
    PVOID ClassModule; /* the loader's */
} WDF_CLASS_BIND_INFO;

typedef struct _WDF_CLASS_BIND_INFO2 {
    WDF_CLASS_BIND_INFO V1;
    WDF_MINOR_VERSION *MinimumVersionRequired;
    BOOLEAN *ClientVersionHigherThanFramework;
    ULONG *FuncCountPtr;
    ULONG *StructCountPtr;
    size_t **StructTable;
} WDF_CLASS_BIND_INFO2, *PWDF_CLASS_BIND_INFO2;

typedef NTSTATUS(NTAPI *PFN_WDF_CLASS_LIBRARY_INITIALIZE)(VOID);
typedef VOID(NTAPI *PFN_WDF_CLASS_LIBRARY_DEINITIALIZE)(VOID);
typedef NTSTATUS(NTAPI *PFN_WDF_CLASS_LIBRARY_BIND_CLIENT)(PWDF_CLASS_BIND_INFO ClassInfo,
                                                           PWDF_COMPONENT_GLOBALS ClientGlobals);
typedef VOID(NTAPI *PFN_WDF_CLASS_LIBRARY_UNBIND_CLIENT)(PWDF_CLASS_BIND_INFO ClassInfo,
                                                         PWDF_COMPONENT_GLOBALS ClientGlobals);

typedef struct _WDF_CLASS_LIBRARY_INFO {
    ULONG Size;
    WDF_CLASS_VERSION Version;
    PFN_WDF_CLASS_LIBRARY_INITIALIZE ClassLibraryInitialize;
    PFN_WDF_CLASS_LIBRARY_DEINITIALIZE ClassLibraryDeinitialize;
    PFN_WDF_CLASS_LIBRARY_BIND_CLIENT ClassLibraryBindClient;
    PFN_WDF_CLASS_LIBRARY_UNBIND_CLIENT ClassLibraryUnbindClient;
} WDF_CLASS_LIBRARY_INFO;

/* ---- clients ------------------------------------------------------------------------------- */

typedef struct _WDF_VERSION {
    WDF_MAJOR_VERSION Major;
    WDF_MINOR_VERSION Minor;
    WDF_BUILD_NUMBER Build;
} WDF_VERSION;

/* Up to 1.13 FuncTable is an array of the client's that the Framework fills; later it points to a
 * pointer that the Framework sets.
 */
typedef struct _WDF_BIND_INFO {
    ULONG Size;
    PWCHAR Component; /* L"KmdfLibrary" */
    WDF_VERSION Version;
    ULONG FuncCount;
    VOID (**FuncTable)(VOID);
    PVOID Module; /* the loader's */
} WDF_BIND_INFO;

typedef struct _WDF_BIND_INFO2 {
    WDF_BIND_INFO V1;
    WDF_MINOR_VERSION *MinimumVersionRequired;
    BOOLEAN *ClientVersionHigherThanFramework;
    ULONG *FuncCountPtr;
    ULONG *StructCountPtr;
    size_t **StructTable;
} WDF_BIND_INFO2, *PWDF_BIND_INFO2;

NTSTATUS NTAPI WdfVersionBind(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath,
                              PWDF_BIND_INFO BindInfo, PWDF_COMPONENT_GLOBALS *ComponentGlobals);
NTSTATUS NTAPI WdfVersionUnbind(PUNICODE_STRING RegistryPath, PWDF_BIND_INFO BindInfo,
                                PWDF_COMPONENT_GLOBALS ComponentGlobals);
NTSTATUS NTAPI WdfVersionBindClass(PWDF_BIND_INFO BindInfo, PWDF_COMPONENT_GLOBALS Globals,
                                   PWDF_CLASS_BIND_INFO ClassBindInfo);
VOID NTAPI WdfVersionUnbindClass(PWDF_BIND_INFO BindInfo, PWDF_COMPONENT_GLOBALS Globals,
                                 PWDF_CLASS_BIND_INFO ClassBindInfo);

/* ---- libraries ----------------------------------------------------------------------------- */

typedef NTSTATUS (*PFNLIBRARYCOMMISSION)(VOID);
typedef NTSTATUS (*PFNLIBRARYDECOMMISSION)(VOID);
typedef NTSTATUS (*PFNLIBRARYREGISTERCLIENT)(PWDF_BIND_INFO Info,
                                             PWDF_COMPONENT_GLOBALS *ComponentGlobals,
                                             PVOID *Context);
typedef NTSTATUS (*PFNLIBRARYUNREGISTERCLIENT)(PWDF_BIND_INFO Info,
                                               PWDF_COMPONENT_GLOBALS DriverGlobals);

typedef struct _WDF_LIBRARY_INFO {
    ULONG Size;
    PFNLIBRARYCOMMISSION LibraryCommission;
    PFNLIBRARYDECOMMISSION LibraryDecommission;
    PFNLIBRARYREGISTERCLIENT LibraryRegisterClient;
    PFNLIBRARYUNREGISTERCLIENT LibraryUnregisterClient;
    WDF_VERSION Version;
} WDF_LIBRARY_INFO, *PWDF_LIBRARY_INFO;

/* What *Context points to when LibraryRegisterClient is called. */
typedef struct _CLIENT_INFO {
    ULONG Size;
    PUNICODE_STRING RegistryPath;
    PDRIVER_OBJECT DriverObject;
} CLIENT_INFO, *PCLIENT_INFO;

NTSTATUS NTAPI WdfRegisterLibrary(PWDF_LIBRARY_INFO LibraryInfo, PUNICODE_STRING ServicePath,
                                  PCUNICODE_STRING LibraryDeviceName);
NTSTATUS NTAPI WdfRegisterClassLibrary(PWDF_CLASS_LIBRARY_INFO ClassLibInfo,
                                       PUNICODE_STRING SourceString, PUNICODE_STRING ServicePath);

typedef NTSTATUS(NTAPI *PWDF_LDR_DIAGNOSTICS_VALUE_BY_NAME_AS_ULONG)(PUNICODE_STRING ValueName,
                                                                     PULONG Value);
NTSTATUS NTAPI WdfLdrDiagnosticsValueByNameAsULONG(PUNICODE_STRING ValueName, PULONG Value);

/* 49215dff-f5ac-4901-8588-ab3d540f6021, in Header.InterfaceType */
typedef struct _WDF_LOADER_INTERFACE {
    WDF_INTERFACE_HEADER Header;
    NTSTATUS(NTAPI *RegisterLibrary)(PWDF_LIBRARY_INFO LibraryInfo, PUNICODE_STRING ServicePath,
                                     PCUNICODE_STRING LibraryDeviceName);
    NTSTATUS(NTAPI *VersionBind)(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath,
                                 PWDF_BIND_INFO Info, PWDF_COMPONENT_GLOBALS *Globals);
    NTSTATUS(NTAPI *VersionUnbind)(PUNICODE_STRING RegistryPath, PWDF_BIND_INFO Info,
                                   PWDF_COMPONENT_GLOBALS Globals);
    PWDF_LDR_DIAGNOSTICS_VALUE_BY_NAME_AS_ULONG DiagnosticsValueByNameAsULONG;
} WDF_LOADER_INTERFACE, *PWDF_LOADER_INTERFACE;

DEFINE_GUID(GUID_WDF_LOADER_INTERFACE_STANDARD, 0x49215dff, 0xf5ac, 0x4901, 0x85, 0x88, 0xab, 0x3d,
            0x54, 0x0f, 0x60, 0x21);

NTSTATUS NTAPI WdfLdrQueryInterface(PWDF_INTERFACE_HEADER LoaderInterface);

WDF_EXTERN_C_END

#endif
