/* SPDX-License-Identifier: MIT */
/* trap_stub.c - code that does what a trapped instruction wants, without the trap.
 *
 * In: the instructions at a site, decoded; out: their replacement in a slot. A move from or to
 * CR8 becomes an access to the IRQL of the processor that GS names; a read that may hit the
 * shared-data page looks at its address each time and reads our page when it does; what else
 * the patch covers is copied. Every register and the flags come out as the instruction alone
 * would have left them, and 128 bytes below the stack pointer are left alone.
 * Invariant: where a replacement can fault, a point says what the driver's state is there.
 */
#include <string.h>

#include "trap_patch.h"

#define RED_ZONE 128
#define RAX      0u
#define RDX      2u
#define RSP      4u

/* No item of the kind is longer; nor is the end. */
#define SPACE_IRQL   128u
#define SPACE_SHARED 192u
#define SPACE_COPY   24u
#define SPACE_END    8u

/* Where code is being written. */
struct stub {
    struct trap_slot *slot;
    uint8_t *at;
    uint8_t to;     /* the item's offset from the site */
    uint8_t length; /* of its instruction */
};

/* ---- bytes ------------------------------------------------------------------------------- */

static void emit(struct stub *stub, const void *bytes, size_t count)
{
    memcpy(stub->at, bytes, count);
    stub->at += count;
}

