/* SPDX-License-Identifier: MIT */
/* load_config.c - the load configuration: security cookie, control-flow guard, SEH table.
 *
 * The structure grew with Windows; its own Size says which fields there are. Every address that
 * is not zero must lie in the image.
 */
#include "pe_internal.h"

#include "pe/tables.h"

struct config_reader {
    const struct pe_view *view;
    uint64_t base;
    const uint8_t *bytes;
    uint32_t size;
    uint64_t offset;
    struct pe_error *error;
};

static uint64_t read_pointer(const struct config_reader *reader, uint32_t at)
{
    const struct pe_image *image = reader->view->image;
    return at + pe_pointer_size(image) <= reader->size ? pe_load_pointer(image, reader->bytes + at)
                                                       : 0;
}

/* A table of count entries at a VA; both may be zero. */
static int check_table(const struct config_reader *reader, const char *field, uint32_t at,
                       uint64_t va, uint64_t count, uint32_t width)
{
    uint32_t rva;
    if (va == 0 || count == 0)
        return PE_OK;
    if (count > PE_IMAGE_SIZE_MAX)
        return pe_fail(reader->error, field, reader->offset + at, count, "too many entries");
    return pe_va_to_rva(reader->view, reader->base, va, count * width, field, reader->offset + at,
                        &rva, reader->error);
}

int pe_load_config_read(const struct pe_view *view, uint64_t base,
                        struct pe_load_config *out_config, struct pe_error *out_error)
{
    const struct pe_directory *directory = &view->image->directories[PE_DIR_LOAD_CONFIG];
    bool narrow = view->image->is_pe32;
    if (directory->rva == 0 || directory->size == 0)
        return PE_ABSENT;
    struct config_reader reader = {.view = view,
                                   .base = base,
                                   .offset = pe_view_offset(view, directory->rva),
                                   .error = out_error};
    const uint8_t *head = pe_view_at(view, directory->rva, 4);
    if (!head)
        return pe_fail(out_error, "LoadConfigTable", reader.offset, directory->rva,
                       "not within the image");
    reader.size = load32(head);
    reader.bytes = reader.size >= 4 ? pe_view_at(view, directory->rva, reader.size) : NULL;
    if (!reader.bytes)
        return pe_fail(out_error, "LoadConfig.Size", reader.offset, reader.size,
                       "less than a header, or not within the image");

    struct pe_load_config c = {.size = reader.size};
    uint32_t flags_at = narrow ? 88 : 144;
    c.security_cookie = read_pointer(&reader, narrow ? 60 : 88);
    c.seh_table = narrow ? read_pointer(&reader, 64) : 0;
    c.seh_count = narrow ? read_pointer(&reader, 68) : 0;
    c.guard_check = read_pointer(&reader, narrow ? 72 : 112);
    c.guard_dispatch = read_pointer(&reader, narrow ? 76 : 120);
    c.guard_table = read_pointer(&reader, narrow ? 80 : 128);
    c.guard_count = read_pointer(&reader, narrow ? 84 : 136);
    c.guard_flags = flags_at + 4 <= reader.size ? load32(reader.bytes + flags_at) : 0;

    if (!narrow) {
        c.chpe_metadata = read_pointer(&reader, 200);
        c.xfg_check = read_pointer(&reader, 280);
        c.xfg_dispatch = read_pointer(&reader, 288);
        c.xfg_table_dispatch = read_pointer(&reader, 296);
    }

    uint32_t width = pe_pointer_size(view->image);
    /* The high four bits of the flags say how many bytes follow each function's RVA. */
    c.guard_stride = 4 + (c.guard_flags >> 28);
    if (check_table(&reader, "SecurityCookie", narrow ? 60 : 88, c.security_cookie, 1, width) ||
        check_table(&reader, "SEHandlerTable", 64, c.seh_table, c.seh_count, 4) ||
        check_table(&reader, "GuardCFCheckFunctionPointer", narrow ? 72 : 112, c.guard_check, 1,
                    width) ||
        check_table(&reader, "GuardCFDispatchFunctionPointer", narrow ? 76 : 120, c.guard_dispatch,
                    1, width) ||
        check_table(&reader, "GuardCFFunctionTable", narrow ? 80 : 128, c.guard_table,
                    c.guard_count, c.guard_stride) ||
        check_table(&reader, "GuardXFGCheckFunctionPointer", 280, c.xfg_check, 1, width) ||
        check_table(&reader, "GuardXFGDispatchFunctionPointer", 288, c.xfg_dispatch, 1, width) ||
        check_table(&reader, "GuardXFGTableDispatchFunctionPointer", 296, c.xfg_table_dispatch, 1,
                    width))
        return PE_DAMAGED;
    *out_config = c;
    return PE_OK;
}
