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

/* What a fresh image has. */
#define COOKIE_UNSET BY_WIDTH(0x00002b992ddfa232ull, 0xbb40e64eu)

static NTSTATUS image_check(const void *bytes, size_t size, struct pe_image *image,
                            struct pe_error *out_error)
{
    if (pe_parse(bytes, size, image, out_error) != PE_OK)
        return STATUS_INVALID_IMAGE_FORMAT;
    if (image->machine != PE_MACHINE_OURS) {
        snprintf(out_error->text, sizeof out_error->text,
                 "it is for machine 0x%04x; this is a %u-bit program", image->machine,
                 BY_WIDTH(64, 32));
        return STATUS_INVALID_IMAGE_WIN_64;
    }
    if (BY_WIDTH(true, false) && pe_relocation_kind(image) == PE_RELOCATIONS_STRIPPED) {
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
        config.security_cookie + sizeof(uintptr_t) > module->base + module->size_bytes)
        return;
    uintptr_t *cookie = (uintptr_t *)config.security_cookie;
    if (*cookie == COOKIE_UNSET)
        *cookie = (uintptr_t)(host_random64() >> 16);
}

/* 32-bit images lie where they were linked for, if there is room, and often must. */
static NTSTATUS image_place(const struct pe_image *image, size_t bytes, void **out_base)
{
    NTSTATUS status = STATUS_CONFLICTING_ADDRESSES;
    if (BY_WIDTH(false, true))
        status = memory_allocate_at((void *)(uintptr_t)image->image_base, bytes, PAGE_READWRITE);
    if (NT_SUCCESS(status)) {
        *out_base = (void *)(uintptr_t)image->image_base;
        return status;
    }
    if (pe_relocation_kind(image) == PE_RELOCATIONS_STRIPPED)
        return STATUS_CONFLICTING_ADDRESSES;
    return memory_allocate(bytes, PAGE_READWRITE, out_base);
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
    status = image_place(image, layout.size_bytes, &base);
    if (!NT_SUCCESS(status)) {
        snprintf(out_error->text, sizeof out_error->text,
                 status == STATUS_CONFLICTING_ADDRESSES
                     ? "it has no relocations, and its addresses are taken"
                     : "there is no memory for it");
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
    if (BY_WIDTH(true, false))
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
