/* SPDX-License-Identifier: MIT */
/* reg_hive.c - real hive files: a key of a machine into one, one into a key, through hivex.
 *
 * hivex changes hives, it makes none: saving begins with the smallest one there is, a root key
 * and its descriptor, and fills it. A name that is no text in UTF-8 cannot be in such a file.
 */
#include "reg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hivex.h>

#define PAGE       4096
#define NOWHERE    0xffffffffu
#define ROOT_CELL  0x20
#define ROOT_BYTES 0x58
#define SK_CELL    (ROOT_CELL + ROOT_BYTES)
#define SK_BYTES   0x48
#define FREE_CELL  (SK_CELL + SK_BYTES)
#define NK_FLAGS   0x2c /* the root; not to be deleted; the name is one byte a character */
#define DEPTH_MAX  512

static void put16(uint8_t *at, uint16_t value)
{
    memcpy(at, &value, sizeof value);
}

static void put32(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, sizeof value);
}

static void put_cell(uint8_t *bin, uint32_t offset, uint32_t bytes, bool is_used)
{
    put32(bin + offset, is_used ? 0u - bytes : bytes);
}

/* The public layout of a version 1.3 hive: base block, one bin, root key, security. */
static void hive_empty(uint8_t *out_hive)
{
    /* Everybody may do everything: self-relative, a DACL of one entry for S-1-1-0. */
    static const uint8_t descriptor[] = {1,    0, 4,   0x80, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0,  0,
                                         20,   0, 0,   0,    2, 0, 28, 0, 1, 0, 0, 0, 0, 2, 20, 0,
                                         0x3f, 0, 0xf, 0,    1, 1, 0,  0, 0, 0, 0, 1, 0, 0, 0,  0};
    uint8_t *bin = out_hive + PAGE, *root = bin + ROOT_CELL + 4, *security = bin + SK_CELL + 4;
    memset(out_hive, 0, 2 * PAGE);
    memcpy(out_hive, "regf", 4);
    put32(out_hive + 4, 1);
    put32(out_hive + 8, 1);
    put32(out_hive + 20, 1); /* version 1.3 */
    put32(out_hive + 24, 3);
    put32(out_hive + 32, 1);
    put32(out_hive + 36, ROOT_CELL);
    put32(out_hive + 40, PAGE);
    put32(out_hive + 44, 1);
    uint32_t sum = 0;
    for (unsigned i = 0; i < 127; i++) {
        uint32_t word;
        memcpy(&word, out_hive + 4 * i, sizeof word);
        sum ^= word;
    }
    put32(out_hive + 508, sum);
    memcpy(bin, "hbin", 4);
    put32(bin + 8, PAGE);
    put_cell(bin, ROOT_CELL, ROOT_BYTES, true);
    memcpy(root, "nk", 2);
    put16(root + 2, NK_FLAGS);
    put32(root + 16, NOWHERE);
    put32(root + 28, NOWHERE);
    put32(root + 32, NOWHERE);
    put32(root + 40, NOWHERE);
    put32(root + 44, SK_CELL);
    put32(root + 48, NOWHERE);
    put16(root + 72, 4);
    memcpy(root + 76, "ROOT", 4);
    put_cell(bin, SK_CELL, SK_BYTES, true);
    memcpy(security, "sk", 2);
    put32(security + 4, SK_CELL);
    put32(security + 8, SK_CELL);
    put32(security + 12, 1);
    put32(security + 16, sizeof descriptor);
    memcpy(security + 20, descriptor, sizeof descriptor);
    put_cell(bin, FREE_CELL, PAGE - FREE_CELL, false);
}

/* ---- saving
 * ------------------------------------------------------------------------------------------ */

/* The node of a path below the root, made where it is missing; 0: errno. */
static hive_node_h node_of(hive_h *hive, const uint16_t *path, size_t count)
{
    hive_node_h node = hivex_root(hive);
    for (size_t at = 0; node && at < count;) {
        size_t from = at + (path[at] == '\\'), to = from;
        while (to < count && path[to] != '\\')
            to++;
        char *name = reg_utf8(path + from, to - from);
        hive_node_h child = name ? hivex_node_get_child(hive, node, name) : 0;
        if (!child && name)
            child = hivex_node_add_child(hive, node, name);
        free(name);
        node = child;
        at = to;
    }
    return node;
}

