/* SPDX-License-Identifier: MIT */
/* resource_choose.c - the arbiter: from what a device wants to what it gets.
 *
 * In: a requirements list; out: the first alternative that nobody else's assignment stands against,
 * chosen with backtracking: a descriptor that leaves none for a later one is tried elsewhere. What
 * lies inside of an ancestor's own range is the ancestor's to give and no conflict.
 */
#include "resource.h"

#define MESSAGE_VECTORS 8u /* of each IRQL, the upper half; the lower is the lines' */

/* ---- one descriptor against another
 * -------------------------------------------------------------- */

static bool is_range(UCHAR type)
{
    return type == CmResourceTypePort || type == CmResourceTypeMemory;
}

static bool is_message(const CM_PARTIAL_RESOURCE_DESCRIPTOR *a)
{
    return a->Type == CmResourceTypeInterrupt && (a->Flags & CM_RESOURCE_INTERRUPT_MESSAGE);
}

static bool spans_meet(uint64_t a, uint64_t a_count, uint64_t b, uint64_t b_count)
{
    return a < b + b_count && b < a + a_count;
}

static bool partials_conflict(const CM_PARTIAL_RESOURCE_DESCRIPTOR *a,
                              const CM_PARTIAL_RESOURCE_DESCRIPTOR *b)
{
    if (a->Type != b->Type || is_message(a) != is_message(b) ||
        (a->ShareDisposition == CmResourceShareShared &&
         b->ShareDisposition == CmResourceShareShared))
        return false;
    if (is_range(a->Type))
        return spans_meet((uint64_t)a->u.Memory.Start.QuadPart, a->u.Memory.Length,
                          (uint64_t)b->u.Memory.Start.QuadPart, b->u.Memory.Length);
    if (is_message(a))
        return spans_meet(a->u.MessageInterrupt.Raw.Vector, a->u.MessageInterrupt.Raw.MessageCount,
                          b->u.MessageInterrupt.Raw.Vector, b->u.MessageInterrupt.Raw.MessageCount);
    if (a->Type == CmResourceTypeInterrupt)
        return a->u.Interrupt.Vector == b->u.Interrupt.Vector;
    if (a->Type == CmResourceTypeDma)
        return a->u.Dma.Channel == b->u.Dma.Channel;
    if (a->Type == CmResourceTypeBusNumber)
        return spans_meet(a->u.BusNumber.Start, a->u.BusNumber.Length, b->u.BusNumber.Start,
                          b->u.BusNumber.Length);
    return false;
}

static bool list_has_conflict(const CM_RESOURCE_LIST *list,
                              const CM_PARTIAL_RESOURCE_DESCRIPTOR *wanted)
{
    struct partial_walk walk = partial_walk_begin(list);
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *at;
    while ((at = partial_next(&walk)) != NULL)
        if (partials_conflict(at, wanted))
            return true;
    return false;
}

static bool is_claimed(const CM_PARTIAL_RESOURCE_DESCRIPTOR *wanted)
{
    CM_RESOURCE_LIST list = {.Count = 1};
    list.List[0].PartialResourceList.Count = 1;
    list.List[0].PartialResourceList.PartialDescriptors[0] = *wanted;
    return io_resource_is_claimed(&list);
}

/* The device that stands in the way; NULL: none. claimed by a driver that detects its hardware
 * itself: the root stands for it. */
struct device_node *resource_holder(const struct device_node *owner,
                                    const CM_PARTIAL_RESOURCE_DESCRIPTOR *wanted)
{
    for (struct device_node *at = pnp_root; at != NULL; at = tree_next(pnp_root, at))
        if (at != owner && at->raw != NULL && !tree_is_below(owner, at) &&
            list_has_conflict(at->raw, wanted))
            return at;
    return is_claimed(wanted) ? pnp_root : NULL;
}

bool resources_conflict(const struct device_node *owner, const CM_RESOURCE_LIST *list)
{
    struct partial_walk walk = partial_walk_begin(list);
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *at;
    while ((at = partial_next(&walk)) != NULL)
        if (resource_holder(owner, at) != NULL)
            return true;
    return false;
}

/* ---- the values of one descriptor, one after the other
 * --------------------------------------------
 */

