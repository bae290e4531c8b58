/* SPDX-License-Identifier: MIT */
/* interrupts.c - IoConnectInterruptEx asks what interrupts a device was given: lines and messages.
 */
#include "resource.h"

#define MESSAGE_ADDRESS 0xfee00000u /* of the first processor's interrupt controller */

/* false: it is not in this descriptor; *in_out_index has become the place behind it. */
static bool interrupt_take(const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw,
                           const CM_PARTIAL_RESOURCE_DESCRIPTOR *translated, unsigned *in_out_index,
                           struct hal_interrupt_resource *out)
{
    bool is_message = (raw->Flags & CM_RESOURCE_INTERRUPT_MESSAGE) != 0;
    unsigned count = is_message ? raw->u.MessageInterrupt.Raw.MessageCount : 1;
    if (*in_out_index >= count) {
        *in_out_index -= count;
        return false;
    }
    ULONG vector = is_message ? translated->u.MessageInterrupt.Translated.Vector + *in_out_index
                              : translated->u.Interrupt.Vector;
    *out = (struct hal_interrupt_resource){
        .vector = vector,
        .irql = (KIRQL)(is_message ? vector >> 4 : translated->u.Interrupt.Level),
        .mode =
            is_message || (raw->Flags & CM_RESOURCE_INTERRUPT_LATCHED) ? Latched : LevelSensitive,
        .is_shared = raw->ShareDisposition == CmResourceShareShared,
        .is_message = is_message,
        .message_data = is_message ? vector : 0,
    };
    out->message_address.QuadPart = is_message ? MESSAGE_ADDRESS : 0;
    return true;
}

static bool interrupt_find(PDEVICE_OBJECT physical_device, unsigned index,
                           struct hal_interrupt_resource *out_resource)
{
    bool is_found = false;
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw, *translated;
    struct device_node *node = pnp_node_of_get(physical_device);
    if (node == NULL)
        return false;
    host_lock_take(&pnp_tree_lock);
    struct partial_walk raws = partial_walk_begin(node->raw);
    struct partial_walk others = partial_walk_begin(node->translated);
    while (!is_found && (raw = partial_next(&raws)) != NULL &&
           (translated = partial_next(&others)) != NULL)
        if (raw->Type == CmResourceTypeInterrupt)
            is_found = interrupt_take(raw, translated, &index, out_resource);
    host_lock_give(&pnp_tree_lock);
    pnp_node_put(node);
    return is_found;
}

void interrupts_start(void)
{
    hal_interrupt_resources_set(interrupt_find);
}

void interrupts_stop(void)
{
    hal_interrupt_resources_set(NULL);
}
