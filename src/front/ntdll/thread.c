/* SPDX-License-Identifier: MIT */
/* thread.c - a program's threads: made, run on stacks in the window, ended in order.
 *
 * One allocation holds a guard, a reserve, the stack and above them the TEB. A thread cannot free
 * the stack it stands on, nor ask the kernel to once it has left it (arguments must lie in the
 * window), so finished threads leave their memory to the next one that is made. Lock: lock, a leaf.
 */
#include "ntdll/thread.h"

#include <stdlib.h>
#include <string.h>

#include "door/door.h"
#include "host/host.h"
#include "ntdll/error.h"
#include "ntdll/exception.h"
#include "ntdll/heap.h"
#include "ntdll/ldr.h"
#include "ntdll/nt.h"
#include "ntdll/process.h"
#include "thread_internal.h"

#define GUARD_BYTES   0x10000u /* never touched */
#define RESERVE_BYTES 0x10000u /* guard pages: what a handler of a stack overflow may use */
#define BELOW_BYTES   (GUARD_BYTES + RESERVE_BYTES)
#define TEB_BYTES     ((sizeof(struct teb) + HOST_PAGE - 1) & ~(size_t)(HOST_PAGE - 1))
#define SPARES_KEPT   8u
#define RESERVE_ARMED (PAGE_READWRITE | PAGE_GUARD)

struct threads threads = {.stack_default = THREAD_STACK_DEFAULT};

void thread_stack_default_set(size_t bytes)
{
    threads.stack_default = bytes;
}

void thread_end_register(void (*end)(struct teb *))
{
    for (unsigned i = 0; i < END_HOOKS; i++) {
        if (!threads.end[i]) {
            threads.end[i] = end;
            return;
        }
    }
}

ULONG thread_count(void)
{
    return threads.living_count;
}

void thread_hide(void)
{
    host_lock_take(&threads.lock);
    teb_current()->thread->is_hidden = true;
    threads.living_count--;
    host_lock_give(&threads.lock);
}

void thread_each(void (*visit)(struct teb *teb, void *context), void *context)
{
    host_lock_take(&threads.lock);
    for (struct thread *thread = threads.living; thread; thread = thread->next)
        visit(thread->teb, context);
    host_lock_give(&threads.lock);
}

/* ---- memory -------------------------------------------------------------------------------------
 */

static struct thread *spare_take(size_t stack_bytes)
{
    host_lock_take(&threads.lock);
    struct thread **at = &threads.spare;
    while (*at && (*at)->stack_bytes != stack_bytes)
        at = &(*at)->next;
    if (!*at && threads.spare_count >= SPARES_KEPT)
        at = &threads.spare; /* not of use, but one too many */
    struct thread *thread = *at;
    if (thread) {
        *at = thread->next;
        threads.spare_count--;
    }
    host_lock_give(&threads.lock);
    return thread;
}

static void spare_give(struct thread *thread)
{
    host_lock_take(&threads.lock);
    if (thread->previous)
        thread->previous->next = thread->next;
    else
        threads.living = thread->next;
    if (thread->next)
        thread->next->previous = thread->previous;
    threads.living_count -= !thread->is_hidden;
    thread->is_hidden = false;
    thread->host = NULL;
    thread->next = threads.spare;
    threads.spare = thread;
    threads.spare_count++;
    host_lock_give(&threads.lock);
}

static NTSTATUS memory_make(struct thread *thread, size_t stack_bytes)
{
    void *memory;
    NTSTATUS status =
        memory_allocate(BELOW_BYTES + stack_bytes + TEB_BYTES, PAGE_READWRITE, &memory);
    if (!NT_SUCCESS(status))
        return status;
    status = memory_protect(memory, GUARD_BYTES, PAGE_NOACCESS);
    if (NT_SUCCESS(status))
        status = memory_protect((char *)memory + GUARD_BYTES, RESERVE_BYTES, RESERVE_ARMED);
    if (!NT_SUCCESS(status)) {
        memory_free(memory);
        return status;
    }
    thread->memory = memory;
    thread->stack_bytes = stack_bytes;
    thread->records = call_store_make();
    return STATUS_SUCCESS;
}

