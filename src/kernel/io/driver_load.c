/* SPDX-License-Identifier: MIT */
/* driver_load.c - from a service key to a driver that has been initialised.
 *
 * First half, which changes nothing: read the key, find the file. Second half: load the
 * image, make the driver object, call DriverEntry in a thread of the system process. A
 * failure leaves nothing; the reason is said in words.
 */
#include "io_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callout/callout.h"
#include "cm/cm.h"
#include "driver_library.h"

static NTSTATUS (*host_path_hook)(const UNICODE_STRING *nt_path, char **out_path);

void io_host_path_set(NTSTATUS (*hook)(const UNICODE_STRING *nt_path, char **out_path))
{
    host_path_hook = hook;
}

NTSTATUS driver_host_path(const UNICODE_STRING *nt_path, char **out_path)
{
    return host_path_hook != NULL ? host_path_hook(nt_path, out_path)
                                  : STATUS_OBJECT_PATH_NOT_FOUND;
}

void io_error_set(struct io_load_error *error, NTSTATUS status, const char *format, ...)
{
    va_list arguments;
    if (error == NULL)
        return;
    error->status = status;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
}

/* Values of Type in a service key, as the public service functions name them. */
#define SERVICE_KERNEL_DRIVER      1u
#define SERVICE_FILE_SYSTEM_DRIVER 2u

/* ---- the service key ----------------------------------------------------------------------------
 */

struct service {
    UNICODE_STRING name; /* last component of the key; no copy */
    char name_utf8[64];
    char *image_path; /* host path; malloc'ed */
    bool is_file_system;
};

static void service_fini(struct service *service)
{
    free(service->image_path);
}

static UNICODE_STRING last_component(const UNICODE_STRING *path)
{
    unsigned count = path->Length / sizeof(WCHAR);
    unsigned start = count;
    while (start > 0 && path->Buffer[start - 1] != '\\')
        start--;
    USHORT bytes = (USHORT)((count - start) * sizeof(WCHAR));
    return (UNICODE_STRING){bytes, bytes, path->Buffer + start};
}

static NTSTATUS service_value(void *key, const WCHAR *name, ULONG *out_type, void **out_data,
                              ULONG *out_length)
{
    UNICODE_STRING wide;
    RtlInitUnicodeString(&wide, name);
    return cm_value_get(key, &wide, out_type, out_data, out_length);
}

