/* SPDX-License-Identifier: MIT */
/* class_client.c - a driver with a class extension and a context type that somebody else defines.
 *
 * Its DriverEntry fails unless both were seen to before.
 */
#include <ntddk.h>

#include <wdf.h>
#include <wdfldr.h>

DRIVER_INITIALIZE DriverEntry;

static WDFFUNC class_functions[2];

#pragma section(".kmdfclassbind$b", read, write)
__declspec(allocate(".kmdfclassbind$b")) WDF_CLASS_BIND_INFO class_info = {
    sizeof(WDF_CLASS_BIND_INFO), L"FxTestCx", {1, 0, 0}, class_functions, 2};

typedef struct _BORROWED {
    ULONG number;
} BORROWED;

static WDF_OBJECT_CONTEXT_TYPE_INFO elsewhere = {sizeof(elsewhere), "BORROWED", sizeof(BORROWED),
                                                 &elsewhere, NULL};
static PCWDF_OBJECT_CONTEXT_TYPE_INFO borrow(void)
{
    return &elsewhere;
}

#pragma section(".kmdftypeinit$b", read, write)
__declspec(allocate(".kmdftypeinit$b")) WDF_OBJECT_CONTEXT_TYPE_INFO borrowed = {
    sizeof(borrowed), "BORROWED", sizeof(BORROWED), NULL, borrow};

static VOID evt_unload(WDFDRIVER driver)
{
    /* Bound until DriverUnload is over. */
    NT_ASSERT(((ULONG(*)(void))class_functions[0])() == 1);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    if (class_functions[0] == NULL || ((ULONG(*)(void))class_functions[0])() != 1 ||
        class_info.ClassModule == NULL || borrowed.UniqueType != &elsewhere)
        return STATUS_UNSUCCESSFUL;
    WDF_DRIVER_CONFIG_INIT(&config, NULL);
    config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    config.EvtDriverUnload = evt_unload;
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}
