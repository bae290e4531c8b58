/* SPDX-License-Identifier: MIT */
/* toy.c - a bus driver, a function driver and two filters for the PnP manager's tests.
 *
 * One source, compiled once a role (TOY_ROLE). Each writes down what it is asked, and fails, pends,
 * eats or stays inside of a request when the test says so; otherwise it behaves as documented.
 */
#include <ntddk.h>

#include "toy.h"

#define TAG 'yoTp'

static struct toy_shared *shared;

struct extension {
    enum toy_role role;
    PDEVICE_OBJECT self, lower, pdo; /* PDOs: lower and pdo are NULL */
    struct toy_slot *slot;           /* PDOs: which; NULL: it was unplugged */
    int device;                      /* the journal's name of it */
    BOOLEAN is_gone, is_reported;
    IO_REMOVE_LOCK lock;
    LIST_ENTRY reads; /* function: pending reads, by Tail.Overlay.ListEntry */
    KSPIN_LOCK reads_lock;
    struct toy_slot *slot_of_function;   /* function: its device's; NULL: it is on no slot */
    PIO_INTERRUPT_MESSAGE_INFO messages; /* function: connected; NULL: none */
};

static void note(enum toy_role role, unsigned what, int device)
{
    LONG at = InterlockedIncrement((volatile LONG *)&shared->count) - 1;
    struct toy_entry entry = {role, what, device};
    if (at < TOY_JOURNAL)
        shared->journal[at] = entry;
}

static NTSTATUS finish(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

/* ---- faults ---------------------------------------------------------------------------------- */

struct later {
    PIO_WORKITEM item;
    PIRP irp;
    NTSTATUS status;
};

static VOID complete_later(PDEVICE_OBJECT device, PVOID context)
{
    struct later later = *(struct later *)context;
    UNREFERENCED_PARAMETER(device);
    ExFreePoolWithTag(context, TAG);
    IoFreeWorkItem(later.item);
    finish(later.irp, later.status);
}

static NTSTATUS pend(struct extension *extension, PIRP irp, NTSTATUS status)
{
    struct later *later = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*later), TAG);
    later->item = IoAllocateWorkItem(extension->self);
    later->irp = irp;
    later->status = status;
    IoMarkIrpPending(irp);
    IoQueueWorkItem(later->item, complete_later, DelayedWorkQueue, later);
    return STATUS_PENDING;
}

/* TRUE: the request was dealt with, *out_status is the answer. */
static BOOLEAN fault(struct extension *extension, PIRP irp, UCHAR minor, NTSTATUS *out_status)
{
    LARGE_INTEGER moment;
    moment.QuadPart = -10000;
    if (minor >= TOY_MINORS)
        return FALSE;
    if (shared->only && shared->only != extension->device)
        return FALSE;
    if (shared->eats[extension->role][minor]) {
        IoMarkIrpPending(irp);
        shared->eaten = irp;
        InterlockedIncrement((volatile LONG *)&shared->stuck);
        *out_status = STATUS_PENDING;
        return TRUE;
    }
    if (shared->blocks[extension->role][minor])
        InterlockedIncrement((volatile LONG *)&shared->stuck);
    while (shared->blocks[extension->role][minor])
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    if (shared->fails[extension->role][minor]) {
        *out_status = finish(irp, shared->fails[extension->role][minor]);
        return TRUE;
    }
    return FALSE;
}

/* ---- going down ---------------------------------------------------------------------------------
 */

static NTSTATUS NTAPI came_back(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS forward_and_wait(struct extension *extension, PIRP irp)
{
    KEVENT event;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, came_back, &event, TRUE, TRUE, TRUE);
    if (IoCallDriver(extension->lower, irp) == STATUS_PENDING)
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    note(extension->role, TOY_UP | IoGetCurrentIrpStackLocation(irp)->MinorFunction,
         extension->device);
    return irp->IoStatus.Status;
}

static NTSTATUS pass_down(struct extension *extension, PIRP irp)
{
    IoSkipCurrentIrpStackLocation(irp);
    return IoCallDriver(extension->lower, irp);
}

/* ---- a PDO of the bus ---------------------------------------------------------------------------
 */

