/* SPDX-License-Identifier: MIT */
/* cm_resource_ddi.c - cfgmgr32: logical configurations of a device and their resource descriptors.
 *
 * A LOG_CONF and a RES_DES are addresses of handles that are looked up before they are believed.
 * What a device has now comes from the machine, the rest from its LogConf key.
 * Doc: cfgmgr32.h; "Using PnP Configuration Manager Functions"
 */
#include <stddef.h>
#include <string.h>

#include "base/list.h"
#include "crt/string.h"
#include "ntdll/sync.h"
#include "resource.h"

typedef ULONG_PTR LOG_CONF, RES_DES;

#define HANDLE_CONFIGURATION 'C'
#define HANDLE_RESOURCE      'R'

struct handle {
    struct list link; /* handles_lock */
    char type;
    DEVINST node;
    enum configuration_kind kind;
    unsigned index; /* of the alternative, or of the resource */
    struct configuration *configuration;
};

static RTL_SRWLOCK handles_lock; /* guards: handles; a leaf */
static struct list handles = {&handles, &handles};

static struct handle *handle_find_locked(ULONG_PTR value)
{
    list_for_each(link, &handles)
    {
        struct handle *handle = list_entry(link, struct handle, link);
        if ((ULONG_PTR)handle == value)
            return handle;
    }
    return NULL;
}

/* A copy, with a reference to its configuration; false: it is none of this type (0: of either). */
static bool handle_get(ULONG_PTR value, char type, struct handle *out_handle)
{
    srw_take_exclusive(&handles_lock);
    const struct handle *handle = handle_find_locked(value);
    bool is_found = handle && (!type || handle->type == type);
    if (is_found) {
        *out_handle = *handle;
        __atomic_add_fetch(&handle->configuration->references, 1, __ATOMIC_RELAXED);
    }
    srw_give_exclusive(&handles_lock);
    return is_found;
}

/* Takes the reference to the configuration; out_value NULL: nobody wants it. */
static CONFIGRET handle_make(const struct handle *as, ULONG_PTR *out_value)
{
    struct handle *handle = out_value ? heap_take(sizeof *handle) : NULL;
    if (!handle) {
        configuration_put(as->configuration);
        return out_value ? CR_OUT_OF_MEMORY : CR_SUCCESS;
    }
    *handle = *as;
    srw_take_exclusive(&handles_lock);
    list_push_back(&handles, &handle->link);
    srw_give_exclusive(&handles_lock);
    *out_value = (ULONG_PTR)handle;
    return CR_SUCCESS;
}

static CONFIGRET handle_close(ULONG_PTR value, char type, CONFIGRET otherwise)
{
    srw_take_exclusive(&handles_lock);
    struct handle *handle = handle_find_locked(value);
    if (handle && handle->type != type)
        handle = NULL;
    if (handle)
        list_remove(&handle->link);
    srw_give_exclusive(&handles_lock);
    if (!handle)
        return otherwise;
    configuration_put(handle->configuration);
    heap_give(handle);
    return CR_SUCCESS;
}

/* ---- configurations -----------------------------------------------------------------------------
 */

static CONFIGRET allocated_read(const wchar_t *name, struct configuration **out_configuration)
{
    struct plug plug;
    struct wire_plugplay *in = plug_input(name);
    if (!in)
        return CR_OUT_OF_MEMORY;
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_RESOURCES, in, NULL, 0, &plug);
    heap_give(in);
    CONFIGRET cr = NT_SUCCESS(status)
                       ? configuration_of_list(plug.data, plug.reply->length, out_configuration)
                   : status == STATUS_NO_MORE_ENTRIES ? CR_NO_MORE_LOG_CONF
                                                      : cr_of_status(status);
    plug_free(&plug);
    return cr;
}

