/* SPDX-License-Identifier: MIT */
/* cxx_frame.c - try, catch and destructors of a 32-bit function's frame: __CxxFrameHandler3.
 *
 * Comes in: the function's tables and its record in the chain, with its state behind it. Catch
 * blocks and destructors are pieces that are given the function's ebp. While a catch block runs, a
 * record of ours (the guard) stands in front of the function's: it has the try blocks inside that
 * catch block, and when it is unwound what the block had is destroyed.
 * Layouts as LLVM emits them (WinException.cpp, WinEHStatePass.cpp).
 */
#include "../crt/cxx.h"
#include "frame.h"

struct cxx_frame {
    EXCEPTION_REGISTRATION_RECORD record;
    int32_t state;
};
#define EBP(frame)       ((uint32_t)(uintptr_t)((frame) + 1))
#define SAVED_ESP(frame) (((uint32_t *)(frame))[-1])

struct cxx_tables {
    uint32_t magic;
    int32_t state_count;
    const struct cxx_unwind *unwind;
    uint32_t try_count;
    const struct cxx_try *tries;
    uint32_t ip_count, ip_map, expected, flags;
};

struct guard {
    EXCEPTION_REGISTRATION_RECORD record; /* first: the chain leads here */
    struct cxx_block block;
    const struct cxx_tables *tables;
    struct cxx_frame *frame;
    uint32_t esp; /* the function's, given back with the frame */
    PVOID exception_before;
};

int cxx_frame_entry(const struct cxx_tables *tables, EXCEPTION_RECORD *record,
                    struct cxx_frame *frame);

struct cxx_block *cxx_current(void)
{
    return (struct cxx_block *)teb_current()->catches;
}

/* ---- destructors --------------------------------------------------------------------------- */

/* Always holds: the state is lowered before the piece runs. */
static void states_unwind(const struct cxx_tables *tables, struct cxx_frame *frame, int32_t to)
{
    struct crt_thread *thread = crt_thread();
    uint64_t outer = thread->cxx_cleaning;
    while (frame->state > to && frame->state < tables->state_count) {
        const struct cxx_unwind *step = &tables->unwind[frame->state];
        frame->state = step->to_state;
        if (!step->action_rva)
            continue;
        thread->cxx_cleaning = (uintptr_t)frame;
        frame_call(cxx_at(0, step->action_rva), EBP(frame));
    }
    thread->cxx_cleaning = outer;
}

/* ---- a catch block that runs ----------------------------------------------------------------- */

static bool object_is_held(const EXCEPTION_RECORD *record)
{
    for (struct catch_record *at = teb_current()->catches; at; at = at->outer) {
        const EXCEPTION_RECORD *other = ((struct cxx_block *)at)->record;
        if (other->ExceptionInformation[1] == record->ExceptionInformation[1])
            return true;
    }
    return false;
}

/* thrown: what leaves the block, which may be the same object again; NULL: it ended. */
static void guard_end(struct guard *guard, const EXCEPTION_RECORD *thrown)
{
    const EXCEPTION_RECORD *own = guard->block.record;
    bool is_same =
        thrown && cxx_is(thrown) && thrown->ExceptionInformation[1] == own->ExceptionInformation[1];
    teb_current()->catches = guard->block.listed.outer;
    crt_thread()->current_exception = guard->exception_before;
    SAVED_ESP(guard->frame) = guard->esp;
    if (!is_same && !object_is_held(own))
        cxx_object_destroy(guard->block.record);
}

static void catches_ask(const struct cxx_tables *tables, struct cxx_frame *frame,
                        EXCEPTION_REGISTRATION_RECORD *head, const struct cxx_try *within,
                        EXCEPTION_RECORD *record);

/* The guard's own handler. */
static int NTAPI_CDECL guard_ask(EXCEPTION_RECORD *record, struct guard *guard, CONTEXT *context,
                                 PVOID dispatcher)
{
    if (IS_DISPATCHING(record->ExceptionFlags)) {
        catches_ask(guard->tables, guard->frame, &guard->record, &guard->block.caught, record);
        return ExceptionContinueSearch;
    }
    states_unwind(guard->tables, guard->frame, guard->block.caught.high);
    guard_end(guard, record);
    return ExceptionContinueSearch;
}

