/* SPDX-License-Identifier: MIT */
/* apc.c - asynchronous procedure calls: routines that run on a thread somebody else chose.
 *
 * Kernel APCs run when their thread next is below APC_LEVEL in native code: it waits,
 * lowers IRQL, leaves a critical region, takes a processor. Special ones (without a normal
 * routine) come first and are kept out only by APC_LEVEL and guarded regions. User APCs are
 * taken by the gate. Lists are guarded by the dispatcher lock; a KAPC is on at most one.
 */
#include "callout/callout.h"
#include "ke_internal.h"

#define APC_OBJECT 18 /* KAPC.Type, a public number */

void apc_init(KAPC *apc, struct thread *thread, PKKERNEL_ROUTINE kernel, PKRUNDOWN_ROUTINE rundown,
              PKNORMAL_ROUTINE normal, KPROCESSOR_MODE mode, void *context)
{
    *apc = (KAPC){
        .Type = APC_OBJECT,
        .Size = sizeof(KAPC),
        .Thread = (struct _KTHREAD *)thread,
        .KernelRoutine = kernel,
        .RundownRoutine = rundown,
        .NormalRoutine = normal,
        .NormalContext = normal != NULL ? context : NULL,
        .ApcMode = normal != NULL ? mode : KernelMode,
    };
}

static KAPC *apc_of(struct list *node)
{
    return list_entry((void *)node, KAPC, ApcListEntry);
}

/* The next kernel APC that may run now, or NULL. Dispatcher lock. */
static KAPC *apc_next_locked(const struct thread *thread)
{
    KAPC *normal = NULL;

    if (thread->special_apc_disable != 0)
        return NULL;
    list_for_each(node, &thread->kernel_apcs)
    {
        KAPC *apc = apc_of(node);

        if (apc->NormalRoutine == NULL)
            return apc;
        if (normal == NULL && thread->kernel_apc_disable == 0 && !thread->is_in_apc)
            normal = apc;
    }
    return normal;
}

bool apcs_are_deliverable(const struct thread *thread, KIRQL irql)
{
    return irql < APC_LEVEL && apc_next_locked(thread) != NULL;
}

/* Breaks off what keeps the thread from its APC. */
static void apc_announce_locked(struct thread *thread, const KAPC *apc, struct aftermath *aftermath)
{
    if (apc->ApcMode == UserMode) {
        if (thread->is_waiting && thread->is_alertable && thread->wait_mode == UserMode) {
            thread->is_user_apc_due = true;
            dispatcher_unwait_locked(thread, STATUS_USER_APC, aftermath);
        }
        return;
    }
    thread->is_apc_pending = true;
    if (thread->is_waiting) {
        if (thread->wait->is_apc_breakable && apc_next_locked(thread) != NULL)
            dispatcher_unwait_locked(thread, STATUS_KERNEL_APC, aftermath);
        return;
    }
    for (unsigned i = 0; i < processor_count; i++) {
        if (__c11_atomic_load(&processors[i].pcr.current_thread, __ATOMIC_ACQUIRE) != thread)
            continue;
        __c11_atomic_fetch_or(&processors[i].pending, PENDING_APC, __ATOMIC_SEQ_CST);
        aftermath->notify |= 1ull << i;
    }
}

bool apc_queue(KAPC *apc, void *argument1, void *argument2)
{
    struct thread *thread = (struct thread *)apc->Thread;
    struct aftermath aftermath = {0};
    bool is_accepted;

    dispatcher_take();
    is_accepted = !apc->Inserted && !thread->is_apc_refusing;
    if (is_accepted) {
        apc->Inserted = TRUE;
        apc->SystemArgument1 = argument1;
        apc->SystemArgument2 = argument2;
        list_push_back(apc->ApcMode == UserMode ? &thread->user_apcs : &thread->kernel_apcs,
                       (struct list *)&apc->ApcListEntry);
        apc_announce_locked(thread, apc, &aftermath);
    }
    dispatcher_give(&aftermath);
    if (is_accepted && thread == thread_self)
        ke_interrupts_poll();
    return is_accepted;
}

