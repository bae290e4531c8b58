/* SPDX-License-Identifier: MIT */
/* parse.c - DOS header, PE headers and section table into a struct pe_image.
 *
 * Nothing is trusted: each field is checked against the bytes there are and against the fields
 * already read, so a parsed image is consistent in itself.
 */
#include "pe/dos.h"
#include "pe_internal.h"

#define DOS_HEADER_SIZE  64
#define FILE_HEADER_SIZE 24 /* with the signature */
#define SECTION_SIZE     40
#define MAGIC_PE32       0x10b
#define MAGIC_PE32_PLUS  0x20b

struct parser {
    const uint8_t *bytes;
    size_t size;
    bool is_mapped;
    uint32_t optional_offset;
    uint32_t optional_size;
    struct pe_image *image;
    struct pe_error *error;
};

#define FAIL(parser, field, at, value, ...) pe_fail((parser)->error, field, at, value, __VA_ARGS__)

static int parse_dos_header(struct parser *p)
{
    if (p->size < DOS_HEADER_SIZE)
        return FAIL(p, "e_magic", 0, p->size, "the file ends within the DOS header");
    if (load16(p->bytes) != pe_dos_signature())
        return FAIL(p, "e_magic", 0, load16(p->bytes), "not MZ: no executable image");
    uint32_t offset = load32(p->bytes + 0x3c);
    if (offset > p->size || p->size - offset < FILE_HEADER_SIZE)
        return FAIL(p, "e_lfanew", 0x3c, offset, "the PE header is not within the file");
    p->image->headers_offset = offset;
    return PE_OK;
}

static int parse_file_header(struct parser *p)
{
    struct pe_image *image = p->image;
    uint32_t at = image->headers_offset;
    const uint8_t *header = p->bytes + at;
    uint32_t signature = load32(header);

    if ((signature & 0xffff) == 0x454e)
        return FAIL(p, "Signature", at, signature, "a 16-bit NE image");
    if (signature != 0x00004550)
        return FAIL(p, "Signature", at, signature, "not PE");
    image->machine = load16(header + 4);
    image->section_count = load16(header + 6);
    image->timestamp = load32(header + 8);
    image->characteristics = load16(header + 22);
    p->optional_offset = at + FILE_HEADER_SIZE;
    p->optional_size = load16(header + 20);
    if (image->section_count > PE_SECTION_LIMIT)
        return FAIL(p, "NumberOfSections", at + 6, image->section_count, "more than %d",
                    PE_SECTION_LIMIT);
    if (!(image->characteristics & PE_FILE_EXECUTABLE))
        return FAIL(p, "Characteristics", at + 22, image->characteristics,
                    "not marked executable: an object file or a failed link");
    if (p->optional_size < 2 || p->size - p->optional_offset < p->optional_size)
        return FAIL(p, "SizeOfOptionalHeader", at + 20, p->optional_size,
                    "the optional header is not within the file");
    return PE_OK;
}

/* Which optional header it is, and whether the machine agrees. */
static int parse_magic(struct parser *p)
{
    struct pe_image *image = p->image;
    uint32_t at = p->optional_offset;
    uint16_t magic = load16(p->bytes + at);

    if (magic != MAGIC_PE32 && magic != MAGIC_PE32_PLUS)
        return FAIL(p, "Magic", at, magic, "neither PE32 (0x10b) nor PE32+ (0x20b)");
    image->is_pe32 = magic == MAGIC_PE32;
    bool machine_is_64 = image->machine == PE_MACHINE_AMD64 || image->machine == PE_MACHINE_ARM64;
    if ((machine_is_64 && image->is_pe32) || (image->machine == PE_MACHINE_I386 && !image->is_pe32))
        return FAIL(p, "Magic", at, magic, "does not belong to machine 0x%x", image->machine);
    uint32_t need = image->is_pe32 ? 96 : 112;
    if (p->optional_size < need)
        return FAIL(p, "SizeOfOptionalHeader", image->headers_offset + 20, p->optional_size,
                    "less than the %u bytes of the fixed part", need);
    return PE_OK;
}

