/* SPDX-License-Identifier: MIT */
/* loader_fuzz_mutate.c - damage, drawn from a seed.
 *
 * Fields of headers, section headers and tables get values that are likely to hurt: edges, other
 * fields' values, what was there and a little. Bytes get anything.
 */
#include "loader_fuzz_mutate.h"

#include <string.h>

struct fuzz_random fuzz_random_make(uint64_t seed, uint64_t round)
{
    struct fuzz_random random = {seed * 0x9e3779b97f4a7c15ull + round};
    fuzz_next(&random);
    return random;
}

/* splitmix64 */
uint64_t fuzz_next(struct fuzz_random *random)
{
    uint64_t value = random->state += 0x9e3779b97f4a7c15ull;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
    value = (value ^ value >> 27) * 0x94d049bb133111ebull;
    return value ^ value >> 31;
}

uint64_t fuzz_below(struct fuzz_random *random, uint64_t limit)
{
    return limit ? fuzz_next(random) % limit : 0;
}

static uint32_t load32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* A value for a field of width bytes that holds old. */
static uint64_t hurtful(struct fuzz_random *random, uint64_t old, const uint8_t *bytes, size_t size)
{
    static const uint64_t edges[] = {
        0,          1,          2,          7,          0x1f,           0x20,
        0x7f,       0x80,       0xff,       0x100,      0x1ff,          0x200,
        0xfff,      0x1000,     0x1001,     0x7fff,     0x8000,         0xffff,
        0x10000,    0x3fffffff, 0x40000000, 0x7ffffffe, 0x7fffffff,     0x80000000,
        0x80000001, 0xfffff000, 0xfffffffe, 0xffffffff, 0x100000000ull, 0x8000000000000000ull,
        UINT64_MAX,
    };
    switch (fuzz_below(random, 6)) {
    case 0:
        return old + 1 + fuzz_below(random, 16);
    case 1:
        return old - 1 - fuzz_below(random, 16);
    case 2:
        return old ^ 1ull << fuzz_below(random, 64);
    case 3:
        return size >= 4 ? load32(bytes + fuzz_below(random, size / 4) * 4) : 0;
    case 4:
        return fuzz_next(random) >> fuzz_below(random, 64);
    default:
        return edges[fuzz_below(random, sizeof edges / sizeof edges[0])];
    }
}

static void field_hurt(struct fuzz_random *random, uint8_t *bytes, size_t size, uint64_t at,
                       unsigned width)
{
    uint64_t value = 0;
    if (at > size || size - at < width)
        return;
    memcpy(&value, bytes + at, width);
    value = hurtful(random, value, bytes, size);
    memcpy(bytes + at, &value, width);
}

struct place {
    uint64_t at;
    unsigned width;
};

/* A field of the headers. */
static struct place header_field(struct fuzz_random *random, uint32_t pe)
{
    static const struct {
        uint8_t at, width;
    } file[] = {{0, 4}, {4, 2}, {6, 2}, {8, 4}, {12, 4}, {16, 4}, {20, 2}, {22, 2}},
      optional[] = {{0, 2},  {2, 2},  {4, 4},   {8, 4},  {12, 4}, {16, 4}, {20, 4},
                    {24, 8}, {32, 4}, {36, 4},  {40, 4}, {44, 4}, {48, 4}, {52, 4},
                    {56, 4}, {60, 4}, {64, 4},  {68, 2}, {70, 2}, {72, 8}, {80, 8},
                    {88, 8}, {96, 8}, {104, 4}, {108, 4}};
    unsigned i;
    switch (fuzz_below(random, 8)) {
    case 0:
        return (struct place){0x3c, 4};
    case 1:
        i = (unsigned)fuzz_below(random, sizeof file / sizeof file[0]);
        return (struct place){pe + file[i].at, file[i].width};
    case 2:
    case 3:
        i = (unsigned)fuzz_below(random, sizeof optional / sizeof optional[0]);
        return (struct place){pe + 24 + optional[i].at, optional[i].width};
    case 4:
    case 5: /* data directories */
        return (struct place){pe + 24 + 112 + fuzz_below(random, 32) * 4, 4};
    default: /* section headers */
        return (struct place){
            pe + 24 + 240 + fuzz_below(random, 10) * 40 + 8 + fuzz_below(random, 8) * 4, 4};
    }
}

/* Where an RVA of the good image is in its file; 0 when nowhere. */
static uint64_t file_offset(const struct fuzz_file *from, uint32_t pe, uint32_t rva)
{
    uint32_t count = load32(from->bytes + pe + 4) >> 16;
    for (uint32_t i = 0; i < count && pe + 264 + (i + 1) * 40 <= from->size; i++) {
        const uint8_t *header = from->bytes + pe + 264 + i * 40;
        uint32_t start = load32(header + 12), raw = load32(header + 16);
        if (rva >= start && rva - start < raw)
            return (uint64_t)load32(header + 20) + (rva - start);
    }
    return 0;
}

/* Four bytes of a table that a directory names, or of what an entry there names in turn. */
static struct place table_field(struct fuzz_random *random, const struct fuzz_file *from,
                                uint32_t pe)
{
    uint32_t index = (uint32_t)fuzz_below(random, 16);
    const uint8_t *directory = from->bytes + pe + 24 + 112 + index * 8;
    uint32_t rva = load32(directory), size = load32(directory + 4);
    uint64_t base = index == 4 ? rva : file_offset(from, pe, rva);
    if (!base || size < 4)
        return (struct place){fuzz_below(random, from->size), 1};
    uint64_t at = base + fuzz_below(random, size < 512 ? size / 4 : 128) * 4;
    if (fuzz_below(random, 3) == 0 && at + 4 <= from->size) {
        uint64_t next = file_offset(from, pe, load32(from->bytes + at));
        if (next)
            at = next + fuzz_below(random, 8) * 4;
    }
    return (struct place){at, 4};
}

size_t fuzz_mutate(const struct fuzz_file *from, uint8_t *out, struct fuzz_random *random)
{
    size_t size = from->size;
    uint32_t pe = load32(from->bytes + 0x3c);
    uint64_t times = 1 + fuzz_below(random, 4) * fuzz_below(random, 2);
    memcpy(out, from->bytes, size);
    while (times-- > 0) {
        struct place place = {0, 1};
        uint64_t way = fuzz_below(random, 16);
        if (way < 6)
            place = header_field(random, pe);
        else if (way < 13)
            place = table_field(random, from, pe);
        else if (way < 15)
            place.at = fuzz_below(random, size);
        else if (fuzz_below(random, 4) == 0)
            size = fuzz_below(random, size + 1);
        field_hurt(random, out, size, place.at, place.width);
    }
    return size;
}
