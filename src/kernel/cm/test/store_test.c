/* SPDX-License-Identifier: MIT */
/* store_test.c - a registry that is kept: what comes back, when it is written, what is refused. */
#include "store_test.h"

#include <errno.h>
#include <sqlite3.h>
#include <sys/file.h>

#define ROOT "\\Registry\\Machine\\Software\\Cove"

static const struct {
    ULONG type;
    const char *bytes;
    ULONG length;
} samples[] = {
    {REG_NONE, "", 0},
    {REG_SZ, "a\0b\0\0\0", 6},
    {REG_EXPAND_SZ, "%\0x\0%\0\0\0", 8},
    {REG_BINARY, "\0\1\2\xff", 4},
    {REG_DWORD, "\1\2\3\4", 4},
    {REG_DWORD_BIG_ENDIAN, "\4\3\2\1", 4},
    {REG_LINK, "\\\0", 2},
    {REG_MULTI_SZ, "a\0\0\0b\0\0\0\0\0", 10},
    {REG_RESOURCE_LIST, "\0\0\0\0", 4},
    {REG_FULL_RESOURCE_DESCRIPTOR, "abc", 3},
    {REG_RESOURCE_REQUIREMENTS_LIST, "x", 1},
    {REG_QWORD, "\1\2\3\4\5\6\7\10", 8},
    {0xffff0012, "own type", 8},
};

static void values_put(void *key)
{
    for (unsigned i = 0; i < sizeof samples / sizeof *samples; i++) {
        WCHAR text[] = {'v', (WCHAR)('a' + i), 0};
        UNICODE_STRING name = {4, 6, text};
        assert_int_equal(
            cm_value_set(key, &name, samples[i].type, samples[i].bytes, samples[i].length),
            STATUS_SUCCESS);
    }
}

static void values_check(void *key)
{
    for (unsigned i = 0; i < sizeof samples / sizeof *samples; i++) {
        WCHAR text[] = {'v', (WCHAR)('a' + i), 0};
        UNICODE_STRING name = {4, 6, text};
        ULONG type, length;
        void *data;
        assert_int_equal(cm_value_get(key, &name, &type, &data, &length), STATUS_SUCCESS);
        assert_int_equal(type, samples[i].type);
        assert_int_equal(length, samples[i].length);
        assert_memory_equal(data, samples[i].bytes, length);
        ExFreePool(data);
    }
}

static int64_t time_of(void *key)
{
    char buffer[256];
    ULONG length;
    assert_int_equal(cm_key_query(key, KeyBasicInformation, buffer, sizeof buffer, &length),
                     STATUS_SUCCESS);
    return ((KEY_BASIC_INFORMATION *)buffer)->LastWriteTime.QuadPart;
}

static void everything_comes_back(void **state)
{
    /* A name that no conversion of text survives: a mark of order, half a pair, a zero. */
    WCHAR odd_text[] = {0xfeff, 0xd800, 0, 'x'};
    UNICODE_STRING odd = {sizeof odd_text, sizeof odd_text, odd_text};
    static const WCHAR target[] = L"\\Registry\\Machine\\Software\\Cove";
    machine_boot(state_folder);
    void *key = key_new(NAME(ROOT)), *sub = key_new(NAME(ROOT "\\SubKey")), *link, *gone;
    values_put(key);
    number_set(sub, &odd, 5);
    number_set(sub, NULL, 6);
    assert_int_equal(cm_key_class_set(sub, NAME("A Class")), STATUS_SUCCESS);
    assert_int_equal(cm_key_time_set(sub, (LARGE_INTEGER){.QuadPart = 12345}), STATUS_SUCCESS);
    assert_int_equal(key_open(NAME(ROOT "\\Link"), true, REG_OPTION_CREATE_LINK, 0, &link),
                     STATUS_SUCCESS);
    assert_int_equal(cm_value_set(link, NAME("SymbolicLinkValue"), REG_LINK, target,
                                  sizeof target - sizeof(WCHAR)),
                     STATUS_SUCCESS);
    assert_int_equal(key_open(NAME(ROOT "\\Gone"), true, REG_OPTION_VOLATILE, 0, &gone),
                     STATUS_SUCCESS);
    number_set(gone, NAME("n"), 1);
    ob_dereference(key);
    ob_dereference(sub);
    ob_dereference(link);
    ob_dereference(gone);
    machine_halt();

    machine_boot(state_folder);
    key = key_old(NAME("\\registry\\machine\\software\\COVE"));
    values_check(key);
    sub = key_old(NAME(ROOT "\\subkey"));
    assert_int_equal(number_get(sub, &odd), 5);
    assert_int_equal(number_get(sub, NULL), 6);
    assert_int_equal(time_of(sub), 12345);
    char buffer[256];
    ULONG length;
    assert_int_equal(cm_key_query(sub, KeyNodeInformation, buffer, sizeof buffer, &length),
                     STATUS_SUCCESS);
    KEY_NODE_INFORMATION *node = (KEY_NODE_INFORMATION *)buffer;
    assert_memory_equal(node->Name, L"SubKey", node->NameLength); /* the case, too */
    assert_memory_equal(buffer + node->ClassOffset, L"A Class", node->ClassLength);
    ob_dereference(sub);
    ob_dereference(key);
    sub = NULL;
    assert_int_equal(key_open(NAME(ROOT "\\Link\\SubKey"), false, 0, 0, &sub), STATUS_SUCCESS);
    ob_dereference(sub);
    assert_false(key_exists(NAME(ROOT "\\Gone")));
    machine_halt();
}

