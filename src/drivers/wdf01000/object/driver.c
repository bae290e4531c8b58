/* SPDX-License-Identifier: MIT */
/* driver.c - the root of a client's objects: made by WdfDriverCreate, gone with the client.
 *
 * In: what DriverEntry of the client says; out: an object, a DRIVER_OBJECT whose routines are the
 * Framework's, globals that name the driver. DriverUnload calls EvtDriverUnload, deletes the tree
 * and waits until nothing of it is left to be done; the client's globals stay until the loader
 * unbinds it.
 */
#include "../device/device.h"
#include "../support/support.h"
#include "object.h"
#include "object_internal.h"

#include <intrin.h>

#include "../bind/bind.h"
#include "wdf_entries.h"

static void driver_dispose(struct fx_object *object)
{
    fx_passive_wait(object->globals);
    fx_dispose_wait(object->globals);
}

static void driver_destroy(struct fx_object *object)
{
    struct fx_globals *globals = object->globals;

    globals->driver = NULL;
    globals->abi.Driver = NULL;
}

const struct fx_type fx_type_driver = {
    .name = "WDFDRIVER",
    .size = sizeof(struct fx_driver),
    .flags = FX_TYPE_PASSIVE | FX_TYPE_NO_DELETE | FX_TYPE_PARENT_FIXED | FX_TYPE_LEVEL_ALLOWED |
             FX_TYPE_SCOPE_ALLOWED,
    .dispose = driver_dispose,
    .destroy = driver_destroy,
};

/* ---- the end
 * --------------------------------------------------------------------------------------- */

void fx_driver_end(struct fx_globals *globals)
{
    struct fx_driver *driver = globals->driver;

    if (driver == NULL)
        return;
    driver->is_stopping = TRUE;
    fx_object_delete(&driver->object);
    fx_dispose_wait(globals);
}

static VOID driver_unload(PDRIVER_OBJECT wdm)
{
    struct fx_globals *globals = fx_client_find(wdm);
    struct fx_driver *driver;

    if (globals == NULL || globals->driver == NULL)
        return;
    driver = globals->driver;
    if (driver->config.EvtDriverUnload != NULL)
        driver->config.EvtDriverUnload((WDFDRIVER)fx_handle_of(&driver->object));
    fx_driver_end(globals);
}

/* ---- the beginning
 * --------------------------------------------------------------------------------- */

/* Blocks that the Framework allocates for a client have a tag that tells whose they are. */
static ULONG tag_of(const CHAR *name)
{
    ULONG tag = 0;
    SIZE_T length;

    if (_strnicmp(name, "wdf", 3) == 0)
        name += 3;
    length = strlen(name);
    if (length <= 2)
        return FX_TAG;
    RtlCopyMemory(&tag, name, min(length, sizeof(tag)));
    return tag;
}

static NTSTATUS config_check(struct fx_globals *globals, PCUNICODE_STRING path,
                             const WDF_DRIVER_CONFIG *config)
{
    const ULONG known =
        WdfDriverInitNonPnpDriver | WdfDriverInitNoDispatchOverride | WdfDriverInitCompanion;

    if ((config->DriverInitFlags & ~known) != 0) {
        fx_log(globals, FX_LOG_ERROR, "WdfDriverCreate: DriverInitFlags 0x%x, known are 0x%x",
               config->DriverInitFlags, known);
        return STATUS_INVALID_PARAMETER;
    }
    if (path->Buffer == NULL || path->Length == 0 || (path->Length & 1) != 0 ||
        path->MaximumLength < path->Length) {
        fx_log(globals, FX_LOG_ERROR, "WdfDriverCreate: RegistryPath is no string");
        return STATUS_INVALID_PARAMETER;
    }
    if (globals->driver != NULL) {
        fx_log(globals, FX_LOG_ERROR, "WdfDriverCreate is called a second time");
        return STATUS_DRIVER_INTERNAL_ERROR;
    }
    if ((config->DriverInitFlags & WdfDriverInitNoDispatchOverride) == 0 &&
        (config->DriverInitFlags & WdfDriverInitNonPnpDriver) != 0 &&
        config->EvtDriverDeviceAdd != NULL) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfDriverCreate: EvtDriverDeviceAdd with WdfDriverInitNonPnpDriver: no device is "
               "ever added to such a driver");
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