static PWSTR text_make(const char *format, int number, BOOLEAN is_list)
{
    PWSTR text = ExAllocatePool2(POOL_FLAG_PAGED, 64 * sizeof(WCHAR), TAG);
    int at = 0;
    UNREFERENCED_PARAMETER(is_list); /* the pool is zeroed: two ends */
    for (; *format; format++) {
        if (*format != '#') {
            text[at++] = (WCHAR)*format;
            continue;
        }
        if (number >= 100)
            text[at++] = (WCHAR)(L'0' + number / 100 % 10);
        if (number >= 10)
            text[at++] = (WCHAR)(L'0' + number / 10 % 10);
        text[at++] = (WCHAR)(L'0' + number % 10);
    }
    return text;
}

static NTSTATUS pdo_id(struct extension *extension, BUS_QUERY_ID_TYPE type, PIRP irp)
{
    struct toy_slot *slot = extension->slot;
    PWSTR text = NULL;
    if (type == BusQueryDeviceID)
        text = text_make("TOYBUS\\DEV#", extension->device, FALSE);
    else if (type == BusQueryInstanceID)
        text = text_make("#", slot != NULL ? slot->serial : 0, FALSE);
    else if (type == BusQueryHardwareIDs)
        text = text_make("TOYBUS\\DEV#", extension->device, TRUE);
    else if (type == BusQueryCompatibleIDs)
        text = text_make("TOYBUS\\GENERIC", 0, TRUE);
    else if (type == BusQueryContainerID && slot != NULL && slot->container)
        text = text_make("{70b1c2d3-0000-4000-8000-000000000#}", slot->container, FALSE);
    else
        return irp->IoStatus.Status;
    irp->IoStatus.Information = (ULONG_PTR)text;
    return STATUS_SUCCESS;
}

static NTSTATUS pdo_requirements(struct extension *extension, PIRP irp)
{
    struct toy_slot *slot = extension->slot;
    ULONG count = 0;
    if (slot == NULL ||
        (!slot->pages && !slot->line && !slot->ports && !slot->channel && !slot->messages))
        return irp->IoStatus.Status;
    ULONG bytes = sizeof(IO_RESOURCE_REQUIREMENTS_LIST) + 5 * sizeof(IO_RESOURCE_DESCRIPTOR);
    IO_RESOURCE_REQUIREMENTS_LIST *list = ExAllocatePool2(POOL_FLAG_PAGED, bytes, TAG);
    IO_RESOURCE_DESCRIPTOR *wanted = list->List[0].Descriptors;
    list->ListSize = bytes;
    list->AlternativeLists = 1;
    list->List[0].Version = list->List[0].Revision = 1;
    if (slot->pages) {
        wanted[count].Type = CmResourceTypeMemory;
        wanted[count].u.Memory.Length = (ULONG)slot->pages * 0x1000;
        wanted[count].u.Memory.Alignment = 0x1000;
        wanted[count].u.Memory.MinimumAddress.QuadPart = 0xd0000000;
        wanted[count++].u.Memory.MaximumAddress.QuadPart = 0xd0003fff; /* four pages in all */
    }
    if (slot->ports) {
        wanted[count].Type = CmResourceTypePort;
        wanted[count].Flags = CM_RESOURCE_PORT_IO;
        wanted[count].u.Port.Length = (ULONG)slot->ports;
        wanted[count].u.Port.Alignment = 8;
        wanted[count].u.Port.MinimumAddress.QuadPart = 0x300;
        wanted[count++].u.Port.MaximumAddress.QuadPart = 0x31f;
    }
    if (slot->line) {
        wanted[count].Type = CmResourceTypeInterrupt;
        wanted[count].Flags = CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE;
        wanted[count].ShareDisposition =
            slot->last_line ? CmResourceShareDeviceExclusive : CmResourceShareShared;
        wanted[count].u.Interrupt.MinimumVector = (ULONG)slot->line;
        wanted[count++].u.Interrupt.MaximumVector =
            (ULONG)(slot->last_line ? slot->last_line : slot->line);
    }
    if (slot->messages) {
        wanted[count].Type = CmResourceTypeInterrupt;
        wanted[count].Flags = CM_RESOURCE_INTERRUPT_LATCHED | CM_RESOURCE_INTERRUPT_MESSAGE;
        wanted[count].u.Interrupt.MinimumVector =
            CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN - (ULONG)slot->messages + 1;
        wanted[count++].u.Interrupt.MaximumVector = CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN;
    }
    if (slot->channel) {
        wanted[count].Type = CmResourceTypeDma;
        wanted[count].u.Dma.MinimumChannel = 0;
        wanted[count++].u.Dma.MaximumChannel = slot->is_channel_0 ? 0 : 1;
    }
    list->List[0].Count = count;
    irp->IoStatus.Information = (ULONG_PTR)list;
    return STATUS_SUCCESS;
}