static void teb_init(struct thread *thread, const CLIENT_ID *id, struct peb *peb)
{
    char *stack = thread->memory + BELOW_BYTES;
    struct teb *teb = (struct teb *)(stack + thread->stack_bytes);
    memset(teb, 0, sizeof *teb);
    teb->StackBase = teb;
    teb->StackLimit = stack - RESERVE_BYTES;
    teb->Self = teb;
    teb->UniqueProcess = id->UniqueProcess;
    teb->UniqueThread = id->UniqueThread;
    teb->ProcessEnvironmentBlock = peb;
    teb->TlsLinks.Flink = teb->TlsLinks.Blink = &teb->TlsLinks;
    teb->thread = thread;
    call_store_give(teb, thread->records);
    thread->teb = teb;
    thread->host_stack = NULL;
    thread->parked = NULL;
    thread->has_seen = false;
}

static void living_add(struct thread *thread)
{
    host_lock_take(&threads.lock);
    thread->previous = NULL;
    thread->next = threads.living;
    if (threads.living)
        threads.living->previous = thread;
    threads.living = thread;
    threads.living_count++;
    host_lock_give(&threads.lock);
}

static NTSTATUS thread_memory(size_t stack_bytes, struct thread **out_thread)
{
    stack_bytes = (stack_bytes + 0xffff) & ~(size_t)0xffff;
    struct thread *thread = spare_take(stack_bytes);
    if (thread && thread->stack_bytes != stack_bytes) {
        memory_free(thread->memory);
        free(thread->records);
        free(thread);
        thread = NULL;
    }
    if (thread && thread->is_reserve_open) {
        thread->is_reserve_open = false;
        memory_protect(thread->memory + GUARD_BYTES, RESERVE_BYTES, RESERVE_ARMED);
    }
    if (!thread) {
        thread = calloc(1, sizeof *thread);
        NTSTATUS status = thread ? memory_make(thread, stack_bytes) : STATUS_NO_MEMORY;
        if (!NT_SUCCESS(status)) {
            free(thread);
            return status;
        }
    }
    *out_thread = thread;
    return STATUS_SUCCESS;
}

/* ---- the reserve ------------------------------------------------------------------------------
 */

bool thread_reserve_has(const struct teb *teb, uint64_t address)
{
    uint64_t reserve = (uint64_t)teb->thread->memory + GUARD_BYTES;
    return address >= reserve && address < reserve + RESERVE_BYTES;
}

void thread_reserve_open(void)
{
    struct thread *thread = teb_current()->thread;
    thread->is_reserve_open = true;
    memory_protect(thread->memory + GUARD_BYTES, RESERVE_BYTES, PAGE_READWRITE);
}

bool thread_reserve_close(void)
{
    struct thread *thread = teb_current()->thread;
    uint64_t here = (uint64_t)__builtin_frame_address(0);
    if (here < (uint64_t)thread->memory + BELOW_BYTES + HOST_PAGE &&
        here >= (uint64_t)thread->memory)
        return false;
    thread->is_reserve_open = false;
    return NT_SUCCESS(memory_protect(thread->memory + GUARD_BYTES, RESERVE_BYTES, RESERVE_ARMED));
}

/* ---- running
 * ------------------------------------------------------------------------------------- */

static void thread_finish(struct teb *teb)
{
    ldr_thread_callbacks(DLL_THREAD_DETACH);
    for (unsigned i = END_HOOKS; i-- > 0;) {
        if (threads.end[i])
            threads.end[i](teb);
    }
    ldr_thread_end(teb);
}

static uint64_t thread_body(void *context)
{
    struct thread *thread = context;
    NTSTATUS status = ldr_thread_begin(thread->teb);
    if (!NT_SUCCESS(status))
        return (uint64_t)(ULONG)status;
    ldr_thread_callbacks(DLL_THREAD_ATTACH);
    NtTestAlert(); /* what was queued before it began */
    ULONG code = thread->start(thread->argument);
    if (thread_count() == 1)
        process_exit(code);
    thread_finish(thread->teb);
    return code;
}

