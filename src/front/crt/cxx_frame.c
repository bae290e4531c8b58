/* SPDX-License-Identifier: MIT */
/* cxx_frame.c - __CxxFrameHandler3: try, catch and destructors of a function's frame.
 *
 * Comes in: one frame, while a handler is searched for or frames are taken down. A function's
 * catch blocks and destructors are routines of their own (funclets) that are given the
 * function's frame; a catch runs while the frames it has ended are still below it on the
 * stack, so the thrown object stays where it is until the block is left.
 * Always holds: while a catch runs its frame's state is the one outside the try block
 * (cxx_block), however the frame is reached.
 */
#include "cxx.h"

#define CONSOLIDATE ((NTSTATUS)0x80000029)
#define LONGJUMP    ((NTSTATUS)0x80000026)

struct cxx_view {
    uint64_t image, physical, frame; /* frame: the function's, that funclets get */
    const struct cxx_function *function;
    const struct cxx_try *within; /* the frame is a catch block of this one; NULL: the function */
    int32_t state;
};

/* What the search found; lies on the stack until the catch is over. */
struct cxx_plan {
    struct cxx_view view;
    const struct cxx_try *block;
    const struct cxx_catch *handler;
    const struct cxx_type *type;
    EXCEPTION_RECORD *record;
};

static const struct cxx_try *tries_of(const struct cxx_view *view)
{
    return cxx_at(view->image, view->function->try_rva);
}

static int32_t state_of_ip(const struct cxx_view *view, uint32_t ip)
{
    const struct cxx_ip *map = cxx_at(view->image, view->function->ip_rva);
    int32_t state = -1;
    for (uint32_t i = 0; i < view->function->ip_count && map[i].ip_rva <= ip; i++)
        state = map[i].state;
    return state;
}

/* If the frame is one of a catch block: which, and where its function's frame stands. */
static void funclet_look(struct cxx_view *view, uint32_t begin)
{
    const struct cxx_try *tries = tries_of(view);
    for (uint32_t i = 0; i < view->function->try_count; i++) {
        const struct cxx_catch *catches = cxx_at(view->image, tries[i].catches_rva);
        for (int32_t j = 0; j < tries[i].catch_count; j++) {
            if ((uint32_t)catches[j].handler_rva != begin)
                continue;
            view->within = &tries[i];
            view->frame =
                *(uint64_t *)(view->physical + (uint64_t)(int64_t)catches[j].frame_offset);
            return;
        }
    }
}

static struct cxx_view view_of(PVOID frame, const DISPATCHER_CONTEXT *dispatcher)
{
    struct cxx_view view = {
        .image = dispatcher->ImageBase, .physical = (uint64_t)frame, .frame = (uint64_t)frame};
    view.function = cxx_at(view.image, *(const int32_t *)dispatcher->HandlerData);
    funclet_look(&view, dispatcher->FunctionEntry->BeginAddress);
    view.state = state_of_ip(&view, (uint32_t)(dispatcher->ControlPc - view.image));
    for (struct catch_record *at = teb_current()->catches; at; at = at->outer) {
        const struct cxx_block *block = (const struct cxx_block *)at;
        if (block->frame == view.physical) {
            view.state = block->state;
            break;
        }
    }
    return view;
}

/* ---- destructors --------------------------------------------------------------------------- */

static bool state_is_here(const struct cxx_view *view, int32_t state)
{
    return !view->within || (state > view->within->high && state <= view->within->catch_high);
}

/* An exception that leaves a destructor finds the frame marked as being cleaned. */
static void states_unwind(const struct cxx_view *view, int32_t to)
{
    const struct cxx_unwind *map = cxx_at(view->image, view->function->unwind_rva);
    struct crt_thread *thread = crt_thread();
    uint64_t outer = thread->cxx_cleaning;
    int32_t state = view->state;
    while (state > to && state < view->function->state_count && state_is_here(view, state)) {
        const void *action = cxx_at(view->image, map[state].action_rva);
        thread->cxx_cleaning = view->physical;
        if (action)
            ((void(WINAPI *)(uint64_t, uint64_t))action)(0, view->frame);
        state = map[state].to_state;
    }
    thread->cxx_cleaning = outer;
}

/* ---- the catch ----------------------------------------------------------------------------- */

struct cxx_block *cxx_current(void)
{
    return (struct cxx_block *)teb_current()->catches;
}

static bool object_is_held(const EXCEPTION_RECORD *record)
{
    for (struct catch_record *at = teb_current()->catches; at; at = at->outer) {
        const EXCEPTION_RECORD *other = ((struct cxx_block *)at)->record;
        if (other->ExceptionInformation[1] == record->ExceptionInformation[1])
            return true;
    }
    return false;
}

