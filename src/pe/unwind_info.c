/* SPDX-License-Identifier: MIT */
/* unwind_info.c - function entries and their unwind information, read with every check.
 *
 * Everything comes through the caller's reader and stays inside the image; what is returned is
 * well formed.
 */
#include "unwind_internal.h"

#include "pe/tables.h"

struct pe_unwind_image pe_unwind_image(const struct pe_image *image, const struct pe_memory *memory,
                                       uint64_t base)
{
    const struct pe_directory *directory = &image->directories[PE_DIR_EXCEPTION];
    bool has_table = image->machine == PE_MACHINE_AMD64 && directory->rva != 0;
    return (struct pe_unwind_image){
        .memory = memory,
        .base = base,
        .size_bytes = image->image_size,
        .table_rva = directory->rva,
        .table_count = has_table ? directory->size / (uint32_t)sizeof(struct pe_function) : 0,
    };
}

int unwind_image_read(const struct pe_unwind_image *image, uint32_t rva, void *out, uint32_t size,
                      const char *field, struct pe_error *error)
{
    if ((uint64_t)rva + size > image->size_bytes)
        return pe_fail(error, field, rva, rva, "outside the image");
    if (image->memory->read(image->memory->context, image->base + rva, out, size))
        return pe_fail(error, field, rva, rva, "cannot be read");
    return PE_OK;
}

unsigned unwind_code_slots(unsigned version, uint16_t code)
{
    switch (code_op(code)) {
    case UWOP_PUSH_NONVOL:
    case UWOP_ALLOC_SMALL:
    case UWOP_SET_FPREG:
        return 1;
    case UWOP_ALLOC_LARGE:
        return code_info(code) == 0 ? 2 : code_info(code) == 1 ? 3 : 0;
    case UWOP_SAVE_NONVOL:
    case UWOP_SAVE_XMM128:
        return 2;
    case UWOP_SAVE_NONVOL_FAR:
    case UWOP_SAVE_XMM128_FAR:
        return 3;
    case UWOP_EPILOG:
        return version >= 2 ? 1 : 0;
    case UWOP_PUSH_MACHFRAME:
        return code_info(code) <= 1 ? 1 : 0;
    default:
        return 0;
    }
}

/* Every code known, complete, and a frame register there when one is set. */
static int check_codes(const struct unwind_info *info, uint32_t rva, struct pe_error *error)
{
    for (unsigned i = 0; i < info->code_count;) {
        uint16_t code = info->codes[i];
        unsigned slots = unwind_code_slots(info->version, code);
        uint64_t at = (uint64_t)rva + 4 + 2 * i;
        if (slots == 0)
            return pe_fail(error, "UnwindCode", at, code, "no such operation in version %u",
                           info->version);
        if (slots > info->code_count - i)
            return pe_fail(error, "CountOfCodes", rva + 2, info->code_count,
                           "the last operation is cut off");
        if (code_op(code) == UWOP_SET_FPREG && info->frame_register == 0)
            return pe_fail(error, "FrameRegister", rva + 3, 0, "set by the prologue, but none");
        i += slots;
    }
    return PE_OK;
}

int unwind_info_read(const struct pe_unwind_image *image, uint32_t rva, struct unwind_info *out,
                     struct pe_error *error)
{
    uint8_t header[4];
    if (unwind_image_read(image, rva, header, 4, "UnwindInfoAddress", error))
        return PE_DAMAGED;
    out->version = header[0] & 7;
    out->flags = header[0] >> 3;
    out->prologue_size = header[1];
    out->code_count = header[2];
    out->frame_register = header[3] & 0xf;
    out->frame_offset = (header[3] >> 4) * 16u;
    if (out->version != 1 && out->version != 2)
        return pe_fail(error, "UnwindInfo.Version", rva, out->version, "neither 1 nor 2");
    if (out->flags & ~(PE_UNWIND_EHANDLER | PE_UNWIND_UHANDLER | PE_UNWIND_CHAIN) ||
        (out->flags & PE_UNWIND_CHAIN && out->flags != PE_UNWIND_CHAIN))
        return pe_fail(error, "UnwindInfo.Flags", rva, out->flags,
                       "unknown, or chained and with a handler");
    /* None of them may be the last thing in the image's memory. */
    if (out->code_count > 0 &&
        unwind_image_read(image, rva + 4, out->codes, out->code_count * 2u, "UnwindCode", error))
        return PE_DAMAGED;
    if (check_codes(out, rva, error))
        return PE_DAMAGED;
    out->tail_rva = rva + 4 + ((out->code_count + 1u) & ~1u) * 2;
    return PE_OK;
}

/* An entry whose unwind address is odd only points to the real one. */
static int follow_indirect(const struct pe_unwind_image *image, struct pe_function *function,
                           struct pe_error *error)
{
    if (!(function->unwind & 1))
        return PE_OK;
    uint32_t rva = function->unwind - 1;
    if (unwind_image_read(image, rva, function, sizeof(*function), "UnwindInfoAddress", error))
        return PE_DAMAGED;
    if (function->unwind & 1)
        return pe_fail(error, "UnwindInfoAddress", rva + 8, function->unwind,
                       "an indirect entry that is itself indirect");
    return PE_OK;
}

int unwind_chain_next(const struct pe_unwind_image *image, const struct unwind_info *info,
                      struct pe_function *out, struct pe_error *error)
{
    if (unwind_image_read(image, info->tail_rva, out, sizeof(*out), "ChainedFunction", error))
        return PE_DAMAGED;
    return follow_indirect(image, out, error);
}

static int entry_read(const struct pe_unwind_image *image, uint32_t index,
                      struct pe_function *out_entry, struct pe_error *error)
{
    uint64_t at = image->table_rva + (uint64_t)index * sizeof(*out_entry);
    if (at > UINT32_MAX)
        return pe_fail(error, "ExceptionTable", at, index, "outside the image");
    return unwind_image_read(image, (uint32_t)at, out_entry, sizeof(*out_entry), "ExceptionTable",
                             error);
}

int pe_function_find(const struct pe_unwind_image *image, uint32_t rva,
                     struct pe_function *out_function, struct pe_error *out_error)
{
    uint32_t low = 0, high = image->table_count;
    struct pe_function entry;
    /* Empty entries at the table's end are room that a linker left; they are not in order. */
    while (high > 0) {
        if (entry_read(image, high - 1, &entry, out_error))
            return PE_DAMAGED;
        if (entry.begin != 0 || entry.end != 0)
            break;
        high--;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (entry_read(image, middle, &entry, out_error))
            return PE_DAMAGED;
        if (rva < entry.begin) {
            high = middle;
        } else if (rva >= entry.end) {
            low = middle + 1;
        } else {
            *out_function = entry;
            return follow_indirect(image, out_function, out_error);
        }
    }
    return PE_ABSENT;
}

int pe_function_primary(const struct pe_unwind_image *image, const struct pe_function *function,
                        struct pe_function *out_function, struct pe_error *out_error)
{
    struct pe_function at = *function;
    struct unwind_info info;
    for (int depth = 0; depth < UNWIND_CHAIN_LIMIT; depth++) {
        if (unwind_info_read(image, at.unwind, &info, out_error))
            return PE_DAMAGED;
        if (!(info.flags & PE_UNWIND_CHAIN)) {
            *out_function = at;
            return PE_OK;
        }
        if (unwind_chain_next(image, &info, &at, out_error))
            return PE_DAMAGED;
    }
    return pe_fail(out_error, "ChainedFunction", function->unwind, at.begin,
                   "a chain of more than %d", UNWIND_CHAIN_LIMIT);
}
