/* SPDX-License-Identifier: MIT */
/* ldr_map.c - a PE file's bytes become an image in the window.
 *
 * Check, then commit: everything a loader relies on is checked in the file's bytes before
 * memory is asked for. The image stays writable until it is bound.
 */
#include <stdio.h>
#include <string.h>

#include "host/host.h"
#include "ldr_internal.h"
#include "ntdll/heap.h"
#include "pe/tables.h"

#define COOKIE_UNSET 0x00002b992ddfa232ull /* what a fresh x64 image has */

static NTSTATUS image_check(const void *bytes, size_t size, struct pe_image *image,
                            struct pe_error *out_error)
{
    if (pe_parse(bytes, size, image, out_error) != PE_OK)
        return STATUS_INVALID_IMAGE_FORMAT;
    if (image->is_pe32 || image->machine != PE_MACHINE_AMD64) {
        snprintf(out_error->text, sizeof out_error->text,
                 "it is for machine 0x%04x; only 64-bit x86 programs run here", image->machine);
        return STATUS_INVALID_IMAGE_WIN_64;
    }
    if (pe_relocation_kind(image) == PE_RELOCATIONS_STRIPPED) {
        snprintf(out_error->text, sizeof out_error->text,
                 "it has no relocations and must move; link it with -Wl,--dynamicbase (mingw) "
                 "or /DYNAMICBASE /FIXED:NO (MSVC)");
        return STATUS_INVALID_IMAGE_FORMAT;
    }
    struct pe_view view = pe_view_file(image, bytes, size);
    return pe_check(&view, out_error) == PE_OK ? STATUS_SUCCESS : STATUS_INVALID_IMAGE_FORMAT;
}

static void cookie_seed(struct ldr_module *module)
{
    struct pe_view view = ldr_view(module);
    struct pe_load_config config;
    if (pe_load_config_read(&view, module->base, &config, NULL) != PE_OK)
        return;
    if (config.security_cookie < module->base ||
        config.security_cookie + 8 > module->base + module->size_bytes)
        return;
    uint64_t *cookie = (uint64_t *)config.security_cookie;
    if (*cookie == COOKIE_UNSET)
        *cookie = host_random64() >> 16;
}

NTSTATUS image_map(const void *bytes, size_t size, struct ldr_module *module,
                   struct pe_error *out_error)
{
    struct pe_image *image = &module->image;
    struct pe_layout layout;
    NTSTATUS status = image_check(bytes, size, image, out_error);
    if (!NT_SUCCESS(status))
        return status;
    if (pe_layout_plan(image, &layout, out_error) != PE_OK)
        return STATUS_INVALID_IMAGE_FORMAT;
    void *base;
    status = memory_allocate(layout.size_bytes, PAGE_READWRITE, &base);
    if (!NT_SUCCESS(status)) {
        snprintf(out_error->text, sizeof out_error->text, "there is no memory for it");
        return status;
    }
    pe_layout_copy(image, &layout, bytes, base);
    if (pe_relocate(image, base, layout.size_bytes, (uint64_t)base, out_error) != PE_OK) {
        memory_free(base);
        return STATUS_INVALID_IMAGE_FORMAT;
    }
    module->base = (uint64_t)base;
    module->size_bytes = layout.size_bytes;
    module->references = 1;
    module->has_notifications = true;
    module->unwind = pe_unwind_image(image, NULL, module->base);
    cookie_seed(module);
    return STATUS_SUCCESS;
}

static ULONG protection_of(const struct pe_region *region)
{
    if (region->protect & PE_PROTECT_EXECUTE)
        return region->protect & PE_PROTECT_WRITE ? PAGE_EXECUTE_READWRITE : PAGE_EXECUTE_READ;
    return region->protect & PE_PROTECT_WRITE ? PAGE_READWRITE : PAGE_READONLY;
}

NTSTATUS image_protect(const struct ldr_module *module)
{
    struct pe_layout layout;
    struct pe_error error;
    if (pe_layout_plan(&module->image, &layout, &error) != PE_OK)
        return STATUS_INVALID_IMAGE_FORMAT;
    NTSTATUS status = STATUS_SUCCESS;
    for (uint32_t i = 0; i < layout.count && NT_SUCCESS(status); i++) {
        const struct pe_region *region = &layout.regions[i];
        ULONG protect = protection_of(region);
        if (protect != PAGE_READWRITE)
            status =
                memory_protect((char *)module->base + region->rva, region->size_bytes, protect);
    }
    return status;
}

void image_unmap(struct ldr_module *module)
{
    if (module->base)
        memory_free((void *)module->base);
    module->base = 0;
}