#define EMIT(stub, ...) \
    emit((stub), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void emit32(struct stub *stub, uint32_t value)
{
    emit(stub, &value, sizeof(value));
}

/* mov register, imm64 */
static void emit_load(struct stub *stub, unsigned number, uint64_t value)
{
    EMIT(stub, 0x48 | (number >> 3), 0xb8 | (number & 7));
    emit(stub, &value, sizeof(value));
}

/* The distance of an operand that ends the instruction, to a field of the slot. */
static void emit_field(struct stub *stub, const uint64_t *field)
{
    emit32(stub, (uint32_t)((const uint8_t *)field - (stub->at + 4)));
}

/* A jump whose target is told later: a two-byte one for 0xeb and conditions, within the item. */
static uint8_t *emit_jump(struct stub *stub, uint8_t opcode)
{
    EMIT(stub, opcode, 0);
    return stub->at;
}

static void jump_here(struct stub *stub, uint8_t *jump)
{
    jump[-1] = (uint8_t)(stub->at - jump);
}

static void point(struct stub *stub, uint8_t saved)
{
    struct trap_point *next = &stub->slot->points[stub->slot->point_count++];
    *next = (struct trap_point){
        .at = (uint16_t)(stub->at - stub->slot->code), .to = stub->to, .saved = saved};
}

/* ---- flags, and the driver's instruction as it was ------------------------------------------- */

/* Frees registers and flags for what follows: rsp is the driver's less 128, less what is
 * pushed: rax, then the flags in a form that costs nothing to load. */
static void emit_begin(struct stub *stub)
{
    EMIT(stub, 0x48, 0x8d, 0x64, 0x24, (uint8_t)-RED_ZONE); /* lea rsp, [rsp-128] */
}

static void emit_flags_save(struct stub *stub)
{
    EMIT(stub, 0x50);             /* push rax */
    EMIT(stub, 0x9f);             /* lahf */
    EMIT(stub, 0x0f, 0x90, 0xc0); /* seto al */
    EMIT(stub, 0x50);             /* push rax */
}

static void emit_flags_restore(struct stub *stub)
{
    EMIT(stub, 0x58);       /* pop rax */
    EMIT(stub, 0x04, 0x7f); /* add al, 127: overflows again if it did */
    EMIT(stub, 0x9e);       /* sahf */
    EMIT(stub, 0x58);       /* pop rax */
}

static void emit_end(struct stub *stub)
{
    EMIT(stub, 0x48, 0x8d, 0xa4, 0x24); /* lea rsp, [rsp+128] */
    emit32(stub, RED_ZONE);
}

/* It faults here as it would there, with the same registers. */
static void emit_original(struct stub *stub)
{
    point(stub, TRAP_SAVED_NONE);
    emit(stub, stub->slot->original + stub->to, stub->length);
}

/* ---- CR8 ---------------------------------------------------------------------------------------
 */

/* movzx r32, byte gs:[irql] */
static void emit_irql_read(struct stub *stub, unsigned number)
{
    point(stub, TRAP_SAVED_NONE);
    EMIT(stub, 0x65);
    if (number > 7)
        EMIT(stub, 0x44);
    EMIT(stub, 0x0f, 0xb6, (uint8_t)(0x04 | (number & 7) << 3), 0x25);
    emit32(stub, trap_patch_environment.irql);
}

/* What cannot be an IRQL faults as it was written; lowering looks at what became deliverable,
 * after the store, as ke_irql_lower does. */
static void emit_irql_write(struct stub *stub, unsigned number)
{
    point(stub, TRAP_SAVED_NONE);
    emit_begin(stub);
    emit_flags_save(stub);
    if (number == RAX)
        EMIT(stub, 0x48, 0x8b, 0x44, 0x24, 0x08); /* mov rax, [rsp+8] */
    else
        EMIT(stub, 0x48 | (number >> 3), 0x8b, 0xc0 | (number & 7)); /* mov rax, value */
    EMIT(stub, 0x48, 0x83, 0xf8, HIGH_LEVEL);                        /* cmp rax, 15 */
    uint8_t *refuse = emit_jump(stub, 0x77);                         /* ja */
    EMIT(stub, 0x65, 0x3a, 0x04, 0x25);                              /* cmp al, gs:[irql] */
    emit32(stub, trap_patch_environment.irql);
    EMIT(stub, 0x65, 0x88, 0x04, 0x25); /* mov gs:[irql], al */
    emit32(stub, trap_patch_environment.irql);
    uint8_t *raised = emit_jump(stub, 0x73); /* jae */
    EMIT(stub, 0x65, 0x83, 0x3c, 0x25);      /* cmp dword gs:[pending], 0 */
    emit32(stub, trap_patch_environment.pending);
    EMIT(stub, 0x00);
    uint8_t *deliver = emit_jump(stub, 0x75); /* jne */
    jump_here(stub, raised);
    emit_flags_restore(stub);
    emit_end(stub);
    uint8_t *done = emit_jump(stub, 0xeb);

    jump_here(stub, deliver); /* as trap_lower_enter wants it: IRQL, flags, where to go on */
    emit_flags_restore(stub);
    uint64_t *next = &stub->slot->next[stub->slot->next_count++];
    EMIT(stub, 0xff, 0x35); /* push [next] */
    emit_field(stub, next);
    EMIT(stub, 0x9c); /* pushfq */
    if (number > 7)
        EMIT(stub, 0x41);
    EMIT(stub, 0x50 | (number & 7)); /* push value */
    EMIT(stub, 0xff, 0x25);          /* jmp [lower] */
    emit_field(stub, &stub->slot->lower);

    jump_here(stub, refuse);
    emit_flags_restore(stub);
    emit_end(stub);
    emit_original(stub);
    jump_here(stub, done);
    *next = (uint64_t)stub->at;
}

/* ---- the shared-data page
 * ------------------------------------------------------------------------ */

static unsigned number_of(ZydisRegister name)
{
    ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, name);
    return whole >= ZYDIS_REGISTER_RAX && whole <= ZYDIS_REGISTER_R15
               ? (unsigned)(whole - ZYDIS_REGISTER_RAX)
               : 16;
}

/* Every general register that the instruction has to do with, as bits. */
static uint32_t registers_of(const struct trap_instruction *instruction)
{
    uint32_t bits = 0;
    for (unsigned i = 0; i < instruction->zydis.operand_count; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER)
            bits |= 1u << number_of(operand->reg.value);
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
            bits |= 1u << number_of(operand->mem.base) | 1u << number_of(operand->mem.index);
    }
    return bits & 0xffff;
}

