/* SPDX-License-Identifier: MIT */
/* irp_pnp.c - each IRP_MN_*: what goes down with it, what its answer means when nobody answers.
 *
 * In: a node; out: the request has gone from the top of its stack to its PDO and back, sent with
 * STATUS_NOT_SUPPORTED at PASSIVE_LEVEL in a thread of the system process. What a driver returns
 * in pool is given to the caller. A request that is not answered in time is left to its driver:
 * the device is given up, nothing more is sent to it until the answer comes.
 */
#include "pnp_internal.h"

#include "base/irp_names.h"

static const char *minor_name(UCHAR minor)
{
    const char *name = irp_minor_name(IRP_MJ_PNP, minor);
    return name != NULL ? name : "?";
}

/* ---- sending --------------------------------------------------------------------------------- */

struct request {
    _Atomic uint32_t references; /* who waits, and the IRP's way back */
    _Atomic bool is_given_up;
    struct device_node *node; /* referenced */
    PIRP irp;
    KEVENT done;
};

static void request_put(struct request *request)
{
    if (atomic_fetch_sub(&request->references, 1) != 1)
        return;
    IoFreeIrp(request->irp);
    pnp_node_put(request->node);
    pnp_free(request);
}

static NTSTATUS NTAPI request_done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    struct request *request = Context;
    (void)DeviceObject;
    (void)Irp;
    if (atomic_exchange(&request->is_given_up, true))
        node_ask(request->node, NODE_ASK_BACK);
    else
        KeSetEvent(&request->done, IO_NO_INCREMENT, FALSE);
    request_put(request);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static struct request *request_create(struct device_node *node, DEVICE_OBJECT *top,
                                      const IO_STACK_LOCATION *parameters, ULONG_PTR information)
{
    struct request *request = pnp_allocate(sizeof(*request));
    PIRP irp = request != NULL ? IoAllocateIrp(top->StackSize, FALSE) : NULL;
    if (irp == NULL) {
        pnp_free(request);
        return NULL;
    }
    request->references = 2;
    request->node = node;
    pnp_node_reference(node);
    request->irp = irp;
    KeInitializeEvent(&request->done, NotificationEvent, FALSE);
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED; /* what a PnP IRP begins with */
    irp->IoStatus.Information = information;
    irp->RequestorMode = KernelMode;
    irp->Tail.Overlay.Thread = (PETHREAD)ps_thread_current();
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    *stack = *parameters;
    stack->MajorFunction = IRP_MJ_PNP;
    IoSetCompletionRoutine(irp, request_done, request, TRUE, TRUE, TRUE);
    return request;
}

/* The driver that has the IRP now. It may move on while we look: its name is for the log only. */
static void request_report(const struct request *request, UCHAR minor)
{
    const IO_STACK_LOCATION *stack = request->irp->Tail.Overlay.CurrentStackLocation;
    const DEVICE_OBJECT *device = stack->DeviceObject;
    char *name = device != NULL ? rtl_utf8_of(&device->DriverObject->DriverName) : NULL;
    rtl_debug_printf("pnp: %s has not completed %s for %s within %u ms; the device is given up, "
                     "the others go on\n",
                     name != NULL ? name : "a driver", minor_name(minor), node_text(request->node),
                     call_limit_ms());
    rtl_free(name);
}

static NTSTATUS request_wait(struct request *request, UCHAR minor)
{
    LARGE_INTEGER limit = {.QuadPart = -(LONGLONG)call_limit_ms() * 10000};
    PVOID either[] = {&request->done, &call_expired};
    if (KeReadStateEvent(&request->done) == 0 &&
        KeWaitForMultipleObjects(2, either, WaitAny, Executive, KernelMode, FALSE, &limit, NULL) !=
            STATUS_WAIT_0) {
        request_report(request, minor);
        if (!atomic_exchange(&request->is_given_up, true)) {
            request->node->flags |= NODE_IS_STUCK;
            node_unanswered_count();
            return STATUS_IO_TIMEOUT;
        }
        /* It has come in this very moment; its way back sets the event. */
        KeWaitForSingleObject(&request->done, Executive, KernelMode, FALSE, NULL);
    }
    return request->irp->IoStatus.Status;
}

/* IRQL:    PASSIVE_LEVEL, on the worker
 * Takes:   parameters is copied; what Information points at comes from the drivers
 * Errors:  the drivers'; STATUS_IO_TIMEOUT: given up; STATUS_NO_SUCH_DEVICE: given up before
 * Doc:     "Plug and Play Minor IRPs"; "Handling IRPs"
 */