/* On the host's stack; the memory in the window is somebody else's from here on. The kernel's
 * half may answer once more before it closes the channel, so the call can come back. */
static void thread_gone(struct thread *thread, ULONG code)
{
    bool is_ended = door_asks(thread->channel) & WIRE_ASK_END;
    if (!call_store_is_whole(thread->teb, thread->records))
        thread->records = call_store_make();
    host_gs_set(NULL);
    spare_give(thread);
    if (is_ended)
        NtTestAlert(); /* any call: the kernel's half has its code already, and sees that it ends */
    else
        NtTerminateThread(ZwCurrentThread(), (NTSTATUS)code);
    door_thread_detach();
}

/* From here on the thread can be interrupted by its process. */
static void thread_here(struct thread *thread)
{
    host_lock_take(&threads.lock);
    thread->host = host_thread_self();
    host_lock_give(&threads.lock);
}

static void thread_main(void *context)
{
    struct thread *thread = context;
    door_thread_attach(thread->channel);
    host_gs_set(thread->teb);
    thread_here(thread);
    NTSTATUS status = NtCoveThreadBegin(thread->teb);
    ULONG code = (ULONG)status;
    if (NT_SUCCESS(status))
        code = (ULONG)stack_run(thread->teb, thread_body, thread, &thread->host_stack);
    thread_gone(thread, code);
}

void thread_exit(ULONG code)
{
    struct teb *teb = teb_current();
    if (thread_count() == 1)
        process_exit(code);
    thread_finish(teb);
    stack_leave(teb->thread->host_stack, code);
}

/* ---- making
 * --------------------------------------------------------------------------------------- */

NTSTATUS thread_first(const CLIENT_ID *id, size_t stack_bytes, struct peb *peb,
                      uint64_t (*body)(void *), void *argument)
{
    struct thread *thread;
    NTSTATUS status = thread_memory(stack_bytes, &thread);
    if (!NT_SUCCESS(status))
        return status;
    teb_init(thread, id, peb);
    living_add(thread);
    host_gs_set(thread->teb);
    thread_here(thread);
    status = NtCoveThreadBegin(thread->teb);
    if (!NT_SUCCESS(status))
        return status;
    ULONG code = (ULONG)stack_run(thread->teb, body, argument, &thread->host_stack);
    thread_gone(thread, code);
    /* The host's first thread must not return from main: the others live on. */
    static _Atomic uint32_t never;
    for (;;)
        host_wait(&never, 0, HOST_FOREVER);
}

NTSTATUS thread_create(LPTHREAD_START_ROUTINE start, void *argument, size_t stack_bytes,
                       bool is_suspended, HANDLE *out_handle, ULONG_PTR *out_id)
{
    struct thread *thread;
    NTSTATUS status = thread_memory(stack_bytes ? stack_bytes : threads.stack_default, &thread);
    if (!NT_SUCCESS(status))
        return status;
    HANDLE handle;
    ULONG_PTR id;
    ULONG channel;
    status = NtCoveThreadCreate(&handle, &id, &channel, THREAD_ALL_ACCESS, is_suspended, start);
    if (!NT_SUCCESS(status)) {
        memory_free(thread->memory);
        free(thread->records);
        free(thread);
        return status;
    }
    CLIENT_ID client = {teb_current()->UniqueProcess, (HANDLE)id};
    teb_init(thread, &client, peb_current());
    thread->start = start;
    thread->argument = argument;
    thread->channel = channel;
    living_add(thread);
    struct host_thread_options options = {.name = "thread", .detached = true};
    struct host_thread *host;
    if (host_thread_create(&options, thread_main, thread, &host)) {
        NtTerminateThread(handle, STATUS_NO_MEMORY);
        NtClose(handle);
        spare_give(thread);
        return STATUS_NO_MEMORY;
    }
    *out_handle = handle;
    *out_id = id;
    return STATUS_SUCCESS;
}
