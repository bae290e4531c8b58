/* SPDX-License-Identifier: MIT */
/* jump.c - longjmp of 32-bit programs. Doc: "longjmp", "_JUMP_BUFFER" (public setjmp.h).
 *
 * Frames in between are unwound by the chain. The frame that called setjmp is unwound by the
 * routine that its compiler named; without one its own blocks are left as they are.
 */
#include "../crt/crt_internal.h"
#include "frame.h"
#include "ntdll/exception.h"
#include "ntdll/thread.h"

#define COOKIE 0x56433230u /* the buffer has what stands behind the level */

enum { UNWIND, LEVEL, DATA };

[[noreturn]] void jump_restore(const struct jump_buffer *buffer, int value);
void jump_describe(struct jump_buffer *buffer, uint32_t count, const uint32_t *words);

/* What setjmp's caller says beyond its registers. */
void jump_describe(struct jump_buffer *buffer, uint32_t count, const uint32_t *words)
{
    buffer->level = count > LEVEL ? (int32_t)words[LEVEL] : -1;
    buffer->cookie = 0;
    if (!words)
        return; /* _setjmp: the buffer ends here */
    buffer->cookie = COOKIE;
    buffer->unwind = NULL;
    if (count > UNWIND)
        buffer->unwind = (void(WINAPI *)(struct jump_buffer *))(uintptr_t)words[UNWIND];
    for (uint32_t i = DATA; i < count && i - DATA < 6; i++)
        buffer->data[i - DATA] = words[i];
}

CRT(void, ucrt_longjmp, (struct jump_buffer * buffer, int value))
{
    const struct teb *teb = teb_current();
    if (buffer->registration != teb->ExceptionList)
        RtlUnwind(buffer->registration, NULL, NULL, NULL);
    if (buffer->cookie == COOKIE && buffer->unwind)
        buffer->unwind(buffer);
    exception_forget_below(buffer->esp);
    jump_restore(buffer, value);
}

/* Doc: "_resetstkoflw". Differs: not for fibers' stacks, whose overflow ends the program. */
CRT(int, ucrt__resetstkoflw, (void))
{
    return thread_reserve_close();
}
