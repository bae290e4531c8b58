/* SPDX-License-Identifier: MIT */
/* record.c - finds what a driver's image says of its own messages and events.
 *
 * `cove cc` puts a record of each trace message, event and provider into the section
 * ".covetrc" of the driver (the layout stands in README.md). The image is the driver's:
 * every size is checked against the section before it is believed.
 */
#include <string.h>

#include "etw_internal.h"
#include "image/image.h"

#define RECORD_SECTION ".covetrc"
#define RECORD_MAGIC   0x31547643u /* "CvT1" */
#define RECORD_ALIGN   8u

struct record_header {
    uint32_t magic;
    uint16_t size; /* with texts */
    uint8_t kind;
    uint8_t version;
    GUID guid;
    uint32_t number;
    uint32_t line;
};

static void texts_read(const struct record_header *header, const char *texts, size_t size,
                       struct etw_record *out_record)
{
    struct etw_bytes bytes = {(const uint8_t *)texts, size};
    out_record->line = header->line;
    for (unsigned i = 0; i < ETW_RECORD_TEXTS; i++) {
        size_t length;
        const char *text = bytes_string(&bytes, 1, &length);
        out_record->texts[i] = text ? text : "";
    }
}

static bool section_search(struct etw_bytes section, const struct record_header *wanted,
                           struct etw_record *out_record)
{
    while (section.left >= sizeof(struct record_header)) {
        struct record_header header;
        memcpy(&header, section.at, sizeof header);
        size_t size = RECORD_ALIGN; /* the linker's padding */
        if (header.magic == RECORD_MAGIC) {
            if (header.size < sizeof header || header.size > section.left)
                return false;
            if (header.kind == wanted->kind && header.number == wanted->number &&
                header.version == wanted->version &&
                !memcmp(&header.guid, &wanted->guid, sizeof(GUID))) {
                texts_read(&header, (const char *)section.at + sizeof header,
                           header.size - sizeof header, out_record);
                return true;
            }
            size = (header.size + RECORD_ALIGN - 1) & ~(size_t)(RECORD_ALIGN - 1);
        }
        bytes_take(&section, size);
    }
    return false;
}

bool record_find(uint64_t code, enum etw_record_kind kind, const GUID *guid, uint32_t number,
                 uint32_t version, struct etw_record *out_record)
{
    const struct image *image = code ? image_of_address(code) : NULL;
    const struct record_header wanted = {
        .kind = (uint8_t)kind, .version = (uint8_t)version, .guid = *guid, .number = number};
    if (!image || image->is_native)
        return false;
    for (uint32_t i = 0; i < image->pe.section_count; i++) {
        const struct pe_section *section = &image->pe.sections[i];
        uint64_t address = image->base + section->rva;
        if (strncmp(section->name, RECORD_SECTION, 8) ||
            !image_can_read(address, section->virtual_size))
            continue;
        struct etw_bytes bytes = {(const uint8_t *)address, section->virtual_size};
        return section_search(bytes, &wanted, out_record);
    }
    return false;
}
