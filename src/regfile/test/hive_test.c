/* SPDX-License-Identifier: MIT */
/* hive_test.c - a tree that is written as a hive is read back the same; damaged bytes are survived.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "regfile/hive.h"

static uint32_t seed = 1807;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static uint16_t same(uint16_t character)
{
    return character;
}

/* What value `index` of a key holds follows from the two numbers. */
static uint32_t value_length(uint32_t key, uint32_t index)
{
    static const uint32_t lengths[] = {0, 1, 4, 5, 100, 16343, 16344, 16345, 70000};
    return lengths[(key * 7 + index * 3) % 9];
}

static uint8_t value_byte(uint32_t key, uint32_t index, uint32_t at)
{
    return (uint8_t)(key * 31 + index * 17 + at * 5 + (at >> 8));
}

struct plan {
    uint32_t children, values; /* of each key of this depth */
};

static uint32_t keys_made;

static void value_make(struct hive_writer *writer, uint32_t cell, uint32_t key, uint32_t index)
{
    static uint8_t bytes[70000];
    uint16_t name[3] = {'v', (uint16_t)('0' + index), 0x416};
    uint32_t length = value_length(key, index);
    for (uint32_t i = 0; i < length; i++)
        bytes[i] = value_byte(key, index, i);
    hive_value_add(writer, cell, index, name, index % 2 ? 3 : 2, 3, bytes, length);
}

static uint32_t key_make(struct hive_writer *writer, const struct plan *plan, uint32_t parent,
                         uint32_t index)
{
    uint16_t name[4] = {0x4e00, (uint16_t)('a' + index / 676), (uint16_t)('a' + index / 26 % 26),
                        (uint16_t)('a' + index % 26)};
    uint32_t number = keys_made++;
    static const uint8_t security[24] = {1};
    struct hive_new_key key = {.name = name + number % 2,
                               .name_count = 4 - number % 2,
                               .class_name = name,
                               .class_count = number % 3,
                               .parent = parent,
                               .flags = number % 5 == 4 ? HIVE_KEY_LINK : 0,
                               .time_100ns = number,
                               .security = security,
                               .security_bytes = 20 + number % 5,
                               .child_count = plan->children,
                               .value_count = plan->values};
    uint32_t cell = parent ? hive_child_add(writer, &key, index) : hive_root_add(writer, &key);
    for (uint32_t i = 0; i < plan->values; i++)
        value_make(writer, cell, number, i);
    for (uint32_t i = 0; i < plan->children; i++)
        key_make(writer, plan + 1, cell, i);
    return cell;
}

static uint32_t keys_seen;

static void value_check(const struct hive *hive, const struct hive_key *key, uint32_t number,
                        uint32_t index)
{
    struct hive_value value;
    uint16_t name[8];
    assert_int_equal(hive_value_read(hive, key, index, &value), 0);
    assert_int_equal(hive_text_widen(&value.name, name), index % 2 ? 3 : 2);
    assert_int_equal(name[1], '0' + index);
    assert_int_equal(value.type, 3);
    assert_int_equal(value.length_bytes, value_length(number, index));
    uint8_t *bytes = malloc(value.length_bytes + 1u);
    assert_int_equal(hive_value_copy(hive, &value, bytes), 0);
    for (uint32_t i = 0; i < value.length_bytes; i++)
        assert_int_equal(bytes[i], value_byte(number, index, i));
    free(bytes);
}

static void key_check(const struct hive *hive, const struct plan *plan, uint32_t cell)
{
    struct hive_key key;
    uint32_t number = keys_seen++, child;
    assert_int_equal(hive_key_read(hive, cell, &key), 0);
    assert_int_equal(hive_text_widen(&key.name, NULL), 4 - number % 2);
    assert_int_equal(key.class_name.length_bytes, 2 * (number % 3));
    assert_int_equal(key.time_100ns, number);
    assert_int_equal(key.flags, number % 5 == 4 ? HIVE_KEY_LINK : 0);
    assert_int_equal(key.security_bytes, 20 + number % 5);
    assert_int_equal(key.child_count, plan->children);
    assert_int_equal(key.value_count, plan->values);
    for (uint32_t i = 0; i < plan->values; i++)
        value_check(hive, &key, number, i);
    for (uint32_t i = 0; i < plan->children; i++) {
        assert_int_equal(hive_child_find(hive, &key, i, &child), 0);
        key_check(hive, plan + 1, child);
    }
    assert_int_not_equal(hive_child_find(hive, &key, plan->children, &child), 0);
}

