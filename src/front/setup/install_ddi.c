/* SPDX-License-Identifier: MIT */
/* install_ddi.c - setupapi: devices made, registered, changed and removed; parameters of that.
 * Doc: setupapi.h
 */
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "crt/string.h"
#include "install.h"
#include "queue.h"
#include "set.h"

#define DICD_GENERATE_ID 1u

#define DI_NEEDREBOOT         0x00000100u
#define DI_CLASSINSTALLPARAMS 0x00100000u

/* ---- a new device
 * --------------------------------------------------------------------------------- */

/* "X" or "ROOT\X\0000" before the machine has it: it gets its number when it is registered. */
static BOOL device_create_new(struct set *set, const wchar_t *name, const GUID *class_guid,
                              DWORD flags, struct devinfo_data *data)
{
    wchar_t instance[WIRE_PLUGPLAY_NAME];
    if (!name || !*name || !class_guid)
        return error_fail(class_guid ? ERROR_INVALID_DEVINST_NAME : ERROR_INVALID_PARAMETER);
    bool is_bare = !crt_wcschr(name, '\\');
    if (is_bare != !!(flags & DICD_GENERATE_ID))
        return error_fail(ERROR_INVALID_DEVINST_NAME);
    crt_wcscpy(instance, is_bare ? L"ROOT\\" : L"");
    if (crt_wcscat_s(instance, WIRE_PLUGPLAY_NAME, name))
        return error_fail(ERROR_INVALID_DEVINST_NAME);
    if (data && data->size != sizeof *data)
        return error_fail(ERROR_INVALID_USER_BUFFER);
    if (set->has_class && memcmp(&set->class_guid, class_guid, sizeof *class_guid) != 0)
        return error_fail(ERROR_CLASS_MISMATCH);
    struct device_element *element = calloc(1, sizeof *element);
    if (!element)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    crt_wcscpy(element->instance, instance);
    element->class_guid = *class_guid;
    element->is_member = true;
    element->params.size = sizeof element->params;
    element->node = node_of(instance);
    list_init(&element->drivers);
    list_push_back(&set->devices, &element->link);
    data_fill(data, element);
    return TRUE;
}

EXPORT(BOOL, SetupDiCreateDeviceInfoW,
       (HDEVINFO handle, const wchar_t *name, const GUID *class_guid, const wchar_t *description,
        HWND parent, DWORD flags, struct devinfo_data *data))
{
    struct set *set = set_of(handle);
    return set && device_create_new(set, name, class_guid, flags, data);
}
EXPORT(BOOL, SetupDiCreateDeviceInfoA,
       (HDEVINFO handle, const char *name, const GUID *class_guid, const char *description,
        HWND parent, DWORD flags, struct devinfo_data *data))
{
    struct wide wide;
    struct set *set = set_of(handle);
    if (!set)
        return FALSE;
    wide_of(&wide, name);
    BOOL answer = device_create_new(set, wide.text, class_guid, flags, data);
    wide_drop(&wide);
    return answer;
}

/* The machine makes the device; class and hardware IDs come with it. */
static BOOL device_register(struct device_element *element)
{
    struct plug plug;
    wchar_t name[WIRE_PLUGPLAY_NAME], class_text[39];
    static const wchar_t none[2];
    if (element->is_registered)
        return TRUE;
    /* Its number is the machine's to choose. */
    crt_wcscpy(name, element->instance);
    wchar_t *last = crt_wcsrchr(name, '\\');
    if (last && last != crt_wcschr(name, '\\'))
        *last = 0;
    const wchar_t *ids = element->hardware_ids ? element->hardware_ids : none;
    struct wire_plugplay *in = plug_input(name);
    if (!in)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    size_t count = element->hardware_ids ? list_count(ids) : 2;
    NTSTATUS status =
        plug_ask(WIRE_PLUGPLAY_CREATE, in, ids, (uint32_t)(count * sizeof *ids), &plug);
    heap_give(in);
    if (NT_SUCCESS(status)) {
        crt_wcscpy_s(element->instance, WIRE_PLUGPLAY_NAME, plug.data);
        element->node = node_of(element->instance);
        element->is_registered = true;
    }
    plug_free(&plug);
    if (!NT_SUCCESS(status))
        return setup_result(status);
    guid_text(&element->class_guid, class_text);
    (void)registry_property_set(element->instance, 8, true, class_text, sizeof class_text);
    return TRUE;
}

EXPORT(BOOL, SetupDiRegisterDeviceInfo,
       (HDEVINFO handle, struct devinfo_data *data, DWORD flags, void *compare, void *context,
        struct devinfo_data *duplicate))
{
    struct device_element *element = element_of(handle, data, false);
    if (!element || !device_register(element))
        return FALSE;
    data_fill(data, element);
    return TRUE;
}

