/* SPDX-License-Identifier: MIT */
/* file_system.c - which devices are file systems, who wants to hear of them, and volumes that
 * may have changed.
 *
 * A file system's control device stands in the queue of its kind, referenced; the newest is
 * asked first, those of low priority last. A filter's routine is called for each that is there
 * and for each that comes or goes. Invariant: no lock is held while a driver is called.
 */
#include "file_system.h"

#include "callout/callout.h"

struct file_system {
    struct list link;
    PDEVICE_OBJECT device; /* referenced */
};

struct fs_watcher {
    struct list link;
    PDRIVER_OBJECT driver; /* referenced */
    PDRIVER_FS_NOTIFICATION routine;
};

static struct host_lock fs_lock; /* guards: both lists */
static struct list file_systems = LIST_INIT(file_systems);
static struct list fs_watchers = LIST_INIT(fs_watchers);

/* ---- telling ----------------------------------------------------------------------------- */

/* Entry number index of a list of watchers or file systems may be gone when the next is looked
 * for; who comes and goes meanwhile is told by whoever does that. */
static bool watcher_at(unsigned index, struct fs_watcher *out_watcher)
{
    bool found = false;
    host_lock_take(&fs_lock);
    list_for_each(node, &fs_watchers)
    {
        if (index-- != 0)
            continue;
        *out_watcher = *list_entry(node, struct fs_watcher, link);
        ob_reference(driver_of(out_watcher->driver));
        found = true;
        break;
    }
    host_lock_give(&fs_lock);
    return found;
}

static void watchers_tell(PDEVICE_OBJECT device, bool is_active)
{
    struct fs_watcher watcher;
    for (unsigned i = 0; watcher_at(i, &watcher); i++) {
        callout_fs_notification(watcher.routine, device, is_active);
        ob_dereference(driver_of(watcher.driver));
    }
}

static PDEVICE_OBJECT file_system_at(unsigned index)
{
    PDEVICE_OBJECT device = NULL;
    host_lock_take(&fs_lock);
    list_for_each(node, &file_systems)
    {
        if (index-- != 0)
            continue;
        device = list_entry(node, struct file_system, link)->device;
        ob_reference(device_of(device));
        break;
    }
    host_lock_give(&fs_lock);
    return device;
}

/* ---- file systems ------------------------------------------------------------------------------
 */

/* Doc: ntifs.h IoRegisterFileSystem: other device types are not registered */
static bool is_file_system_type(DEVICE_TYPE type)
{
    return type == FILE_DEVICE_DISK_FILE_SYSTEM || type == FILE_DEVICE_CD_ROM_FILE_SYSTEM ||
           type == FILE_DEVICE_NETWORK_FILE_SYSTEM || type == FILE_DEVICE_TAPE_FILE_SYSTEM;
}

void file_system_register(PDEVICE_OBJECT device)
{
    struct file_system *entry;
    if (!is_file_system_type(device->DeviceType) ||
        (entry = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*entry), IO_TAG)) == NULL)
        return;
    ex_pool_disown(entry);
    entry->device = device;
    ob_reference(device_of(device));
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    host_lock_take(&fs_lock);
    if (device->Flags & DO_LOW_PRIORITY_FILESYSTEM)
        list_push_back(&file_systems, &entry->link);
    else
        list_push_front(&file_systems, &entry->link);
    host_lock_give(&fs_lock);
    watchers_tell(device, true);
}

static struct file_system *file_system_take(PDEVICE_OBJECT device)
{
    struct file_system *found = NULL;
    host_lock_take(&fs_lock);
    list_for_each(node, &file_systems)
    {
        if (list_entry(node, struct file_system, link)->device == device)
            found = list_entry(node, struct file_system, link);
    }
    if (found != NULL)
        list_remove(&found->link);
    host_lock_give(&fs_lock);
    return found;
}

bool file_system_forget(PDEVICE_OBJECT device, bool tells)
{
    struct file_system *entry = file_system_take(device);
    if (entry == NULL)
        return false;
    if (tells)
        watchers_tell(device, false);
    ExFreePoolWithTag(entry, IO_TAG);
    ob_dereference(device_of(device));
    return true;
}

/* ---- watchers ----------------------------------------------------------------------------------
 */

NTSTATUS fs_watcher_register(PDRIVER_OBJECT driver, PDRIVER_FS_NOTIFICATION routine)
{
    struct fs_watcher *watcher = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*watcher), IO_TAG);
    PDEVICE_OBJECT device;
    if (watcher == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ex_pool_disown(watcher);
    watcher->driver = driver;
    watcher->routine = routine;
    host_lock_take(&fs_lock);
    struct fs_watcher *last = list_is_empty(&fs_watchers)
                                  ? NULL
                                  : list_entry(fs_watchers.previous, struct fs_watcher, link);
    bool is_there = last != NULL && last->driver == driver && last->routine == routine;
    if (!is_there)
        list_push_back(&fs_watchers, &watcher->link);
    host_lock_give(&fs_lock);
    if (is_there) {
        ExFreePoolWithTag(watcher, IO_TAG);
        return STATUS_DEVICE_ALREADY_ATTACHED;
    }
    ob_reference(driver_of(driver));
    for (unsigned i = 0; (device = file_system_at(i)) != NULL; i++) {
        callout_fs_notification(routine, device, true);
        ob_dereference(device_of(device));
    }
    return STATUS_SUCCESS;
}

