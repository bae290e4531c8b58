/* SPDX-License-Identifier: MIT */
/* scan.c - the scanf engine: follows the format, pulls characters, stores values.
 *
 * One engine for both widths. At most one character is ever given back to the source. A field
 * that does not match ends the scan with what was stored so far.
 */
#include "crt/scan.h"

#include "crt/number.h"
#include "crt/string.h"
#include "crt/utf.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct scan {
    const struct crt_source *source;
    const char *narrow; /* the format: one of the two */
    const wchar_t *wide;
    size_t at;
    unsigned options;
    __builtin_ms_va_list args;
    size_t consumed; /* characters taken from the source */
    bool is_ended;   /* the source has said EOF */
};

struct field {
    bool suppress;
    int width;       /* INT_MAX: none given */
    int size_bytes;  /* of an integer */
    int long_prefix; /* 'h', 'l' or 0 */
    unsigned letter;
};

enum field_result {
    FIELD_STORED,
    FIELD_SILENT, /* matched, counts nothing */
    FIELD_STOP,
};

static unsigned format_at(const struct scan *scan, size_t ahead)
{
    size_t i = scan->at + ahead;
    return scan->narrow ? (unsigned char)scan->narrow[i] : scan->wide[i];
}

static int take(struct scan *scan)
{
    int c = scan->source->get(scan->source->context);
    if (c == CRT_SCAN_EOF)
        scan->is_ended = true;
    else
        scan->consumed++;
    return c;
}

static void give_back(struct scan *scan, int c)
{
    if (c == CRT_SCAN_EOF)
        return;
    scan->consumed--;
    scan->source->unget(scan->source->context, c);
}

static void skip_space(struct scan *scan)
{
    int c;
    do
        c = take(scan);
    while (c != CRT_SCAN_EOF && crt_is(c, CRT_SPACE));
    give_back(scan, c);
}

static void read_size(struct scan *scan, struct field *field)
{
    field->size_bytes = 4;
    unsigned c = format_at(scan, 0);
    unsigned next = c ? format_at(scan, 1) : 0;
    switch (c) {
    case 'h':
        field->long_prefix = 'h';
        field->size_bytes = next == 'h' ? 1 : 2;
        scan->at += next == 'h' ? 2 : 1;
        break;
    case 'l':
        field->long_prefix = 'l';
        field->size_bytes = next == 'l' ? 8 : 4;
        scan->at += next == 'l' ? 2 : 1;
        break;
    case 'w':
    case 'L':
        field->long_prefix = 'l';
        field->size_bytes = c == 'L' ? 8 : 4;
        scan->at++;
        break;
    case 'I':
        if (next == '3' && format_at(scan, 2) == '2') {
            scan->at += 3;
            break;
        }
        field->size_bytes = 8;
        scan->at += next == '6' && format_at(scan, 2) == '4' ? 3 : 1;
        break;
    case 'j':
    case 'z':
    case 't':
        field->size_bytes = 8;
        scan->at++;
        break;
    default:
        break;
    }
}

static void read_field(struct scan *scan, struct field *field)
{
    *field = (struct field){.width = INT_MAX};
    if (format_at(scan, 0) == '*') {
        field->suppress = true;
        scan->at++;
    }
    if (format_at(scan, 0) >= '0' && format_at(scan, 0) <= '9') {
        int64_t width = 0;
        for (; format_at(scan, 0) >= '0' && format_at(scan, 0) <= '9'; scan->at++)
            if (width < INT_MAX)
                width = width * 10 + (int)(format_at(scan, 0) - '0');
        field->width = width > 0 && width < INT_MAX ? (int)width : INT_MAX;
    }
    read_size(scan, field);
    field->letter = format_at(scan, 0);
    if (field->letter)
        scan->at++;
}

/* --- numbers --- */

/* Characters of one number as it is read; overlong ones keep their head. */
struct number_text {
    char text[512];
    size_t count;
    int room; /* what the field width still allows */
};

static void keep(struct number_text *number, int c)
{
    if (number->count < sizeof(number->text) - 1)
        number->text[number->count++] = (char)c;
    number->text[number->count] = 0;
}

/* Takes the next character when it is one of set; else gives it back and returns 0. */
static int take_if(struct scan *scan, struct number_text *number, const char *set)
{
    if (number->room <= 0)
        return 0;
    int c = take(scan);
    if (c <= 0 || c > 0x7f || !strchr(set, c)) {
        give_back(scan, c);
        return 0;
    }
    number->room--;
    keep(number, c);
    return c;
}

static void store_integer(void *to, uint64_t value, int size_bytes)
{
    memcpy(to, &value, (size_t)size_bytes); /* little-endian: the low bytes come first */
}

