/* SPDX-License-Identifier: MIT */
/* cxx_plain.c - __CxxFrameHandler3 and the ones before it: tables whose entries have fixed sizes.
 *
 * One set of tables serves a function and all its catch blocks.
 */
#include "cxx.h"

/* If the frame is one of a catch block: which, and where its function's frame stands. */
static void funclet_look(struct cxx_view *view)
{
    const struct cxx_try *tries = cxx_at(view->image, view->try_rva);
    for (uint32_t i = 0; i < view->function->try_count; i++) {
        const struct cxx_catch *catches = cxx_at(view->image, tries[i].catches_rva);
        for (int32_t j = 0; j < tries[i].catch_count; j++) {
            if ((uint32_t)catches[j].handler_rva != view->begin_rva)
                continue;
            view->is_catch = view->has_within = true;
            view->within = tries[i];
            view->frame =
                *(uint64_t *)(view->physical + (uint64_t)(int64_t)catches[j].frame_offset);
            return;
        }
    }
}

static void look(struct cxx_view *view, int32_t data_rva)
{
    const struct cxx_function *function = cxx_at(view->image, data_rva);
    view->function = function;
    view->unwind_rva = function->unwind_rva;
    view->try_rva = function->try_rva;
    view->ip_rva = function->ip_rva;
    view->flags = function->magic >= CXX_MAGIC_NEW ? function->flags : 0;
    funclet_look(view);
}

static int32_t state_of_ip(const struct cxx_view *view, uint32_t ip)
{
    const struct cxx_ip *map = cxx_at(view->image, view->ip_rva);
    int32_t state = -1;
    for (uint32_t i = 0; i < view->function->ip_count && map[i].ip_rva <= ip; i++)
        state = map[i].state;
    return state;
}

static bool step(const struct cxx_view *view, int32_t state, struct cxx_step *out)
{
    const struct cxx_unwind *map = cxx_at(view->image, view->unwind_rva);
    if (state < 0 || state >= view->function->state_count)
        return false;
    *out = (struct cxx_step){.to_state = map[state].to_state, .action_rva = map[state].action_rva};
    return true;
}

static bool block(const struct cxx_view *view, uint32_t index, struct cxx_try *out)
{
    const struct cxx_try *tries = cxx_at(view->image, view->try_rva);
    if (index >= view->function->try_count)
        return false;
    *out = tries[index];
    return true;
}

static bool handler(const struct cxx_view *view, const struct cxx_try *of, int32_t index,
                    struct cxx_handler *out)
{
    const struct cxx_catch *catches = cxx_at(view->image, of->catches_rva);
    if (index >= of->catch_count)
        return false;
    *out = (struct cxx_handler){.is = catches[index]};
    return true;
}

static const struct cxx_form plain = {look, state_of_ip, step, block, handler};

CRT(EXCEPTION_DISPOSITION, ucrt___CxxFrameHandler3,
    (EXCEPTION_RECORD * record, PVOID frame, CONTEXT *context, DISPATCHER_CONTEXT *dispatcher))
{
    return cxx_frame_handle(&plain, record, frame, dispatcher);
}
