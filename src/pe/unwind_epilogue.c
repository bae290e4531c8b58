/* SPDX-License-Identifier: MIT */
/* unwind_epilogue.c - frames caught in the middle of an epilogue.
 *
 * Version 1 has no table of epilogues: x64 code may only use a few instruction forms there, so
 * the bytes at the control address tell. Version 2 lists them; the same decoder undoes both.
 * First the whole epilogue is decoded, then it is carried out on the context.
 */
#include "unwind_internal.h"

#define EPILOGUE_BYTES 64 /* longer than any legal one */

struct epilogue {
    const uint8_t *bytes;
    uint32_t count;
    uint32_t at;
    bool from_frame; /* lea: rsp comes from the frame register */
    int32_t adjust;  /* added to rsp */
    uint8_t pops[16];
    uint32_t pop_count;
    uint16_t ret_bytes;
    bool is_jump; /* relative: target_at is the distance from the control address */
    int64_t target_at;
};

static bool has(const struct epilogue *epilogue, uint32_t n)
{
    return epilogue->count - epilogue->at >= n;
}

/* add rsp, imm: 48 83 C4 ib, 48 81 C4 id. */
static void decode_add(struct epilogue *epilogue)
{
    const uint8_t *b = epilogue->bytes + epilogue->at;
    if (has(epilogue, 4) && b[0] == 0x48 && b[1] == 0x83 && b[2] == 0xc4) {
        epilogue->adjust = (int8_t)b[3];
        epilogue->at += 4;
    } else if (has(epilogue, 7) && b[0] == 0x48 && b[1] == 0x81 && b[2] == 0xc4) {
        epilogue->adjust = (int32_t)load32(b + 3);
        epilogue->at += 7;
    }
}

/* lea rsp, [frame + disp]: 48/49 8D, a mod/rm with rsp as target, perhaps a plain SIB. */
static void decode_lea(struct epilogue *epilogue, unsigned frame_register)
{
    const uint8_t *b = epilogue->bytes + epilogue->at;
    if (!has(epilogue, 3))
        return;
    if ((b[0] & 0xfe) != 0x48 || b[1] != 0x8d || (b[2] & 0x38) != 0x20)
        return;
    unsigned mode = b[2] >> 6;
    unsigned low = b[2] & 7;
    unsigned at = 3;
    if ((low | (b[0] & 1u) << 3) != frame_register || mode == 3 || (mode == 0 && low == 5))
        return;
    if (low == 4 && (!has(epilogue, 4) || b[at++] != 0x24))
        return;
    unsigned width = mode == 0 ? 0 : mode == 1 ? 1 : 4;
    if (!has(epilogue, at + width))
        return;
    epilogue->adjust = width == 1 ? (int8_t)b[at] : width == 4 ? (int32_t)load32(b + at) : 0;
    epilogue->from_frame = true;
    epilogue->at += at + width;
}

static bool decode_pops(struct epilogue *epilogue)
{
    for (;;) {
        const uint8_t *b = epilogue->bytes + epilogue->at;
        unsigned rex = has(epilogue, 2) && b[0] == 0x41 ? 1 : 0;
        if (!has(epilogue, 1 + rex) || (b[rex] & 0xf8) != 0x58)
            return true;
        if (epilogue->pop_count == sizeof(epilogue->pops))
            return false;
        epilogue->pops[epilogue->pop_count++] = (uint8_t)((b[rex] & 7) | rex << 3);
        epilogue->at += 1 + rex;
    }
}

/* ret, rep ret, ret imm, or a jump that leaves the function. */
static bool decode_end(struct epilogue *epilogue)
{
    const uint8_t *b = epilogue->bytes + epilogue->at;
    if (has(epilogue, 1) && b[0] == 0xc3)
        return true;
    if (has(epilogue, 2) && b[0] == 0xf3 && b[1] == 0xc3)
        return true;
    if (has(epilogue, 3) && b[0] == 0xc2) {
        epilogue->ret_bytes = load16(b + 1);
        return true;
    }
    if (has(epilogue, 2) && b[0] == 0xeb) {
        epilogue->is_jump = true;
        epilogue->target_at = (int64_t)epilogue->at + 2 + (int8_t)b[1];
        return true;
    }
    if (has(epilogue, 5) && b[0] == 0xe9) {
        epilogue->is_jump = true;
        epilogue->target_at = (int64_t)epilogue->at + 5 + (int32_t)load32(b + 1);
        return true;
    }
    /* jmp [mem] without displacement, or any indirect jump that carries REX.W to say so. */
    bool rex = has(epilogue, 3) && (b[0] & 0xf8) == 0x48;
    if (rex)
        b++;
    return has(epilogue, 2u + rex) && b[0] == 0xff && (b[1] & 0x38) == 0x20 &&
           (b[1] >> 6 == 0 || (rex && b[1] >> 6 == 3));
}

