/* SPDX-License-Identifier: MIT */
/* store.c - the database of a kept registry: opened, locked, changed by transactions, closed.
 *
 * SQLite with write-ahead logging. It is opened exclusively, so that it needs no shared index
 * file, and its log stays there, so that after opening no file is made, opened or removed: the
 * machine may shut itself in. A transaction is durable when store_commit returns 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/assert.h"
#include "store.h"

#define ERROR_BYTES    512
#define APPLICATION_ID 0x436f7665 /* "Cove" */
#define FORMAT         1

enum { KEY_PUT, KEY_DELETE, VALUES_CLEAR, VALUE_PUT, LAYOUT_PUT, STATEMENTS };

static const char *const statement_texts[STATEMENTS] = {
    [KEY_PUT] = "INSERT OR REPLACE INTO keys VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [KEY_DELETE] = "DELETE FROM keys WHERE id = ?1",
    [VALUES_CLEAR] = "DELETE FROM vals WHERE key = ?1",
    [VALUE_PUT] = "INSERT INTO vals VALUES (?1, ?2, ?3, ?4, ?5)",
    [LAYOUT_PUT] = "UPDATE cove SET layout = ?1",
};

/* Names are UTF-16 as Windows has them, bytes that no conversion may touch; the views show them
 * as text to whoever looks into the file. */
static const char schema[] =
    "BEGIN;"
    "CREATE TABLE keys (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name BLOB NOT NULL,"
    " class BLOB, is_link INTEGER NOT NULL, time INTEGER NOT NULL, security BLOB);"
    "CREATE TABLE vals (key INTEGER NOT NULL, place INTEGER NOT NULL, name BLOB NOT NULL,"
    " type INTEGER NOT NULL, data BLOB, PRIMARY KEY (key, place)) WITHOUT ROWID;"
    "CREATE TABLE cove (layout INTEGER NOT NULL);"
    "INSERT INTO cove VALUES (0);"
    "CREATE VIEW keys_as_text AS SELECT id, parent, CAST(name AS TEXT) AS name, time FROM keys;"
    "CREATE VIEW vals_as_text AS SELECT key, CAST(name AS TEXT) AS name, type,"
    " CASE WHEN type IN (1, 2, 6, 7) THEN CAST(data AS TEXT) ELSE hex(data) END AS data FROM vals;"
    "PRAGMA application_id = 0x436f7665;"
    "PRAGMA user_version = 1;"
    "COMMIT;";

struct cm_store {
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENTS];
    int folder; /* its descriptor holds the lock */
    int failed; /* an error of SQLite in the transaction under way */
    char path[PATH_MAX];
    char error[256];
    struct store_image image;
};

struct sqlite3 *cm_store_database(struct cm_store *store)
{
    return store->database;
}

struct store_image *cm_store_image_of(struct cm_store *store)
{
    return &store->image;
}

const struct store_image *cm_store_image(const struct cm_store *store)
{
    return &store->image;
}

void cm_store_image_drop(struct cm_store *store)
{
    free(store->image.keys);
    free(store->image.values);
    free(store->image.memory);
    store->image.keys = NULL;
    store->image.values = NULL;
    store->image.memory = NULL;
    store->image.key_count = store->image.value_count = 0;
}

const char *cm_store_error(const struct cm_store *store)
{
    return store->error;
}

/* ---- opening ----------------------------------------------------------------------------- */

static int folder_lock(struct cm_store *store, const char *folder, char *error)
{
    /* The opener of a machine that has just ended may hold the lock for some moments more. */
    enum { TRIES = 50, PAUSE_US = 20000 };
    store->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->folder < 0) {
        int result = errno;
        snprintf(error, ERROR_BYTES, "cannot use the state folder %s: %s", folder,
                 strerror(result));
        return result;
    }
    for (int i = 0; flock(store->folder, LOCK_EX | LOCK_NB); i++) {
        if (errno != EWOULDBLOCK || i == TRIES) {
            snprintf(error, ERROR_BYTES,
                     "the state folder %s is in use by another machine; shut that one down, or "
                     "boot under another name",
                     folder);
            return EBUSY;
        }
        usleep(PAUSE_US);
    }
    return 0;
}

