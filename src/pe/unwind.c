/* SPDX-License-Identifier: MIT */
/* unwind.c - undoing one x64 frame: leaf, epilogue, or the prologue's codes in reverse.
 *
 * All work happens on a copy of the context; the caller's changes only when the whole frame
 * could be undone.
 */
#include "unwind_internal.h"

struct unwinding {
    const struct pe_unwind_image *image;
    struct pe_context context;
    struct pe_context_pointers pointers;
    uint64_t frame_base; /* what SAVE_… offsets count from */
    bool is_interrupt;
    struct pe_error *error;
};

int unwind_stack_read(const struct pe_unwind_image *image, uint64_t address, uint64_t *out,
                      struct pe_error *error)
{
    if (image->memory->read(image->memory->context, address, out, 8))
        return pe_fail(error, "Stack", address, address, "cannot be read");
    return PE_OK;
}

static int restore_gpr(struct unwinding *u, unsigned reg, uint64_t address)
{
    if (unwind_stack_read(u->image, address, &u->context.gpr[reg], u->error))
        return PE_DAMAGED;
    u->pointers.gpr[reg] = address;
    return PE_OK;
}

static int restore_xmm(struct unwinding *u, unsigned reg, uint64_t address)
{
    if (unwind_stack_read(u->image, address, &u->context.xmm[reg].low, u->error) ||
        unwind_stack_read(u->image, address + 8, &u->context.xmm[reg].high, u->error))
        return PE_DAMAGED;
    u->pointers.xmm[reg] = address;
    return PE_OK;
}

/* What the processor pushes for an interrupt: rip, cs, flags, rsp, ss, after an error code. */
static int undo_machine_frame(struct unwinding *u, unsigned has_error_code)
{
    uint64_t at = u->context.gpr[PE_RSP] + 8 * has_error_code;
    uint64_t rip, rsp;
    if (unwind_stack_read(u->image, at, &rip, u->error) ||
        unwind_stack_read(u->image, at + 24, &rsp, u->error))
        return PE_DAMAGED;
    u->context.rip = rip;
    u->context.gpr[PE_RSP] = rsp;
    u->is_interrupt = true;
    return PE_OK;
}

static int undo_code(struct unwinding *u, const struct unwind_info *info, const uint16_t *code)
{
    uint64_t *rsp = &u->context.gpr[PE_RSP];
    unsigned operand = code_info(code[0]);
    switch (code_op(code[0])) {
    case UWOP_PUSH_NONVOL:
        if (restore_gpr(u, operand, *rsp))
            return PE_DAMAGED;
        *rsp += 8;
        return PE_OK;
    case UWOP_ALLOC_LARGE:
        *rsp += operand == 0 ? code[1] * UINT64_C(8) : load32(code + 1);
        return PE_OK;
    case UWOP_ALLOC_SMALL:
        *rsp += operand * 8 + 8;
        return PE_OK;
    case UWOP_SET_FPREG:
        *rsp = u->context.gpr[info->frame_register] - info->frame_offset;
        return PE_OK;
    case UWOP_SAVE_NONVOL:
        return restore_gpr(u, operand, u->frame_base + code[1] * UINT64_C(8));
    case UWOP_SAVE_NONVOL_FAR:
        return restore_gpr(u, operand, u->frame_base + load32(code + 1));
    case UWOP_SAVE_XMM128:
        return restore_xmm(u, operand, u->frame_base + code[1] * UINT64_C(16));
    case UWOP_SAVE_XMM128_FAR:
        return restore_xmm(u, operand, u->frame_base + load32(code + 1));
    case UWOP_PUSH_MACHFRAME:
        return undo_machine_frame(u, operand);
    default: /* UWOP_EPILOG says nothing about the prologue */
        return PE_OK;
    }
}

/* Undoes the codes of what has run: all those at or before offset in the prologue. */
static int undo_codes(struct unwinding *u, const struct unwind_info *info, uint64_t offset)
{
    for (unsigned i = 0; i < info->code_count;
         i += unwind_code_slots(info->version, info->codes[i]))
        if (code_offset(info->codes[i]) <= offset && undo_code(u, info, &info->codes[i]))
            return PE_DAMAGED;
    return PE_OK;
}

static uint64_t frame_of(const struct pe_context *context, const struct unwind_info *info)
{
    return info->frame_register ? context->gpr[info->frame_register] - info->frame_offset
                                : context->gpr[PE_RSP];
}