/* Doc: "HKLM\SYSTEM\CurrentControlSet\Enum Registry Tree"; INF LogConfig Directive */
static CONFIGRET stored_read(const wchar_t *name, enum configuration_kind kind,
                             unsigned alternative, struct configuration **out_configuration)
{
    static const wchar_t *const values[] = {
        [CONFIGURATION_BASIC] = L"BasicConfigVector",
        [CONFIGURATION_FILTERED] = L"FilteredConfigVector",
        [CONFIGURATION_BOOT] = L"BootConfig",
        [CONFIGURATION_FORCED] = L"ForcedConfig",
        [CONFIGURATION_OVERRIDE] = L"OverrideConfigVector",
    };
    bool is_list = kind == CONFIGURATION_BOOT || kind == CONFIGURATION_FORCED;
    wchar_t path[WIRE_PLUGPLAY_NAME + 64], value[32]; /* on the stack the machine sees them */
    HKEY key;
    DWORD type, length = 0;
    CONFIGRET cr = CR_NO_MORE_LOG_CONF;
    crt_wcscpy(value, values[kind]);
    if (crt_wcscpy_s(path, sizeof path / sizeof *path, ENUM_KEY) ||
        crt_wcscat_s(path, sizeof path / sizeof *path, name) ||
        crt_wcscat_s(path, sizeof path / sizeof *path, L"\\LogConf") ||
        RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, KEY_QUERY_VALUE, &key))
        return CR_NO_MORE_LOG_CONF;
    if (!RegQueryValueExW(key, value, NULL, &type, NULL, &length) && length) {
        BYTE *bytes = heap_take(length);
        cr = CR_OUT_OF_MEMORY;
        if (bytes && !RegQueryValueExW(key, value, NULL, &type, bytes, &length))
            cr = !is_list
                     ? configuration_of_requirements(bytes, length, alternative, out_configuration)
                 : !alternative ? configuration_of_list(bytes, length, out_configuration)
                                : CR_NO_MORE_LOG_CONF;
        heap_give(bytes);
    }
    (void)RegCloseKey(key);
    return cr;
}

static CONFIGRET configuration_open(DEVINST node, enum configuration_kind kind,
                                    unsigned alternative, LOG_CONF *out_handle)
{
    struct handle handle = {
        .type = HANDLE_CONFIGURATION, .node = node, .kind = kind, .index = alternative};
    const wchar_t *name = node_name(node);
    if (!name)
        return CR_INVALID_DEVNODE;
    CONFIGRET cr = CR_NO_MORE_LOG_CONF;
    if (kind != CONFIGURATION_ALLOCATED)
        cr = stored_read(name, kind, alternative, &handle.configuration);
    else if (!alternative)
        cr = allocated_read(name, &handle.configuration);
    return cr ? cr : handle_make(&handle, out_handle);
}

EXPORT(CONFIGRET, CM_Get_First_Log_Conf, (LOG_CONF * out_handle, DEVINST node, ULONG flags))
{
    if (flags & ~CONFIGURATION_BITS || flags > CONFIGURATION_OVERRIDE)
        return CR_INVALID_FLAG;
    return configuration_open(node, (enum configuration_kind)flags, 0, out_handle);
}
EXPORT(CONFIGRET, CM_Get_First_Log_Conf_Ex,
       (LOG_CONF * out_handle, DEVINST node, ULONG flags, HANDLE machine))
{
    return CM_Get_First_Log_Conf(out_handle, node, flags);
}

EXPORT(CONFIGRET, CM_Get_Next_Log_Conf, (LOG_CONF * out_handle, LOG_CONF before, ULONG flags))
{
    struct handle handle;
    if (flags)
        return CR_INVALID_FLAG;
    if (!handle_get(before, HANDLE_CONFIGURATION, &handle))
        return CR_INVALID_LOG_CONF;
    configuration_put(handle.configuration);
    return configuration_open(handle.node, handle.kind, handle.index + 1, out_handle);
}
EXPORT(CONFIGRET, CM_Get_Next_Log_Conf_Ex,
       (LOG_CONF * out_handle, LOG_CONF before, ULONG flags, HANDLE machine))
{
    return CM_Get_Next_Log_Conf(out_handle, before, flags);
}

EXPORT(CONFIGRET, CM_Free_Log_Conf_Handle, (LOG_CONF handle))
{
    return handle_close(handle, HANDLE_CONFIGURATION, CR_INVALID_LOG_CONF);
}

/* ---- resources ----------------------------------------------------------------------------------
 */

