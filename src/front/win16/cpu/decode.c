/* SPDX-License-Identifier: MIT */
/* decode.c - how long an instruction of 16-bit code is and through which segments it reaches
 * memory.
 *
 * The emulator does not look at the limits of segments; what is found here lets emulator.c do it.
 * Doc: the opcode maps of Intel's manual, volume 2, appendix A.
 */
#include "decode.h"

/* What follows an opcode: . nothing, m operand, b operand and byte, z operand and word, B byte,
 * W 16 bits, Z word (of the operand's size), E 16 bits and a byte, F far pointer, A offset,
 * g and G operand and, of `test`, a byte or word, p prefix, 0 another byte of opcode. */
static const char one_byte[257] = "mmmmBZ..mmmmBZ.0mmmmBZ..mmmmBZ.."
                                  "mmmmBZp.mmmmBZp.mmmmBZp.mmmmBZp."
                                  "................................"
                                  "..mmppppZzBb....BBBBBBBBBBBBBBBB"
                                  "bzbbmmmmmmmmmmmm..........F....."
                                  "AAAA....BZ......BBBBBBBBZZZZZZZZ"
                                  "bbW.mmbzE.W..B..mmmmBB..mmmmmmmm"
                                  "BBBBBBBBZZFB....p.pp..gG......mm";
static const char two_byte[257] = "mmmm.........m..mmmmmmmmmmmmmmmm"
                                  "mmmmmmmmmmmmmmmm........m.b....."
                                  "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm"
                                  "mmmmmmmmmmmmmmmmbbbbmmm.mmmmmmmm"
                                  "ZZZZZZZZZZZZZZZZmmmmmmmmmmmmmmmm"
                                  "...mbmmm...mbmmmmmmmmmmmmmbmmmmm"
                                  "mmbmbbbm........mmmmmmmmmmmmmmmm"
                                  "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm";

struct reader {
    const uint8_t *code;
    size_t room, at;
    bool wide_operand, wide_address, is_escaped;
    int override; /* -1: none */
    uint8_t opcode, modrm;
};

static uint8_t next(struct reader *reader)
{
    uint8_t byte = reader->at < reader->room ? reader->code[reader->at] : 0;
    reader->at++;
    return byte;
}

static char opcode_read(struct reader *reader)
{
    for (;;) {
        reader->opcode = next(reader);
        char form = one_byte[reader->opcode];
        if (form == '0') {
            reader->is_escaped = true;
            reader->opcode = next(reader);
            form = two_byte[reader->opcode];
            if (reader->opcode == 0x38 || reader->opcode == 0x3a)
                next(reader);
        }
        if (form != 'p' || reader->at > DECODE_MOST)
            return form;
        switch (reader->opcode) {
        case 0x66:
            reader->wide_operand = true;
            break;
        case 0x67:
            reader->wide_address = true;
            break;
        case 0x64:
        case 0x65:
            reader->override = reader->opcode - 0x60; /* FS, GS */
            break;
        case 0x26:
        case 0x2e:
        case 0x36:
        case 0x3e:
            reader->override = reader->opcode >> 3 & 3;
            break;
        default:
            break;
        }
    }
}

/* The segment of an operand in memory when nothing else is said. */
static enum decode_segment operand_read(struct reader *reader)
{
    reader->modrm = next(reader);
    unsigned mode = reader->modrm >> 6, base = reader->modrm & 7;
    if (mode == 3)
        return DECODE_DS;
    if (!reader->wide_address) {
        reader->at += mode == 1 ? 1 : mode == 2 || base == 6 ? 2 : 0;
        return base == 2 || base == 3 || (base == 6 && mode) ? DECODE_SS : DECODE_DS;
    }
    if (base == 4)
        base = next(reader) & 7;
    reader->at += mode == 1 ? 1 : mode == 2 || base == 5 ? 4 : 0;
    return base == 4 || (base == 5 && mode) ? DECODE_SS : DECODE_DS;
}

