/* SPDX-License-Identifier: MIT */
/* view.c - bytes by RVA, and the error record.
 *
 * Every table of an image is reached through pe_view_span: it never hands out a byte that is
 * not in the view.
 */
#include "pe_internal.h"

#include <stdarg.h>
#include <stdio.h>

/* No name in an image is longer; keeps tables of names from costing their square. */
#define STRING_LIMIT 65536

int pe_fail(struct pe_error *out_error, const char *field, uint64_t offset, uint64_t value,
            const char *reason, ...)
{
    if (!out_error)
        return PE_DAMAGED;
    out_error->field = field;
    out_error->offset = offset;
    out_error->value = value;
    int n = snprintf(out_error->text, sizeof(out_error->text), "%s at 0x%llx is 0x%llx: ", field,
                     (unsigned long long)offset, (unsigned long long)value);
    if (n > 0 && (size_t)n < sizeof(out_error->text)) {
        va_list args;
        va_start(args, reason);
        vsnprintf(out_error->text + n, sizeof(out_error->text) - (size_t)n, reason, args);
        va_end(args);
    }
    return PE_DAMAGED;
}

struct pe_view pe_view_file(const struct pe_image *image, const void *bytes, size_t size_bytes)
{
    return (struct pe_view){.image = image, .bytes = bytes, .size_bytes = size_bytes};
}

struct pe_view pe_view_mapped(const struct pe_image *image, const void *bytes, size_t size_bytes)
{
    return (struct pe_view){
        .image = image, .bytes = bytes, .size_bytes = size_bytes, .is_mapped = true};
}

const struct pe_section *pe_section_at(const struct pe_image *image, uint32_t rva)
{
    for (uint32_t i = 0; i < image->section_count; i++) {
        const struct pe_section *section = &image->sections[i];
        if (rva >= section->rva && rva - section->rva < section->mapped_size)
            return section;
    }
    return NULL;
}

/* Where rva is in the bytes, and how far the run reaches by the image's own account. */
static bool locate(const struct pe_view *view, uint32_t rva, uint64_t *out_offset,
                   uint64_t *out_count)
{
    const struct pe_image *image = view->image;
    const struct pe_section *section = NULL;
    uint32_t start = 0, in_file = image->headers_size;

    if (image->is_flat && (view->is_mapped || !image->is_scattered)) {
        in_file = image->image_size;
    } else if (rva >= image->headers_size) {
        section = pe_section_at(image, rva);
        if (!section)
            return false;
        start = section->rva;
        in_file = view->is_mapped ? section->mapped_size : section->file_size;
    }
    if (rva - start >= in_file)
        return false;
    *out_offset =
        view->is_mapped || !section ? rva : (uint64_t)section->file_offset + (rva - section->rva);
    *out_count = in_file - (rva - start);
    return true;
}

bool pe_image_holds(const struct pe_image *image, uint64_t rva, uint32_t size)
{
    if (rva + size > image->image_size)
        return false;
    if (image->is_flat || rva + size <= image->headers_size)
        return true;
    const struct pe_section *section = pe_section_at(image, (uint32_t)rva);
    return section && section->mapped_size - (rva - section->rva) >= size;
}

const uint8_t *pe_view_span(const struct pe_view *view, uint32_t rva, uint32_t *out_count)
{
    uint64_t offset, count;
    if (!locate(view, rva, &offset, &count) || offset >= view->size_bytes)
        return NULL;
    if (count > view->size_bytes - offset)
        count = view->size_bytes - offset;
    *out_count = (uint32_t)count;
    return count ? view->bytes + offset : NULL;
}

uint64_t pe_view_offset(const struct pe_view *view, uint32_t rva)
{
    uint64_t offset, count;
    return locate(view, rva, &offset, &count) ? offset : rva;
}

const void *pe_view_at(const struct pe_view *view, uint32_t rva, uint32_t size)
{
    uint32_t count;
    const uint8_t *at = pe_view_span(view, rva, &count);
    return at && count >= size ? at : NULL;
}

const char *pe_view_string(const struct pe_view *view, uint32_t rva)
{
    uint32_t count;
    const uint8_t *at = pe_view_span(view, rva, &count);
    if (at && count > STRING_LIMIT)
        count = STRING_LIMIT;
    return at && memchr(at, 0, count) ? (const char *)at : NULL;
}

int pe_va_to_rva(const struct pe_view *view, uint64_t base, uint64_t va, uint64_t size,
                 const char *field, uint64_t offset, uint32_t *out_rva, struct pe_error *out_error)
{
    uint64_t image_size = view->image->image_size;
    if (va < base || va - base > image_size || image_size - (va - base) < size)
        return pe_fail(out_error, field, offset, va, "not an address in the image");
    *out_rva = (uint32_t)(va - base);
    return PE_OK;
}
