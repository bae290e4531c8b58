/* SPDX-License-Identifier: MIT */
/* driver_object.c - driver objects: made, listed, found, and ended.
 *
 * In: a name and perhaps an image; out: a DRIVER_OBJECT whose dispatch table answers
 * STATUS_INVALID_DEVICE_REQUEST everywhere. The list of drivers and every device hold a
 * reference; with the last one the image goes.
 */
#include "file_system.h"
#include "legacy_resource.h"

#include <string.h>

#include "callout/callout.h"
#include "driver_library.h"

struct object_type *io_driver_type;
struct list io_drivers = LIST_INIT(io_drivers);
struct host_lock io_database_lock;

static UNICODE_STRING hardware_database =
    RTL_CONSTANT_STRING(L"\\REGISTRY\\MACHINE\\HARDWARE\\DESCRIPTION\\SYSTEM");

/* ---- the type ---------------------------------------------------------------------------- */

/* Resources in its image that nobody deleted: on Windows the list of all of them would lead into
 * memory that is gone, until the machine stops at another driver's resource. */
static void driver_resources_report(const struct driver *driver)
{
    uint64_t low = driver->image->base;
    unsigned count = ex_resource_forget(low, low + driver->image->size);
    if (count != 0)
        rtl_debug_printf("io: %s unloaded and left %u executive resources not deleted\n",
                         driver->name, count);
}

static void driver_delete(void *body)
{
    struct driver *driver = driver_of(body);
    struct list *node;
    while ((node = list_pop_front(&driver->extensions)) != NULL)
        ExFreePoolWithTag(list_entry(node, struct driver_extension_block, link), IO_TAG);
    while ((node = list_pop_front(&driver->reinitialize)) != NULL)
        ExFreePoolWithTag(list_entry(node, struct driver_reinitialize, link), IO_TAG);
    if (driver->abi.DriverName.Buffer != NULL)
        ExFreePoolWithTag(driver->abi.DriverName.Buffer, IO_TAG_NAME);
    if (driver->service_key.Buffer != NULL)
        ExFreePoolWithTag(driver->service_key.Buffer, IO_TAG_NAME);
    if (driver->extension.ServiceKeyName.Buffer != NULL)
        ExFreePoolWithTag(driver->extension.ServiceKeyName.Buffer, IO_TAG_NAME);
    if (driver->image != NULL) {
        driver_resources_report(driver);
        image_unload(driver->image);
        module_list_update();
        driver_libraries_end();
    }
}

NTSTATUS driver_type_create(void)
{
    static const struct object_type_ops ops = {
        .delete_body = driver_delete,
        .mapping = {STANDARD_RIGHTS_READ, STANDARD_RIGHTS_WRITE, STANDARD_RIGHTS_EXECUTE,
                    STANDARD_RIGHTS_ALL},
        .valid_access = STANDARD_RIGHTS_ALL,
    };
    return ob_type_create("Driver", &ops, &io_driver_type);
}

/* ---- making one ---------------------------------------------------------------------------- */

static NTSTATUS string_copy(const UNICODE_STRING *from, UNICODE_STRING *out_copy)
{
    USHORT length = from->Length;
    WCHAR *buffer =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, (SIZE_T)length + sizeof(WCHAR), IO_TAG_NAME);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(buffer, from->Buffer, length);
    *out_copy = (UNICODE_STRING){length, (USHORT)(length + sizeof(WCHAR)), buffer};
    return STATUS_SUCCESS;
}

/* folder is ASCII: "\Driver\" or "\FileSystem\". */
static NTSTATUS string_join(const char *folder, const UNICODE_STRING *name, UNICODE_STRING *out)
{
    size_t count = strlen(folder);
    size_t bytes = count * sizeof(WCHAR) + name->Length;
    WCHAR *buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes + sizeof(WCHAR), IO_TAG_NAME);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (size_t i = 0; i < count; i++)
        buffer[i] = (unsigned char)folder[i];
    memcpy(buffer + count, name->Buffer, name->Length);
    *out = (UNICODE_STRING){(USHORT)bytes, (USHORT)(bytes + sizeof(WCHAR)), buffer};
    return STATUS_SUCCESS;
}

