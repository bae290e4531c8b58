/* SPDX-License-Identifier: MIT */
/* exception_walk.c - from frame to frame of a program's stack.
 *
 * Memory is read only where it is known to be: the thread's stack and images. Frames of native
 * code are stepped over by the innermost record that explains them: of a dispatch or unwind
 * under way, or of the program's call. Without one the walk is at its end.
 */
#include <string.h>

#include "exception_internal.h"

static int memory_read(void *unused, uint64_t address, void *out, size_t size)
{
    const struct teb *teb = teb_current();
    bool is_stack =
        address >= (uint64_t)teb->StackLimit && address + size <= (uint64_t)teb->StackBase;
    if (!is_stack) {
        const struct ldr_module *module = ldr_by_address(address);
        if (!module || address + size > module->base + module->size_bytes)
            return -1;
    }
    memcpy(out, (const void *)address, size);
    return 0;
}

static const struct pe_memory program_memory = {.read = memory_read};

RUNTIME_FUNCTION *function_find(const struct ldr_module *module, uint64_t pc)
{
    RUNTIME_FUNCTION *table = (RUNTIME_FUNCTION *)(module->base + module->unwind.table_rva);
    uint32_t rva = (uint32_t)(pc - module->base);
    uint32_t low = 0, high = module->unwind.table_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (rva < table[middle].BeginAddress)
            high = middle;
        else if (rva >= table[middle].EndAddress)
            low = middle + 1;
        else
            return &table[middle];
    }
    return NULL;
}

int context_unwind(const struct ldr_module *module, ULONG handler_types, uint64_t pc,
                   const RUNTIME_FUNCTION *function, CONTEXT *context,
                   KNONVOLATILE_CONTEXT_POINTERS *pointers, struct pe_unwind_frame *out_frame)
{
    struct pe_unwind_image image = module->unwind;
    struct pe_context registers;
    struct pe_context_pointers found = {0};
    image.memory = &program_memory;
    memcpy(registers.gpr, &context->Rax, sizeof registers.gpr + sizeof registers.rip);
    memcpy(registers.xmm, &context->Xmm0, sizeof registers.xmm);
    int result = pe_virtual_unwind(&image, handler_types, pc, (const struct pe_function *)function,
                                   &registers, &found, out_frame, NULL);
    if (result != PE_OK)
        return result;
    memcpy(&context->Rax, registers.gpr, sizeof registers.gpr + sizeof registers.rip);
    memcpy(&context->Xmm0, registers.xmm, sizeof registers.xmm);
    context->ContextFlags |= CONTEXT_UNWOUND_TO_CALL;
    if (pointers) {
        for (unsigned i = 0; i < 16; i++) {
            if (found.xmm[i])
                pointers->FloatingContext[i] = (PM128A)found.xmm[i];
            if (found.gpr[i])
                pointers->IntegerContext[i] = (PULONG64)found.gpr[i];
        }
    }
    return PE_OK;
}

void walk_begin(struct walk *walk, const CONTEXT *context, struct dispatch *under)
{
    *walk = (struct walk){.context = *context, .under = under, .call = teb_current()->calls};
}

/* True when the walk could go on from a record; the frame to look at is then another one. */
static bool native_step_over(struct walk *walk)
{
    struct dispatch *record = walk->under;
    while (walk->call && walk->call->rsp < walk->context.Rsp)
        walk->call = walk->call->next;
    if (walk->call && (!record || walk->call->rsp < (uint64_t)record)) {
        call_caller(walk->call, &walk->context);
        walk->call = walk->call->next;
        walk->scope = 0;
        return true;
    }
    if (!record)
        return false;
    walk->under = record->outer;
    walk->context = *record->context;
    walk->scope = record->unwinding ? record->unwinding->ScopeIndex : 0;
    return true;
}

bool frame_read(struct walk *walk, ULONG handler_types, struct frame *out_frame)
{
    const struct teb *teb = teb_current();
    struct ldr_module *module = ldr_by_address(walk->context.Rip);
    while (!module || module->builtin) {
        if (!native_step_over(walk))
            return false;
        module = ldr_by_address(walk->context.Rip);
    }
    uint64_t rsp = walk->context.Rsp;
    if (rsp < (uint64_t)teb->StackLimit || rsp + 8 > (uint64_t)teb->StackBase || rsp % 8)
        return false;
    *out_frame = (struct frame){.module = module, .pc = walk->context.Rip};
    out_frame->caller = walk->context;
    out_frame->function = function_find(module, out_frame->pc);
    if (!out_frame->function) {
        out_frame->establisher = rsp;
        out_frame->caller.Rip = *(uint64_t *)rsp;
        out_frame->caller.Rsp = rsp + 8;
        return true;
    }
    struct pe_unwind_frame unwound;
    if (context_unwind(module, handler_types, out_frame->pc, out_frame->function,
                       &out_frame->caller, NULL, &unwound) != PE_OK)
        return false;
    out_frame->establisher = unwound.establisher;
    if (unwound.handler_rva) {
        out_frame->handler = (PEXCEPTION_ROUTINE)(module->base + unwound.handler_rva);
        out_frame->handler_data = unwound.handler_data;
    }
    return true;
}

void walk_on(struct walk *walk, const struct frame *frame)
{
    walk->context = frame->caller;
    walk->scope = 0;
}

void frame_describe(const struct frame *frame, CONTEXT *context, DISPATCHER_CONTEXT *out)
{
    *out = (DISPATCHER_CONTEXT){.ControlPc = frame->pc,
                                .ImageBase = frame->module->base,
                                .FunctionEntry = frame->function,
                                .EstablisherFrame = frame->establisher,
                                .ContextRecord = context,
                                .LanguageHandler = frame->handler,
                                .HandlerData = (PVOID)frame->handler_data};
}

void exception_forget_below(uint64_t rsp)
{
    struct teb *teb = teb_current();
    while (teb->dispatch && (uint64_t)teb->dispatch < rsp)
        teb->dispatch = teb->dispatch->outer;
    while (teb->catches && (uint64_t)teb->catches < rsp)
        teb->catches = teb->catches->outer;
    call_forget(&teb->calls, rsp);
}

/* ---- searching --------------------------------------------------------------------------------
 */

bool exception_frames_search(EXCEPTION_RECORD *record, CONTEXT *context, struct dispatch *self)
{
    struct walk walk;
    walk_begin(&walk, context, self->outer);
    struct frame frame;
    /* A jump to nowhere: the frame is the caller's, whose address lies on the stack. */
    if (record->ExceptionCode == STATUS_ACCESS_VIOLATION && record->NumberParameters >= 2 &&
        record->ExceptionInformation[1] == context->Rip && !ldr_by_address(context->Rip)) {
        walk.context.Rip = *(uint64_t *)walk.context.Rsp;
        walk.context.Rsp += 8;
    }
    while (frame_read(&walk, UNW_FLAG_EHANDLER, &frame)) {
        if (frame.handler) {
            DISPATCHER_CONTEXT dispatcher;
            CONTEXT frame_context = walk.context;
            frame_describe(&frame, &frame_context, &dispatcher);
            dispatcher.ScopeIndex = walk.scope;
            EXCEPTION_DISPOSITION answer =
                frame.handler(record, (PVOID)frame.establisher, context, &dispatcher);
            if (answer == ExceptionContinueExecution) {
                if (record->ExceptionFlags & EXCEPTION_NONCONTINUABLE)
                    exception_raise_status(STATUS_NONCONTINUABLE_EXCEPTION);
                return true;
            }
        }
        walk_on(&walk, &frame);
    }
    return false;
}
