/* SPDX-License-Identifier: MIT */
/* jump.c - longjmp. Doc: "longjmp", "_JUMP_BUFFER" (public setjmp.h).
 *
 * With a frame in the buffer, termination handlers and destructors in between are run first.
 */
#include "crt_internal.h"
#include "ntdll/exception.h"
#include "ntdll/thread.h"

struct jump_buffer { /* its head; the rest is jump.S's */
    uint64_t frame, rbx, rsp, rbp, rsi, rdi, r12, r13, r14, r15, rip;
};

[[noreturn]] void jump_restore(const struct jump_buffer *buffer, int value);

CRT(void, ucrt_longjmp, (const struct jump_buffer *buffer, int value))
{
    if (buffer->frame)
        exception_unwind_jump(buffer->rsp, buffer->rip, buffer);
    else
        exception_forget_below(buffer->rsp);
    jump_restore(buffer, value);
}

/* Doc: "_resetstkoflw". Differs: not for fibers' stacks, whose overflow ends the program. */
CRT(int, ucrt__resetstkoflw, (void))
{
    return thread_reserve_close();
}