void driver_dispatch_fill(PDRIVER_OBJECT driver)
{
    for (unsigned i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        if (driver->MajorFunction[i] == NULL)
            driver->MajorFunction[i] = driver_default_dispatch();
}

static void driver_fill(struct driver *driver)
{
    PDRIVER_OBJECT abi = &driver->abi;
    abi->Type = IO_TYPE_DRIVER;
    abi->Size = sizeof(*abi);
    abi->DriverExtension = &driver->extension;
    abi->HardwareDatabase = &hardware_database;
    abi->Flags = DRVO_LEGACY_DRIVER;
    driver->extension.DriverObject = abi;
    list_init(&driver->extensions);
    list_init(&driver->reinitialize);
    list_init(&driver->link);
    driver_dispatch_fill(abi);
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows the strings; the list of drivers has the reference
 * Errors:  STATUS_OBJECT_NAME_COLLISION: a driver of that name exists
 */
NTSTATUS driver_create(const char *folder, const UNICODE_STRING *name, const UNICODE_STRING *key,
                       struct driver **out_driver)
{
    struct driver *driver;
    NTSTATUS status = ob_create(io_driver_type, sizeof(*driver), (void **)&driver);
    if (!NT_SUCCESS(status))
        return status;
    driver_fill(driver);
    char *utf8 = rtl_utf8_of(name);
    if (utf8 == NULL) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        goto out;
    }
    strncpy(driver->name, utf8, sizeof(driver->name) - 1);
    rtl_free(utf8);
    status = string_join(folder, name, &driver->abi.DriverName);
    if (NT_SUCCESS(status))
        status = string_copy(name, &driver->extension.ServiceKeyName);
    if (NT_SUCCESS(status) && key != NULL)
        status = string_copy(key, &driver->service_key);
    if (!NT_SUCCESS(status))
        goto out;
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, &driver->abi.DriverName, OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    status = ob_insert(driver, &attributes, 0, KernelMode, NULL, NULL);
    if (!NT_SUCCESS(status))
        goto out;
    host_lock_take(&io_database_lock);
    list_push_back(&io_drivers, &driver->link);
    host_lock_give(&io_database_lock);
    *out_driver = driver;
    return STATUS_SUCCESS;
out:
    ob_dereference(driver);
    return status;
}

/* After a successful DriverEntry: entries set to NULL get the default, devices go live. */
void driver_initialized(struct driver *driver)
{
    driver_dispatch_fill(&driver->abi);
    driver->abi.Flags |= DRVO_INITIALIZED;
    host_lock_take(&io_database_lock);
    for (PDEVICE_OBJECT device = driver->abi.DeviceObject; device != NULL;
         device = device->NextDevice)
        device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    host_lock_give(&io_database_lock);
}

void driver_remove(struct driver *driver)
{
    legacy_resource_forget(&driver->abi);
    while (fs_watcher_forget(&driver->abi, NULL))
        rtl_debug_printf("io: %s goes without IoUnregisterFsRegistrationChange\n", driver->name);
    host_lock_take(&io_database_lock);
    list_remove(&driver->link);
    host_lock_give(&io_database_lock);
    ob_name_remove(driver);
    ob_dereference(driver);
}

/* ---- reinitialisation --------------------------------------------------------------------------
 */

void driver_reinitialize_run(struct driver *driver)
{
    for (;;) {
        host_lock_take(&io_database_lock);
        struct list *node = list_pop_front(&driver->reinitialize);
        host_lock_give(&io_database_lock);
        if (node == NULL)
            return;
        struct driver_reinitialize *entry = list_entry(node, struct driver_reinitialize, link);
        struct driver_reinitialize copy = *entry;
        ExFreePoolWithTag(entry, IO_TAG);
        callout_reinitialize(copy.routine, &driver->abi, copy.context, ++driver->extension.Count);
    }
}

/* ---- finding
 * --------------------------------------------------------------------------------------- */

struct driver *driver_find_get(const UNICODE_STRING *name)
{
    struct driver *found = NULL;
    host_lock_take(&io_database_lock);
    list_for_each(node, &io_drivers)
    {
        struct driver *driver = list_entry(node, struct driver, link);
        if (!RtlEqualUnicodeString(&driver->extension.ServiceKeyName, name, TRUE))
            continue;
        ob_reference(driver);
        found = driver;
        break;
    }
    host_lock_give(&io_database_lock);
    return found;
}

DRIVER_OBJECT *io_driver_of_service_get(const UNICODE_STRING *service)
{
    struct driver *driver = driver_find_get(service);
    return driver != NULL ? &driver->abi : NULL;
}

DRIVER_OBJECT *io_driver_find_get(const char *name)
{
    UNICODE_STRING wide;
    if (!NT_SUCCESS(rtl_unicode_of(name, &wide)))
        return NULL;
    struct driver *driver = driver_find_get(&wide);
    RtlFreeUnicodeString(&wide);
    return driver != NULL ? &driver->abi : NULL;
}

/* Walks with a reference on the driver under the hand; no lock is held during visit. */
void io_driver_visit(void (*visit)(DRIVER_OBJECT *driver, void *context), void *context)
{
    struct driver *at = NULL;
    for (;;) {
        struct driver *next = NULL;
        host_lock_take(&io_database_lock);
        struct list *node = at != NULL && !list_is_empty(&at->link) ? at->link.next
                            : at == NULL                            ? io_drivers.next
                                                                    : &io_drivers;
        if (node != &io_drivers) {
            next = list_entry(node, struct driver, link);
            ob_reference(next);
        }
        host_lock_give(&io_database_lock);
        if (at != NULL)
            ob_dereference(at);
        if (next == NULL)
            return;
        visit(&next->abi, context);
        at = next;
    }
}

uint64_t driver_count(void)
{
    uint64_t count = 0;
    host_lock_take(&io_database_lock);
    list_for_each(node, &io_drivers) count++;
    host_lock_give(&io_database_lock);
    return count;
}

/* ---- native drivers
 * ----------------------------------------------------------------------------------- */

/* name may say "\FileSystem\x"; otherwise the driver is \Driver\name.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   nothing; the list of drivers keeps it until io_native_driver_destroy
 * Errors:  entry's
 */
NTSTATUS io_native_driver_create(const char *name, PDRIVER_INITIALIZE entry,
                                 DRIVER_OBJECT **out_driver)
{
    const char *folder = "\\Driver\\";
    const char *last = strrchr(name, '\\');
    UNICODE_STRING wide;
    struct driver *driver;
    if (strncmp(name, "\\FileSystem\\", 12) == 0)
        folder = "\\FileSystem\\";
    NTSTATUS status = rtl_unicode_of(last != NULL ? last + 1 : name, &wide);
    if (!NT_SUCCESS(status))
        return status;
    status = driver_create(folder, &wide, NULL, &driver);
    RtlFreeUnicodeString(&wide);
    if (!NT_SUCCESS(status))
        return status;
    driver->abi.Flags |= DRVO_BUILTIN_DRIVER;
    driver->abi.DriverInit = entry;
    status = callout_driver_entry(entry, &driver->abi, &driver->service_key);
    if (!NT_SUCCESS(status)) {
        driver_remove(driver);
        return status;
    }
    driver_initialized(driver);
    *out_driver = &driver->abi;
    return STATUS_SUCCESS;
}

void io_native_driver_destroy(DRIVER_OBJECT *abi)
{
    if (abi->DriverUnload != NULL)
        callout_unload(abi->DriverUnload, abi);
    driver_remove(driver_of(abi));
}
