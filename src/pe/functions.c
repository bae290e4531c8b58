/* SPDX-License-Identifier: MIT */
/* functions.c - the function table as a loader checks it: sorted, inside the image, unwindable.
 *
 * The unwinder's own readers do the work, over the view as memory with base 0.
 */
#include "unwind_internal.h"

#include "pe/tables.h"

static int view_read(void *context, uint64_t address, void *out, size_t size)
{
    const void *at = pe_view_at(context, (uint32_t)address, (uint32_t)size);
    if (at)
        memcpy(out, at, size);
    return at == NULL;
}

static int check_function(const struct pe_unwind_image *image, const uint8_t *entry,
                          uint64_t offset, uint32_t before, struct pe_error *error)
{
    struct pe_function function, primary;
    memcpy(&function, entry, sizeof(function));
    if (function.begin < before)
        return pe_fail(error, "BeginAddress", offset, function.begin,
                       "the entry before ends at 0x%x", before);
    if (function.end <= function.begin || function.end > image->size_bytes)
        return pe_fail(error, "EndAddress", offset + 4, function.end,
                       "not between BeginAddress 0x%x and the image's end", function.begin);
    if (function.unwind & 1) {
        /* Indirect: the other entry is checked where it stands. */
        struct pe_function other;
        return unwind_image_read(image, function.unwind - 1, &other, sizeof(other),
                                 "UnwindInfoAddress", error);
    }
    if (pe_function_primary(image, &function, &primary, error))
        return PE_DAMAGED;
    struct unwind_info info;
    if (unwind_info_read(image, primary.unwind, &info, error))
        return PE_DAMAGED;
    uint32_t handler;
    if (!(info.flags & (PE_UNWIND_EHANDLER | PE_UNWIND_UHANDLER)))
        return PE_OK;
    if (unwind_image_read(image, info.tail_rva, &handler, 4, "ExceptionHandler", error))
        return PE_DAMAGED;
    if (handler == 0 || handler >= image->size_bytes)
        return pe_fail(error, "ExceptionHandler", info.tail_rva, handler, "outside the image");
    return PE_OK;
}

int pe_functions_check(const struct pe_view *view, struct pe_error *out_error)
{
    const struct pe_directory *directory = &view->image->directories[PE_DIR_EXCEPTION];
    struct pe_memory memory = {view_read, (void *)view};
    struct pe_unwind_image image = pe_unwind_image(view->image, &memory, 0);
    uint64_t offset = pe_view_offset(view, directory->rva);
    uint32_t before = 0;

    if (view->image->machine != PE_MACHINE_AMD64 || directory->rva == 0 || directory->size == 0)
        return PE_ABSENT;
    const uint8_t *table = pe_view_at(view, directory->rva, directory->size);
    if (!table || directory->size % 12)
        return pe_fail(out_error, "ExceptionTable", offset, directory->size,
                       "not whole entries of 12 bytes within the image");
    for (uint32_t i = 0; i < image.table_count; i++) {
        const uint8_t *entry = table + 12 * i;
        /* Linkers that round the table's size up leave empty entries at its end; one that links
         * incrementally keeps spare ones, sorted, at its beginning. */
        if (load32(entry) == 0 && load32(entry + 4) == 0 && load32(entry + 8) == 0) {
            if (before != 0)
                before = UINT32_MAX;
            continue;
        }
        if (check_function(&image, entry, offset + 12 * i, before, out_error))
            return PE_DAMAGED;
        before = load32(entry + 4);
    }
    return PE_OK;
}
