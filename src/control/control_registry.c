/* SPDX-License-Identifier: MIT */
/* control_registry.c - registry-read, registry-write: keys out and in as text of a .reg file.
 *
 * The text is in a file that comes with the request: read to a key's depth into it, or parsed as a
 * whole and then done as one batch. Below the key that is asked for links are not followed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control_internal.h"
#include "cm/cm.h"
#include "ex/ex.h"
#include "ke/ke.h"
#include "ob/ob.h"
#include "regfile/regfile.h"
#include "rtl/rtl.h"

#define FILE_BYTES_MAX (256u << 20)
#define DEPTH_MAX      512
#define PATH_CHARS     32767
#define INFO_BYTES     (64u << 10)

static const struct {
    const char *name, *path;
} roots[] = {
    {"HKEY_LOCAL_MACHINE", "\\Registry\\Machine"},
    {"HKEY_USERS", "\\Registry\\User"},
    {"HKEY_CURRENT_USER", "\\Registry\\User\\.Default"},
    {"HKEY_CLASSES_ROOT", "\\Registry\\Machine\\Software\\Classes"},
    {"HKEY_CURRENT_CONFIG",
     "\\Registry\\Machine\\System\\CurrentControlSet\\Hardware Profiles\\Current"},
};

/* The path of a file as the kernel's; *out_root: how long its part is that is always there.
 * STATUS_OBJECT_PATH_SYNTAX_BAD: it begins with no root that is known. */
static NTSTATUS path_resolve(const uint16_t *path, size_t count, WCHAR *out_name,
                             USHORT *out_length, USHORT *out_root)
{
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        size_t length = strlen(roots[i].name), at = 0;
        while (at < length && at < count && (path[at] & ~0x20) == (roots[i].name[at] & ~0x20))
            at++;
        if (at < length || (count > length && path[length] != '\\'))
            continue;
        size_t root = strlen(roots[i].path);
        if (root + count - length >= PATH_CHARS)
            return STATUS_NAME_TOO_LONG;
        for (size_t c = 0; c < root; c++)
            out_name[c] = (WCHAR)roots[i].path[c];
        memcpy(out_name + root, path + length, (count - length) * sizeof *path);
        *out_length = (USHORT)((root + count - length) * sizeof(WCHAR));
        *out_root = (USHORT)(root * sizeof(WCHAR));
        return STATUS_SUCCESS;
    }
    return STATUS_OBJECT_PATH_SYNTAX_BAD;
}

static NTSTATUS key_at(WCHAR *text, USHORT length, bool create, ULONG attributes, void **out_key)
{
    UNICODE_STRING name = {length, length, text};
    OBJECT_ATTRIBUTES object;
    InitializeObjectAttributes(&object, &name, OBJ_CASE_INSENSITIVE | attributes, NULL, NULL);
    return cm_key_open(&object, KEY_ALL_ACCESS, KernelMode, create, 0, NULL, out_key);
}

/* ---- reading ------------------------------------------------------------------------------------
 */

struct reading {
    struct reg_text text;
    uint16_t *shown; /* the path as it is written */
    WCHAR *name;     /* the same key as the kernel's */
    char *buffer;    /* INFO_BYTES or more, for one answer */
    ULONG room;
    ULONG keys;
};

static NTSTATUS buffer_grow(struct reading *reading, ULONG needed)
{
    char *grown = realloc(reading->buffer, needed);
    if (!grown)
        return STATUS_INSUFFICIENT_RESOURCES;
    reading->buffer = grown;
    reading->room = needed;
    return STATUS_SUCCESS;
}