static int values_save(hive_h *hive, hive_node_h node, const struct reg_key *key)
{
    hive_set_value *values = calloc(key->value_count + 1, sizeof *values);
    int result = values ? 0 : -1;
    for (uint32_t i = 0; i < key->value_count && values; i++) {
        values[i] = (hive_set_value){
            .key = reg_utf8(key->values[i].name, key->values[i].name_count),
            .t = (hive_type)key->values[i].type,
            .len = key->values[i].length,
            .value = (char *)(uintptr_t)key->values[i].data,
        };
        result |= values[i].key ? 0 : -1;
    }
    if (!result && key->value_count)
        result = hivex_node_set_values(hive, node, key->value_count, values, 0);
    for (uint32_t i = 0; i < key->value_count && values; i++)
        free(values[i].key);
    free(values);
    return result;
}

static int empty_write(const char *path)
{
    static uint8_t empty[2 * PAGE];
    hive_empty(empty);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0)
        return -1;
    bool is_written = write(file, empty, sizeof empty) == (ssize_t)sizeof empty;
    return close(file) || !is_written ? -1 : 0;
}

int reg_hive_save(const struct reg_words *words)
{
    const char *path = words->places[1];
    struct reg_file file;
    int result = reg_read(words, words->places[0], REG_DEPTH_ALL, &file);
    if (result)
        return result;
    size_t root = file.keys[0].path_count;
    hive_h *hive = empty_write(path) ? NULL : hivex_open(path, HIVEX_OPEN_WRITE);
    bool is_good = hive != NULL;
    for (uint32_t i = 0; i < file.key_count && is_good; i++) {
        const struct reg_key *key = &file.keys[i];
        hive_node_h node = node_of(hive, key->path + root, key->path_count - root);
        is_good = node && !values_save(hive, node, key);
    }
    is_good = is_good && !hivex_commit(hive, NULL, 0);
    int error = errno;
    if (hive)
        hivex_close(hive);
    regfile_free(&file);
    return is_good ? reg_done() : reg_fail("cannot write the hive %s: %s", path, strerror(error));
}

/* ---- loading
 * ------------------------------------------------------------------------------------------ */

struct loading {
    hive_h *hive;
    struct reg_text text;
    uint16_t path[32768];
    const char *wrong;
};

static void value_load(struct loading *loading, hive_value_h handle)
{
    hive_type type;
    size_t length;
    char *data = hivex_value_value(loading->hive, handle, &type, &length);
    char *name = hivex_value_key(loading->hive, handle);
    uint16_t *wide = name ? malloc((strlen(name) + 1) * sizeof *wide) : NULL;
    if (data && wide) {
        struct reg_value value = {.name = wide,
                                  .name_count = (uint32_t)regfile_widen(name, wide),
                                  .type = (uint32_t)type,
                                  .data = (const uint8_t *)data,
                                  .length = (uint32_t)length};
        regfile_value(&loading->text, &value);
    } else {
        loading->wrong = "a value of it cannot be read";
    }
    free(data);
    free(name);
    free(wide);
}

static void node_load(struct loading *loading, hive_node_h node, size_t count, unsigned depth)
{
    regfile_key(&loading->text, loading->path, count, false);
    hive_value_h *values = hivex_node_values(loading->hive, node);
    for (size_t i = 0; values && values[i] && !loading->wrong; i++)
        value_load(loading, values[i]);
    free(values);
    hive_node_h *children = hivex_node_children(loading->hive, node);
    if (!values || !children || depth == DEPTH_MAX)
        loading->wrong = "a key of it cannot be read";
    for (size_t i = 0; children && children[i] && !loading->wrong; i++) {
        char *name = hivex_node_name(loading->hive, children[i]);
        if (!name || count + 2 + strlen(name) >= sizeof loading->path / sizeof *loading->path) {
            loading->wrong = "the name of a key cannot be read";
        } else {
            loading->path[count] = '\\';
            size_t more = regfile_widen(name, loading->path + count + 1);
            node_load(loading, children[i], count + 1 + more, depth + 1);
        }
        free(name);
    }
    free(children);
}

int reg_hive_load(const struct reg_words *words, bool replace)
{
    static struct loading loading;
    const char *path = words->places[1];
    loading.wrong = NULL;
    loading.hive = hivex_open(path, 0);
    if (!loading.hive)
        return reg_fail("cannot read the hive %s: %s", path,
                        errno == ENOTSUP || errno == EINVAL ? "it is no hive" : strerror(errno));
    size_t count = regfile_widen(words->places[0], loading.path);
    regfile_begin(&loading.text);
    if (replace)
        regfile_key(&loading.text, loading.path, count, true);
    node_load(&loading, hivex_root(loading.hive), count, 0);
    hivex_close(loading.hive);
    int result = loading.wrong ? reg_fail("%s is damaged: %s", path, loading.wrong)
                               : reg_send(words, &loading.text);
    regfile_text_free(&loading.text);
    return result ? result : reg_done();
}