/* Runs the block and lets the function go on behind it. head: where the chain begins then. */
[[noreturn]] static void catch_run(const struct cxx_tables *tables, struct cxx_frame *frame,
                                   EXCEPTION_REGISTRATION_RECORD *head, const struct cxx_try *of,
                                   const struct cxx_catch *handler, EXCEPTION_RECORD *record)
{
    struct teb *teb = teb_current();
    struct crt_thread *thread = crt_thread();
    struct guard guard = {.record = {head, (PVOID)guard_ask},
                          .block = {.listed = {teb->catches},
                                    .frame = (uintptr_t)frame,
                                    .caught = *of,
                                    .record = record},
                          .tables = tables,
                          .frame = frame,
                          .esp = SAVED_ESP(frame),
                          .exception_before = thread->current_exception};
    teb->catches = &guard.block.listed;
    thread->current_exception = record;
    if (cxx_is(record) && thread->cxx_in_flight)
        thread->cxx_in_flight--;
    frame->state = of->high + 1;
    teb->ExceptionList = &guard.record;
    uint32_t next = frame_call(cxx_at(0, handler->handler_rva), EBP(frame));
    teb->ExceptionList = head;
    guard_end(&guard, NULL);
    exception_forget_below((uintptr_t)frame);
    frame_enter((const void *)(uintptr_t)next, EBP(frame), SAVED_ESP(frame));
}

/* ---- the search ------------------------------------------------------------------------------ */

static bool block_holds(const struct cxx_try *block, int32_t state, const struct cxx_try *within)
{
    return state >= block->low && state <= block->high &&
           (!within || (block->low > within->high && block->catch_high <= within->catch_high));
}

/* Inner blocks stand before outer ones. */
static void catches_ask(const struct cxx_tables *tables, struct cxx_frame *frame,
                        EXCEPTION_REGISTRATION_RECORD *head, const struct cxx_try *within,
                        EXCEPTION_RECORD *record)
{
    for (uint32_t i = 0; i < tables->try_count; i++) {
        const struct cxx_try *block = &tables->tries[i];
        const struct cxx_catch *catches = cxx_at(0, block->catches_rva);
        if (!block_holds(block, frame->state, within))
            continue;
        for (int32_t j = 0; j < block->catch_count; j++) {
            const struct cxx_type *type;
            if (!cxx_matches(&catches[j], 0, record, &type))
                continue;
            cxx_object_catch(&catches[j], 0, EBP(frame), record, type);
            RtlUnwind(head, NULL, record, NULL);
            record->ExceptionFlags &= ~(ULONG)EXCEPTION_UNWINDING;
            states_unwind(tables, frame, block->low);
            catch_run(tables, frame, head, block, &catches[j], record);
        }
    }
}

/* Called with what the function's own handler had in eax. */
int cxx_frame_entry(const struct cxx_tables *tables, EXCEPTION_RECORD *record,
                    struct cxx_frame *frame)
{
    uint32_t flags = tables->magic >= CXX_MAGIC_NEW ? tables->flags : 0;
    if (!IS_DISPATCHING(record->ExceptionFlags)) {
        states_unwind(tables, frame, -1);
        return ExceptionContinueSearch;
    }
    if (flags & CXX_ONLY_CXX && (uint32_t)record->ExceptionCode != CXX_EXCEPTION)
        return ExceptionContinueSearch;
    if (crt_thread()->cxx_cleaning == (uintptr_t)frame)
        ucrt_terminate();
    catches_ask(tables, frame, &frame->record, NULL, record);
    if (flags & CXX_NOEXCEPT)
        ucrt_terminate();
    return ExceptionContinueSearch;
}

/* What setjmp's caller with such a frame named to unwind itself. */
EXPORT(void, ucrt___CxxLongjmpUnwind, (struct jump_buffer * buffer))
{
    states_unwind((const struct cxx_tables *)(uintptr_t)buffer->data[0],
                  (struct cxx_frame *)buffer->registration, buffer->level);
}