static void block_end(struct cxx_block *block, const EXCEPTION_RECORD *unless)
{
    teb_current()->catches = block->listed.outer;
    bool is_same =
        unless && unless->ExceptionInformation[1] == block->record->ExceptionInformation[1];
    if (!is_same && !object_is_held(block->record))
        cxx_object_destroy(block->record);
}

/* Called by the unwind when the frames are gone; answers where the function goes on. */
static uint64_t WINAPI catch_run(EXCEPTION_RECORD *unwind)
{
    struct cxx_plan *plan = (struct cxx_plan *)unwind->ExceptionInformation[1];
    const struct cxx_view *view = &plan->view;
    struct crt_thread *thread = crt_thread();
    struct teb *teb = teb_current();
    /* Blocks that the exception has left. */
    while (teb->catches && (uint64_t)teb->catches < view->physical)
        block_end(cxx_current(), plan->record);
    const struct cxx_unwind *map = cxx_at(view->image, view->function->unwind_rva);
    struct cxx_block block = {.listed = {teb->catches},
                              .frame = view->physical,
                              .state = map[plan->block->low].to_state,
                              .record = plan->record};
    PVOID before = thread->current_exception;
    teb->catches = &block.listed;
    thread->current_exception = plan->record;
    if (cxx_is(plan->record) && thread->cxx_in_flight)
        thread->cxx_in_flight--;
    const void *handler = cxx_at(view->image, plan->handler->handler_rva);
    uint64_t next = ((uint64_t(WINAPI *)(uint64_t, uint64_t))handler)(0, view->frame);
    thread->current_exception = before;
    block_end(&block, NULL);
    return next;
}

static void catch_enter(struct cxx_plan *plan)
{
    EXCEPTION_RECORD unwind = {.ExceptionCode = CONSOLIDATE,
                               .ExceptionAddress = plan->record->ExceptionAddress,
                               .NumberParameters = 2,
                               .ExceptionInformation = {(ULONG_PTR)catch_run, (ULONG_PTR)plan}};
    cxx_object_catch(plan->handler, plan->view.image, plan->view.frame, plan->record, plan->type);
    exception_unwind_raised((PVOID)plan->view.physical, NULL, &unwind);
}

static bool block_holds(const struct cxx_view *view, const struct cxx_try *block)
{
    if (view->state < block->low || view->state > block->high)
        return false;
    return !view->within ||
           (block->low > view->within->high && block->catch_high <= view->within->catch_high);
}

static void catches_ask(const struct cxx_view *view, EXCEPTION_RECORD *record)
{
    const struct cxx_try *tries = tries_of(view);
    for (uint32_t i = 0; i < view->function->try_count; i++) {
        const struct cxx_catch *catches = cxx_at(view->image, tries[i].catches_rva);
        for (int32_t j = 0; block_holds(view, &tries[i]) && j < tries[i].catch_count; j++) {
            struct cxx_plan plan = {*view, &tries[i], &catches[j], NULL, record};
            if (cxx_matches(&catches[j], view->image, record, &plan.type))
                catch_enter(&plan);
        }
    }
}

/* ---- the door ------------------------------------------------------------------------------ */

static bool passes_by(const struct cxx_function *function, const EXCEPTION_RECORD *record)
{
    NTSTATUS code = record->ExceptionCode;
    return function->magic >= CXX_MAGIC_NEW && function->flags & CXX_ONLY_CXX &&
           (uint32_t)code != CXX_EXCEPTION && code != CONSOLIDATE && code != LONGJUMP;
}

CRT(EXCEPTION_DISPOSITION, ucrt___CxxFrameHandler3,
    (EXCEPTION_RECORD * record, PVOID frame, CONTEXT *context, DISPATCHER_CONTEXT *dispatcher))
{
    struct cxx_view view = view_of(frame, dispatcher);
    if (passes_by(view.function, record))
        return ExceptionContinueSearch;
    if (IS_DISPATCHING(record->ExceptionFlags)) {
        if (crt_thread()->cxx_cleaning == view.physical)
            ucrt_terminate();
        catches_ask(&view, record);
        if (view.function->magic >= CXX_MAGIC_NEW && view.function->flags & CXX_NOEXCEPT)
            ucrt_terminate();
        return ExceptionContinueSearch;
    }
    int32_t to = -1;
    if (record->ExceptionFlags & EXCEPTION_TARGET_UNWIND) {
        bool is_ours = record->ExceptionCode == CONSOLIDATE &&
                       record->ExceptionInformation[0] == (ULONG_PTR)catch_run;
        if (is_ours)
            to = ((struct cxx_plan *)record->ExceptionInformation[1])->block->low;
        else
            to = state_of_ip(&view, (uint32_t)(dispatcher->TargetIp - view.image));
    }
    states_unwind(&view, to);
    return ExceptionContinueSearch;
}
