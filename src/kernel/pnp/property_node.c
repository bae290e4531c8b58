/* SPDX-License-Identifier: MIT */
/* property_node.c - properties that a device node answers while the device is there.
 */
#include <string.h>

#include "cm/cm.h"
#include "key_path.h"
#include "pnp_internal.h"
#include "property.h"

#include "cfg.h"

#define NO_ANSWER STATUS_OBJECT_NAME_NOT_FOUND
#define UNKNOWN   0xffffffffu

static NTSTATUS number(ULONG value, struct pnp_property *out)
{
    return property_make(DEVPROP_TYPE_UINT32, &value, sizeof value, out);
}

static NTSTATUS flag(bool value, struct pnp_property *out)
{
    DEVPROP_BOOLEAN data = value ? DEVPROP_TRUE : DEVPROP_FALSE;
    return property_make(DEVPROP_TYPE_BOOLEAN, &data, sizeof data, out);
}

/* ---- status ---------------------------------------------------------------------------------- */

NTSTATUS property_node_status(const struct property_subject *subject, struct pnp_property *out)
{
    struct pnp_status status;
    if (!subject->node)
        return NO_ANSWER;
    pnp_status_get(subject->node, &status);
    return number(status.flags, out);
}

NTSTATUS property_node_problem(const struct property_subject *subject, struct pnp_property *out)
{
    struct pnp_status status;
    if (!subject->node)
        return number(CM_PROB_PHANTOM, out);
    pnp_status_get(subject->node, &status);
    return number(status.problem, out);
}

NTSTATUS property_node_problem_status(const struct property_subject *subject,
                                      struct pnp_property *out)
{
    struct pnp_status status;
    if (!subject->node)
        return NO_ANSWER;
    pnp_status_get(subject->node, &status);
    return property_make(DEVPROP_TYPE_NTSTATUS, &status.problem_status, sizeof(NTSTATUS), out);
}

NTSTATUS property_node_has_problem(const struct property_subject *subject, struct pnp_property *out)
{
    struct pnp_status status = {.problem = CM_PROB_PHANTOM};
    if (subject->node)
        pnp_status_get(subject->node, &status);
    return flag(status.problem, out);
}

NTSTATUS property_node_is_present(const struct property_subject *subject, struct pnp_property *out)
{
    return flag(subject->node, out);
}

/* ---- relations ------------------------------------------------------------------------------- */

NTSTATUS property_node_parent(const struct property_subject *subject, struct pnp_property *out)
{
    struct device_node *parent = subject->node ? pnp_node_parent_get(subject->node) : NULL;
    if (!parent)
        return NO_ANSWER;
    NTSTATUS status = property_of_string(pnp_node_instance(parent), out);
    pnp_node_put(parent);
    return status;
}

struct relatives {
    struct device_node *parent, *but;
    WCHAR *list;
    ULONG bytes, room;
};

/* Counts while there is no list. */
static void relative_add(struct device_node *node, unsigned depth, void *context)
{
    struct relatives *all = context;
    struct device_node *parent = pnp_node_parent_get(node);
    if (parent)
        pnp_node_put(parent);
    if (parent != all->parent || node == all->but)
        return;
    const UNICODE_STRING *instance = pnp_node_instance(node);
    ULONG needed = instance->Length + (ULONG)sizeof(WCHAR);
    if (all->list && all->bytes + needed + sizeof(WCHAR) > all->room)
        return; /* it came after the count */
    if (all->list)
        memcpy((char *)all->list + all->bytes, instance->Buffer, instance->Length);
    all->bytes += needed;
}

static NTSTATUS relatives(struct device_node *parent, struct device_node *but,
                          struct pnp_property *out)
{
    struct relatives all = {.parent = parent, .but = but};
    pnp_visit(relative_add, &all);
    if (!all.bytes)
        return NO_ANSWER;
    all.room = all.bytes + (ULONG)sizeof(WCHAR);
    all.list = ExAllocatePool2(POOL_FLAG_PAGED, all.room, PNP_TAG);
    if (!all.list)
        return STATUS_INSUFFICIENT_RESOURCES;
    all.bytes = 0;
    pnp_visit(relative_add, &all);
    *out =
        (struct pnp_property){DEVPROP_TYPE_STRING_LIST, all.list, all.bytes + (ULONG)sizeof(WCHAR)};
    return STATUS_SUCCESS;
}

NTSTATUS property_node_children(const struct property_subject *subject, struct pnp_property *out)
{
    return subject->node ? relatives(subject->node, NULL, out) : NO_ANSWER;
}

