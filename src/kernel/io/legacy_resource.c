/* SPDX-License-Identifier: MIT */
/* legacy_resource.c - which ports, memory, interrupts and channels drivers have claimed that
 * look for hardware by themselves.
 *
 * A claim belongs to a device, or to a driver as a whole; a new claim of the same owner replaces
 * the old one, an empty one takes it away. The machine has no such hardware of its own: a claim
 * conflicts only with another driver's or device's.
 */
#include "legacy_resource.h"

#include <string.h>

struct claim {
    struct list link;
    const void *owner;      /* device or driver; not referenced: claims go with it */
    CM_RESOURCE_LIST *list; /* owned */
};

static struct host_lock claims_lock; /* guards: claims */
static struct list claims = LIST_INIT(claims);

/* ---- one descriptor against another ---------------------------------------------------- */

static bool ranges_meet(uint64_t a, uint64_t a_length, uint64_t b, uint64_t b_length)
{
    return a < b + b_length && b < a + a_length;
}

static bool partials_conflict(const CM_PARTIAL_RESOURCE_DESCRIPTOR *a,
                              const CM_PARTIAL_RESOURCE_DESCRIPTOR *b)
{
    if (a->Type != b->Type)
        return false;
    if (a->ShareDisposition == CmResourceShareShared &&
        b->ShareDisposition == CmResourceShareShared)
        return false;
    switch (a->Type) {
    case CmResourceTypePort:
    case CmResourceTypeMemory:
        return ranges_meet((uint64_t)a->u.Port.Start.QuadPart, a->u.Port.Length,
                           (uint64_t)b->u.Port.Start.QuadPart, b->u.Port.Length);
    case CmResourceTypeInterrupt:
        return a->u.Interrupt.Vector == b->u.Interrupt.Vector;
    case CmResourceTypeDma:
        return a->u.Dma.Channel == b->u.Dma.Channel;
    default:
        return false;
    }
}

/* ---- walking lists -----------------------------------------------------------------------------
 */

struct partial_walk {
    const CM_RESOURCE_LIST *list;
    const CM_FULL_RESOURCE_DESCRIPTOR *full;
    ULONG full_index, index;
};

static struct partial_walk partial_walk_begin(const CM_RESOURCE_LIST *list)
{
    return (struct partial_walk){.list = list, .full = list != NULL ? list->List : NULL};
}

/* NULL: the end. A full descriptor follows the last partial one of that before it. */
static const CM_PARTIAL_RESOURCE_DESCRIPTOR *partial_next(struct partial_walk *walk)
{
    while (walk->list != NULL && walk->full_index < walk->list->Count) {
        const CM_PARTIAL_RESOURCE_LIST *partials = &walk->full->PartialResourceList;
        if (walk->index < partials->Count)
            return &partials->PartialDescriptors[walk->index++];
        walk->full =
            (const CM_FULL_RESOURCE_DESCRIPTOR *)&partials->PartialDescriptors[partials->Count];
        walk->full_index++;
        walk->index = 0;
    }
    return NULL;
}

/* Bytes that the list really takes; 0: it does not lie in length bytes. */
static size_t list_bytes(const CM_RESOURCE_LIST *list, size_t length)
{
    const char *end = (const char *)list + length;
    const char *at = (const char *)list->List;
    if (length < FIELD_OFFSET(CM_RESOURCE_LIST, List))
        return 0;
    for (ULONG i = 0; i < list->Count; i++) {
        const CM_FULL_RESOURCE_DESCRIPTOR *full = (const void *)at;
        const size_t head =
            FIELD_OFFSET(CM_FULL_RESOURCE_DESCRIPTOR, PartialResourceList.PartialDescriptors);
        if ((size_t)(end - at) < head)
            return 0;
        size_t count = full->PartialResourceList.Count;
        if (count > ((size_t)(end - at) - head) / sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR))
            return 0;
        at += head + count * sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR);
    }
    return (size_t)(at - (const char *)list);
}

/* ---- claims ------------------------------------------------------------------------------------
 */

