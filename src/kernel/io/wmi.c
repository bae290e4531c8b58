/* SPDX-License-Identifier: MIT */
/* wmi.c - who provides instrumentation blocks: registration, and what each has registered.
 *
 * A driver that registers is asked by a worker with IRP_MN_REGINFO_EX, an older one with
 * IRP_MN_REGINFO. What it answers is checked once and kept. Taking the registration back waits
 * for requests that are on their way to the driver.
 */
#include "wmi.h"

#include <stdio.h>
#include <string.h>

static struct host_lock wmi_lock; /* guards: providers, last_id */
static struct list providers = LIST_INIT(providers);
static ULONG last_id;

/* ---- requests to drivers ----------------------------------------------------------------- */

/* IRQL:    PASSIVE_LEVEL
 * Doc:     wdm.h IRP_MJ_SYSTEM_CONTROL
 */
NTSTATUS wmi_send(PDEVICE_OBJECT device, UCHAR minor, void *path, void *buffer, ULONG size,
                  ULONG_PTR *out_information)
{
    PDEVICE_OBJECT top = device_top_get(device);
    PIRP irp = irp_allocate(top->StackSize);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    if (irp != NULL) {
        PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
        irp->Flags = IRP_SYNCHRONOUS_API;
        irp->RequestorMode = KernelMode;
        irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
        irp->Tail.Overlay.Thread = (PETHREAD)ps_thread_current();
        stack->MajorFunction = IRP_MJ_SYSTEM_CONTROL;
        stack->MinorFunction = minor;
        stack->Parameters.WMI.ProviderId = (ULONG_PTR)device;
        stack->Parameters.WMI.DataPath = path;
        stack->Parameters.WMI.BufferSize = size;
        stack->Parameters.WMI.Buffer = buffer;
        status = irp_send_and_wait(top, irp, out_information);
    }
    ob_dereference(device_of(top));
    return status;
}

/* ---- what a driver registers ------------------------------------------------------------------
 */

#define REGINFO_FIRST 1024u
#define REGINFO_MOST  (1u << 20)

static bool info_is_whole(const WMIREGINFOW *info, ULONG_PTR length)
{
    return length >= sizeof(*info) && info->BufferSize <= length &&
           info->BufferSize >= sizeof(*info) &&
           info->GuidCount <= (info->BufferSize - sizeof(*info)) / sizeof(WMIREGGUIDW);
}

/* STATUS_BUFFER_TOO_SMALL comes with a ULONG: how much it takes. */
static NTSTATUS info_query(PDEVICE_OBJECT device, UCHAR minor, ULONG_PTR action,
                           WMIREGINFOW **out_info)
{
    ULONG size = REGINFO_FIRST;
    NTSTATUS status = STATUS_BUFFER_TOO_SMALL;
    for (int tries = 0; tries < 3 && status == STATUS_BUFFER_TOO_SMALL; tries++) {
        ULONG_PTR length = 0;
        WMIREGINFOW *info = ExAllocatePool2(POOL_FLAG_NON_PAGED, size, IO_TAG);
        if (info == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        ex_pool_disown(info);
        status = wmi_send(device, minor, (void *)action, info, size, &length);
        if (NT_SUCCESS(status) && info_is_whole(info, length)) {
            *out_info = info;
            return STATUS_SUCCESS;
        }
        ULONG wanted = *(const ULONG *)(const void *)info;
        ExFreePoolWithTag(info, IO_TAG);
        if (NT_SUCCESS(status))
            return STATUS_INVALID_PARAMETER;
        if (wanted <= size || wanted > REGINFO_MOST)
            break;
        size = wanted;
    }
    return status;
}

static void provider_ask(struct wmi_provider *provider, ULONG_PTR action)
{
    WMIREGINFOW *info = NULL;
    NTSTATUS status = info_query(provider->device, IRP_MN_REGINFO_EX, action, &info);
    bool is_ex = NT_SUCCESS(status);
    if (!is_ex)
        status = info_query(provider->device, IRP_MN_REGINFO, action, &info);
    for (ULONG i = 0; is_ex && i < info->GuidCount; i++)
        /* An answer to the Ex request has referenced the devices that name instances. */
        if ((info->WmiRegGuid[i].Flags & WMIREG_FLAG_INSTANCE_PDO) && info->WmiRegGuid[i].Pdo != 0)
            ObfDereferenceObject((PVOID)info->WmiRegGuid[i].Pdo);
    host_lock_take(&wmi_lock);
    WMIREGINFOW *old = provider->info;
    provider->info = info;
    host_lock_give(&wmi_lock);
    if (old != NULL)
        ExFreePoolWithTag(old, IO_TAG);
}

static void provider_begin(void *context)
{
    struct wmi_provider *provider = context;
    provider_ask(provider, WMIREGISTER);
    KeSetEvent(&provider->asked, IO_NO_INCREMENT, FALSE);
    wmi_provider_put(provider);
}

/* ---- registration -------------------------------------------------------------------------------
 */

static struct wmi_provider *provider_find_locked(PDEVICE_OBJECT device)
{
    list_for_each(node, &providers)
    {
        struct wmi_provider *provider = list_entry(node, struct wmi_provider, link);
        if (provider->device == device)
            return provider;
    }
    return NULL;
}

NTSTATUS wmi_register(PDEVICE_OBJECT device)
{
    struct wmi_provider *provider = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*provider), IO_TAG);
    if (provider == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ex_pool_disown(provider);
    provider->device = device;
    ExInitializeRundownProtection(&provider->users);
    (void)ExAcquireRundownProtection(&provider->users); /* the worker's */
    KeInitializeEvent(&provider->asked, NotificationEvent, FALSE);
    host_lock_take(&wmi_lock);
    bool is_there = provider_find_locked(device) != NULL;
    if (!is_there) {
        provider->id = ++last_id;
        list_push_back(&providers, &provider->link);
    }
    host_lock_give(&wmi_lock);
    if (is_there) {
        ExFreePoolWithTag(provider, IO_TAG);
        return wmi_update(device);
    }
    ob_reference(device_of(device));
    ex_work_queue(&provider->work, provider_begin, provider);
    return STATUS_SUCCESS;
}

