/* SPDX-License-Identifier: MIT */
/* tls.c - the thread-local storage directory: template, index slot, callbacks.
 *
 * Its fields are addresses, so they depend on where the image lies; results are RVAs.
 */
#include "pe_internal.h"

#include "pe/tables.h"

#define CALLBACK_LIMIT 1024

/* Counts the callbacks up to the zero that ends them. */
static int count_callbacks(const struct pe_view *view, struct pe_tls *tls, uint64_t offset,
                           struct pe_error *out_error)
{
    uint32_t width = pe_pointer_size(view->image);
    for (uint32_t i = 0; i < CALLBACK_LIMIT; i++) {
        const void *at = pe_view_at(view, tls->callbacks_rva + i * width, width);
        if (!at)
            return pe_fail(out_error, "AddressOfCallBacks", offset, tls->callbacks_rva,
                           "the list leaves the image");
        if (pe_load_pointer(view->image, at) == 0) {
            tls->callback_count = i;
            return PE_OK;
        }
    }
    return pe_fail(out_error, "AddressOfCallBacks", offset, tls->callbacks_rva,
                   "more than %d callbacks", CALLBACK_LIMIT);
}

int pe_tls_read(const struct pe_view *view, uint64_t base, struct pe_tls *out_tls,
                struct pe_error *out_error)
{
    const struct pe_image *image = view->image;
    const struct pe_directory *directory = &image->directories[PE_DIR_TLS];
    uint32_t width = pe_pointer_size(image);
    if (directory->rva == 0 || directory->size == 0)
        return PE_ABSENT;
    uint64_t offset = pe_view_offset(view, directory->rva);
    const uint8_t *at = pe_view_at(view, directory->rva, 4 * width + 8);
    if (!at)
        return pe_fail(out_error, "TLSTable", offset, directory->rva, "not within the image");

    uint64_t start = pe_load_pointer(image, at);
    uint64_t end = pe_load_pointer(image, at + width);
    uint64_t index = pe_load_pointer(image, at + 2 * width);
    uint64_t callbacks = pe_load_pointer(image, at + 3 * width);
    struct pe_tls tls = {.zero_fill = load32(at + 4 * width)};
    uint32_t alignment = load32(at + 4 * width + 4) >> 20 & 0xf;
    tls.alignment = alignment ? UINT32_C(1) << (alignment - 1) : 0;
    if (end < start)
        return pe_fail(out_error, "EndAddressOfRawData", offset + width, end,
                       "before the start 0x%llx", (unsigned long long)start);
    if (start != 0 && pe_va_to_rva(view, base, start, end - start, "StartAddressOfRawData", offset,
                                   &tls.template_rva, out_error))
        return PE_DAMAGED;
    tls.template_size = start ? (uint32_t)(end - start) : 0;
    if (pe_va_to_rva(view, base, index, 4, "AddressOfIndex", offset + 2 * width, &tls.index_rva,
                     out_error))
        return PE_DAMAGED;
    if (callbacks != 0 && (pe_va_to_rva(view, base, callbacks, width, "AddressOfCallBacks",
                                        offset + 3 * width, &tls.callbacks_rva, out_error) ||
                           count_callbacks(view, &tls, offset + 3 * width, out_error)))
        return PE_DAMAGED;
    *out_tls = tls;
    return PE_OK;
}
