/* SPDX-License-Identifier: MIT */
/* sample_image.h - builds, byte by byte, a small PE32+ driver image that has every table.
 *
 * Its offsets are named here so that tests can damage one field at a time.
 */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_BASE       UINT64_C(0x140000000)
#define SAMPLE_PE         0x80
#define SAMPLE_OPTIONAL   (SAMPLE_PE + 24)
#define SAMPLE_DIRECTORY  (SAMPLE_OPTIONAL + 112)
#define SAMPLE_SECTIONS   (SAMPLE_OPTIONAL + 240)
#define SAMPLE_SIZE       0x1820
#define SAMPLE_IMAGE_SIZE 0xb000

struct sample_section {
    const char *name;
    uint32_t rva, virtual_size, offset, raw_size, flags;
};

static const struct sample_section sample_sections[] = {
    {".text", 0x1000, 0x180, 0x400, 0x200, 0x68000020},
    {".rdata", 0x2000, 0x400, 0x600, 0x400, 0x48000040},
    {".data", 0x3000, 0x2100, 0xa00, 0x200, 0xc8000040},
    {".pdata", 0x6000, 0x200, 0xc00, 0x200, 0x48000040},
    {".rsrc", 0x7000, 0x400, 0xe00, 0x400, 0x42000040},
    {".reloc", 0x8000, 0x200, 0x1200, 0x200, 0x42000040},
    {"INIT", 0x9000, 0, 0x1400, 0x200, 0x62000020},
    {"PAGE", 0xa000, 0x1f0, 0x1600, 0x200, 0x60000020},
};
#define SAMPLE_SECTION_COUNT 8

static inline void put16(uint8_t *at, unsigned value)
{
    uint16_t v = (uint16_t)value;
    memcpy(at, &v, 2);
}

static inline void put32(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, 4);
}

static inline void put64(uint8_t *at, uint64_t value)
{
    memcpy(at, &value, 8);
}

/* File offset of an RVA. */
static inline uint32_t sample_offset(uint32_t rva)
{
    for (int i = SAMPLE_SECTION_COUNT - 1; i >= 0; i--)
        if (rva >= sample_sections[i].rva)
            return sample_sections[i].offset + (rva - sample_sections[i].rva);
    return rva;
}

static inline void sample_headers(uint8_t *b)
{
    uint8_t *o = b + SAMPLE_OPTIONAL;
    put16(b, 0x5a4d);
    put32(b + 0x3c, SAMPLE_PE);
    put32(b + SAMPLE_PE, 0x4550);
    put16(b + SAMPLE_PE + 4, 0x8664);
    put16(b + SAMPLE_PE + 6, SAMPLE_SECTION_COUNT);
    put32(b + SAMPLE_PE + 8, 0x65432100);
    put16(b + SAMPLE_PE + 20, 240);
    put16(b + SAMPLE_PE + 22, 0x22);
    put16(o, 0x20b);
    put32(o + 16, 0x9000); /* entry */
    put64(o + 24, SAMPLE_BASE);
    put32(o + 32, 0x1000);
    put32(o + 36, 0x200);
    put16(o + 40, 10);
    put16(o + 48, 10);
    put32(o + 56, SAMPLE_IMAGE_SIZE);
    put32(o + 60, 0x400);
    put16(o + 68, 1); /* native */
    put16(o + 70, 0x4160);
    put64(o + 72, 0x100000);
    put64(o + 80, 0x1000);
    put64(o + 88, 0x100000);
    put64(o + 96, 0x1000);
    put32(o + 108, 16);
    for (int i = 0; i < SAMPLE_SECTION_COUNT; i++) {
        const struct sample_section *s = &sample_sections[i];
        uint8_t *h = b + SAMPLE_SECTIONS + 40 * i;
        memcpy(h, s->name, strlen(s->name));
        put32(h + 8, s->virtual_size);
        put32(h + 12, s->rva);
        put32(h + 16, s->raw_size);
        put32(h + 20, s->offset);
        put32(h + 36, s->flags);
    }
}

static inline void sample_directory(uint8_t *b, int index, uint32_t rva, uint32_t size)
{
    put32(b + SAMPLE_DIRECTORY + 8 * index, rva);
    put32(b + SAMPLE_DIRECTORY + 8 * index + 4, size);
}