/* A descriptor that denies nobody anything, and a damaged one in the file. */
static void descriptors_come_back(void **state)
{
    SECURITY_DESCRIPTOR descriptor;
    char buffer[256];
    ULONG length = sizeof buffer;
    machine_boot(state_folder);
    void *key = key_new(NAME(ROOT "\\Guarded"));
    assert_int_equal(RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION),
                     STATUS_SUCCESS);
    assert_int_equal(RtlSetDaclSecurityDescriptor(&descriptor, TRUE, NULL, FALSE), STATUS_SUCCESS);
    assert_int_equal(cm_key_security_set(key, DACL_SECURITY_INFORMATION, &descriptor),
                     STATUS_SUCCESS);
    ob_dereference(key);
    machine_halt();

    machine_boot(state_folder);
    key = key_old(NAME(ROOT "\\Guarded"));
    assert_int_equal(cm_key_security_query(key, DACL_SECURITY_INFORMATION, buffer, &length),
                     STATUS_SUCCESS);
    BOOLEAN is_present = FALSE, is_default;
    PACL list = (PACL)buffer;
    assert_int_equal(RtlGetDaclSecurityDescriptor(buffer, &is_present, &list, &is_default),
                     STATUS_SUCCESS);
    assert_true(is_present);
    assert_null(list);
    key_end(key);
    machine_halt();
}

static void what_is_gone_stays_gone(void **state)
{
    machine_boot(state_folder);
    void *key = key_new(NAME(ROOT "\\A")), *other = key_new(NAME(ROOT "\\B"));
    number_set(key, NAME("one"), 1);
    number_set(key, NAME("two"), 2);
    assert_int_equal(cm_key_flush(key), STATUS_SUCCESS);
    assert_int_equal(cm_value_delete(key, NAME("one")), STATUS_SUCCESS);
    assert_int_equal(cm_key_rename(key, NAME("Renamed")), STATUS_SUCCESS);
    key_end(other);
    /* A new key of a deleted one's name has nothing of it. */
    other = key_new(NAME(ROOT "\\A"));
    number_set(other, NAME("new"), 3);
    ob_dereference(other);
    ob_dereference(key);
    machine_halt();

    machine_boot(state_folder);
    assert_false(key_exists(NAME(ROOT "\\B")));
    key = key_old(NAME(ROOT "\\Renamed"));
    assert_int_equal(number_get(key, NAME("one")), -1);
    assert_int_equal(number_get(key, NAME("two")), 2);
    key_end(key);
    key = key_old(NAME(ROOT "\\A"));
    assert_int_equal(number_get(key, NAME("two")), -1);
    assert_int_equal(number_get(key, NAME("new")), 3);
    key_end(key);
    machine_halt();
}

static void flushing_is_durable(void **state)
{
    machine_boot(state_folder);
    void *key = key_new(NAME(ROOT "\\Flush"));
    number_set(key, NAME("n"), 1);
    assert_int_equal(cm_key_flush(key), STATUS_SUCCESS);
    state_copy();
    number_set(key, NAME("n"), 2); /* not asked to be written */
    ob_dereference(key);
    machine_halt();
    assert_int_equal(number_in_copy(NAME(ROOT "\\Flush"), NAME("n")), 1);
}