NTSTATUS property_node_siblings(const struct property_subject *subject, struct pnp_property *out)
{
    struct device_node *parent = subject->node ? pnp_node_parent_get(subject->node) : NULL;
    if (!parent)
        return NO_ANSWER;
    NTSTATUS status = relatives(parent, subject->node, out);
    pnp_node_put(parent);
    return status;
}

/* ---- the stack ------------------------------------------------------------------------------- */

/* Names of the drivers, the topmost first. */
NTSTATUS property_node_stack(const struct property_subject *subject, struct pnp_property *out)
{
    DEVICE_OBJECT *pdo = subject->node ? pnp_node_pdo(subject->node) : NULL;
    if (!pdo)
        return NO_ANSWER;
    struct key_path *list = ExAllocatePool2(POOL_FLAG_PAGED, sizeof *list, PNP_TAG);
    if (!list)
        return STATUS_INSUFFICIENT_RESOURCES;
    key_path_begin(list, L"");
    DEVICE_OBJECT *at = IoGetAttachedDeviceReference(pdo);
    while (at) {
        key_path_add_string(list, &at->DriverObject->DriverName);
        key_path_add(list, L"|");
        DEVICE_OBJECT *below = IoGetLowerDeviceObject(at);
        ObfDereferenceObject(at);
        at = below;
    }
    for (size_t i = 0; i < list->name.Length / sizeof(WCHAR); i++)
        if (list->text[i] == '|')
            list->text[i] = 0;
    NTSTATUS status = property_make(DEVPROP_TYPE_STRING_LIST, list->text,
                                    list->name.Length + (ULONG)sizeof(WCHAR), out);
    ExFreePoolWithTag(list, PNP_TAG);
    return status;
}

NTSTATUS property_node_pdo_name(const struct property_subject *subject, struct pnp_property *out)
{
    UNICODE_STRING name;
    DEVICE_OBJECT *pdo = subject->node ? pnp_node_pdo(subject->node) : NULL;
    if (!pdo || !NT_SUCCESS(ob_name_of(pdo, &name)))
        return NO_ANSWER;
    NTSTATUS status = name.Length ? property_of_string(&name, out) : NO_ANSWER;
    RtlFreeUnicodeString(&name);
    return status;
}

NTSTATUS stack_ask(DEVICE_OBJECT *top, const IO_STACK_LOCATION *parameters,
                   ULONG_PTR *out_information)
{
    KEVENT done;
    IO_STATUS_BLOCK answer = {0};
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    PIRP irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, top, NULL, 0, NULL, &done, &answer);
    if (!irp)
        return STATUS_INSUFFICIENT_RESOURCES;
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    stack->MinorFunction = parameters->MinorFunction;
    stack->FileObject = parameters->FileObject;
    stack->Parameters = parameters->Parameters;
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    NTSTATUS status = IofCallDriver(top, irp);
    if (status == STATUS_PENDING) {
        (void)KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = answer.Status;
    }
    *out_information = answer.Information;
    return status;
}

/* ---- what the bus says ----------------------------------------------------------------------- */

static NTSTATUS bus_get(const struct property_subject *subject, PNP_BUS_INFORMATION *out_bus)
{
    DEVICE_OBJECT *pdo = subject->node ? pnp_node_pdo(subject->node) : NULL;
    if (!pdo)
        return NO_ANSWER;
    IO_STACK_LOCATION ask = {.MinorFunction = IRP_MN_QUERY_BUS_INFORMATION};
    ULONG_PTR information = 0;
    DEVICE_OBJECT *top = IoGetAttachedDeviceReference(pdo);
    NTSTATUS status = stack_ask(top, &ask, &information);
    ObfDereferenceObject(top);
    if (!NT_SUCCESS(status) || !information)
        return NO_ANSWER;
    *out_bus = *(const PNP_BUS_INFORMATION *)information;
    ExFreePool((void *)information);
    return STATUS_SUCCESS;
}

NTSTATUS property_node_bus_guid(const struct property_subject *subject, struct pnp_property *out)
{
    PNP_BUS_INFORMATION bus;
    NTSTATUS status = bus_get(subject, &bus);
    return NT_SUCCESS(status)
               ? property_make(DEVPROP_TYPE_GUID, &bus.BusTypeGuid, sizeof(GUID), out)
               : status;
}

NTSTATUS property_node_bus_type(const struct property_subject *subject, struct pnp_property *out)
{
    PNP_BUS_INFORMATION bus;
    NTSTATUS status = bus_get(subject, &bus);
    return NT_SUCCESS(status) ? number((ULONG)bus.LegacyBusType, out) : status;
}

