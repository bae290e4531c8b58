/* SPDX-License-Identifier: MIT */
/* segment.c - an NE file's segments become memory with selectors.
 *
 * All segments are loaded at once: what load-on-call, moving and discarding spare a small machine
 * has no use here. The automatic data segment of a program is extended by its stack and its heap.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader_internal.h"

#define SEGMENT_MOST 0x10000u

static uint32_t bytes_wanted(const struct module16 *module, unsigned number,
                             const struct ne_segment *segment)
{
    uint32_t bytes = segment->memory_bytes;
    if (number == module->image.auto_data) {
        bytes += module->image.heap_bytes;
        if (!module->is_library)
            bytes += module->image.stack_bytes;
    }
    return bytes ? bytes : 1;
}

static bool segment_load(struct module16 *module, unsigned number, struct module16_error *out_error)
{
    struct segment16 *loaded = &module->segments[number - 1];
    struct ne_segment segment;
    struct ne_error error;
    size_t read;
    if (ne_segment(&module->image, number, &segment, &error) != NE_OK)
        return load_fail(out_error, LOAD16_DAMAGED, "%s", error.text);
    uint32_t bytes = bytes_wanted(module, number, &segment);
    if (bytes > SEGMENT_MOST)
        return load_fail(out_error, LOAD16_NO_MEMORY,
                         "segment %u with its stack and heap has %u bytes, more than 64 KiB",
                         number, bytes);
    bool is_data = segment.flags & NE_SEGMENT_DATA;
    struct block16 *block =
        block16_take(bytes, GMEM_ZEROINIT, is_data ? CPU16_DATA : CPU16_CODE, module->handle);
    if (!block)
        return load_fail(out_error, LOAD16_NO_MEMORY, "there is no memory for segment %u", number);
    loaded->selector = block->selector;
    loaded->flags = segment.flags;
    loaded->memory = block->memory;
    loaded->bytes = block->bytes;
    if (segment.file_offset && ne_segment_read(&module->image, &segment, loaded->memory,
                                               loaded->bytes, &read, &error) != NE_OK)
        return load_fail(out_error, LOAD16_DAMAGED, "%s", error.text);
    if (number == module->image.auto_data)
        module->instance = loaded->selector;
    return true;
}

bool segments_load(struct module16 *module, struct module16_error *out_error)
{
    unsigned count = module->image.segment_count;
    module->segments = calloc(count + 1, sizeof *module->segments);
    if (!module->segments)
        return load_fail(out_error, LOAD16_NO_MEMORY, "there is no memory for it");
    for (unsigned number = 1; number <= count; number++) {
        if (!segment_load(module, number, out_error))
            return false;
    }
    return true;
}

void segments_unload(struct module16 *module)
{
    for (unsigned i = 0; module->segments && i < module->image.segment_count; i++) {
        struct block16 *block = block16_find(module->segments[i].selector);
        if (module->segments[i].selector && block)
            block16_give(block);
    }
    free(module->segments);
    module->segments = NULL;
}
