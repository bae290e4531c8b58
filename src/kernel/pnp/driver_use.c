/* SPDX-License-Identifier: MIT */
/* driver_use.c - a service's driver: loaded when a device needs it, unloaded with its last one.
 *
 * In: the name of a service; out: its driver object, DriverEntry done. A driver that has an
 * AddDevice routine, an Unload routine and no device any more goes; others stay as documented.
 */
#include "pnp_internal.h"

#define SERVICE_DISABLED 4u

/* The problem code of what io_driver_load had to say. */
static ULONG load_problem(NTSTATUS status, const struct io_load_error *error)
{
    if (strstr(error->text, "DriverEntry returned") != NULL)
        return CM_PROB_FAILED_DRIVER_ENTRY;
    if (status == STATUS_INVALID_PARAMETER || status == STATUS_OBJECT_TYPE_MISMATCH)
        return CM_PROB_DRIVER_SERVICE_KEY_INVALID;
    return status == STATUS_INSUFFICIENT_RESOURCES ? CM_PROB_OUT_OF_MEMORY
                                                   : CM_PROB_DRIVER_FAILED_LOAD;
}

static NTSTATUS service_path(const UNICODE_STRING *service, UNICODE_STRING *out_path)
{
    UNICODE_STRING base = RTL_CONSTANT_STRING(PNP_SERVICES_PATH L"\\");
    size_t bytes = (size_t)base.Length + service->Length + sizeof(WCHAR);
    WCHAR *buffer = bytes < 0xfffe ? pnp_allocate(bytes) : NULL;
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *out_path = (UNICODE_STRING){0, (USHORT)bytes, buffer};
    RtlAppendUnicodeStringToString(out_path, &base);
    RtlAppendUnicodeStringToString(out_path, service);
    return STATUS_SUCCESS;
}

/* May it be loaded at all? Doc: CM_PROB_DISABLED_SERVICE, CM_PROB_DRIVER_SERVICE_KEY_INVALID */
static NTSTATUS service_check(const UNICODE_STRING *service, ULONG *out_problem)
{
    void *key;
    ULONG start = 0;
    NTSTATUS status = key_open(PNP_SERVICES_PATH, service, false, &key);
    if (!NT_SUCCESS(status)) {
        *out_problem = CM_PROB_DRIVER_SERVICE_KEY_INVALID;
        return status;
    }
    bool is_disabled = key_number_get(key, L"Start", &start) && start == SERVICE_DISABLED;
    key_close(key);
    if (!is_disabled)
        return STATUS_SUCCESS;
    *out_problem = CM_PROB_DISABLED_SERVICE;
    return STATUS_PLUGPLAY_NO_DEVICE;
}

static bool (*signature_hook)(const UNICODE_STRING *service); /* set once at boot */

void pnp_signature_set(bool (*is_trusted)(const UNICODE_STRING *service))
{
    signature_hook = is_trusted;
}

NTSTATUS driver_get(struct device_node *node, const WCHAR *service, DRIVER_OBJECT **out_driver,
                    ULONG *out_problem)
{
    UNICODE_STRING name, path;
    struct io_load_error error = {0};
    RtlInitUnicodeString(&name, service);
    NTSTATUS status = service_check(&name, out_problem);
    if (!NT_SUCCESS(status))
        return status;
    if ((*out_driver = io_driver_of_service_get(&name)) != NULL)
        return STATUS_SUCCESS;
    if (signature_hook != NULL && !signature_hook(&name)) {
        *out_problem = CM_PROB_UNSIGNED_DRIVER;
        return STATUS_INVALID_IMAGE_HASH;
    }
    status = service_path(&name, &path);
    if (!NT_SUCCESS(status)) {
        *out_problem = CM_PROB_OUT_OF_MEMORY;
        return status;
    }
    call_begin(node, NULL, NULL, "DriverEntry");
    status = io_driver_load(&path, IO_CALLER_WATCHES, &error);
    bool is_lost = call_end();
    pnp_free(path.Buffer);
    if (is_lost)
        call_leave();
    *out_driver = io_driver_of_service_get(&name); /* somebody else may have loaded it meanwhile */
    if (*out_driver != NULL)
        return STATUS_SUCCESS;
    if (NT_SUCCESS(status))
        status = STATUS_UNSUCCESSFUL;
    *out_problem = load_problem(status, &error);
    rtl_debug_printf("pnp: %s: %s\n", node_text(node), error.text);
    return status;
}

/* Doc:     wdm.h DRIVER_UNLOAD: "after it has handled an IRP_MN_REMOVE_DEVICE" with no device left
 */
void driver_release(DRIVER_OBJECT *driver)
{
    bool is_unused = driver->DeviceObject == NULL && driver->DriverExtension->AddDevice != NULL &&
                     driver->DriverUnload != NULL && (driver->Flags & DRVO_INITIALIZED) &&
                     !(driver->Flags & DRVO_BUILTIN_DRIVER);
    UNICODE_STRING path;
    if (is_unused && NT_SUCCESS(service_path(&driver->DriverExtension->ServiceKeyName, &path))) {
        struct io_load_error error;
        ob_dereference(driver);
        call_begin(pnp_root, NULL, NULL, "DriverUnload");
        (void)io_driver_unload(&path, IO_CALLER_WATCHES, &error);
        bool is_lost = call_end();
        pnp_free(path.Buffer);
        if (is_lost)
            call_leave();
        return;
    }
    ob_dereference(driver);
}

/* ---- the drivers of a stack -------------------------------------------------------------------
 */

void stack_drivers_release(struct stack_drivers *drivers)
{
    for (unsigned i = 0; i < drivers->count; i++) {
        bool is_seen = false;
        for (unsigned k = i + 1; k < drivers->count; k++)
            is_seen = is_seen || drivers->driver[k] == drivers->driver[i];
        if (is_seen)
            ob_dereference(drivers->driver[i]);
        else
            driver_release(drivers->driver[i]);
    }
    pnp_free(drivers->driver);
    *drivers = (struct stack_drivers){0};
}

/* Those above the PDO, from the top down: in this order they are unloaded. */
NTSTATUS stack_drivers_get(struct device_node *node, struct stack_drivers *out_drivers)
{
    DEVICE_OBJECT *at = IoGetAttachedDeviceReference(node->pdo);
    *out_drivers = (struct stack_drivers){0};
    out_drivers->driver = pnp_allocate((size_t)(at->StackSize + 1) * sizeof(DRIVER_OBJECT *));
    int room = at->StackSize;
    while (at != NULL && at != node->pdo) {
        if (out_drivers->driver != NULL && (int)out_drivers->count < room) {
            ob_reference(at->DriverObject);
            out_drivers->driver[out_drivers->count++] = at->DriverObject;
        }
        DEVICE_OBJECT *lower = IoGetLowerDeviceObject(at);
        ob_dereference(at);
        at = lower;
    }
    if (at != NULL)
        ob_dereference(at);
    return out_drivers->driver != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}