/* Doc:     CM_Get_Next_Res_Des: the first of a configuration, or the next behind a descriptor */
EXPORT(CONFIGRET, CM_Get_Next_Res_Des,
       (RES_DES * out_handle, RES_DES before, ULONG wanted, ULONG *out_id, ULONG flags))
{
    struct handle handle;
    if (flags)
        return CR_INVALID_FLAG;
    if (!out_handle || (wanted == RESOURCE_ALL && !out_id))
        return CR_INVALID_POINTER;
    if (!handle_get(before, 0, &handle))
        return CR_INVALID_RES_DES;
    unsigned at = handle.type == HANDLE_RESOURCE ? handle.index + 1 : 0;
    const struct configuration *configuration = handle.configuration;
    while (at < configuration->count && wanted != RESOURCE_ALL &&
           configuration->resource[at].id != wanted)
        at++;
    if (at >= configuration->count) {
        configuration_put(handle.configuration);
        return CR_NO_MORE_RES_DES;
    }
    if (out_id)
        *out_id = configuration->resource[at].id;
    handle.type = HANDLE_RESOURCE;
    handle.index = at;
    return handle_make(&handle, out_handle);
}
EXPORT(CONFIGRET, CM_Get_Next_Res_Des_Ex,
       (RES_DES * out_handle, RES_DES before, ULONG wanted, ULONG *out_id, ULONG flags,
        HANDLE machine))
{
    return CM_Get_Next_Res_Des(out_handle, before, wanted, out_id, flags);
}

EXPORT(CONFIGRET, CM_Free_Res_Des_Handle, (RES_DES handle))
{
    return handle_close(handle, HANDLE_RESOURCE, CR_INVALID_RES_DES);
}

/* An interrupt's affinity is as wide as the program's pointers, unless it says otherwise. */
#define WIDTH_32         1u
#define WIDTH_64         2u
#define WIDTH_BITS       3u
#define AFFINITY_OFFSET  16u
#define AFFINITY_SHORTER 4u

static bool is_narrow(const struct resource *resource, ULONG flags)
{
    return resource->id == RESOURCE_INTERRUPT &&
           ((flags & WIDTH_BITS) == WIDTH_32 ||
            (!(flags & WIDTH_BITS) && sizeof(void *) == sizeof(uint32_t)));
}

EXPORT(CONFIGRET, CM_Get_Res_Des_Data_Size, (ULONG * out_bytes, RES_DES value, ULONG flags))
{
    struct handle handle;
    if (!out_bytes)
        return CR_INVALID_POINTER;
    if (flags & ~WIDTH_BITS || (flags & WIDTH_BITS) == WIDTH_BITS)
        return CR_INVALID_FLAG;
    if (!handle_get(value, HANDLE_RESOURCE, &handle))
        return CR_INVALID_RES_DES;
    const struct resource *resource = &handle.configuration->resource[handle.index];
    *out_bytes = resource->length - (is_narrow(resource, flags) ? AFFINITY_SHORTER : 0);
    configuration_put(handle.configuration);
    return CR_SUCCESS;
}
EXPORT(CONFIGRET, CM_Get_Res_Des_Data_Size_Ex,
       (ULONG * out_bytes, RES_DES value, ULONG flags, HANDLE machine))
{
    return CM_Get_Res_Des_Data_Size(out_bytes, value, flags);
}

EXPORT(CONFIGRET, CM_Get_Res_Des_Data, (RES_DES value, void *buffer, ULONG room, ULONG flags))
{
    struct handle handle;
    if (!buffer || !room)
        return CR_INVALID_POINTER;
    if (flags & ~WIDTH_BITS || (flags & WIDTH_BITS) == WIDTH_BITS)
        return CR_INVALID_FLAG;
    if (!handle_get(value, HANDLE_RESOURCE, &handle))
        return CR_INVALID_RES_DES;
    const struct resource *resource = &handle.configuration->resource[handle.index];
    bool narrows = is_narrow(resource, flags);
    uint32_t length = resource->length - (narrows ? AFFINITY_SHORTER : 0);
    uint32_t head = narrows ? AFFINITY_OFFSET + (uint32_t)sizeof(uint32_t) : length;
    if (room >= length) {
        memcpy(buffer, resource->data, head);
        memcpy((char *)buffer + head, resource->data + head + (narrows ? AFFINITY_SHORTER : 0),
               length - head);
    }
    configuration_put(handle.configuration);
    return room >= length ? CR_SUCCESS : CR_BUFFER_SMALL;
}
EXPORT(CONFIGRET, CM_Get_Res_Des_Data_Ex,
       (RES_DES value, void *buffer, ULONG room, ULONG flags, HANDLE machine))
{
    return CM_Get_Res_Des_Data(value, buffer, room, flags);
}