static NTSTATUS relation_of(PDEVICE_OBJECT device, PIRP irp)
{
    DEVICE_RELATIONS *relations = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*relations), TAG);
    relations->Count = 1;
    relations->Objects[0] = device;
    ObReferenceObject(device);
    irp->IoStatus.Information = (ULONG_PTR)relations;
    return STATUS_SUCCESS;
}

static void pdo_delete(struct extension *extension)
{
    InterlockedDecrement((volatile LONG *)&shared->devices);
    IoDeleteDevice(extension->self);
}

static NTSTATUS pdo_relations(struct extension *extension, PIRP irp, DEVICE_RELATION_TYPE type)
{
    if (type == TargetDeviceRelation)
        return relation_of(extension->self, irp);
    if (type == RemovalRelations && shared->removal_of && shared->removal_of == extension->device)
        for (int i = 0; i < TOY_SLOTS; i++)
            if (shared->slot[i].pdo && shared->slot[i].id == shared->removal_with)
                return relation_of(shared->slot[i].pdo, irp);
    return irp->IoStatus.Status;
}

static NTSTATUS pdo_pnp(struct extension *extension, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = STATUS_SUCCESS;
    BOOLEAN is_end = FALSE;
    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_STOP_DEVICE:
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
    case IRP_MN_EJECT:
    case IRP_MN_SET_LOCK:
        break;
    case IRP_MN_REMOVE_DEVICE:
        is_end = extension->slot == NULL; /* unplugged: nobody reports it any more */
        break;
    case IRP_MN_QUERY_CAPABILITIES:
        if (extension->slot != NULL) {
            stack->Parameters.DeviceCapabilities.Capabilities->UniqueID =
                extension->slot->is_unique != 0;
            stack->Parameters.DeviceCapabilities.Capabilities->RawDeviceOK =
                extension->slot->is_raw != 0;
            stack->Parameters.DeviceCapabilities.Capabilities->EjectSupported = 1;
            stack->Parameters.DeviceCapabilities.Capabilities->LockSupported =
                extension->slot->can_lock != 0;
            stack->Parameters.DeviceCapabilities.Capabilities->Removable =
                extension->slot->is_removable != 0;
        }
        break;
    case IRP_MN_QUERY_ID:
        status = pdo_id(extension, stack->Parameters.QueryId.IdType, irp);
        break;
    case IRP_MN_QUERY_DEVICE_TEXT:
        if (stack->Parameters.QueryDeviceText.DeviceTextType == DeviceTextDescription)
            irp->IoStatus.Information =
                (ULONG_PTR)text_make("Toy device #", extension->device, FALSE);
        else
            status = irp->IoStatus.Status;
        break;
    case IRP_MN_QUERY_RESOURCE_REQUIREMENTS:
        status = pdo_requirements(extension, irp);
        break;
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        status = pdo_relations(extension, irp, stack->Parameters.QueryDeviceRelations.Type);
        break;
    case IRP_MN_QUERY_PNP_DEVICE_STATE:
        if (shared->state && shared->slot_of_state == extension->device)
            irp->IoStatus.Information |= (ULONG_PTR)shared->state;
        break;
    default:
        status = irp->IoStatus.Status;
    }
    int pends = stack->MinorFunction < TOY_MINORS && shared->pends[TOY_PDO][stack->MinorFunction];
    if (pends && !is_end)
        return pend(extension, irp, status);
    status = finish(irp, status);
    if (is_end)
        pdo_delete(extension);
    return status;
}

/* ---- the bus ------------------------------------------------------------------------------------
 */

static void pdo_create(PDRIVER_OBJECT driver, struct toy_slot *slot)
{
    PDEVICE_OBJECT pdo;
    if (!NT_SUCCESS(IoCreateDevice(driver, sizeof(struct extension), NULL, FILE_DEVICE_UNKNOWN,
                                   FILE_AUTOGENERATED_DEVICE_NAME, FALSE, &pdo)))
        return;
    struct extension *extension = pdo->DeviceExtension;
    extension->role = TOY_PDO;
    extension->self = pdo;
    extension->slot = slot;
    extension->device = slot->id;
    slot->pdo = pdo;
    InterlockedIncrement((volatile LONG *)&shared->devices);
    pdo->Flags &= ~DO_DEVICE_INITIALIZING;
}