bool apc_remove(KAPC *apc)
{
    bool was_queued;

    dispatcher_take();
    was_queued = apc->Inserted;
    if (was_queued) {
        apc->Inserted = FALSE;
        list_remove((struct list *)&apc->ApcListEntry);
    }
    host_lock_give(&dispatcher_lock);
    return was_queued;
}

/* Runs the kernel routine, which may free the KAPC and may change what is called next. */
static void apc_run_kernel(KAPC *apc, struct ke_user_apc *out_call)
{
    PKKERNEL_ROUTINE kernel = apc->KernelRoutine;
    uint64_t arguments[5];
    KIRQL irql, after;

    *out_call = (struct ke_user_apc){apc->NormalRoutine, apc->NormalContext, apc->SystemArgument1,
                                     apc->SystemArgument2};
    arguments[0] = (uintptr_t)apc;
    arguments[1] = (uintptr_t)&out_call->routine;
    arguments[2] = (uintptr_t)&out_call->context;
    arguments[3] = (uintptr_t)&out_call->argument1;
    arguments[4] = (uintptr_t)&out_call->argument2;
    irql = ke_irql_raise(APC_LEVEL);
    callout_invoke((const void *)kernel, arguments, 5);
    after = ke_irql();
    if (after != APC_LEVEL)
        bugcheck_irql_unexpected(after, APC_LEVEL, 0, (const void *)kernel, apc);
    ke_irql_lower(irql);
}

void apcs_deliver(void)
{
    struct thread *thread = thread_self;

    for (;;) {
        struct ke_user_apc call;
        KAPC *apc;

        dispatcher_take();
        apc = ke_irql() < APC_LEVEL ? apc_next_locked(thread) : NULL;
        if (apc != NULL) {
            list_remove((struct list *)&apc->ApcListEntry);
            apc->Inserted = FALSE;
        }
        thread->is_apc_pending = !list_is_empty(&thread->kernel_apcs);
        host_lock_give(&dispatcher_lock);
        if (apc == NULL)
            return;
        apc_run_kernel(apc, &call);
        if (call.routine != NULL) {
            uint64_t arguments[3] = {(uintptr_t)call.context, (uintptr_t)call.argument1,
                                     (uintptr_t)call.argument2};

            thread->is_in_apc = true;
            callout_invoke((const void *)call.routine, arguments, 3);
            thread->is_in_apc = false;
        }
    }
}

bool ke_user_apc_is_pending(void)
{
    bool is_pending;

    dispatcher_take();
    is_pending = !list_is_empty(&thread_self->user_apcs);
    host_lock_give(&dispatcher_lock);
    return is_pending;
}

NTSTATUS ke_user_apc_test(void)
{
    struct thread *thread = thread_self;
    bool was_alerted;

    dispatcher_take();
    was_alerted = thread->is_alerted;
    thread->is_alerted = false;
    if (!list_is_empty(&thread->user_apcs))
        thread->is_user_apc_due = true;
    host_lock_give(&dispatcher_lock);
    return was_alerted ? STATUS_ALERTED : STATUS_SUCCESS;
}

bool ke_user_apc_take(struct ke_user_apc *out_apc)
{
    struct list *node;

    dispatcher_take();
    node = list_pop_front(&thread_self->user_apcs);
    if (node != NULL)
        apc_of(node)->Inserted = FALSE;
    host_lock_give(&dispatcher_lock);
    if (node == NULL)
        return false;
    apc_run_kernel(apc_of(node), out_apc);
    return true;
}

void apcs_rundown(struct thread *thread)
{
    for (;;) {
        struct list *node;
        PKRUNDOWN_ROUTINE rundown;
        KAPC *apc;

        dispatcher_take();
        thread->is_apc_refusing = true;
        node = list_pop_front(&thread->kernel_apcs);
        if (node == NULL)
            node = list_pop_front(&thread->user_apcs);
        if (node != NULL)
            apc_of(node)->Inserted = FALSE;
        host_lock_give(&dispatcher_lock);
        if (node == NULL)
            return;
        apc = apc_of(node);
        rundown = apc->RundownRoutine;
        if (rundown != NULL) {
            uint64_t argument = (uintptr_t)apc;

            callout_invoke((const void *)rundown, &argument, 1);
        }
    }
}
