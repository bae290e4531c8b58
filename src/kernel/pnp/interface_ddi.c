/* SPDX-License-Identifier: MIT */
/* interface_ddi.c - device interfaces, as drivers call them. */
#include "key_path.h"
#include "ob/ob.h"
#include "ke/ke.h"
#include "pnp/interface.h"
#include "pnp_internal.h"

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_DEVICE_REQUEST not a PDO, or a bad reference string
 * Doc:     wdm.h IoRegisterDeviceInterface
 */
NTSTATUS NTAPI IoRegisterDeviceInterface(PDEVICE_OBJECT PhysicalDeviceObject,
                                         const GUID *InterfaceClassGuid,
                                         PUNICODE_STRING ReferenceString,
                                         PUNICODE_STRING SymbolicLinkName)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    GUID class_guid = *InterfaceClassGuid;
    struct device_node *node = pnp_node_of_get(PhysicalDeviceObject);
    if (!node)
        return STATUS_INVALID_DEVICE_REQUEST;
    NTSTATUS status = pnp_interface_register(pnp_node_instance(node), &class_guid, ReferenceString,
                                             SymbolicLinkName);
    pnp_node_put(node);
    return status;
}

/* Doc:     wdm.h IoSetDeviceInterfaceState */
NTSTATUS NTAPI IoSetDeviceInterfaceState(PUNICODE_STRING SymbolicLinkName, BOOLEAN Enable)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return pnp_interface_enable(SymbolicLinkName, Enable);
}

/* Doc:     wdm.h IoGetDeviceInterfaces */
NTSTATUS NTAPI IoGetDeviceInterfaces(const GUID *InterfaceClassGuid,
                                     PDEVICE_OBJECT PhysicalDeviceObject, ULONG Flags,
                                     PWSTR *SymbolicLinkList)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    GUID class_guid = *InterfaceClassGuid;
    struct device_node *node = PhysicalDeviceObject ? pnp_node_of_get(PhysicalDeviceObject) : NULL;
    if (PhysicalDeviceObject && !node)
        return STATUS_INVALID_DEVICE_REQUEST;
    ULONG bytes;
    NTSTATUS status =
        pnp_interface_list(&class_guid, node ? pnp_node_instance(node) : NULL,
                           Flags & DEVICE_INTERFACE_INCLUDE_NONACTIVE, SymbolicLinkList, &bytes);
    if (node)
        pnp_node_put(node);
    return status;
}

/* Doc:     wdm.h IoGetDeviceInterfaceAlias */
NTSTATUS NTAPI IoGetDeviceInterfaceAlias(PUNICODE_STRING SymbolicLinkName,
                                         const GUID *AliasInterfaceClassGuid,
                                         PUNICODE_STRING AliasSymbolicLinkName)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    GUID class_guid = *AliasInterfaceClassGuid;
    return pnp_interface_alias(SymbolicLinkName, &class_guid, AliasSymbolicLinkName);
}

/* Doc:     wdm.h IoOpenDeviceInterfaceRegistryKey */
NTSTATUS NTAPI IoOpenDeviceInterfaceRegistryKey(PUNICODE_STRING SymbolicLinkName,
                                                ACCESS_MASK DesiredAccess,
                                                PHANDLE DeviceInterfaceKey)
{
    void *key;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    NTSTATUS status = pnp_interface_key_open(SymbolicLinkName, true, DesiredAccess, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_handle_create(key, DesiredAccess, OBJ_KERNEL_HANDLE, DeviceInterfaceKey);
    ob_dereference(key);
    return status;
}
