/* SPDX-License-Identifier: MIT */
/* fx_perf.c - performance states of components: kept, told back, never refused.
 *
 * There is no plug-in of a platform here that would have an opinion, so only drivers that register
 * their own states, and can do without one, are taken; every change they ask for succeeds.
 */
#include "fx.h"

#include "callout/callout.h"

struct fx_perf {
    PPO_FX_COMPONENT_PERF_STATE_CALLBACK callback;
    struct fx_device *device;
    ULONG component, set_count;
    ULONGLONG *current;             /* guarded by the device's lock */
    PO_FX_COMPONENT_PERF_SET *sets; /* names and states are not kept */
    bool is_busy;                   /* guarded by the device's lock: not told yet */
    PVOID context;
    struct ex_work work;
    KEVENT quiet;
};

NTSTATUS fx_perf_register(struct fx_device *device, ULONG index, ULONGLONG flags,
                          PPO_FX_COMPONENT_PERF_STATE_CALLBACK callback,
                          const PO_FX_COMPONENT_PERF_INFO *input,
                          PPO_FX_COMPONENT_PERF_INFO *output)
{
    struct fx_component *component = fx_component_of(device, index);
    if (!input == !output || (input && input->PerfStateSetsCount == 0) || component->perf)
        return STATUS_INVALID_PARAMETER;
    if (!input || !(flags & PO_FX_FLAG_PERF_PEP_OPTIONAL))
        return STATUS_NOT_IMPLEMENTED;
    ULONG count = input->PerfStateSetsCount;
    size_t bytes =
        sizeof(struct fx_perf) + count * (sizeof(ULONGLONG) + sizeof *input->PerfStateSets);
    struct fx_perf *perf = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, PO_TAG);
    if (!perf)
        return STATUS_INSUFFICIENT_RESOURCES;
    perf->callback = callback;
    perf->device = device;
    perf->component = index;
    perf->set_count = count;
    perf->current = (ULONGLONG *)(perf + 1);
    perf->sets = (PO_FX_COMPONENT_PERF_SET *)(perf->current + count);
    KeInitializeEvent(&perf->quiet, NotificationEvent, TRUE);
    for (ULONG i = 0; i < count; i++) {
        perf->sets[i] = input->PerfStateSets[i];
        if (perf->sets[i].Type == PoFxPerfStateTypeRange)
            perf->current[i] = perf->sets[i].Range.Minimum;
    }
    component->perf = perf;
    return STATUS_SUCCESS;
}

void fx_perf_free(struct fx_perf *perf)
{
    if (perf)
        ExFreePoolWithTag(perf, PO_TAG);
}

static bool change_is_possible(const struct fx_perf *perf, const PO_FX_PERF_STATE_CHANGE *change)
{
    if (change->Set >= perf->set_count)
        return false;
    const PO_FX_COMPONENT_PERF_SET *set = &perf->sets[change->Set];
    return set->Type == PoFxPerfStateTypeRange ? change->StateValue >= set->Range.Minimum &&
                                                     change->StateValue <= set->Range.Maximum
                                               : change->StateIndex < set->Discrete.Count;
}

static void change_tell(void *context)
{
    struct fx_perf *perf = context;
    uint64_t arguments[4] = {(uint64_t)perf->device->registered.DeviceContext, perf->component,
                             TRUE, (uint64_t)perf->context};
    host_lock_take(&perf->device->lock);
    perf->is_busy = false;
    host_lock_give(&perf->device->lock);
    callout_invoke(perf->callback, arguments, 4);
    KeSetEvent(&perf->quiet, 0, FALSE);
}

void fx_perf_change(struct fx_device *device, ULONG flags, ULONG index, ULONG count,
                    const PO_FX_PERF_STATE_CHANGE *changes, PVOID context)
{
    struct fx_perf *perf = fx_component_of(device, index)->perf;
    if (!perf)
        fx_stop(0x614, device, index, 2);
    for (ULONG i = 0; i < count; i++)
        if (!change_is_possible(perf, &changes[i]))
            fx_stop(0x614, device, index, 2);
    host_lock_take(&device->lock);
    bool was_busy = perf->is_busy;
    perf->is_busy = true;
    for (ULONG i = 0; i < count && !was_busy; i++)
        perf->current[changes[i].Set] = perf->sets[changes[i].Set].Type == PoFxPerfStateTypeRange
                                            ? changes[i].StateValue
                                            : changes[i].StateIndex;
    host_lock_give(&device->lock);
    if (was_busy)
        fx_stop(0x614, device, index, 2);
    perf->context = context;
    KeClearEvent(&perf->quiet);
    if ((flags & PO_FX_FLAG_ASYNC_ONLY) || KeGetCurrentIrql() >= DISPATCH_LEVEL)
        ex_work_queue(&perf->work, change_tell, perf);
    else
        change_tell(perf);
}

NTSTATUS fx_perf_query(struct fx_device *device, ULONG index, ULONG set, ULONGLONG *out_current)
{
    if (index >= device->component_count)
        return STATUS_INVALID_PARAMETER;
    struct fx_perf *perf = device->components[index].perf;
    if (!perf || set >= perf->set_count)
        return STATUS_INVALID_PARAMETER;
    host_lock_take(&device->lock);
    *out_current = perf->current[set];
    host_lock_give(&device->lock);
    return STATUS_SUCCESS;
}

void fx_perf_drain(struct fx_device *device)
{
    for (ULONG i = 0; i < device->component_count; i++)
        if (device->components[i].perf)
            KeWaitForSingleObject(&device->components[i].perf->quiet, Executive, KernelMode, FALSE,
                                  NULL);
}