static void hive_make(const struct plan *plan, struct hive_writer *writer)
{
    keys_made = 0;
    hive_begin(writer, same);
    uint32_t root = key_make(writer, plan, 0, 0);
    assert_int_equal(hive_finish(writer, root, 7, 1), 0);
    assert_int_equal(writer->used % 4096, 0);
}

static void what_is_written_is_read(void **state)
{
    static const struct plan small[] = {{3, 9}, {2, 4}, {0, 1}}, wide[] = {{2600, 0}, {0, 0}},
                             bare[] = {{0, 0}};
    const struct plan *plans[] = {small, wide, bare};
    for (unsigned i = 0; i < 3; i++) {
        struct hive_writer writer;
        struct hive hive;
        hive_make(plans[i], &writer);
        assert_int_equal(hive_open(writer.bytes, writer.used, &hive), 0);
        assert_true(hive.is_whole);
        assert_int_equal(hive_sequence(writer.bytes, writer.used), 7);
        keys_seen = 0;
        key_check(&hive, plans[i], hive.root);
        assert_int_equal(keys_seen, keys_made);
        assert_true(keys_made <= hive_key_limit(&hive));
        hive_mark_unfinished(writer.bytes);
        assert_int_equal(hive_open(writer.bytes, writer.used, &hive), 0);
        assert_false(hive.is_whole);
        hive_writer_free(&writer);
    }
}

/* Reads all it can; whatever it is told, it stays within the bytes (sanitized builds see that). */
static unsigned everything_read(const struct hive *hive, uint32_t cell, unsigned depth,
                                uint32_t *keys_left)
{
    struct hive_key key;
    unsigned seen = 0;
    if (depth > HIVE_DEPTH_MAX || *keys_left == 0 || hive_key_read(hive, cell, &key))
        return 0;
    (*keys_left)--;
    for (uint32_t i = 0; i < key.value_count && i < 1000; i++) {
        struct hive_value value;
        if (hive_value_read(hive, &key, i, &value))
            break;
        uint8_t *bytes = malloc(value.length_bytes + 1u);
        seen += !hive_value_copy(hive, &value, bytes);
        free(bytes);
    }
    for (uint32_t i = 0; i < key.child_count && *keys_left; i++) {
        uint32_t child;
        if (hive_child_find(hive, &key, i, &child))
            break;
        seen += everything_read(hive, child, depth + 1, keys_left);
    }
    return seen + 1;
}

static void damaged_bytes_are_survived(void **state)
{
    static const struct plan plan[] = {{6, 5}, {3, 3}, {0, 2}};
    struct hive_writer writer;
    struct hive hive;
    unsigned refused = 0;
    hive_make(plan, &writer);
    uint8_t *damaged = malloc(writer.used);
    for (unsigned round = 0; round < 3000; round++) {
        memcpy(damaged, writer.bytes, writer.used);
        for (unsigned i = 0; i <= draw(4); i++) {
            /* Most of the file is the bytes of large values: damage what leads to them. */
            size_t at = 4096 + draw(draw(2) ? 8192 : (uint32_t)writer.used - 4096);
            damaged[at] = draw(2) ? (uint8_t)draw(256) : (uint8_t)(damaged[at] ^ 1u << draw(8));
        }
        size_t length = draw(8) ? writer.used : 4096 + draw((uint32_t)writer.used - 4096);
        if (hive_open(damaged, length, &hive)) {
            refused++;
            continue;
        }
        uint32_t keys_left = hive_key_limit(&hive);
        everything_read(&hive, hive.root, 0, &keys_left);
    }
    assert_in_range(refused, 1, 2999);
    assert_int_equal(hive_open(damaged, 100, &hive), EINVAL);
    free(damaged);
    hive_writer_free(&writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(damaged_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