static void read_optional_header(struct parser *p)
{
    struct pe_image *image = p->image;
    const uint8_t *h = p->bytes + p->optional_offset;

    image->linker_major = h[2];
    image->linker_minor = h[3];
    image->entry_rva = load32(h + 16);
    image->image_base = image->is_pe32 ? load32(h + 28) : load64(h + 24);
    image->section_alignment = load32(h + 32);
    image->file_alignment = load32(h + 36);
    image->os_major = load16(h + 40);
    image->os_minor = load16(h + 42);
    image->image_major = load16(h + 44);
    image->image_minor = load16(h + 46);
    image->subsystem_major = load16(h + 48);
    image->subsystem_minor = load16(h + 50);
    image->image_size = load32(h + 56);
    image->headers_size = load32(h + 60);
    image->checksum = load32(h + 64);
    image->checksum_offset = p->optional_offset + 64;
    image->subsystem = load16(h + 68);
    image->dll_characteristics = load16(h + 70);
    uint32_t width = pe_pointer_size(image);
    image->stack_reserve = pe_load_pointer(image, h + 72);
    image->stack_commit = pe_load_pointer(image, h + 72 + width);
    image->heap_reserve = pe_load_pointer(image, h + 72 + 2 * width);
    image->heap_commit = pe_load_pointer(image, h + 72 + 3 * width);
    image->loader_flags = load32(h + 72 + 4 * width);
    image->is_flat = image->section_alignment < PE_PAGE_SIZE;
}

static int check_alignments(struct parser *p)
{
    struct pe_image *image = p->image;
    uint32_t at = p->optional_offset;

    if (!is_power_of_two(image->section_alignment) || image->section_alignment > PE_IMAGE_SIZE_MAX)
        return FAIL(p, "SectionAlignment", at + 32, image->section_alignment,
                    "not a power of two up to 1 GiB");
    if (!is_power_of_two(image->file_alignment) || image->file_alignment > 0x10000)
        return FAIL(p, "FileAlignment", at + 36, image->file_alignment,
                    "not a power of two up to 64 KiB");
    if (image->file_alignment > image->section_alignment)
        return FAIL(p, "FileAlignment", at + 36, image->file_alignment,
                    "greater than SectionAlignment 0x%x", image->section_alignment);
    if (image->is_flat && image->file_alignment != image->section_alignment)
        return FAIL(p, "FileAlignment", at + 36, image->file_alignment,
                    "must equal SectionAlignment 0x%x below a page", image->section_alignment);
    return PE_OK;
}

static int check_sizes(struct parser *p)
{
    struct pe_image *image = p->image;
    uint32_t at = p->optional_offset;

    if (image->image_size == 0 || image->image_size > PE_IMAGE_SIZE_MAX)
        return FAIL(p, "SizeOfImage", at + 56, image->image_size, "not between 1 and 1 GiB");
    if (image->headers_size == 0 || image->headers_size > image->image_size)
        return FAIL(p, "SizeOfHeaders", at + 60, image->headers_size,
                    "not between 1 and SizeOfImage 0x%x", image->image_size);
    if (image->headers_size > p->size)
        return FAIL(p, "SizeOfHeaders", at + 60, image->headers_size,
                    "the file has only 0x%llx bytes", (unsigned long long)p->size);
    uint64_t table_end = (uint64_t)p->optional_offset + p->optional_size +
                         (uint64_t)image->section_count * SECTION_SIZE;
    if (table_end > image->headers_size)
        return FAIL(p, "SizeOfHeaders", at + 60, image->headers_size,
                    "the section table ends at 0x%llx", (unsigned long long)table_end);
    if (image->entry_rva >= image->image_size)
        return FAIL(p, "AddressOfEntryPoint", at + 16, image->entry_rva, "outside the image");
    if (image->image_base % 0x10000 != 0 ||
        image->image_base + image->image_size < image->image_base)
        return FAIL(p, "ImageBase", at + (image->is_pe32 ? 28 : 24), image->image_base,
                    "not a multiple of 64 KiB, or no room above it");
    return PE_OK;
}

static int parse_directories(struct parser *p)
{
    struct pe_image *image = p->image;
    uint32_t fixed = image->is_pe32 ? 96 : 112;
    const uint8_t *at = p->bytes + p->optional_offset + fixed;
    uint32_t count = load32(at - 4);

    if (count > PE_DIRECTORY_LIMIT)
        count = PE_DIRECTORY_LIMIT;
    if ((p->optional_size - fixed) / 8 < count)
        return FAIL(p, "NumberOfRvaAndSizes", p->optional_offset + fixed - 4, count,
                    "the optional header has room for %u", (p->optional_size - fixed) / 8);
    image->directory_count = count;
    for (uint32_t i = 0; i < count; i++) {
        image->directories[i].rva = load32(at + i * 8);
        image->directories[i].size = load32(at + i * 8 + 4);
    }
    return PE_OK;
}

