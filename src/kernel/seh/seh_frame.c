/* SPDX-License-Identifier: MIT */
/* seh_frame.c - the walk: driver frames by their tables, native code at recorded boundaries.
 *
 * A frame's caller is found from .pdata; at the address to which a callout returns, the walk
 * jumps to the driver call that the callout was made from. A callout that was made by nobody's
 * call (a thread's start, a DPC over interrupted code) is where the walk ends. Nothing is read
 * that is not on this thread's stack or in an image.
 */
#include <string.h>

#include "host/host.h"
#include "seh_internal.h"

const struct abi_export seh_activation_row = {.name = "(exception)", .room = "seh"};

bool seh_on_stack(uint64_t address, size_t size_bytes)
{
    uintptr_t low, high;
    host_thread_stack(&low, &high);
    return address >= low && address < high && size_bytes <= high - address;
}

/* A sanitizer may hold parts of the stack poisoned: read without asking it. */
static void copy_bytes(void *to, uint64_t from, size_t size_bytes)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size_bytes) : : "memory");
}

static void (*_Atomic code_original)(uint64_t address, void *bytes, size_t size_bytes);

void seh_code_original_set(void (*original)(uint64_t address, void *bytes, size_t size_bytes))
{
    code_original = original;
}

static int memory_read(void *context, uint64_t address, void *out, size_t size_bytes)
{
    (void)context;
    if (!seh_on_stack(address, size_bytes) && !image_can_read(address, size_bytes))
        return 1;
    copy_bytes(out, address, size_bytes);
    void (*original)(uint64_t, void *, size_t) = code_original;
    if (original != NULL)
        original(address, out, size_bytes);
    return 0;
}

static const struct pe_memory memory = {.read = memory_read};

static struct pe_unwind_image unwind_image(const struct image *image)
{
    return pe_unwind_image(&image->pe, &memory, image->base);
}

/* ---- one frame -------------------------------------------------------------------------- */

