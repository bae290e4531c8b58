/* SPDX-License-Identifier: MIT */
/* wait.c - the Framework waits for what a client owes it, and does not wait in silence.
 *
 * A request that is never acknowledged or a work item that never returns would stop the thread that
 * waits for it without a word: each time the client's time-out is over, the log says who waits and
 * for what, and a debugger that the client's settings want is broken into.
 */
#include "watch.h"

#include "../verify/verify.h"

#define SECOND 10000000ll

void fx_wait(struct fx_globals *globals, PKEVENT event, const char *what, const void *handle)
{
    LARGE_INTEGER timeout = {.QuadPart = -SECOND * globals->verifier.wait_seconds};
    ULONG64 seconds = 0;

    while (KeWaitForSingleObject(event, Executive, KernelMode, FALSE,
                                 timeout.QuadPart != 0 ? &timeout : NULL) == STATUS_TIMEOUT) {
        seconds += globals->verifier.wait_seconds;
        fx_log(globals, FX_LOG_ERROR, "thread %p has waited %I64u s for %s %p",
               KeGetCurrentThread(), seconds, what, handle);
        fx_verify_break(globals);
    }
}
