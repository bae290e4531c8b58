/* SPDX-License-Identifier: MIT */
/* crash_lines.c - source lines for the addresses of a report, where debug information is there.
 *
 * Asked once, before anything is printed, image by image. A return address is looked up one
 * byte before it: the call's own line.
 */
#include <string.h>

#include "crash_internal.h"
#include "ex/ex.h"
#include "host/files.h"
#include "image/image.h"

#define ADDRESSES 60u

static struct {
    uint64_t address; /* as the report prints it */
    const char *line; /* NULL: not known */
} known[ADDRESSES];
static unsigned known_count;
static char texts[3 * 4096]; /* what known points into */
static size_t texts_used;

static void address_add(uint64_t address)
{
    for (unsigned i = 0; i < known_count; i++)
        if (known[i].address == address)
            return;
    if (known_count < ADDRESSES && image_is_driver_code(address)) {
        known[known_count].address = address;
        known[known_count++].line = NULL;
    }
}

/* All addresses of one image at once. */
static void image_ask(const struct image *image, uint64_t exact)
{
    uint64_t offsets[ADDRESSES];
    unsigned index[ADDRESSES], count = 0;
    for (unsigned i = 0; i < known_count; i++) {
        uint64_t address = known[i].address;
        if (address - image->base >= image->size)
            continue;
        offsets[count] = address - image->base - (address != exact);
        index[count++] = i;
    }
    size_t room = sizeof(texts) - texts_used;
    if (count == 0 || image->path == NULL || room < 2 ||
        host_image_lines(image->path, offsets, count, texts + texts_used, room) != 0)
        return;
    char *line = texts + texts_used;
    texts_used += strlen(line) + 1;
    for (unsigned i = 0; i < count && *line != '\0'; i++) {
        char *end = strchr(line, '\n');
        if (end == NULL)
            break;
        *end = '\0';
        known[index[i]].line = *line != '\0' ? line : NULL;
        line = end + 1;
    }
}

void crash_lines_find(const struct crash *crash)
{
    const struct bugcheck *bugcheck = crash->bugcheck;
    const struct host_registers *registers = bugcheck->registers;
    const struct image *asked[8];
    unsigned asked_count = 0;
    struct ex_pool_special special;
    known_count = 0;
    texts_used = 0;
    address_add(crash->culprit);
    for (unsigned i = 0; i < crash->stack_count; i++)
        address_add(crash->stack[i].rip);
    if (ex_pool_special_find(bugcheck->parameter[0], &special)) {
        address_add((uint64_t)special.block.caller);
        address_add((uint64_t)special.freer);
    }
    for (unsigned i = 0; i < known_count && asked_count < 8; i++) {
        const struct image *image = image_of_address(known[i].address);
        unsigned seen = 0;
        while (seen < asked_count && asked[seen] != image)
            seen++;
        if (image == NULL || seen < asked_count)
            continue;
        asked[asked_count++] = image;
        image_ask(image, registers != NULL ? registers->rip : 0);
    }
}

const char *crash_line(uint64_t address)
{
    for (unsigned i = 0; i < known_count; i++)
        if (known[i].address == address && known[i].line != NULL)
            return known[i].line;
    return "";
}