static void a_batch_is_one(void **state)
{
    machine_boot(state_folder);
    void *key = key_new(NAME(ROOT "\\Batch"));
    assert_int_equal(cm_key_flush(key), STATUS_SUCCESS);
    cm_batch_begin();
    number_set(key, NAME("first"), 1);
    /* Its own flush waits for the end; batches nest. */
    assert_int_equal(cm_key_flush(key), STATUS_SUCCESS);
    cm_batch_begin();
    number_set(key, NAME("second"), 2);
    assert_int_equal(cm_batch_end(), STATUS_SUCCESS);
    state_copy();
    assert_int_equal(cm_batch_end(), STATUS_SUCCESS);
    ob_dereference(key);
    machine_halt();
    assert_int_equal(number_in_copy(NAME(ROOT "\\Batch"), NAME("first")), -1);

    machine_boot(state_folder);
    key = key_old(NAME(ROOT "\\Batch"));
    cm_batch_begin();
    number_set(key, NAME("first"), 3);
    number_set(key, NAME("second"), 4);
    assert_int_equal(cm_batch_end(), STATUS_SUCCESS);
    state_copy();
    ob_dereference(key);
    machine_halt();
    assert_int_equal(number_in_copy(NAME(ROOT "\\Batch"), NAME("first")), 3);
    assert_int_equal(number_in_copy(NAME(ROOT "\\Batch"), NAME("second")), 4);
}

/* Nothing is lost while the disk is full: what could not be written is written later. */
static void a_full_disk(void **state)
{
    static char large[200000];
    machine_boot(state_folder);
    void *key = key_new(NAME(ROOT "\\Full"));
    number_set(key, NAME("n"), 1);
    assert_int_equal(cm_key_flush(key), STATUS_SUCCESS);
    cm_store_limit(test_store, 1);
    number_set(key, NAME("n"), 2);
    assert_int_equal(cm_value_set(key, NAME("large"), REG_BINARY, large, sizeof large),
                     STATUS_SUCCESS);
    assert_int_equal(cm_key_flush(key), STATUS_DISK_FULL);
    cm_batch_begin();
    number_set(key, NAME("m"), 3);
    assert_int_equal(cm_batch_end(), STATUS_DISK_FULL);
    assert_int_equal(number_get(key, NAME("n")), 2);
    state_copy();
    cm_store_limit(test_store, 0);
    assert_int_equal(cm_key_flush(key), STATUS_SUCCESS);
    ob_dereference(key);
    machine_halt();
    assert_int_equal(number_in_copy(NAME(ROOT "\\Full"), NAME("n")), 1);
    state_copy();
    assert_int_equal(number_in_copy(NAME(ROOT "\\Full"), NAME("n")), 2);
    assert_int_equal(number_in_copy(NAME(ROOT "\\Full"), NAME("m")), 3);
}

static void one_machine_a_folder(void **state)
{
    struct cm_store *other;
    char error[512] = "";
    machine_boot(state_folder);
    assert_int_equal(cm_store_open(state_folder, &other, error), EBUSY);
    assert_non_null(strstr(error, state_folder));
    machine_halt();
}

/* ---- files that are none of ours, or not any more -------------------------------------------- */

static void statement_run(const char *text)
{
    char path[100];
    sqlite3 *database;
    snprintf(path, sizeof path, "%s/registry.db", copy_folder);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    int code = sqlite3_exec(database, text, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        print_message("%s: %s\n", text, sqlite3_errmsg(database));
    assert_int_equal(code, SQLITE_OK);
    sqlite3_exec(database, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    sqlite3_close(database);
}

static void content_of(char *out_bytes, size_t room, ssize_t *out_length)
{
    char path[100];
    snprintf(path, sizeof path, "%s/registry.db", copy_folder);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    *out_length = read(file, out_bytes, room);
    close(file);
}

/* The copy is refused with this error, in words that hold `says`, and stays as it is. */
static void refused_check(int expected, const char *says)
{
    static char before[1 << 20], after[1 << 20];
    ssize_t length_before, length_after;
    struct cm_store *store;
    char error[512] = "";
    content_of(before, sizeof before, &length_before);
    int result = cm_store_open(copy_folder, &store, error);
    if (result != expected || !strstr(error, says))
        print_message("%d: %s\n", result, error);
    assert_int_equal(result, expected);
    assert_non_null(strstr(error, says));
    assert_non_null(strstr(error, "registry.db"));
    content_of(after, sizeof after, &length_after);
    assert_int_equal(length_before, length_after);
    assert_memory_equal(before, after, (size_t)length_before);
}

static void bytes_put(long offset, const void *bytes, size_t length, bool cut)
{
    char path[100];
    snprintf(path, sizeof path, "%s/registry.db", copy_folder);
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, bytes, length, offset), (ssize_t)length);
    if (cut)
        assert_int_equal(ftruncate(file, offset + (long)length), 0);
    close(file);
}