static NTSTATUS bus_relations(struct extension *bus, PIRP irp)
{
    ULONG count = 0;
    DEVICE_RELATIONS *relations =
        ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*relations) + (TOY_SLOTS + 1) * sizeof(PVOID), TAG);
    for (int i = 0; i < TOY_SLOTS; i++) {
        struct toy_slot *slot = &shared->slot[i];
        if (slot->pdo && !slot->is_present) {
            struct extension *gone = ((PDEVICE_OBJECT)slot->pdo)->DeviceExtension;
            gone->slot = NULL;
            slot->pdo = NULL;
            if (!gone->is_reported)
                pdo_delete(gone);
        }
        if (slot->is_present && !slot->pdo)
            pdo_create(bus->self->DriverObject, slot);
        if (!slot->pdo)
            continue;
        ((struct extension *)((PDEVICE_OBJECT)slot->pdo)->DeviceExtension)->is_reported = TRUE;
        ObReferenceObject(slot->pdo);
        relations->Objects[count++] = slot->pdo;
    }
    relations->Count = count;
    irp->IoStatus.Information = (ULONG_PTR)relations;
    irp->IoStatus.Status = STATUS_SUCCESS;
    return pass_down(bus, irp);
}

/* The children that are still there go with their bus. */
static void bus_children_drop(void)
{
    for (int i = 0; i < TOY_SLOTS; i++)
        if (shared->slot[i].pdo) {
            struct extension *child = ((PDEVICE_OBJECT)shared->slot[i].pdo)->DeviceExtension;
            child->slot = NULL;
            shared->slot[i].pdo = NULL;
            pdo_delete(child);
        }
}

/* ---- an FDO or a filter's device
 * -----------------------------------------------------------------
 */

static void reads_fail(struct extension *extension)
{
    for (;;) {
        PLIST_ENTRY entry = ExInterlockedRemoveHeadList(&extension->reads, &extension->reads_lock);
        if (entry == NULL)
            return;
        PIRP irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);
        InterlockedDecrement((volatile LONG *)&shared->reads_pending);
        finish(irp, STATUS_DELETE_PENDING);
        IoReleaseRemoveLock(&extension->lock, irp);
    }
}

static void start_note(PIO_STACK_LOCATION stack)
{
    PCM_RESOURCE_LIST list = stack->Parameters.StartDevice.AllocatedResourcesTranslated;
    for (ULONG i = 0; list && i < list->List[0].PartialResourceList.Count; i++) {
        CM_PARTIAL_RESOURCE_DESCRIPTOR *at =
            &list->List[0].PartialResourceList.PartialDescriptors[i];
        if (at->Type == CmResourceTypeMemory || at->Type == CmResourceTypePort) {
            shared->start = at->u.Memory.Start.QuadPart;
            shared->length = at->u.Memory.Length;
        } else if (at->Type == CmResourceTypeInterrupt) {
            shared->vector = at->u.Interrupt.Vector;
        }
    }
}

static BOOLEAN NTAPI message_came(PKINTERRUPT interrupt, PVOID context, ULONG message)
{
    UNREFERENCED_PARAMETER(interrupt);
    UNREFERENCED_PARAMETER(context);
    if (message < TOY_MESSAGES)
        InterlockedIncrement((volatile LONG *)&shared->message_calls[message]);
    return TRUE;
}

/* After the stack below has started. */
static void messages_connect(struct extension *extension)
{
    IO_CONNECT_INTERRUPT_PARAMETERS wanted = {.Version = CONNECT_MESSAGE_BASED};
    PVOID table = NULL;
    if (extension->slot_of_function == NULL || !extension->slot_of_function->messages)
        return;
    wanted.MessageBased.PhysicalDeviceObject = extension->pdo;
    wanted.MessageBased.ConnectionContext.Generic = &table;
    wanted.MessageBased.MessageServiceRoutine = message_came;
    shared->message_count = 0;
    if (!NT_SUCCESS(IoConnectInterruptEx(&wanted)) || wanted.Version != CONNECT_MESSAGE_BASED)
        return;
    extension->messages = table;
    for (ULONG i = 0; i < extension->messages->MessageCount && i < TOY_MESSAGES; i++)
        shared->message_vector[i] = extension->messages->MessageInfo[i].Vector;
    shared->message_count = extension->messages->MessageCount;
}

static void messages_disconnect(struct extension *extension)
{
    IO_DISCONNECT_INTERRUPT_PARAMETERS wanted = {.Version = CONNECT_MESSAGE_BASED};
    if (extension->messages == NULL)
        return;
    wanted.ConnectionContext.InterruptMessageTable = extension->messages;
    IoDisconnectInterruptEx(&wanted);
    extension->messages = NULL;
}