struct choice {
    struct device_node *node;
    CM_PARTIAL_RESOURCE_LIST *out;
    unsigned steps; /* left, so that a device with many wishes cannot keep the machine busy */
};

static bool is_free(struct choice *choice, const CM_PARTIAL_RESOURCE_DESCRIPTOR *wanted)
{
    for (ULONG i = 0; i < choice->out->Count; i++)
        if (partials_conflict(&choice->out->PartialDescriptors[i], wanted))
            return false;
    return resource_holder(choice->node, wanted) == NULL;
}

/* Fills out with the next value at or behind *at that is free; false: there is none. */
static bool range_next(struct choice *choice, const IO_RESOURCE_DESCRIPTOR *wanted, uint64_t *at,
                       CM_PARTIAL_RESOURCE_DESCRIPTOR *out)
{
    uint64_t step = wanted->u.Memory.Alignment > 1 ? wanted->u.Memory.Alignment : 1;
    uint64_t low = (uint64_t)wanted->u.Memory.MinimumAddress.QuadPart;
    uint64_t high = (uint64_t)wanted->u.Memory.MaximumAddress.QuadPart;
    uint64_t length = wanted->u.Memory.Length;
    uint64_t from = *at < low ? low : *at;
    out->u.Memory.Length = (ULONG)length;
    for (from = (from + step - 1) / step * step;
         length != 0 && from + length - 1 <= high && from + length > from; from += step) {
        if (choice->steps == 0)
            return false;
        choice->steps--;
        out->u.Memory.Start.QuadPart = (LONGLONG)from;
        if (is_free(choice, out)) {
            *at = from + step;
            return true;
        }
    }
    return false;
}

static bool message_next(struct choice *choice, const IO_RESOURCE_DESCRIPTOR *wanted, uint64_t *at,
                         CM_PARTIAL_RESOURCE_DESCRIPTOR *out)
{
    ULONG count = wanted->u.Interrupt.MaximumVector - wanted->u.Interrupt.MinimumVector + 1;
    if (count == 0 || count > MESSAGE_VECTORS)
        return false;
    for (uint64_t vector = *at; vector < 0xc0; vector++) {
        if (vector < HAL_VECTOR_FIRST || vector % 16 < MESSAGE_VECTORS || vector % 16 + count > 16)
            continue;
        out->u.MessageInterrupt.Raw.MessageCount = (USHORT)count;
        out->u.MessageInterrupt.Raw.Vector = (ULONG)vector;
        out->u.MessageInterrupt.Raw.Affinity = KeQueryActiveProcessors();
        if (is_free(choice, out)) {
            *at = vector + 1;
            return true;
        }
    }
    return false;
}

/* A line, a channel, a bus: small numbers. */
static bool number_next(struct choice *choice, const IO_RESOURCE_DESCRIPTOR *wanted, uint64_t *at,
                        CM_PARTIAL_RESOURCE_DESCRIPTOR *out)
{
    ULONG low = wanted->u.Interrupt.MinimumVector, high = wanted->u.Interrupt.MaximumVector;
    ULONG length = 1;
    if (wanted->Type == CmResourceTypeBusNumber) {
        low = wanted->u.BusNumber.MinBusNumber;
        high = wanted->u.BusNumber.MaxBusNumber;
        length = wanted->u.BusNumber.Length;
    }
    for (uint64_t number = *at < low ? low : *at; number <= high && choice->steps > 0; number++) {
        choice->steps--;
        if (wanted->Type == CmResourceTypeInterrupt) {
            out->u.Interrupt.Level = out->u.Interrupt.Vector = (ULONG)number;
            out->u.Interrupt.Affinity = KeQueryActiveProcessors();
        } else if (wanted->Type == CmResourceTypeDma) {
            out->u.Dma.Channel = (ULONG)number;
        } else {
            out->u.BusNumber.Start = (ULONG)number;
            out->u.BusNumber.Length = length;
        }
        if (is_free(choice, out)) {
            *at = number + 1;
            return true;
        }
    }
    return false;
}