/* The file half of a section: where its bytes come from. */
static int parse_raw_data(struct parser *p, struct pe_section *section, const uint8_t *header,
                          uint64_t at)
{
    uint32_t raw_size = load32(header + 16);
    uint32_t raw_offset = load32(header + 20);

    if (raw_size == 0 || raw_offset == 0)
        return PE_OK;
    if (!p->is_mapped && raw_offset > p->size)
        return FAIL(p, "PointerToRawData", at + 20, raw_offset,
                    "section %s starts beyond the file's end", section->name);
    if (!p->is_mapped && raw_size > p->size - raw_offset)
        return FAIL(p, "SizeOfRawData", at + 16, raw_size,
                    "section %s reaches beyond the file's end", section->name);
    if (p->image->is_flat && raw_offset != section->rva)
        p->image->is_scattered = true;
    section->file_offset = raw_offset;
    section->file_size = raw_size < section->mapped_size ? raw_size : section->mapped_size;
    return PE_OK;
}

static int parse_section(struct parser *p, uint32_t index, uint64_t *end)
{
    struct pe_image *image = p->image;
    struct pe_section *section = &image->sections[index];
    uint64_t at = (uint64_t)p->optional_offset + p->optional_size + index * SECTION_SIZE;
    const uint8_t *header = p->bytes + at;

    memcpy(section->name, header, 8);
    section->rva = load32(header + 12);
    section->virtual_size = load32(header + 8);
    if (section->virtual_size == 0)
        section->virtual_size = load32(header + 16);
    section->characteristics = load32(header + 36);
    if (section->rva % image->section_alignment != 0)
        return FAIL(p, "VirtualAddress", at + 12, section->rva, "section %s is not aligned to 0x%x",
                    section->name, image->section_alignment);
    if (section->rva < *end)
        return FAIL(p, "VirtualAddress", at + 12, section->rva,
                    "section %s overlaps what ends at 0x%llx", section->name,
                    (unsigned long long)*end);
    if ((uint64_t)section->rva + section->virtual_size > image->image_size)
        return FAIL(p, "VirtualSize", at + 8, section->virtual_size,
                    "section %s reaches beyond SizeOfImage 0x%x", section->name, image->image_size);
    uint64_t mapped = round_up(section->virtual_size, image->section_alignment);
    /* SizeOfImage may stop short of the last section's padding. */
    if (section->rva + mapped > image->image_size)
        mapped = image->image_size - section->rva;
    section->mapped_size = (uint32_t)mapped;
    *end = section->rva + mapped;
    return parse_raw_data(p, section, header, at);
}

static int parse(struct parser *p)
{
    memset(p->image, 0, sizeof(*p->image));
    if (parse_dos_header(p) || parse_file_header(p) || parse_magic(p))
        return PE_DAMAGED;
    read_optional_header(p);
    if (check_alignments(p) || check_sizes(p) || parse_directories(p))
        return PE_DAMAGED;
    uint64_t end = p->image->headers_size;
    for (uint32_t i = 0; i < p->image->section_count; i++)
        if (parse_section(p, i, &end))
            return PE_DAMAGED;
    return PE_OK;
}

int pe_parse(const void *bytes, size_t size_bytes, struct pe_image *out_image,
             struct pe_error *out_error)
{
    return parse(&(struct parser){
        .bytes = bytes, .size = size_bytes, .image = out_image, .error = out_error});
}

int pe_parse_mapped(const void *bytes, size_t size_bytes, struct pe_image *out_image,
                    struct pe_error *out_error)
{
    struct parser parser = {.bytes = bytes,
                            .size = size_bytes,
                            .is_mapped = true,
                            .image = out_image,
                            .error = out_error};
    if (parse(&parser))
        return PE_DAMAGED;
    if (out_image->image_size > size_bytes)
        return FAIL(&parser, "SizeOfImage", parser.optional_offset + 56, out_image->image_size,
                    "only 0x%llx bytes are mapped", (unsigned long long)size_bytes);
    return PE_OK;
}

uint32_t pe_checksum(const void *bytes, size_t size_bytes, uint32_t checksum_offset)
{
    const uint8_t *at = bytes;
    uint32_t sum = 0;
    for (size_t i = 0; i < size_bytes; i += 2) {
        uint32_t word = at[i] | (i + 1 < size_bytes ? (uint32_t)at[i + 1] << 8 : 0);
        if (i - checksum_offset < 4)
            word = 0;
        sum += word;
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum + (uint32_t)size_bytes;
}
