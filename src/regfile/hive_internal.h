/* SPDX-License-Identifier: MIT */
/* hive_internal.h - offsets of the public layout of hive files, for reader and writer. */
#ifndef HIVE_INTERNAL_H
#define HIVE_INTERNAL_H

#include <stdint.h>
#include <string.h>

#define HIVE_NOWHERE   0xffffffffu
#define HIVE_BIN_BYTES 4096u
#define HIVE_PIECE_MAX 16344u /* bytes of a value in one cell */
#define HIVE_LIST_MAX  1012u  /* keys in one list; more are several lists */
#define HIVE_INLINE    0x80000000u

/* The base block. */
enum {
    BASE_SEQUENCE = 4,
    BASE_SEQUENCE_END = 8,
    BASE_TIME = 12,
    BASE_MAJOR = 20,
    BASE_MINOR = 24,
    BASE_TYPE = 28,
    BASE_FORMAT = 32,
    BASE_ROOT = 36,
    BASE_LENGTH = 40,
    BASE_CLUSTER = 44,
    BASE_SUM = 508,
};
/* A key, from behind the size of its cell. */
enum {
    NK_FLAGS = 2,
    NK_TIME = 4,
    NK_PARENT = 16,
    NK_CHILD_COUNT = 20,
    NK_CHILDREN = 28,
    NK_VOLATILE_CHILDREN = 32,
    NK_VALUE_COUNT = 36,
    NK_VALUES = 40,
    NK_SECURITY = 44,
    NK_CLASS = 48,
    NK_MAX_NAME = 52,
    NK_MAX_CLASS = 56,
    NK_MAX_VALUE_NAME = 60,
    NK_MAX_VALUE_DATA = 64,
    NK_NAME_LENGTH = 72,
    NK_CLASS_LENGTH = 74,
    NK_NAME = 76,
};
enum { NK_IS_ROOT = 4, NK_IS_KEPT = 8, NK_IS_NARROW = 0x20 };
enum { VK_NAME_LENGTH = 2, VK_LENGTH = 4, VK_DATA = 8, VK_TYPE = 12, VK_FLAGS = 16, VK_NAME = 20 };
enum { SK_NEXT = 4, SK_BEFORE = 8, SK_REFERENCES = 12, SK_LENGTH = 16, SK_BYTES = 20 };
enum { DB_COUNT = 2, DB_LIST = 4, DB_BYTES = 12 };

static inline uint16_t hive_get16(const uint8_t *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint32_t hive_get32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline void hive_put16(uint8_t *at, uint32_t value)
{
    uint16_t low = (uint16_t)value;
    memcpy(at, &low, sizeof low);
}

static inline void hive_put32(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, sizeof value);
}

static inline uint32_t hive_sum(const uint8_t *base)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < BASE_SUM; i += 4)
        sum ^= hive_get32(base + i);
    return sum == 0 ? 1 : sum == HIVE_NOWHERE ? HIVE_NOWHERE - 1 : sum;
}

#endif
