/* SPDX-License-Identifier: MIT */
/* relocations.c - moving an image: base relocation blocks, validated, then applied.
 *
 * One walker does both, so what is applied has passed the same checks. A relocation may not
 * point into the relocation table: applying it would change what the next step reads.
 */
#include "pe_internal.h"

#include "pe/tables.h"

#define TYPE_ABSOLUTE 0
#define TYPE_HIGHLOW  3
#define TYPE_DIR64    10

enum pe_relocation_kind pe_relocation_kind(const struct pe_image *image)
{
    if (image->directories[PE_DIR_RELOCATION].size != 0 &&
        image->directories[PE_DIR_RELOCATION].rva != 0)
        return PE_RELOCATIONS_PRESENT;
    return image->characteristics & PE_FILE_RELOCS_STRIPPED ? PE_RELOCATIONS_STRIPPED
                                                            : PE_RELOCATIONS_NONE;
}

struct walk {
    const struct pe_view *view;
    uint8_t *mapped; /* NULL: check only */
    uint64_t delta;
    struct pe_error *error;
};

static int relocate_one(const struct walk *walk, uint64_t entry_offset, uint32_t page,
                        uint16_t entry)
{
    const struct pe_directory *table = &walk->view->image->directories[PE_DIR_RELOCATION];
    unsigned type = entry >> 12;
    uint64_t rva = (uint64_t)page + (entry & 0xfff);
    uint32_t width = type == TYPE_DIR64 ? 8 : 4;

    if (type == TYPE_ABSOLUTE)
        return PE_OK;
    if (type != TYPE_DIR64 && type != TYPE_HIGHLOW)
        return pe_fail(walk->error, "TypeOffset", entry_offset, entry,
                       "relocation type %u is not one of this machine's", type);
    if (!pe_image_holds(walk->view->image, rva, width))
        return pe_fail(walk->error, "TypeOffset", entry_offset, entry,
                       "relocates 0x%llx, in no section", (unsigned long long)rva);
    if (rva + width > table->rva && rva < (uint64_t)table->rva + table->size)
        return pe_fail(walk->error, "TypeOffset", entry_offset, entry,
                       "relocates the relocation table itself");
    if (!walk->mapped)
        return PE_OK;
    uint64_t value = 0;
    memcpy(&value, walk->mapped + rva, width);
    value += walk->delta;
    memcpy(walk->mapped + rva, &value, width);
    return PE_OK;
}

static int walk_blocks(const struct walk *walk)
{
    const struct pe_directory *table = &walk->view->image->directories[PE_DIR_RELOCATION];
    const uint8_t *blocks = pe_view_at(walk->view, table->rva, table->size);
    uint64_t base = pe_view_offset(walk->view, table->rva);

    if (!blocks)
        return pe_fail(walk->error, "BaseRelocationTable", base, table->size,
                       "the table at RVA 0x%x is not within the image", table->rva);
    for (uint32_t at = 0; at < table->size;) {
        if (table->size - at < 8)
            return pe_fail(walk->error, "BaseRelocationTable", base + at, table->size,
                           "ends within a block header");
        uint32_t page = load32(blocks + at);
        uint32_t size = load32(blocks + at + 4);
        if (size < 8 || size > table->size - at || size % 2)
            return pe_fail(walk->error, "SizeOfBlock", base + at + 4, size,
                           "not between 8 and the table's rest, or odd");
        for (uint32_t i = 8; i < size; i += 2)
            if (relocate_one(walk, base + at + i, page, load16(blocks + at + i)))
                return PE_DAMAGED;
        at += size;
    }
    return PE_OK;
}

int pe_relocations_check(const struct pe_view *view, struct pe_error *out_error)
{
    if (pe_relocation_kind(view->image) != PE_RELOCATIONS_PRESENT)
        return PE_ABSENT;
    return walk_blocks(&(struct walk){.view = view, .error = out_error});
}

int pe_relocate(const struct pe_image *image, void *mapped, size_t size_bytes, uint64_t new_base,
                struct pe_error *out_error)
{
    struct pe_view view = pe_view_mapped(image, mapped, size_bytes);
    struct walk walk = {.view = &view, .delta = new_base - image->image_base, .error = out_error};
    uint32_t field = image->headers_offset + 24 + (image->is_pe32 ? 28 : 24);

    if (size_bytes < image->image_size)
        return pe_fail(out_error, "SizeOfImage", 0, image->image_size,
                       "the copy has only 0x%llx bytes", (unsigned long long)size_bytes);
    if (walk.delta == 0)
        return PE_OK;
    if (image->is_pe32 && new_base + image->image_size > UINT64_C(0x100000000))
        return pe_fail(out_error, "ImageBase", field, new_base,
                       "a PE32 image must lie below 4 GiB");
    if (pe_relocation_kind(image) == PE_RELOCATIONS_STRIPPED)
        return pe_fail(out_error, "Characteristics", image->headers_offset + 22,
                       image->characteristics, "relocations are stripped; it runs only at 0x%llx",
                       (unsigned long long)image->image_base);
    if (pe_relocations_check(&view, out_error) == PE_DAMAGED)
        return PE_DAMAGED;
    walk.mapped = mapped;
    if (pe_relocation_kind(image) == PE_RELOCATIONS_PRESENT && walk_blocks(&walk))
        return PE_DAMAGED;
    memcpy((uint8_t *)mapped + field, &new_base, pe_pointer_size(image));
    return PE_OK;
}
