/* SPDX-License-Identifier: MIT */
/* layout.c - the list of regions a mapper follows, out of a parsed image.
 *
 * Regions rise by RVA, are whole pages and never overlap; what lies between them is not mapped.
 */
#include "pe_internal.h"

static unsigned protection(uint32_t characteristics)
{
    unsigned protect = 0;
    if (characteristics & PE_SCN_READ)
        protect |= PE_PROTECT_READ;
    if (characteristics & PE_SCN_WRITE)
        protect |= PE_PROTECT_WRITE | PE_PROTECT_READ;
    if (characteristics & PE_SCN_EXECUTE)
        protect |= PE_PROTECT_EXECUTE | PE_PROTECT_READ;
    return protect;
}

/* Below a page sections share pages: one region with every right that any of them wants. */
static void plan_flat(const struct pe_image *image, struct pe_layout *layout)
{
    struct pe_region *region = &layout->regions[layout->count++];
    *region = (struct pe_region){.is_headers = true, .protect = PE_PROTECT_READ};
    region->size_bytes = layout->size_bytes;
    region->file_size = image->headers_size;
    for (uint32_t i = 0; i < image->section_count; i++) {
        const struct pe_section *section = &image->sections[i];
        if (image->is_scattered) { /* file_size is the headers'; sections are copied one by one */
            region->protect |= protection(section->characteristics);
            continue;
        }
        region->protect |= protection(section->characteristics);
        if (section->file_size && section->file_offset + section->file_size > region->file_size)
            region->file_size = section->file_offset + section->file_size;
    }
}

static void plan_section(const struct pe_section *section, struct pe_region *region)
{
    *region = (struct pe_region){
        .is_discardable = section->characteristics & PE_SCN_DISCARDABLE,
        .is_init = strcmp(section->name, "INIT") == 0,
        .is_pageable = strncmp(section->name, "PAGE", 4) == 0 &&
                       !(section->characteristics & PE_SCN_NOT_PAGED),
        .is_shared = section->characteristics & PE_SCN_SHARED,
        .protect = protection(section->characteristics),
        .rva = section->rva,
        .size_bytes = (uint32_t)round_up(section->mapped_size, PE_PAGE_SIZE),
        .file_offset = section->file_offset,
        .file_size = section->file_size,
    };
    memcpy(region->name, section->name, sizeof(region->name));
}

int pe_layout_plan(const struct pe_image *image, struct pe_layout *out_layout,
                   struct pe_error *out_error)
{
    memset(out_layout, 0, sizeof(*out_layout));
    if (image->image_size == 0 || image->section_count > PE_SECTION_LIMIT)
        return pe_fail(out_error, "SizeOfImage", 0, image->image_size, "not a parsed image");
    out_layout->size_bytes = (uint32_t)round_up(image->image_size, PE_PAGE_SIZE);
    if (image->is_flat) {
        plan_flat(image, out_layout);
        return PE_OK;
    }
    out_layout->regions[out_layout->count++] = (struct pe_region){
        .is_headers = true,
        .protect = PE_PROTECT_READ,
        .size_bytes = (uint32_t)round_up(image->headers_size, PE_PAGE_SIZE),
        .file_size = image->headers_size,
    };
    for (uint32_t i = 0; i < image->section_count; i++)
        if (image->sections[i].mapped_size)
            plan_section(&image->sections[i], &out_layout->regions[out_layout->count++]);
    return PE_OK;
}

void pe_layout_copy(const struct pe_image *image, const struct pe_layout *layout,
                    const void *file_bytes, void *to)
{
    const uint8_t *from = file_bytes;
    uint8_t *base = to;
    for (uint32_t i = 0; i < layout->count; i++) {
        const struct pe_region *region = &layout->regions[i];
        memcpy(base + region->rva, from + region->file_offset, region->file_size);
    }
    for (uint32_t i = 0; image->is_scattered && i < image->section_count; i++) {
        const struct pe_section *section = &image->sections[i];
        memcpy(base + section->rva, from + section->file_offset, section->file_size);
    }
}
