/* SPDX-License-Identifier: MIT */
/* undo.c - registry changes of a plan, each remembering what was there before.
 *
 * What was there is kept as plan steps of their own, to be carried out newest first: a value's old
 * bytes, the deletion of a key that was made, every value of a key that was deleted.
 */
#include "undo.h"

#include <stdlib.h>
#include <string.h>

#include "cm/cm.h"
#include "rtl/rtl.h"
#include "se/se.h"
#include "setup_internal.h"

struct undo {
    struct plan back;
};

struct undo *undo_create(void)
{
    return calloc(1, sizeof(struct undo));
}

void undo_destroy(struct undo *undo)
{
    if (undo)
        plan_fini(&undo->back);
    free(undo);
}

static void remember_value(struct undo *undo, const char *path, const char *name)
{
    uint32_t type, length;
    uint8_t *data;
    setup_key_value(path, name, &type, &data, &length);
    if (data)
        plan_data(&undo->back, plan_step_add(&undo->back, PLAN_SET, path, name), type, data,
                  length);
    else
        plan_step_add(&undo->back, PLAN_DELETE_VALUE, path, name);
    free(data);
}

/* The highest key of the path that is not there yet is what goes away again. */
static void remember_absence(struct undo *undo, const char *path)
{
    char *above = strdup(path), *missing = NULL;
    for (char *slash;
         above && !setup_key_exists(above) && (slash = strrchr(above, '\\')) > above;) {
        free(missing);
        missing = strdup(above);
        *slash = '\0';
    }
    if (missing)
        plan_step_add(&undo->back, PLAN_DELETE_KEY, missing, NULL);
    free(missing);
    free(above);
}

/* Newest first: values were written down before their key's steps, so a key comes back first. */
static void remember_values(struct undo *undo, const char *path, void *key)
{
    union {
        KEY_VALUE_BASIC_INFORMATION information;
        uint8_t bytes[sizeof(KEY_VALUE_BASIC_INFORMATION) + 0x8000];
    } *buffer = malloc(sizeof *buffer);
    ULONG length;
    for (ULONG i = 0; buffer && NT_SUCCESS(cm_value_enumerate(key, i, KeyValueBasicInformation,
                                                              buffer, sizeof *buffer, &length));
         i++) {
        char *name = text_of_wide(buffer->information.Name, buffer->information.NameLength);
        if (name)
            remember_value(undo, path, name);
        free(name);
    }
    if (!buffer)
        undo->back.is_short = true;
    free(buffer);
}

static void remember_tree(struct undo *undo, const char *path)
{
    char **names = setup_key_names(path);
    for (size_t i = 0; names && names[i]; i++) {
        char *below = text_format("%s\\%s", path, names[i]);
        if (below)
            remember_tree(undo, below);
        else
            undo->back.is_short = true;
        free(below);
    }
    setup_key_list_free(names);
    void *key;
    if (!NT_SUCCESS(setup_key_open(path, false, &key)))
        return;
    remember_values(undo, path, key);
    plan_step_add(&undo->back, PLAN_KEY, path, NULL);
    ObDereferenceObject(key);
}

static NTSTATUS value_set(const char *path, const char *name, uint32_t type, const void *data,
                          uint32_t length)
{
    void *key;
    UNICODE_STRING value;
    NTSTATUS status = setup_key_open(path, true, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = rtl_unicode_of(name, &value);
    if (NT_SUCCESS(status)) {
        status = cm_value_set(key, &value, type, data, length);
        RtlFreeUnicodeString(&value);
    }
    ObDereferenceObject(key);
    return status;
}

static NTSTATUS value_delete(const char *path, const char *name)
{
    void *key;
    UNICODE_STRING value;
    NTSTATUS status = setup_key_open(path, false, &key);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND)
        return STATUS_SUCCESS;
    if (!NT_SUCCESS(status))
        return status;
    status = rtl_unicode_of(name, &value);
    if (NT_SUCCESS(status)) {
        status = cm_value_delete(key, &value);
        RtlFreeUnicodeString(&value);
    }
    ObDereferenceObject(key);
    return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : status;
}

static uint32_t string_bytes(const uint8_t *at, uint32_t left)
{
    uint32_t length = 0;
    while (length + sizeof(WCHAR) <= left && memcmp(at + length, "\0\0", sizeof(WCHAR)))
        length += (uint32_t)sizeof(WCHAR);
    return length;
}

/* Where one string of a REG_MULTI_SZ stands; its length when it is not there. */
static uint32_t string_find(const uint8_t *list, uint32_t length, const uint8_t *text,
                            uint32_t text_length)
{
    UNICODE_STRING wanted = {(USHORT)text_length, (USHORT)text_length, (PWSTR)text};
    for (uint32_t at = 0; at < length;) {
        uint32_t bytes = string_bytes(list + at, length - at);
        UNICODE_STRING one = {(USHORT)bytes, (USHORT)bytes, (PWSTR)(list + at)};
        if (!bytes)
            return length;
        if (RtlEqualUnicodeString(&one, &wanted, TRUE))
            return at;
        at += bytes + (uint32_t)sizeof(WCHAR);
    }
    return length;
}