static int pragma_number(struct cm_store *store, const char *text)
{
    sqlite3_stmt *statement;
    int value = -1;
    if (sqlite3_prepare_v2(store->database, text, -1, &statement, NULL) != SQLITE_OK)
        return -1;
    if (sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static int refused(struct cm_store *store, const char *why, char *error)
{
    snprintf(error, ERROR_BYTES,
             "%s %s; nothing was changed: move the file away, or start anew with "
             "`cove boot --fresh NAME`",
             store->path, why);
    return EILSEQ;
}

static int damaged(struct cm_store *store, char *error)
{
    char why[200];
    int code = sqlite3_errcode(store->database);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
        snprintf(error, ERROR_BYTES, "%s is open in another program; close it and boot again",
                 store->path);
        return EBUSY;
    }
    if (code != SQLITE_CORRUPT && code != SQLITE_NOTADB) {
        snprintf(error, ERROR_BYTES, "cannot use %s: %s", store->path,
                 sqlite3_errmsg(store->database));
        return EIO;
    }
    snprintf(why, sizeof why, "is damaged or no registry (%s)", sqlite3_errmsg(store->database));
    return refused(store, why, error);
}

/* Whose file is it? Reads only. */
static int identity_check(struct cm_store *store, bool *out_is_new, char *error)
{
    int tables = pragma_number(store, "SELECT count(*) FROM sqlite_schema");
    int owner = pragma_number(store, "PRAGMA application_id");
    int format = pragma_number(store, "PRAGMA user_version");
    if (tables < 0 || owner < 0 || format < 0)
        return damaged(store, error);
    *out_is_new = tables == 0 && owner == 0;
    if (*out_is_new)
        return 0;
    if (owner != APPLICATION_ID)
        return refused(store, "is a database of another program", error);
    if (format != FORMAT) {
        snprintf(error, ERROR_BYTES,
                 "%s was written by another version of cove (format %d, this one knows %d); use "
                 "that one, or start anew with `cove boot --fresh NAME`",
                 store->path, format, FORMAT);
        return EPROTONOSUPPORT;
    }
    return 0;
}

static int integrity_check(struct cm_store *store, char *error)
{
    sqlite3_stmt *statement;
    char why[200] = "";
    if (sqlite3_prepare_v2(store->database, "PRAGMA quick_check(1)", -1, &statement, NULL) !=
        SQLITE_OK)
        return damaged(store, error);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        if (!text || strcmp(text, "ok"))
            snprintf(why, sizeof why, "is damaged (%.150s)", text ? text : "?");
    } else {
        snprintf(why, sizeof why, "is damaged (%.150s)", sqlite3_errmsg(store->database));
    }
    sqlite3_finalize(statement);
    return *why ? refused(store, why, error) : 0;
}

static int database_begin(struct cm_store *store, char *error)
{
    static const char modes[] = "PRAGMA locking_mode = EXCLUSIVE;"
                                "PRAGMA temp_store = MEMORY;"
                                "PRAGMA trusted_schema = OFF;";
    static const char log_modes[] = "PRAGMA journal_mode = WAL;"
                                    "PRAGMA synchronous = FULL;";
    bool is_new = false;
    if (sqlite3_exec(store->database, modes, NULL, NULL, NULL) != SQLITE_OK)
        return damaged(store, error);
    int result = identity_check(store, &is_new, error);
    if (!result && !is_new)
        result = integrity_check(store, error);
    if (result)
        return result;
    if ((is_new &&
         sqlite3_exec(store->database, "PRAGMA encoding = 'UTF-16le'", NULL, NULL, NULL)) ||
        sqlite3_exec(store->database, log_modes, NULL, NULL, NULL) != SQLITE_OK ||
        (is_new && sqlite3_exec(store->database, schema, NULL, NULL, NULL) != SQLITE_OK))
        return damaged(store, error);
    for (int i = 0; i < STATEMENTS; i++) {
        if (sqlite3_prepare_v3(store->database, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &store->statements[i], NULL) != SQLITE_OK)
            return refused(store, "has not the tables of a registry", error);
    }
    result = cm_store_image_read(store, error);
    if (result)
        return result == EILSEQ ? refused(store, error[0] ? strdupa(error) : "?", error) : result;
    /* A write now: the log and all locks are there when the machine can open nothing more. */
    cm_store_begin(store);
    cm_store_layout_put(store, store->image.layout);
    result = cm_store_commit(store);
    if (result)
        snprintf(error, ERROR_BYTES, "cannot write %s: %s", store->path, store->error);
    return result;
}

