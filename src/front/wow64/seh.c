/* SPDX-License-Identifier: MIT */
/* seh.c - __try, __except and __finally of compiled 32-bit functions: _except_handler3 and 4.
 *
 * A function registers one record; behind it stand the table of its blocks and the number of the
 * one it is in (its level). Layouts as LLVM emits them (WinException.cpp, WinEHStatePass.cpp).
 * Always holds: a frame's level is lowered before the block's own code runs, so an exception that
 * leaves a __finally finds what is still to be done.
 */
#include <stdint.h>

#include "../crt/crt_internal.h"
#include "frame.h"

struct seh_block {
    int32_t outer;      /* level */
    const void *filter; /* NULL: the block is a __finally */
    const void *handler;
};

/* What stands before the blocks of a table of the fourth kind. Offsets are from ebp. */
struct seh_cookies {
    int32_t frame, frame_xor, handler, handler_xor;
    struct seh_block blocks[];
};

/* Two words in front: the stack pointer, and where a filter finds the exception. */
struct seh_frame {
    EXCEPTION_REGISTRATION_RECORD record;
    uint32_t table; /* of the fourth kind: mixed with the image's cookie */
    int32_t level;
};

#define OUTSIDE_3   (-1)
#define OUTSIDE_4   (-2)
#define NO_COOKIE   (-2)
#define EBP(frame)  ((uint32_t)(uintptr_t)((frame) + 1))
#define HEAD(frame) ((uint32_t *)(frame))

/* Runs __finally blocks from the frame's level out to that one. */
static void blocks_leave(struct seh_frame *frame, const struct seh_block *blocks, int32_t to,
                         int32_t outside)
{
    while (frame->level != outside && (to == outside || frame->level > to)) {
        const struct seh_block *block = &blocks[frame->level];
        frame->level = block->outer;
        if (!block->filter)
            frame_call(block->handler, EBP(frame));
    }
}

static int frame_ask(EXCEPTION_RECORD *record, struct seh_frame *frame, CONTEXT *context,
                     const struct seh_block *blocks, int32_t outside)
{
    EXCEPTION_POINTERS pointers = {record, context};
    if (!IS_DISPATCHING(record->ExceptionFlags)) {
        blocks_leave(frame, blocks, outside, outside);
        return ExceptionContinueSearch;
    }
    HEAD(frame)[-1] = (uint32_t)(uintptr_t)&pointers;
    for (int32_t level = frame->level; level != outside; level = blocks[level].outer) {
        if (!blocks[level].filter)
            continue;
        int32_t answer = (int32_t)frame_call(blocks[level].filter, EBP(frame));
        if (answer < 0)
            return ExceptionContinueExecution;
        if (!answer)
            continue;
        RtlUnwind(frame, NULL, record, NULL);
        blocks_leave(frame, blocks, level, outside);
        frame->level = blocks[level].outer;
        frame_enter(blocks[level].handler, EBP(frame), HEAD(frame)[-2]);
    }
    return ExceptionContinueSearch;
}

CRT(int, ucrt__except_handler3,
    (EXCEPTION_RECORD * record, struct seh_frame *frame, CONTEXT *context, PVOID dispatcher))
{
    const struct seh_block *blocks = (const struct seh_block *)(uintptr_t)frame->table;
    return frame_ask(record, frame, context, blocks, OUTSIDE_3);
}

static const struct seh_cookies *cookies_of(const struct seh_frame *frame, const uint32_t *cookie)
{
    return (const struct seh_cookies *)(uintptr_t)(frame->table ^ *cookie);
}

static void cookie_check(const struct seh_frame *frame, int32_t at, int32_t mixed_with, void *check)
{
    uint32_t ebp = EBP(frame);
    if (at != NO_COOKIE)
        frame_check(check,
                    *(uint32_t *)(uintptr_t)(ebp + (uint32_t)at) ^ (ebp + (uint32_t)mixed_with));
}

/* check: the image's own __security_check_cookie, which ends the program when it is not right. */
CRT(int, ucrt__except_handler4_common,
    (const uint32_t *cookie, void *check, EXCEPTION_RECORD *record, struct seh_frame *frame,
     CONTEXT *context, PVOID dispatcher))
{
    const struct seh_cookies *table = cookies_of(frame, cookie);
    cookie_check(frame, table->frame, table->frame_xor, check);
    cookie_check(frame, table->handler, table->handler_xor, check);
    return frame_ask(record, frame, context, table->blocks, OUTSIDE_4);
}

/* ---- what compiled code calls itself ----------------------------------------------------------
 */

CRT(void, ucrt__global_unwind2, (PVOID frame))
{
    RtlUnwind(frame, NULL, NULL, NULL);
}

CRT(void, ucrt__local_unwind2, (struct seh_frame * frame, int32_t level))
{
    blocks_leave(frame, (const struct seh_block *)(uintptr_t)frame->table, level, OUTSIDE_3);
}

CRT(void, ucrt__local_unwind4, (const uint32_t *cookie, struct seh_frame *frame, int32_t level))
{
    blocks_leave(frame, cookies_of(frame, cookie)->blocks, level, OUTSIDE_4);
}

/* What setjmp's caller named to unwind itself. */
EXPORT(void, ucrt__seh_longjmp_unwind, (struct jump_buffer * buffer))
{
    ucrt__local_unwind2((struct seh_frame *)buffer->registration, buffer->level);
}

EXPORT(void, ucrt__seh_longjmp_unwind4, (struct jump_buffer * buffer))
{
    ucrt__local_unwind4((const uint32_t *)(uintptr_t)buffer->data[0],
                        (struct seh_frame *)buffer->registration, buffer->level);
}