static enum field_result scan_integer(struct scan *scan, const struct field *field, int base,
                                      bool is_signed)
{
    struct number_text number = {.room = field->width};
    skip_space(scan);
    take_if(scan, &number, "+-");
    size_t digits_at = number.count;
    if ((base == 0 || base == 16) && take_if(scan, &number, "0")) {
        if (take_if(scan, &number, "xX"))
            base = 16;
        else if (base == 0)
            base = 8;
    } else if (base == 0) {
        base = 10;
    }
    const char *digits = base == 16  ? "0123456789abcdefABCDEF"
                         : base == 8 ? "01234567"
                                     : "0123456789";
    while (take_if(scan, &number, digits))
        ;
    if (number.count == digits_at)
        return FIELD_STOP;
    if (field->suppress)
        return FIELD_SILENT;
    struct crt_number read = crt_number_read(number.text, base);
    uint64_t value =
        is_signed ? (uint64_t)crt_number_int64(read, NULL) : crt_number_uint64(read, NULL);
    store_integer(__builtin_va_arg(scan->args, void *), value, field->size_bytes);
    return FIELD_STORED;
}

static enum field_result scan_float(struct scan *scan, const struct field *field)
{
    struct number_text number = {.room = field->width};
    size_t digits = 0;
    skip_space(scan);
    take_if(scan, &number, "+-");
    while (take_if(scan, &number, "0123456789"))
        digits++;
    if (take_if(scan, &number, "."))
        while (take_if(scan, &number, "0123456789"))
            digits++;
    if (digits == 0)
        return FIELD_STOP;
    if (take_if(scan, &number, "eE")) {
        take_if(scan, &number, "+-");
        while (take_if(scan, &number, "0123456789"))
            ;
    }
    if (field->suppress)
        return FIELD_SILENT;
    void *to = __builtin_va_arg(scan->args, void *);
    double value = strtod(number.text, NULL);
    if (field->long_prefix == 'l') {
        memcpy(to, &value, sizeof(value));
    } else {
        float single = (float)value;
        memcpy(to, &single, sizeof(single));
    }
    return FIELD_STORED;
}

/* --- text --- */

/* Where the characters of a text field go; converts when widths differ. */
struct text_store {
    char *narrow;
    wchar_t *wide;
    size_t room; /* characters left, SIZE_MAX: unbounded */
    bool source_is_wide;
    bool is_full;
    size_t pending_count; /* of a code point not complete yet */
    char pending_narrow[4];
    wchar_t pending_wide[2];
};

static void store_units(struct text_store *store, const void *units, size_t count)
{
    if (!store->narrow && !store->wide)
        return;
    if (count > store->room) {
        store->is_full = true;
        return;
    }
    if (store->room != SIZE_MAX)
        store->room -= count;
    if (store->narrow) {
        memcpy(store->narrow, units, count);
        store->narrow += count;
    } else {
        memcpy(store->wide, units, count * sizeof(wchar_t));
        store->wide += count;
    }
}

/* Converts what is pending, complete or not. */
static void store_pending(struct text_store *store)
{
    if (store->pending_count && store->source_is_wide) {
        char out[8];
        struct crt_utf r =
            crt_utf16_to_utf8(store->pending_wide, store->pending_count, 0, out, sizeof(out));
        store_units(store, out, r.written);
    } else if (store->pending_count) {
        wchar_t out[8];
        struct crt_utf r =
            crt_utf8_to_utf16(store->pending_narrow, store->pending_count, 0, out, 8);
        store_units(store, out, r.written);
    }
    store->pending_count = 0;
}

static void store_character(struct text_store *store, int c)
{
    if (store->source_is_wide ? store->narrow == NULL : store->wide == NULL) {
        char narrow = (char)c;
        wchar_t wide = (wchar_t)c;
        store_units(store, store->source_is_wide ? (void *)&wide : (void *)&narrow, 1);
        return;
    }
    size_t need;
    if (store->source_is_wide) {
        if (store->pending_count && (c < 0xdc00 || c > 0xdfff))
            store_pending(store);
        store->pending_wide[store->pending_count++] = (wchar_t)c;
        need = store->pending_wide[0] >= 0xd800 && store->pending_wide[0] < 0xdc00 ? 2 : 1;
    } else {
        if (store->pending_count && (c & 0xc0) != 0x80)
            store_pending(store);
        store->pending_narrow[store->pending_count++] = (char)c;
        unsigned char lead = (unsigned char)store->pending_narrow[0];
        need = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    }
    if (store->pending_count >= need)
        store_pending(store);
}

/* A set of %[: where its characters are in the format. */
struct scan_set {
    size_t first, end;
    bool inverted;
};

static bool read_set(struct scan *scan, struct scan_set *set)
{
    set->inverted = format_at(scan, 0) == '^';
    if (set->inverted)
        scan->at++;
    set->first = scan->at;
    if (format_at(scan, 0) == ']')
        scan->at++;
    while (format_at(scan, 0) && format_at(scan, 0) != ']')
        scan->at++;
    set->end = scan->at;
    if (!format_at(scan, 0))
        return false;
    scan->at++;
    return true;
}

static bool in_set(const struct scan *scan, const struct scan_set *set, unsigned c)
{
    struct scan at = *scan;
    bool found = false;
    for (at.at = set->first; at.at < set->end && !found; at.at++) {
        unsigned low = format_at(&at, 0);
        if (at.at + 2 < set->end && format_at(&at, 1) == '-') {
            unsigned high = format_at(&at, 2);
            found = low <= high ? c >= low && c <= high : c >= high && c <= low;
            at.at += 2;
        } else {
            found = c == low;
        }
    }
    return found != set->inverted;
}