NTSTATUS pnp_irp_send(struct device_node *node, const IO_STACK_LOCATION *parameters,
                      ULONG_PTR *in_out_information)
{
    if (node_is(node, NODE_IS_STUCK))
        return STATUS_NO_SUCH_DEVICE;
    DEVICE_OBJECT *top = IoGetAttachedDeviceReference(node->pdo);
    struct request *request =
        request_create(node, top, parameters, in_out_information != NULL ? *in_out_information : 0);
    if (request == NULL) {
        ob_dereference(top);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    KeClearEvent(&call_expired);
    call_begin(node, top->DriverObject, request->irp, minor_name(parameters->MinorFunction));
    (void)IoCallDriver(top, request->irp);
    if (call_end()) {
        request_put(request);
        ob_dereference(top);
        call_leave();
    }
    NTSTATUS status = request_wait(request, parameters->MinorFunction);
    if (in_out_information != NULL)
        *in_out_information = status != STATUS_IO_TIMEOUT ? request->irp->IoStatus.Information : 0;
    request_put(request);
    ob_dereference(top);
    return status;
}

NTSTATUS irp_plain(struct device_node *node, UCHAR minor)
{
    IO_STACK_LOCATION stack = {.MinorFunction = minor};
    return pnp_irp_send(node, &stack, NULL);
}

/* ---- those with an answer in pool --------------------------------------------------------------
 */

/* Doc: "IRP_MN_START_DEVICE": the lists are the PnP manager's; drivers copy what they keep */
NTSTATUS irp_start(struct device_node *node)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_START_DEVICE};
    stack.Parameters.StartDevice.AllocatedResources = node->raw;
    stack.Parameters.StartDevice.AllocatedResourcesTranslated = node->translated;
    NTSTATUS status = pnp_irp_send(node, &stack, NULL);
    /* A bus driver that leaves the IRP as it came has not started anything. */
    return status;
}

/* The answer of a query whose Information points at pool: NULL when there is none. */
static NTSTATUS query_send(struct device_node *node, IO_STACK_LOCATION *stack, void **out_answer)
{
    ULONG_PTR information = 0;
    NTSTATUS status = pnp_irp_send(node, stack, &information);
    *out_answer = NT_SUCCESS(status) ? (void *)information : NULL;
    return status;
}

NTSTATUS irp_query_id(struct device_node *node, BUS_QUERY_ID_TYPE type, WCHAR **out_text)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_QUERY_ID};
    stack.Parameters.QueryId.IdType = type;
    return query_send(node, &stack, (void **)out_text);
}

#define LOCALE_ENGLISH 0x409

NTSTATUS irp_query_text(struct device_node *node, DEVICE_TEXT_TYPE type, WCHAR **out_text)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_QUERY_DEVICE_TEXT};
    stack.Parameters.QueryDeviceText.DeviceTextType = type;
    stack.Parameters.QueryDeviceText.LocaleId = LOCALE_ENGLISH;
    return query_send(node, &stack, (void **)out_text);
}

/* Doc: "IRP_MN_QUERY_CAPABILITIES": zeros, but Size, Version, Address and UINumber */
NTSTATUS irp_query_capabilities(struct device_node *node, DEVICE_CAPABILITIES *out_capabilities)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_QUERY_CAPABILITIES};
    DEVICE_CAPABILITIES *asked = pnp_allocate(sizeof(*asked));
    if (asked == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    asked->Size = sizeof(*asked);
    asked->Version = 1;
    asked->Address = asked->UINumber = (ULONG)-1;
    stack.Parameters.DeviceCapabilities.Capabilities = asked;
    NTSTATUS status = pnp_irp_send(node, &stack, NULL);
    if (NT_SUCCESS(status)) {
        host_lock_take(&pnp_tree_lock);
        *out_capabilities = *asked;
        host_lock_give(&pnp_tree_lock);
    }
    if (status != STATUS_IO_TIMEOUT) /* a driver that still has the IRP may write there */
        pnp_free(asked);
    return status;
}

NTSTATUS irp_query_bus(struct device_node *node, PNP_BUS_INFORMATION *out_bus)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_QUERY_BUS_INFORMATION};
    void *answer;
    NTSTATUS status = query_send(node, &stack, &answer);
    if (NT_SUCCESS(status) && answer == NULL)
        return STATUS_NOT_SUPPORTED;
    if (NT_SUCCESS(status)) {
        memcpy(out_bus, answer, sizeof(*out_bus));
        ExFreePool(answer);
    }
    return status;
}

