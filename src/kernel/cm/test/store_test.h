/* SPDX-License-Identifier: MIT */
/* store_test.h - machines up to cm that keep their registry in a folder, one after another. */
#ifndef STORE_TEST_H
#define STORE_TEST_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cm_test.h"
#include "cm/store.h"

static char state_folder[] = "/tmp/cove-store-XXXXXX";
static char copy_folder[64];

static inline int folders_make(void **state)
{
    assert_non_null(mkdtemp(state_folder));
    snprintf(copy_folder, sizeof copy_folder, "%s/copy", state_folder);
    return mkdir(copy_folder, 0700);
}

static inline int folders_remove(void **state)
{
    static const char *const names[] = {"copy/registry.db", "copy/registry.db-wal", "copy",
                                        "registry.db",      "registry.db-wal",      ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[100];
        snprintf(path, sizeof path, "%s/%s", state_folder, names[i]);
        remove(path);
    }
    return access(state_folder, F_OK) == 0; /* nothing else was left there */
}

static inline void file_copy(const char *name)
{
    char from[100], to[100], bytes[65536];
    snprintf(from, sizeof from, "%s/%s", state_folder, name);
    snprintf(to, sizeof to, "%s/%s", copy_folder, name);
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(out >= 0);
    for (ssize_t got; in >= 0 && (got = read(in, bytes, sizeof bytes)) > 0;)
        assert_int_equal(write(out, bytes, (size_t)got), got);
    close(in);
    close(out);
}

/* What a machine would find that is booted after this one was killed now. */
static inline void state_copy(void)
{
    file_copy("registry.db");
    file_copy("registry.db-wal");
}

static struct cm_store *test_store;

/* One machine; the processor and thread of cm_test.h. */
static inline void machine_boot(const char *folder)
{
    char error[512] = "";
    int result = cm_store_open(folder, &test_store, error);
    if (result)
        print_message("%s\n", error);
    assert_int_equal(result, 0);
    cm_store_use(test_store);
    machine_start(NULL);
}

static inline void machine_halt(void)
{
    machine_stop(NULL);
}

static inline bool key_exists(UNICODE_STRING *name)
{
    void *key;
    NTSTATUS status = key_open(name, false, 0, OBJ_OPENLINK, &key);
    if (NT_SUCCESS(status))
        ob_dereference(key);
    else
        assert_int_equal(status, STATUS_OBJECT_NAME_NOT_FOUND);
    return NT_SUCCESS(status);
}

static inline void *key_old(UNICODE_STRING *name)
{
    void *key;
    assert_int_equal(key_open(name, false, 0, OBJ_OPENLINK, &key), STATUS_SUCCESS);
    return key;
}

static inline void number_set(void *key, UNICODE_STRING *name, ULONG number)
{
    assert_int_equal(cm_value_set(key, name, REG_DWORD, &number, sizeof number), STATUS_SUCCESS);
}

/* The number of a value; -1: it is not there. */
static inline int64_t number_get(void *key, UNICODE_STRING *name)
{
    ULONG type, length;
    void *data;
    if (cm_value_get(key, name, &type, &data, &length) != STATUS_SUCCESS)
        return -1;
    assert_int_equal(type, REG_DWORD);
    assert_int_equal(length, sizeof(ULONG));
    ULONG number = *(ULONG *)data;
    ExFreePool(data);
    return number;
}

/* Of a machine that is booted from the copy and halted again. */
static inline int64_t number_in_copy(UNICODE_STRING *path, UNICODE_STRING *name)
{
    void *key;
    machine_boot(copy_folder);
    int64_t number = -2; /* not even the key */
    if (NT_SUCCESS(key_open(path, false, 0, 0, &key))) {
        number = number_get(key, name);
        ob_dereference(key);
    }
    machine_halt();
    return number;
}

#endif