/* The establisher frame: by the frame register once the prologue has set it, else rsp. */
static uint64_t establisher(const struct pe_context *context, const struct unwind_info *info,
                            uint64_t offset)
{
    if (offset >= info->prologue_size || info->flags & PE_UNWIND_CHAIN)
        return frame_of(context, info);
    for (unsigned i = 0; i < info->code_count;
         i += unwind_code_slots(info->version, info->codes[i]))
        if (code_op(info->codes[i]) == UWOP_SET_FPREG && code_offset(info->codes[i]) <= offset)
            return frame_of(context, info);
    return context->gpr[PE_RSP];
}

/* Undoes the codes of an info and of all it is chained to; info becomes the primary's. */
static int undo_prologue(struct unwinding *u, struct unwind_info *info, uint64_t offset)
{
    if (undo_codes(u, info, offset))
        return PE_DAMAGED;
    for (int depth = 0; info->flags & PE_UNWIND_CHAIN; depth++) {
        struct pe_function next;
        if (depth == UNWIND_CHAIN_LIMIT)
            return pe_fail(u->error, "ChainedFunction", info->tail_rva, 0,
                           "a chain of more than %d", UNWIND_CHAIN_LIMIT);
        if (unwind_chain_next(u->image, info, &next, u->error) ||
            unwind_info_read(u->image, next.unwind, info, u->error))
            return PE_DAMAGED;
        /* A parent's prologue has run in full. */
        u->frame_base = frame_of(&u->context, info);
        if (undo_codes(u, info, UINT64_MAX))
            return PE_DAMAGED;
    }
    return PE_OK;
}

static int pop_return_address(struct unwinding *u)
{
    uint64_t rip;
    if (unwind_stack_read(u->image, u->context.gpr[PE_RSP], &rip, u->error))
        return PE_DAMAGED;
    u->context.rip = rip;
    u->context.gpr[PE_RSP] += 8;
    return PE_OK;
}

/* A frame with unwind information. */
static int unwind_function(struct unwinding *u, uint32_t handler_types, uint64_t control_pc,
                           const struct pe_function *function, struct pe_unwind_frame *frame)
{
    struct unwind_info info;
    uint64_t control_rva = control_pc - u->image->base;
    if (control_rva > UINT32_MAX || control_rva < function->begin)
        return pe_fail(u->error, "BeginAddress", function->begin, control_pc,
                       "the control address is not in the function");
    uint64_t offset = control_rva - function->begin;
    if (unwind_info_read(u->image, function->unwind, &info, u->error))
        return PE_DAMAGED;
    bool in_prologue = offset < info.prologue_size;
    frame->establisher = establisher(&u->context, &info, offset);
    frame->flags = info.flags;
    if (!in_prologue) {
        int result = unwind_epilogue(u->image, function, &info, (uint32_t)control_rva, &u->context,
                                     &u->pointers, u->error);
        if (result != PE_ABSENT)
            return result;
    }
    u->frame_base = frame->establisher;
    if (undo_prologue(u, &info, offset) || (!u->is_interrupt && pop_return_address(u)))
        return PE_DAMAGED;
    frame->flags = info.flags;
    if (in_prologue || !(info.flags & handler_types & (PE_UNWIND_EHANDLER | PE_UNWIND_UHANDLER)))
        return PE_OK;
    if (unwind_image_read(u->image, info.tail_rva, &frame->handler_rva, 4, "ExceptionHandler",
                          u->error))
        return PE_DAMAGED;
    if (frame->handler_rva == 0 || frame->handler_rva >= u->image->size_bytes)
        return pe_fail(u->error, "ExceptionHandler", info.tail_rva, frame->handler_rva,
                       "outside the image");
    frame->handler_data = u->image->base + info.tail_rva + 4;
    return PE_OK;
}

int pe_virtual_unwind(const struct pe_unwind_image *image, uint32_t handler_types,
                      uint64_t control_pc, const struct pe_function *function,
                      struct pe_context *context, struct pe_context_pointers *pointers,
                      struct pe_unwind_frame *out_frame, struct pe_error *out_error)
{
    struct unwinding u = {.image = image, .context = *context, .error = out_error};
    struct pe_unwind_frame frame = {.establisher = context->gpr[PE_RSP]};
    int result = function ? unwind_function(&u, handler_types, control_pc, function, &frame)
                          : pop_return_address(&u);
    if (result)
        return result;
    *context = u.context;
    frame.is_interrupt = u.is_interrupt;
    *out_frame = frame;
    for (int i = 0; pointers && i < 16; i++) {
        if (u.pointers.gpr[i])
            pointers->gpr[i] = u.pointers.gpr[i];
        if (u.pointers.xmm[i])
            pointers->xmm[i] = u.pointers.xmm[i];
    }
    return PE_OK;
}