static NTSTATUS remove_device(struct extension *extension, PIRP irp)
{
    PDEVICE_OBJECT lower = extension->lower;
    extension->is_gone = TRUE;
    reads_fail(extension);
    messages_disconnect(extension);
    irp->IoStatus.Status = STATUS_SUCCESS;
    NTSTATUS status = pass_down(extension, irp);
    IoReleaseRemoveLockAndWait(&extension->lock, extension);
    if (extension->role == TOY_BUS)
        bus_children_drop();
    InterlockedIncrement((volatile LONG *)&shared->removes);
    InterlockedDecrement((volatile LONG *)&shared->devices);
    IoDetachDevice(lower);
    IoDeleteDevice(extension->self);
    return status;
}

static NTSTATUS upper_pnp(struct extension *extension, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = IoAcquireRemoveLock(&extension->lock, extension);
    if (!NT_SUCCESS(status))
        return finish(irp, status);
    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
        if (extension->role == TOY_FUNCTION)
            start_note(stack);
        status = forward_and_wait(extension, irp);
        if (NT_SUCCESS(status) && extension->role == TOY_FUNCTION)
            messages_connect(extension);
        status = finish(irp, status);
        break;
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        if (extension->role == TOY_BUS &&
            stack->Parameters.QueryDeviceRelations.Type == BusRelations)
            status = bus_relations(extension, irp);
        else
            status = pass_down(extension, irp);
        break;
    case IRP_MN_REMOVE_DEVICE:
        return remove_device(extension, irp); /* gives the lock back */
    case IRP_MN_SURPRISE_REMOVAL:
        extension->is_gone = TRUE;
        reads_fail(extension);
        /* fallthrough */
    case IRP_MN_STOP_DEVICE:
        messages_disconnect(extension);
        /* fallthrough */
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
        irp->IoStatus.Status = STATUS_SUCCESS;
        /* fallthrough */
    default:
        status = pass_down(extension, irp);
    }
    IoReleaseRemoveLock(&extension->lock, extension);
    return status;
}

static NTSTATUS NTAPI pnp(PDEVICE_OBJECT device, PIRP irp)
{
    struct extension *extension = device->DeviceExtension;
    UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;
    NTSTATUS status;
    note(extension->role, minor, extension->device);
    if (KeGetCurrentIrql() != PASSIVE_LEVEL || PsGetCurrentProcess() != PsInitialSystemProcess)
        note(TOY_ROLES, minor, extension->device); /* a rule is broken */
    if (fault(extension, irp, minor, &status))
        return status;
    return extension->role == TOY_PDO ? pdo_pnp(extension, irp) : upper_pnp(extension, irp);
}

static NTSTATUS NTAPI power(PDEVICE_OBJECT device, PIRP irp)
{
    struct extension *extension = device->DeviceExtension;
    UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;
    PoStartNextPowerIrp(irp);
    if (minor == IRP_MN_QUERY_POWER && shared->fails_power[extension->role])
        return finish(irp, shared->fails_power[extension->role]);
    if (minor == IRP_MN_SET_POWER) {
        shared->power_last = (int)extension->role;
        if (shared->power_first < 0)
            shared->power_first = (int)extension->role;
    }
    if (extension->role == TOY_PDO)
        return finish(irp, STATUS_SUCCESS);
    IoSkipCurrentIrpStackLocation(irp);
    return PoCallDriver(extension->lower, irp);
}

static NTSTATUS NTAPI read(PDEVICE_OBJECT device, PIRP irp)
{
    struct extension *extension = device->DeviceExtension;
    if (extension->role == TOY_PDO)
        return finish(irp, STATUS_INVALID_DEVICE_REQUEST);
    if (extension->role != TOY_FUNCTION)
        return pass_down(extension, irp);
    NTSTATUS status = IoAcquireRemoveLock(&extension->lock, irp);
    if (!NT_SUCCESS(status) || extension->is_gone) {
        if (NT_SUCCESS(status))
            IoReleaseRemoveLock(&extension->lock, irp);
        return finish(irp, STATUS_DELETE_PENDING);
    }
    IoMarkIrpPending(irp);
    InterlockedIncrement((volatile LONG *)&shared->reads_pending);
    ExInterlockedInsertTailList(&extension->reads, &irp->Tail.Overlay.ListEntry,
                                &extension->reads_lock);
    if (extension->is_gone)
        reads_fail(extension);
    return STATUS_PENDING;
}