static bool value_next(struct choice *choice, const IO_RESOURCE_DESCRIPTOR *wanted, uint64_t *at,
                       CM_PARTIAL_RESOURCE_DESCRIPTOR *out)
{
    *out = (CM_PARTIAL_RESOURCE_DESCRIPTOR){
        .Type = wanted->Type, .ShareDisposition = wanted->ShareDisposition, .Flags = wanted->Flags};
    if (is_range(wanted->Type))
        return range_next(choice, wanted, at, out);
    if (is_message(out))
        return message_next(choice, wanted, at, out);
    if (wanted->Type == CmResourceTypeInterrupt || wanted->Type == CmResourceTypeDma ||
        wanted->Type == CmResourceTypeBusNumber)
        return number_next(choice, wanted, at, out);
    /* What no arbiter looks after goes through as it is, once. */
    if (*at != 0)
        return false;
    *at = 1;
    if (wanted->Type == CmResourceTypeDevicePrivate)
        memcpy(out->u.DevicePrivate.Data, wanted->u.DevicePrivate.Data,
               sizeof(out->u.DevicePrivate.Data));
    else if (wanted->Type == CmResourceTypeConnection) {
        out->u.Connection.Class = wanted->u.Connection.Class;
        out->u.Connection.Type = wanted->u.Connection.Type;
        out->u.Connection.IdLowPart = wanted->u.Connection.IdLowPart;
        out->u.Connection.IdHighPart = wanted->u.Connection.IdHighPart;
    }
    return true;
}

/* ---- one list
 * ------------------------------------------------------------------------------------
 */

/* Chooses for the groups from descriptor `first` on. A group is a descriptor and its alternatives,
 * the preferred one before the others. */
static bool groups_choose(struct choice *choice, const IO_RESOURCE_LIST *wanted, ULONG first)
{
    while (first < wanted->Count && wanted->Descriptors[first].Type == CmResourceTypeConfigData)
        first++;
    if (first >= wanted->Count)
        return true;
    ULONG end = first + 1;
    while (end < wanted->Count && (wanted->Descriptors[end].Option & IO_RESOURCE_ALTERNATIVE))
        end++;
    CM_PARTIAL_RESOURCE_DESCRIPTOR *out = &choice->out->PartialDescriptors[choice->out->Count];
    for (ULONG pass = 0; pass < 2; pass++)
        for (ULONG i = first; i < end; i++) {
            bool is_preferred = (wanted->Descriptors[i].Option & IO_RESOURCE_PREFERRED) != 0;
            uint64_t at = 0;
            if (is_preferred != (pass == 0))
                continue;
            while (value_next(choice, &wanted->Descriptors[i], &at, out)) {
                choice->out->Count++;
                if (groups_choose(choice, wanted, end))
                    return true;
                choice->out->Count--;
            }
        }
    return false;
}

#define CHOICE_STEPS 100000u

/* A list in pool of ours; NULL with STATUS_SUCCESS: nothing is wanted.
 *
 * Errors:  STATUS_CONFLICTING_ADDRESSES
 * Doc:     wdm.h IO_RESOURCE_REQUIREMENTS_LIST, IO_RESOURCE_DESCRIPTOR
 */
NTSTATUS resources_choose(struct device_node *node, const IO_RESOURCE_REQUIREMENTS_LIST *wanted,
                          CM_RESOURCE_LIST **out_list)
{
    const IO_RESOURCE_LIST *alternative = wanted->List;
    CM_RESOURCE_LIST *list = pnp_allocate(sizeof(*list) + wanted->ListSize);
    if (list == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    list->Count = 1;
    list->List[0].InterfaceType = wanted->InterfaceType;
    list->List[0].BusNumber = wanted->BusNumber;
    list->List[0].PartialResourceList.Version = list->List[0].PartialResourceList.Revision = 1;
    for (ULONG i = 0; i < wanted->AlternativeLists; i++) {
        struct choice choice = {node, &list->List[0].PartialResourceList, CHOICE_STEPS};
        choice.out->Count = 0;
        if (groups_choose(&choice, alternative, 0)) {
            if (choice.out->Count == 0) {
                pnp_free(list);
                list = NULL;
            }
            *out_list = list;
            return STATUS_SUCCESS;
        }
        alternative = (const void *)&alternative->Descriptors[alternative->Count];
    }
    pnp_free(list);
    return STATUS_CONFLICTING_ADDRESSES;
}
