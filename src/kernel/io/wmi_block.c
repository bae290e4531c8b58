/* SPDX-License-Identifier: MIT */
/* wmi_block.c - what consumers do with instrumentation blocks: open, query, set, run, listen.
 *
 * A block is opened by its GUID; requests go to every device that provides it, as nodes that the
 * driver fills. Events are handed to a worker, which calls who listens and frees the node.
 */
#include "wmi.h"

#include <string.h>

#include "callout/callout.h"

static struct object_type *wmi_block_type;
static struct host_lock blocks_lock; /* guards: blocks, their callbacks */
static struct list blocks = LIST_INIT(blocks);

/* ---- opening ------------------------------------------------------------------------------- */

/* Providers of an event block are told when its first listener comes and its last has gone. */
static void events_switch(const GUID *guid, UCHAR minor)
{
    struct wmi_provider *provider;
    WNODE_HEADER wnode = {.BufferSize = sizeof(wnode), .Guid = *guid};
    GUID path = *guid;
    for (unsigned i = 0; (provider = wmi_provider_at(i)) != NULL; i++) {
        if (wmi_provider_block(provider, guid) != NULL)
            (void)wmi_send(provider->device, minor, &path, &wnode, sizeof(wnode), NULL);
        wmi_provider_put(provider);
    }
}

static bool has_listener_locked(const GUID *guid)
{
    list_for_each(node, &blocks)
    {
        const struct wmi_block *block = list_entry(node, struct wmi_block, link);
        if (block->callback != NULL && memcmp(&block->guid, guid, sizeof(*guid)) == 0)
            return true;
    }
    return false;
}

static void block_free(void *body)
{
    struct wmi_block *block = body;
    host_lock_take(&blocks_lock);
    list_remove(&block->link);
    bool was_last = block->callback != NULL && !has_listener_locked(&block->guid);
    host_lock_give(&blocks_lock);
    if (was_last)
        events_switch(&block->guid, IRP_MN_DISABLE_EVENTS);
}

NTSTATUS wmi_type_create(void)
{
    static const struct object_type_ops ops = {.delete_body = block_free,
                                               .valid_access = STANDARD_RIGHTS_ALL | 0xfff};
    return ob_type_create("WmiGuid", &ops, &wmi_block_type);
}

static bool is_provided(const GUID *guid)
{
    struct wmi_provider *provider;
    bool found = false;
    for (unsigned i = 0; !found && (provider = wmi_provider_at(i)) != NULL; i++) {
        found = wmi_provider_block(provider, guid) != NULL;
        wmi_provider_put(provider);
    }
    return found;
}

NTSTATUS wmi_block_open(const GUID *guid, ULONG access, struct wmi_block **out_block)
{
    struct wmi_block *block;
    /* Events may be waited for before anybody provides them. */
    if (!(access & WMIGUID_NOTIFICATION) && !is_provided(guid))
        return STATUS_WMI_GUID_NOT_FOUND;
    NTSTATUS status = ob_create(wmi_block_type, sizeof(*block), (void **)&block);
    if (!NT_SUCCESS(status))
        return status;
    block->guid = *guid;
    block->access = access;
    host_lock_take(&blocks_lock);
    list_push_back(&blocks, &block->link);
    host_lock_give(&blocks_lock);
    *out_block = block;
    return STATUS_SUCCESS;
}

/* ---- events ------------------------------------------------------------------------------------
 */

NTSTATUS wmi_block_listen(struct wmi_block *block, WMI_NOTIFICATION_CALLBACK callback,
                          PVOID context)
{
    if (!(block->access & WMIGUID_NOTIFICATION))
        return STATUS_ACCESS_DENIED;
    host_lock_take(&blocks_lock);
    bool is_first = !has_listener_locked(&block->guid);
    block->callback = callback;
    block->context = context;
    host_lock_give(&blocks_lock);
    if (is_first)
        events_switch(&block->guid, IRP_MN_ENABLE_EVENTS);
    return STATUS_SUCCESS;
}

