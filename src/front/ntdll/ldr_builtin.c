/* SPDX-License-Identifier: MIT */
/* ldr_builtin.c - system DLLs as PE images, made when they are first asked for.
 *
 * Layout: headers; .text, a stub for each function; .rdata, the export directory
 * with its tables and names. A stub jumps to the function, by call_entry.S where the call is
 * recorded; no register that carries an argument is changed, so it suits every calling rule.
 * Variables live in our own data: an importer's slot gets their address, and the export directory
 * leaves them out.
 */
#include <string.h>

#include "ldr_internal.h"
#include "ntdll/call.h"
#include "ntdll/heap.h"

#define HEADER_RVA  0x80u
#define SECTIONS    2u
#define TEXT_RVA    PE_PAGE_SIZE
#define PAGES(size) (((size) + PE_PAGE_SIZE - 1) & ~(PE_PAGE_SIZE - 1))

/* As in "PE Format": the fields that are written, by offset. */
struct nt_headers {
    uint32_t signature;
    uint16_t machine, sections;
    uint32_t timestamp, symbols, symbol_count;
    uint16_t optional_size, characteristics;
    uint16_t magic;
    uint8_t linker_major, linker_minor;
    uint32_t code_size, data_size, zero_size, entry_rva, code_rva;
#ifdef __LP64__
    uint64_t image_base;
#else
    uint32_t data_rva, image_base;
#endif
    uint32_t section_alignment, file_alignment;
    uint16_t os_major, os_minor, image_major, image_minor, subsystem_major, subsystem_minor;
    uint32_t win32_version, image_size, headers_size, checksum;
    uint16_t subsystem, dll_characteristics;
    uintptr_t stack_reserve, stack_commit, heap_reserve, heap_commit;
    uint32_t loader_flags, directory_count;
    struct pe_directory directories[PE_DIRECTORY_LIMIT];
};
_Static_assert(sizeof(struct nt_headers) == BY_WIDTH(264, 248), "PE headers");

struct section_header {
    char name[8];
    uint32_t virtual_size, rva, file_size, file_offset, relocations, lines;
    uint16_t relocation_count, line_count;
    uint32_t characteristics;
};

struct export_directory {
    uint32_t characteristics, timestamp;
    uint16_t major, minor;
    uint32_t name_rva, ordinal_base, function_count, name_count, functions_rva, names_rva,
        ordinals_rva;
};

struct plan {
    const struct abi_user_module *table;
    uint32_t exported, named; /* entries that stand in the directory */
    uint32_t text_bytes, rdata_rva, rdata_bytes;
    uint32_t functions_at, names_at, ordinals_at, text_at; /* offsets in .rdata */
};

/* Also what is absent: its stub says so. */
static bool is_exported(const struct abi_user_export *entry)
{
    return entry->forward || (entry->kind != ABI_DATA && entry->name) ||
           (entry->kind != ABI_DATA && entry->address);
}

static struct plan plan_make(const struct abi_user_module *table)
{
    struct plan plan = {.table = table};
    uint32_t text = (uint32_t)strlen(table->dll) + 1;
    for (uint32_t i = 0; i < table->count; i++) {
        const struct abi_user_export *entry = &table->entries[i];
        if (!is_exported(entry))
            continue;
        plan.exported++;
        plan.named += entry->name != NULL;
        text += entry->name ? (uint32_t)strlen(entry->name) + 1 : 0;
        text += entry->forward ? (uint32_t)strlen(entry->forward) + 1 : 0;
    }
    plan.text_bytes = table->count * STUB_BYTES;
    plan.rdata_rva = TEXT_RVA + PAGES(plan.text_bytes);
    plan.functions_at = sizeof(struct export_directory);
    plan.names_at = plan.functions_at + table->count * 4;
    plan.ordinals_at = plan.names_at + plan.named * 4;
    plan.text_at = plan.ordinals_at + plan.named * 2;
    plan.rdata_bytes = plan.text_at + text;
    return plan;
}

static uint32_t image_bytes(const struct plan *plan)
{
    return plan->rdata_rva + PAGES(plan->rdata_bytes);
}

/* ---- writing -------------------------------------------------------------------------------- */

static void headers_write(uint8_t *base, const struct plan *plan)
{
    memcpy(base, "MZ", 2);
    *(uint32_t *)(base + 0x3c) = HEADER_RVA;
    struct nt_headers *headers = (struct nt_headers *)(base + HEADER_RVA);
    *headers = (struct nt_headers){
        .signature = 0x4550,
        .machine = PE_MACHINE_OURS,
        .sections = SECTIONS,
        .optional_size = sizeof *headers - offsetof(struct nt_headers, magic),
        .characteristics = PE_FILE_EXECUTABLE | PE_FILE_DLL | 0x20,
        .magic = BY_WIDTH(0x20b, 0x10b),
        .code_size = PAGES(plan->text_bytes),
        .code_rva = TEXT_RVA,
        .image_base = (uintptr_t)base,
        .section_alignment = PE_PAGE_SIZE,
        .file_alignment = PE_PAGE_SIZE,
        .os_major = 10,
        .subsystem_major = 10,
        .image_size = image_bytes(plan),
        .headers_size = PE_PAGE_SIZE,
        .subsystem = PE_SUBSYSTEM_CONSOLE,
        .dll_characteristics = 0x160,
        .directory_count = PE_DIRECTORY_LIMIT,
    };
    headers->directories[PE_DIR_EXPORT] = (struct pe_directory){plan->rdata_rva, plan->rdata_bytes};
    struct section_header *sections = (struct section_header *)(headers + 1);
    sections[0] = (struct section_header){".text", plan->text_bytes, TEXT_RVA,
                                          PAGES(plan->text_bytes), TEXT_RVA};
    sections[0].characteristics = PE_SCN_CODE | PE_SCN_EXECUTE | PE_SCN_READ;
    sections[1] = (struct section_header){".rdata", plan->rdata_bytes, plan->rdata_rva,
                                          PAGES(plan->rdata_bytes), plan->rdata_rva};
    sections[1].characteristics = 0x40 | PE_SCN_READ;
}