/* ---- parameters
 * ----------------------------------------------------------------------------------- */

EXPORT(BOOL, SetupDiGetDeviceInstallParamsW,
       (HDEVINFO handle, struct devinfo_data *data, struct install_params_w *params))
{
    struct device_element *element = element_of(handle, data, true);
    if (!element)
        return FALSE;
    if (!params || params->size != sizeof *params)
        return error_fail(ERROR_INVALID_USER_BUFFER);
    *params = element->params;
    return TRUE;
}
EXPORT(BOOL, SetupDiSetDeviceInstallParamsW,
       (HDEVINFO handle, struct devinfo_data *data, const struct install_params_w *params))
{
    struct device_element *element = element_of(handle, data, true);
    if (!element)
        return FALSE;
    if (!params || params->size != sizeof *params)
        return error_fail(ERROR_INVALID_USER_BUFFER);
    element->params = *params;
    return TRUE;
}
EXPORT(BOOL, SetupDiGetDeviceInstallParamsA,
       (HDEVINFO handle, struct devinfo_data *data, struct install_params_a *params))
{
    struct device_element *element = element_of(handle, data, true);
    if (!element)
        return FALSE;
    if (!params || params->size != sizeof *params)
        return error_fail(ERROR_INVALID_USER_BUFFER);
    memcpy(params, &element->params, offsetof(struct install_params_a, path));
    params->size = sizeof *params;
    (void)text_answer(element->params.path, false, params->path, MAX_PATH, NULL);
    return TRUE;
}
EXPORT(BOOL, SetupDiSetDeviceInstallParamsA,
       (HDEVINFO handle, struct devinfo_data *data, const struct install_params_a *params))
{
    struct wide wide;
    struct device_element *element = element_of(handle, data, true);
    if (!element)
        return FALSE;
    if (!params || params->size != sizeof *params)
        return error_fail(ERROR_INVALID_USER_BUFFER);
    memcpy(&element->params, params, offsetof(struct install_params_a, path));
    element->params.size = sizeof element->params;
    wide_of(&wide, params->path);
    if (wide.text)
        crt_wcsncpy(element->params.path, wide.text, MAX_PATH - 1);
    wide_drop(&wide);
    return TRUE;
}

static BOOL class_params_set(HDEVINFO handle, const struct devinfo_data *data,
                             const struct class_header *params, DWORD bytes)
{
    struct device_element *element = element_of(handle, data, true);
    if (!element)
        return FALSE;
    if (params &&
        (bytes < sizeof *params || bytes > CLASS_PARAMS_MOST || params->size != sizeof *params))
        return error_fail(params->size != sizeof *params ? ERROR_INVALID_USER_BUFFER
                                                         : ERROR_INVALID_PARAMETER);
    struct class_header *copy = params ? heap_take(bytes) : NULL;
    if (params && !copy)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    if (copy)
        memcpy(copy, params, bytes);
    heap_give(element->class_params);
    element->class_params = copy;
    element->class_params_bytes = copy ? bytes : 0;
    if (copy)
        element->params.flags |= DI_CLASSINSTALLPARAMS;
    else
        element->params.flags &= ~DI_CLASSINSTALLPARAMS;
    return TRUE;
}

static BOOL class_params_get(HDEVINFO handle, const struct devinfo_data *data,
                             struct class_header *params, DWORD room, DWORD *needed)
{
    struct device_element *element = element_of(handle, data, true);
    if (!element)
        return FALSE;
    if (!element->class_params)
        return error_fail(ERROR_NO_CLASSINSTALL_PARAMS);
    if (needed)
        *needed = element->class_params_bytes;
    if (!params || room < element->class_params_bytes)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    memcpy(params, element->class_params, element->class_params_bytes);
    return TRUE;
}

#define CLASS_PARAMS(letter)                                                                       \
    EXPORT(                                                                                        \
        BOOL, SetupDiSetClassInstallParams##letter,                                                \
        (HDEVINFO handle, struct devinfo_data * data, struct class_header * params, DWORD bytes))  \
    {                                                                                              \
        return class_params_set(handle, data, params, bytes);                                      \
    }                                                                                              \
    EXPORT(BOOL, SetupDiGetClassInstallParams##letter,                                             \
           (HDEVINFO handle, struct devinfo_data * data, struct class_header * params, DWORD room, \
            DWORD * needed))                                                                       \
    {                                                                                              \
        return class_params_get(handle, data, params, room, needed);                               \
    }
CLASS_PARAMS(W)
CLASS_PARAMS(A)

/* ---- what the class installer is asked to do
 * --------------------------------------------------------
 */

