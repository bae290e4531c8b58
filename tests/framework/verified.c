/* SPDX-License-Identifier: MIT */
/* verified.c - a driver that looks, in its DriverEntry, at what the verifier does with it.
 *
 * Loaded by verifier.c with one setting or another in Parameters\Wdf; a check that fails is the
 * status 0xE000 and its line. Some allocations at the end, for the setting that lets them fail.
 */
#include <ntddk.h>

#include <wdf.h>

DRIVER_INITIALIZE DriverEntry;

#define check(condition)                              \
    do {                                              \
        if (!(condition))                             \
            return (NTSTATUS)(0xE0000000 | __LINE__); \
    } while (0)

static BOOLEAN is_verified;

/* What is for PASSIVE_LEVEL fails above it, but only under the verifier. */
static NTSTATUS levels(WDFDRIVER driver)
{
    WDF_DRIVER_VERSION_AVAILABLE_PARAMS version;
    WDFOBJECT object = NULL;
    WDFKEY key = NULL;
    NTSTATUS status;
    BOOLEAN is_available;
    PWSTR path;
    KIRQL irql;

    WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(&version, 1, 9);
    status = WdfDriverOpenParametersRegistryKey(driver, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES, &key);
    if (!NT_SUCCESS(status))
        return status;
    WdfRegistryClose(key);
    key = NULL;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = is_verified ? WdfDriverOpenParametersRegistryKey(driver, KEY_READ,
                                                              WDF_NO_OBJECT_ATTRIBUTES, &key)
                         : STATUS_INVALID_DEVICE_REQUEST;
    path = WdfDriverGetRegistryPath(driver);
    is_available = WdfDriverIsVersionAvailable(driver, &version);
    (void)WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &object);
    KeLowerIrql(irql);
    check(status == STATUS_INVALID_DEVICE_REQUEST && key == NULL);
    check((path == NULL) == is_verified);
    check(is_available == !is_verified);
    if (object == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    WdfObjectDelete(object);
    return STATUS_SUCCESS;
}

static NTSTATUS texts(WDFDRIVER driver)
{
    UNICODE_STRING text;
    WDFSTRING string;
    NTSTATUS status = WdfStringCreate(NULL, WDF_NO_OBJECT_ATTRIBUTES, &string);

    if (!NT_SUCCESS(status))
        return status;
    status = WdfDriverRetrieveVersionString(driver, string);
    if (!NT_SUCCESS(status))
        return status;
    WdfStringGetUnicodeString(string, &text);
    check((wcsstr(text.Buffer, L"verifier on") != NULL) == is_verified);
    WdfObjectDelete(string);
    return STATUS_SUCCESS;
}

/* Tags that match are no news; tracked or not, references count. */
static NTSTATUS tags(void)
{
    WDFOBJECT object;
    NTSTATUS status = WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &object);

    if (!NT_SUCCESS(status))
        return status;
    WdfObjectReferenceWithTag(object, (PVOID)'onE');
    WdfObjectReferenceWithTag(object, (PVOID)'owT');
    WdfObjectDereferenceWithTag(object, (PVOID)'onE');
    WdfObjectDelete(object);
    WdfObjectDereferenceWithTag(object, (PVOID)'owT');
    return STATUS_SUCCESS;
}

static NTSTATUS allocations(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT object;
    WDFCOLLECTION collection;
    WDFSPINLOCK lock;
    WDFMEMORY memory;
    PVOID buffer;
    NTSTATUS status;

    status = WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &object);
    if (!NT_SUCCESS(status))
        return status;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = object;
    status = WdfCollectionCreate(&attributes, &collection);
    if (!NT_SUCCESS(status))
        return status;
    status = WdfCollectionAdd(collection, object);
    if (!NT_SUCCESS(status))
        return status;
    WdfCollectionRemoveItem(collection, 0);
    status = WdfSpinLockCreate(&attributes, &lock);
    if (!NT_SUCCESS(status))
        return status;
    return WdfMemoryCreate(&attributes, NonPagedPoolNx, 'tmdK', 300, &memory, &buffer);
}

static VOID evt_unload(WDFDRIVER driver)
{
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG both = WdfVerifyOn | WdfVerifierOn;
    WDF_DRIVER_CONFIG config;
    WDFDRIVER driver;
    NTSTATUS status;

    is_verified = (WdfDriverGlobals->DriverFlags & WdfVerifierOn) != 0;
    check(!is_verified || (WdfDriverGlobals->DriverFlags & both) == both);
    WDF_DRIVER_CONFIG_INIT(&config, NULL);
    config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    config.EvtDriverUnload = evt_unload;
    status =
        WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver);
    if (NT_SUCCESS(status))
        status = allocations();
    if (NT_SUCCESS(status))
        status = texts(driver);
    if (NT_SUCCESS(status))
        status = tags();
    if (NT_SUCCESS(status))
        status = levels(driver);
    return status;
}
