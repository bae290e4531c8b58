/* SPDX-License-Identifier: MIT */
/* hive_read.c - keys and values of a hive file, looked up in its bytes.
 *
 * Every offset is checked against the cell that it leads to, and every cell against the file,
 * before anything is read there.
 */
#include <errno.h>

#include "hive_internal.h"
#include "regfile/hive.h"

/* What a cell that is in use holds; at least `least` bytes. */
static const uint8_t *cell_find(const struct hive *hive, uint32_t cell, uint32_t least,
                                uint32_t *out_length)
{
    if (cell % 4 || cell > hive->length - 4)
        return NULL;
    int32_t size = (int32_t)hive_get32(hive->bins + cell);
    if (size >= 0 || size == INT32_MIN)
        return NULL;
    uint32_t length = (uint32_t)-size;
    if (length < 4 + least || length > hive->length - cell)
        return NULL;
    if (out_length)
        *out_length = length - 4;
    return hive->bins + cell + 4;
}

int hive_open(const void *bytes, size_t length, struct hive *out_hive)
{
    const uint8_t *base = bytes;
    if (length < HIVE_BASE_BYTES + HIVE_BIN_BYTES || memcmp(base, "regf", 4) != 0 ||
        hive_get32(base + BASE_SUM) != hive_sum(base))
        return EINVAL;
    uint32_t bins = hive_get32(base + BASE_LENGTH);
    if (hive_get32(base + BASE_MAJOR) != 1 || hive_get32(base + BASE_MINOR) < 3 ||
        hive_get32(base + BASE_MINOR) > 6 || hive_get32(base + BASE_TYPE) != 0 ||
        bins < HIVE_BIN_BYTES || bins > length - HIVE_BASE_BYTES || bins > INT32_MAX ||
        memcmp(base + HIVE_BASE_BYTES, "hbin", 4) != 0)
        return EINVAL;
    *out_hive = (struct hive){
        .bins = base + HIVE_BASE_BYTES,
        .length = bins,
        .root = hive_get32(base + BASE_ROOT),
        .is_whole = hive_get32(base + BASE_SEQUENCE) == hive_get32(base + BASE_SEQUENCE_END),
    };
    return 0;
}

uint32_t hive_sequence(const void *bytes, size_t length)
{
    const uint8_t *base = bytes;
    return length >= HIVE_BASE_BYTES && memcmp(base, "regf", 4) == 0
               ? hive_get32(base + BASE_SEQUENCE)
               : 0;
}

uint32_t hive_key_limit(const struct hive *hive)
{
    return hive->length / (4 + NK_NAME) + 1;
}

static int key_security_read(const struct hive *hive, uint32_t cell, struct hive_key *key)
{
    uint32_t room;
    if (cell == HIVE_NOWHERE)
        return 0;
    const uint8_t *sk = cell_find(hive, cell, SK_BYTES, &room);
    if (!sk || memcmp(sk, "sk", 2) != 0 || hive_get32(sk + SK_LENGTH) > room - SK_BYTES)
        return EINVAL;
    key->security = sk + SK_BYTES;
    key->security_bytes = hive_get32(sk + SK_LENGTH);
    return 0;
}

int hive_key_read(const struct hive *hive, uint32_t cell, struct hive_key *out_key)
{
    uint32_t room;
    const uint8_t *nk = cell_find(hive, cell, NK_NAME, &room);
    if (!nk || memcmp(nk, "nk", 2) != 0)
        return EINVAL;
    uint32_t flags = hive_get16(nk + NK_FLAGS), name = hive_get16(nk + NK_NAME_LENGTH);
    bool is_narrow = flags & NK_IS_NARROW;
    if (name > room - NK_NAME || (!is_narrow && name % 2))
        return EINVAL;
    *out_key = (struct hive_key){
        .name = {nk + NK_NAME, name, is_narrow},
        .flags = flags & HIVE_KEY_LINK,
        .child_count = hive_get32(nk + NK_CHILD_COUNT),
        .value_count = hive_get32(nk + NK_VALUE_COUNT),
        .child_list = hive_get32(nk + NK_CHILDREN),
        .value_list = hive_get32(nk + NK_VALUES),
    };
    memcpy(&out_key->time_100ns, nk + NK_TIME, sizeof out_key->time_100ns);
    uint32_t class_bytes = hive_get16(nk + NK_CLASS_LENGTH);
    if (class_bytes && hive_get32(nk + NK_CLASS) != HIVE_NOWHERE) {
        const uint8_t *class_name = cell_find(hive, hive_get32(nk + NK_CLASS), class_bytes, NULL);
        if (!class_name || class_bytes % 2)
            return EINVAL;
        out_key->class_name = (struct hive_text){class_name, class_bytes, false};
    }
    return key_security_read(hive, hive_get32(nk + NK_SECURITY), out_key);
}

