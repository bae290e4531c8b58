/* SPDX-License-Identifier: MIT */
/* query_table.c - RtlQueryRegistryValues: a table of values a driver wants.
 *
 * Entries are worked off one after the other; each hands values to the driver's routine or
 * stores them in its variables. Values are copies: no lock is held while the driver's
 * routine runs, and it may change the key. Stops at the first error.
 */
#include "cm_internal.h"

#include <string.h>

#include "callout/callout.h"
#include "query_table.h"

/* One run over a table. */
struct table_run {
    void *top; /* the key of RelativeTo and Path; NULL: it was optional and is not there */
    void *key; /* where SUBKEY entries have led to; equal to top, or referenced */
    void *context;
    const WCHAR *environment; /* NAME=value strings, an empty one ends them; NULL: the system's */
};

/* A value on its way to the driver. */
struct value_found {
    WCHAR *name; /* terminated */
    ULONG type, length;
    void *bytes; /* two zero bytes follow */
};

static bool type_is_string(ULONG type)
{
    return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ;
}

/* ---- expanding %NAME% -------------------------------------------------------------------- */

static UNICODE_STRING environment_value(const WCHAR *environment, const UNICODE_STRING *name)
{
    UNICODE_STRING value = {0};
    while (*environment) {
        UNICODE_STRING whole;
        RtlInitUnicodeString(&whole, environment);
        USHORT at = name->Length / sizeof(WCHAR);
        UNICODE_STRING begin = {name->Length, name->Length, whole.Buffer};
        if (whole.Length > name->Length && whole.Buffer[at] == '=' &&
            RtlEqualUnicodeString(&begin, name, TRUE)) {
            RtlInitUnicodeString(&value, whole.Buffer + at + 1);
            break;
        }
        environment += whole.Length / sizeof(WCHAR) + 1;
    }
    return value;
}

/* Of the system: the variables that mean something to a driver; others stay as they are. */
static UNICODE_STRING variable_value(const WCHAR *environment, const UNICODE_STRING *name)
{
    if (environment)
        return environment_value(environment, name);
    UNICODE_STRING root = RTL_CONSTANT_STRING(L"SystemRoot");
    UNICODE_STRING windir = RTL_CONSTANT_STRING(L"windir");
    UNICODE_STRING drive = RTL_CONSTANT_STRING(L"SystemDrive");
    UNICODE_STRING value = {0};
    if (RtlEqualUnicodeString(name, &root, TRUE) || RtlEqualUnicodeString(name, &windir, TRUE)) {
        RtlInitUnicodeString(&value, ke_shared_data()->NtSystemRoot);
    } else if (RtlEqualUnicodeString(name, &drive, TRUE)) {
        RtlInitUnicodeString(&value, ke_shared_data()->NtSystemRoot);
        if (value.Length > 2 * sizeof(WCHAR))
            value.Length = 2 * sizeof(WCHAR);
    }
    return value;
}

/* Where the variable that begins at text[0] == '%' ends: the index behind the second '%'. */
static ULONG variable_end(const WCHAR *text, ULONG count)
{
    for (ULONG i = 1; i < count; i++)
        if (text[i] == '%')
            return i + 1;
    return 0;
}

/* Copies count characters with variables expanded; returns how many it takes. to may be NULL. */
static ULONG text_expand(const WCHAR *environment, const WCHAR *text, ULONG count, WCHAR *to)
{
    ULONG written = 0;
    for (ULONG i = 0; i < count;) {
        ULONG end = text[i] == '%' ? variable_end(text + i, count - i) : 0;
        UNICODE_STRING value = {0};
        if (end > 2) {
            UNICODE_STRING name = {(USHORT)((end - 2) * sizeof(WCHAR)),
                                   (USHORT)((end - 2) * sizeof(WCHAR)), (WCHAR *)text + i + 1};
            value = variable_value(environment, &name);
        }
        if (value.Length) {
            if (to)
                memcpy(to + written, value.Buffer, value.Length);
            written += value.Length / sizeof(WCHAR);
            i += end;
        } else {
            if (to)
                to[written] = text[i];
            written++;
            i++;
        }
    }
    return written;
}

static NTSTATUS value_expand(const WCHAR *environment, struct value_found *value)
{
    ULONG count = value->length / sizeof(WCHAR);
    ULONG length = text_expand(environment, value->bytes, count, NULL) * sizeof(WCHAR);
    WCHAR *expanded = ExAllocatePool2(POOL_FLAG_PAGED, length + sizeof(WCHAR), CM_TAG);
    if (!expanded)
        return STATUS_INSUFFICIENT_RESOURCES;
    text_expand(environment, value->bytes, count, expanded);
    ExFreePoolWithTag(value->bytes, CM_TAG);
    value->bytes = expanded;
    value->length = length;
    value->type = REG_SZ;
    return STATUS_SUCCESS;
}