static bool text_is_wide(const struct scan *scan, const struct field *field)
{
    bool is_wide = scan->wide != NULL;
    if (field->long_prefix)
        return field->long_prefix == 'l';
    bool capital = field->letter == 'C' || field->letter == 'S';
    if (is_wide && (scan->options & CRT_SCAN_ISO_WIDE))
        return capital;
    return capital ? !is_wide : is_wide;
}

static bool field_takes(const struct scan *scan, const struct field *field,
                        const struct scan_set *set, int c)
{
    if (field->letter == '[')
        return in_set(scan, set, (unsigned)c);
    return field->letter == 'c' || field->letter == 'C' || !crt_is(c, CRT_SPACE);
}

static enum field_result scan_text(struct scan *scan, struct field *field)
{
    bool one = field->letter == 'c' || field->letter == 'C';
    struct scan_set set = {0};
    struct text_store store = {.room = SIZE_MAX, .source_is_wide = scan->wide != NULL};
    if (field->letter == '[' && !read_set(scan, &set))
        return FIELD_STOP;
    if (one && field->width == INT_MAX)
        field->width = 1;
    if (field->letter == 's' || field->letter == 'S')
        skip_space(scan);
    char *narrow = NULL;
    wchar_t *wide = NULL;
    if (!field->suppress) {
        void *to = __builtin_va_arg(scan->args, void *);
        *(text_is_wide(scan, field) ? (void **)&wide : (void **)&narrow) = to;
        store.narrow = narrow;
        store.wide = wide;
        if (scan->options & CRT_SCAN_SECURE)
            store.room = __builtin_va_arg(scan->args, unsigned);
        /* Strings keep one place for the terminator. */
        if (!one && store.room != SIZE_MAX)
            store.is_full = store.room-- == 0;
    }
    if (store.is_full)
        return FIELD_STOP;
    int taken = 0;
    for (; taken < field->width && !store.is_full; taken++) {
        int c = take(scan);
        if (c == CRT_SCAN_EOF || !field_takes(scan, field, &set, c)) {
            give_back(scan, c);
            break;
        }
        store_character(&store, c);
    }
    store_pending(&store);
    if (store.is_full || taken == 0 || (one && taken < field->width)) {
        if (store.is_full && narrow)
            narrow[0] = 0;
        if (store.is_full && wide)
            wide[0] = 0;
        return FIELD_STOP;
    }
    if (!one && store.narrow)
        *store.narrow = 0;
    if (!one && store.wide)
        *store.wide = 0;
    return field->suppress ? FIELD_SILENT : FIELD_STORED;
}

static enum field_result scan_field(struct scan *scan)
{
    struct field field;
    int c;
    read_field(scan, &field);
    switch (field.letter) {
    case 'd':
        return scan_integer(scan, &field, 10, true);
    case 'i':
        return scan_integer(scan, &field, 0, true);
    case 'u':
        return scan_integer(scan, &field, 10, false);
    case 'o':
        return scan_integer(scan, &field, 8, false);
    case 'p':
        field.size_bytes = 8;
        return scan_integer(scan, &field, 16, false);
    case 'x':
    case 'X':
        return scan_integer(scan, &field, 16, false);
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
        return scan_float(scan, &field);
    case 'c':
    case 'C':
    case 's':
    case 'S':
    case '[':
        return scan_text(scan, &field);
    case 'n':
        if (!field.suppress)
            store_integer(__builtin_va_arg(scan->args, void *), scan->consumed, field.size_bytes);
        return FIELD_SILENT;
    case '%':
        skip_space(scan);
        c = take(scan);
        if (c == '%')
            return FIELD_SILENT;
        give_back(scan, c);
        return FIELD_STOP;
    default:
        return FIELD_STOP;
    }
}

static int scan_all(struct scan *scan)
{
    int stored = 0;
    while (format_at(scan, 0)) {
        unsigned c = format_at(scan, 0);
        scan->at++;
        if (c < 0x80 && crt_is((int)c, CRT_SPACE)) {
            skip_space(scan);
            continue;
        }
        if (c != '%') {
            int got = take(scan);
            if (got == (int)c)
                continue;
            give_back(scan, got);
            break;
        }
        scan->is_ended = false;
        enum field_result result = scan_field(scan);
        if (result == FIELD_STOP)
            break;
        stored += result == FIELD_STORED;
        scan->is_ended = false;
    }
    return stored == 0 && scan->is_ended ? CRT_SCAN_EOF : stored;
}

int crt_scan(const struct crt_source *source, unsigned options, const char *format,
             __builtin_ms_va_list args)
{
    struct scan scan = {.source = source, .narrow = format, .options = options, .args = args};
    return scan_all(&scan);
}

int crt_scan_wide(const struct crt_source *source, unsigned options, const wchar_t *format,
                  __builtin_ms_va_list args)
{
    struct scan scan = {.source = source, .wide = format, .options = options, .args = args};
    return scan_all(&scan);
}
