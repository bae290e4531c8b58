/* SPDX-License-Identifier: MIT */
/* image_map.c - where images lie in system space, and what may be done with their pages.
 *
 * A checked file is copied to a slot of its own and moved there; pages are writable until
 * image_protect. What initialisation alone needed is made inaccessible afterwards, so that a
 * driver that still uses it faults at once.
 */
#include <errno.h>
#include <string.h>

#include "image_internal.h"
#include "mm/mm.h"

static uint64_t map_next = MM_IMAGE_BASE; /* where to look next; image_lock */

static int map_share = -1; /* the pages of all images; set once at init */

NTSTATUS image_map_init(void)
{
    if (host_share_create("images", MM_IMAGE_END - MM_IMAGE_BASE, &map_share) != 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    mm_image_share_set(map_share);
    return STATUS_SUCCESS;
}

void image_map_fini(void)
{
    mm_image_share_set(-1);
    host_share_close(map_share);
    map_share = -1;
}

static int pages_commit(uint64_t base, uint64_t size)
{
    void *address;
    return host_share_map(map_share, base - MM_IMAGE_BASE, size, HOST_READ | HOST_WRITE,
                          (void *)base, &address);
}

static void pages_forget(uint64_t base, uint64_t size)
{
    host_share_punch(map_share, base - MM_IMAGE_BASE, size);
}

static uint64_t slot_round(uint64_t size)
{
    return (size + IMAGE_SLOT - 1) & ~(IMAGE_SLOT - 1);
}

/* The next free range; two rounds, so that what was unloaded is used again. */
static uint64_t slot_reserve(uint64_t size)
{
    void *address;
    for (unsigned round = 0; round < 2; round++) {
        while (map_next + size <= MM_IMAGE_END) {
            uint64_t base = map_next;
            int error = host_memory_reserve((void *)base, size, &address);
            if (error != 0 && error != EEXIST)
                return 0;
            /* A slot stays free above each image: running off its end faults. */
            map_next = base + (error == 0 ? slot_round(size) + IMAGE_SLOT : IMAGE_SLOT);
            if (error == 0)
                return base;
        }
        map_next = MM_IMAGE_BASE;
    }
    return 0;
}

/* Where the image must lie when it cannot be moved and the place is system space for images. */
static uint64_t slot_fixed(const struct pe_image *pe, uint64_t size)
{
    void *address;
    uint64_t base = pe->image_base;
    if (pe_relocation_kind(pe) != PE_RELOCATIONS_STRIPPED || base < MM_IMAGE_BASE ||
        base > MM_IMAGE_END - size)
        return 0;
    return host_memory_reserve((void *)base, size, &address) == 0 ? base : 0;
}

NTSTATUS image_place(const struct image_file *file, struct module *module,
                     struct image_error *error)
{
    struct image *image = &module->abi;
    uint64_t size = file->layout.size_bytes;
    struct pe_error pe_error;
    uint64_t base = slot_fixed(&file->pe, size);
    if (base == 0)
        base = slot_reserve(size);
    if (base == 0 || pages_commit(base, size) != 0) {
        if (base != 0)
            host_memory_release((void *)base, size);
        return image_fail(error, STATUS_INSUFFICIENT_RESOURCES,
                          "%s: no room in system space for SizeOfImage 0x%llx", file->name,
                          (unsigned long long)size);
    }
    pe_layout_copy(&file->pe, &file->layout, file->bytes, (void *)base);
    if (pe_relocate(&file->pe, (void *)base, size, base, &pe_error) != PE_OK) {
        host_memory_release((void *)base, size);
        pages_forget(base, size);
        return image_fail(error, STATUS_CONFLICTING_ADDRESSES,
                          "%s: %s; a fixed image can be had from 0x%llx up, where nobody else is",
                          file->name, pe_error.text, (unsigned long long)MM_IMAGE_BASE);
    }
    image->base = base;
    image->size = size;
    if (file->pe.entry_rva != 0)
        image->entry = base + file->pe.entry_rva;
    image->pdata_size = file->pe.directories[PE_DIR_EXCEPTION].size;
    if (image->pdata_size != 0)
        image->pdata = base + file->pe.directories[PE_DIR_EXCEPTION].rva;
    return STATUS_SUCCESS;
}

/* Tables that are asked as long as the image is loaded. */
static bool region_holds_table(const struct pe_image *pe, const struct pe_region *region)
{
    static const enum pe_directory_index kept[] = {PE_DIR_EXPORT,      PE_DIR_EXCEPTION,
                                                   PE_DIR_LOAD_CONFIG, PE_DIR_IAT,
                                                   PE_DIR_RESOURCE,    PE_DIR_DEBUG};
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        const struct pe_directory *directory = &pe->directories[kept[i]];
        if (directory->size != 0 && directory->rva < region->rva + region->size_bytes &&
            region->rva < directory->rva + directory->size)
            return true;
    }
    return false;
}

/* The guard table is asked at every guarded call. */
static bool region_holds_guard(const struct module *module, const struct pe_region *region)
{
    uint64_t begin = (uint64_t)module->guard_table,
             end = begin + (uint64_t)module->guard_count * module->guard_stride;
    uint64_t low = module->abi.base + region->rva;
    return module->guard_table != NULL && begin < low + region->size_bytes && low < end;
}

