/* SPDX-License-Identifier: MIT */
/* image_kernel.c - ntoskrnl.exe and hal.dll as images in memory.
 *
 * In goes the kernel's table; out come headers and an export directory in front of our own code,
 * whose entries are what an importer is bound to. A driver that walks the directory finds what
 * MmGetSystemRoutineAddress finds: names that are there, in the Windows that the machine is.
 */
#include <string.h>

#include <ntimage.h>

#include "base/assert.h"
#include "image_internal.h"
#include "image_kernel.h"
#include "pe/dos.h"

#define HEADERS_BYTES  0x1000u
#define NT_HEADERS_AT  0x80u
#define SECTION_MAX    8u
#define READ_SECTION   (IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ)
#define WRITE_SECTION  (READ_SECTION | IMAGE_SCN_MEM_WRITE)
#define CODE_SECTION   (IMAGE_SCN_CNT_CODE | IMAGE_SCN_MEM_EXECUTE | IMAGE_SCN_MEM_READ)
#define NOT_PAGED_BITS IMAGE_SCN_MEM_NOT_PAGED

extern uint8_t image_kernel_place[] __attribute__((visibility("hidden")));

struct native {
    const char *name;
    unsigned modules; /* enum abi_module */
    uint8_t *base;
    uint32_t headers_bytes; /* room for headers and exports */
    uint32_t size;          /* of the whole image */
    USHORT characteristics;
};

static bool row_is_exported(const struct native *native, const struct abi_export *row)
{
    uint64_t rva = (uint64_t)row->address - (uint64_t)native->base;
    return (row->modules & native->modules) != 0 && row->status != ABI_ABSENT &&
           row->address != NULL && rva <= UINT32_MAX && !kernel_export_is_newer(row);
}

/* ---- exports ---------------------------------------------------------------------------- */

struct exports {
    ULONG *functions, *names;
    USHORT *ordinals;
    uint32_t count, text_at; /* text_at: offset from the image's base */
};

static bool export_add(const struct native *native, struct exports *exports, const char *name,
                       const void *address)
{
    uint32_t length = (uint32_t)strlen(name) + 1;
    if (length > native->headers_bytes - exports->text_at)
        return false;
    memcpy(native->base + exports->text_at, name, length);
    exports->functions[exports->count] = (ULONG)((uint64_t)address - (uint64_t)native->base);
    exports->names[exports->count] = exports->text_at;
    exports->ordinals[exports->count] = (USHORT)exports->count;
    exports->count++;
    exports->text_at += length;
    return true;
}

/* The rows are sorted by name, as the directory has to be. */
static uint32_t exports_write(const struct native *native)
{
    size_t rows, count = 0;
    const struct abi_export *table = kernel_exports(&rows);
    for (size_t i = 0; i < rows; i++)
        count += row_is_exported(native, &table[i]);
    uint32_t at = HEADERS_BYTES;
    IMAGE_EXPORT_DIRECTORY *directory = (void *)(native->base + at);
    at += sizeof(*directory);
    struct exports exports = {.functions = (ULONG *)(native->base + at)};
    uint32_t names_at = at + (uint32_t)count * sizeof(ULONG);
    uint32_t ordinals_at = names_at + (uint32_t)count * sizeof(ULONG);
    exports.text_at = ordinals_at + (uint32_t)count * sizeof(USHORT);
    if (count > UINT16_MAX || exports.text_at + strlen(native->name) + 1 > native->headers_bytes)
        return 0;
    exports.names = (ULONG *)(native->base + names_at);
    exports.ordinals = (USHORT *)(native->base + ordinals_at);
    *directory = (IMAGE_EXPORT_DIRECTORY){.Name = exports.text_at,
                                          .Base = 1,
                                          .NumberOfFunctions = (ULONG)count,
                                          .NumberOfNames = (ULONG)count,
                                          .AddressOfFunctions = at,
                                          .AddressOfNames = names_at,
                                          .AddressOfNameOrdinals = ordinals_at};
    strcpy((char *)native->base + exports.text_at, native->name);
    exports.text_at += (uint32_t)strlen(native->name) + 1;
    for (size_t i = 0; i < rows; i++)
        if (row_is_exported(native, &table[i]) &&
            !export_add(native, &exports, table[i].name, table[i].address))
            return 0;
    return exports.text_at - HEADERS_BYTES;
}

/* ---- headers ---------------------------------------------------------------------------- */

static void section_add(IMAGE_SECTION_HEADER *sections, USHORT *count, const char *name,
                        uint32_t rva, uint32_t size, ULONG characteristics)
{
    IMAGE_SECTION_HEADER *section = &sections[(*count)++];
    *section = (IMAGE_SECTION_HEADER){.VirtualAddress = rva,
                                      .SizeOfRawData = size,
                                      .PointerToRawData = rva,
                                      .Characteristics = characteristics | NOT_PAGED_BITS};
    section->Misc.VirtualSize = size;
    memcpy(section->Name, name, strlen(name));
}

