/* SPDX-License-Identifier: MIT */
/* dma_channel.c - an adapter's channel: one driver routine at a time has it, others wait.
 *
 * Who frees it runs the next routine, in a loop: a routine that frees at once does not nest. All
 * at DISPATCH_LEVEL, with no lock of ours held while a routine runs.
 */
#include "dma.h"

#include "callout/callout.h"
#include "ke/ke.h"

static struct dma_wait *channel_next(struct dma_adapter *adapter)
{
    struct list *node;

    host_lock_take(&adapter->lock);
    node = list_pop_front(&adapter->waiting);
    adapter->is_channel_taken = node != NULL;
    adapter->channel_registers =
        node != NULL ? list_entry(node, struct dma_wait, link)->registers : NULL;
    host_lock_give(&adapter->lock);
    return node != NULL ? list_entry(node, struct dma_wait, link) : NULL;
}

/* Runs the routine of who has the channel; true: the channel is free again. */
static bool channel_run(struct dma_adapter *adapter, struct dma_wait *wait)
{
    struct dma_registers *registers = wait->registers;
    uint64_t arguments[4] = {(uintptr_t)wait->device,
                             (uintptr_t)(wait->device != NULL ? wait->device->CurrentIrp : NULL),
                             (uintptr_t)registers, (uintptr_t)wait->context};
    PDRIVER_CONTROL routine = wait->routine;
    IO_ALLOCATION_ACTION action = KeepObject;

    (void)adapter;
    if (wait->out_base != NULL)
        *wait->out_base = registers;
    ExFreePoolWithTag(wait, DMA_TAG);
    if (routine != NULL)
        action = (IO_ALLOCATION_ACTION)callout_invoke((const void *)routine, arguments, 4);
    if (action == DeallocateObject)
        dma_registers_destroy(registers);
    return action != KeepObject;
}

/* wait may be NULL: nobody wants it. */
static void channel_serve(struct dma_adapter *adapter, struct dma_wait *wait)
{
    while (wait != NULL && channel_run(adapter, wait))
        wait = channel_next(adapter);
}

bool dma_channel_try(struct dma_adapter *adapter, struct dma_wait *wait)
{
    bool is_free;

    host_lock_take(&adapter->lock);
    is_free = !adapter->is_channel_taken;
    if (is_free) {
        adapter->is_channel_taken = true;
        adapter->channel_registers = wait->registers;
    }
    host_lock_give(&adapter->lock);
    if (is_free)
        channel_serve(adapter, wait);
    return is_free;
}

void dma_channel_request(struct dma_adapter *adapter, struct dma_wait *wait)
{
    bool is_free;

    host_lock_take(&adapter->lock);
    is_free = !adapter->is_channel_taken;
    adapter->is_channel_taken = true;
    if (is_free)
        adapter->channel_registers = wait->registers;
    else
        list_push_back(&adapter->waiting, &wait->link);
    host_lock_give(&adapter->lock);
    if (is_free)
        channel_serve(adapter, wait);
}

void dma_channel_free(struct dma_adapter *adapter, bool keep_registers)
{
    struct dma_registers *registers;

    host_lock_take(&adapter->lock);
    registers = adapter->channel_registers;
    adapter->channel_registers = NULL;
    host_lock_give(&adapter->lock);
    if (!keep_registers && registers != NULL)
        dma_registers_destroy(registers);
    channel_serve(adapter, channel_next(adapter));
}

void dma_channel_forget(struct dma_adapter *adapter, const struct dma_registers *registers)
{
    host_lock_take(&adapter->lock);
    if (adapter->channel_registers == registers)
        adapter->channel_registers = NULL;
    host_lock_give(&adapter->lock);
}

bool dma_channel_cancel(struct dma_adapter *adapter, const void *transfer_context)
{
    struct dma_wait *found = NULL;

    host_lock_take(&adapter->lock);
    list_for_each_safe(node, &adapter->waiting)
    {
        struct dma_wait *wait = list_entry(node, struct dma_wait, link);

        if (found == NULL && wait->transfer_context == transfer_context) {
            list_remove(node);
            found = wait;
        }
    }
    host_lock_give(&adapter->lock);
    if (found == NULL)
        return false;
    dma_registers_destroy(found->registers);
    ExFreePoolWithTag(found, DMA_TAG);
    return true;
}