/* The list as it will be: old with the strings of data appended, or without the first of them. */
static uint8_t *list_edit(const uint8_t *old, uint32_t old_length, const struct plan_step *step,
                          uint32_t *out_length)
{
    uint8_t *list = malloc(old_length + step->length + 2 * sizeof(WCHAR));
    uint32_t length = 0;
    if (!list)
        return NULL;
    for (uint32_t bytes;
         length < old_length && (bytes = string_bytes(old + length, old_length - length));) {
        memcpy(list + length, old + length, bytes);
        memset(list + length + bytes, 0, sizeof(WCHAR));
        length += bytes + (uint32_t)sizeof(WCHAR);
    }
    for (uint32_t at = 0, bytes;
         at < step->length && (bytes = string_bytes(step->data + at, step->length - at));
         at += bytes + (uint32_t)sizeof(WCHAR)) {
        uint32_t found = string_find(list, length, step->data + at, bytes);
        uint32_t whole = bytes + (uint32_t)sizeof(WCHAR);
        if (step->kind == PLAN_DELETE_STRING && found < length) {
            memmove(list + found, list + found + whole, length - found - whole);
            length -= whole;
        } else if (step->kind == PLAN_APPEND && found == length) {
            memcpy(list + length, step->data + at, bytes);
            memset(list + length + bytes, 0, sizeof(WCHAR));
            length += whole;
        }
    }
    memset(list + length, 0, sizeof(WCHAR));
    *out_length = length + (uint32_t)sizeof(WCHAR);
    return list;
}

static NTSTATUS list_change(const struct plan_step *step)
{
    uint32_t type = REG_NONE, length = 0, edited_length;
    uint8_t *old;
    setup_key_value(step->path, step->name, &type, &old, &length);
    if (!old && step->kind == PLAN_DELETE_STRING)
        return STATUS_SUCCESS;
    uint8_t *edited =
        list_edit(old, old && type == REG_MULTI_SZ ? length : 0, step, &edited_length);
    NTSTATUS status = edited
                          ? value_set(step->path, step->name, REG_MULTI_SZ, edited, edited_length)
                          : STATUS_INSUFFICIENT_RESOURCES;
    free(old);
    free(edited);
    return status;
}

static NTSTATUS bits_change(const struct plan_step *step)
{
    uint32_t type, length;
    uint8_t *data;
    setup_key_value(step->path, step->name, &type, &data, &length);
    NTSTATUS status = STATUS_SUCCESS;
    if (data && step->bit_byte < length && (type == REG_BINARY || type == REG_DWORD)) {
        if (step->kind == PLAN_BITS_SET)
            data[step->bit_byte] |= step->bit_mask;
        else
            data[step->bit_byte] &= (uint8_t)~step->bit_mask;
        status = value_set(step->path, step->name, type, data, length);
    }
    free(data);
    return status;
}

/* The parts that a descriptor speaks of: of an INF's texts most leave out the owner. */
static SECURITY_INFORMATION security_parts(const void *descriptor)
{
    SECURITY_DESCRIPTOR_RELATIVE parts;
    memcpy(&parts, descriptor, sizeof parts);
    return (parts.Owner ? OWNER_SECURITY_INFORMATION : 0) |
           (parts.Group ? GROUP_SECURITY_INFORMATION : 0) |
           (parts.Control & SE_DACL_PRESENT ? DACL_SECURITY_INFORMATION : 0) |
           (parts.Control & SE_SACL_PRESENT ? SACL_SECURITY_INFORMATION : 0);
}

static NTSTATUS security_change(const struct plan_step *step)
{
    void *key;
    NTSTATUS status = setup_key_open(step->path, true, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = cm_key_security_set(key, security_parts(step->data), step->data);
    ObDereferenceObject(key);
    return status;
}

static NTSTATUS key_make(const char *path)
{
    void *key;
    NTSTATUS status = setup_key_open(path, true, &key);
    if (NT_SUCCESS(status))
        ObDereferenceObject(key);
    return status;
}

static NTSTATUS step_run(const struct plan_step *step)
{
    switch (step->kind) {
    case PLAN_SET:
        return value_set(step->path, step->name, step->type, step->data, step->length);
    case PLAN_KEY:
        return key_make(step->path);
    case PLAN_APPEND:
    case PLAN_DELETE_STRING:
        return list_change(step);
    case PLAN_DELETE_VALUE:
        return value_delete(step->path, step->name);
    case PLAN_DELETE_KEY:
        return setup_key_delete_tree(step->path);
    case PLAN_BITS_SET:
    case PLAN_BITS_CLEAR:
        return bits_change(step);
    case PLAN_SECURITY:
        return security_change(step);
    }
    return STATUS_INVALID_PARAMETER;
}

static bool is_skipped(const struct plan_step *step)
{
    if (!step->if_absent && !step->if_present)
        return false;
    uint32_t type, length;
    uint8_t *data;
    setup_key_value(step->path, step->name, &type, &data, &length);
    bool is_there = data != NULL;
    free(data);
    return is_there ? step->if_absent : step->if_present;
}

static void remember(struct undo *undo, const struct plan_step *step)
{
    if (step->kind == PLAN_DELETE_KEY) {
        remember_tree(undo, step->path);
        return;
    }
    bool has_value = step->kind != PLAN_KEY && step->kind != PLAN_SECURITY;
    if (!setup_key_exists(step->path))
        remember_absence(undo, step->path);
    else if (has_value)
        remember_value(undo, step->path, step->name);
}

NTSTATUS undo_step(struct undo *undo, const struct plan_step *step)
{
    if (is_skipped(step))
        return STATUS_SUCCESS;
    remember(undo, step);
    return undo->back.is_short ? STATUS_INSUFFICIENT_RESOURCES : step_run(step);
}

void undo_all(struct undo *undo)
{
    for (size_t i = undo->back.step_count; i-- > 0;)
        step_run(&undo->back.steps[i]);
}