/* What the linked file has above the headers. */
static void sections_write(const struct native *native, IMAGE_SECTION_HEADER *sections,
                           USHORT *out_count)
{
    struct host_segment segments[SECTION_MAX];
    unsigned count = host_program_segments(segments, SECTION_MAX - 1);
    uint64_t base = (uint64_t)native->base, low = base + native->headers_bytes;
    *out_count = 0;
    section_add(sections, out_count, ".edata", HEADERS_BYTES, native->headers_bytes - HEADERS_BYTES,
                READ_SECTION);
    for (unsigned i = 0; i < count; i++) {
        uint64_t begin = segments[i].begin > low ? segments[i].begin : low;
        uint64_t end = segments[i].end;
        bool is_code = segments[i].protection & HOST_EXECUTE;
        bool is_written = segments[i].protection & HOST_WRITE;
        if (begin < end && end <= base + native->size)
            section_add(sections, out_count, is_code ? ".text" : (is_written ? ".data" : ".rdata"),
                        (uint32_t)(begin - base), (uint32_t)(end - begin),
                        is_code ? CODE_SECTION : (is_written ? WRITE_SECTION : READ_SECTION));
    }
}

static void headers_write(const struct native *native, uint32_t exports_bytes)
{
    IMAGE_DOS_HEADER *dos = (void *)native->base;
    IMAGE_NT_HEADERS64 *nt = (void *)(native->base + NT_HEADERS_AT);
    dos->e_magic = pe_dos_signature();
    dos->e_lfanew = NT_HEADERS_AT;
    nt->Signature = IMAGE_NT_SIGNATURE;
    nt->FileHeader = (IMAGE_FILE_HEADER){
        .Machine = IMAGE_FILE_MACHINE_AMD64,
        .TimeDateStamp = kernel_build(),
        .SizeOfOptionalHeader = sizeof(nt->OptionalHeader),
        .Characteristics = native->characteristics,
    };
    nt->OptionalHeader = (IMAGE_OPTIONAL_HEADER64){
        .Magic = IMAGE_NT_OPTIONAL_HDR64_MAGIC,
        .ImageBase = (ULONGLONG)native->base,
        .SectionAlignment = HOST_PAGE,
        .FileAlignment = HOST_PAGE,
        .SizeOfImage = native->size,
        .SizeOfHeaders = HEADERS_BYTES,
        .Subsystem = IMAGE_SUBSYSTEM_NATIVE,
        .NumberOfRvaAndSizes = IMAGE_NUMBEROF_DIRECTORY_ENTRIES,
    };
    nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT] =
        (IMAGE_DATA_DIRECTORY){.VirtualAddress = HEADERS_BYTES, .Size = exports_bytes};
    sections_write(native, (IMAGE_SECTION_HEADER *)(nt + 1), &nt->FileHeader.NumberOfSections);
}

static NTSTATUS native_build(const struct native *native, struct module *module)
{
    struct pe_error error;
    struct image *image = &module->abi;
    if (host_memory_protect(native->base, native->headers_bytes, HOST_READ | HOST_WRITE) != 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    memset(native->base, 0, native->headers_bytes);
    uint32_t exports_bytes = exports_write(native);
    COVE_ASSERT(exports_bytes != 0); /* else IMAGE_KERNEL_BYTES has become too small */
    headers_write(native, exports_bytes);
    if (host_memory_protect(native->base, native->headers_bytes, HOST_READ) != 0 ||
        pe_parse_mapped(native->base, native->size, &image->pe, &error) != PE_OK)
        return STATUS_INVALID_IMAGE_FORMAT;
    image->base = (uint64_t)native->base;
    image->size = native->size;
    image->timestamp = image->pe.timestamp;
    return image_index_add(image) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* IRQL:    PASSIVE_LEVEL; nothing is loaded yet
 * Errors:  STATUS_INSUFFICIENT_RESOURCES
 * Doc:     "PE Format" (Microsoft Learn)
 * Differs: hal.dll's exports lie in ntoskrnl.exe
 */
NTSTATUS image_kernel_map(void)
{
    struct host_segment segments[SECTION_MAX];
    unsigned count = host_program_segments(segments, SECTION_MAX);
    uint64_t place = (uint64_t)image_kernel_place;
    uint8_t *hal = image_kernel_place + (-place & (IMAGE_KERNEL_ALIGN - 1));
    uint8_t *kernel = hal + IMAGE_HAL_BYTES;
    struct native natives[IMAGE_NATIVES] = {
        {.name = "ntoskrnl.exe",
         .modules = ABI_NTOSKRNL,
         .base = kernel,
         .headers_bytes = IMAGE_KERNEL_BYTES,
         .characteristics = IMAGE_FILE_EXECUTABLE_IMAGE | IMAGE_FILE_LARGE_ADDRESS_AWARE},
        {.name = "hal.dll",
         .modules = ABI_HAL,
         .base = hal,
         .headers_bytes = IMAGE_HAL_BYTES,
         .size = IMAGE_HAL_BYTES,
         .characteristics =
             IMAGE_FILE_EXECUTABLE_IMAGE | IMAGE_FILE_LARGE_ADDRESS_AWARE | IMAGE_FILE_DLL},
    };
    uint64_t end = (uint64_t)kernel + IMAGE_KERNEL_BYTES;
    for (unsigned i = 0; i < count; i++)
        if (segments[i].end > end)
            end = segments[i].end;
    natives[0].size = (uint32_t)(end - (uint64_t)kernel);
    for (unsigned i = 0; i < IMAGE_NATIVES; i++) {
        NTSTATUS status = native_build(&natives[i], module_native(i));
        if (!NT_SUCCESS(status))
            return status;
    }
    return STATUS_SUCCESS;
}