static inline void sample_imports(uint8_t *b)
{
    uint8_t *r = b + 0x600; /* RVA 0x2000 */
    sample_directory(b, 1, 0x2000, 60);
    put32(r + 0, 0x2040);
    put32(r + 12, 0x20c0);
    put32(r + 16, 0x2080);
    put32(r + 20, 0x2060);
    put32(r + 32, 0x20d0);
    put32(r + 36, 0x20a0);
    put64(r + 0x40, 0x20d8);
    put64(r + 0x48, UINT64_C(0x800000000000000c));
    put64(r + 0x60, 0x20e8);
    memcpy(r + 0x80, r + 0x40, 0x30);
    memcpy(r + 0xc0, "ntoskrnl.exe", 13);
    memcpy(r + 0xd0, "hal.dll", 8);
    put16(r + 0xd8, 7);
    memcpy(r + 0xda, "DbgPrint", 9);
    put16(r + 0xe8, 1);
    memcpy(r + 0xea, "HalWork", 8);
    /* One delayed module, its table in .data. */
    sample_directory(b, 13, 0x2300, 64);
    put32(r + 0x300, 1);
    put32(r + 0x304, 0x2360);
    put32(r + 0x30c, 0x3040);
    put32(r + 0x310, 0x2340);
    put64(r + 0x340, 0x2370);
    memcpy(r + 0x360, "late.sys", 9);
    memcpy(r + 0x372, "LateCall", 9);
}

static inline void sample_exports(uint8_t *b)
{
    uint8_t *r = b + 0x600;
    sample_directory(b, 0, 0x2120, 0x98);
    put32(r + 0x120 + 12, 0x2188);
    put32(r + 0x120 + 16, 5); /* base */
    put32(r + 0x120 + 20, 4);
    put32(r + 0x120 + 24, 2);
    put32(r + 0x120 + 28, 0x2148);
    put32(r + 0x120 + 32, 0x2158);
    put32(r + 0x120 + 36, 0x2160);
    put32(r + 0x148, 0x1010);
    put32(r + 0x150, 0x2178);
    put32(r + 0x154, 0x1020);
    put32(r + 0x158, 0x2164);
    put32(r + 0x15c, 0x216a);
    put16(r + 0x160, 0);
    put16(r + 0x162, 2);
    memcpy(r + 0x164, "Alpha", 6);
    memcpy(r + 0x16a, "Forwarded", 10);
    memcpy(r + 0x178, "HAL.HalWork", 12);
    memcpy(r + 0x188, "sample.sys", 11);
}

static inline void sample_config(uint8_t *b)
{
    uint8_t *c = b + sample_offset(0x21c0);
    sample_directory(b, 10, 0x21c0, 0x98);
    put32(c, 0x98);
    put64(c + 88, SAMPLE_BASE + 0x3000);
    put64(c + 112, SAMPLE_BASE + 0x3020);
    put64(c + 128, SAMPLE_BASE + 0x23c0);
    put64(c + 136, 2);
    put32(c + 144, 0x10000500);
    uint8_t *t = b + sample_offset(0x2260);
    sample_directory(b, 9, 0x2260, 40);
    put64(t, SAMPLE_BASE + 0x3100);
    put64(t + 8, SAMPLE_BASE + 0x3110);
    put64(t + 16, SAMPLE_BASE + 0x3010);
    put64(t + 24, SAMPLE_BASE + 0x2290);
    put32(t + 32, 64);
    put32(t + 36, 0x00500000);
    put64(b + sample_offset(0x2290), SAMPLE_BASE + 0x1010);
    uint8_t *d = b + sample_offset(0x22a8);
    sample_directory(b, 6, 0x22a8, 28);
    put32(d + 12, 2);
    put32(d + 16, 24 + 10);
    put32(d + 20, 0x22d0);
    put32(d + 24, sample_offset(0x22d0));
    uint8_t *p = b + sample_offset(0x22d0);
    memcpy(p, "RSDS", 4);
    for (int i = 0; i < 16; i++)
        p[4 + i] = (uint8_t)(i + 1);
    put32(p + 20, 3);
    memcpy(p + 24, "x\\test.pdb", 10);
    p[24 + 9] = 0;
    /* Data the above points to. */
    put64(b + sample_offset(0x3000), UINT64_C(0x2b992ddfa232));
    put64(b + sample_offset(0x3008), SAMPLE_BASE + 0x1010);
}

static inline void sample_functions(uint8_t *b)
{
    static const uint32_t table[] = {0x1000, 0x1040, 0x6040, 0x1040, 0x1080,
                                     0x6060, 0x1080, 0x10c0, 0x6080};
    uint8_t *p = b + 0xc00;
    sample_directory(b, 3, 0x6000, sizeof(table));
    memcpy(p, table, sizeof(table));
    static const uint8_t plain[] = {1, 5, 2, 0, 5, 0x32, 1, 0x30}; /* sub rsp,32; push rbx */
    memcpy(p + 0x40, plain, sizeof(plain));
    p[0x60] = 1 | 4 << 3;
    memcpy(p + 0x64, p, 12);
    p[0x80] = 1 | 3 << 3;
    p[0x81] = 4;
    p[0x82] = 1;
    p[0x84] = 4;
    p[0x85] = 0x42; /* sub rsp,40 */
    put32(p + 0x88, 0x1010);
    put32(p + 0x8c, 0x77);
}