/* Its one memory operand, when it only reads it and can be given another address. */
static const ZydisDecodedOperand *operand_moved(const struct trap_instruction *instruction)
{
    const ZydisDecodedOperand *found = NULL;
    for (unsigned i = 0; i < instruction->zydis.operand_count; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY)
            continue;
        if (found != NULL || operand->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN ||
            operand->mem.type != ZYDIS_MEMOP_TYPE_MEM ||
            (operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) || operand->size > 512 ||
            operand->mem.base == ZYDIS_REGISTER_RIP || operand->mem.segment == ZYDIS_REGISTER_FS ||
            operand->mem.segment == ZYDIS_REGISTER_GS)
            return NULL;
        found = operand;
    }
    bool is_plain = instruction->zydis.address_width == 64 &&
                    instruction->zydis.meta.category != ZYDIS_CATEGORY_STRINGOP &&
                    instruction->zydis.meta.branch_type == ZYDIS_BRANCH_TYPE_NONE &&
                    !(registers_of(instruction) & 1u << RSP);
    return is_plain ? found : NULL;
}

static unsigned register_free(const struct trap_instruction *instruction)
{
    static const uint8_t candidates[] = {11, 10, 9, 8, 3, 6, 7, 5, 1, 12, 13, 14, 15};
    uint32_t used = registers_of(instruction);
    for (unsigned i = 0; i < sizeof(candidates); i++)
        if (!(used & 1u << candidates[i]))
            return candidates[i];
    return 16;
}

/* The same instruction with [number] for its memory. 0: cannot be said. */
static size_t encode_moved(const struct trap_instruction *instruction, unsigned number,
                           uint8_t *out_bytes)
{
    ZydisEncoderRequest request;
    ZyanUSize length = ZYDIS_MAX_INSTRUCTION_LENGTH;
    if (!ZYAN_SUCCESS(ZydisEncoderDecodedInstructionToEncoderRequest(
            &instruction->zydis, instruction->operands, instruction->zydis.operand_count_visible,
            &request)))
        return 0;
    for (unsigned i = 0; i < request.operand_count; i++)
        if (request.operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY) {
            request.operands[i].mem.base = (ZydisRegister)(ZYDIS_REGISTER_RAX + number);
            request.operands[i].mem.index = ZYDIS_REGISTER_NONE;
            request.operands[i].mem.scale = 0;
            request.operands[i].mem.displacement = 0;
        }
    request.prefixes &= ~(ZydisInstructionAttributes)ZYDIS_ATTRIB_HAS_SEGMENT;
    return ZYAN_SUCCESS(ZydisEncoderEncodeInstruction(&request, out_bytes, &length)) ? length : 0;
}

/* lea number, [the operand] */
static size_t encode_address(const ZydisDecodedOperand *operand, unsigned number,
                             uint8_t *out_bytes)
{
    ZydisEncoderRequest request = {
        .machine_mode = ZYDIS_MACHINE_MODE_LONG_64,
        .mnemonic = ZYDIS_MNEMONIC_LEA,
        .operand_count = 2,
    };
    ZyanUSize length = ZYDIS_MAX_INSTRUCTION_LENGTH;
    request.operands[0].type = ZYDIS_OPERAND_TYPE_REGISTER;
    request.operands[0].reg.value = (ZydisRegister)(ZYDIS_REGISTER_RAX + number);
    request.operands[1].type = ZYDIS_OPERAND_TYPE_MEMORY;
    request.operands[1].mem.base = operand->mem.base;
    request.operands[1].mem.index = operand->mem.index;
    request.operands[1].mem.scale =
        operand->mem.index != ZYDIS_REGISTER_NONE ? operand->mem.scale : 0;
    request.operands[1].mem.displacement = operand->mem.disp.value;
    request.operands[1].mem.size = 8;
    return ZYAN_SUCCESS(ZydisEncoderEncodeInstruction(&request, out_bytes, &length)) ? length : 0;
}

