/* SPDX-License-Identifier: MIT */
/* format_ddi.c - USER: wsprintf, with 16-bit arguments; and strings of resources.
 *
 * Doc: wsprintf of the Windows 3.1 SDK: flags - # 0, width, precision, l; d i u x X c s %.
 */
#include <stdio.h>
#include <string.h>

#include "abi/win16.h"
#include "loader16/builtin.h"
#include "loader16/memory16.h"

#define OUTPUT_MOST 1024u
#define RT_STRING   6u

struct arguments {
    struct cpu16_registers *registers;
    struct far16 at; /* of the next */
};

static uint32_t argument(struct arguments *arguments, unsigned bytes)
{
    uint32_t value = 0;
    const void *from = win16_buffer(arguments->registers, far16_value(arguments->at), bytes);
    if (from)
        memcpy(&value, from, bytes);
    arguments->at.offset = (uint16_t)(arguments->at.offset + bytes);
    return value;
}

/* One conversion behind its %; answers what follows it. */
static const char *convert(const char *at, struct arguments *arguments, char *out, size_t size)
{
    char format[24] = "%", *to = format + 1;
    char *last = format + sizeof format - 3;
    while (to < last && *at && strchr("-#0123456789.", *at))
        *to++ = *at++;
    bool is_long = *at == 'l';
    at += is_long;
    *out = '\0';
    char kind = *at;
    to[0] = kind;
    to[1] = '\0';
    switch (kind) {
    case 'd':
    case 'i': {
        uint32_t value = argument(arguments, is_long ? 4 : 2);
        snprintf(out, size, format, is_long ? (int32_t)value : (int16_t)value);
        break;
    }
    case 'u':
    case 'x':
    case 'X':
        snprintf(out, size, format, argument(arguments, is_long ? 4 : 2));
        break;
    case 'c':
        snprintf(out, size, format, (int)(argument(arguments, 2) & 0xff));
        break;
    case 's': {
        const char *text = win16_string(arguments->registers, argument(arguments, 4));
        snprintf(out, size, format, text ? text : "(null)");
        break;
    }
    default: /* the character itself */
        snprintf(out, size, "%c", kind);
        break;
    }
    return kind ? at + 1 : at;
}

static uint32_t formatted(struct arguments *arguments, const char *format, char *out, size_t size)
{
    size_t length = 0;
    while (*format && length + 1 < size) {
        if (*format != '%') {
            out[length++] = *format++;
            continue;
        }
        format = convert(format + 1, arguments, out + length, size - length);
        length += strlen(out + length);
    }
    out[length] = '\0';
    return (uint32_t)length;
}

static uint32_t text_put(struct cpu16_registers *registers, uint32_t to, const char *format,
                         struct far16 first)
{
    char text[OUTPUT_MOST];
    struct arguments arguments = {registers, first};
    uint32_t length = format ? formatted(&arguments, format, text, sizeof text) : 0;
    char *out = win16_buffer(registers, to, length + 1);
    if (out && format)
        memcpy(out, text, length + 1);
    return length;
}

/* int wsprintf(LPSTR, LPCSTR, ...), cdecl */
void user16__wsprintf(struct cpu16_registers *registers)
{
    uint32_t to, format;
    memcpy(&to, WIN16_ARGUMENT_BYTES(registers, 0), sizeof to);
    memcpy(&format, WIN16_ARGUMENT_BYTES(registers, 4), sizeof format);
    struct far16 first = FAR16(registers->ss, registers->esp + 8);
    REG16(registers->eax) =
        (uint16_t)text_put(registers, to, win16_string(registers, format), first);
}

uint32_t user16_wvsprintf(struct far16 out, const char *format, struct far16 list)
{
    return text_put(cpu16_outer(), far16_value(out), format, list);
}

/* ---- strings of resources ---------------------------------------------------------------------
 */

/* Sixteen counted texts make a resource. */
uint32_t user16_LoadString(uint16_t instance, uint16_t id, struct far16 to, int16_t size)
{
    uint16_t resource =
        (uint16_t)kernel16_FindResource(instance, FAR16(0, id / 16 + 1), FAR16(0, RT_STRING));
    uint16_t handle = resource ? (uint16_t)kernel16_LoadResource(instance, resource) : 0;
    struct block16 *block = handle ? block16_find(handle) : NULL;
    uint32_t length = 0, at = 0;
    void *out = size > 0 ? win16_buffer(cpu16_outer(), far16_value(to), (uint16_t)size) : NULL;
    if (!block || !out)
        return 0;
    for (unsigned i = 0; i < id % 16u && at < block->bytes; i++)
        at += 1u + block->memory[at];
    if (at < block->bytes)
        length = block->memory[at];
    if (at + 1 + length > block->bytes)
        length = 0;
    if (length >= (uint32_t)size)
        length = (uint32_t)size - 1;
    memcpy(out, block->memory + at + 1, length);
    ((char *)out)[length] = '\0';
    block16_give(block);
    return length;
}

/* ---- WIN87EM ------------------------------------------------------------------------------------
 */

/* Function BX; the coprocessor is there, so there is nothing to start, end or save. */
void win87em16___fpMath(struct cpu16_registers *registers)
{
    switch (REG16(registers->ebx)) {
    case 0: /* start */
    case 2: /* end */
    case 3: /* the handler of exceptions */
        REG16(registers->eax) = 0;
        break;
    case 10: /* how many words of the stack are used */
        REG16(registers->eax) = 0;
        break;
    case 11: /* is there a coprocessor? */
        REG16(registers->edx) = 0;
        REG16(registers->eax) = 1;
        break;
    default:
        break;
    }
}
