/* SPDX-License-Identifier: MIT */
/* pnp_ddi.c - what drivers tell the PnP manager about their devices.
 */
#include "action_do.h"

/* A PDO that the tree knows, its node referenced; anything else is the caller's mistake.
 * Doc: "Bug Check 0xCA", 2 */
static struct device_node *node_of_caller_get(DEVICE_OBJECT *pdo)
{
    struct device_node *node = pdo != NULL ? pnp_node_of_get(pdo) : NULL;
    if (node == NULL)
        pnp_bugcheck(2, pdo, pdo != NULL ? pdo->DriverObject : NULL, 0);
    return node;
}

/* Doc:     wdm.h IoInvalidateDeviceRelations
 * Differs: ejection, removal and power relations are asked for each time they are needed, so only
 *          bus relations lead to a request now
 */
VOID NTAPI IoInvalidateDeviceRelations(PDEVICE_OBJECT DeviceObject, DEVICE_RELATION_TYPE Type)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    struct device_node *node = node_of_caller_get(DeviceObject);
    if (Type == BusRelations || Type == SingleBusRelations)
        node_ask(node, NODE_ASK_ENUMERATE);
    pnp_node_put(node);
}

/* Doc:     wdm.h IoInvalidateDeviceState */
VOID NTAPI IoInvalidateDeviceState(PDEVICE_OBJECT PhysicalDeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    struct device_node *node = node_of_caller_get(PhysicalDeviceObject);
    node_ask(node, NODE_ASK_STATE);
    pnp_node_put(node);
}

/* Doc:     ntddk.h IoRequestDeviceEject */
VOID NTAPI IoRequestDeviceEject(PDEVICE_OBJECT PhysicalDeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    struct device_node *node = node_of_caller_get(PhysicalDeviceObject);
    node_ask(node, NODE_ASK_EJECT);
    pnp_node_put(node);
}

/* Doc:     wdm.h IoGetDeviceNumaNode
 * Differs: the machine has one node
 */
NTSTATUS NTAPI IoGetDeviceNumaNode(PDEVICE_OBJECT Pdo, PUSHORT NodeNumber)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    if (Pdo == NULL || NodeNumber == NULL)
        return STATUS_INVALID_PARAMETER;
    *NodeNumber = 0;
    return STATUS_SUCCESS;
}

/* Doc:     ntddk.h IoReportDetectedDevice
 * Differs: the slot number is not kept
 */
NTSTATUS NTAPI IoReportDetectedDevice(PDRIVER_OBJECT DriverObject, INTERFACE_TYPE LegacyBusType,
                                      ULONG BusNumber, ULONG SlotNumber,
                                      PCM_RESOURCE_LIST ResourceList,
                                      PIO_RESOURCE_REQUIREMENTS_LIST ResourceRequirements,
                                      BOOLEAN ResourceAssigned, PDEVICE_OBJECT *DeviceObject)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    (void)LegacyBusType;
    (void)BusNumber;
    (void)SlotNumber;
    if (DriverObject == NULL || DeviceObject == NULL)
        return STATUS_INVALID_PARAMETER;
    struct device_report report = {.driver = DriverObject,
                                   .pdo = *DeviceObject,
                                   .resources = ResourceList,
                                   .requirements = ResourceRequirements,
                                   .is_assigned = ResourceAssigned};
    NTSTATUS status = action_run(ACTION_REPORT, NULL, &report, NULL);
    if (NT_SUCCESS(status))
        *DeviceObject = report.pdo;
    return status;
}

/* Who installs finds the driver by the device's hardware id, ROOT\<service>.
 * Doc:     ntddk.h IoReportRootDevice */
NTSTATUS NTAPI IoReportRootDevice(PDRIVER_OBJECT DriverObject)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return root_device_report(&DriverObject->DriverExtension->ServiceKeyName);
}

/* Doc:     wdm.h IoRequestDeviceEjectEx */
NTSTATUS NTAPI IoRequestDeviceEjectEx(PDEVICE_OBJECT PhysicalDeviceObject,
                                      PIO_DEVICE_EJECT_CALLBACK Callback, PVOID Context,
                                      PDRIVER_OBJECT DriverObject)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    struct device_node *node = node_of_caller_get(PhysicalDeviceObject);
    NTSTATUS status = eject_post(node, Callback, Context, DriverObject);
    pnp_node_put(node);
    return status;
}
