/* SPDX-License-Identifier: MIT */
/* thread_more_ddi.c - what few drivers ask of threads and of interrupts that cannot be masked. */
#include <stdlib.h>

#include "ke_internal.h"

/* ---- threads ------------------------------------------------------------------------------ */

UCHAR NTAPI KeSetIdealProcessorThread(PKTHREAD Thread, UCHAR Processor);
/* Says where a thread would best run; returns what was said before.
 *
 * Doc:     ntifs.h KeSetIdealProcessorThread
 * Differs: the host schedules; the number is only kept
 */
UCHAR NTAPI KeSetIdealProcessorThread(PKTHREAD Thread, UCHAR Processor)
{
    struct thread *thread = (struct thread *)Thread;

    if (Processor >= processor_count)
        return thread->ideal_processor;
    return __atomic_exchange_n(&thread->ideal_processor, Processor, __ATOMIC_RELAXED);
}

BOOLEAN NTAPI KeSetKernelStackSwapEnable(BOOLEAN Enable);
/* Stacks are never paged out; that a thread ends with it disabled is caught all the same.
 *
 * Doc:     ntifs.h KeSetKernelStackSwapEnable
 */
BOOLEAN NTAPI KeSetKernelStackSwapEnable(BOOLEAN Enable)
{
    BOOLEAN was_enabled = !thread_self->is_stack_locked;

    thread_self->is_stack_locked = !Enable;
    return was_enabled;
}

BOOLEAN NTAPI KeIsAttachedProcess(VOID);
/* Is the calling thread in KeStackAttachProcess? No public page. */
BOOLEAN NTAPI KeIsAttachedProcess(VOID)
{
    return thread_self->attached_process != NULL;
}

/* ---- callbacks for what this machine's processors never do ---------------------------------- */

struct rare_callback {
    struct list link;
    const void *routine;
    void *context;
};

/* guards: both lists */
static struct host_lock rare_lock;
static struct list nmi_callbacks = LIST_INIT(nmi_callbacks);
static struct list bound_callbacks = LIST_INIT(bound_callbacks);

static void *rare_register(struct list *list, const void *routine, void *context)
{
    struct rare_callback *callback = routine != NULL ? calloc(1, sizeof(*callback)) : NULL;

    if (callback == NULL)
        return NULL;
    callback->routine = routine;
    callback->context = context;
    host_lock_take(&rare_lock);
    list_push_front(list, &callback->link);
    host_lock_give(&rare_lock);
    return callback;
}

static NTSTATUS rare_deregister(struct list *list, const void *handle)
{
    struct rare_callback *found = NULL;

    host_lock_take(&rare_lock);
    list_for_each(node, list)
    {
        if (list_entry(node, struct rare_callback, link) == handle) {
            found = list_entry(node, struct rare_callback, link);
            list_remove(&found->link);
            break;
        }
    }
    host_lock_give(&rare_lock);
    free(found);
    return found != NULL ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

/* Doc: wdm.h KeRegisterNmiCallback. Differs: nothing raises one */
PVOID NTAPI KeRegisterNmiCallback(PNMI_CALLBACK CallbackRoutine, PVOID Context)
{
    return rare_register(&nmi_callbacks, (const void *)CallbackRoutine, Context);
}

NTSTATUS NTAPI KeDeregisterNmiCallback(PVOID Handle);
/* Doc: wdm.h KeDeregisterNmiCallback. Errors: STATUS_INVALID_HANDLE */
NTSTATUS NTAPI KeDeregisterNmiCallback(PVOID Handle)
{
    return rare_deregister(&nmi_callbacks, Handle);
}

PVOID NTAPI KeRegisterBoundCallback(PVOID CallbackRoutine);
/* 64-bit programs have no BOUND instruction, so it is never called.
 * Doc: wdm.h KeRegisterBoundCallback */
PVOID NTAPI KeRegisterBoundCallback(PVOID CallbackRoutine)
{
    return rare_register(&bound_callbacks, CallbackRoutine, NULL);
}

NTSTATUS NTAPI KeDeregisterBoundCallback(PVOID Handle);
/* Doc: wdm.h KeDeregisterBoundCallback. Errors: STATUS_INVALID_HANDLE */
NTSTATUS NTAPI KeDeregisterBoundCallback(PVOID Handle)
{
    return rare_deregister(&bound_callbacks, Handle);
}

/* A machine is always started anew. Doc: wdm.h ExIsSoftBoot */
BOOLEAN NTAPI ExIsSoftBoot(VOID);
BOOLEAN NTAPI ExIsSoftBoot(VOID)
{
    return FALSE;
}
