/* SPDX-License-Identifier: MIT */
/* device_key_ddi.c - the keys and folders in which a driver keeps what belongs to its device. */
#include "cm/cm.h"
#include "ke/ke.h"
#include "key_path.h"
#include "pnp_internal.h"

#define CONTROL_SET L"\\Registry\\Machine\\System\\CurrentControlSet\\"
#define PROFILE     CONTROL_SET L"Hardware Profiles\\Current\\System\\CurrentControlSet\\"

/* The hardware key is Enum\<instance>\Device Parameters, the software key what the device's value
 * Driver names below Control\Class; the same names again below the profile. */
static NTSTATUS key_name(struct device_node *node, ULONG kind, struct key_path *out_path)
{
    const UNICODE_STRING *instance = pnp_node_instance(node);
    struct key_path enum_path;
    UNICODE_STRING driver;
    void *key;
    bool is_profile = kind & PLUGPLAY_REGKEY_CURRENT_HWPROFILE;
    key_path_begin(out_path, is_profile ? PROFILE : CONTROL_SET);
    if (kind & PLUGPLAY_REGKEY_DEVICE) {
        key_path_add(out_path, L"Enum\\");
        key_path_add_string(out_path, instance);
        key_path_add(out_path, L"\\Device Parameters");
        return STATUS_SUCCESS;
    }
    key_path_begin(&enum_path, CONTROL_SET L"Enum\\");
    key_path_add_string(&enum_path, instance);
    NTSTATUS status = key_path_open(&enum_path, KEY_READ, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = value_text_get(key, L"Driver", &driver);
    ob_dereference(key);
    if (!NT_SUCCESS(status))
        return STATUS_OBJECT_NAME_NOT_FOUND; /* no driver was installed for it */
    key_path_add(out_path, L"Control\\Class\\");
    key_path_add_string(out_path, &driver);
    RtlFreeUnicodeString(&driver);
    return STATUS_SUCCESS;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER flags; STATUS_INVALID_DEVICE_REQUEST not a PDO
 * Doc:     wdm.h IoOpenDeviceRegistryKey
 */
NTSTATUS NTAPI IoOpenDeviceRegistryKey(PDEVICE_OBJECT DeviceObject, ULONG DevInstKeyType,
                                       ACCESS_MASK DesiredAccess, PHANDLE DevInstRegKey)
{
    struct key_path path;
    void *key;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    ULONG kind = DevInstKeyType & ~(ULONG)PLUGPLAY_REGKEY_CURRENT_HWPROFILE;
    if (kind != PLUGPLAY_REGKEY_DEVICE && kind != PLUGPLAY_REGKEY_DRIVER)
        return STATUS_INVALID_PARAMETER;
    struct device_node *node = pnp_node_of_get(DeviceObject);
    if (!node)
        return STATUS_INVALID_DEVICE_REQUEST;
    NTSTATUS status = key_name(node, DevInstKeyType, &path);
    pnp_node_put(node);
    if (NT_SUCCESS(status))
        status = key_path_create(&path, KEY_PATH_CHARS, DesiredAccess, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_handle_create(key, DesiredAccess, OBJ_KERNEL_HANDLE, DevInstRegKey);
    ob_dereference(key);
    return status;
}