static bool lists_conflict(const CM_RESOURCE_LIST *a, const CM_RESOURCE_LIST *b)
{
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *one, *other;
    struct partial_walk outer = partial_walk_begin(a);
    while ((one = partial_next(&outer)) != NULL) {
        struct partial_walk inner = partial_walk_begin(b);
        while ((other = partial_next(&inner)) != NULL)
            if (partials_conflict(one, other))
                return true;
    }
    return false;
}

static bool claim_conflicts_locked(const void *owner, const CM_RESOURCE_LIST *list)
{
    list_for_each(node, &claims)
    {
        const struct claim *claim = list_entry(node, struct claim, link);
        if (claim->owner != owner && lists_conflict(claim->list, list))
            return true;
    }
    return false;
}

bool io_resource_is_claimed(const CM_RESOURCE_LIST *list)
{
    host_lock_take(&claims_lock);
    bool is_claimed = claim_conflicts_locked(NULL, list);
    host_lock_give(&claims_lock);
    return is_claimed;
}

static struct claim *claim_take_locked(const void *owner)
{
    list_for_each(node, &claims)
    {
        struct claim *claim = list_entry(node, struct claim, link);
        if (claim->owner != owner)
            continue;
        list_remove(&claim->link);
        return claim;
    }
    return NULL;
}

static void claim_free(struct claim *claim)
{
    if (claim != NULL)
        ExFreePoolWithTag(claim, IO_TAG);
}

void legacy_resource_forget(const void *owner)
{
    host_lock_take(&claims_lock);
    struct claim *claim = claim_take_locked(owner);
    host_lock_give(&claims_lock);
    claim_free(claim);
}

NTSTATUS legacy_resource_claim(const void *owner, const CM_RESOURCE_LIST *list, ULONG length,
                               bool overrides, bool *out_conflicts)
{
    *out_conflicts = false;
    if (list == NULL || list->Count == 0) {
        legacy_resource_forget(owner);
        return STATUS_SUCCESS;
    }
    size_t bytes = list_bytes(list, length);
    if (bytes == 0)
        return STATUS_UNSUCCESSFUL;
    struct claim *claim = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*claim) + bytes, IO_TAG);
    if (claim == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ex_pool_disown(claim);
    claim->owner = owner;
    claim->list = (CM_RESOURCE_LIST *)(claim + 1);
    memcpy(claim->list, list, bytes);
    host_lock_take(&claims_lock);
    *out_conflicts = claim_conflicts_locked(owner, list);
    bool is_taken = !*out_conflicts || overrides;
    struct claim *old = is_taken ? claim_take_locked(owner) : claim;
    if (is_taken)
        list_push_back(&claims, &claim->link);
    host_lock_give(&claims_lock);
    claim_free(old);
    return is_taken ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES;
}

/* ---- choosing ----------------------------------------------------------------------------------
 */

/* A range of the wanted length and alignment that nobody else has. */
static bool range_choose(const void *owner, const IO_RESOURCE_DESCRIPTOR *wanted,
                         CM_PARTIAL_RESOURCE_DESCRIPTOR *out)
{
    uint64_t step = wanted->u.Port.Alignment > 1 ? wanted->u.Port.Alignment : 1;
    uint64_t at = (uint64_t)wanted->u.Port.MinimumAddress.QuadPart;
    uint64_t last = (uint64_t)wanted->u.Port.MaximumAddress.QuadPart;
    CM_RESOURCE_LIST probe = {.Count = 1};
    CM_PARTIAL_RESOURCE_DESCRIPTOR *partial =
        &probe.List[0].PartialResourceList.PartialDescriptors[0];
    probe.List[0].PartialResourceList.Count = 1;
    *partial = *out;
    partial->u.Port.Length = wanted->u.Port.Length;
    if (wanted->u.Port.Length == 0)
        return false;
    for (at = (at + step - 1) / step * step; at + wanted->u.Port.Length - 1 <= last; at += step) {
        partial->u.Port.Start.QuadPart = (LONGLONG)at;
        if (claim_conflicts_locked(owner, &probe))
            continue;
        *out = *partial;
        return true;
    }
    return false;
}

