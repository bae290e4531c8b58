/* SPDX-License-Identifier: MIT */
/* property_ddi.c - properties of devices and interfaces, as drivers call for them. */
#include <initguid.h>

#include <string.h>

#include <devpkey.h>

#include "ke/ke.h"
#include "cm/cm.h"
#include "key_path.h"
#include "property.h"
#include "pnp_internal.h"

/* The rest of a getter: what fits is copied, the needed length is said, the property freed. */
static NTSTATUS answer(struct pnp_property *property, ULONG room, void *buffer, ULONG *out_length)
{
    NTSTATUS status = STATUS_SUCCESS;
    *out_length = property->length;
    if (property->length > room)
        status = STATUS_BUFFER_TOO_SMALL;
    else
        memcpy(buffer, property->data, property->length);
    ExFreePool(property->data);
    return status;
}

/* ---- by number ---------------------------------------------------------------------------------
 */

static NTSTATUS resources_get(struct device_node *node, bool is_translated,
                              struct pnp_property *out_property)
{
    CM_RESOURCE_LIST *raw = NULL, *translated = NULL;
    NTSTATUS status = pnp_resources_get(node, &raw, &translated);
    CM_RESOURCE_LIST *list = is_translated ? translated : raw,
                     *other = is_translated ? raw : translated;
    if (other)
        ExFreePool(other);
    if (!NT_SUCCESS(status) || !list)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    const CM_FULL_RESOURCE_DESCRIPTOR *full = list->List;
    for (ULONG i = 0; i < list->Count; i++)
        full = (const void *)&full->PartialResourceList
                   .PartialDescriptors[full->PartialResourceList.Count];
    *out_property = (struct pnp_property){DEVPROP_TYPE_BINARY, list,
                                          (ULONG)((const char *)full - (const char *)list)};
    return STATUS_SUCCESS;
}

/* Lists that the bus reported are kept below the device's key. */
static NTSTATUS log_conf_get(struct device_node *node, const WCHAR *value,
                             struct pnp_property *out_property)
{
    struct key_path path;
    UNICODE_STRING name;
    ULONG type;
    void *key;
    key_path_begin(&path, L"\\Registry\\Machine\\System\\CurrentControlSet\\Enum\\");
    key_path_add_string(&path, pnp_node_instance(node));
    key_path_add(&path, L"\\LogConf");
    if (!NT_SUCCESS(key_path_open(&path, KEY_READ, &key)))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    RtlInitUnicodeString(&name, value);
    NTSTATUS status = cm_value_get(key, &name, &type, &out_property->data, &out_property->length);
    ob_dereference(key);
    return status;
}

/* Doc:     "DEVICE_REGISTRY_PROPERTY": these are text here, GUIDs by key */
static NTSTATUS guid_as_text(struct pnp_property *property)
{
    struct key_path text;
    key_path_begin(&text, L"");
    key_path_add_guid(&text, property->data);
    ExFreePool(property->data);
    return property_of_string(&text.name, property);
}