static NTSTATUS NTAPI open_close(PDEVICE_OBJECT device, PIRP irp)
{
    struct extension *extension = device->DeviceExtension;
    if (IoGetCurrentIrpStackLocation(irp)->MajorFunction == IRP_MJ_CLEANUP &&
        extension->role == TOY_FUNCTION)
        reads_fail(extension);
    if (extension->role != TOY_PDO && extension->role != TOY_FUNCTION)
        return pass_down(extension, irp);
    return finish(irp, STATUS_SUCCESS);
}

static NTSTATUS NTAPI system_control(PDEVICE_OBJECT device, PIRP irp)
{
    struct extension *extension = device->DeviceExtension;
    return extension->role == TOY_PDO ? finish(irp, irp->IoStatus.Status)
                                      : pass_down(extension, irp);
}

/* ---- coming and going ---------------------------------------------------------------------------
 */

static NTSTATUS NTAPI add(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
    PDEVICE_OBJECT device;
    struct toy_slot *slot = NULL;
    int id = -1;
    if (TOY_ROLE != TOY_BUS && pdo->DeviceExtension != NULL)
        for (int i = 0; i < TOY_SLOTS; i++)
            if (shared->slot[i].pdo == pdo)
                slot = &shared->slot[i];
    if (slot != NULL)
        id = slot->id;
    note(TOY_ROLE, TOY_ADD, id);
    if (shared->fails_add[TOY_ROLE])
        return shared->fails_add[TOY_ROLE];
    NTSTATUS status = IoCreateDevice(driver, sizeof(struct extension), NULL, FILE_DEVICE_UNKNOWN, 0,
                                     FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    struct extension *extension = device->DeviceExtension;
    extension->role = TOY_ROLE;
    extension->self = device;
    extension->pdo = pdo;
    extension->device = id;
    extension->slot_of_function = slot;
    IoInitializeRemoveLock(&extension->lock, TAG, 0, 0);
    InitializeListHead(&extension->reads);
    KeInitializeSpinLock(&extension->reads_lock);
    extension->lower = IoAttachDeviceToDeviceStack(device, pdo);
    if (extension->lower == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    InterlockedIncrement((volatile LONG *)&shared->adds);
    InterlockedIncrement((volatile LONG *)&shared->devices);
    device->Flags |= (extension->lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO)) | DO_POWER_PAGABLE;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID NTAPI unload(PDRIVER_OBJECT driver)
{
    UNREFERENCED_PARAMETER(driver);
    note(TOY_ROLE, TOY_UNLOAD, -1);
}

static NTSTATUS shared_find(PUNICODE_STRING service)
{
    ULONGLONG address = 0;
    HANDLE key, sub;
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    struct {
        KEY_VALUE_PARTIAL_INFORMATION head;
        UCHAR more[16];
    } value;
    ULONG length;
    InitializeObjectAttributes(&attributes, service, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    NTSTATUS status = ZwOpenKey(&key, KEY_READ, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&name, L"Parameters");
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, key,
                               NULL);
    status = ZwOpenKey(&sub, KEY_READ, &attributes);
    ZwClose(key);
    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&name, L"Shared");
    status =
        ZwQueryValueKey(sub, &name, KeyValuePartialInformation, &value, sizeof(value), &length);
    ZwClose(sub);
    if (NT_SUCCESS(status))
        RtlCopyMemory(&address, value.head.Data, sizeof(address));
    shared = (struct toy_shared *)(ULONG_PTR)address;
    return shared != NULL ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING service)
{
    NTSTATUS status = shared_find(service);
    if (!NT_SUCCESS(status))
        return status;
    note(TOY_ROLE, TOY_ENTRY, -1);
    if (shared->fails_entry[TOY_ROLE])
        return shared->fails_entry[TOY_ROLE];
    driver->DriverExtension->AddDevice = add;
    driver->DriverUnload = unload;
    driver->MajorFunction[IRP_MJ_PNP] = pnp;
    driver->MajorFunction[IRP_MJ_POWER] = power;
    driver->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = system_control;
    driver->MajorFunction[IRP_MJ_READ] = read;
    driver->MajorFunction[IRP_MJ_CREATE] = open_close;
    driver->MajorFunction[IRP_MJ_CLOSE] = open_close;
    driver->MajorFunction[IRP_MJ_CLEANUP] = open_close;
    return STATUS_SUCCESS;
}