RUNTIME_FUNCTION *seh_function_find(const struct image *image, uint64_t address)
{
    struct pe_unwind_image tables = unwind_image(image);
    struct pe_function function;
    RUNTIME_FUNCTION *table = (RUNTIME_FUNCTION *)image->pdata;
    if (image->pdata == 0 ||
        pe_function_find(&tables, (uint32_t)(address - image->base), &function, NULL) != PE_OK)
        return NULL;
    uint32_t low = 0, high = tables.table_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (table[middle].BeginAddress == function.begin)
            return &table[middle];
        if (table[middle].BeginAddress < function.begin)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void context_to_pe(const CONTEXT *context, struct pe_context *out)
{
    memcpy(out->gpr, &context->Rax, sizeof(out->gpr));
    out->rip = context->Rip;
    memcpy(out->xmm, &context->Xmm0, sizeof(out->xmm));
}

static void context_from_pe(CONTEXT *context, const struct pe_context *from)
{
    memcpy(&context->Rax, from->gpr, sizeof(from->gpr));
    context->Rip = from->rip;
    memcpy(&context->Xmm0, from->xmm, sizeof(from->xmm));
}

bool seh_frame_unwind(const struct image *image, ULONG handler_types, uint64_t control_pc,
                      const RUNTIME_FUNCTION *entry, CONTEXT *context,
                      KNONVOLATILE_CONTEXT_POINTERS *pointers, struct pe_unwind_frame *out_frame)
{
    struct pe_unwind_image tables = unwind_image(image);
    struct pe_function function;
    struct pe_context registers;
    _Static_assert(sizeof(struct pe_context_pointers) == sizeof(*pointers), "same, other order");
    struct pe_context_pointers found = {0};
    if (entry != NULL)
        memcpy(&function, entry, sizeof(function));
    context_to_pe(context, &registers);
    if (pe_virtual_unwind(&tables, handler_types, control_pc, entry != NULL ? &function : NULL,
                          &registers, &found, out_frame, NULL) != PE_OK)
        return false;
    context_from_pe(context, &registers);
    for (unsigned i = 0; pointers != NULL && i < 16; i++) {
        if (found.gpr[i] != 0)
            pointers->IntegerContext[i] = (PULONG64)found.gpr[i];
        if (found.xmm[i] != 0)
            pointers->FloatingContext[i] = (PM128A)found.xmm[i];
    }
    return true;
}

/* ---- the walk --------------------------------------------------------------------------- */

void seh_walk_start(struct seh_walk *walk, const CONTEXT *context)
{
    walk->context = *context;
    walk->boundary = NULL;
    walk->crossed = NULL;
}

/* The callout whose routine returns to where the context is. */
static struct callout_frame *boundary_find(const CONTEXT *context)
{
    struct callout_frame *frame = callout_top;
    while (frame != NULL && frame->rsp + sizeof(uint64_t) != context->Rsp)
        frame = frame->previous;
    return frame;
}

/* Was the callout made while serving a driver's call, and not over interrupted code? The call
 * is then newer (lower on the stack) than the callout before it. */
static bool boundary_has_caller(const struct callout_frame *frame)
{
    return frame->ddi != NULL &&
           (frame->previous == NULL || (uintptr_t)frame->ddi < (uintptr_t)frame->previous);
}

static enum seh_step cross(struct seh_walk *walk, const struct ddi_frame *call)
{
    if (call->row == &seh_activation_row) {
        /* Volatile registers, too: a handler in the very frame that faulted finds them as they
         * were, which clang's code for asynchronous exceptions counts on. */
        walk->crossed = (const struct activation *)call;
        walk->context = *walk->crossed->from;
    } else {
        seh_context_of_ddi(call, &walk->context);
    }
    return SEH_STEP_BOUNDARY;
}

static enum seh_step step_boundary(struct seh_walk *walk)
{
    struct callout_frame *frame = boundary_find(&walk->context);
    if (frame == NULL)
        return SEH_STEP_BROKEN;
    walk->boundary = frame;
    return boundary_has_caller(frame) ? cross(walk, frame->ddi) : SEH_STEP_END;
}

/* The linker's names for where our own code begins and ends. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern const char etext[] __attribute__((visibility("hidden")));

static bool is_native_code(uint64_t rip)
{
    return rip >= (uint64_t)__ehdr_start && rip < (uint64_t)etext;
}

/* Native code called the driver without a callout: a comparison that a sort was given. The
 * driver's call that it serves is the newest above here. */
static enum seh_step step_direct_call(struct seh_walk *walk)
{
    const struct ddi_frame *call = ddi_top;
    const struct callout_frame *callout = callout_top;
    while (call != NULL && (uint64_t)call < walk->context.Rsp)
        call = call->previous;
    while (callout != NULL && (uint64_t)callout < walk->context.Rsp)
        callout = callout->previous;
    if (call == NULL || (callout != NULL && (uint64_t)callout < (uint64_t)call))
        return SEH_STEP_END;
    return cross(walk, call);
}

/* A function without an entry has no frame: its return address is on top. */
static enum seh_step step_leaf(struct seh_walk *walk)
{
    uint64_t rip;
    if (memory_read(NULL, walk->context.Rsp, &rip, sizeof(rip)) != 0)
        return SEH_STEP_BROKEN;
    walk->context.Rip = rip;
    walk->context.Rsp += sizeof(rip);
    walk->context.ContextFlags |= CONTEXT_UNWOUND_TO_CALL;
    return SEH_STEP_FRAME;
}

static enum seh_step step_frame(struct seh_walk *walk, ULONG handler_types, struct seh_frame *frame)
{
    struct pe_unwind_frame unwind;
    if (!seh_frame_unwind(frame->image, handler_types, frame->control_pc, frame->entry,
                          &walk->context, NULL, &unwind))
        return SEH_STEP_BROKEN;
    if (unwind.is_interrupt)
        walk->context.ContextFlags &= ~CONTEXT_UNWOUND_TO_CALL;
    else
        walk->context.ContextFlags |= CONTEXT_UNWOUND_TO_CALL;
    frame->establisher = unwind.establisher;
    if ((unwind.establisher & 7) != 0 || !seh_on_stack(unwind.establisher, 0))
        return SEH_STEP_BROKEN;
    if (unwind.handler_rva != 0) {
        frame->handler = (PEXCEPTION_ROUTINE)(frame->image->base + unwind.handler_rva);
        frame->handler_data = (void *)unwind.handler_data;
    }
    return SEH_STEP_FRAME;
}

enum seh_step seh_walk_step(struct seh_walk *walk, ULONG handler_types, struct seh_frame *out_frame)
{
    uint64_t rip = walk->context.Rip, rsp = walk->context.Rsp;
    enum seh_step step;
    walk->crossed = NULL;
    if (callout_is_boundary(rip))
        return step_boundary(walk);
    *out_frame = (struct seh_frame){.image = image_of_address(rip), .control_pc = rip};
    if (out_frame->image == NULL || out_frame->image->is_native) {
        /* A jump to nowhere has the caller's return address on top; a return address to
         * nowhere is a broken stack. */
        if (seh_is_call(&walk->context))
            return is_native_code(rip) ? step_direct_call(walk) : SEH_STEP_BROKEN;
        out_frame->image = NULL;
    } else {
        /* A call may be the last instruction of its function. */
        out_frame->entry = seh_function_find(out_frame->image, rip - seh_is_call(&walk->context));
    }
    step = out_frame->entry != NULL ? step_frame(walk, handler_types, out_frame) : step_leaf(walk);
    if (step == SEH_STEP_FRAME && walk->context.Rsp <= rsp)
        return SEH_STEP_BROKEN;
    return step;
}

unsigned seh_walk(const CONTEXT *context, struct seh_stack_frame *frames, unsigned count)
{
    struct seh_walk walk;
    struct seh_frame frame;
    unsigned found = 0;
    seh_walk_start(&walk, context);
    while (found < count) {
        uint64_t rip = walk.context.Rip, rsp = walk.context.Rsp;
        bool is_code = !callout_is_boundary(rip) && !(found > 0 && is_native_code(rip));
        enum seh_step step = seh_walk_step(&walk, 0, &frame);
        /* Where a walk breaks the last address is still worth showing. */
        if (is_code)
            frames[found++] = (struct seh_stack_frame){.rip = rip, .rsp = rsp};
        if (!is_code && found > 0)
            frames[found - 1].is_boundary = true;
        if (step == SEH_STEP_END || step == SEH_STEP_BROKEN)
            break;
    }
    return found;
}
