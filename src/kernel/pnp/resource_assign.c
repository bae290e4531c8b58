/* SPDX-License-Identifier: MIT */
/* resource_assign.c - what a device starts with: its lists, raw and translated, taken and given.
 *
 * In: a stack whose drivers have been added; out: the lists that IRP_MN_START_DEVICE carries. What
 * the firmware or the registry gave is kept if nobody else has it; else the arbiter chooses; else
 * others move aside.
 */
#include "resource.h"

/* ---- translation
 * --------------------------------------------------------------------------------- */

/* Ports and memory are the same on both sides here; interrupts become vectors.
 * Errors: STATUS_PNP_IRQ_TRANSLATION_FAILED */
static NTSTATUS partial_translate(CM_PARTIAL_RESOURCE_DESCRIPTOR *at)
{
    KIRQL irql;
    ULONG vector;
    if (at->Type != CmResourceTypeInterrupt)
        return STATUS_SUCCESS;
    if (at->Flags & CM_RESOURCE_INTERRUPT_MESSAGE) {
        vector = at->u.MessageInterrupt.Raw.Vector;
        KAFFINITY affinity = at->u.MessageInterrupt.Raw.Affinity;
        at->u.MessageInterrupt.Translated.Level = (USHORT)(vector >> 4);
        at->u.MessageInterrupt.Translated.Group = 0;
        at->u.MessageInterrupt.Translated.Vector = vector;
        at->u.MessageInterrupt.Translated.Affinity = affinity;
        return STATUS_SUCCESS;
    }
    if (!hal_interrupt_vector(at->u.Interrupt.Vector, &vector, &irql))
        return STATUS_PNP_IRQ_TRANSLATION_FAILED;
    at->u.Interrupt.Level = irql;
    at->u.Interrupt.Vector = vector;
    at->u.Interrupt.Affinity = KeQueryActiveProcessors();
    return STATUS_SUCCESS;
}

static NTSTATUS list_translate(const CM_RESOURCE_LIST *raw, CM_RESOURCE_LIST **out_translated)
{
    size_t bytes = resource_list_bytes(raw);
    CM_RESOURCE_LIST *list = pnp_allocate(bytes);
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *at;
    NTSTATUS status = STATUS_SUCCESS;
    if (list == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(list, raw, bytes);
    struct partial_walk walk = partial_walk_begin(list);
    while (NT_SUCCESS(status) && (at = partial_next(&walk)) != NULL)
        status = partial_translate((CM_PARTIAL_RESOURCE_DESCRIPTOR *)at);
    if (!NT_SUCCESS(status))
        pnp_free(list);
    else
        *out_translated = list;
    return status;
}

/* ---- taking and giving
 * ----------------------------------------------------------------------------
 */

static void lists_set(struct device_node *node, CM_RESOURCE_LIST *raw, CM_RESOURCE_LIST *translated)
{
    host_lock_take(&pnp_tree_lock);
    CM_RESOURCE_LIST *old_raw = node->raw, *old_translated = node->translated;
    node->raw = raw;
    node->translated = translated;
    host_lock_give(&pnp_tree_lock);
    pnp_free(old_raw);
    pnp_free(old_translated);
}

NTSTATUS resources_take(struct device_node *node, CM_RESOURCE_LIST *raw)
{
    CM_RESOURCE_LIST *translated = NULL;
    NTSTATUS status = raw != NULL ? list_translate(raw, &translated) : STATUS_SUCCESS;
    if (!NT_SUCCESS(status)) {
        pnp_free(raw);
        node_problem_set(node, CM_PROB_IRQ_TRANSLATION_FAILED, status);
        return status;
    }
    lists_set(node, raw, translated);
    return STATUS_SUCCESS;
}

void resources_release(struct device_node *node)
{
    lists_set(node, NULL, NULL);
}

/* ---- what it wants ------------------------------------------------------------------------------
 */

/* The bus's list as the drivers of the stack leave it; it stays with the node for rebalancing. */
static NTSTATUS requirements_filter(struct device_node *node)
{
    IO_RESOURCE_REQUIREMENTS_LIST *list = NULL, *copy = NULL;
    NTSTATUS status = irp_filter_requirements(node, node->wanted, &list);
    if (!NT_SUCCESS(status))
        return status;
    if (list != NULL && list->ListSize >= sizeof(*list) && list->AlternativeLists != 0) {
        copy = pnp_allocate(list->ListSize);
        if (copy != NULL)
            memcpy(copy, list, list->ListSize);
        else
            status = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (list != NULL)
        ExFreePool(list);
    if (NT_SUCCESS(status)) {
        pnp_free(node->filtered);
        node->filtered = copy;
    }
    return status;
}

/* The boot configuration, if nobody else has any of it. */
static CM_RESOURCE_LIST *boot_choose(struct device_node *node)
{
    if (node->boot == NULL || resources_conflict(node, node->boot))
        return NULL;
    size_t bytes = resource_list_bytes(node->boot);
    CM_RESOURCE_LIST *list = pnp_allocate(bytes);
    if (list != NULL)
        memcpy(list, node->boot, bytes);
    return list;
}

/* Errors:  STATUS_CONFLICTING_ADDRESSES, and the node's problem if it is another than a conflict
 * Doc:     "Hardware Resources"; "IRP_MN_FILTER_RESOURCE_REQUIREMENTS" */
NTSTATUS resources_assign(struct device_node *node)
{
    NTSTATUS status = requirements_filter(node);
    if (!NT_SUCCESS(status)) {
        node_problem_set(node,
                         status == STATUS_IO_TIMEOUT ? CM_PROB_FAILED_START : CM_PROB_OUT_OF_MEMORY,
                         status);
        return status;
    }
    CM_RESOURCE_LIST *list = boot_choose(node);
    if (list != NULL || node->filtered == NULL) {
        if (list == NULL && node->boot != NULL)
            return STATUS_CONFLICTING_ADDRESSES;
        return resources_take(node, list);
    }
    status = resources_choose(node, node->filtered, &list);
    if (status == STATUS_CONFLICTING_ADDRESSES)
        return resources_rebalance(node);
    return NT_SUCCESS(status) ? resources_take(node, list) : status;
}

/* The device says that it needs something else now: stopped, asked again, started again.
 * Doc: PNP_DEVICE_RESOURCE_REQUIREMENTS_CHANGED */
void node_requirements_changed(struct device_node *node)
{
    IO_RESOURCE_REQUIREMENTS_LIST *wanted = NULL;
    if (!NT_SUCCESS(node_query_stop(node)))
        return;
    (void)node_stop(node);
    if (NT_SUCCESS(irp_query_requirements(node, &wanted))) {
        pnp_free(node->wanted);
        node->wanted = wanted != NULL ? pnp_allocate(wanted->ListSize) : NULL;
        if (node->wanted != NULL)
            memcpy(node->wanted, wanted, wanted->ListSize);
        if (wanted != NULL)
            ExFreePool(wanted);
    }
    resources_release(node);
    NTSTATUS status = resources_assign(node);
    if (NT_SUCCESS(status))
        (void)node_restart(node);
    else
        tree_surprise(node, CM_PROB_NORMAL_CONFLICT);
    tree_process(node);
}
