/* SPDX-License-Identifier: MIT */
/* layout.c - gives a registry the keys and values that every machine has.
 *
 * A registry that is new, or older than the table, gets what it lacks; what somebody has changed
 * or deleted since stays so. Keys that are not kept, and what the version of Windows says, are
 * made at each start.
 */
#include "cm_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/windows.h"
#include "layout.h"

#define TEXT_BYTES   2560
#define NAME_CHARS   64
#define CLASS_FOLDER "MACHINE\\SYSTEM\\ControlSet001\\Control\\Class"

/* ASCII to UTF-16. */
static ULONG widen(const char *text, WCHAR *out_wide, size_t room)
{
    ULONG count = 0;
    while (text[count] && count < room - 1) {
        out_wide[count] = (WCHAR)(unsigned char)text[count];
        count++;
    }
    out_wide[count] = 0;
    return count;
}

static struct cm_node *child_of_locked(struct cm_node *parent, const char *name, size_t length,
                                       UNICODE_STRING *out_name, WCHAR *room)
{
    for (size_t i = 0; i < length; i++)
        room[i] = (WCHAR)(unsigned char)name[i];
    *out_name = (UNICODE_STRING){(USHORT)(length * 2), (USHORT)(length * 2), room};
    return node_find_locked(parent, out_name);
}

/* Makes the last component if it is missing and make says so. *out_node NULL: it is not there. */
static NTSTATUS node_of_path_locked(const char *path, bool make, ULONG options,
                                    struct cm_node **out_node)
{
    struct cm_node *node = cm_root;
    WCHAR room[NAME_CHARS];
    while (node && *path) {
        size_t length = strcspn(path, "\\");
        UNICODE_STRING name;
        COVE_ASSERT(length < NAME_CHARS);
        struct cm_node *child = child_of_locked(node, path, length, &name, room);
        path += length + (path[length] == '\\');
        if (!child && !*path && make)
            return node_create_locked(node, &name, options, out_node);
        node = child;
    }
    *out_node = node;
    return STATUS_SUCCESS;
}

static NTSTATUS value_put_locked(struct cm_node *node, const char *name, ULONG type,
                                 const void *bytes, ULONG length, bool replace)
{
    WCHAR wide[NAME_CHARS];
    UNICODE_STRING string = {(USHORT)(widen(name, wide, NAME_CHARS) * 2), sizeof wide, wide};
    struct cm_value *value = value_find_locked(node, &string);
    if (value && !replace)
        return STATUS_SUCCESS;
    if (value && value->type == type && value->length_bytes == length &&
        !memcmp(value->bytes, bytes, length))
        return STATUS_SUCCESS;
    if (value)
        value_remove_locked(node, value);
    node_mark_locked(node, NODE_VALUES);
    return value_add_locked(node, &string, type, bytes, length);
}

/* What the version of Windows says; NULL: the text is not about it. */
static const char *version_text(const char *text, char *room, size_t size)
{
    OSVERSIONINFOW told = {.dwOSVersionInfoSize = sizeof told};
    RtlGetVersion(&told);
    struct windows_version version = windows_of_build(told.dwBuildNumber);
    const struct windows_release *release = windows_release_of(version.build);
    if (*text != '%' || !strcmp(text, "%SystemRoot%"))
        return NULL;
    if (!strcmp(text, "%product%"))
        snprintf(room, size, "Windows %s Pro", release->family);
    else if (!strcmp(text, "%version%"))
        /* Stands still since 8.1, as documented. */
        snprintf(room, size, "%u.%u", version.major > 6 ? 6 : version.major,
                 version.major > 6 ? 3 : version.minor);
    else if (!strcmp(text, "%build%"))
        snprintf(room, size, "%u", version.build);
    else if (!strcmp(text, "%major%"))
        snprintf(room, size, "%u", version.major);
    else if (!strcmp(text, "%minor%"))
        snprintf(room, size, "%u", version.minor);
    else if (!strcmp(text, "%release%"))
        snprintf(room, size, "%s", release->release);
    else
        return NULL;
    return room;
}

