/* SPDX-License-Identifier: MIT */
/* seh_context.c - machine states: from a recorded driver call, into one, and onto the CPU.
 */
#include <string.h>

#include "ke/ke.h"
#include "seh_internal.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
void __asan_handle_no_return(void);
#define FRAMES_DROPPED() __asan_handle_no_return()
#endif
#endif
#ifndef FRAMES_DROPPED
#define FRAMES_DROPPED() ((void)0)
#endif

#define EFLAGS_PLAIN 0x202u

_Static_assert(offsetof(CONTEXT, ContextFlags) == 0x30 && offsetof(CONTEXT, EFlags) == 0x44 &&
                   offsetof(CONTEXT, Rax) == 0x78 && offsetof(CONTEXT, Rsp) == 0x98 &&
                   offsetof(CONTEXT, Rip) == 0xf8 && offsetof(CONTEXT, FltSave) == 0x100,
               "seh_load.S and capture_context.S know this layout");

void seh_context_of_ddi(const struct ddi_frame *frame, CONTEXT *out_context)
{
    CONTEXT *context = out_context;
    memset(context, 0, offsetof(CONTEXT, FltSave));
    memset(context->VectorRegister, 0, sizeof(*context) - offsetof(CONTEXT, VectorRegister));
    __builtin_ia32_fxsave64(&context->FltSave);
    memcpy(&context->Xmm6, frame->xmm, sizeof(frame->xmm));
    context->ContextFlags = CONTEXT_FULL | CONTEXT_UNWOUND_TO_CALL;
    context->MxCsr = context->FltSave.MxCsr;
    context->EFlags = EFLAGS_PLAIN;
    context->Rip = frame->rip;
    context->Rsp = frame->rsp;
    context->Rbx = frame->rbx;
    context->Rbp = frame->rbp;
    context->Rsi = frame->rsi;
    context->Rdi = frame->rdi;
    context->R12 = frame->r12;
    context->R13 = frame->r13;
    context->R14 = frame->r14;
    context->R15 = frame->r15;
}

void seh_ddi_of_context(const CONTEXT *context, struct ddi_frame *out_frame)
{
    *out_frame = (struct ddi_frame){
        .row = &seh_activation_row,
        .rip = context->Rip,
        .rsp = context->Rsp,
        .rbx = context->Rbx,
        .rbp = context->Rbp,
        .rsi = context->Rsi,
        .rdi = context->Rdi,
        .r12 = context->R12,
        .r13 = context->R13,
        .r14 = context->R14,
        .r15 = context->R15,
    };
    memcpy(out_frame->xmm, &context->Xmm6, sizeof(out_frame->xmm));
}

static bool frame_is_zw(const struct ddi_frame *frame)
{
    return frame->row->name[0] == 'Z' && frame->row->name[1] == 'w';
}

/* Zw calls run with previous mode KernelMode and set it back when they return. One that is
 * dropped does not return; the mode becomes that of the code which goes on: still KernelMode
 * below another Zw call, else what the thread came in with. */
static void previous_mode_restore(uint64_t rsp)
{
    bool is_dropped = false, is_below = false;
    struct thread *thread = ke_thread_current();
    for (const struct ddi_frame *frame = ddi_top; frame != NULL; frame = frame->previous) {
        if (!frame_is_zw(frame))
            continue;
        if ((uint64_t)frame < rsp)
            is_dropped = true;
        else
            is_below = true;
    }
    if (is_dropped && !is_below && thread != NULL)
        ke_previous_mode_swap(thread->is_system ? KernelMode : UserMode);
}

void seh_resume(const CONTEXT *context)
{
    previous_mode_restore(context->Rsp);
    callout_unwind_to(context->Rsp);
    FRAMES_DROPPED();
    seh_load(context);
}
