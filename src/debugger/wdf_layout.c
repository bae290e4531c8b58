/* SPDX-License-Identifier: MIT */
/* wdf_layout.c - finds the Framework's table of its structures, and copies structures by it. */
#include <stdlib.h>
#include <string.h>

#include "wdf.h"

#define LAYOUT_MAGIC   0x54554f59414c5846ull
#define LAYOUT_VERSION 1u
#define ENTRY_BYTES    64u
#define SECTION_MAX    0x10000u
#define SECTION_NAME   ".fxkd\0\0"

static uint32_t word32(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

/* Where the section lies in the loaded image, and its size; 0: there is none. */
static uint64_t section_find(struct debugger *debugger, const struct module *module,
                             uint32_t *out_bytes)
{
    uint8_t headers[0x1000];
    size_t got = memory_read(debugger, module->start, headers, sizeof headers);
    uint32_t pe = got >= 0x40 ? word32(headers + 0x3c) : 0;
    if (!pe || pe > got - 0x18 || got < 0x18)
        return 0;
    unsigned count = headers[pe + 6] | (unsigned)headers[pe + 7] << 8;
    size_t at = pe + 0x18 + (headers[pe + 0x14] | (size_t)headers[pe + 0x15] << 8);
    for (; count && at + 40 <= got; count--, at += 40) {
        if (memcmp(headers + at, SECTION_NAME, 8))
            continue;
        *out_bytes = word32(headers + at + 8);
        return module->start + word32(headers + at + 12);
    }
    return 0;
}

static struct wdf_layout *layout_read(struct debugger *debugger, const struct module *module)
{
    uint32_t bytes = 0;
    uint64_t head[4], address = section_find(debugger, module, &bytes);
    if (!address || bytes < 2 * ENTRY_BYTES || bytes > SECTION_MAX)
        return NULL;
    struct wdf_layout *layout = calloc(1, sizeof *layout + bytes);
    if (!layout)
        return NULL;
    bool is_good = memory_read(debugger, address, head, sizeof head) == sizeof head &&
                   head[0] == LAYOUT_MAGIC && (uint32_t)head[1] == LAYOUT_VERSION &&
                   head[1] >> 32 == ENTRY_BYTES &&
                   memory_read(debugger, address + ENTRY_BYTES, layout->rows,
                               bytes - ENTRY_BYTES) == bytes - ENTRY_BYTES;
    if (!is_good) {
        free(layout);
        return NULL;
    }
    layout->start = module->start;
    layout->timestamp = module->timestamp;
    layout->clients = head[2];
    layout->minor = (unsigned)head[3];
    layout->count = bytes / ENTRY_BYTES - 1;
    return layout;
}

const struct wdf_layout *wdf_layout(struct debugger *debugger)
{
    const struct module *module = module_find(debugger, "wdf01000");
    if (module && debugger->wdf && debugger->wdf->start == module->start &&
        debugger->wdf->timestamp == module->timestamp)
        return debugger->wdf;
    free(debugger->wdf);
    debugger->wdf = module ? layout_read(debugger, module) : NULL;
    if (!module)
        complain(debugger, "The Framework (wdf01000.sys) is not loaded: no KMDF driver has been");
    else if (!debugger->wdf)
        complain(debugger, "%s does not say how its structures lie; is it cove's own?",
                 module->image);
    return debugger->wdf;
}

/* ---- structures ---------------------------------------------------------------------------- */

static const struct wdf_row *row_find(const struct wdf_layout *layout, const char *structure,
                                      const char *field)
{
    for (size_t i = 0; i < layout->count; i++)
        if (!strncmp(layout->rows[i].structure, structure, sizeof layout->rows[i].structure) &&
            !strncmp(layout->rows[i].field, field, sizeof layout->rows[i].field))
            return &layout->rows[i];
    return NULL;
}

uint32_t wdf_offset(const struct wdf_layout *layout, const char *structure, const char *field)
{
    const struct wdf_row *row = row_find(layout, structure, field);
    return row ? row->offset : WDF_COPY_MAX;
}

bool wdf_read(struct debugger *debugger, const char *structure, uint64_t address,
              struct wdf_copy *out_copy)
{
    const struct wdf_layout *layout = debugger->wdf;
    const struct wdf_row *row = layout ? row_find(layout, structure, "") : NULL;
    if (!row || !address || row->size > sizeof out_copy->bytes)
        return false;
    out_copy->layout = layout;
    out_copy->structure = structure;
    out_copy->address = address;
    out_copy->size = row->size;
    return memory_read(debugger, address, out_copy->bytes, row->size) == row->size;
}

uint64_t wdf_value(const struct wdf_copy *copy, const char *field)
{
    const struct wdf_row *row = row_find(copy->layout, copy->structure, field);
    uint64_t value = 0;
    if (!row || row->offset > copy->size || row->size > copy->size - row->offset)
        return 0;
    memcpy(&value, copy->bytes + row->offset, row->size < 8 ? row->size : 8);
    return value;
}

uint64_t wdf_place(const struct wdf_copy *copy, const char *field)
{
    const struct wdf_row *row = row_find(copy->layout, copy->structure, field);
    return row ? copy->address + row->offset : 0;
}

void wdf_text(struct debugger *debugger, uint64_t address, char *out_text, size_t size)
{
    size_t got = address ? memory_read(debugger, address, out_text, size - 1) : 0;
    out_text[got] = '\0';
    for (char *at = out_text; *at; at++) {
        if (*at < ' ' || *at > '~') {
            out_text[0] = '\0';
            return;
        }
    }
}

void wdf_string(struct debugger *debugger, uint64_t address, char *out_text, size_t size)
{
    uint8_t text[512];
    uint64_t string[2];
    size_t length = 0;
    out_text[0] = '\0';
    if (memory_read(debugger, address, string, sizeof string) != sizeof string)
        return;
    size_t wanted = (uint16_t)string[0] < sizeof text ? (uint16_t)string[0] : sizeof text;
    size_t got = memory_read(debugger, string[1], text, wanted);
    for (size_t i = 0; i + 1 < got && length + 1 < size; i += 2)
        out_text[length++] = text[i + 1] || text[i] < ' ' || text[i] > '~' ? '?' : (char)text[i];
    out_text[length] = '\0';
}

/* ---- lists --------------------------------------------------------------------------------- */

void wdf_list_begin(struct debugger *debugger, uint64_t head, struct wdf_list *out_list)
{
    *out_list = (struct wdf_list){.debugger = debugger, .head = head, .at = head};
}

bool wdf_list_next(struct wdf_list *list, uint32_t offset, uint64_t *out_address)
{
    uint64_t next;
    if (!list->head || memory_read(list->debugger, list->at, &next, sizeof next) != sizeof next ||
        list->count++ >= WDF_LIST_MAX) {
        list->is_broken = true;
        return false;
    }
    if (next == list->head)
        return false;
    list->at = next;
    *out_address = next - offset;
    return true;
}
