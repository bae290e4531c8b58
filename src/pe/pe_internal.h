/* SPDX-License-Identifier: MIT */
/* pe_internal.h - what the files of this room share: loads, bounded spans, error records.
 *
 * load16/32/64 read unaligned little-endian fields; the caller has checked that they are there.
 */
#pragma once

#include <string.h>

#include "pe/pe.h"

static inline uint16_t load16(const void *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof(value));
    return value;
}

static inline uint32_t load32(const void *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof(value));
    return value;
}

static inline uint64_t load64(const void *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof(value));
    return value;
}

static inline uint64_t round_up(uint64_t value, uint64_t power_of_two)
{
    return (value + power_of_two - 1) & ~(power_of_two - 1);
}

static inline bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

/* Fills the record (may be NULL) as "FIELD at OFFSET is VALUE: reason"; returns PE_DAMAGED. */
int pe_fail(struct pe_error *out_error, const char *field, uint64_t offset, uint64_t value,
            const char *reason, ...) __attribute__((format(printf, 5, 6)));

/* The bytes that follow rva in one piece; NULL when there is none. */
const uint8_t *pe_view_span(const struct pe_view *view, uint32_t rva, uint32_t *out_count);

/* Whether size bytes at rva belong to the headers or to one section, filled from the file or not.
 * Only these exist in a mapped copy; gaps between sections need not be memory. */
bool pe_image_holds(const struct pe_image *image, uint64_t rva, uint32_t size);

/* Where rva lies in the view's bytes, for error records. */
uint64_t pe_view_offset(const struct pe_view *view, uint32_t rva);

/* Pointer-sized fields: 4 or 8 bytes. */
static inline uint32_t pe_pointer_size(const struct pe_image *image)
{
    return image->is_pe32 ? 4 : 8;
}

static inline uint64_t pe_load_pointer(const struct pe_image *image, const void *at)
{
    return image->is_pe32 ? load32(at) : load64(at);
}

/* A VA of the image as an RVA with size bytes inside the image, or PE_DAMAGED. */
int pe_va_to_rva(const struct pe_view *view, uint64_t base, uint64_t va, uint64_t size,
                 const char *field, uint64_t offset, uint32_t *out_rva, struct pe_error *out_error);