static void stub_write(uint8_t *stub, const struct abi_user_module *table,
                       const struct abi_user_export *entry)
{
    memset(stub, 0xcc, STUB_BYTES);
    if (entry->address)
        stub_call_write(stub, entry);
    else
        stub_absent_write(stub, table->dll, entry->name ? entry->name : "a nameless function");
}

static uint32_t text_put(uint8_t *rdata, uint32_t *at, const char *text)
{
    uint32_t begin = *at;
    size_t size = strlen(text) + 1;
    memcpy(rdata + begin, text, size);
    *at += (uint32_t)size;
    return begin;
}

static void exports_write(uint8_t *base, const struct plan *plan)
{
    const struct abi_user_module *table = plan->table;
    uint8_t *rdata = base + plan->rdata_rva;
    uint32_t *functions = (uint32_t *)(rdata + plan->functions_at);
    uint32_t *names = (uint32_t *)(rdata + plan->names_at);
    uint16_t *ordinals = (uint16_t *)(rdata + plan->ordinals_at);
    uint32_t text = plan->text_at, named = 0;
    struct export_directory *directory = (struct export_directory *)rdata;
    *directory = (struct export_directory){.ordinal_base = 1,
                                           .function_count = table->count,
                                           .name_count = plan->named,
                                           .functions_rva = plan->rdata_rva + plan->functions_at,
                                           .names_rva = plan->rdata_rva + plan->names_at,
                                           .ordinals_rva = plan->rdata_rva + plan->ordinals_at};
    directory->name_rva = plan->rdata_rva + text_put(rdata, &text, table->dll);
    for (uint32_t i = 0; i < table->count; i++) {
        const struct abi_user_export *entry = &table->entries[i];
        if (!is_exported(entry))
            continue;
        functions[i] = entry->forward ? plan->rdata_rva + text_put(rdata, &text, entry->forward)
                                      : TEXT_RVA + i * STUB_BYTES;
        if (!entry->name)
            continue;
        names[named] = plan->rdata_rva + text_put(rdata, &text, entry->name);
        ordinals[named++] = (uint16_t)i;
    }
}

/* ---- the door -----------------------------------------------------------------------------------
 */

const struct abi_user_module *builtin_find(const char *name)
{
    for (uint32_t i = 0; i < abi_user_module_count; i++) {
        if (name_equal(abi_user_modules[i].dll, name))
            return &abi_user_modules[i];
    }
    return NULL;
}

NTSTATUS builtin_map(const struct abi_user_module *table, struct ldr_module *module)
{
    struct plan plan = plan_make(table);
    void *base;
    NTSTATUS status = memory_allocate(image_bytes(&plan), PAGE_READWRITE, &base);
    if (!NT_SUCCESS(status))
        return status;
    headers_write(base, &plan);
    for (uint32_t i = 0; i < table->count; i++) {
        if (table->entries[i].kind != ABI_DATA && !table->entries[i].forward)
            stub_write((uint8_t *)base + TEXT_RVA + i * STUB_BYTES, table, &table->entries[i]);
    }
    exports_write(base, &plan);
    if (pe_parse_mapped(base, image_bytes(&plan), &module->image, NULL) != PE_OK) {
        memory_free(base);
        return STATUS_INVALID_IMAGE_FORMAT;
    }
    module->builtin = table;
    module->base = (uint64_t)base;
    module->size_bytes = image_bytes(&plan);
    module->stubs_rva = TEXT_RVA;
    module->references = UINT32_MAX;
    module->is_bound = module->is_attached = true;
    memory_protect(base, PE_PAGE_SIZE, PAGE_READONLY);
    if (plan.text_bytes)
        memory_protect((uint8_t *)base + TEXT_RVA, PAGES(plan.text_bytes), PAGE_EXECUTE_READ);
    memory_protect((uint8_t *)base + plan.rdata_rva, PAGES(plan.rdata_bytes), PAGE_READONLY);
    return STATUS_SUCCESS;
}

const struct abi_user_export *builtin_export(const struct abi_user_module *table, const char *name,
                                             uint16_t ordinal)
{
    if (!name) {
        for (uint32_t i = 0; i < table->count; i++) {
            if (table->entries[i].ordinal == ordinal)
                return &table->entries[i];
        }
        return ordinal && ordinal <= table->count ? &table->entries[ordinal - 1] : NULL;
    }
    uint32_t low = 0, high = table->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const char *at = table->entries[middle].name;
        int order = at ? strcmp(name, at) : -1; /* those without a name come last */
        if (!order)
            return &table->entries[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

void *builtin_address(const struct ldr_module *module, const struct abi_user_export *entry)
{
    if (entry->kind == ABI_DATA)
        return (void *)entry->address;
    uint32_t index = (uint32_t)(entry - module->builtin->entries);
    return (void *)(module->base + module->stubs_rva + index * STUB_BYTES);
}