#define DIF_SELECTDEVICE          0x01u
#define DIF_INSTALLDEVICE         0x02u
#define DIF_REMOVE                0x05u
#define DIF_PROPERTYCHANGE        0x12u
#define DIF_INSTALLDEVICEFILES    0x15u
#define DIF_SELECTBESTCOMPATDRV   0x17u
#define DIF_ALLOW_INSTALL         0x18u
#define DIF_REGISTERDEVICE        0x19u
#define DIF_INSTALLINTERFACES     0x20u
#define DIF_REGISTER_COINSTALLERS 0x22u
#define DIF_LAST                  0x30u

struct property_change { /* SP_PROPCHANGE_PARAMS */
    struct class_header header;
    DWORD change, scope, profile;
};
enum change { CHANGE_ENABLE = 1, CHANGE_DISABLE, CHANGE_RESTART, CHANGE_START, CHANGE_STOP };

static BOOL acted(struct device_element *element, uint32_t kind)
{
    struct plug plug;
    NTSTATUS status = action_ask(element->instance, kind, &plug);
    plug_free(&plug);
    /* Windows says that a restart is needed where a driver refuses. */
    if (status == STATUS_PLUGPLAY_QUERY_VETOED) {
        element->params.flags |= DI_NEEDREBOOT;
        return TRUE;
    }
    return setup_result(status);
}

static BOOL property_change(struct device_element *element)
{
    const struct property_change *params = (const void *)element->class_params;
    if (!params || params->header.function != DIF_PROPERTYCHANGE ||
        element->class_params_bytes < sizeof *params)
        return error_fail(ERROR_NO_CLASSINSTALL_PARAMS);
    switch (params->change) {
    case CHANGE_ENABLE:
    case CHANGE_START:
        return acted(element, WIRE_ACT_ENABLE);
    case CHANGE_DISABLE:
    case CHANGE_STOP:
        return acted(element, WIRE_ACT_DISABLE);
    case CHANGE_RESTART:
        return acted(element, WIRE_ACT_RESTART);
    default:
        return error_fail(ERROR_INVALID_PARAMETER);
    }
}

static BOOL function_call(struct device_element *element, DWORD function)
{
    if (function != DIF_REGISTERDEVICE && !element->is_registered)
        return error_fail(ERROR_DEVINFO_NOT_REGISTERED);
    switch (function) {
    case DIF_REGISTERDEVICE:
        return device_register(element);
    case DIF_REMOVE:
        return acted(element, WIRE_ACT_REMOVE);
    case DIF_PROPERTYCHANGE:
        return property_change(element);
    case DIF_INSTALLDEVICE:
        return install_selected(element);
    case DIF_INSTALLDEVICEFILES:
        return queue_device_files(element);
    case DIF_ALLOW_INSTALL:
    case DIF_REGISTER_COINSTALLERS:
    case DIF_INSTALLINTERFACES:
        return TRUE; /* part of the installation itself here */
    default:
        return error_fail(ERROR_DI_DO_DEFAULT);
    }
}

EXPORT(BOOL, SetupDiCallClassInstaller,
       (DWORD function, HDEVINFO handle, struct devinfo_data *data))
{
    struct device_element *element = element_of(handle, data, false);
    if (!element)
        return FALSE;
    if (!function || function > DIF_LAST)
        return error_fail(ERROR_INVALID_PARAMETER);
    BOOL answer = function_call(element, function);
    data_fill(data, element);
    return answer;
}

EXPORT(BOOL, SetupDiRemoveDevice, (HDEVINFO handle, struct devinfo_data *data))
{
    struct device_element *element = element_of(handle, data, false);
    return element && function_call(element, DIF_REMOVE);
}
EXPORT(BOOL, SetupDiChangeState, (HDEVINFO handle, struct devinfo_data *data))
{
    struct device_element *element = element_of(handle, data, false);
    return element && function_call(element, DIF_PROPERTYCHANGE);
}
EXPORT(BOOL, SetupDiInstallDevice, (HDEVINFO handle, struct devinfo_data *data))
{
    struct device_element *element = element_of(handle, data, false);
    return element && function_call(element, DIF_INSTALLDEVICE);
}
EXPORT(BOOL, SetupDiRestartDevices, (HDEVINFO handle, struct devinfo_data *data))
{
    struct device_element *element = element_of(handle, data, false);
    return element && acted(element, WIRE_ACT_RESTART);
}
EXPORT(BOOL, DiUninstallDevice,
       (HWND parent, HDEVINFO handle, struct devinfo_data *data, DWORD flags, BOOL *needs_reboot))
{
    struct device_element *element = element_of(handle, data, false);
    if (!element)
        return FALSE;
    if (flags)
        return error_fail(ERROR_INVALID_FLAGS);
    BOOL answer = acted(element, WIRE_ACT_REMOVE);
    if (needs_reboot)
        *needs_reboot = element->params.flags & DI_NEEDREBOOT ? TRUE : FALSE;
    return answer;
}