/* A version node's head; returns where its value starts. */
static inline uint32_t sample_node(uint8_t *v, uint32_t at, unsigned value_length, unsigned type,
                                   const char *key)
{
    put16(v + at + 2, value_length);
    put16(v + at + 4, type);
    uint32_t n = 0;
    for (; key[n]; n++)
        put16(v + at + 6 + 2 * n, (unsigned char)key[n]);
    return (at + 6 + 2 * n + 2 + 3) & ~3u;
}

static inline void sample_resources(uint8_t *b)
{
    uint8_t *r = b + 0xe00;
    sample_directory(b, 2, 0x7000, 0x400);
    put16(r + 14, 1); /* type 16 */
    put32(r + 16, 16);
    put32(r + 20, 0x80000018);
    put16(r + 0x18 + 12, 1); /* a named one before number 1 */
    put16(r + 0x18 + 14, 1);
    put32(r + 0x28, 0x80000090);
    put32(r + 0x2c, 0x80000060);
    put32(r + 0x30, 1);
    put32(r + 0x34, 0x80000040);
    put16(r + 0x40 + 14, 1);
    put32(r + 0x50, 0x409);
    put32(r + 0x54, 0x80);
    put16(r + 0x60 + 14, 1);
    put32(r + 0x70, 0x407);
    put32(r + 0x74, 0x80);
    put32(r + 0x80, 0x7100);
    put32(r + 0x84, 0x180);
    put32(r + 0x88, 1252);
    put16(r + 0x90, 3);
    put16(r + 0x92, 'A');
    put16(r + 0x94, 'b');
    put16(r + 0x96, 'c');

    uint8_t *v = r + 0x100;
    uint32_t at = sample_node(v, 0, 52, 0, "VS_VERSION_INFO");
    put32(v + at, 0xfeef04bd);
    put32(v + at + 8, 0x000a0000);
    put32(v + at + 12, 0x4a610001);
    put32(v + at + 16, 0x00010002);
    put32(v + at + 24, 0x3f);
    put32(v + at + 28, 1);
    put32(v + at + 36, 3);
    uint32_t info = at + 52;
    uint32_t table = sample_node(v, info, 0, 1, "StringFileInfo");
    uint32_t first = sample_node(v, table, 0, 1, "040904B0");
    uint32_t value = sample_node(v, first, 3, 1, "CompanyName");
    put16(v + value, 'C');
    put16(v + value + 2, 'o');
    put16(v + first, value + 6 - first);
    uint32_t second = (value + 6 + 3) & ~3u;
    value = sample_node(v, second, 5, 1, "FileVersion");
    for (uint32_t i = 0; i < 4; i++)
        put16(v + value + 2 * i, (unsigned char)"10.0"[i]);
    uint32_t end = value + 10;
    put16(v + second, end - second);
    put16(v + table, end - table);
    put16(v + info, end - info);
    put16(v, end);
}

static inline void sample_relocations(uint8_t *b)
{
    uint8_t *r = b + 0x1200;
    sample_directory(b, 5, 0x8000, 0x2c);
    put32(r, 0x2000);
    put32(r + 4, 0x20);
    static const uint16_t tables[] = {0xa218, 0xa230, 0xa240, 0xa260, 0xa268, 0xa270,
                                      0xa278, 0xa290, 0x0000, 0x0000, 0x0000, 0x0000};
    memcpy(r + 8, tables, sizeof(tables));
    put32(r + 0x20, 0x3000);
    put32(r + 0x24, 0x0c);
    put16(r + 0x28, 0xa008);
    put16(r + 0x2a, 0x3018); /* HIGHLOW */
}

/* The whole file in a fresh buffer of exactly its size, so that a sanitizer sees its end. */
static inline uint8_t *sample_create(void)
{
    uint8_t *b = calloc(1, SAMPLE_SIZE);
    sample_headers(b);
    memset(b + 0x400, 0xcc, 0x200);
    sample_imports(b);
    sample_exports(b);
    sample_config(b);
    sample_functions(b);
    sample_resources(b);
    sample_relocations(b);
    sample_directory(b, 4, 0x1800, 0x20);
    put32(b + 0x1800, 0x20);
    put16(b + 0x1804, 0x200);
    put16(b + 0x1806, 2);
    return b;
}
