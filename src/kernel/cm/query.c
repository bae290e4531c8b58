/* SPDX-License-Identifier: MIT */
/* query.c - the documented information classes of keys and values.
 *
 * Every answer is a fixed part and what lies behind it. Less room than the fixed part:
 * STATUS_BUFFER_TOO_SMALL, nothing written. Less than all: STATUS_BUFFER_OVERFLOW, what
 * fits is written. The length needed is told in every case.
 */
#include "cm_internal.h"

#include <string.h>

void answer_put(struct answer *answer, ULONG offset, const void *bytes, ULONG length)
{
    if (answer->total < offset + length)
        answer->total = offset + length;
    if (offset < answer->room) {
        ULONG fits = answer->room - offset < length ? answer->room - offset : length;
        if (fits > 0)
            memcpy(answer->buffer + offset, bytes, fits);
    }
}

NTSTATUS answer_finish(const struct answer *answer, ULONG fixed, ULONG *out_length)
{
    *out_length = answer->total;
    if (answer->room < fixed)
        return STATUS_BUFFER_TOO_SMALL;
    return answer->room < answer->total ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* No byte is written when not even the fixed part fits. */
static struct answer answer_begin(void *buffer, ULONG length, ULONG fixed)
{
    return (struct answer){buffer, length < fixed ? 0 : length, 0, false};
}

static NTSTATUS answer_end(struct answer *answer, ULONG length, ULONG fixed, ULONG *out_length)
{
    answer->room = length;
    if (answer->total < fixed)
        answer->total = fixed;
    return answer_finish(answer, fixed, out_length);
}

static ULONG align_up(ULONG value, ULONG to)
{
    return (value + to - 1) / to * to;
}

/* ---- keys ----------------------------------------------------------------------------- */

struct key_maxima {
    ULONG name, class_name, value_name, value_data;
};

static struct key_maxima maxima_locked(const struct cm_node *node)
{
    struct key_maxima maxima = {0};
    for (uint32_t i = 0; i < node->child_count; i++) {
        const struct cm_node *child = node->children[i];
        if (child->name.Length > maxima.name)
            maxima.name = child->name.Length;
        if (child->class_name.Length > maxima.class_name)
            maxima.class_name = child->class_name.Length;
    }
    list_for_each(link, &node->values)
    {
        const struct cm_value *value = list_entry(link, struct cm_value, link);
        if (value->name.Length > maxima.value_name)
            maxima.value_name = value->name.Length;
        if (value->length_bytes > maxima.value_data)
            maxima.value_data = value->length_bytes;
    }
    return maxima;
}

static NTSTATUS key_basic(const struct cm_node *node, void *buffer, ULONG length, ULONG *out_length)
{
    const ULONG fixed = FIELD_OFFSET(KEY_BASIC_INFORMATION, Name);
    struct answer answer = answer_begin(buffer, length, fixed);
    KEY_BASIC_INFORMATION basic = {.LastWriteTime.QuadPart = node->last_write,
                                   .NameLength = node->name.Length};
    answer_put(&answer, 0, &basic, fixed);
    answer_put(&answer, fixed, node->name.Buffer, node->name.Length);
    return answer_end(&answer, length, fixed, out_length);
}

static NTSTATUS key_node(const struct cm_node *node, void *buffer, ULONG length, ULONG *out_length)
{
    const ULONG fixed = FIELD_OFFSET(KEY_NODE_INFORMATION, Name);
    struct answer answer = answer_begin(buffer, length, fixed);
    ULONG class_offset = align_up(fixed + node->name.Length, sizeof(ULONG));
    KEY_NODE_INFORMATION information = {
        .LastWriteTime.QuadPart = node->last_write,
        .ClassOffset = node->class_name.Length ? class_offset : (ULONG)-1,
        .ClassLength = node->class_name.Length,
        .NameLength = node->name.Length,
    };
    answer_put(&answer, 0, &information, fixed);
    answer_put(&answer, fixed, node->name.Buffer, node->name.Length);
    if (node->class_name.Length)
        answer_put(&answer, class_offset, node->class_name.Buffer, node->class_name.Length);
    return answer_end(&answer, length, fixed, out_length);
}

static NTSTATUS key_full(const struct cm_node *node, void *buffer, ULONG length, ULONG *out_length)
{
    const ULONG fixed = FIELD_OFFSET(KEY_FULL_INFORMATION, Class);
    struct answer answer = answer_begin(buffer, length, fixed);
    struct key_maxima maxima = maxima_locked(node);
    KEY_FULL_INFORMATION full = {
        .LastWriteTime.QuadPart = node->last_write,
        .ClassOffset = node->class_name.Length ? fixed : (ULONG)-1,
        .ClassLength = node->class_name.Length,
        .SubKeys = node->child_count,
        .MaxNameLen = maxima.name,
        .MaxClassLen = maxima.class_name,
        .Values = node->value_count,
        .MaxValueNameLen = maxima.value_name,
        .MaxValueDataLen = maxima.value_data,
    };
    answer_put(&answer, 0, &full, fixed);
    answer_put(&answer, fixed, node->class_name.Buffer, node->class_name.Length);
    return answer_end(&answer, length, fixed, out_length);
}

static NTSTATUS key_name(const struct cm_node *node, void *buffer, ULONG length, ULONG *out_length)
{
    const ULONG fixed = FIELD_OFFSET(KEY_NAME_INFORMATION, Name);
    struct answer answer = answer_begin(buffer, length, fixed);
    UNICODE_STRING path;
    NTSTATUS status = node_path_locked(node, &path);
    if (!NT_SUCCESS(status))
        return status;
    KEY_NAME_INFORMATION information = {.NameLength = path.Length};
    answer_put(&answer, 0, &information, fixed);
    answer_put(&answer, fixed, path.Buffer, path.Length);
    RtlFreeUnicodeString(&path);
    return answer_end(&answer, length, fixed, out_length);
}

static NTSTATUS key_cached(const struct cm_node *node, void *buffer, ULONG length,
                           ULONG *out_length)
{
    struct key_maxima maxima = maxima_locked(node);
    KEY_CACHED_INFORMATION cached = {
        .LastWriteTime.QuadPart = node->last_write,
        .SubKeys = node->child_count,
        .MaxNameLen = maxima.name,
        .Values = node->value_count,
        .MaxValueNameLen = maxima.value_name,
        .MaxValueDataLen = maxima.value_data,
        .NameLength = node->name.Length,
    };
    struct answer answer = answer_begin(buffer, length, sizeof cached);
    answer_put(&answer, 0, &cached, sizeof cached);
    return answer_end(&answer, length, sizeof cached, out_length);
}

static NTSTATUS node_query_locked(const struct cm_node *node, KEY_INFORMATION_CLASS kind,
                                  void *buffer, ULONG length, ULONG *out_length)
{
    switch (kind) {
    case KeyBasicInformation:
        return key_basic(node, buffer, length, out_length);
    case KeyNodeInformation:
        return key_node(node, buffer, length, out_length);
    case KeyFullInformation:
        return key_full(node, buffer, length, out_length);
    case KeyNameInformation:
        return key_name(node, buffer, length, out_length);
    case KeyCachedInformation:
        return key_cached(node, buffer, length, out_length);
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

NTSTATUS key_query_raw(void *body, KEY_INFORMATION_CLASS kind, void *buffer, ULONG length,
                       ULONG *out_length)
{
    struct cm_node *node = ((struct cm_key *)body)->node;
    host_lock_take(&cm_lock);
    NTSTATUS status = node->is_deleted ? STATUS_KEY_DELETED
                                       : node_query_locked(node, kind, buffer, length, out_length);
    host_lock_give(&cm_lock);
    return status;
}

NTSTATUS key_enumerate_raw(void *body, ULONG index, KEY_INFORMATION_CLASS kind, void *buffer,
                           ULONG length, ULONG *out_length)
{
    struct cm_node *node = ((struct cm_key *)body)->node;
    NTSTATUS status;
    host_lock_take(&cm_lock);
    if (node->is_deleted)
        status = STATUS_KEY_DELETED;
    else if (index >= node->child_count)
        status = STATUS_NO_MORE_ENTRIES;
    else if (kind != KeyBasicInformation && kind != KeyNodeInformation &&
             kind != KeyFullInformation)
        status = STATUS_INVALID_PARAMETER;
    else
        status = node_query_locked(node->children[index], kind, buffer, length, out_length);
    host_lock_give(&cm_lock);
    return status;
}

/* ---- values ------------------------------------------------------------------------------ */

static NTSTATUS value_basic(const struct cm_value *value, void *buffer, ULONG length,
                            ULONG *out_length)
{
    const ULONG fixed = FIELD_OFFSET(KEY_VALUE_BASIC_INFORMATION, Name);
    struct answer answer = answer_begin(buffer, length, fixed);
    KEY_VALUE_BASIC_INFORMATION basic = {.Type = value->type, .NameLength = value->name.Length};
    answer_put(&answer, 0, &basic, fixed);
    answer_put(&answer, fixed, value->name.Buffer, value->name.Length);
    return answer_end(&answer, length, fixed, out_length);
}

static NTSTATUS value_full(const struct cm_value *value, ULONG alignment, void *buffer,
                           ULONG length, ULONG *out_length)
{
    const ULONG fixed = FIELD_OFFSET(KEY_VALUE_FULL_INFORMATION, Name);
    struct answer answer = answer_begin(buffer, length, fixed);
    ULONG data_offset = align_up(fixed + value->name.Length, alignment);
    KEY_VALUE_FULL_INFORMATION full = {
        .Type = value->type,
        .DataOffset = value->length_bytes ? data_offset : (ULONG)-1,
        .DataLength = value->length_bytes,
        .NameLength = value->name.Length,
    };
    answer_put(&answer, 0, &full, fixed);
    answer_put(&answer, fixed, value->name.Buffer, value->name.Length);
    if (value->length_bytes)
        answer_put(&answer, data_offset, value->bytes, value->length_bytes);
    return answer_end(&answer, length, fixed, out_length);
}

static NTSTATUS value_partial(const struct cm_value *value, void *buffer, ULONG length,
                              ULONG *out_length)
{
    const ULONG fixed = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data);
    struct answer answer = answer_begin(buffer, length, fixed);
    KEY_VALUE_PARTIAL_INFORMATION partial = {.Type = value->type,
                                             .DataLength = value->length_bytes};
    answer_put(&answer, 0, &partial, fixed);
    answer_put(&answer, fixed, value->bytes, value->length_bytes);
    return answer_end(&answer, length, fixed, out_length);
}

static NTSTATUS value_partial_align64(const struct cm_value *value, void *buffer, ULONG length,
                                      ULONG *out_length)
{
    const ULONG fixed = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION_ALIGN64, Data);
    struct answer answer = answer_begin(buffer, length, fixed);
    KEY_VALUE_PARTIAL_INFORMATION_ALIGN64 partial = {.Type = value->type,
                                                     .DataLength = value->length_bytes};
    answer_put(&answer, 0, &partial, fixed);
    answer_put(&answer, fixed, value->bytes, value->length_bytes);
    return answer_end(&answer, length, fixed, out_length);
}

static NTSTATUS value_query_locked(const struct cm_value *value, KEY_VALUE_INFORMATION_CLASS kind,
                                   void *buffer, ULONG length, ULONG *out_length)
{
    switch (kind) {
    case KeyValueBasicInformation:
        return value_basic(value, buffer, length, out_length);
    case KeyValueFullInformation:
        return value_full(value, sizeof(ULONG), buffer, length, out_length);
    case KeyValueFullInformationAlign64:
        return value_full(value, sizeof(ULONGLONG), buffer, length, out_length);
    case KeyValuePartialInformation:
        return value_partial(value, buffer, length, out_length);
    case KeyValuePartialInformationAlign64:
        return value_partial_align64(value, buffer, length, out_length);
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

NTSTATUS value_query_raw(void *body, const UNICODE_STRING *name, KEY_VALUE_INFORMATION_CLASS kind,
                         void *buffer, ULONG length, ULONG *out_length)
{
    struct cm_node *node = ((struct cm_key *)body)->node;
    NTSTATUS status;
    host_lock_take(&cm_lock);
    struct cm_value *value = node->is_deleted ? NULL : value_find_locked(node, name);
    if (value)
        status = value_query_locked(value, kind, buffer, length, out_length);
    else
        status = node->is_deleted ? STATUS_KEY_DELETED : STATUS_OBJECT_NAME_NOT_FOUND;
    host_lock_give(&cm_lock);
    return status;
}

NTSTATUS value_enumerate_raw(void *body, ULONG index, KEY_VALUE_INFORMATION_CLASS kind,
                             void *buffer, ULONG length, ULONG *out_length)
{
    struct cm_node *node = ((struct cm_key *)body)->node;
    NTSTATUS status = STATUS_NO_MORE_ENTRIES;
    host_lock_take(&cm_lock);
    if (node->is_deleted) {
        status = STATUS_KEY_DELETED;
    } else if (index < node->value_count) {
        struct list *link = node->values.next;
        while (index-- > 0)
            link = link->next;
        status = value_query_locked(list_entry(link, struct cm_value, link), kind, buffer, length,
                                    out_length);
    }
    host_lock_give(&cm_lock);
    return status;
}