/* An interrupt's vector or a channel; both are small numbers. */
static bool number_choose(const void *owner, ULONG low, ULONG high, ULONG *place,
                          const CM_PARTIAL_RESOURCE_DESCRIPTOR *partial)
{
    CM_RESOURCE_LIST probe = {.Count = 1};
    probe.List[0].PartialResourceList.Count = 1;
    for (uint64_t number = low; number <= high; number++) {
        *place = (ULONG)number;
        probe.List[0].PartialResourceList.PartialDescriptors[0] = *partial;
        if (!claim_conflicts_locked(owner, &probe))
            return true;
    }
    return false;
}

static bool descriptor_choose(const void *owner, const IO_RESOURCE_DESCRIPTOR *wanted,
                              CM_PARTIAL_RESOURCE_DESCRIPTOR *out)
{
    *out = (CM_PARTIAL_RESOURCE_DESCRIPTOR){
        .Type = wanted->Type, .ShareDisposition = wanted->ShareDisposition, .Flags = wanted->Flags};
    switch (wanted->Type) {
    case CmResourceTypePort:
    case CmResourceTypeMemory:
        return range_choose(owner, wanted, out);
    case CmResourceTypeInterrupt:
        out->u.Interrupt.Affinity = 1;
        if (!number_choose(owner, wanted->u.Interrupt.MinimumVector,
                           wanted->u.Interrupt.MaximumVector, &out->u.Interrupt.Vector, out))
            return false;
        out->u.Interrupt.Level = (USHORT)out->u.Interrupt.Vector;
        return true;
    case CmResourceTypeDma:
        return number_choose(owner, wanted->u.Dma.MinimumChannel, wanted->u.Dma.MaximumChannel,
                             &out->u.Dma.Channel, out);
    default:
        return false;
    }
}

/* One alternative list: every group of a preferred and its alternatives gives one resource. */
static bool list_choose_locked(const void *owner, const IO_RESOURCE_LIST *wanted,
                               CM_PARTIAL_RESOURCE_LIST *out)
{
    out->Count = 0;
    for (ULONG i = 0; i < wanted->Count;) {
        bool found = false;
        do {
            found = found || descriptor_choose(owner, &wanted->Descriptors[i],
                                               &out->PartialDescriptors[out->Count]);
            i++;
        } while (i < wanted->Count && (wanted->Descriptors[i].Option & IO_RESOURCE_ALTERNATIVE));
        if (!found)
            return false;
        out->Count++;
    }
    return true;
}

NTSTATUS legacy_resource_assign(const void *owner, const IO_RESOURCE_REQUIREMENTS_LIST *wanted,
                                CM_RESOURCE_LIST **out_list)
{
    const IO_RESOURCE_LIST *alternative = wanted->List;
    bool found = false, conflicts;
    size_t bytes = sizeof(CM_RESOURCE_LIST) + wanted->ListSize; /* a claim is shorter than a wish */
    CM_RESOURCE_LIST *list = ExAllocatePool2(POOL_FLAG_PAGED, bytes, IO_TAG);
    if (list == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    list->Count = 1;
    list->List[0].InterfaceType = wanted->InterfaceType;
    list->List[0].BusNumber = wanted->BusNumber;
    host_lock_take(&claims_lock);
    for (ULONG i = 0; i < wanted->AlternativeLists && !found; i++) {
        found = list_choose_locked(owner, alternative, &list->List[0].PartialResourceList);
        alternative = (const void *)&alternative->Descriptors[alternative->Count];
    }
    host_lock_give(&claims_lock);
    NTSTATUS status = found ? legacy_resource_claim(owner, list, (ULONG)bytes, false, &conflicts)
                            : STATUS_CONFLICTING_ADDRESSES;
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(list, IO_TAG);
        return status;
    }
    *out_list = list;
    return STATUS_SUCCESS;
}
