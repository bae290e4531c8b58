/* SPDX-License-Identifier: MIT */
/* cxx_packed.c - __CxxFrameHandler4: tables of numbers of one to five bytes.
 *
 * A function and each of its catch blocks have tables of their own. Their start is a byte of
 * flags; what the flags do not promise is not there:
 *
 *   function:  flags | number | unwind map | try map | state map or segments | frame offset
 *   unwind map: count, then per state: back * 4 + kind | action | offset of an object
 *   try map:    count, then per block: low | high | catch high | catches
 *   catches:    count, then per catch: flags | adjectives | type | object | code | go on ...
 *   state map:  count, then per change: distance from the one before | state + 1
 *   segments:   count, then per part of the function: its start | its state map
 *
 * Maps, actions, types and code are addresses of four bytes, relative to the image; `back` is
 * the distance in bytes from an entry to that of the state it leads to, and past the first one
 * lies state -1. Sources: MSVC's team ("Making C++ Exception Handling Smaller On x64") and
 * readers of such tables published under free licences; compared with programs MSVC has built.
 */
#include <string.h>

#include "cxx.h"

/* enum: flags of a function */
#define IS_CATCH     0x01u
#define IS_SEPARATED 0x02u
#define HAS_NUMBER   0x04u
#define HAS_UNWIND   0x08u
#define HAS_TRY      0x10u
#define IS_ONLY_CXX  0x20u
#define IS_NOEXCEPT  0x40u

/* enum: flags of a catch */
#define HAS_ADJECTIVES 0x01u
#define HAS_TYPE       0x02u
#define HAS_OBJECT     0x04u
#define GO_ON_IS_RVA   0x08u
#define GO_ON_SHIFT    4u

/* enum: kinds of an unwind entry */
#define KIND_NONE    0u
#define KIND_OBJECT  1u
#define KIND_POINTER 2u
#define KIND_FUNCLET 3u

static int32_t rva_next(const uint8_t **at)
{
    int32_t rva;
    memcpy(&rva, *at, sizeof rva);
    *at += sizeof rva;
    return rva;
}

/* A part that is not listed has no states. */
static int32_t segment_find(const struct cxx_view *view, int32_t segments_rva)
{
    const uint8_t *at = cxx_at(view->image, segments_rva);
    for (uint32_t count = at ? cxx_number(&at) : 0; count; count--) {
        uint32_t start = (uint32_t)rva_next(&at);
        int32_t map_rva = rva_next(&at);
        if (start == view->begin_rva)
            return map_rva;
    }
    return 0;
}

static void look(struct cxx_view *view, int32_t data_rva)
{
    const uint8_t *at = cxx_at(view->image, data_rva);
    uint8_t has = *at++;
    if (has & HAS_NUMBER)
        cxx_number(&at); /* of profiling; says nothing of exceptions */
    if (has & HAS_UNWIND)
        view->unwind_rva = rva_next(&at);
    if (has & HAS_TRY)
        view->try_rva = rva_next(&at);
    view->ip_rva = rva_next(&at);
    if (has & IS_SEPARATED)
        view->ip_rva = segment_find(view, view->ip_rva);
    view->is_catch = has & IS_CATCH;
    if (view->is_catch)
        view->frame = *(uint64_t *)(view->physical + cxx_number(&at));
    view->flags = (has & IS_ONLY_CXX ? CXX_ONLY_CXX : 0) | (has & IS_NOEXCEPT ? CXX_NOEXCEPT : 0);
}

static int32_t state_of_ip(const struct cxx_view *view, uint32_t ip)
{
    const uint8_t *at = cxx_at(view->image, view->ip_rva);
    uint32_t reached = view->begin_rva;
    int32_t state = -1;
    for (uint32_t count = at ? cxx_number(&at) : 0; count; count--) {
        reached += cxx_number(&at);
        if (reached > ip)
            break;
        state = (int32_t)cxx_number(&at) - 1;
    }
    return state;
}

/* Answers the entry's kind and how far back the next state's entry lies. */
static uint32_t step_read(const uint8_t **at, struct cxx_step *out)
{
    uint32_t head = cxx_number(at), kind = head & 3;
    *out = (struct cxx_step){.kind = kind == KIND_OBJECT    ? CXX_OBJECT
                                     : kind == KIND_POINTER ? CXX_POINTER
                                                            : CXX_FUNCLET};
    if (kind != KIND_NONE)
        out->action_rva = rva_next(at);
    if (kind == KIND_OBJECT || kind == KIND_POINTER)
        out->object_offset = cxx_number(at);
    return head >> 2;
}

static bool step(const struct cxx_view *view, int32_t state, struct cxx_step *out)
{
    const uint8_t *first = cxx_at(view->image, view->unwind_rva), *at = first, *entry = NULL;
    uint32_t back = 0, count = at ? cxx_number(&at) : 0;
    struct cxx_step skipped;
    first = at;
    if (state < 0 || (uint32_t)state >= count)
        return false;
    for (int32_t i = 0; i <= state; i++) {
        entry = at;
        back = step_read(&at, out);
    }
    out->to_state = -1;
    if (back > (size_t)(entry - first))
        return true;
    out->to_state = 0;
    for (at = first; at < entry - back; out->to_state++)
        step_read(&at, &skipped);
    return true;
}

static bool block(const struct cxx_view *view, uint32_t index, struct cxx_try *out)
{
    const uint8_t *at = cxx_at(view->image, view->try_rva);
    uint32_t count = at ? cxx_number(&at) : 0;
    for (uint32_t i = 0; i <= index && index < count; i++) {
        *out = (struct cxx_try){.low = (int32_t)cxx_number(&at)};
        out->high = (int32_t)cxx_number(&at);
        out->catch_high = (int32_t)cxx_number(&at);
        out->catches_rva = rva_next(&at);
    }
    return index < count;
}

static void handler_read(const struct cxx_view *view, const uint8_t **at, struct cxx_handler *out)
{
    uint8_t has = *(*at)++;
    *out = (struct cxx_handler){.go_on_count = has >> GO_ON_SHIFT & 3};
    if (has & HAS_ADJECTIVES)
        out->is.adjectives = cxx_number(at);
    if (has & HAS_TYPE)
        out->is.type_rva = rva_next(at);
    if (has & HAS_OBJECT)
        out->is.object_offset = (int32_t)cxx_number(at);
    out->is.handler_rva = rva_next(at);
    if (out->go_on_count > CXX_GO_ON_MAX)
        out->go_on_count = 0;
    for (unsigned i = 0; i < out->go_on_count; i++) {
        bool is_rva = has & GO_ON_IS_RVA;
        out->go_on[i] =
            view->image + (is_rva ? (uint32_t)rva_next(at) : view->begin_rva + cxx_number(at));
    }
}

static bool handler(const struct cxx_view *view, const struct cxx_try *of, int32_t index,
                    struct cxx_handler *out)
{
    const uint8_t *at = cxx_at(view->image, of->catches_rva);
    uint32_t count = at ? cxx_number(&at) : 0;
    for (int32_t i = 0; i <= index && (uint32_t)index < count; i++)
        handler_read(view, &at, out);
    return (uint32_t)index < count;
}

static const struct cxx_form packed = {look, state_of_ip, step, block, handler};

CRT(EXCEPTION_DISPOSITION, ucrt___CxxFrameHandler4,
    (EXCEPTION_RECORD * record, PVOID frame, CONTEXT *context, DISPATCHER_CONTEXT *dispatcher))
{
    return cxx_frame_handle(&packed, record, frame, dispatcher);
}