struct wmi_event {
    struct ex_work work;
    WNODE_HEADER *wnode; /* the driver's pool, ours since IoWMIWriteEvent */
};
#define EVENT_MOST 0xffffu

static struct wmi_block *listener_at(unsigned index, const GUID *guid)
{
    struct wmi_block *found = NULL;
    host_lock_take(&blocks_lock);
    list_for_each(node, &blocks)
    {
        struct wmi_block *block = list_entry(node, struct wmi_block, link);
        if (block->callback == NULL || memcmp(&block->guid, guid, sizeof(*guid)) != 0 ||
            index-- != 0)
            continue;
        found = ob_reference_unless_dead(block) ? block : NULL;
        break;
    }
    host_lock_give(&blocks_lock);
    return found;
}

static void event_deliver(void *context)
{
    struct wmi_event *event = context;
    struct wmi_block *block;
    for (unsigned i = 0; (block = listener_at(i, &event->wnode->Guid)) != NULL; i++) {
        callout_wmi_notification(block->callback, event->wnode, block->context);
        ob_dereference(block);
    }
    ExFreePool(event->wnode);
    ExFreePoolWithTag(event, IO_TAG);
}

NTSTATUS wmi_event_write(WNODE_HEADER *wnode)
{
    if (wnode->BufferSize > EVENT_MOST)
        return STATUS_BUFFER_OVERFLOW;
    struct wmi_event *event = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*event), IO_TAG);
    if (event == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ex_pool_disown(event);
    event->wnode = wnode;
    ex_work_queue(&event->work, event_deliver, event);
    return STATUS_SUCCESS;
}

/* ---- asking a provider
 * ---------------------------------------------------------------------------
 */

#define WNODE_FIRST 1024u
#define WNODE_MOST  (16u << 20)