static bool region_is_asked(const struct module *module, const struct pe_region *region)
{
    return region_holds_table(&module->abi.pe, region) || region_holds_guard(module, region);
}

static int host_protection(unsigned protect)
{
    return (protect & PE_PROTECT_READ ? HOST_READ : 0) |
           (protect & PE_PROTECT_WRITE ? HOST_WRITE : 0) |
           (protect & PE_PROTECT_EXECUTE ? HOST_EXECUTE : 0);
}

static int region_rights(const struct module *module, const struct pe_region *region)
{
    if (module->abi.pe.is_flat)
        return HOST_READ | HOST_WRITE | HOST_EXECUTE;
    /* What we ask is readable, whatever the section says. */
    return host_protection(region->protect) | (region_is_asked(module, region) ? HOST_READ : 0);
}

/* Views of the mapped image find nothing there any more: tables may point anywhere. */
static void region_hide(struct module *module, const struct pe_region *region)
{
    struct pe_image *pe = &module->abi.pe;
    for (uint32_t i = 0; i < pe->section_count; i++)
        if (!region->is_headers && pe->sections[i].rva == region->rva)
            pe->sections[i].mapped_size = 0;
}

NTSTATUS image_protect(struct module *module)
{
    const struct image *image = &module->abi;
    const struct pe_layout *layout = module->layout;
    uint64_t done = 0;
    /* Section sizes are whole pages here; what lies between sections is nobody's. */
    for (uint32_t i = 0; i < layout->count; i++) {
        const struct pe_region *region = &layout->regions[i];
        int protection = region_rights(module, region);
        if (region->rva > done &&
            host_memory_protect((void *)(image->base + done), region->rva - done, HOST_NONE) != 0)
            return STATUS_INSUFFICIENT_RESOURCES;
        if (host_memory_protect((void *)(image->base + region->rva), region->size_bytes,
                                protection) != 0)
            return STATUS_INSUFFICIENT_RESOURCES;
        if ((protection & HOST_READ) == 0)
            region_hide(module, region);
        done = (uint64_t)region->rva + region->size_bytes;
    }
    return STATUS_SUCCESS;
}

static bool code_protect(uint64_t address, size_t size_bytes, int more)
{
    struct image *image = image_of_address(address);
    const struct module *module = image != NULL ? module_of(image) : NULL;
    if (module == NULL || module->layout == NULL)
        return false;
    uint64_t rva = address - image->base;
    for (uint32_t i = 0; i < module->layout->count; i++) {
        const struct pe_region *region = &module->layout->regions[i];
        if (rva < region->rva || rva + size_bytes > region->rva + region->size_bytes)
            continue;
        int protection = region_rights(module, region);
        uint64_t page = address & ~(uint64_t)(HOST_PAGE - 1);
        uint64_t end = (address + size_bytes + HOST_PAGE - 1) & ~(uint64_t)(HOST_PAGE - 1);
        return (protection & HOST_EXECUTE) && image_region_is_readable(module, region) &&
               host_memory_protect((void *)page, end - page, protection | more) == 0;
    }
    return false;
}

bool image_code_open(uint64_t address, size_t size_bytes)
{
    return code_protect(address, size_bytes, HOST_WRITE);
}

void image_code_close(uint64_t address, size_t size_bytes)
{
    code_protect(address, size_bytes, 0);
}

void image_unplace(struct module *module)
{
    if (module->layout == NULL || module->abi.base == 0)
        return;
    host_memory_release((void *)module->abi.base, module->abi.size);
    pages_forget(module->abi.base, module->abi.size);
    module->abi.base = 0;
}

/* ---- after DriverEntry ------------------------------------------------------------------ */

static bool region_goes(const struct module *module, const struct pe_region *region)
{
    return !module->abi.pe.is_flat && !region->is_headers &&
           (region->is_init || region->is_discardable) && !region_is_asked(module, region);
}

bool image_region_is_readable(const struct module *module, const struct pe_region *region)
{
    return (module->abi.pe.is_flat || (region->protect & PE_PROTECT_READ) ||
            region_is_asked(module, region)) &&
           !(module->is_discarded && region_goes(module, region));
}

void image_discard_init(struct image *image)
{
    struct module *module = module_of(image);
    if (module->layout == NULL || module->is_discarded)
        return;
    module->is_discarded = true;
    for (uint32_t i = 0; i < module->layout->count; i++) {
        const struct pe_region *region = &module->layout->regions[i];
        if (!region_goes(module, region))
            continue;
        region_hide(module, region);
        host_memory_decommit((void *)(image->base + region->rva), region->size_bytes);
    }
}

const char *image_discarded_section(uint64_t address)
{
    struct image *image = image_of_address(address);
    const struct module *module = image != NULL ? module_of(image) : NULL;
    if (module == NULL || module->layout == NULL || !module->is_discarded)
        return NULL;
    for (uint32_t i = 0; i < module->layout->count; i++) {
        const struct pe_region *region = &module->layout->regions[i];
        if (address - image->base - region->rva < region->size_bytes && region_goes(module, region))
            return region->name;
    }
    return NULL;
}