static void immediate_skip(struct reader *reader, char form)
{
    size_t word = reader->wide_operand ? 4 : 2;
    bool is_test = (reader->modrm >> 3 & 7) < 2;
    switch (form) {
    case 'b':
    case 'B':
        reader->at += 1;
        break;
    case 'z':
    case 'Z':
        reader->at += word;
        break;
    case 'W':
        reader->at += 2;
        break;
    case 'E':
        reader->at += 3;
        break;
    case 'F':
        reader->at += word + 2;
        break;
    case 'A':
        reader->at += reader->wide_address ? 4 : 2;
        break;
    case 'g':
        reader->at += is_test ? 1 : 0;
        break;
    case 'G':
        reader->at += is_test ? word : 0;
        break;
    default:
        break;
    }
}

static bool uses_stack(const struct reader *reader)
{
    uint8_t opcode = reader->opcode, which = reader->modrm >> 3 & 7;
    if (reader->is_escaped)
        return (opcode & 0xf6) == 0xa0; /* push and pop of FS and GS */
    if (opcode < 0x20)
        return (opcode & 7) >= 6;
    if (opcode == 0xff)
        return which == 2 || which == 3 || which == 6;
    return (opcode >= 0x50 && opcode <= 0x61) || opcode == 0x68 || opcode == 0x6a ||
           opcode == 0x8f || (opcode >= 0x9a && opcode <= 0x9d) || opcode == 0xc2 ||
           opcode == 0xc3 || (opcode >= 0xc8 && opcode <= 0xcf) || opcode == 0xe8;
}

/* The emulator does these in a piece, without saying before where it stands. */
static bool is_far_or_long(const struct reader *reader)
{
    uint8_t opcode = reader->opcode;
    if (reader->is_escaped)
        return opcode == 0xae || opcode == 0xc7;
    return opcode == 0x9a || opcode == 0xc8 || opcode == 0xca || opcode == 0xcb || opcode == 0xcf ||
           (opcode & 0xf8) == 0xd8 || (opcode == 0xff && reader->modrm & 0x08);
}

static bool is_port(const struct reader *reader)
{
    uint8_t opcode = reader->opcode;
    return !reader->is_escaped && ((opcode >= 0x6c && opcode <= 0x6f) || (opcode & 0xfc) == 0xe4 ||
                                   (opcode & 0xfc) == 0xec);
}

/* Strings, xlat and offsets; bit 0: the segment that may be overridden, bit 1: ES. */
static unsigned implicit_of(const struct reader *reader)
{
    if (reader->is_escaped)
        return 0;
    switch (reader->opcode) {
    case 0xa4: /* movs, cmps */
    case 0xa5:
    case 0xa6:
    case 0xa7:
        return 3;
    case 0xaa: /* stos, scas, ins */
    case 0xab:
    case 0xae:
    case 0xaf:
    case 0x6c:
    case 0x6d:
        return 2;
    case 0xa0: /* mov */
    case 0xa1:
    case 0xa2:
    case 0xa3:
    case 0xac: /* lods, outs, xlat */
    case 0xad:
    case 0x6e:
    case 0x6f:
    case 0xd7:
        return 1;
    default:
        return 0;
    }
}

struct decoded decode(const uint8_t *code, size_t room)
{
    struct reader reader = {.code = code, .room = room, .override = -1};
    struct decoded decoded = {0};
    char form = opcode_read(&reader);
    bool has_operand = form == 'm' || form == 'b' || form == 'z' || form == 'g' || form == 'G';
    if (has_operand) {
        enum decode_segment segment = operand_read(&reader);
        if (reader.modrm < 0xc0)
            decoded.segments = 1u << (reader.override >= 0 ? reader.override : (int)segment);
    }
    immediate_skip(&reader, form);
    unsigned implicit = implicit_of(&reader);
    if (implicit & 1)
        decoded.segments |= 1u << (reader.override >= 0 ? reader.override : DECODE_DS);
    if (implicit & 2)
        decoded.segments |= 1u << DECODE_ES;
    if (uses_stack(&reader))
        decoded.segments |= 1u << DECODE_SS;
    decoded.is_far_or_long = is_far_or_long(&reader);
    decoded.is_port = is_port(&reader);
    decoded.length = reader.at;
    return decoded;
}