/* Sends a node that prepared has begun; a driver that finds it too small says what it needs. */
static NTSTATUS wnode_send(struct wmi_provider *provider, const GUID *guid, UCHAR minor,
                           const WNODE_HEADER *prepared, ULONG prepared_size, ULONG size,
                           WNODE_HEADER **out_wnode)
{
    GUID path = *guid;
    for (;;) {
        ULONG_PTR length = 0;
        WNODE_HEADER *wnode = ExAllocatePool2(POOL_FLAG_NON_PAGED, size, IO_TAG);
        if (wnode == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        ex_pool_disown(wnode);
        memcpy(wnode, prepared, prepared_size);
        NTSTATUS status = wmi_send(provider->device, minor, &path, wnode, size, &length);
        if (NT_SUCCESS(status) && !(wnode->Flags & WNODE_FLAG_TOO_SMALL)) {
            if (wnode->BufferSize > size)
                wnode->BufferSize = size;
            *out_wnode = wnode;
            return status;
        }
        ULONG needed = ((const WNODE_TOO_SMALL *)(const void *)wnode)->SizeNeeded;
        ExFreePoolWithTag(wnode, IO_TAG);
        if (!NT_SUCCESS(status))
            return status;
        if (needed <= size || needed > WNODE_MOST)
            return STATUS_WMI_TRY_AGAIN;
        size = needed;
    }
}

/* ---- all instances
 * --------------------------------------------------------------------------------
 */

static ULONG align8(ULONG value)
{
    return (value + 7) & ~7u;
}

/* Copies one answer with the names of its instances behind it; *used grows in any case. */
static void all_append(struct wmi_provider *provider, const WMIREGGUIDW *block,
                       const WNODE_ALL_DATA *answer, char *buffer, ULONG room, ULONG *used,
                       ULONG *last)
{
    ULONG at = *used, size = answer->WnodeHeader.BufferSize;
    ULONG names = align8(size), end = names + answer->InstanceCount * (ULONG)sizeof(ULONG);
    bool fits = at <= room && size <= room - at;
    WNODE_ALL_DATA *copy = (WNODE_ALL_DATA *)(void *)(buffer + at);
    if (fits)
        memcpy(copy, answer, size);
    for (ULONG i = 0; answer->OffsetInstanceNameOffsets == 0 && i < answer->InstanceCount; i++) {
        UNICODE_STRING name;
        if (!NT_SUCCESS(wmi_instance_name(provider, block, i, &name)))
            name = (UNICODE_STRING){0};
        ULONG next = end + (ULONG)sizeof(USHORT) + name.Length;
        if (fits && at + next <= room) {
            *(ULONG *)(void *)((char *)copy + names + i * sizeof(ULONG)) = end;
            *(USHORT *)(void *)((char *)copy + end) = name.Length;
            if (name.Length != 0)
                memcpy((char *)copy + end + sizeof(USHORT), name.Buffer, name.Length);
        }
        end = (next + 1) & ~1u;
        if (name.Buffer != NULL)
            RtlFreeUnicodeString(&name);
    }
    ULONG total = answer->OffsetInstanceNameOffsets == 0 ? end : size;
    if (at <= room && total <= room - at) {
        copy->WnodeHeader.BufferSize = total;
        copy->WnodeHeader.Linkage = 0;
        if (answer->OffsetInstanceNameOffsets == 0)
            copy->OffsetInstanceNameOffsets = names;
        if (at != 0)
            ((WNODE_HEADER *)(void *)(buffer + *last))->Linkage = at - *last;
        *last = at;
    }
    *used = align8(at + total);
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_WMI_GUID_NOT_FOUND; STATUS_BUFFER_TOO_SMALL, *size: what it takes
 * Doc:     wdm.h IoWMIQueryAllData, IRP_MN_QUERY_ALL_DATA
 */
NTSTATUS wmi_query_all(const struct wmi_block *block, ULONG *size, void *buffer)
{
    struct wmi_provider *provider;
    ULONG used = 0, last = 0, room = buffer != NULL ? *size : 0;
    NTSTATUS status = STATUS_WMI_GUID_NOT_FOUND;
    for (unsigned i = 0; (provider = wmi_provider_at(i)) != NULL; i++) {
        const WMIREGGUIDW *entry = wmi_provider_block(provider, &block->guid);
        WNODE_ALL_DATA begun = {.WnodeHeader = {.BufferSize = sizeof(begun),
                                                .ProviderId = provider->id,
                                                .Guid = block->guid,
                                                .Flags = WNODE_FLAG_ALL_DATA}};
        WNODE_HEADER *answer;
        NTSTATUS one = entry != NULL
                           ? wnode_send(provider, &block->guid, IRP_MN_QUERY_ALL_DATA,
                                        &begun.WnodeHeader, sizeof(begun), WNODE_FIRST, &answer)
                           : STATUS_WMI_GUID_NOT_FOUND;
        if (NT_SUCCESS(one)) {
            all_append(provider, entry, (const void *)answer, buffer, room, &used, &last);
            ExFreePoolWithTag(answer, IO_TAG);
        }
        if (entry != NULL && (NT_SUCCESS(one) || !NT_SUCCESS(status)))
            status = one;
        wmi_provider_put(provider);
    }
    if (!NT_SUCCESS(status))
        return status;
    status = used <= room ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL;
    *size = used;
    return status;
}

/* ---- one instance
 * ----------------------------------------------------------------------------------
 */

/* Items and methods have a number in front of the same two members. */
static bool has_item(UCHAR minor)
{
    return minor == IRP_MN_CHANGE_SINGLE_ITEM || minor == IRP_MN_EXECUTE_METHOD;
}

static ULONG wnode_flag(UCHAR minor)
{
    if (minor == IRP_MN_CHANGE_SINGLE_ITEM)
        return WNODE_FLAG_SINGLE_ITEM;
    return minor == IRP_MN_EXECUTE_METHOD ? WNODE_FLAG_METHOD_ITEM : WNODE_FLAG_SINGLE_INSTANCE;
}

void *wmi_wnode_data(WNODE_HEADER *wnode, UCHAR minor, ULONG *out_size)
{
    const WNODE_SINGLE_INSTANCE *single = (const void *)wnode;
    const WNODE_METHOD_ITEM *item = (const void *)wnode;
    ULONG offset = has_item(minor) ? item->DataBlockOffset : single->DataBlockOffset;
    *out_size = has_item(minor) ? item->SizeDataBlock : single->SizeDataBlock;
    if (offset > wnode->BufferSize || *out_size > wnode->BufferSize - offset)
        return NULL;
    return (char *)wnode + offset;
}

static NTSTATUS instance_send(struct wmi_provider *provider, const struct wmi_block *block,
                              const struct wmi_call *call, ULONG index, WNODE_HEADER **out_wnode)
{
    ULONG head = has_item(call->minor) ? FIELD_OFFSET(WNODE_METHOD_ITEM, VariableData)
                                       : FIELD_OFFSET(WNODE_SINGLE_INSTANCE, VariableData);
    ULONG data = align8(head + (ULONG)sizeof(USHORT) + call->name->Length);
    ULONG begun = data + call->input_size;
    ULONG size =
        data + (call->output_size > call->input_size ? call->output_size : call->input_size);
    char *memory = ExAllocatePool2(POOL_FLAG_PAGED, begun, IO_TAG);
    if (memory == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    WNODE_SINGLE_INSTANCE *single = (void *)memory;
    WNODE_METHOD_ITEM *item = (void *)memory;
    single->WnodeHeader =
        (WNODE_HEADER){.BufferSize = begun,
                       .ProviderId = provider->id,
                       .Guid = block->guid,
                       .Flags = wnode_flag(call->minor) | WNODE_FLAG_STATIC_INSTANCE_NAMES};
    single->OffsetInstanceName = head;
    single->InstanceIndex = index;
    if (has_item(call->minor)) {
        item->MethodId = call->item;
        item->DataBlockOffset = data;
        item->SizeDataBlock = call->input_size;
    } else {
        single->DataBlockOffset = data;
        single->SizeDataBlock = call->input_size;
    }
    *(USHORT *)(void *)(memory + head) = call->name->Length;
    memcpy(memory + head + sizeof(USHORT), call->name->Buffer, call->name->Length);
    if (call->input_size != 0)
        memcpy(memory + data, call->input, call->input_size);
    NTSTATUS status = wnode_send(provider, &block->guid, call->minor, &single->WnodeHeader, begun,
                                 size, out_wnode);
    ExFreePoolWithTag(memory, IO_TAG);
    return status;
}

/* The number of the instance of that name; false: the provider has none. */
static bool instance_find(struct wmi_provider *provider, const WMIREGGUIDW *entry,
                          const UNICODE_STRING *name, ULONG *out_index)
{
    UNICODE_STRING is;
    for (ULONG i = 0; i < entry->InstanceCount; i++) {
        if (!NT_SUCCESS(wmi_instance_name(provider, entry, i, &is)))
            return false;
        bool same = RtlEqualUnicodeString(&is, name, TRUE);
        RtlFreeUnicodeString(&is);
        *out_index = i;
        if (same)
            return true;
    }
    return false;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_WMI_GUID_NOT_FOUND, STATUS_WMI_INSTANCE_NOT_FOUND, the driver's
 * Doc:     wdm.h IoWMIQuerySingleInstance and its kin
 * Differs: instances whose names only their driver knows (dynamic names) are not found
 */
NTSTATUS wmi_call_instance(const struct wmi_block *block, const struct wmi_call *call,
                           WNODE_HEADER **out_wnode)
{
    struct wmi_provider *provider;
    NTSTATUS status = STATUS_WMI_GUID_NOT_FOUND;
    bool found = false;
    for (unsigned i = 0; !found && (provider = wmi_provider_at(i)) != NULL; i++) {
        const WMIREGGUIDW *entry = wmi_provider_block(provider, &block->guid);
        ULONG index;
        if (entry != NULL) {
            found = instance_find(provider, entry, call->name, &index);
            status = found ? instance_send(provider, block, call, index, out_wnode)
                           : STATUS_WMI_INSTANCE_NOT_FOUND;
        }
        wmi_provider_put(provider);
    }
    return status;
}