/* A list of keys itself: "lf" and "lh" have a hint beside each cell, "li" has none. */
static int list_find(const struct hive *hive, const uint8_t *list, uint32_t room, uint32_t index,
                     uint32_t *out_cell)
{
    uint32_t step = memcmp(list, "li", 2) == 0 ? 4 : 8;
    if (step == 8 && memcmp(list, "lf", 2) != 0 && memcmp(list, "lh", 2) != 0)
        return EINVAL;
    if (index >= hive_get16(list + 2) || (uint64_t)(index + 1) * step > room - 4)
        return EINVAL;
    *out_cell = hive_get32(list + 4 + index * step);
    return 0;
}

int hive_child_find(const struct hive *hive, const struct hive_key *key, uint32_t index,
                    uint32_t *out_cell)
{
    uint32_t room;
    const uint8_t *list = cell_find(hive, key->child_list, 4, &room);
    if (!list)
        return EINVAL;
    if (memcmp(list, "ri", 2) != 0)
        return list_find(hive, list, room, index, out_cell);
    uint32_t lists = hive_get16(list + 2);
    if (lists > (room - 4) / 4)
        return EINVAL;
    for (uint32_t i = 0; i < lists; i++) {
        uint32_t below_room;
        const uint8_t *below = cell_find(hive, hive_get32(list + 4 + 4 * i), 4, &below_room);
        if (!below)
            return EINVAL;
        if (index < hive_get16(below + 2))
            return list_find(hive, below, below_room, index, out_cell);
        index -= hive_get16(below + 2);
    }
    return EINVAL;
}

int hive_value_read(const struct hive *hive, const struct hive_key *key, uint32_t index,
                    struct hive_value *out_value)
{
    uint32_t room;
    const uint8_t *list = cell_find(hive, key->value_list, 4, &room);
    if (!list || index >= room / 4)
        return EINVAL;
    const uint8_t *vk = cell_find(hive, hive_get32(list + 4 * index), VK_NAME, &room);
    if (!vk || memcmp(vk, "vk", 2) != 0 || hive_get16(vk + VK_NAME_LENGTH) > room - VK_NAME)
        return EINVAL;
    uint32_t length = hive_get32(vk + VK_LENGTH), data = hive_get32(vk + VK_DATA);
    *out_value = (struct hive_value){
        .name = {vk + VK_NAME, hive_get16(vk + VK_NAME_LENGTH), hive_get16(vk + VK_FLAGS) & 1},
        .type = hive_get32(vk + VK_TYPE),
        .length_bytes = length & ~HIVE_INLINE,
    };
    if (!out_value->name.is_narrow && out_value->name.length_bytes % 2)
        return EINVAL;
    if (length & HIVE_INLINE) {
        out_value->bytes = vk + VK_DATA;
        return out_value->length_bytes <= 4 ? 0 : EINVAL;
    }
    if (length == 0)
        return 0;
    const uint8_t *bytes = cell_find(hive, data, 0, &room);
    if (!bytes || length > hive->length)
        return EINVAL;
    if (length > HIVE_PIECE_MAX && room >= 8 && memcmp(bytes, "db", 2) == 0)
        out_value->pieces = data;
    else if (length <= room)
        out_value->bytes = bytes;
    else
        return EINVAL;
    return 0;
}

int hive_value_copy(const struct hive *hive, const struct hive_value *value, void *out_bytes)
{
    uint8_t *to = out_bytes;
    uint32_t left = value->length_bytes, room;
    if (left == 0 || value->bytes) {
        if (left)
            memcpy(to, value->bytes, left);
        return 0;
    }
    const uint8_t *pieces = cell_find(hive, value->pieces, 8, NULL);
    uint32_t count = pieces ? hive_get16(pieces + DB_COUNT) : 0;
    const uint8_t *list =
        pieces ? cell_find(hive, hive_get32(pieces + DB_LIST), count * 4, NULL) : NULL;
    for (uint32_t i = 0; list && i < count && left > 0; i++) {
        uint32_t part = left < HIVE_PIECE_MAX ? left : HIVE_PIECE_MAX;
        const uint8_t *piece = cell_find(hive, hive_get32(list + 4 * i), part, &room);
        if (!piece)
            return EINVAL;
        memcpy(to, piece, part);
        to += part;
        left -= part;
    }
    return left == 0 ? 0 : EINVAL;
}

uint32_t hive_text_widen(const struct hive_text *text, uint16_t *out_wide)
{
    uint32_t count = text->is_narrow ? text->length_bytes : text->length_bytes / 2;
    for (uint32_t i = 0; i < count && out_wide; i++)
        out_wide[i] = text->is_narrow ? text->bytes[i] : hive_get16(text->bytes + 2 * i);
    return count;
}