static void damaged_files(void **state)
{
    static const struct {
        const char *statement, *says;
        int error;
    } cases[] = {
        {"PRAGMA application_id = 7", "another program", EILSEQ},
        {"PRAGMA user_version = 99", "another version", EPROTONOSUPPORT},
        {"DROP TABLE vals", "tables", EILSEQ},
        {"UPDATE keys SET parent = 123456 WHERE id = 5", "hang on no other", EILSEQ},
        {"UPDATE keys SET parent = id WHERE id = 5", "hang on no other", EILSEQ},
        {"UPDATE keys SET name = x'' WHERE id = 5", "impossible name", EILSEQ},
        {"UPDATE keys SET name = 'text' WHERE id = 5", "something else", EILSEQ},
        {"UPDATE keys SET name = x'5c00' WHERE id = 5", "impossible name", EILSEQ},
        {"INSERT INTO vals VALUES (123456, 0, x'', 1, x'')", "no key", EILSEQ},
        {"INSERT INTO vals VALUES (5, 1000, x'41', 1, x'')", "impossible name", EILSEQ},
    };
    machine_boot(state_folder);
    machine_halt();
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        state_copy();
        statement_run(cases[i].statement);
        refused_check(cases[i].error, cases[i].says);
    }
    char path[100];
    snprintf(path, sizeof path, "%s/registry.db-wal", copy_folder);
    remove(path);
    bytes_put(0, "This was never a registry, and it is not empty.", 47, true);
    refused_check(EILSEQ, "no registry");
    /* Pages that are not what the first one says. */
    static char rubbish[4096];
    memset(rubbish, 0x5a, sizeof rubbish);
    state_copy();
    statement_run("SELECT 1");
    remove(path);
    for (long page = 1; page < 4; page++)
        bytes_put(page * 4096, rubbish, sizeof rubbish, false);
    refused_check(EILSEQ, "damaged");
}

/* Any byte may be wrong: it is refused or it boots, it never crashes. */
static void bytes_flipped(void **state)
{
    uint32_t seed = 20240607;
    unsigned refusals = 0;
    machine_boot(state_folder);
    machine_halt();
    for (unsigned turn = 0; turn < 150; turn++) {
        struct cm_store *store;
        char error[512] = "", path[100];
        state_copy();
        statement_run("SELECT 1");
        snprintf(path, sizeof path, "%s/registry.db", copy_folder);
        struct stat file;
        assert_int_equal(stat(path, &file), 0);
        for (unsigned i = 0; i < 1 + turn % 7; i++) {
            seed = seed * 1664525 + 1013904223;
            char byte = (char)(seed >> 24);
            bytes_put((long)((seed >> 4) % (uint32_t)file.st_size), &byte, 1, false);
        }
        if (cm_store_open(copy_folder, &store, error)) {
            assert_true(*error);
            refusals++;
            continue;
        }
        cm_store_close(store);
    }
    assert_in_range(refusals, 1, 149);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),   cmocka_unit_test(descriptors_come_back),
        cmocka_unit_test(what_is_gone_stays_gone), cmocka_unit_test(flushing_is_durable),
        cmocka_unit_test(a_batch_is_one),          cmocka_unit_test(a_full_disk),
        cmocka_unit_test(one_machine_a_folder),    cmocka_unit_test(damaged_files),
        cmocka_unit_test(bytes_flipped),
    };
    return cmocka_run_group_tests(tests, folders_make, folders_remove);
}