NTSTATUS wmi_deregister(PDEVICE_OBJECT device)
{
    host_lock_take(&wmi_lock);
    struct wmi_provider *provider = provider_find_locked(device);
    if (provider != NULL)
        list_remove(&provider->link);
    host_lock_give(&wmi_lock);
    if (provider == NULL)
        return STATUS_INVALID_PARAMETER;
    ExWaitForRundownProtectionRelease(&provider->users);
    if (provider->info != NULL)
        ExFreePoolWithTag(provider->info, IO_TAG);
    ExFreePoolWithTag(provider, IO_TAG);
    ob_dereference(device_of(device));
    return STATUS_SUCCESS;
}

void wmi_forget(PDEVICE_OBJECT device)
{
    (void)wmi_deregister(device);
}

static struct wmi_provider *provider_get_locked(struct wmi_provider *provider)
{
    return provider != NULL && ExAcquireRundownProtection(&provider->users) ? provider : NULL;
}

NTSTATUS wmi_update(PDEVICE_OBJECT device)
{
    host_lock_take(&wmi_lock);
    struct wmi_provider *provider = provider_get_locked(provider_find_locked(device));
    host_lock_give(&wmi_lock);
    if (provider == NULL)
        return STATUS_INVALID_PARAMETER;
    KeWaitForSingleObject(&provider->asked, Executive, KernelMode, FALSE, NULL);
    provider_ask(provider, WMIUPDATE);
    wmi_provider_put(provider);
    return STATUS_SUCCESS;
}

ULONG wmi_provider_id(PDEVICE_OBJECT device)
{
    host_lock_take(&wmi_lock);
    const struct wmi_provider *provider = provider_find_locked(device);
    ULONG id = provider != NULL ? provider->id : 0;
    host_lock_give(&wmi_lock);
    return id;
}

struct wmi_provider *wmi_provider_at(unsigned index)
{
    struct wmi_provider *found = NULL;
    host_lock_take(&wmi_lock);
    list_for_each(node, &providers)
    {
        if (index-- != 0)
            continue;
        found = provider_get_locked(list_entry(node, struct wmi_provider, link));
        break;
    }
    host_lock_give(&wmi_lock);
    if (found != NULL)
        KeWaitForSingleObject(&found->asked, Executive, KernelMode, FALSE, NULL);
    return found;
}

void wmi_provider_put(struct wmi_provider *provider)
{
    ExReleaseRundownProtection(&provider->users);
}

/* ---- blocks and instances -----------------------------------------------------------------------
 */

const WMIREGGUIDW *wmi_provider_block(const struct wmi_provider *provider, const GUID *guid)
{
    for (ULONG i = 0; provider->info != NULL && i < provider->info->GuidCount; i++) {
        const WMIREGGUIDW *block = &provider->info->WmiRegGuid[i];
        if (memcmp(&block->Guid, guid, sizeof(*guid)) == 0 &&
            !(block->Flags & WMIREG_FLAG_REMOVE_GUID))
            return block;
    }
    return NULL;
}