/* ---- giving a value to the driver ------------------------------------------------------------ */

static NTSTATUS routine_call(struct table_run *run, const RTL_QUERY_REGISTRY_TABLE *entry,
                             const WCHAR *name, ULONG type, const void *bytes, ULONG length)
{
    uint64_t arguments[6] = {(uint64_t)name,         type,
                             (uint64_t)bytes,        length,
                             (uint64_t)run->context, (uint64_t)entry->EntryContext};
    NTSTATUS status = (NTSTATUS)callout_invoke(entry->QueryRoutine, arguments, 6);
    return status == STATUS_BUFFER_TOO_SMALL ? STATUS_SUCCESS : status;
}

static NTSTATUS direct_string(UNICODE_STRING *target, const void *bytes, ULONG length)
{
    if (length > 0xfffe)
        return STATUS_BUFFER_TOO_SMALL;
    if (!target->Buffer) {
        target->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, length + sizeof(WCHAR), CM_TAG);
        if (!target->Buffer)
            return STATUS_INSUFFICIENT_RESOURCES;
        target->MaximumLength = (USHORT)(length ? length : sizeof(WCHAR));
    } else if (length > target->MaximumLength) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(target->Buffer, bytes, length);
    /* The terminating zero belongs to the buffer, not to the length. */
    const WCHAR *text = bytes;
    ULONG count = length / sizeof(WCHAR);
    target->Length = (USHORT)(count && text[count - 1] == 0 ? length - sizeof(WCHAR) : length);
    return STATUS_SUCCESS;
}

/* Data longer than a ULONG: the driver's buffer says how large it is and how it wants it. */
static NTSTATUS direct_large(void *target, ULONG type, const void *bytes, ULONG length)
{
    LONG room;
    memcpy(&room, target, sizeof room);
    if (room < 0) {
        if ((ULONG) - (LONGLONG)room < length)
            return STATUS_BUFFER_TOO_SMALL;
        memcpy(target, bytes, length);
        return STATUS_SUCCESS;
    }
    if ((ULONG)room < 2 * sizeof(ULONG) || (ULONG)room - 2 * sizeof(ULONG) < length)
        return STATUS_BUFFER_TOO_SMALL;
    memcpy(target, &length, sizeof length);
    memcpy((char *)target + sizeof(ULONG), &type, sizeof type);
    memcpy((char *)target + 2 * sizeof(ULONG), bytes, length);
    return STATUS_SUCCESS;
}

static NTSTATUS value_store(const RTL_QUERY_REGISTRY_TABLE *entry, ULONG type, const void *bytes,
                            ULONG length)
{
    if (type_is_string(type))
        return direct_string(entry->EntryContext, bytes, length);
    if (length > sizeof(ULONG))
        return direct_large(entry->EntryContext, type, bytes, length);
    memcpy(entry->EntryContext, bytes, length);
    return STATUS_SUCCESS;
}

/* Each string of a REG_MULTI_SZ by itself; the empty one ends the list. */
static NTSTATUS multi_string_give(struct table_run *run, const RTL_QUERY_REGISTRY_TABLE *entry,
                                  const struct value_found *value)
{
    const WCHAR *text = value->bytes;
    ULONG count = value->length / sizeof(WCHAR), begin = 0;
    NTSTATUS status = STATUS_SUCCESS;
    while (NT_SUCCESS(status) && begin < count && text[begin]) {
        ULONG end = begin;
        while (end < count && text[end])
            end++;
        /* The copy has two zero bytes behind it, so the last string is terminated, too. */
        status = routine_call(run, entry, value->name, REG_SZ, text + begin,
                              (ULONG)((end - begin + 1) * sizeof(WCHAR)));
        begin = end + 1;
    }
    return status;
}

static NTSTATUS value_give(struct table_run *run, const RTL_QUERY_REGISTRY_TABLE *entry,
                           struct value_found *value)
{
    bool is_raw = entry->Flags & RTL_QUERY_REGISTRY_NOEXPAND;
    NTSTATUS status = STATUS_SUCCESS;
    if (!is_raw && value->type == REG_EXPAND_SZ)
        status = value_expand(run->environment, value);
    if (!NT_SUCCESS(status))
        return status;
    if (entry->Flags & RTL_QUERY_REGISTRY_DIRECT)
        return value_store(entry, value->type, value->bytes, value->length);
    if (!is_raw && value->type == REG_MULTI_SZ)
        return multi_string_give(run, entry, value);
    return routine_call(run, entry, value->name, value->type, value->bytes, value->length);
}

