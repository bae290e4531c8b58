/* SPDX-License-Identifier: MIT */
/* fiber_ddi.c - fibers: stacks that a thread changes between by itself. Doc: winbase.h
 *
 * A fiber that does not run has its registers on its stack. What the thread's block says of
 * the stack, of exceptions under way and of fiber-local storage goes with the fiber.
 * Differs: a fiber's stack has no guard page that grows.
 */
#include <string.h>

#include "host/host.h"
#include "ntdll/call.h"
#include "fiber.h"
#include "ntdll/thread.h"
#include "win32_internal.h"

#define STACK_DEFAULT (1u << 20)

typedef void(WINAPI *fiber_routine)(PVOID parameter);

struct fiber {
    PVOID parameter; /* first: GetFiberData reads it through the thread's block */
    void *saved;     /* stack pointer; NULL while it runs */
    PVOID stack_base, stack_limit;
    struct dispatch *dispatch;
    struct call_record *calls;
    struct catch_record *catches;
    PVOID *fls;
    PVOID handlers; /* the chain of a 32-bit program's */
    fiber_routine routine;
    void *memory; /* its stack; NULL: the thread's own */
};

static void fiber_run(void)
{
    struct fiber *self = teb_current()->FiberData;
    self->routine(self->parameter);
    thread_exit(0); /* as documented: the thread ends with the fiber's routine */
}

EXPORT(PVOID, CreateFiberEx,
       (SIZE_T commit, SIZE_T reserve, DWORD flags, fiber_routine routine, PVOID parameter))
{
    size_t bytes = reserve > commit ? reserve : commit;
    bytes = bytes ? (bytes + 0xffff) & ~(size_t)0xffff : STACK_DEFAULT;
    struct fiber *fiber = heap_allocate(heap_process(), HEAP_ZERO_MEMORY, sizeof *fiber);
    if (!fiber || !NT_SUCCESS(memory_allocate(bytes + HOST_PAGE, PAGE_READWRITE, &fiber->memory))) {
        heap_give(fiber);
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
    }
    memory_protect(fiber->memory, HOST_PAGE, PAGE_NOACCESS);
    fiber->parameter = parameter;
    fiber->routine = routine;
    fiber->stack_limit = (char *)fiber->memory + HOST_PAGE;
    fiber->stack_base = (char *)fiber->memory + HOST_PAGE + bytes;
    fiber->handlers = (PVOID)BY_WIDTH(0, -1); /* none */
    fiber->saved = fiber_stack_make(fiber->stack_base, fiber_run);
    return fiber;
}

EXPORT(PVOID, CreateFiber, (SIZE_T stack, fiber_routine routine, PVOID parameter))
{
    return CreateFiberEx(0, stack, 0, routine, parameter);
}

EXPORT(PVOID, ConvertThreadToFiberEx, (PVOID parameter, DWORD flags))
{
    struct teb *teb = teb_current();
    if (teb->FiberData)
        return error_fail(ERROR_ALREADY_FIBER), NULL;
    struct fiber *fiber = heap_allocate(heap_process(), HEAP_ZERO_MEMORY, sizeof *fiber);
    if (!fiber)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
    fiber->parameter = parameter;
    teb->FiberData = fiber;
    return fiber;
}

EXPORT(PVOID, ConvertThreadToFiber, (PVOID parameter))
{
    return ConvertThreadToFiberEx(parameter, 0);
}

EXPORT(BOOL, ConvertFiberToThread, (void))
{
    struct teb *teb = teb_current();
    struct fiber *fiber = teb->FiberData;
    if (!fiber)
        return error_fail(ERROR_ALREADY_THREAD);
    teb->FiberData = NULL;
    if (!fiber->memory) /* one that stands on its own stack cannot give it back here */
        heap_give(fiber);
    return TRUE;
}

EXPORT(void, SwitchToFiber, (struct fiber * to))
{
    struct teb *teb = teb_current();
    struct fiber *from = teb->FiberData;
    if (from == to || !to->saved)
        return;
    from->stack_base = teb->StackBase;
    from->stack_limit = teb->StackLimit;
    from->dispatch = teb->dispatch;
    from->calls = teb->calls;
    from->catches = teb->catches;
    from->fls = teb->FlsData;
    from->handlers = teb->ExceptionList;
    void *saved = to->saved;
    to->saved = NULL;
    teb->FiberData = to;
    teb->dispatch = to->dispatch;
    teb->calls = to->calls;
    teb->catches = to->catches;
    teb->FlsData = to->fls;
    teb->ExceptionList = to->handlers;
    /* The thread's own stack was recorded when it was first left. */
    teb->StackBase = to->stack_base;
    teb->StackLimit = to->stack_limit;
    fiber_switch(&from->saved, saved);
}

EXPORT(void, DeleteFiber, (struct fiber * fiber))
{
    struct teb *teb = teb_current();
    if (teb->FiberData == fiber)
        thread_exit(1); /* as documented: the running fiber's deletion ends its thread */
    PVOID *own = teb->FlsData;
    teb->FlsData = fiber->fls;
    fls_values_end(teb);
    teb->FlsData = own;
    call_forget(&fiber->calls, UINT64_MAX);
    if (fiber->memory)
        memory_free(fiber->memory);
    heap_give(fiber);
}

EXPORT(BOOL, IsThreadAFiber, (void))
{
    return teb_current()->FiberData != NULL;
}
