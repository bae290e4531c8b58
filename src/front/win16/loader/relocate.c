/* SPDX-License-Identifier: MIT */
/* relocate.c - references of an NE file's segments are filled in.
 *
 * A reference has a place (or a chain of places), a target and a form. Floating point references
 * stay: the instructions are the processor's own. Exported functions that begin by copying DS get
 * the data segment that their module has, as the documentation of exported functions says.
 */
#include <string.h>

#include "loader_internal.h"

#define CHAIN_END 0xffffu

static void write16(uint8_t *at, uint16_t value)
{
    memcpy(at, &value, sizeof value);
}

/* Bytes that a form takes; 0: there is no such form. */
static unsigned form_bytes(enum ne_address form)
{
    switch (form) {
    case NE_ADDRESS_LOW_BYTE:
        return 1;
    case NE_ADDRESS_SELECTOR:
    case NE_ADDRESS_OFFSET:
        return 2;
    case NE_ADDRESS_FAR:
    case NE_ADDRESS_OFFSET_32:
        return 4;
    case NE_ADDRESS_FAR_48:
        return 6;
    }
    return 0;
}

static void place_write(uint8_t *at, enum ne_address form, struct far16 target, bool is_added)
{
    uint16_t offset = target.offset;
    uint32_t wide = target.offset;
    if (is_added) { /* what stands there is added to; a selector has nothing to add to */
        uint16_t there = 0;
        memcpy(&there, at, form == NE_ADDRESS_LOW_BYTE ? 1 : 2);
        offset = (uint16_t)(offset + there);
        if (form == NE_ADDRESS_OFFSET_32 || form == NE_ADDRESS_FAR_48) {
            uint32_t wide_there;
            memcpy(&wide_there, at, sizeof wide_there);
            wide += wide_there;
        }
    }
    switch (form) {
    case NE_ADDRESS_LOW_BYTE:
        *at = (uint8_t)offset;
        break;
    case NE_ADDRESS_SELECTOR:
        write16(at, target.selector);
        break;
    case NE_ADDRESS_OFFSET:
        write16(at, offset);
        break;
    case NE_ADDRESS_FAR:
        write16(at, offset);
        write16(at + 2, target.selector);
        break;
    case NE_ADDRESS_OFFSET_32:
    case NE_ADDRESS_FAR_48:
        memcpy(at, &wide, sizeof wide);
        if (form == NE_ADDRESS_FAR_48)
            write16(at + 4, target.selector);
        break;
    }
}

static bool internal_find(struct module16 *module, const struct ne_relocation *relocation,
                          struct export16 *out, struct module16_error *out_error)
{
    if (!relocation->segment) {
        if (export_by_ordinal(module, relocation->ordinal, out))
            return true;
        return load_fail(out_error, LOAD16_DAMAGED, "it refers to its entry %u, which is not there",
                         relocation->ordinal);
    }
    if (relocation->segment > module->image.segment_count)
        return load_fail(out_error, LOAD16_DAMAGED,
                         "it refers to its segment %u, which is not there", relocation->segment);
    *out = (struct export16){
        .address = FAR16(module->segments[relocation->segment - 1].selector, relocation->offset)};
    return true;
}

static bool import_find(struct module16 *module, const struct ne_relocation *relocation,
                        struct export16 *out, struct module16_error *out_error)
{
    if (!relocation->module || relocation->module > module->image.module_count)
        return load_fail(out_error, LOAD16_DAMAGED,
                         "it refers to module %u, which it does not name", relocation->module);
    struct module16 *from = module->imports[relocation->module - 1];
    const char *name = NULL;
    size_t length = 0;
    bool is_found;
    if (relocation->target == NE_TARGET_NAME) {
        name = relocation->name.bytes;
        length = relocation->name.length;
        is_found = export_by_name(from, name, length, out);
    } else {
        is_found = export_by_ordinal(from, relocation->ordinal, out);
    }
    if (!is_found) {
        *out = (struct export16){.address = absent_thunk(from, name, length, relocation->ordinal)};
        if (!out->address.selector)
            return load_fail(out_error, LOAD16_NO_MEMORY, "there is no memory for its imports");
    }
    return true;
}