/* ---- finding it --------------------------------------------------------------------------- */

static ULONG default_length(const RTL_QUERY_REGISTRY_TABLE *entry, ULONG type)
{
    const WCHAR *text = entry->DefaultData;
    ULONG count = 0;
    if (entry->DefaultLength || !type_is_string(type) || !text)
        return entry->DefaultLength;
    if (type == REG_MULTI_SZ) {
        while (text[count] || text[count + 1])
            count++;
        return (ULONG)((count + 2) * sizeof(WCHAR));
    }
    while (text[count])
        count++;
    return (ULONG)((count + 1) * sizeof(WCHAR));
}

/* There is no such value: the default is given, or nothing, or that is an error. */
static NTSTATUS default_give(struct table_run *run, const RTL_QUERY_REGISTRY_TABLE *entry)
{
    ULONG type = entry->DefaultType & 0xff;
    struct value_found value = {.name = (WCHAR *)entry->Name, .type = type};
    if (entry->Flags & RTL_QUERY_REGISTRY_REQUIRED)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (type == REG_NONE)
        return STATUS_SUCCESS;
    value.length = default_length(entry, type);
    value.bytes = ExAllocatePool2(POOL_FLAG_PAGED, (SIZE_T)value.length + 2, CM_TAG);
    if (!value.bytes)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (entry->DefaultData)
        memcpy(value.bytes, entry->DefaultData, value.length);
    NTSTATUS status = value_give(run, entry, &value);
    ExFreePoolWithTag(value.bytes, CM_TAG);
    return status;
}

static NTSTATUS entry_one_value(struct table_run *run, const RTL_QUERY_REGISTRY_TABLE *entry)
{
    UNICODE_STRING name;
    struct value_found value = {.name = (WCHAR *)entry->Name};
    RtlInitUnicodeString(&name, entry->Name);
    NTSTATUS status = run->key
                          ? cm_value_get(run->key, &name, &value.type, &value.bytes, &value.length)
                          : STATUS_OBJECT_NAME_NOT_FOUND;
    if (status == STATUS_OBJECT_NAME_NOT_FOUND)
        return default_give(run, entry);
    if (!NT_SUCCESS(status))
        return status;
    if ((entry->Flags & RTL_QUERY_REGISTRY_TYPECHECK) &&
        entry->DefaultType >> RTL_QUERY_REGISTRY_TYPECHECK_SHIFT != value.type)
        status = STATUS_OBJECT_TYPE_MISMATCH;
    else
        status = value_give(run, entry, &value);
    ExFreePoolWithTag(value.bytes, CM_TAG);
    if (NT_SUCCESS(status) && (entry->Flags & RTL_QUERY_REGISTRY_DELETE))
        cm_value_delete(run->key, &name);
    return status;
}