static NTSTATUS values_read(struct reading *reading, void *key)
{
    NTSTATUS status;
    for (ULONG i = 0;; i++) {
        ULONG needed = 0;
        status = cm_value_enumerate(key, i, KeyValueFullInformation, reading->buffer, reading->room,
                                    &needed);
        if (status == STATUS_BUFFER_OVERFLOW || status == STATUS_BUFFER_TOO_SMALL) {
            status = buffer_grow(reading, needed);
            i--;
            if (NT_SUCCESS(status))
                continue;
        }
        if (!NT_SUCCESS(status))
            break;
        const KEY_VALUE_FULL_INFORMATION *full = (const void *)reading->buffer;
        struct reg_value value = {
            .name = (const uint16_t *)full->Name,
            .name_count = full->NameLength / (ULONG)sizeof(WCHAR),
            .type = full->Type,
            .data = (const uint8_t *)reading->buffer + full->DataOffset,
            .length = full->DataLength,
        };
        regfile_value(&reading->text, &value);
    }
    return status == STATUS_NO_MORE_ENTRIES ? STATUS_SUCCESS : status;
}

static bool is_link(void *key)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"SymbolicLinkValue");
    ULONG type = 0, length;
    void *data;
    if (!NT_SUCCESS(cm_value_get(key, &name, &type, &data, &length)))
        return false;
    ExFreePool(data);
    return type == REG_LINK;
}

static NTSTATUS tree_read(struct reading *reading, void *key, size_t shown, USHORT name,
                          unsigned depth);

static NTSTATUS child_read(struct reading *reading, size_t shown, USHORT name, unsigned depth)
{
    const KEY_BASIC_INFORMATION *basic = (const void *)reading->buffer;
    size_t count = basic->NameLength / sizeof(WCHAR);
    void *child;
    if (shown + 1 + count >= PATH_CHARS || name / sizeof(WCHAR) + 1 + count >= PATH_CHARS)
        return STATUS_NAME_TOO_LONG;
    reading->shown[shown] = '\\';
    memcpy(reading->shown + shown + 1, basic->Name, count * sizeof(WCHAR));
    reading->name[name / sizeof(WCHAR)] = '\\';
    memcpy(reading->name + name / sizeof(WCHAR) + 1, basic->Name, count * sizeof(WCHAR));
    name = (USHORT)(name + (count + 1) * sizeof(WCHAR));
    NTSTATUS status = key_at(reading->name, name, false, OBJ_OPENLINK, &child);
    if (!NT_SUCCESS(status))
        return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : status; /* gone since */
    if (is_link(child) || depth == 0)
        regfile_key(&reading->text, reading->shown, shown + 1 + count, false);
    else
        status = tree_read(reading, child, shown + 1 + count, name, depth);
    ob_dereference(child);
    return status;
}

/* depth: how many levels more; of the last one only the names. */
static NTSTATUS tree_read(struct reading *reading, void *key, size_t shown, USHORT name,
                          unsigned depth)
{
    reading->keys++;
    regfile_key(&reading->text, reading->shown, shown, false);
    NTSTATUS status = values_read(reading, key);
    for (ULONG i = 0; depth > 0 && NT_SUCCESS(status); i++) {
        ULONG needed;
        status =
            cm_key_enumerate(key, i, KeyBasicInformation, reading->buffer, reading->room, &needed);
        if (NT_SUCCESS(status))
            status = child_read(reading, shown, name, depth - 1);
    }
    return status == STATUS_NO_MORE_ENTRIES || status == STATUS_KEY_DELETED ? STATUS_SUCCESS
                                                                            : status;
}

struct transfer {
    int file, error;
    char *bytes;
    size_t length;
};

static void file_write(void *context)
{
    struct transfer *transfer = context;
    size_t done = 0;
    while (done < transfer->length && !transfer->error) {
        ssize_t got = write(transfer->file, transfer->bytes + done, transfer->length - done);
        if (got < 0 && errno != EINTR)
            transfer->error = errno;
        else if (got > 0)
            done += (size_t)got;
    }
}

