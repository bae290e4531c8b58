/* SPDX-License-Identifier: MIT */
/* jump.c - longjmp. Doc: "longjmp", "_JUMP_BUFFER" (public setjmp.h).
 *
 * Differs: termination handlers and destructors of the frames in between are not run.
 */
#include "crt_internal.h"
#include "ntdll/exception.h"

struct jump_buffer { /* its head; the rest is jump.S's */
    uint64_t frame, rbx, rsp;
};

[[noreturn]] void jump_restore(const struct jump_buffer *buffer, int value);

CRT(void, ucrt_longjmp, (const struct jump_buffer *buffer, int value))
{
    exception_forget_below(buffer->rsp);
    jump_restore(buffer, value);
}
