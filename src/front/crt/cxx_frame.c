/* SPDX-License-Identifier: MIT */
/* cxx_frame.c - try, catch and destructors of a function's frame, for both forms of tables.
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

/* What the search found; lies on the stack until the catch is over. */
struct cxx_plan {
    struct cxx_view view;
    struct cxx_try block;
    struct cxx_handler handler;
    const struct cxx_type *type;
    EXCEPTION_RECORD *record;
};

/* A catch block of packed tables does not say whose it is; that it runs does. */
static void within_find(struct cxx_view *view)
{
    for (struct catch_record *at = teb_current()->catches; at; at = at->outer) {
        const struct cxx_block *block = (const struct cxx_block *)at;
        if (block->handler != view->image + view->begin_rva)
            continue;
        view->has_within = view->unwind_rva == block->unwind_rva;
        view->within = block->caught;
        return;
    }
}

static struct cxx_view view_of(const struct cxx_form *form, PVOID frame,
                               const DISPATCHER_CONTEXT *dispatcher)
{
    struct cxx_view view = {.image = dispatcher->ImageBase,
                            .physical = (uint64_t)frame,
                            .frame = (uint64_t)frame,
                            .begin_rva = dispatcher->FunctionEntry->BeginAddress,
                            .form = form};
    form->look(&view, *(const int32_t *)dispatcher->HandlerData);
    if (view.is_catch && !view.has_within)
        within_find(&view);
    view.state = form->state_of_ip(&view, (uint32_t)(dispatcher->ControlPc - view.image));
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
    return !view->has_within || (state > view->within.high && state <= view->within.catch_high);
}

static void step_run(const struct cxx_view *view, const struct cxx_step *step)
{
    const void *action = cxx_at(view->image, step->action_rva);
    void *object = (void *)(view->frame + step->object_offset);
    if (!action)
        return;
    if (step->kind == CXX_FUNCLET)
        ((void(WINAPI *)(uint64_t, uint64_t))action)(0, view->frame);
    else
        ((void(WINAPI *)(void *))action)(step->kind == CXX_POINTER ? *(void **)object : object);
}

/* An exception that leaves a destructor finds the frame marked as being cleaned. */
static void states_unwind(const struct cxx_view *view, int32_t to)
{
    struct crt_thread *thread = crt_thread();
    uint64_t outer = thread->cxx_cleaning;
    int32_t state = view->state;
    struct cxx_step step;
    while (state > to && state_is_here(view, state) && view->form->step(view, state, &step)) {
        thread->cxx_cleaning = view->physical;
        step_run(view, &step);
        state = step.to_state;
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
    struct cxx_step outside = {.to_state = -1};
    view->form->step(view, plan->block.low, &outside);
    const void *handler = cxx_at(view->image, plan->handler.is.handler_rva);
    struct cxx_block block = {.listed = {teb->catches},
                              .frame = view->physical,
                              .state = outside.to_state,
                              .handler = (uint64_t)handler,
                              .unwind_rva = view->unwind_rva,
                              .caught = plan->block,
                              .record = plan->record};
    PVOID before = thread->current_exception;
    teb->catches = &block.listed;
    thread->current_exception = plan->record;
    if (cxx_is(plan->record) && thread->cxx_in_flight)
        thread->cxx_in_flight--;
    uint64_t next = ((uint64_t(WINAPI *)(uint64_t, uint64_t))handler)(0, view->frame);
    if (next < plan->handler.go_on_count)
        next = plan->handler.go_on[next];
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
    cxx_object_catch(&plan->handler.is, plan->view.image, plan->view.frame, plan->record,
                     plan->type);
    exception_unwind_raised((PVOID)plan->view.physical, NULL, &unwind);
}

static bool block_holds(const struct cxx_view *view, const struct cxx_try *block)
{
    if (view->state < block->low || view->state > block->high)
        return false;
    return !view->has_within ||
           (block->low > view->within.high && block->catch_high <= view->within.catch_high);
}

/* The innermost block around the frame's state that begins below a state. Tables of either
 * form need no order for this. */
static bool block_find(const struct cxx_view *view, int32_t below, struct cxx_try *out)
{
    struct cxx_try block;
    bool is_found = false;
    for (uint32_t i = 0; view->form->block(view, i, &block); i++) {
        if (block.low >= below || !block_holds(view, &block) || (is_found && block.low <= out->low))
            continue;
        *out = block;
        is_found = true;
    }
    return is_found;
}

static void catches_ask(const struct cxx_view *view, EXCEPTION_RECORD *record)
{
    struct cxx_plan plan = {.view = *view, .record = record};
    for (int32_t below = INT32_MAX; block_find(view, below, &plan.block); below = plan.block.low) {
        for (int32_t i = 0; view->form->handler(view, &plan.block, i, &plan.handler); i++) {
            if (cxx_matches(&plan.handler.is, view->image, record, &plan.type))
                catch_enter(&plan);
        }
    }
}

/* ---- the door ------------------------------------------------------------------------------ */

static bool passes_by(const struct cxx_view *view, const EXCEPTION_RECORD *record)
{
    NTSTATUS code = record->ExceptionCode;
    return view->flags & CXX_ONLY_CXX && (uint32_t)code != CXX_EXCEPTION && code != CONSOLIDATE &&
           code != LONGJUMP;
}

EXCEPTION_DISPOSITION cxx_frame_handle(const struct cxx_form *form, EXCEPTION_RECORD *record,
                                       PVOID frame, const DISPATCHER_CONTEXT *dispatcher)
{
    struct cxx_view view = view_of(form, frame, dispatcher);
    if (passes_by(&view, record))
        return ExceptionContinueSearch;
    if (IS_DISPATCHING(record->ExceptionFlags)) {
        if (crt_thread()->cxx_cleaning == view.physical)
            ucrt_terminate();
        catches_ask(&view, record);
        if (view.flags & CXX_NOEXCEPT)
            ucrt_terminate();
        return ExceptionContinueSearch;
    }
    int32_t to = -1;
    if (record->ExceptionFlags & EXCEPTION_TARGET_UNWIND) {
        bool is_ours = record->ExceptionCode == CONSOLIDATE &&
                       record->ExceptionInformation[0] == (ULONG_PTR)catch_run;
        if (is_ours)
            to = ((struct cxx_plan *)record->ExceptionInformation[1])->block.low;
        else
            to = form->state_of_ip(&view, (uint32_t)(dispatcher->TargetIp - view.image));
    }
    states_unwind(&view, to);
    return ExceptionContinueSearch;
}