static NTSTATUS path_read(struct reading *reading, const char *path, unsigned depth)
{
    USHORT length, root;
    void *key;
    if (strlen(path) >= PATH_CHARS)
        return STATUS_NAME_TOO_LONG;
    size_t shown = regfile_widen(path, reading->shown);
    NTSTATUS status = path_resolve(reading->shown, shown, reading->name, &length, &root);
    if (NT_SUCCESS(status))
        status = key_at(reading->name, length, false, 0, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = tree_read(reading, key, shown, length, depth);
    ob_dereference(key);
    return status;
}

/* registry-read PATH DEPTH; the file is written. */
void control_registry_read(server_control *control, unsigned count, char **words)
{
    struct reading reading = {.room = INFO_BYTES,
                              .buffer = malloc(INFO_BYTES),
                              .shown = malloc(PATH_CHARS * sizeof(uint16_t)),
                              .name = malloc(PATH_CHARS * sizeof(WCHAR))};
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    unsigned long depth = strtoul(words[1], NULL, 10);
    regfile_begin(&reading.text);
    if (reading.buffer && reading.shown && reading.name)
        status = path_read(&reading, words[0], depth > DEPTH_MAX ? DEPTH_MAX : (unsigned)depth);
    if (NT_SUCCESS(status) && reading.text.has_failed)
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (NT_SUCCESS(status)) {
        struct transfer transfer = {.file = server_control_descriptor(control),
                                    .bytes = (char *)reading.text.chars,
                                    .length = reading.text.count * sizeof(uint16_t)};
        ke_block_on_host(file_write, &transfer);
        status = transfer.error ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
    }
    if (NT_SUCCESS(status)) {
        cJSON *reply = cJSON_CreateObject();
        cJSON_AddNumberToObject(reply, "keys", reading.keys);
        control_reply(control, 0, reply);
    } else {
        control_fail(control, (uint32_t)status, rtl_status_text(status));
    }
    regfile_text_free(&reading.text);
    free(reading.buffer);
    free(reading.shown);
    free(reading.name);
}

/* ---- writing ------------------------------------------------------------------------------------
 */

static void file_read(void *context)
{
    struct transfer *transfer = context;
    struct stat status;
    if (fstat(transfer->file, &status) || status.st_size > FILE_BYTES_MAX) {
        transfer->error = errno ? errno : EFBIG;
        return;
    }
    size_t room = (size_t)status.st_size;
    transfer->bytes = malloc(room + 1);
    transfer->error = transfer->bytes ? 0 : ENOMEM;
    while (!transfer->error && transfer->length < room) {
        ssize_t got = pread(transfer->file, transfer->bytes + transfer->length,
                            room - transfer->length, (off_t)transfer->length);
        if (got == 0)
            break;
        if (got < 0 && errno != EINTR)
            transfer->error = errno;
        else if (got > 0)
            transfer->length += (size_t)got;
    }
}

/* Everything below it, then the key itself. */
static NTSTATUS tree_delete(WCHAR *name, USHORT length, unsigned depth)
{
    void *key;
    NTSTATUS status = key_at(name, length, false, OBJ_OPENLINK, &key);
    char *buffer = malloc(1024);
    if (!NT_SUCCESS(status) || !buffer || depth == DEPTH_MAX) {
        if (NT_SUCCESS(status))
            ob_dereference(key);
        free(buffer);
        return NT_SUCCESS(status) ? STATUS_INSUFFICIENT_RESOURCES : status;
    }
    for (ULONG needed; NT_SUCCESS(status);) {
        status = cm_key_enumerate(key, 0, KeyBasicInformation, buffer, 1024, &needed);
        if (!NT_SUCCESS(status))
            break;
        const KEY_BASIC_INFORMATION *basic = (const void *)buffer;
        if (length + sizeof(WCHAR) + basic->NameLength >= PATH_CHARS * sizeof(WCHAR)) {
            status = STATUS_NAME_TOO_LONG;
            break;
        }
        name[length / sizeof(WCHAR)] = '\\';
        memcpy(name + length / sizeof(WCHAR) + 1, basic->Name, basic->NameLength);
        status = tree_delete(name, (USHORT)(length + sizeof(WCHAR) + basic->NameLength), depth + 1);
    }
    free(buffer);
    if (status == STATUS_NO_MORE_ENTRIES)
        status = cm_key_delete(key);
    ob_dereference(key);
    return status;
}

/* Opens the key, made with those above it that are missing. */
static NTSTATUS key_make(WCHAR *name, USHORT length, USHORT root, void **out_key)
{
    NTSTATUS status = key_at(name, length, false, 0, out_key);
    for (USHORT at = (USHORT)(root + sizeof(WCHAR));
         status == STATUS_OBJECT_NAME_NOT_FOUND && at <= length; at += sizeof(WCHAR)) {
        if (at < length && name[at / sizeof(WCHAR)] != '\\')
            continue;
        NTSTATUS made = key_at(name, at, true, 0, out_key);
        if (!NT_SUCCESS(made) || at == length)
            return made;
        ob_dereference(*out_key);
    }
    return status;
}

static NTSTATUS values_write(void *key, const struct reg_key *from)
{
    NTSTATUS status = STATUS_SUCCESS;
    for (uint32_t i = 0; i < from->value_count && NT_SUCCESS(status); i++) {
        const struct reg_value *value = &from->values[i];
        USHORT bytes = (USHORT)(value->name_count * sizeof(WCHAR));
        UNICODE_STRING name = {bytes, bytes, (WCHAR *)(uintptr_t)value->name};
        if (!value->is_deleted)
            status = cm_value_set(key, &name, value->type, value->data, value->length);
        else if ((status = cm_value_delete(key, &name)) == STATUS_OBJECT_NAME_NOT_FOUND)
            status = STATUS_SUCCESS;
    }
    return status;
}

static NTSTATUS key_write(const struct reg_key *from, WCHAR *room)
{
    USHORT length, root;
    void *key;
    NTSTATUS status = path_resolve(from->path, from->path_count, room, &length, &root);
    if (NT_SUCCESS(status) && from->is_deleted) {
        status = length == root ? STATUS_CANNOT_DELETE : tree_delete(room, length, 0);
        return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : status;
    }
    if (NT_SUCCESS(status))
        status = key_make(room, length, root, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = values_write(key, from);
    ob_dereference(key);
    return status;
}

static NTSTATUS file_apply(const struct reg_file *file, uint32_t *out_line)
{
    WCHAR *room = malloc((PATH_CHARS + 1) * sizeof *room);
    NTSTATUS status = room ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    cm_batch_begin();
    for (uint32_t i = 0; i < file->key_count && NT_SUCCESS(status); i++) {
        *out_line = file->keys[i].line;
        status = key_write(&file->keys[i], room);
    }
    NTSTATUS written = cm_batch_end();
    free(room);
    if (NT_SUCCESS(status) && !NT_SUCCESS(written))
        *out_line = 0;
    return NT_SUCCESS(status) ? written : status;
}

static void line_fail(server_control *control, uint32_t code, uint32_t line, const char *text)
{
    char said[300];
    if (line)
        snprintf(said, sizeof said, "line %u: %s", line, text);
    else
        snprintf(said, sizeof said, "%s", text);
    control_fail(control, code, said);
}

/* registry-write; the file is read, all of it is looked at before anything is done. */
void control_registry_write(server_control *control, unsigned count, char **words)
{
    struct transfer transfer = {.file = server_control_descriptor(control)};
    struct reg_file file;
    struct reg_error error;
    uint32_t line = 0;
    ke_block_on_host(file_read, &transfer);
    int refused = transfer.error ? transfer.error
                                 : regfile_parse(transfer.bytes, transfer.length, &file, &error);
    free(transfer.bytes);
    if (refused) {
        line_fail(control, CONTROL_BAD_REQUEST, refused == EINVAL ? error.line : 0,
                  refused == EINVAL ? error.text : strerror(refused));
        return;
    }
    NTSTATUS status = file_apply(&file, &line);
    if (NT_SUCCESS(status)) {
        cJSON *reply = cJSON_CreateObject();
        cJSON_AddNumberToObject(reply, "keys", file.key_count);
        control_reply(control, 0, reply);
    } else {
        line_fail(control, (uint32_t)status, line, rtl_status_text(status));
    }
    regfile_free(&file);
}