static bool emit_shared_read(struct stub *stub, const struct trap_instruction *instruction)
{
    uint8_t moved[ZYDIS_MAX_INSTRUCTION_LENGTH], address[ZYDIS_MAX_INSTRUCTION_LENGTH];
    const ZydisDecodedOperand *operand = operand_moved(instruction);
    unsigned scratch = operand != NULL ? register_free(instruction) : 16;
    if (scratch > 15)
        return false;
    bool is_absolute =
        operand->mem.base == ZYDIS_REGISTER_NONE && operand->mem.index == ZYDIS_REGISTER_NONE;
    size_t moved_length = encode_moved(instruction, scratch, moved);
    size_t address_length = is_absolute ? 0 : encode_address(operand, scratch, address);
    if (moved_length == 0 || (!is_absolute && address_length == 0))
        return false;
    uint8_t rex = 0x48 | (scratch >> 3), low = scratch & 7;
    point(stub, TRAP_SAVED_NONE);
    emit_begin(stub);
    if (scratch > 7)
        EMIT(stub, 0x41);
    EMIT(stub, 0x50 | low); /* push scratch */
    emit_flags_save(stub);
    EMIT(stub, 0x48, 0x8b, 0x44, 0x24, 0x08); /* mov rax, [rsp+8] */
    if (is_absolute)
        emit_load(stub, scratch, (uint64_t)operand->mem.disp.value);
    else
        emit(stub, address, address_length);
    emit_load(stub, RAX, -SHARED_DATA_BASE);
    EMIT(stub, rex, 0x01, 0xc0 | low); /* add scratch, rax: offset in the page */
    EMIT(stub, rex, 0x81, 0xf8 | low); /* cmp scratch, ... */
    emit32(stub, (uint32_t)(SHARED_DATA_SIZE - operand->size / 8));
    uint8_t *elsewhere = emit_jump(stub, 0x77); /* ja */
    EMIT(stub, 0x52, 0x0f, 0x31);               /* push rdx; rdtsc */
    EMIT(stub, 0x48, 0xc1, 0xe2, 0x20);         /* shl rdx, 32 */
    EMIT(stub, 0x48, 0x09, 0xd0);               /* or rax, rdx */
    emit_load(stub, RDX, (uint64_t)trap_patch_environment.fresh_until);
    EMIT(stub, 0x48, 0x3b, 0x02, 0x5a);     /* cmp rax, [rdx]; pop rdx */
    uint8_t *stale = emit_jump(stub, 0x73); /* jae */
    uint8_t *fresh = stub->at;
    emit_load(stub, RAX, trap_patch_environment.page);
    EMIT(stub, rex, 0x01, 0xc0 | low); /* add scratch, rax */
    emit_flags_restore(stub);
    point(stub, (uint8_t)scratch);
    emit(stub, moved, moved_length);
    if (scratch > 7)
        EMIT(stub, 0x41);
    EMIT(stub, 0x58 | low); /* pop scratch */
    emit_end(stub);
    uint8_t *done = emit_jump(stub, 0xeb);

    jump_here(stub, stale);
    EMIT(stub, 0xff, 0x15); /* call [refresh] */
    emit_field(stub, &stub->slot->refresh);
    uint8_t *again = emit_jump(stub, 0xeb);
    again[-1] = (uint8_t)(fresh - again);

    jump_here(stub, elsewhere);
    emit_flags_restore(stub);
    if (scratch > 7)
        EMIT(stub, 0x41);
    EMIT(stub, 0x58 | low);
    emit_end(stub);
    emit_original(stub);
    jump_here(stub, done);
    return true;
}

/* ---- what merely lies beside them ---------------------------------------------------------------
 */

/* jmp or jcc, wherever it goes. */
static bool emit_branch(struct stub *stub, const struct trap_instruction *instruction)
{
    const ZydisDecodedInstruction *zydis = &instruction->zydis;
    uint64_t site = stub->slot->site + stub->to;
    uint64_t target = site + zydis->length + (uint64_t)instruction->operands[0].imm.value.s;
    if (zydis->mnemonic == ZYDIS_MNEMONIC_JMP)
        EMIT(stub, 0xe9);
    else if (zydis->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && (zydis->opcode & 0xf0) == 0x70)
        EMIT(stub, 0x0f, 0x80 | (zydis->opcode & 0x0f));
    else if (zydis->opcode_map == ZYDIS_OPCODE_MAP_0F && (zydis->opcode & 0xf0) == 0x80)
        EMIT(stub, 0x0f, zydis->opcode);
    else
        return false;
    emit32(stub, (uint32_t)(target - ((uint64_t)stub->at + 4)));
    return true;
}

/* An instruction as it is, its distance from memory corrected. Calls, software interrupts and
 * what a debugger put there stay where they are. */