NTSTATUS irp_query_resources(struct device_node *node, CM_RESOURCE_LIST **out_list)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_QUERY_RESOURCES};
    return query_send(node, &stack, (void **)out_list);
}

NTSTATUS irp_query_requirements(struct device_node *node, IO_RESOURCE_REQUIREMENTS_LIST **out_list)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_QUERY_RESOURCE_REQUIREMENTS};
    return query_send(node, &stack, (void **)out_list);
}

/* Which legacy bus the device is, if it is one: asked of the whole stack, for itself only; nothing
 * here looks for devices by legacy buses. Doc: wdm.h IRP_MN_QUERY_LEGACY_BUS_INFORMATION */
void irp_query_legacy_bus(struct device_node *node)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_QUERY_LEGACY_BUS_INFORMATION};
    void *answer;
    if (NT_SUCCESS(query_send(node, &stack, &answer)) && answer != NULL)
        ExFreePool(answer);
}

/* The list goes down in the stack location and as the answer so far: who changes it frees the old
 * one and returns another. *out_list: what came back, pool or NULL.
 * Doc: "IRP_MN_FILTER_RESOURCE_REQUIREMENTS"
 */
NTSTATUS irp_filter_requirements(struct device_node *node, IO_RESOURCE_REQUIREMENTS_LIST *wanted,
                                 IO_RESOURCE_REQUIREMENTS_LIST **out_list)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_FILTER_RESOURCE_REQUIREMENTS};
    IO_RESOURCE_REQUIREMENTS_LIST *copy = NULL;
    if (wanted != NULL) {
        copy = ExAllocatePool2(POOL_FLAG_PAGED, wanted->ListSize, PNP_TAG);
        if (copy == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        memcpy(copy, wanted, wanted->ListSize);
    }
    stack.Parameters.FilterResourceRequirements.IoResourceRequirementList = copy;
    ULONG_PTR information = (ULONG_PTR)copy;
    NTSTATUS status = pnp_irp_send(node, &stack, &information);
    if (status == STATUS_IO_TIMEOUT)
        return status;
    /* Nobody cared: what went down comes back. */
    *out_list = information != 0 || NT_SUCCESS(status)
                    ? (IO_RESOURCE_REQUIREMENTS_LIST *)information
                    : copy;
    return STATUS_SUCCESS;
}

NTSTATUS irp_query_state(struct device_node *node, PNP_DEVICE_STATE *out_state)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_QUERY_PNP_DEVICE_STATE};
    ULONG_PTR information = 0;
    NTSTATUS status = pnp_irp_send(node, &stack, &information);
    if (NT_SUCCESS(status))
        *out_state = (PNP_DEVICE_STATE)information;
    return status;
}

NTSTATUS irp_query_relations(struct device_node *node, DEVICE_RELATION_TYPE type,
                             DEVICE_RELATIONS **out_relations)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_QUERY_DEVICE_RELATIONS};
    stack.Parameters.QueryDeviceRelations.Type = type;
    NTSTATUS status = query_send(node, &stack, (void **)out_relations);
    DEVICE_RELATIONS *relations = NT_SUCCESS(status) ? *out_relations : NULL;
    for (ULONG i = 0; relations != NULL && i < relations->Count; i++)
        if (relations->Objects[i] == NULL)
            pnp_bugcheck(8, node->pdo, (const void *)(ULONG_PTR)relations->Count, i);
    return status;
}

/* A device that can be locked is locked in its place while it runs, and let go before it is
 * ejected.
 *
 * Doc: "IRP_MN_SET_LOCK"; DEVICE_CAPABILITIES, LockSupported
 */
void irp_set_lock(struct device_node *node, bool is_locked)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_SET_LOCK};
    if (!node->capabilities.LockSupported)
        return;
    stack.Parameters.SetLock.Lock = is_locked;
    NTSTATUS status = pnp_irp_send(node, &stack, NULL);
    if (!NT_SUCCESS(status) && status != STATUS_NOT_SUPPORTED)
        rtl_debug_printf("pnp: %s: IRP_MN_SET_LOCK: %s\n", node_text(node),
                         rtl_status_text(status));
}

/* Doc: "IRP_MN_EJECT": sent to the device that is ejected; a bus that cannot leaves the status */
void irp_eject(struct device_node *node)
{
    NTSTATUS status = irp_plain(node, IRP_MN_EJECT);
    if (!NT_SUCCESS(status) && status != STATUS_NOT_SUPPORTED)
        rtl_debug_printf("pnp: %s: IRP_MN_EJECT: %s\n", node_text(node), rtl_status_text(status));
}