/* The index-th value of the key with its name. STATUS_NO_MORE_ENTRIES at the end. */
static NTSTATUS value_at(void *key, ULONG index, struct value_found *out_value)
{
    struct cm_node *node = ((struct cm_key *)key)->node;
    NTSTATUS status = STATUS_NO_MORE_ENTRIES;
    host_lock_take(&cm_lock);
    if (!node->is_deleted && index < node->value_count) {
        struct list *link = node->values.next;
        while (index-- > 0)
            link = link->next;
        struct cm_value *value = list_entry(link, struct cm_value, link);
        char *bytes = ExAllocatePool2(POOL_FLAG_PAGED, (SIZE_T)value->length_bytes + 2, CM_TAG);
        char *name = ExAllocatePool2(POOL_FLAG_PAGED, (SIZE_T)value->name.Length + 2, CM_TAG);
        if (bytes && name) {
            memcpy(bytes, value->bytes ? value->bytes : "", value->length_bytes);
            if (value->name.Length)
                memcpy(name, value->name.Buffer, value->name.Length);
            *out_value =
                (struct value_found){(WCHAR *)name, value->type, value->length_bytes, bytes};
            status = STATUS_SUCCESS;
        } else {
            if (bytes)
                ExFreePoolWithTag(bytes, CM_TAG);
            if (name)
                ExFreePoolWithTag(name, CM_TAG);
            status = STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    host_lock_give(&cm_lock);
    return status;
}

static NTSTATUS entry_all_values(struct table_run *run, const RTL_QUERY_REGISTRY_TABLE *entry)
{
    ULONG index = 0, given = 0;
    NTSTATUS status = STATUS_SUCCESS;
    while (run->key && NT_SUCCESS(status)) {
        struct value_found value;
        status = value_at(run->key, index, &value);
        if (status == STATUS_NO_MORE_ENTRIES) {
            status = STATUS_SUCCESS;
            break;
        }
        if (!NT_SUCCESS(status))
            return status;
        given++;
        status = value_give(run, entry, &value);
        UNICODE_STRING name;
        RtlInitUnicodeString(&name, value.name);
        /* A deleted value's place is taken by the next one. */
        if (!NT_SUCCESS(status) || !(entry->Flags & RTL_QUERY_REGISTRY_DELETE) ||
            !NT_SUCCESS(cm_value_delete(run->key, &name)))
            index++;
        ExFreePoolWithTag(value.name, CM_TAG);
        ExFreePoolWithTag(value.bytes, CM_TAG);
    }
    if (NT_SUCCESS(status) && given == 0 && (entry->Flags & RTL_QUERY_REGISTRY_REQUIRED))
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    return status;
}

/* ---- entries ----------------------------------------------------------------------------------
 */

static void run_key_set(struct table_run *run, void *key)
{
    if (run->key && run->key != run->top)
        ob_dereference(run->key);
    run->key = key;
}

static NTSTATUS entry_sub_key(struct table_run *run, const RTL_QUERY_REGISTRY_TABLE *entry)
{
    UNICODE_STRING path;
    void *key = NULL;
    if (!entry->Name)
        return STATUS_INVALID_PARAMETER;
    RtlInitUnicodeString(&path, entry->Name);
    run_key_set(run, run->top);
    NTSTATUS status =
        run->top ? sub_key_open(run->top, &path, false, &key) : STATUS_OBJECT_NAME_NOT_FOUND;
    if (status == STATUS_OBJECT_NAME_NOT_FOUND && !(entry->Flags & RTL_QUERY_REGISTRY_REQUIRED)) {
        run_key_set(run, NULL);
        return STATUS_SUCCESS; /* the entries that follow get their defaults */
    }
    if (!NT_SUCCESS(status))
        return status;
    run_key_set(run, key);
    return entry->QueryRoutine ? entry_all_values(run, entry) : STATUS_SUCCESS;
}

static bool entry_is_valid(const RTL_QUERY_REGISTRY_TABLE *entry)
{
    if (!(entry->Flags & RTL_QUERY_REGISTRY_DIRECT))
        return true;
    return entry->Name && !entry->QueryRoutine && entry->EntryContext &&
           !(entry->Flags & RTL_QUERY_REGISTRY_SUBKEY);
}

static NTSTATUS entry_run(struct table_run *run, const RTL_QUERY_REGISTRY_TABLE *entry)
{
    if (!entry_is_valid(entry))
        return STATUS_INVALID_PARAMETER;
    if (entry->Flags & RTL_QUERY_REGISTRY_TOPKEY)
        run_key_set(run, run->top);
    if (entry->Flags & RTL_QUERY_REGISTRY_SUBKEY)
        return entry_sub_key(run, entry);
    if (entry->Flags & RTL_QUERY_REGISTRY_DIRECT)
        return entry_one_value(run, entry);
    if (!entry->QueryRoutine)
        return STATUS_SUCCESS; /* a name that leads nowhere */
    if (entry->Flags & RTL_QUERY_REGISTRY_NOVALUE)
        return routine_call(run, entry, entry->Name, REG_NONE, NULL, 0);
    return entry->Name ? entry_one_value(run, entry) : entry_all_values(run, entry);
}

NTSTATUS query_table_run(ULONG relative_to, PCWSTR path, RTL_QUERY_REGISTRY_TABLE *table,
                         PVOID context, PCWSTR environment)
{
    struct table_run run = {.context = context, .environment = environment};
    NTSTATUS status = relative_key_open(relative_to, path, KEY_READ, false, &run.top);
    if (!NT_SUCCESS(status)) {
        if (!(relative_to & RTL_REGISTRY_OPTIONAL) || status != STATUS_OBJECT_NAME_NOT_FOUND)
            return status;
        run.top = NULL;
    }
    run.key = run.top;
    status = STATUS_SUCCESS;
    for (; NT_SUCCESS(status) &&
           (table->QueryRoutine || table->Name ||
            (table->Flags & (RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_DIRECT)));
         table++)
        status = entry_run(&run, table);
    run_key_set(&run, NULL);
    if (run.top)
        ob_dereference(run.top);
    return status;
}