int cm_store_open(const char *folder, struct cm_store **out_store, char *error)
{
    int persist = 1;
    struct cm_store *store = calloc(1, sizeof *store);
    if (!store) {
        snprintf(error, ERROR_BYTES, "out of memory");
        return ENOMEM;
    }
    store->folder = -1;
    int length = snprintf(store->path, sizeof store->path, "%s/registry.db", folder);
    int result = length < 0 || (size_t)length >= sizeof store->path
                     ? ENAMETOOLONG
                     : folder_lock(store, folder, error);
    if (result == ENAMETOOLONG)
        snprintf(error, ERROR_BYTES, "the path of the state folder is too long");
    if (!result && sqlite3_open_v2(store->path, &store->database,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                   NULL) != SQLITE_OK) {
        snprintf(error, ERROR_BYTES, "cannot open %s: %s", store->path,
                 store->database ? sqlite3_errmsg(store->database) : "out of memory");
        result = EIO;
    }
    if (!result) {
        sqlite3_file_control(store->database, NULL, SQLITE_FCNTL_PERSIST_WAL, &persist);
        result = database_begin(store, error);
    }
    if (result) {
        cm_store_close(store);
        return result;
    }
    *out_store = store;
    return 0;
}

void cm_store_close(struct cm_store *store)
{
    cm_store_image_drop(store);
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->database);
    if (store->folder >= 0)
        close(store->folder);
    free(store);
}

void cm_store_limit(struct cm_store *store, unsigned pages)
{
    char text[64];
    snprintf(text, sizeof text, "PRAGMA max_page_count = %u", pages ? pages : 0xfffffffeu);
    sqlite3_exec(store->database, text, NULL, NULL, NULL);
}

/* ---- changing ------------------------------------------------------------------------------ */

static void failure_note(struct cm_store *store, int code)
{
    if (store->failed)
        return;
    store->failed = code;
    snprintf(store->error, sizeof store->error, "%s", sqlite3_errmsg(store->database));
}

static void run(struct cm_store *store, int which)
{
    sqlite3_stmt *statement = store->statements[which];
    int code = store->failed ? SQLITE_DONE : sqlite3_step(statement);
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        failure_note(store, code);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

/* No bytes are an empty blob; nowhere does NULL stand for one. */
static void bytes_bind(sqlite3_stmt *statement, int place, const struct store_bytes *bytes)
{
    sqlite3_bind_blob(statement, place, bytes->length ? bytes->bytes : "", (int)bytes->length,
                      SQLITE_STATIC);
}

void cm_store_begin(struct cm_store *store)
{
    store->failed = 0;
    int code = sqlite3_exec(store->database, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        failure_note(store, code);
}

void cm_store_key_put(struct cm_store *store, const struct store_key *key)
{
    sqlite3_stmt *statement = store->statements[KEY_PUT];
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)key->id);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)key->parent);
    bytes_bind(statement, 3, &key->name);
    bytes_bind(statement, 4, &key->class_name);
    sqlite3_bind_int(statement, 5, key->is_link);
    sqlite3_bind_int64(statement, 6, key->time);
    bytes_bind(statement, 7, &key->security);
    run(store, KEY_PUT);
}

void cm_store_values_clear(struct cm_store *store, uint64_t id)
{
    sqlite3_bind_int64(store->statements[VALUES_CLEAR], 1, (sqlite3_int64)id);
    run(store, VALUES_CLEAR);
}

void cm_store_key_delete(struct cm_store *store, uint64_t id)
{
    cm_store_values_clear(store, id);
    sqlite3_bind_int64(store->statements[KEY_DELETE], 1, (sqlite3_int64)id);
    run(store, KEY_DELETE);
}

void cm_store_value_put(struct cm_store *store, uint32_t place, const struct store_value *value)
{
    sqlite3_stmt *statement = store->statements[VALUE_PUT];
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)value->key);
    sqlite3_bind_int64(statement, 2, place);
    bytes_bind(statement, 3, &value->name);
    sqlite3_bind_int64(statement, 4, value->type);
    bytes_bind(statement, 5, &value->data);
    run(store, VALUE_PUT);
}

void cm_store_layout_put(struct cm_store *store, uint32_t layout)
{
    sqlite3_bind_int64(store->statements[LAYOUT_PUT], 1, layout);
    run(store, LAYOUT_PUT);
}

int cm_store_commit(struct cm_store *store)
{
    if (!store->failed) {
        int code = sqlite3_exec(store->database, "COMMIT", NULL, NULL, NULL);
        if (code != SQLITE_OK)
            failure_note(store, code);
    }
    if (!store->failed)
        return 0;
    /* Errors of the disk roll back by themselves; then this one says so and is not heard. */
    if (!sqlite3_get_autocommit(store->database))
        sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
    return (store->failed & 0xff) == SQLITE_FULL ? ENOSPC : EIO;
}
