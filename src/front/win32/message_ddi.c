/* SPDX-License-Identifier: MIT */
/* message_ddi.c - FormatMessage: texts of errors, of modules' message tables, of the caller.
 *
 * Everything is done in UTF-16. Inserts are pointer-sized slots, whether they come as an array
 * or as an argument list. Doc: winbase.h FormatMessage
 */
#include <string.h>

#include "base/abi_names.h"
#include "crt/format.h"
#include "crt/string.h"
#include "crt/utf.h"
#include "ntdll/ldr.h"
#include "pe/resource.h"
#include "win32_internal.h"

#define FLAG_ALLOCATE 0x0100u
#define FLAG_IGNORE   0x0200u
#define FLAG_STRING   0x0400u
#define FLAG_MODULE   0x0800u
#define FLAG_SYSTEM   0x1000u
#define FLAG_ARRAY    0x2000u
#define FLAG_NO_LINES 0x00ffu
#define MESSAGE_CHARS 4096u
#define INSERT_FORMAT 32u

struct output {
    wchar_t *text;
    size_t count;
    bool is_full, is_narrow; /* plain inserts are char strings */
    const ULONG_PTR *arguments;
};

static void put(struct output *output, wchar_t c)
{
    if (output->count + 1 < MESSAGE_CHARS)
        output->text[output->count++] = c;
    else
        output->is_full = true;
}

static void put_text(struct output *output, const wchar_t *text)
{
    while (*text)
        put(output, *text++);
}

/* ---- inserts ------------------------------------------------------------------------------------
 */

/* One value through printf, whose argument list is the slots themselves. */
static void insert_format(struct output *output, const wchar_t *format, const ULONG_PTR *slots)
{
    wchar_t text[512];
    __builtin_ms_va_list list = (__builtin_ms_va_list)(void *)slots;
    int count = crt_vsnwprintf_ms(text, 511, 0, format, list);
    text[count < 0 ? 511 : count] = 0;
    put_text(output, text);
}

/* text stands behind "%n"; answers what follows the insert. */
static const wchar_t *insert_put(struct output *output, const wchar_t *text, unsigned number)
{
    wchar_t format[INSERT_FORMAT + 2] = L"%s";
    if (output->is_narrow)
        format[1] = 'S';
    if (*text == '!') {
        const wchar_t *end = crt_wcschr(text + 1, '!');
        size_t count = end ? (size_t)(end - text - 1) : 0;
        if (count && count < INSERT_FORMAT) {
            memcpy(format + 1, text + 1, count * sizeof *format);
            format[count + 1] = 0;
            if (output->is_narrow && (format[count] == 's' || format[count] == 'S'))
                format[count] = format[count] == 's' ? 'S' : 's';
            text = end + 1;
        }
    }
    if (output->arguments)
        insert_format(output, format, output->arguments + number - 1);
    return text;
}

static const wchar_t *escape_put(struct output *output, const wchar_t *text, bool ignore)
{
    wchar_t c = *text;
    if (c >= '1' && c <= '9') {
        unsigned number = (unsigned)(c - '0');
        const wchar_t *after = text + 1;
        if (*after >= '0' && *after <= '9')
            number = number * 10 + (unsigned)(*after++ - '0');
        if (!ignore)
            return insert_put(output, after, number);
        put(output, '%');
        while (text < after)
            put(output, *text++);
        return after;
    }
    switch (c) {
    case 0:
        return text;
    case 'n':
        put_text(output, L"\r\n");
        break;
    case 'r':
        put(output, '\r');
        break;
    case 't':
        put(output, '\t');
        break;
    case 'b':
        put(output, ' ');
        break;
    default:
        put(output, c); /* %% %. %! and unknown ones */
    }
    return text + 1;
}

/* Line breaks of the text become spaces when the caller wants none; %n stays one. */
static void message_expand(struct output *output, const wchar_t *text, DWORD flags)
{
    while (*text) {
        wchar_t c = *text++;
        if (c == '%' && *text == '0')
            return;
        if (c == '%') {
            text = escape_put(output, text, flags & FLAG_IGNORE);
        } else if ((c == '\r' || c == '\n') && flags & FLAG_NO_LINES) {
            if (c == '\r' && *text == '\n')
                text++;
            put(output, ' ');
        } else if (c == '\n' && (output->count == 0 || output->text[output->count - 1] != '\r')) {
            put_text(output, L"\r\n");
        } else {
            put(output, c);
        }
    }
}

/* ---- where texts come from
 * ------------------------------------------------------------------------ */

struct message_block {
    uint32_t low, high, offset;
};
struct message_entry {
    uint16_t size, is_wide;
    char text[];
};

