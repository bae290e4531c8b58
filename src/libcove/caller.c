/* SPDX-License-Identifier: MIT */
/* caller.c - threads of the host program as threads of the in-process program.
 *
 * The first call of a thread makes it one; it stops being one when the host thread ends or
 * the machine goes down.
 */
#include <pthread.h>
#include <stdlib.h>

#include "gate/gate.h"
#include "ke/ke.h"
#include "libcove_internal.h"
#include "mm/mm.h"

__thread struct caller *caller_own;
static pthread_key_t caller_key; /* its destructor runs at the end of a thread */
static pthread_once_t caller_once = PTHREAD_ONCE_INIT;

static void caller_free(void *memory)
{
    struct caller *caller = memory;
    ke_processor_enter();
    uint64_t base = (uint64_t)caller->status, size = 0;
    if (base)
        mm_window_free(caller->machine->process->window, &base, &size, MEM_RELEASE);
    ke_processor_leave();
    ps_thread_release(caller->thread);
    free(caller);
    caller_own = NULL;
}

static void key_create(void)
{
    pthread_key_create(&caller_key, caller_free);
}

static NTSTATUS staging_allocate(struct caller *caller)
{
    uint64_t base = 0, size = STAGING_BYTES + 64;
    ke_processor_enter();
    NTSTATUS status = mm_window_allocate(caller->machine->process->window, &base, &size,
                                         MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ke_processor_leave();
    if (NT_SUCCESS(status)) {
        caller->status = (IO_STATUS_BLOCK *)base;
        caller->staging = (uint8_t *)base + 64;
    }
    return status;
}

NTSTATUS caller_make(struct cove_machine *machine, struct caller **out_caller)
{
    pthread_once(&caller_once, key_create);
    struct caller *caller = calloc(1, sizeof *caller);
    if (!caller)
        return STATUS_NO_MEMORY;
    caller->machine = machine;
    caller->window_base = mm_window_base(machine->process->window);
    NTSTATUS status = ps_thread_adopt(machine->process, &caller->thread);
    if (!NT_SUCCESS(status)) {
        free(caller);
        return status;
    }
    status = staging_allocate(caller);
    if (!NT_SUCCESS(status)) {
        caller_free(caller);
        return status;
    }
    pthread_setspecific(caller_key, caller);
    caller_own = caller;
    *out_caller = caller;
    return STATUS_SUCCESS;
}

void caller_leave(void)
{
    if (!caller_own)
        return;
    pthread_setspecific(caller_key, NULL);
    caller_free(caller_own);
}

NTSTATUS caller_call(uint32_t service, const uint64_t *arguments, uint32_t count)
{
    ke_processor_enter();
    NTSTATUS status = (NTSTATUS)gate_call(service, arguments, count);
    ke_processor_leave();
    return status;
}
