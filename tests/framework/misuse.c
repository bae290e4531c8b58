/* SPDX-License-Identifier: MIT */
/* misuse.c - a driver that breaks one rule of the Framework in its DriverEntry: the one that its
 * service is called by (test_misuse.py copies the file under that name).
 */
#include <ntddk.h>

#include <wdf.h>
#include <wdfcx.h>

#include "misuse.h"

DRIVER_INITIALIZE DriverEntry;

static WDFOBJECT object_make(void)
{
    WDFOBJECT object = NULL;

    (void)WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &object);
    return object;
}

static void null_parameter(void)
{
    (void)WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, NULL);
}

static void handle_of_another_type(void)
{
    UNICODE_STRING text;

    WdfStringGetUnicodeString((WDFSTRING)object_make(), &text);
}

static void handle_null(void)
{
    WdfObjectDelete(NULL);
}

static void handle_garbage(void)
{
    WdfObjectDelete((WDFOBJECT)(ULONG_PTR)0x123456789abcdef0);
}

static void handle_deleted(void)
{
    WDFOBJECT object = object_make();

    WdfObjectDelete(object);
    WdfObjectDelete(object);
}

static void handle_read(void)
{
    volatile ULONG *memory = (volatile ULONG *)object_make();

    (void)*memory;
}

static void dereference_for_delete(void)
{
    WdfObjectDereference(object_make());
}

static void lock_without(void)
{
    WdfObjectAcquireLock(object_make());
}

static void release_without(void)
{
    WdfObjectReleaseLock(object_make());
}

static void api_missing(void)
{
    (void)WdfDriverErrorReportApiMissing(WdfGetDriver(), NULL, 460, FALSE);
}

static void own_bugcheck(void)
{
    WdfVerifierKeBugCheck(0xdeadbeef, 1, 2, 3, 4);
}

/* A class extension does it because of a client's object. */
static void extension_bugcheck(void)
{
    WdfCxVerifierKeBugCheck(object_make(), 0xdeadbee0, 5, 6, 7, 8);
}

/* Deleted and still referenced when the driver goes. */
static void leak(void)
{
    WDFOBJECT object = object_make();

    WdfObjectReferenceWithTag(object, (PVOID)'kaeL');
    WdfObjectDelete(object);
}

static void nothing(void)
{
}

static const struct misuse_rule rules[] = {
    {L"null_parameter", null_parameter},
    {L"handle_of_another_type", handle_of_another_type},
    {L"handle_null", handle_null},
    {L"handle_garbage", handle_garbage},
    {L"handle_deleted", handle_deleted},
    {L"handle_read", handle_read},
    {L"dereference_for_delete", dereference_for_delete},
    {L"lock_without", lock_without},
    {L"release_without", release_without},
    {L"api_missing", api_missing},
    {L"own_bugcheck", own_bugcheck},
    {L"extension_bugcheck", extension_bugcheck},
    {L"leak", leak},
    {L"nothing", nothing},
};

static BOOLEAN rule_run(const struct misuse_rule *table, ULONG count, PCWSTR name)
{
    ULONG i;

    for (i = 0; i < count; i++) {
        if (_wcsicmp(name, table[i].name) == 0) {
            table[i].run();
            return TRUE;
        }
    }
    return FALSE;
}

static VOID evt_unload(WDFDRIVER driver)
{
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;
    NTSTATUS status;
    PCWSTR name;

    WDF_DRIVER_CONFIG_INIT(&config, NULL);
    config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    config.EvtDriverUnload = evt_unload;
    status = WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                             WDF_NO_HANDLE);
    if (!NT_SUCCESS(status))
        return status;
    name = wcsrchr(WdfDriverGetRegistryPath(WdfGetDriver()), L'\\') + 1;
    if (rule_run(rules, ARRAYSIZE(rules), name) ||
        rule_run(misuse_support, misuse_support_count, name) ||
        rule_run(misuse_target, misuse_target_count, name))
        return STATUS_SUCCESS;
    return STATUS_NOT_FOUND;
}