bool fs_watcher_forget(PDRIVER_OBJECT driver, PDRIVER_FS_NOTIFICATION routine)
{
    struct fs_watcher *found = NULL;
    host_lock_take(&fs_lock);
    list_for_each(node, &fs_watchers)
    {
        struct fs_watcher *watcher = list_entry(node, struct fs_watcher, link);
        if (watcher->driver == driver && (routine == NULL || watcher->routine == routine))
            found = watcher;
    }
    if (found != NULL)
        list_remove(&found->link);
    host_lock_give(&fs_lock);
    if (found == NULL)
        return false;
    ExFreePoolWithTag(found, IO_TAG);
    ob_dereference(driver_of(driver));
    return true;
}

/* ---- volumes -----------------------------------------------------------------------------------
 */

static NTSTATUS volume_send(PDEVICE_OBJECT to, UCHAR minor, PVPB vpb, PDEVICE_OBJECT device,
                            bool allows_raw)
{
    PDEVICE_OBJECT top = device_top(to);
    PIRP irp = irp_allocate(top->StackSize);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    irp->Flags = IRP_SYNCHRONOUS_API;
    irp->RequestorMode = KernelMode;
    irp->Tail.Overlay.Thread = (PETHREAD)ps_thread_current();
    stack->MajorFunction = IRP_MJ_FILE_SYSTEM_CONTROL;
    stack->MinorFunction = minor;
    stack->Flags = allows_raw ? SL_ALLOW_RAW_MOUNT : 0;
    /* MountVolume has the same two members at the same places. */
    stack->Parameters.VerifyVolume.Vpb = vpb;
    stack->Parameters.VerifyVolume.DeviceObject = device;
    return irp_send_and_wait(top, irp, NULL);
}

static DEVICE_TYPE file_system_type_for(PDEVICE_OBJECT device)
{
    if (device->DeviceType == FILE_DEVICE_CD_ROM)
        return FILE_DEVICE_CD_ROM_FILE_SYSTEM;
    return device->DeviceType == FILE_DEVICE_TAPE ? FILE_DEVICE_TAPE_FILE_SYSTEM
                                                  : FILE_DEVICE_DISK_FILE_SYSTEM;
}

/* One file system after the other is asked whether it knows the volume. */
static NTSTATUS volume_mount(PDEVICE_OBJECT device, bool allows_raw)
{
    NTSTATUS status = STATUS_UNRECOGNIZED_VOLUME;
    PDEVICE_OBJECT file_system;
    for (unsigned i = 0; status == STATUS_UNRECOGNIZED_VOLUME; i++) {
        if ((file_system = file_system_at(i)) == NULL)
            break;
        if (file_system->DeviceType == file_system_type_for(device))
            status = volume_send(file_system, IRP_MN_MOUNT_VOLUME, device->Vpb, device_top(device),
                                 allows_raw);
        ob_dereference(device_of(file_system));
    }
    if (NT_SUCCESS(status))
        device->Vpb->Flags |= VPB_MOUNTED;
    return status;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_WRONG_VOLUME: it has changed (and was mounted anew, if somebody knows it);
 *          STATUS_UNSUCCESSFUL: no volume; what the file system answers
 * Doc:     ntifs.h IoVerifyVolume
 * Differs: there is no RAW file system, so nothing is mounted raw
 */
NTSTATUS volume_verify(PDEVICE_OBJECT device, bool allows_raw)
{
    NTSTATUS status = STATUS_SUCCESS;
    if (device->Vpb == NULL)
        return STATUS_UNSUCCESSFUL;
    KeWaitForSingleObject(&device->DeviceLock, Executive, KernelMode, FALSE, NULL);
    PVPB vpb = device->Vpb;
    bool was_mounted = (vpb->Flags & VPB_MOUNTED) != 0;
    if (was_mounted && vpb->DeviceObject != NULL)
        status = volume_send(vpb->DeviceObject, IRP_MN_VERIFY_VOLUME, vpb, vpb->DeviceObject,
                             allows_raw);
    if (status == STATUS_WRONG_VOLUME || !was_mounted) {
        NTSTATUS mounted = volume_mount(device, allows_raw);
        if (!was_mounted)
            status = mounted;
    }
    if (NT_SUCCESS(status))
        device->Flags &= ~(ULONG)DO_VERIFY_VOLUME;
    KeSetEvent(&device->DeviceLock, IO_NO_INCREMENT, FALSE);
    return status;
}