static void wdm_install(struct fx_driver *driver)
{
    ULONG flags = driver->config.DriverInitFlags;
    BOOLEAN is_pnp = (flags & WdfDriverInitNonPnpDriver) == 0;
    struct fx_globals *globals = driver->object.globals;

    globals->abi.DisplaceDriverUnload = TRUE;
    if ((flags & (WdfDriverInitNoDispatchOverride | WdfDriverInitNonPnpDriver)) != 0)
        globals->abi.DisplaceDriverUnload = driver->config.EvtDriverUnload != NULL;
    if ((flags & WdfDriverInitNoDispatchOverride) != 0) {
        /* Another library owns the driver object; its client calls WdfDriverMiniportUnload. */
        driver->config.EvtDriverDeviceAdd = NULL;
        driver->config.EvtDriverUnload = NULL;
        return;
    }
    fx_dispatch_install(globals, driver->wdm, is_pnp);
    if (is_pnp || driver->config.EvtDriverUnload != NULL)
        driver->wdm->DriverUnload = driver_unload;
    else
        driver->wdm->DriverUnload = NULL;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_PARAMETER, STATUS_DRIVER_INTERNAL_ERROR
 *          (the second call), those of attributes, STATUS_INSUFFICIENT_RESOURCES
 * Doc:     WdfDriverCreate
 */
NTSTATUS NTAPI imp_WdfDriverCreate(PWDF_DRIVER_GLOBALS globals, PDRIVER_OBJECT DriverObject,
                                   PCUNICODE_STRING RegistryPath,
                                   PWDF_OBJECT_ATTRIBUTES DriverAttributes,
                                   PWDF_DRIVER_CONFIG DriverConfig, WDFDRIVER *Driver)
{
    struct fx_globals *client = fx_globals_of(globals);
    struct fx_object *object;
    struct fx_driver *driver;
    WDF_DRIVER_CONFIG config;
    NTSTATUS status;

    fx_needed(client, DriverObject);
    fx_needed(client, RegistryPath);
    fx_needed(client, DriverConfig);
    if (Driver != NULL)
        *Driver = NULL;
    status = fx_struct_copy(client, &config, sizeof(config), DriverConfig, INDEX_WDF_DRIVER_CONFIG);
    if (NT_SUCCESS(status))
        status = config_check(client, RegistryPath, &config);
    if (!NT_SUCCESS(status))
        return status;
    client->abi.DriverTag = config.DriverPoolTag != 0 && config.DriverPoolTag != ' kdD'
                                ? config.DriverPoolTag
                                : tag_of(client->abi.DriverName);
    client->driver_object = DriverObject;
    status = client->dispose == NULL ? fx_dispose_create(client) : STATUS_SUCCESS;
    if (NT_SUCCESS(status))
        status = fx_object_create(client, &fx_type_driver, 0, DriverAttributes, NULL, &object);
    if (!NT_SUCCESS(status))
        return status;
    driver = (struct fx_driver *)object;
    fx_object_creator(object, _ReturnAddress());
    driver->wdm = DriverObject;
    driver->registry_path = client->registry_path;
    driver->config = config;
    client->driver = driver;
    client->abi.Driver = (WDFDRIVER)fx_handle_of(object);
    client->abi.DriverFlags |= config.DriverInitFlags;
    wdm_install(driver);
    if (Driver != NULL)
        *Driver = client->abi.Driver;
    fx_log(client, FX_LOG_NOTE, "driver %p for 1.%u, flags 0x%x", client->abi.Driver, client->minor,
           config.DriverInitFlags);
    return STATUS_SUCCESS;
}

/* For drivers whose DriverUnload is another library's: the tree goes, the entry library unbinds.
 * IRQL:    PASSIVE_LEVEL
 * Doc:     WdfDriverMiniportUnload
 */
VOID NTAPI imp_WdfDriverMiniportUnload(PWDF_DRIVER_GLOBALS globals, WDFDRIVER Driver)
{
    struct fx_globals *client = fx_globals_of(globals);

    (void)fx_driver_of(client, Driver);
    if ((client->driver->config.DriverInitFlags & WdfDriverInitNoDispatchOverride) == 0)
        fx_log(client, FX_LOG_ERROR,
               "WdfDriverMiniportUnload is for drivers with WdfDriverInitNoDispatchOverride");
    fx_driver_end(client);
}