static bool places_write(const struct segment16 *segment, const struct ne_relocation *relocation,
                         struct far16 target, struct module16_error *out_error)
{
    unsigned bytes = form_bytes(relocation->address);
    uint32_t place = relocation->place;
    /* A chain cannot be longer than the segment. */
    for (uint32_t steps = 0; place != CHAIN_END; steps++) {
        uint16_t next;
        if (place + (bytes < 2 ? 2 : bytes) > segment->bytes || steps > segment->bytes)
            return load_fail(out_error, LOAD16_DAMAGED,
                             "a relocation at %04x does not lie in its segment", (unsigned)place);
        memcpy(&next, segment->memory + place, sizeof next);
        place_write(segment->memory + place, relocation->address, target, relocation->is_additive);
        if (relocation->is_additive)
            break;
        place = next;
    }
    return true;
}

static bool relocation_apply(struct module16 *module, const struct segment16 *segment,
                             const struct ne_relocation *relocation,
                             struct module16_error *out_error)
{
    struct export16 target = {0};
    bool is_found;
    if (relocation->target == NE_TARGET_OSFIXUP)
        return true;
    if (!form_bytes(relocation->address))
        return load_fail(out_error, LOAD16_DAMAGED, "a relocation has the unknown form %u",
                         relocation->address);
    if (relocation->target == NE_TARGET_INTERNAL)
        is_found = internal_find(module, relocation, &target, out_error);
    else
        is_found = import_find(module, relocation, &target, out_error);
    return is_found && places_write(segment, relocation, target.address, out_error);
}

/* ---- exported functions ------------------------------------------------------------------------
 */

static bool prolog_patch(const struct ne_entry *entry, void *context)
{
    static const uint8_t push_pop[] = {0x1e, 0x58, 0x90}; /* push ds; pop ax; nop */
    static const uint8_t move[] = {0x8c, 0xd8, 0x90};     /* mov ax, ds; nop */
    const struct module16 *module = context;
    if (!entry->is_exported || !entry->segment || entry->segment > module->image.segment_count)
        return true;
    const struct segment16 *segment = &module->segments[entry->segment - 1];
    uint8_t *code = segment->memory + entry->offset;
    if (segment->flags & NE_SEGMENT_DATA || entry->offset + sizeof move > segment->bytes ||
        (memcmp(code, push_pop, sizeof push_pop) && memcmp(code, move, sizeof move)))
        return true;
    if (module->is_library) {
        code[0] = 0xb8; /* mov ax, DGROUP */
        write16(code + 1, module->instance);
    } else {
        memset(code, 0x90, sizeof move); /* AX comes from MakeProcInstance */
    }
    return true;
}

bool segments_relocate(struct module16 *module, struct module16_error *out_error)
{
    struct ne_error error;
    for (unsigned number = 1; number <= module->image.segment_count; number++) {
        struct ne_segment segment;
        struct ne_relocation relocation;
        ne_segment(&module->image, number, &segment, &error); /* it was good before */
        for (unsigned i = 0; i < segment.relocation_count; i++) {
            if (ne_relocation(&module->image, &segment, i, &relocation, &error) != NE_OK)
                return load_fail(out_error, LOAD16_DAMAGED, "%s", error.text);
            if (!relocation_apply(module, &module->segments[number - 1], &relocation, out_error))
                return false;
        }
    }
    if (module->image.auto_data &&
        ne_entries_visit(&module->image, prolog_patch, module, &error) == NE_DAMAGED)
        return load_fail(out_error, LOAD16_DAMAGED, "%s", error.text);
    return true;
}