static NTSTATUS numbered_get(struct device_node *node, DEVICE_REGISTRY_PROPERTY which,
                             struct pnp_property *out_property)
{
    static const DEVPROPKEY *const keys[] = {
        [DevicePropertyDeviceDescription] = &DEVPKEY_Device_DeviceDesc,
        [DevicePropertyHardwareID] = &DEVPKEY_Device_HardwareIds,
        [DevicePropertyCompatibleIDs] = &DEVPKEY_Device_CompatibleIds,
        [DevicePropertyClassName] = &DEVPKEY_Device_Class,
        [DevicePropertyClassGuid] = &DEVPKEY_Device_ClassGuid,
        [DevicePropertyDriverKeyName] = &DEVPKEY_Device_Driver,
        [DevicePropertyManufacturer] = &DEVPKEY_Device_Manufacturer,
        [DevicePropertyFriendlyName] = &DEVPKEY_Device_FriendlyName,
        [DevicePropertyLocationInformation] = &DEVPKEY_Device_LocationInfo,
        [DevicePropertyPhysicalDeviceObjectName] = &DEVPKEY_Device_PDOName,
        [DevicePropertyBusTypeGuid] = &DEVPKEY_Device_BusTypeGuid,
        [DevicePropertyLegacyBusType] = &DEVPKEY_Device_LegacyBusType,
        [DevicePropertyBusNumber] = &DEVPKEY_Device_BusNumber,
        [DevicePropertyEnumeratorName] = &DEVPKEY_Device_EnumeratorName,
        [DevicePropertyAddress] = &DEVPKEY_Device_Address,
        [DevicePropertyUINumber] = &DEVPKEY_Device_UINumber,
        [DevicePropertyInstallState] = &DEVPKEY_Device_InstallState,
        [DevicePropertyRemovalPolicy] = &DEVPKEY_Device_RemovalPolicy,
        [DevicePropertyContainerID] = &DEVPKEY_Device_ContainerId,
    };
    static const ULONG unknown = 0xffffffff;
    switch (which) {
    case DevicePropertyBootConfiguration:
    case DevicePropertyBootConfigurationTranslated:
        return log_conf_get(node, L"BootConfig", out_property);
    case DevicePropertyResourceRequirements:
        return log_conf_get(node, L"BasicConfigVector", out_property);
    case DevicePropertyAllocatedResources:
        return resources_get(node, false, out_property);
    default:
        break;
    }
    if ((unsigned)which >= sizeof keys / sizeof *keys || !keys[which])
        return STATUS_INVALID_PARAMETER_2;
    NTSTATUS status = pnp_property_get(PNP_PROPERTY_DEVICE, pnp_node_instance(node), keys[which], 0,
                                       out_property);
    bool is_guid = which == DevicePropertyClassGuid || which == DevicePropertyContainerID;
    if (NT_SUCCESS(status) && is_guid)
        return guid_as_text(out_property);
    if (!NT_SUCCESS(status) && (which == DevicePropertyAddress || which == DevicePropertyUINumber))
        return property_make(DEVPROP_TYPE_UINT32, &unknown, sizeof unknown, out_property);
    return status;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_BUFFER_TOO_SMALL; STATUS_INVALID_PARAMETER_2; STATUS_INVALID_DEVICE_REQUEST not
 *          a PDO; STATUS_OBJECT_NAME_NOT_FOUND it has no such property
 * Doc:     wdm.h IoGetDeviceProperty
 * Differs: the firmware's configuration is the same raw and translated
 */
NTSTATUS NTAPI IoGetDeviceProperty(PDEVICE_OBJECT DeviceObject,
                                   DEVICE_REGISTRY_PROPERTY DeviceProperty, ULONG BufferLength,
                                   PVOID PropertyBuffer, PULONG ResultLength)
{
    struct pnp_property property;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    *ResultLength = 0;
    struct device_node *node = pnp_node_of_get(DeviceObject);
    if (!node)
        return STATUS_INVALID_DEVICE_REQUEST;
    NTSTATUS status = numbered_get(node, DeviceProperty, &property);
    pnp_node_put(node);
    return NT_SUCCESS(status) ? answer(&property, BufferLength, PropertyBuffer, ResultLength)
                              : status;
}

/* ---- by key
 * --------------------------------------------------------------------------------------
 */

#define LOCALE_SYSTEM 0x800u
#define LOCALE_USER   0x400u

static bool locale_is_good(LCID locale)
{
    return locale != LOCALE_SYSTEM && locale != LOCALE_USER;
}

/* Doc:     wdm.h IoGetDevicePropertyData */
NTSTATUS NTAPI IoGetDevicePropertyData(PDEVICE_OBJECT Pdo, const DEVPROPKEY *PropertyKey, LCID Lcid,
                                       ULONG Flags, ULONG Size, PVOID Data, PULONG RequiredSize,
                                       PDEVPROPTYPE Type)
{
    struct pnp_property property;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    DEVPROPKEY key = *PropertyKey;
    *RequiredSize = 0;
    *Type = DEVPROP_TYPE_EMPTY;
    if (Flags || !locale_is_good(Lcid))
        return STATUS_INVALID_PARAMETER;
    struct device_node *node = pnp_node_of_get(Pdo);
    if (!node)
        return STATUS_INVALID_DEVICE_REQUEST;
    NTSTATUS status =
        pnp_property_get(PNP_PROPERTY_DEVICE, pnp_node_instance(node), &key, Lcid, &property);
    pnp_node_put(node);
    if (!NT_SUCCESS(status))
        return status;
    *Type = property.type;
    return answer(&property, Size, Data, RequiredSize);
}

/* Doc:     wdm.h IoSetDevicePropertyData
 * Differs: every property is persistent, as from Windows 8 on
 */
NTSTATUS NTAPI IoSetDevicePropertyData(PDEVICE_OBJECT Pdo, const DEVPROPKEY *PropertyKey, LCID Lcid,
                                       ULONG Flags, DEVPROPTYPE Type, ULONG Size, PVOID Data)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    DEVPROPKEY key = *PropertyKey;
    struct pnp_property property = {Type, Data, Size};
    if ((Flags & ~(ULONG)PLUGPLAY_PROPERTY_PERSISTENT) || !locale_is_good(Lcid))
        return STATUS_INVALID_PARAMETER;
    struct device_node *node = pnp_node_of_get(Pdo);
    if (!node)
        return STATUS_INVALID_DEVICE_REQUEST;
    NTSTATUS status =
        pnp_property_set(PNP_PROPERTY_DEVICE, pnp_node_instance(node), &key, Lcid, &property);
    pnp_node_put(node);
    return status;
}