NTSTATUS property_node_bus_number(const struct property_subject *subject, struct pnp_property *out)
{
    PNP_BUS_INFORMATION bus;
    NTSTATUS status = bus_get(subject, &bus);
    return NT_SUCCESS(status) ? number(bus.BusNumber, out) : status;
}

NTSTATUS property_node_address(const struct property_subject *subject, struct pnp_property *out)
{
    DEVICE_CAPABILITIES can;
    if (!subject->node)
        return NO_ANSWER;
    pnp_capabilities_get(subject->node, &can);
    return can.Size && can.Address != UNKNOWN ? number(can.Address, out) : NO_ANSWER;
}

NTSTATUS property_node_ui_number(const struct property_subject *subject, struct pnp_property *out)
{
    DEVICE_CAPABILITIES can;
    if (!subject->node)
        return NO_ANSWER;
    pnp_capabilities_get(subject->node, &can);
    return can.Size && can.UINumber != UNKNOWN ? number(can.UINumber, out) : NO_ANSWER;
}

/* Doc:     "SPDRP_CAPABILITIES", CM_DEVCAP_* */
NTSTATUS property_node_capabilities(const struct property_subject *subject,
                                    struct pnp_property *out)
{
    DEVICE_CAPABILITIES can;
    if (!subject->node)
        return NO_ANSWER;
    pnp_capabilities_get(subject->node, &can);
    if (!can.Size)
        return NO_ANSWER;
    return number(can.LockSupported * 1u | can.EjectSupported * 2u | can.Removable * 4u |
                      can.DockDevice * 8u | can.UniqueID * 0x10u | can.SilentInstall * 0x20u |
                      can.RawDeviceOK * 0x40u | can.SurpriseRemovalOK * 0x80u |
                      can.HardwareDisabled * 0x100u | can.NonDynamic * 0x200u,
                  out);
}

/* One that can be taken out, and not without having been asked. */
NTSTATUS property_node_safe_removal(const struct property_subject *subject,
                                    struct pnp_property *out)
{
    DEVICE_CAPABILITIES can;
    if (!subject->node)
        return NO_ANSWER;
    pnp_capabilities_get(subject->node, &can);
    return can.Size ? flag(can.Removable && !can.SurpriseRemovalOK, out) : NO_ANSWER;
}

NTSTATUS property_node_arrival(const struct property_subject *subject, struct pnp_property *out)
{
    if (!subject->node)
        return NO_ANSWER;
    LARGE_INTEGER time = pnp_node_arrival(subject->node);
    return property_make(DEVPROP_TYPE_FILETIME, &time, sizeof time, out);
}

/* Doc:     "DEVICE_REMOVAL_POLICY": expect none 1, orderly 2, surprise 3 removal */
NTSTATUS property_node_removal(const struct property_subject *subject, struct pnp_property *out)
{
    DEVICE_CAPABILITIES can;
    if (!subject->node)
        return NO_ANSWER;
    pnp_capabilities_get(subject->node, &can);
    return number(can.SurpriseRemovalOK ? 3 : can.Removable || can.EjectSupported ? 2 : 1, out);
}

/* Doc:     "CM_POWER_DATA" */
NTSTATUS property_node_power(const struct property_subject *subject, struct pnp_property *out)
{
    struct {
        ULONG size, most_recent, capabilities, d1_latency, d2_latency, d3_latency;
        ULONG states[7], deepest_wake;
    } data = {.size = sizeof data, .most_recent = PowerDeviceD0};
    DEVICE_CAPABILITIES can;
    if (!subject->node)
        return NO_ANSWER;
    pnp_capabilities_get(subject->node, &can);
    data.capabilities = 0x1u | (can.DeviceD1 ? 2u : 0) | (can.DeviceD2 ? 4u : 0) | 8u |
                        (can.WakeFromD0 ? 0x10u : 0) | (can.WakeFromD1 ? 0x20u : 0) |
                        (can.WakeFromD2 ? 0x40u : 0) | (can.WakeFromD3 ? 0x80u : 0) |
                        (can.WarmEjectSupported ? 0x100u : 0);
    data.d1_latency = can.D1Latency;
    data.d2_latency = can.D2Latency;
    data.d3_latency = can.D3Latency;
    for (unsigned i = 0; i < 7; i++)
        data.states[i] = (ULONG)can.DeviceState[i];
    data.deepest_wake = (ULONG)can.SystemWake;
    return property_make(DEVPROP_TYPE_BINARY, &data, sizeof data, out);
}