/* The text of id in a module's message table; false when there is none. */
static bool table_text(const struct ldr_module *module, DWORD id, wchar_t *out)
{
    struct pe_view view = ldr_view(module);
    struct pe_resource_id type = {.number = PE_RT_MESSAGES}, name = {.number = 1};
    struct pe_resource resource;
    if (pe_resource_find(&view, type, name, PE_LANGUAGE_ANY, &resource, NULL) != PE_OK)
        return false;
    const char *table = (const char *)module->base + resource.rva;
    uint32_t count = *(const uint32_t *)table;
    const struct message_block *blocks = (const void *)(table + 4);
    for (uint32_t i = 0; i < count && (i + 1) * sizeof *blocks + 4 <= resource.size_bytes; i++) {
        if (id < blocks[i].low || id > blocks[i].high)
            continue;
        uint32_t at = blocks[i].offset;
        for (uint32_t n = blocks[i].low; n < id && at + 4 <= resource.size_bytes; n++)
            at += ((const struct message_entry *)(table + at))->size;
        if (at + 4 > resource.size_bytes)
            return false;
        const struct message_entry *entry = (const void *)(table + at);
        if (entry->is_wide)
            crt_wcsncpy(out, (const wchar_t *)entry->text, MESSAGE_CHARS - 1);
        else
            crt_utf16_from_string(entry->text, out, MESSAGE_CHARS);
        return true;
    }
    return false;
}

static bool names_text(const char *text, wchar_t *out)
{
    if (!text || !*text)
        return false;
    size_t length = crt_utf16_from_string(text, out, MESSAGE_CHARS - 3);
    out[length] = '\r';
    out[length + 1] = '\n';
    out[length + 2] = 0;
    return true;
}

static bool source_text(DWORD flags, const void *source, DWORD id, wchar_t *out)
{
    if (flags & FLAG_MODULE) {
        const struct ldr_module *module = source ? ldr_by_base(source) : ldr_program();
        if (module && !module->builtin && table_text(module, id, out))
            return true;
        if (module && module->builtin && names_text(abi_status_text(id), out))
            return true;
    }
    /* HRESULTs of Win32 errors have the errors' texts. */
    DWORD error = id >> 16 == 0x8007 ? id & 0xffff : id;
    return flags & FLAG_SYSTEM && names_text(abi_win32_text(error), out);
}

/* Answers a text on the process heap, its length in *out_count, or NULL with the error set. */
static wchar_t *message_make(DWORD flags, const wchar_t *own_text, const void *source, DWORD id,
                             bool is_narrow, void *arguments, size_t *out_count)
{
    wchar_t *memory = heap_take(2 * MESSAGE_CHARS * sizeof *memory);
    if (!memory)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
    struct output output = {.text = memory, .is_narrow = is_narrow};
    const wchar_t *text = own_text;
    if (!(flags & FLAG_STRING)) {
        text = memory + MESSAGE_CHARS;
        if (!source_text(flags, source, id, memory + MESSAGE_CHARS)) {
            heap_give(memory);
            return error_fail(ERROR_MR_MID_NOT_FOUND), NULL;
        }
    }
    if (arguments)
        output.arguments = flags & FLAG_ARRAY ? arguments : *(ULONG_PTR **)arguments;
    message_expand(&output, text, flags);
    output.text[output.count] = 0;
    if (output.is_full) {
        heap_give(memory);
        return error_fail(ERROR_INSUFFICIENT_BUFFER), NULL;
    }
    *out_count = output.count;
    return memory;
}

/* ---- the door
 * -------------------------------------------------------------------------------------- */

EXPORT(DWORD, FormatMessageW,
       (DWORD flags, LPCVOID source, DWORD id, DWORD language, LPWSTR out, DWORD size,
        void *arguments))
{
    size_t count;
    wchar_t *text = message_make(flags, source, source, id, false, arguments, &count);
    if (!text)
        return 0;
    LPWSTR target = out;
    if (flags & FLAG_ALLOCATE) {
        size_t room = count + 1 > size ? count + 1 : size;
        target = *(LPWSTR *)out = heap_take(room * sizeof *target);
    } else if (count >= size) {
        target = NULL;
        error_set(ERROR_INSUFFICIENT_BUFFER);
    }
    if (target)
        memcpy(target, text, (count + 1) * sizeof *target);
    heap_give(text);
    return target ? (DWORD)count : 0;
}

EXPORT(DWORD, FormatMessageA,
       (DWORD flags, LPCVOID source, DWORD id, DWORD language, LPSTR out, DWORD size,
        void *arguments))
{
    struct wide wide;
    size_t count;
    wide_of(&wide, flags & FLAG_STRING ? source : NULL);
    wchar_t *text = message_make(flags, wide.text, source, id, true, arguments, &count);
    wide_drop(&wide);
    if (!text)
        return 0;
    size_t bytes = crt_utf16_to_utf8(text, count, 0, NULL, 0).written;
    LPSTR target = out;
    if (flags & FLAG_ALLOCATE) {
        target = *(LPSTR *)out = heap_take(bytes + 1 > size ? bytes + 1 : size);
    } else if (bytes >= size) {
        target = NULL;
        error_set(ERROR_INSUFFICIENT_BUFFER);
    }
    if (target) {
        crt_utf16_to_utf8(text, count, 0, target, bytes);
        target[bytes] = '\0';
    }
    heap_give(text);
    return target ? (DWORD)bytes : 0;
}