/* Doc:     wdm.h IoGetDeviceInterfacePropertyData */
NTSTATUS NTAPI IoGetDeviceInterfacePropertyData(PUNICODE_STRING SymbolicLinkName,
                                                const DEVPROPKEY *PropertyKey, LCID Lcid,
                                                ULONG Flags, ULONG Size, PVOID Data,
                                                PULONG RequiredSize, PDEVPROPTYPE Type)
{
    struct pnp_property property;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    DEVPROPKEY key = *PropertyKey;
    *RequiredSize = 0;
    *Type = DEVPROP_TYPE_EMPTY;
    if (Flags || !locale_is_good(Lcid))
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status =
        pnp_property_get(PNP_PROPERTY_INTERFACE, SymbolicLinkName, &key, Lcid, &property);
    if (!NT_SUCCESS(status))
        return status == STATUS_NO_SUCH_DEVICE ? STATUS_OBJECT_NAME_NOT_FOUND : status;
    *Type = property.type;
    return answer(&property, Size, Data, RequiredSize);
}

/* Doc:     wdm.h IoSetDeviceInterfacePropertyData */
NTSTATUS NTAPI IoSetDeviceInterfacePropertyData(PUNICODE_STRING SymbolicLinkName,
                                                const DEVPROPKEY *PropertyKey, LCID Lcid,
                                                ULONG Flags, DEVPROPTYPE Type, ULONG Size,
                                                PVOID Data)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    DEVPROPKEY key = *PropertyKey;
    struct pnp_property property = {Type, Data, Size};
    if ((Flags & ~(ULONG)PLUGPLAY_PROPERTY_PERSISTENT) || !locale_is_good(Lcid))
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status =
        pnp_property_set(PNP_PROPERTY_INTERFACE, SymbolicLinkName, &key, Lcid, &property);
    return status == STATUS_NO_SUCH_DEVICE ? STATUS_OBJECT_NAME_NOT_FOUND : status;
}