/* A counted string in what a driver has registered; false: it does not lie in it. */
static bool info_string(const WMIREGINFOW *info, ULONG offset, UNICODE_STRING *out_string)
{
    if (offset == 0 || offset > info->BufferSize - sizeof(USHORT))
        return false;
    USHORT length = *(const USHORT *)(const void *)((const char *)info + offset);
    if (length > info->BufferSize - sizeof(USHORT) - offset)
        return false;
    *out_string =
        (UNICODE_STRING){length, length, (PWSTR)((uintptr_t)info + offset + sizeof(USHORT))};
    return true;
}

static NTSTATUS name_join(const UNICODE_STRING *base, const char *separator, ULONG index,
                          UNICODE_STRING *out_name)
{
    char text[16];
    int count = snprintf(text, sizeof(text), "%s%u", separator, index);
    size_t bytes = base->Length + (size_t)count * sizeof(WCHAR);
    WCHAR *buffer = bytes < 0xfff0
                        ? ExAllocatePool2(POOL_FLAG_PAGED, bytes + sizeof(WCHAR), IO_TAG_NAME)
                        : NULL;
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (base->Length != 0)
        memcpy(buffer, base->Buffer, base->Length);
    for (int i = 0; i < count; i++)
        buffer[base->Length / sizeof(WCHAR) + (unsigned)i] = (unsigned char)text[i];
    *out_name = (UNICODE_STRING){(USHORT)bytes, (USHORT)(bytes + sizeof(WCHAR)), buffer};
    return STATUS_SUCCESS;
}

static NTSTATUS (*instance_name)(DEVICE_OBJECT *physical, UNICODE_STRING *out_name);

void io_instance_name_set(NTSTATUS (*name)(DEVICE_OBJECT *physical, UNICODE_STRING *out_name))
{
    instance_name = name;
}

/* The device instance below the provider's device; a device that Plug and Play does not know goes
 * by the name of its object. */
static NTSTATUS physical_name(PDEVICE_OBJECT device, UNICODE_STRING *out_name)
{
    PDEVICE_OBJECT physical = IoGetDeviceAttachmentBaseRef(device);
    NTSTATUS status =
        instance_name != NULL ? instance_name(physical, out_name) : STATUS_NO_SUCH_DEVICE;
    ob_dereference(device_of(physical));
    return NT_SUCCESS(status) ? status : ob_name_of(device_of(device), out_name);
}

/* Doc:     wmistr.h WMIREGGUID */
NTSTATUS wmi_instance_name(const struct wmi_provider *provider, const WMIREGGUIDW *block,
                           ULONG index, UNICODE_STRING *out_name)
{
    UNICODE_STRING name;
    ULONG offset = block->InstanceNameList;
    if (index >= block->InstanceCount)
        return STATUS_WMI_INSTANCE_NOT_FOUND;
    if (block->Flags & WMIREG_FLAG_INSTANCE_PDO) {
        NTSTATUS status = physical_name(provider->device, &name);
        if (NT_SUCCESS(status))
            status = name_join(&name, "_", index, out_name);
        if (name.Buffer != NULL)
            RtlFreeUnicodeString(&name);
        return status;
    }
    if (block->Flags & WMIREG_FLAG_INSTANCE_BASENAME)
        return info_string(provider->info, block->BaseNameOffset, &name)
                   ? name_join(&name, "", index, out_name)
                   : STATUS_WMI_INSTANCE_NOT_FOUND;
    if (!(block->Flags & WMIREG_FLAG_INSTANCE_LIST))
        return STATUS_WMI_INSTANCE_NOT_FOUND; /* dynamic names: only the driver knows */
    for (ULONG i = 0;; i++) {
        if (!info_string(provider->info, offset, &name))
            return STATUS_WMI_INSTANCE_NOT_FOUND;
        if (i == index)
            break;
        offset += (ULONG)sizeof(USHORT) + name.Length;
    }
    UNICODE_STRING copy = {.MaximumLength = (USHORT)(name.Length + sizeof(WCHAR))};
    copy.Buffer = ExAllocatePool2(POOL_FLAG_PAGED, copy.MaximumLength, IO_TAG_NAME);
    if (copy.Buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyUnicodeString(&copy, &name);
    *out_name = copy;
    return STATUS_SUCCESS;
}