/* Whether a jump to target_rva stays inside the function that entry is part of. */
static bool jumps_inside(const struct pe_unwind_image *image, const struct pe_function *function,
                         int64_t target_rva)
{
    struct pe_function primary, target;
    if (pe_function_primary(image, function, &primary, NULL))
        primary = *function;
    if (target_rva == primary.begin)
        return false; /* a tail call to itself */
    if (target_rva >= function->begin && target_rva < function->end)
        return true;
    if (target_rva < 0 || target_rva >= image->size_bytes ||
        pe_function_find(image, (uint32_t)target_rva, &target, NULL) != PE_OK ||
        pe_function_primary(image, &target, &target, NULL) != PE_OK)
        return false;
    return target.begin == primary.begin;
}

/* Version 2: whether one of the listed epilogues holds the address. */
static bool is_listed(const struct pe_function *function, const struct unwind_info *info,
                      uint32_t control_rva)
{
    uint32_t size = 0;
    for (unsigned i = 0; i < info->code_count && code_op(info->codes[i]) == UWOP_EPILOG; i++) {
        uint16_t code = info->codes[i];
        uint32_t from_end;
        if (i == 0) {
            size = code_offset(code);
            from_end = code_info(code) & 1 ? size : 0;
        } else {
            from_end = code_offset(code) | code_info(code) << 8;
        }
        uint32_t start = function->end - from_end;
        if (from_end != 0 && control_rva >= start && control_rva - start < size)
            return true;
    }
    return false;
}

/* Carries out a decoded epilogue. */
static int run_epilogue(const struct pe_unwind_image *image, const struct epilogue *epilogue,
                        unsigned frame_register, struct pe_context *context,
                        struct pe_context_pointers *pointers, struct pe_error *error)
{
    if (epilogue->from_frame)
        context->gpr[PE_RSP] = context->gpr[frame_register];
    context->gpr[PE_RSP] += (uint64_t)(int64_t)epilogue->adjust;
    for (uint32_t i = 0; i < epilogue->pop_count; i++) {
        uint64_t address = context->gpr[PE_RSP], value;
        if (unwind_stack_read(image, address, &value, error))
            return PE_DAMAGED;
        context->gpr[PE_RSP] += 8;
        context->gpr[epilogue->pops[i]] = value;
        pointers->gpr[epilogue->pops[i]] = address;
    }
    if (unwind_stack_read(image, context->gpr[PE_RSP], &context->rip, error))
        return PE_DAMAGED;
    context->gpr[PE_RSP] += 8 + (uint64_t)epilogue->ret_bytes;
    return PE_OK;
}

int unwind_epilogue(const struct pe_unwind_image *image, const struct pe_function *function,
                    const struct unwind_info *info, uint32_t control_rva,
                    struct pe_context *context, struct pe_context_pointers *pointers,
                    struct pe_error *error)
{
    uint8_t bytes[EPILOGUE_BYTES];
    struct epilogue epilogue = {.bytes = bytes};
    bool listed = info->version >= 2;

    if (control_rva < function->begin || control_rva >= function->end ||
        (listed && !is_listed(function, info, control_rva)))
        return PE_ABSENT;
    epilogue.count = function->end - control_rva;
    if (epilogue.count > sizeof(bytes))
        epilogue.count = sizeof(bytes);
    if (unwind_image_read(image, control_rva, bytes, epilogue.count, "BeginAddress", error))
        return PE_DAMAGED;
    decode_add(&epilogue);
    if (epilogue.at == 0 && info->frame_register != 0)
        decode_lea(&epilogue, info->frame_register);
    bool matches = decode_pops(&epilogue) && decode_end(&epilogue);
    if (listed && !matches)
        return pe_fail(error, "UnwindCode", control_rva, bytes[0],
                       "a listed epilogue with code that is none");
    if (!matches || (!listed && epilogue.is_jump &&
                     jumps_inside(image, function, (int64_t)control_rva + epilogue.target_at)))
        return PE_ABSENT;
    return run_epilogue(image, &epilogue, info->frame_register, context, pointers, error);
}