static NTSTATUS row_value_locked(struct cm_node *node, const struct layout_row *row)
{
    char room[64];
    WCHAR wide[TEXT_BYTES / sizeof(WCHAR)];
    bool replace = row->flags & LAYOUT_ALWAYS;
    const char *text = version_text(row->text, room, sizeof room);
    if (!text)
        text = row->text;
    if (row->type == REG_DWORD) {
        ULONG number = (ULONG)strtoul(text, NULL, 0);
        return value_put_locked(node, row->name, REG_DWORD, &number, sizeof number, replace);
    }
    ULONG count = widen(text, wide, sizeof wide / sizeof *wide - 1);
    if (row->type == REG_MULTI_SZ) {
        for (ULONG i = 0; i < count; i++)
            wide[i] = wide[i] == ';' ? 0 : wide[i];
        wide[++count] = 0;
    }
    count += row->type != REG_LINK; /* the target of a link is not terminated */
    return value_put_locked(node, row->name, row->type, wide, count * (ULONG)sizeof(WCHAR),
                            replace);
}

static NTSTATUS row_apply_locked(const struct layout_row *row, bool is_new)
{
    struct cm_node *node;
    bool is_due = is_new || (row->flags & (LAYOUT_VOLATILE | LAYOUT_ALWAYS));
    ULONG options = (row->flags & LAYOUT_VOLATILE ? REG_OPTION_VOLATILE : 0) |
                    (row->flags & LAYOUT_LINK ? REG_OPTION_CREATE_LINK : 0);
    if (!is_due)
        return STATUS_SUCCESS;
    bool makes = !row->name || (row->flags & LAYOUT_LINK);
    NTSTATUS status = node_of_path_locked(row->path, makes, options, &node);
    COVE_ASSERT(!NT_SUCCESS(status) || node || cm_store_layout() > 0); /* a line stands too early */
    /* Somebody deleted the key: then it has no values either. */
    return NT_SUCCESS(status) && node && row->name ? row_value_locked(node, row) : status;
}

static NTSTATUS class_text_locked(struct cm_node *node, const char *name, const char *text)
{
    WCHAR wide[128];
    ULONG count = widen(text, wide, sizeof wide / sizeof *wide) + 1;
    return value_put_locked(node, name, REG_SZ, wide, count * (ULONG)sizeof(WCHAR), false);
}

static NTSTATUS class_apply_locked(struct cm_node *folder, const struct layout_class *class)
{
    WCHAR room[NAME_CHARS];
    UNICODE_STRING name;
    NTSTATUS status = STATUS_SUCCESS;
    struct cm_node *node = child_of_locked(folder, class->guid, strlen(class->guid), &name, room);
    if (!node)
        status = node_create_locked(folder, &name, 0, &node);
    if (NT_SUCCESS(status))
        status = class_text_locked(node, "Class", class->name);
    return NT_SUCCESS(status) ? class_text_locked(node, "ClassDesc", class->description) : status;
}

NTSTATUS layout_apply(void)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct cm_node *classes;
    host_lock_take(&cm_lock);
    bool is_new = cm_store_layout() < LAYOUT_VERSION;
    for (unsigned i = 0; i < layout_row_count && NT_SUCCESS(status); i++)
        status = row_apply_locked(&layout_rows[i], is_new);
    if (NT_SUCCESS(status))
        status = node_of_path_locked(CLASS_FOLDER, false, 0, &classes);
    for (unsigned i = 0; is_new && i < layout_class_count && NT_SUCCESS(status) && classes; i++)
        status = class_apply_locked(classes, &layout_classes[i]);
    if (NT_SUCCESS(status) && is_new)
        cm_store_layout_set(LAYOUT_VERSION);
    host_lock_give(&cm_lock);
    return status;
}