/* ImagePath, or what stands for it when there is none. */
static NTSTATUS service_image_path(void *key, const UNICODE_STRING *name, UNICODE_STRING *out_path)
{
    static const WCHAR folder[] = L"\\SystemRoot\\System32\\drivers\\";
    ULONG type, length;
    void *data;
    size_t bytes = sizeof(folder) + name->Length + 5 * sizeof(WCHAR);
    NTSTATUS status = service_value(key, L"ImagePath", &type, &data, &length);
    bool is_given = NT_SUCCESS(status) && length >= sizeof(WCHAR);
    if (is_given && type != REG_SZ && type != REG_EXPAND_SZ) {
        ExFreePool(data);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (is_given && length > bytes)
        bytes = length;
    WCHAR *buffer = bytes <= 0xfffe ? ExAllocatePool2(POOL_FLAG_PAGED, bytes, IO_TAG_NAME) : NULL;
    if (buffer == NULL) {
        if (NT_SUCCESS(status))
            ExFreePool(data);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *out_path = (UNICODE_STRING){0, (USHORT)bytes, buffer};
    if (is_given) {
        memcpy(buffer, data, length);
        out_path->Length = (USHORT)(length & ~1u);
        while (out_path->Length > 0 && buffer[out_path->Length / sizeof(WCHAR) - 1] == 0)
            out_path->Length -= sizeof(WCHAR);
    } else {
        RtlAppendUnicodeToString(out_path, folder);
        RtlAppendUnicodeStringToString(out_path, name);
        RtlAppendUnicodeToString(out_path, L".sys");
    }
    if (NT_SUCCESS(status))
        ExFreePool(data);
    return STATUS_SUCCESS;
}

static NTSTATUS service_file(void *key, struct service *service, struct io_load_error *error)
{
    UNICODE_STRING path;
    NTSTATUS status = service_image_path(key, &service->name, &path);
    if (!NT_SUCCESS(status)) {
        io_error_set(error, status, "service %s: ImagePath is not a string", service->name_utf8);
        return status;
    }
    status = driver_host_path(&path, &service->image_path);
    if (!NT_SUCCESS(status)) {
        char *utf8 = rtl_utf8_of(&path);
        io_error_set(error, status, "service %s: ImagePath \"%s\" leads to no file (%s)",
                     service->name_utf8, utf8 != NULL ? utf8 : "?", rtl_status_text(status));
        rtl_free(utf8);
    }
    ExFreePoolWithTag(path.Buffer, IO_TAG_NAME);
    return status;
}

static NTSTATUS service_read(const UNICODE_STRING *key_name, struct service *out_service,
                             struct io_load_error *error)
{
    struct service service = {.name = last_component(key_name)};
    OBJECT_ATTRIBUTES attributes;
    ULONG disposition, type, length;
    void *key, *data;
    char *utf8 = rtl_utf8_of(&service.name);
    if (utf8 == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    strncpy(service.name_utf8, utf8, sizeof(service.name_utf8) - 1);
    rtl_free(utf8);
    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)key_name,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    NTSTATUS status = cm_key_open(&attributes, KEY_READ, KernelMode, false, 0, &disposition, &key);
    if (!NT_SUCCESS(status)) {
        io_error_set(error, status, "service %s: there is no such service key (%s)",
                     service.name_utf8, rtl_status_text(status));
        return status;
    }
    ULONG service_type = SERVICE_KERNEL_DRIVER;
    if (NT_SUCCESS(service_value(key, L"Type", &type, &data, &length))) {
        if (type == REG_DWORD && length == sizeof(ULONG))
            service_type = *(ULONG *)data;
        ExFreePool(data);
    }
    service.is_file_system = service_type == SERVICE_FILE_SYSTEM_DRIVER;
    if (service_type != SERVICE_KERNEL_DRIVER && !service.is_file_system) {
        status = STATUS_INVALID_PARAMETER;
        io_error_set(error, status, "service %s: Type %u is not a driver", service.name_utf8,
                     service_type);
    } else {
        status = service_file(key, &service, error);
    }
    ob_dereference(key);
    if (NT_SUCCESS(status))
        *out_service = service;
    return status;
}

/* ---- DriverEntry
 * ------------------------------------------------------------------------------------ */

/* A DriverEntry that failed should have deleted its devices; what it forgot goes now. */
static void driver_devices_delete(struct driver *driver)
{
    PDEVICE_OBJECT device;
    while ((device = driver->abi.DeviceObject) != NULL) {
        rtl_debug_printf("io: %s failed to start and left a device behind; deleted\n",
                         driver->name);
        device_delete(device);
        if (driver->abi.DeviceObject == device)
            return; /* somebody holds it open */
    }
}

static void driver_discard(struct driver *driver)
{
    driver_devices_delete(driver);
    trace_point(TRACE_DRIVER_UNLOADED, driver, 0, 0);
    driver_remove(driver);
}

/* A driver that does not start is gone then. */
static NTSTATUS driver_start(struct driver *driver, void *unused, struct io_load_error *error)
{
    (void)unused;
    NTSTATUS status = driver_libraries_begin(driver->image, error);
    if (NT_SUCCESS(status)) {
        status = callout_driver_entry(driver->abi.DriverInit, &driver->abi, &driver->service_key);
        if (NT_SUCCESS(status)) {
            driver_initialized(driver);
            driver_reinitialize_run(driver);
            image_discard_init(driver->image);
            return status;
        }
        io_error_set(error, status, "service %s: DriverEntry returned %s", driver->name,
                     rtl_status_text(status));
    }
    driver_discard(driver);
    return status;
}

static void driver_attach_image(struct driver *driver, struct image *image)
{
    driver->image = image;
    driver->abi.DriverStart = (PVOID)image->base;
    driver->abi.DriverSize = (ULONG)image->size;
    driver->abi.DriverSection = module_list_entry(image);
    driver->abi.DriverInit = (PDRIVER_INITIALIZE)image->entry;
}

/* Imports that loading could not satisfy; the driver stops the machine if it uses one. */
static void driver_absent_print(void)
{
    struct image_absent absent;
    while (image_absent_take(&absent))
        rtl_debug_printf("io: %s imports the data export %s, which is not there: its use stops "
                         "the machine\n",
                         absent.importer, absent.name);
}

static NTSTATUS driver_load_image(const struct service *service, const UNICODE_STRING *key,
                                  struct driver **out_driver, struct io_load_error *error)
{
    struct image_error image_error = {0};
    struct image *image;
    NTSTATUS status = image_load(service->image_path, &image, &image_error);
    driver_absent_print();
    module_list_update();
    if (!NT_SUCCESS(status)) {
        io_error_set(error, status, "%s: %s", service->image_path, image_error.text);
        return status;
    }
    if (image->entry == 0) {
        status = STATUS_INVALID_IMAGE_FORMAT;
        io_error_set(error, status, "%s: AddressOfEntryPoint is 0: not a driver, perhaps a library",
                     service->image_path);
        image_unload(image);
        module_list_update();
        return status;
    }
    status = driver_create(service->is_file_system ? "\\FileSystem\\" : "\\Driver\\",
                           &service->name, key, out_driver);
    if (!NT_SUCCESS(status)) {
        io_error_set(error, status, "service %s: no driver object (%s)", service->name_utf8,
                     rtl_status_text(status));
        image_unload(image);
        module_list_update();
        return status;
    }
    driver_attach_image(*out_driver, image);
    trace_point(TRACE_DRIVER_LOADED, *out_driver, image->base, image->size);
    return STATUS_SUCCESS;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows service_key
 * Errors:  as NtLoadDriver; STATUS_IMAGE_ALREADY_LOADED; DriverEntry's own status;
 *          STATUS_IO_TIMEOUT: DriverEntry does not come back
 * Doc:     ntifs.h ZwLoadDriver; "Required Standard Driver Routines"
 */
NTSTATUS io_driver_load(const UNICODE_STRING *service_key, enum io_driver_caller caller,
                        struct io_load_error *out_error)
{
    struct service service;
    struct driver *driver;
    if (out_error != NULL)
        *out_error = (struct io_load_error){0};
    NTSTATUS status = service_read(service_key, &service, out_error);
    if (!NT_SUCCESS(status))
        return status;
    driver = driver_find_get(&service.name);
    if (driver != NULL) {
        ob_dereference(driver);
        status = STATUS_IMAGE_ALREADY_LOADED;
        io_error_set(out_error, status, "service %s: the driver is loaded already",
                     service.name_utf8);
        goto out;
    }
    status = driver_load_image(&service, service_key, &driver, out_error);
    if (!NT_SUCCESS(status))
        goto out;
    NTSTATUS started;
    status = driver_call(driver, "DriverEntry", driver_start, NULL, caller, out_error, &started);
    if (NT_SUCCESS(status))
        status = started;
    else
        driver_discard(driver);
out:
    service_fini(&service);
    return status;
}
