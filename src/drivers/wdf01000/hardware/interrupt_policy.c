/* SPDX-License-Identifier: MIT */
/* interrupt_policy.c - what a client wants of its interrupts, told to who assigns resources.
 *
 * In: policies of interrupts, by order of creation; out: the interrupt descriptors of each
 * alternative with them. An alternative descriptor is one more way to have the same interrupt.
 */
#include "interrupt.h"

static void descriptor_write(PIO_RESOURCE_DESCRIPTOR to,
                             const WDF_INTERRUPT_EXTENDED_POLICY *policy)
{
    to->Flags |= CM_RESOURCE_INTERRUPT_POLICY_INCLUDED;
    /* Where groups are known, the upper half of the policy is the group. */
    to->u.Interrupt.AffinityPolicy =
        (IRQ_DEVICE_POLICY)(policy->Policy | (ULONG)policy->TargetProcessorSetAndGroup.Group << 16);
    to->u.Interrupt.PriorityPolicy = (IRQ_PRIORITY)policy->Priority;
    to->u.Interrupt.TargetedProcessors = policy->TargetProcessorSetAndGroup.Mask;
}

static void list_write(struct fx_device *device, IO_RESOURCE_LIST *list)
{
    struct fx_interrupt *interrupt = NULL;
    ULONG at, index = 0;

    for (at = 0; at < list->Count; at++) {
        PIO_RESOURCE_DESCRIPTOR descriptor = &list->Descriptors[at];

        if (descriptor->Type != CmResourceTypeInterrupt)
            continue;
        if (!(descriptor->Option & IO_RESOURCE_ALTERNATIVE) || !interrupt) {
            if (interrupt)
                fx_object_deref(&interrupt->object);
            interrupt = fx_interrupt_at(device, index++);
        }
        if (!interrupt)
            return;
        if (interrupt->has_policy)
            descriptor_write(descriptor, &interrupt->policy);
    }
    if (interrupt)
        fx_object_deref(&interrupt->object);
}

void fx_interrupts_requirements(struct fx_device *device, PIO_RESOURCE_REQUIREMENTS_LIST list)
{
    IO_RESOURCE_LIST *at;
    ULONG index;

    if (!list)
        return;
    at = list->List;
    for (index = 0; index < list->AlternativeLists; index++) {
        list_write(device, at);
        at = (IO_RESOURCE_LIST *)&at->Descriptors[at->Count];
    }
}