static bool emit_copy(struct stub *stub, const struct trap_instruction *instruction)
{
    const ZydisDecodedInstruction *zydis = &instruction->zydis;
    switch (zydis->meta.category) {
    case ZYDIS_CATEGORY_CALL:
    case ZYDIS_CATEGORY_INTERRUPT:
    case ZYDIS_CATEGORY_SYSCALL:
    case ZYDIS_CATEGORY_SYSRET:
        return false;
    default:
        break;
    }
    point(stub, TRAP_SAVED_NONE);
    bool is_relative = zydis->attributes & ZYDIS_ATTRIB_IS_RELATIVE;
    if (is_relative && zydis->raw.imm[0].is_relative)
        return emit_branch(stub, instruction);
    if (is_relative && zydis->raw.disp.size != 32)
        return false;
    uint8_t *copy = stub->at;
    emit(stub, stub->slot->original + stub->to, stub->length);
    if (is_relative) {
        int64_t distance = zydis->raw.disp.value + (int64_t)(stub->slot->site + stub->to) -
                           (int64_t)(uint64_t)copy;
        int32_t narrow = (int32_t)distance;
        if (narrow != distance)
            return false;
        memcpy(copy + zydis->raw.disp.offset, &narrow, sizeof(narrow));
    }
    return true;
}

/* ---- an item
 * -------------------------------------------------------------------------------------- */

/* mov between a general register other than rsp and CR8. 16: not that. */
static unsigned irql_register(const struct trap_instruction *instruction, bool *out_is_write)
{
    const ZydisDecodedOperand *to = &instruction->operands[0], *from = &instruction->operands[1];
    if (instruction->zydis.mnemonic != ZYDIS_MNEMONIC_MOV ||
        to->type != ZYDIS_OPERAND_TYPE_REGISTER || from->type != ZYDIS_OPERAND_TYPE_REGISTER)
        return 16;
    *out_is_write = to->reg.value == ZYDIS_REGISTER_CR8;
    if (!*out_is_write && from->reg.value != ZYDIS_REGISTER_CR8)
        return 16;
    unsigned number = number_of(*out_is_write ? from->reg.value : to->reg.value);
    return number == RSP ? 16 : number;
}

bool trap_stub_can(const struct trap_instruction *instruction)
{
    bool is_write;
    return irql_register(instruction, &is_write) < 16 ||
           (operand_moved(instruction) != NULL && register_free(instruction) < 16);
}

ZydisRegister trap_stub_base(const struct trap_instruction *instruction)
{
    const ZydisDecodedOperand *operand = operand_moved(instruction);
    return operand != NULL ? operand->mem.base : ZYDIS_REGISTER_NONE;
}

bool trap_stub_item(struct trap_slot *slot, uint8_t **at, uint8_t to,
                    const struct trap_instruction *instruction, ZydisRegister base)
{
    struct stub stub = {.slot = slot, .at = *at, .to = to, .length = instruction->zydis.length};
    const ZydisDecodedOperand *operand = operand_moved(instruction);
    uint8_t points = slot->point_count;
    bool is_write, is_done = true;
    unsigned number = irql_register(instruction, &is_write);
    bool is_shared = operand != NULL && operand->mem.base == base;
    unsigned space = number < 16 ? SPACE_IRQL : is_shared ? SPACE_SHARED : SPACE_COPY;
    if ((size_t)(*at - (uint8_t *)slot) + space + SPACE_END > slot->bytes ||
        slot->point_count + 3 > TRAP_POINTS ||
        (number < 16 && is_write && slot->next_count == sizeof(slot->next) / sizeof(slot->next[0])))
        return false;
    if (number < 16 && is_write)
        emit_irql_write(&stub, number);
    else if (number < 16)
        emit_irql_read(&stub, number);
    else if (is_shared)
        is_done = emit_shared_read(&stub, instruction);
    else
        is_done = emit_copy(&stub, instruction);
    if (is_done)
        *at = stub.at;
    else
        slot->point_count = points;
    return is_done;
}

void trap_stub_end(struct trap_slot *slot, uint8_t *at)
{
    struct stub stub = {.slot = slot, .at = at, .to = slot->length};
    point(&stub, TRAP_SAVED_NONE);
    EMIT(&stub, 0xe9);
    emit32(&stub, (uint32_t)(slot->site + slot->length - ((uint64_t)stub.at + 4)));
}
